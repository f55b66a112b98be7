//! Prints when a few jobs run next, and how long that is from now.
//!
//! `cargo run --example nightly_jobs`

use std::time::Duration;

use tempo::duration::format_units;
use tempo::{DateTime, ParseError, Schedule};

const JOBS: [(&str, &str); 4] = [
    ("backup", "30 2 * * *"),
    ("report", "0 6 * * mon-fri"),
    ("billing", "@monthly"),
    ("leap day check", "0 0 29 feb *"),
];

fn main() -> Result<(), ParseError> {
    let Some(now) = DateTime::new(2024, 5, 3, 18, 45) else {
        return Ok(());
    };
    println!("now is {now}");
    for (name, schedule) in JOBS {
        let schedule: Schedule = schedule.parse()?;
        match schedule.next_after(now) {
            Some(next) => println!("{name:<15} {next}  in {}", distance(now, next)),
            None => println!("{name:<15} never"),
        }
    }
    Ok(())
}

fn distance(from: DateTime, to: DateTime) -> String {
    let minutes = minutes_since_epoch(to).saturating_sub(minutes_since_epoch(from));
    format_units(Duration::from_secs(60 * minutes), 2)
}

fn minutes_since_epoch(at: DateTime) -> u64 {
    let days = u64::try_from(at.days_since_epoch()).unwrap_or(0);
    days * 24 * 60 + u64::from(at.hour() * 60 + at.minute())
}
