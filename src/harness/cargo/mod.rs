//! Reader of `cargo test` in its text forms.
//!
//! In: a log. Out: a [`Reading`] with ids such as `tests/a.rs::half`, `src/lib.rs::tests::adds` and
//! `doc:src/lib.rs::Foo::bar#2`. Three steps: [`scan`] cuts the log into blocks of one test program each,
//! [`target`] says which program a block is, and this file makes ids.
//!
//! Invariant: a line counts as a result only inside a block and outside captured output.

mod block;
pub mod libtest;
mod line;
mod parts;
mod scan;
mod target;

use std::collections::BTreeMap;

pub use line::{DocName, Error, doc_name, error, without_kind};
pub use target::{crate_name, under};

use rayon::prelude::*;

use self::block::{Block, Entry};
use self::scan::Scan;
use self::target::Target;
use super::text::Log;
use super::{Format, Incomplete, ReadContext, Reading, TestResult};

/// Reads.
pub fn read(log: &Log<'_>, context: &ReadContext) -> Reading {
    let scan = parts::scan(log);
    let mut reading = Reading::new(Format::Cargo);
    let targets = target::targets(&scan, context, &mut reading.oddities);
    let ordinals = ordinals(&scan, &targets);
    reading.build_failed = !scan.failed_targets.is_empty() || (scan.early_error && scan.blocks.is_empty());
    let blocks = &scan.blocks;
    for (block, target) in blocks.iter().zip(&targets).filter(|(block, _)| block.summary.is_none()) {
        reading.incomplete.push(incomplete(block, target));
    }
    let places: Vec<(u32, u32)> = blocks
        .iter()
        .zip(0..)
        .flat_map(|(block, number)| (0..block.entries.len() as u32).map(move |at| (number, at)))
        .collect();
    reading.tests = places
        .into_par_iter()
        .with_min_len(1 << 10)
        .map(|(number, at)| {
            let number = number as usize;
            let at = at as usize;
            let entry = &blocks[number].entries[at];
            TestResult {
                id: id(entry, &targets[number], ordinals.get(&(number, at)).copied()),
                status: entry.status,
                line: entry.line,
                seconds: entry.seconds,
                source_line: entry.doc.as_ref().and_then(|doc| doc.line),
            }
        })
        .collect();
    reading.failed_targets = scan.failed_targets;
    reading.unread = scan.unread;
    reading.oddities.extend(scan.oddities);
    reading
}

fn is_begun(entry: &Entry<'_>) -> bool {
    matches!(entry.status, super::Status::Unreached | super::Status::Errored)
}

/// How sure one can be that a log is cargo's.
pub fn sniff(log: &Log<'_>) -> f64 {
    let mut sure = 0.0_f64;
    for text in log.lines.iter().map(|line| line.text.as_ref()) {
        if line::running(text).is_some() && text.starts_with("running ") {
            sure = sure.max(0.8);
        } else if line::summary(text).is_some() || line::header(text).is_some() {
            sure = sure.max(0.9);
        } else if line::test(text).is_some_and(|(_, rest)| line::result(rest).is_some()) {
            sure = sure.max(0.6);
        } else if libtest::event(text).is_some() {
            sure = sure.max(0.88);
        } else if matches!(error(text), Some(Error::Build(_))) {
            sure = sure.max(0.5);
        }
        if sure >= 0.9 {
            break;
        }
    }
    sure
}

/// By block and place in it.
type Ordinals = BTreeMap<(usize, usize), usize>;

fn incomplete(block: &Block<'_>, target: &Target) -> Incomplete {
    let finished = block.entries.iter().filter(|entry| !is_begun(entry)).count();
    // A target of none: tests of any target may be lost.
    let name = match target {
        _ if block.swallowed => None,
        Target::Binary(path) => Some(path.clone()),
        Target::Doc(_) => Some("doc".to_owned()),
        Target::Unknown => None,
    };
    let announced = block.announced;
    let seen = announced.map_or(finished, |announced| finished.min(announced));
    Incomplete { target: name, announced, seen, line: block.line }
}

fn id(entry: &Entry<'_>, target: &Target, ordinal: Option<usize>) -> String {
    match (target, &entry.doc) {
        (Target::Doc(_) | Target::Unknown, Some(doc)) => {
            let base = doc_base(doc, dir(target));
            match ordinal {
                Some(ordinal) if ordinal > 1 => format!("{base}#{ordinal}"),
                _ => base,
            }
        }
        (Target::Binary(path), _) => [path.as_str(), "::", &entry.name].concat(),
        (Target::Doc(_) | Target::Unknown, None) => entry.name.clone().into_owned(),
    }
}

fn dir(target: &Target) -> Option<&str> {
    match target {
        Target::Doc(dir) => dir.as_deref(),
        Target::Binary(_) | Target::Unknown => None,
    }
}

/// `doc:src/lib.rs::Foo::bar`.
fn doc_base(doc: &DocName, dir: Option<&str>) -> String {
    let path = under(dir, &doc.path);
    if doc.item.is_empty() { format!("doc:{path}") } else { format!("doc:{path}::{}", doc.item) }
}

/// Which doctest of its item an entry is, 1-based, by line. Rustdoc runs some doctests in programs of their own, so
/// the blocks of one header are counted together; the next header, or a name printed again, begins anew.
fn ordinals(scan: &Scan<'_>, targets: &[Target]) -> Ordinals {
    // Line in the file, block, place in the block.
    type Place = (Option<usize>, usize, usize);
    let mut runs: BTreeMap<(usize, String), Vec<Place>> = BTreeMap::new();
    for (block, scanned) in scan.blocks.iter().enumerate() {
        if matches!(targets[block], Target::Binary(_)) {
            continue;
        }
        for (at, entry) in scanned.entries.iter().enumerate() {
            if let Some(doc) = &entry.doc {
                let key = (scanned.headers_before, doc_base(doc, dir(&targets[block])));
                runs.entry(key).or_default().push((doc.line, block, at));
            }
        }
    }
    let mut out = BTreeMap::new();
    for places in runs.values_mut() {
        places.sort_unstable();
        for (rank, (_, block, at)) in places.iter().enumerate() {
            out.insert((*block, *at), rank + 1);
        }
    }
    out
}
