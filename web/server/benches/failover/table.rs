//! Figures as a table.
use crate::run::{Break, Parts};

pub fn failovers(rows: &[(String, Break, Vec<Parts>)]) -> String {
    let mut text = String::from(
        "\nseconds, min / median / max     total                detect               decide + record\
         \x20     API                  publish\n",
    );
    for (preset, manner, parts) in rows {
        let of = |part: fn(&Parts) -> f64| spread(parts.iter().map(part).collect());
        text += &format!(
            "{preset:7} {:10} n={:<4}     {}   {}   {}   {}   {}\n",
            manner.word(),
            parts.len(),
            of(|p| p.total),
            of(|p| p.detect),
            of(|p| p.decide),
            of(|p| p.api),
            of(|p| p.publish),
        );
    }
    text
}

/// "min / median / max" in seconds.
fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let (Some(min), Some(max)) = (values.first(), values.last()) else {
        return format!("{:18}", "-");
    };
    let median = (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0;
    format!("{:5.2} /{:5.2} /{:5.2}", min / 1000.0, median / 1000.0, max / 1000.0)
}
