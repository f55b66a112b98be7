//! A run's records, one at a time: for runs that are larger than memory.
//!
//! In: a run folder, a folder with records alone, or a records file. Out: every record, once, in the order of the file,
//! or those of some tasks and models only.
//!
//! Invariants: a trial (task, model, scaffold, sample) is given once: repeated identically it is left out, with another
//! content it is an error; memory is some blocks and some 60 bytes a record.

#![expect(
    clippy::disallowed_types,
    reason = "millions of keys, looked up and never iterated in an order that shows"
)]

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::info::RunInfo;
use super::lines::each_line;
use super::read::{ReadError, read_info};
use crate::evaluate::Record;

/// A record with the hashes that tell it from others.
struct Marked {
    record: Record,
    trial: u128,
    content: u64,
}

/// What a record is about: all that is read of those that nobody wants.
#[derive(Debug, Deserialize)]
pub struct Who {
    /// Task id.
    pub task: String,
    /// Model; `gold` and `empty` are controls.
    pub model: String,
    /// The agent around the model.
    pub scaffold: Option<String>,
}

/// Gives every record of a run to `take`, and returns `run.json` where there is one. A last line without its end is an
/// interrupted run's and left out; any other line that is no record is an error with its number. Where it ends in an
/// error, what `take` was given means nothing.
pub fn each_record(path: &Path, take: impl FnMut(Record)) -> Result<Option<RunInfo>, ReadError> {
    let info = if path.is_dir() && path.join("run.json").exists() { Some(read_info(path)?) } else { None };
    read_marked(&records_file(path), |line| Some(marked(line)), take)?;
    Ok(info)
}

/// As [`each_record`], but only those records that are `wanted`; of the others little more is read than whose they are.
pub fn each_record_of(
    path: &Path,
    wanted: impl Fn(&Who) -> bool + Sync,
    take: impl FnMut(Record),
) -> Result<(), ReadError> {
    let parse = |line: &[u8]| match serde_json::from_slice::<Who>(line) {
        Ok(who) => wanted(&who).then(|| marked(line)),
        Err(error) => Some(Err(error)),
    };
    read_marked(&records_file(path), parse, take)
}

fn records_file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join("records.jsonl") } else { path.to_owned() }
}

fn read_marked(
    file: &Path,
    parse: impl Fn(&[u8]) -> Option<serde_json::Result<Marked>> + Sync,
    mut take: impl FnMut(Record),
) -> Result<(), ReadError> {
    let mut known = Known::default();
    // Lines that repeat a trial in other words. Rare, so that no record pays for telling whether they say the same.
    let mut doubtful: HashMap<usize, u32> = HashMap::new();
    each_line(file, parse, |number, marked| {
        match known.learn(&marked, number) {
            Seen::New => take(marked.record),
            Seen::Again => {}
            Seen::Otherwise { line } => {
                doubtful.insert(number, line);
            }
        }
        Ok(())
    })?;
    drop(known);
    if doubtful.is_empty() { Ok(()) } else { agree(file, &doubtful) }
}

/// Whether each of the lines says of its trial what the earlier line says, all that is not compared between runs aside.
fn agree(file: &Path, doubtful: &HashMap<usize, u32>) -> Result<(), ReadError> {
    let mut said: HashMap<u32, Option<[u8; 32]>> = doubtful.values().map(|line| (*line, None)).collect();
    each_line(
        file,
        |line| Some(serde_json::from_slice::<Record>(line)),
        |number, record| {
            if let Some(content) = said.get_mut(&(number as u32)) {
                *content = Some(compared(&record));
            }
            match doubtful.get(&number) {
                Some(line) if said.get(line) != Some(&Some(compared(&record))) => {
                    let detail = otherwise(&record, *line);
                    Err(ReadError::Malformed { path: file.to_owned(), line: number, detail })
                }
                _ => Ok(()),
            }
        },
    )
}

/// Hash of all of a record that is compared between runs.
fn compared(record: &Record) -> [u8; 32] {
    let bare = Record { environment: BTreeMap::new(), timing: BTreeMap::new(), ..record.clone() };
    // A record was made of JSON and can be made into it.
    *blake3::hash(&serde_json::to_vec(&bare).unwrap_or_default()).as_bytes()
}

fn marked(line: &[u8]) -> serde_json::Result<Marked> {
    let record: Record = serde_json::from_slice(line)?;
    let scaffold = record.scaffold.as_deref();
    let mut who = blake3::Hasher::new();
    for part in [&*record.task, &*record.model, scaffold.unwrap_or_default()] {
        who.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    who.update(&record.sample.to_le_bytes()).update(&[u8::from(scaffold.is_some())]);
    let first = |hash: &blake3::Hash| u128::from_le_bytes(std::array::from_fn(|at| hash.as_bytes()[at]));
    let trial = first(&who.finalize());
    let content = first(&blake3::hash(line.trim_ascii())) as u64;
    Ok(Marked { record, trial, content })
}

/// Trials seen so far, each with a hash of its line and the line's number.
#[derive(Default)]
struct Known(HashMap<u128, (u64, u32)>);

enum Seen {
    New,
    Again,
    Otherwise { line: u32 },
}

impl Known {
    fn learn(&mut self, marked: &Marked, line: usize) -> Seen {
        match self.0.entry(marked.trial) {
            Entry::Vacant(free) => {
                free.insert((marked.content, line as u32));
                Seen::New
            }
            Entry::Occupied(there) if there.get().0 == marked.content => Seen::Again,
            Entry::Occupied(there) => Seen::Otherwise { line: there.get().1 },
        }
    }
}

fn otherwise(record: &Record, line: u32) -> String {
    let scaffold = record.scaffold.as_ref().map_or_else(String::new, |scaffold| format!(" in `{scaffold}`"));
    format!(
        "is another record of `{}`{scaffold} on `{}`, sample {}, which line {line} has otherwise: remove one of them",
        record.model, record.task, record.sample
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::lines::BLOCK;
    use super::*;
    use crate::stats::testing::trial;

    fn file(records: &[Record]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for record in records {
            writeln!(file, "{}", serde_json::to_string(record).unwrap()).unwrap();
        }
        file
    }

    fn read(path: &Path) -> Result<Vec<Record>, ReadError> {
        let mut found = Vec::new();
        each_record(path, |record| found.push(record))?;
        Ok(found)
    }

    #[test]
    fn order_is_kept_over_blocks() {
        let records: Vec<Record> =
            (0..12_000).map(|place| trial("m", &format!("{place}{}", "x".repeat(500))).build()).collect();
        let file = file(&records);
        assert!(file.as_file().metadata().unwrap().len() > 2 * BLOCK as u64);
        assert_eq!(read(file.path()).unwrap(), records);
    }

    #[test]
    fn a_trial_counts_once_and_must_not_contradict_itself() {
        let one = trial("m", "t").build();
        let mut elsewhere = one.clone();
        elsewhere.timing.insert("test_s".to_owned(), 1.5);
        let more = trial("m", "t").sample(1).build();
        let file_of_three = file(&[one.clone(), elsewhere, more.clone()]);
        assert_eq!(read(file_of_three.path()).unwrap(), [one.clone(), more]);
        let other = file(&[one, trial("m", "t").resolved().build()]);
        let error = read(other.path()).unwrap_err().to_string();
        assert!(
            error.ends_with(
                ":2: is another record of `m` on `t`, sample 0, which line 1 has otherwise: remove one of them"
            ),
            "{error}"
        );
    }

    #[test]
    fn a_line_cut_short_is_left_out_and_a_bad_one_is_named() {
        let mut file = file(&[trial("m", "t").build()]);
        write!(file, "\n{{\"schema\"").unwrap();
        assert_eq!(read(file.path()).unwrap().len(), 1);
        writeln!(file).unwrap();
        let error = read(file.path()).unwrap_err().to_string();
        assert!(error.contains(":3: is no record: "), "{error}");
    }
}
