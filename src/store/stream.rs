//! A run's records, one at a time: for runs that are larger than memory.
//!
//! In: a run folder, a folder with records alone, or a records file. Out: every record, once, in the order of the file.
//! Lines are read in blocks and parsed on all cores.
//!
//! Invariants: a trial (task, model, scaffold, sample) is given once: repeated identically it is left out, with another
//! content it is an error; memory is a block and some 50 bytes a record.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use rayon::prelude::*;

use super::info::RunInfo;
use super::read::{ReadError, read_info};
use crate::evaluate::Record;

/// Bytes read at a time.
const BLOCK: usize = 4 << 20;

/// A record with the hashes that tell it from others.
struct Marked {
    record: Record,
    trial: u128,
    content: u64,
}

/// Gives every record of a run to `take`, and returns `run.json` where there is one. A last line without its end is an
/// interrupted run's and left out; any other line that is no record is an error with its number.
pub fn each_record(path: &Path, mut take: impl FnMut(Record)) -> Result<Option<RunInfo>, ReadError> {
    let is_folder = path.is_dir();
    let file = if is_folder { path.join("records.jsonl") } else { path.to_owned() };
    let info = if is_folder && path.join("run.json").exists() { Some(read_info(path)?) } else { None };
    let io = |source| ReadError::Io { path: file.clone(), source };
    let malformed = |line, detail| ReadError::Malformed { path: file.clone(), line, detail };
    let mut reader = File::open(&file).map_err(io)?;
    let mut known = Known::default();
    let (mut block, mut number) = (Vec::new(), 0);
    loop {
        let read = reader.by_ref().take(BLOCK as u64).read_to_end(&mut block).map_err(io)?;
        let ends =
            if read == 0 { block.len() } else { memchr::memrchr(b'\n', &block).map_or(0, |at| at + 1) };
        let (whole, _) = block.split_at(ends);
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let parsed: Vec<Option<Result<Marked, serde_json::Error>>> =
            lines.par_iter().map(|line| parse(line)).collect();
        for (line, parsed) in lines.iter().zip(parsed) {
            number += 1;
            match parsed {
                None => {}
                Some(Ok(marked)) => match known.learn(&marked, number) {
                    Seen::New => take(marked.record),
                    Seen::Again => {}
                    Seen::Otherwise { line } => {
                        return Err(malformed(number, otherwise(&marked.record, line)));
                    }
                },
                Some(Err(_)) if line.last() != Some(&b'\n') => {}
                Some(Err(error)) => return Err(malformed(number, format!("is no record: {error}"))),
            }
        }
        if read == 0 {
            return Ok(info);
        }
        block.drain(..ends);
    }
}

fn parse(line: &[u8]) -> Option<Result<Marked, serde_json::Error>> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    Some(serde_json::from_slice(line).map(|mut record: Record| {
        let (trial, content) = marks(&mut record);
        Marked { record, trial, content }
    }))
}

/// Hashes of who was tried on what, and of all that is compared between runs.
fn marks(record: &mut Record) -> (u128, u64) {
    let scaffold = record.scaffold.as_deref();
    let mut who = blake3::Hasher::new();
    for part in [&*record.task, &*record.model, scaffold.unwrap_or_default()] {
        who.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    who.update(&record.sample.to_le_bytes()).update(&[u8::from(scaffold.is_some())]);
    let environment = std::mem::take(&mut record.environment);
    let timing = std::mem::take(&mut record.timing);
    // A record was made of JSON and can be made into it.
    let json = serde_json::to_vec(&record).unwrap_or_default();
    record.environment = environment;
    record.timing = timing;
    let first = |hash: &blake3::Hash| u128::from_le_bytes(std::array::from_fn(|at| hash.as_bytes()[at]));
    (first(&who.finalize()), first(&blake3::hash(&json)) as u64)
}

/// Trials seen so far, each with a hash of its content and its line.
#[derive(Default)]
struct Known(BTreeMap<u128, (u64, u32)>);

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
