//! Reader of TAP 13 and 14 of any writer: node, tape, tap, mocha, bats, prove.
//!
//! In: a log. Out: a [`Reading`] with ids `subtest > title`. A point with subtests below it is a result of its own, but
//! for suites of node's runner, which say so. tape's comments above assertions are the names of its tests: results of
//! their own, and part of the assertions' ids. `# SKIP` is skipped; `# TODO` is xfailed where not ok, xpassed where ok.
//!
//! Invariant: a point inside a YAML block is text, and so is one whose number is out of turn while the number due still
//! comes.

mod line;
mod points;

use super::script;
use super::text::Log;
use super::{Format, ReadContext, Reading};

/// How sure one can be that a log is TAP.
pub fn sniff(log: &Log<'_>) -> f64 {
    let (mut plan, mut point, mut first) = (false, false, true);
    for text in script::sample(log) {
        if line::version(text) {
            return 0.93;
        }
        if first && (text.starts_with("ok ") || text.starts_with("not ok ")) {
            point = true;
        }
        first &= text.trim().is_empty()
            || text.starts_with('#')
            || text.starts_with('>')
            || text.starts_with("1..");
        plan |= line::plan(text.trim_start()).is_some();
        point |= line::point(text).is_some_and(|point| point.number.is_some());
        if plan && point {
            return 0.8;
        }
    }
    if point { 0.3 } else { 0.0 }
}

/// Reads a log.
pub fn read(log: &Log<'_>, context: &ReadContext) -> Reading {
    let mut reading = Reading::new(Format::Tap);
    let last = log.lines.last().map_or(1, |line| line.number);
    for stream in script::streams(log) {
        points::read(&mut reading, &stream, last, context);
    }
    reading.build_failed = !reading.failed_targets.is_empty();
    reading.tests.sort_by_key(|test| test.line);
    reading
}
