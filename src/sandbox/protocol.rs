//! How kerf and its launcher talk: frames over two pipes.
//!
//! In and out: a frame, which is two little-endian `u32` lengths (header, blob), a JSON header and raw bytes. The
//! header says how the blob is cut. Requests go down the launcher's standard input, one reply each comes up its
//! standard output. Bytes of files and of output never pass through JSON.
//!
//! Invariant: a frame is read whole or not at all; end of file between frames means that the other side is gone.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::probe::Protection;
use super::{Ended, SessionSpec, Stamp};

/// A header may not be longer: 64 MiB hold a million paths.
const LONGEST_HEADER: usize = 64 << 20;

/// What kerf asks for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// First frame: set the sandbox up.
    Open {
        /// What with.
        spec: SessionSpec,
        /// kerf's process id, for names of cgroups.
        kerf: u32,
    },
    /// Write and delete files; the blob is their contents, one after another.
    Put {
        /// Path, then mode and length, or nothing for a deletion.
        entries: Vec<(String, Option<(u32, u64)>)>,
    },
    /// Say when files were last touched.
    Look {
        /// Below the tree.
        paths: Vec<String>,
    },
    /// Run a command; the blob is its standard input.
    Run {
        /// For `sh -c`.
        command: String,
        /// Wall clock in milliseconds.
        timeout_ms: u64,
        /// Both streams through one pipe.
        merged: bool,
        /// Added to the session's environment.
        environment: BTreeMap<String, String>,
    },
}

/// What the launcher answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The sandbox stands.
    Ready {
        /// What is active, and what is not and why.
        protections: Vec<Protection>,
    },
    /// The files are written.
    Done,
    /// Answers [`Request::Look`].
    Stamps {
        /// In the order asked for.
        stamps: Vec<Option<Stamp>>,
    },
    /// A step ended; the blob is standard output, then standard error.
    Output {
        /// How it ended.
        ended: Ended,
        /// Bytes of the blob that are standard output.
        stdout: u64,
        /// Bytes left out of both streams.
        cut_bytes: u64,
        /// Wall time.
        seconds: f64,
    },
    /// A protection was refused by the machine.
    Refused {
        /// Its short name, as in [`Protection::name`].
        name: String,
        /// What was refused, with the system's own words.
        what: String,
        /// What to change.
        advice: String,
    },
    /// Something failed.
    Failed {
        /// What was being done.
        doing: String,
        /// Why it failed.
        detail: String,
    },
}

/// Writes one frame.
pub(super) fn write(to: &mut impl Write, header: &impl Serialize, blobs: &[&[u8]]) -> io::Result<()> {
    let header = serde_json::to_vec(header).map_err(io::Error::other)?;
    let length: usize = blobs.iter().map(|blob| blob.len()).sum();
    let too_long = |_| io::Error::new(io::ErrorKind::InvalidInput, "more than 4 GiB in one frame");
    let mut start = Vec::with_capacity(8 + header.len());
    start.extend_from_slice(&u32::try_from(header.len()).map_err(too_long)?.to_le_bytes());
    start.extend_from_slice(&u32::try_from(length).map_err(too_long)?.to_le_bytes());
    start.extend_from_slice(&header);
    to.write_all(&start)?;
    for blob in blobs {
        to.write_all(blob)?;
    }
    to.flush()
}

/// Reads one frame; `None` where the other side closed the pipe between frames.
pub(super) fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(T, Vec<u8>)>> {
    let mut lengths = [[0; 4]; 2];
    let mut have = 0;
    while have < 8 {
        match from.read(&mut lengths.as_flattened_mut()[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(more) => have += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let [header, blob] = lengths.map(|length| u32::from_le_bytes(length) as usize);
    if header > LONGEST_HEADER {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "header too long"));
    }
    let header = exactly(from, header)?;
    let blob = exactly(from, blob)?;
    Ok(Some((serde_json::from_slice(&header)?, blob)))
}

/// Reads `length` bytes, growing with what really arrives rather than with what was announced.
fn exactly(from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length.min(1 << 20));
    from.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(first in any::<Vec<u8>>(), second in any::<Vec<u8>>(), text in ".*") {
            let mut pipe = Vec::new();
            write(&mut pipe, &text, &[&first, &second]).unwrap();
            write(&mut pipe, &text, &[]).unwrap();
            let mut from = pipe.as_slice();
            let joined = [first, second].concat();
            prop_assert_eq!(read::<String>(&mut from).unwrap(), Some((text.clone(), joined)));
            prop_assert_eq!(read::<String>(&mut from).unwrap(), Some((text, Vec::new())));
            prop_assert_eq!(read::<String>(&mut from).unwrap(), None);
        }

        #[test]
        fn garbage_is_an_error_never_a_panic(bytes in any::<Vec<u8>>()) {
            let _ = read::<Request>(&mut bytes.as_slice());
        }
    }

    #[test]
    fn half_a_frame_is_an_error() {
        let mut pipe = Vec::new();
        write(&mut pipe, &"header", &[b"blob"]).unwrap();
        for cut in 1..pipe.len() {
            assert!(read::<String>(&mut &pipe[..cut]).is_err(), "cut at {cut}");
        }
    }
}
