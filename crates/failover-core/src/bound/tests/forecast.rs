//! The forecast against figures worked out by hand, and against simulated caches.
use super::*;

fn share(weight: f64, published: f64, ttl: u64) -> ForecastShare {
    let published = Some(Duration::from_secs_f64(published));
    ForecastShare { weight, published, ttl: Duration::from_secs(ttl) }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[test]
fn nothing_is_new_before_it_is_published_and_all_honest_caches_are_after_the_ttl() {
    let forecast = Forecast { shares: vec![share(1.0, 4.0, 60)], extenders: TTL_EXTENDERS };
    assert!(forecast.at(seconds(4.0)).abs() < 1e-12);
    assert!((forecast.at(seconds(34.0)) - 0.5 * (1.0 - 0.0874)).abs() < 1e-9);
    assert!((forecast.at(seconds(64.0)) - (1.0 - 0.0874)).abs() < 1e-9);
    assert!((forecast.at(seconds(6400.0)) - (1.0 - 0.0874)).abs() < 1e-9);
}

#[test]
fn two_providers_with_ttl_5_and_60_have_the_worked_out_median() {
    // Detection 2.8 s and publication 4 s; half of the questions to each. The median m solves
    // 1/2 + (m - 6.8) / 120 = 1/2 only once the short one is through: just above 6.8 s at 60 s of
    // the other: (m-6.8)/10 + (m-6.8)/120 = 1/2.
    let shares = vec![share(1.0, 6.8, 5), share(1.0, 6.8, 60)];
    let forecast = Forecast { shares, extenders: 0.0 };
    let median = forecast.honest(0.5).expect("half of them follow").as_secs_f64();
    assert!((median - (6.8 + 0.5 / (0.1 + 1.0 / 120.0))).abs() < 0.01, "{median}");
    let most = forecast.honest(0.95).expect("they follow").as_secs_f64();
    assert!((most - (6.8 + 54.0)).abs() < 0.01, "{most}");
    let all = forecast.honest(1.0).expect("they follow").as_secs_f64();
    assert!((all - 66.8).abs() < 0.01, "{all}");
}

#[test]
fn a_provider_that_does_not_publish_keeps_its_share_of_the_world() {
    let silent = ForecastShare { published: None, ..share(3.0, 0.0, 60) };
    let forecast = Forecast { shares: vec![share(4.0, 1.0, 5), silent], extenders: 0.0 };
    assert!((forecast.at(seconds(600.0)) - 4.0 / 7.0).abs() < 1e-9);
    assert!(forecast.honest(0.5).is_some());
    assert_eq!(forecast.honest(0.6), None);
    assert_eq!(Forecast { shares: Vec::new(), extenders: 0.0 }.honest(0.5), None);
}

#[test]
fn simulated_caches_follow_as_the_forecast_says() {
    let shares = vec![share(4.0, 2.0, 30), share(3.0, 5.0, 60)];
    let forecast = Forecast { shares: shares.clone(), extenders: 0.1 };
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    let caches = 200_000;
    let new_after: Vec<f64> = (0..caches)
        .map(|_| {
            let place = if random() * 7.0 < 4.0 { &shares[0] } else { &shares[1] };
            let left = random() * place.ttl.as_secs_f64();
            let published = place.published.expect("it publishes").as_secs_f64();
            if random() < 0.1 { f64::INFINITY } else { published + left }
        })
        .collect();
    for t in [1.0, 4.0, 10.0, 25.0, 40.0, 64.0, 70.0] {
        let seen = new_after.iter().filter(|at| **at <= t).count() as f64 / f64::from(caches);
        let expected = forecast.at(seconds(t));
        assert!((seen - expected).abs() < 0.005, "after {t} s: {seen} and {expected}");
    }
}
