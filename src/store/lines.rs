//! Lines of a large file of JSON, each parsed once.
//!
//! In: a file and what to make of a line. Out: what was made, in the order of the file. A thread reads and parses blocks
//! ahead, on all cores, while the caller takes in what came before; memory is three blocks and what is made of them.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use rayon::prelude::*;

use super::read::ReadError;

/// Bytes read at a time.
pub(super) const BLOCK: usize = 4 << 20;

/// What a line made.
enum Line<T> {
    /// Blank, or not asked for.
    Nothing,
    Made(T),
    /// No end, and not readable: what an interrupted writer leaves.
    CutShort,
    Bad(serde_json::Error),
}

type Parsed<T> = Result<Vec<Line<T>>, std::io::Error>;

/// Makes something of every line by `parse`, where that is not `None`, and gives it to `take` with its 1-based number. A
/// last line without its end that cannot be parsed is left out; any other such line is an error with its number.
pub(super) fn each_line<T: Send>(
    path: &Path,
    parse: impl Fn(&[u8]) -> Option<serde_json::Result<T>> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let io = |source| ReadError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io)?;
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(1);
        scope.spawn(|| read_ahead(file, &parse, send));
        let mut number = 0;
        for block in receive {
            for line in block.map_err(io)? {
                number += 1;
                match line {
                    Line::Nothing | Line::CutShort => {}
                    Line::Made(made) => take(number, made)?,
                    Line::Bad(error) => {
                        let detail = format!("is no record: {error}");
                        return Err(ReadError::Malformed { path: path.to_owned(), line: number, detail });
                    }
                }
            }
        }
        Ok(())
    })
}

/// Sends blocks until the file ends or nobody listens any more.
#[expect(clippy::needless_pass_by_value, reason = "dropping it tells the reader that the file ended")]
fn read_ahead<T: Send>(
    mut file: File,
    parse: &(impl Fn(&[u8]) -> Option<serde_json::Result<T>> + Sync),
    send: SyncSender<Parsed<T>>,
) {
    let mut block = Vec::new();
    loop {
        let read = match file.by_ref().take(BLOCK as u64).read_to_end(&mut block) {
            Ok(read) => read,
            Err(error) => {
                // Nobody listening means that the caller has its error already.
                let _ = send.send(Err(error));
                return;
            }
        };
        let ends =
            if read == 0 { block.len() } else { memchr::memrchr(b'\n', &block).map_or(0, |at| at + 1) };
        let (whole, _) = block.split_at(ends);
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let made = lines.par_iter().with_min_len(16).map(|line| made(line, parse)).collect();
        if send.send(Ok(made)).is_err() || read == 0 {
            return;
        }
        block.drain(..ends);
    }
}

fn made<T>(line: &[u8], parse: &impl Fn(&[u8]) -> Option<serde_json::Result<T>>) -> Line<T> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Line::Nothing;
    }
    match parse(line) {
        None => Line::Nothing,
        Some(Ok(made)) => Line::Made(made),
        Some(Err(_)) if line.last() != Some(&b'\n') => Line::CutShort,
        Some(Err(error)) => Line::Bad(error),
    }
}
