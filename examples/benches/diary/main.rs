//! How soon a session that was begun at one location is good at the other.
//!
//! `cargo xtask bench diary [--sessions N]`. Two MariaDB servers replicate each other over TLS with
//! the configuration that boot scripts make, two web servers run the diary. Somebody logs in at one
//! location; the clock starts when that answer has come, and stops when the other location has
//! answered with the diary instead of the login, asked again and again. The locations take turns.
#[path = "../../tests/diary/database.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod database;
#[path = "../../tests/diary/pair.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod pair;
#[path = "../../tests/diary/process.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod process;
#[path = "../../tests/diary/rendered.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod rendered;
#[path = "../../tests/diary/site.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod site;
#[path = "../../tests/diary/visitor.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod visitor;

use std::time::{Duration, Instant};

use pair::Pair;
use process::until;
use visitor::Visitor;

const NAME: &str = "anna";
/// Entries a second at each location beside the logins; what one of the thesis's databases bore.
const LOAD: u32 = 25;

#[tokio::main]
async fn main() {
    let Some(sessions) = sessions() else {
        eprintln!("usage: cargo xtask bench diary [--sessions N]");
        std::process::exit(2);
    };
    if let Some(missing) = process::missing() {
        eprintln!("LEFT OUT: {missing}");
        return;
    }
    let pair = Pair::start().await;
    pair.one.add_account(NAME);
    until("the account is known everywhere", async || {
        Visitor::new().log_in(&pair.two, NAME, visitor::PASSWORD).await.status == 303
    })
    .await;
    println!("| milliseconds | min | median | 90 % | 99 % | max | one page |");
    println!("|---|---|---|---|---|---|---|");
    println!("{}", row(&format!("{sessions} sessions"), measure(&pair, sessions).await));
    let busy = tokio::select! {
        row = measure(&pair, sessions) => row,
        () = write(&pair) => unreachable!("it writes for ever"),
    };
    println!("{}", row(&format!("the same, {LOAD} entries a second at each location"), busy));
}

/// Times from the login to the first page at the other location, and of that page alone.
async fn measure(pair: &Pair, sessions: usize) -> (Vec<Duration>, Vec<Duration>) {
    let (mut good, mut pages) = (Vec::new(), Vec::new());
    for number in 0..sessions {
        let [mut here, mut there] = pair.sites();
        if number % 2 == 1 {
            (here, there) = (there, here);
        }
        let mut visitor = Visitor::logged_in(here, NAME).await;
        let begun = Instant::now();
        let mut asked = begun;
        while visitor.clone().get(there, "").await.status != 200 {
            asked = Instant::now();
            assert!(begun.elapsed() < process::PATIENCE, "the session never arrives");
        }
        good.push(begun.elapsed());
        pages.push(asked.elapsed());
        // So that the next one's diary is not longer than this one's.
        visitor.cookie = None;
    }
    (good, pages)
}

/// Writes entries at both locations, for somebody else.
async fn write(pair: &Pair) {
    pair.one.add_account("writer");
    let mut writers = Vec::new();
    for site in pair.sites() {
        until("the account has arrived", async || {
            Visitor::new().log_in(site, "writer", visitor::PASSWORD).await.status == 303
        })
        .await;
        writers.push((site, Visitor::logged_in(site, "writer").await));
    }
    let mut turn = tokio::time::interval(Duration::from_secs(1) / LOAD);
    loop {
        turn.tick().await;
        let [(one, at_one), (two, at_two)] = &mut writers[..] else { return };
        tokio::join!(at_one.write(one, "load"), at_two.write(two, "load"));
    }
}

fn row(name: &str, (mut good, mut pages): (Vec<Duration>, Vec<Duration>)) -> String {
    good.sort();
    pages.sort();
    let at = |all: &[Duration], share: f64| {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        let place = ((all.len() as f64 * share).ceil() as usize).clamp(1, all.len()) - 1;
        format!("{:.1}", all[place].as_secs_f64() * 1000.0)
    };
    let cells: Vec<String> = [0.0, 0.5, 0.9, 0.99, 1.0].iter().map(|p| at(&good, *p)).collect();
    format!("| {name} | {} | {} |", cells.join(" | "), at(&pages, 0.5))
}

fn sessions() -> Option<usize> {
    let mut sessions = 1000;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // Cargo's own.
            "--bench" => {}
            "--sessions" => sessions = args.next()?.parse().ok().filter(|n| *n > 0)?,
            _ => return None,
        }
    }
    Some(sessions)
}
