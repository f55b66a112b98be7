//! A long log, scanned in parts side by side.
//!
//! In: a log. Out: what [`super::scan`] says of it as a whole. A part begins at the header of a test program that
//! announces its tests. Whether the scan of what stands before ends there with nothing open, so that the part may be
//! scanned by itself, shows only afterwards: if it does not (the header was printed by a test, or the log is damaged
//! there), the part before is scanned again and further.
//!
//! Invariant: the result is the same, whatever the number of parts.

use std::ops::Range;

use rayon::prelude::*;

use super::super::text::Log;
use super::libtest;
use super::line;
use super::scan::{Scan, Scanned, scan_range};

/// So many lines are worth a part of their own.
const PART: usize = 50_000;

/// Scans a log.
pub fn scan<'l>(log: &'l Log<'_>) -> Scan<'l> {
    in_parts(log, (log.lines.len() / PART).min(4 * rayon::current_num_threads()))
}

/// The scan, made of at most so many parts.
fn in_parts<'l>(log: &'l Log<'_>, parts: usize) -> Scan<'l> {
    let ranges = ranges(log, parts);
    let scanned: Vec<Scanned<'l>> = ranges.par_iter().map(|range| scan_range(log, range.clone())).collect();
    let mut whole = Scan::default();
    let mut parts = ranges.into_iter().zip(scanned);
    while let Some((range, mut part)) = parts.next() {
        if !part.closed
            && let Some((next, _)) = parts.next()
        {
            part = scan_range(log, range.start..next.end);
            if !part.closed {
                // No seam twice in a row: whatever is wrong may reach far.
                part = scan_range(log, range.start..log.lines.len());
                parts = Vec::new().into_iter().zip(Vec::new());
            }
        }
        join(&mut whole, part.scan);
    }
    whole
}

fn ranges(log: &Log<'_>, parts: usize) -> Vec<Range<usize>> {
    let count = log.lines.len();
    let mut ranges = Vec::new();
    let mut start = 0;
    for part in 1..parts {
        let wanted = (count / parts * part).max(start + 1);
        let Some(next) = (wanted..count).find(|at| begins(log, *at)) else { break };
        ranges.push(start..next);
        start = next;
    }
    ranges.push(start..count);
    ranges
}

/// A header with an announcement behind it, and before it the end of another program: then most likely nothing is open.
fn begins(log: &Log<'_>, at: usize) -> bool {
    let text = log.text(at);
    text.starts_with("     Running ")
        && (at.saturating_sub(4)..at)
            .rev()
            .map(|at| log.text(at))
            .find(|text| !text.is_empty())
            .is_some_and(|text| line::summary(text).is_some() || line::error(text).is_some())
        && line::header(text).is_some_and(|(_, rest)| rest.is_empty())
        && (at + 1..at + 4).map(|at| log.text(at)).find(|text| !text.is_empty()).is_some_and(|text| {
            line::running(text).is_some()
                || matches!(libtest::event(text), Some(libtest::Event::Announced(_)))
        })
}

/// Puts a part behind what came before it.
fn join<'l>(whole: &mut Scan<'l>, part: Scan<'l>) {
    let Scan { headers, mut blocks, failed_targets, early_error, unread, oddities } = part;
    for block in &mut blocks {
        block.headers_before += whole.headers.len();
    }
    let blocks_before = whole.blocks.len();
    whole.headers.extend(headers.into_iter().map(|(header, before)| (header, before + blocks_before)));
    whole.blocks.extend(blocks);
    for target in failed_targets {
        if !whole.failed_targets.contains(&target) {
            whole.failed_targets.push(target);
        }
    }
    whole.early_error |= early_error;
    whole.unread.extend(unread);
    whole.oddities.extend(oddities);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn logs() -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
        let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.sort();
        let is_cargo = |path: &std::path::PathBuf| {
            path.file_name().unwrap().to_string_lossy().starts_with("cargo-1.95.0")
        };
        all.into_iter().filter(is_cargo).map(|path| std::fs::read(path).unwrap()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
        #[test]
        fn parts_make_no_difference(
            picks in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(0_usize..4000)), 1..6),
            parts in 2_usize..12,
        ) {
            let logs = logs();
            let mut bytes = Vec::new();
            for (pick, cut) in picks {
                let log = pick.get(&logs);
                bytes.extend_from_slice(&log[..cut.unwrap_or(log.len()).min(log.len())]);
                bytes.push(b'\n');
            }
            let log = Log::new(&bytes);
            prop_assert_eq!(in_parts(&log, parts), scan_range(&log, 0..log.lines.len()).scan);
        }
    }

    #[test]
    fn a_log_of_many_programs_is_really_split() {
        let one = "\n     Running tests/a.rs (target/debug/deps/a-0123456789abcdef)\n\nrunning 1 test\ntest x ... ok\n\n\
                   test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let text = one.repeat(100);
        let log = Log::new(text.as_bytes());
        let made = in_parts(&log, 4);
        assert_eq!((made.blocks.len(), ranges(&log, 4).len()), (100, 4));
        assert_eq!(made, scan_range(&log, 0..log.lines.len()).scan);
    }

    #[test]
    fn a_program_that_a_test_printed_is_no_seam() {
        let inner = "     Running tests/b.rs (target/debug/deps/b-0123456789abcdef)\n\nrunning 1 test\ntest y ... ok\n\n\
                     test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n";
        let text = format!(
            "     Running tests/a.rs (target/debug/deps/a-0123456789abcdef)\n\nrunning 1 test\ntest x ... FAILED\n\n\
             failures:\n\n---- x stdout ----\n\n{}\nfailures:\n    x\n\n\
             test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
            inner.repeat(20)
        );
        let log = Log::new(text.as_bytes());
        assert!(ranges(&log, 4).len() > 1, "a seam was tried");
        assert_eq!(in_parts(&log, 4).blocks.len(), 1);
        let log = format!("{text}\n{text}");
        let log = Log::new(log.as_bytes());
        assert_eq!(in_parts(&log, 9), scan_range(&log, 0..log.lines.len()).scan);
    }
}
