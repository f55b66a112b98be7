//! Reading durations.

use std::time::Duration;

use tempo::duration::parse;

#[test]
fn every_unit_is_read() {
    let cases = [
        ("3ns", Duration::from_nanos(3)),
        ("3us", Duration::from_micros(3)),
        ("3µs", Duration::from_micros(3)),
        ("3ms", Duration::from_millis(3)),
        ("3s", Duration::from_secs(3)),
        ("3m", Duration::from_secs(3 * 60)),
        ("3h", Duration::from_secs(3 * 3_600)),
        ("3d", Duration::from_secs(3 * 86_400)),
        ("3w", Duration::from_secs(21 * 86_400)),
    ];
    for (text, expected) in cases {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn parts_add_up() {
    assert_eq!(parse("1d2h3m4s"), Ok(Duration::from_secs(93_784)));
    assert_eq!(parse("1 day 2 hours"), Ok(Duration::from_secs(93_600)));
    assert_eq!(parse("  90m "), Ok(Duration::from_secs(5_400)));
}

#[test]
fn nonsense_is_refused() {
    let texts = [
        "", "h", "-1h", "1", "1x", "1h1", "1h,1m", "1m1h", "1s1s", "1.5h", "1.h", ".5h", "1.5",
        "1.5.5h",
    ];
    for text in texts {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn an_error_says_what_and_where() {
    let error = parse("1h 20 parsecs").unwrap_err();
    assert_eq!(error.to_string(), "unknown unit `parsecs` at offset 6");
}
