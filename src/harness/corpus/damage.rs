//! Damaged logs: what holds for any bytes.

use super::*;

/// Logs as they get when cut, doubled, shuffled or overwritten.
fn damaged() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
    use proptest::prelude::*;
    let names = [
        "cargo-1.95.0-twins",
        "cargo-1.95.0-nocapture-one-thread",
        "cargo-1.95.0-workspace",
        "cargo-1.95.0-aborts",
        "cargo-1.95.0-twins-quiet",
        "nextest-0.9.143-retries",
        "nextest-0.9.143-twins",
        "cargo-1.95.0-broken",
        "junit-nextest-0.9.143-retries",
    ];
    let edit = (0..5_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>());
    (prop::sample::select(names.to_vec()), prop::collection::vec(edit, 0..12)).prop_map(|(name, edits)| {
        let mut log = bytes(name);
        for (kind, a, b, byte) in edits {
            if log.is_empty() {
                break;
            }
            let (a, b) = (a.index(log.len()), b.index(log.len()));
            let (low, high) = (a.min(b), a.max(b));
            match kind {
                0 => log.truncate(high),
                1 => log[a] = byte,
                2 => drop(log.drain(low..high.min(low + 400))),
                3 => {
                    let piece = log[low..high.min(low + 900)].to_vec();
                    log.splice(a..a, piece);
                }
                _ => log.swap(a, b),
            }
        }
        log
    })
}

proptest::proptest! {
    #[test]
    fn readers_never_panic_and_point_into_the_log(log in damaged()) {
        let lines = log.split(|&b| b == b'\n').count();
        detect(&log);
        for reader in READERS {
            for context in [ReadContext::default(), workspace()] {
                let reading = read_in(reader.format, &log, &context);
                for test in &reading.tests {
                    assert!(test.line >= 1 && test.line <= lines && !test.id.is_empty());
                    // Whatever was read can be listed again and is found.
                    assert!(find(&test.id, &reading.statuses()).contains(&test.id.as_str()), "{}", test.id);
                    alone_command(reader.format, "cargo test", &test.id, &context);
                }
            }
        }
    }

    #[test]
    fn readers_take_any_bytes(log in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        for reader in READERS {
            read(reader.format, &log);
        }
    }

    /// A log that is cut off never gains a pass.
    #[test]
    fn cutting_a_log_gains_nothing(at in 0..6000_usize) {
        for name in ["cargo-1.95.0-twins-one-thread", "cargo-1.95.0-workspace"] {
            let log = bytes(name);
            let whole = read(Format::Cargo, &log).statuses();
            let cut = read(Format::Cargo, &log[..at.min(log.len())]);
            for test in cut.tests.iter().filter(|test| test.status.holds() && !test.id.starts_with("doc:")) {
                // Which packages share a path is known only from a whole log.
                let ids: Vec<_> = whole.iter().filter(|(id, _)| id.ends_with(&test.id)).collect();
                assert!(ids.iter().any(|(_, status)| status.holds()), "{}", test.id);
            }
        }
    }
}
