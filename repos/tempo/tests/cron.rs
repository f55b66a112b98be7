//! Schedules, from text to the minutes in which they are due.

use tempo::{DateTime, Schedule};

fn at(text: &str) -> DateTime {
    let numbers: Vec<u32> = text
        .split(['-', ' ', ':'])
        .map(|part| part.parse().expect("a number"))
        .collect();
    let year = i32::try_from(numbers[0]).expect("a year");
    DateTime::new(year, numbers[1], numbers[2], numbers[3], numbers[4]).expect("a minute")
}

fn runs(schedule: &str, from: &str, count: usize) -> Vec<String> {
    let schedule: Schedule = schedule.parse().expect("a schedule");
    std::iter::successors(schedule.next_after(at(from)), |last| {
        schedule.next_after(*last)
    })
    .take(count)
    .map(|found| found.to_string())
    .collect()
}

#[test]
fn steps_and_ranges() {
    assert_eq!(
        runs("*/20 22-23 * * *", "2024-05-01 22:30", 5),
        [
            "2024-05-01 22:40",
            "2024-05-01 23:00",
            "2024-05-01 23:20",
            "2024-05-01 23:40",
            "2024-05-02 22:00",
        ]
    );
}

#[test]
fn a_day_of_the_month() {
    assert_eq!(
        runs("0 12 31 * *", "2024-01-31 12:00", 3),
        ["2024-03-31 12:00", "2024-05-31 12:00", "2024-07-31 12:00"]
    );
}

#[test]
fn a_day_of_the_week() {
    assert_eq!(
        runs("0 7 * * sat,sun", "2024-05-03 00:00", 3),
        ["2024-05-04 07:00", "2024-05-05 07:00", "2024-05-11 07:00"]
    );
}

#[test]
fn every_minute_between_two_runs_does_not_match() {
    let schedule: Schedule = "17 */7 * feb-apr mon".parse().unwrap();
    let mut minute = at("2024-01-30 00:00");
    for _ in 0..40 {
        let next = schedule.next_after(minute).unwrap();
        minute = minute.next_minute();
        while minute < next {
            assert!(!schedule.matches(minute), "{minute}");
            minute = minute.next_minute();
        }
        assert!(schedule.matches(next), "{next}");
    }
}

#[test]
fn nonsense_is_refused() {
    for text in [
        "* * * *",
        "60 * * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "* * * foo *",
        "1, * * * *",
    ] {
        assert!(text.parse::<Schedule>().is_err(), "{text}");
    }
}
