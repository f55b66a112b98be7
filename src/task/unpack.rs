//! Unpacking files into temporary ones: zstd by its library, gzip (RFC 1952) over an inflate decoder.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::Path;

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};
use tempfile::NamedTempFile;

/// Unpacks a `.zst` file.
pub(super) fn unzstd(path: &Path) -> io::Result<NamedTempFile> {
    let mut out = NamedTempFile::new()?;
    zstd::stream::copy_decode(File::open(path)?, &mut out)?;
    out.rewind()?;
    Ok(out)
}

/// Unpacks a `.gz` file, of one or several members.
pub(super) fn gunzip(path: &Path) -> io::Result<NamedTempFile> {
    let mut out = NamedTempFile::new()?;
    let mut reader = BufReader::with_capacity(1 << 18, File::open(path)?);
    while header(&mut reader)? {
        member(&mut reader, &mut out)?;
        // Check sum and length: a damaged text is seen by who reads it.
        let mut trailer = [0; 8];
        reader.read_exact(&mut trailer)?;
    }
    out.rewind()?;
    Ok(out)
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("gzip: {what}"))
}

/// Passes over a member's header; false at the end of the file.
fn header(reader: &mut impl BufRead) -> io::Result<bool> {
    if reader.fill_buf()?.is_empty() {
        return Ok(false);
    }
    let mut fixed = [0; 10];
    reader.read_exact(&mut fixed)?;
    let [0x1f, 0x8b, 8, flags, ..] = fixed else { return Err(damaged("no header of a member")) };
    if flags & 4 != 0 {
        let mut length = [0; 2];
        reader.read_exact(&mut length)?;
        io::copy(&mut reader.take(u64::from(u16::from_le_bytes(length))), &mut io::sink())?;
    }
    for text in [8, 16] {
        if flags & text != 0 {
            reader.skip_until(0)?;
        }
    }
    if flags & 2 != 0 {
        reader.read_exact(&mut [0; 2])?;
    }
    Ok(true)
}

fn member(reader: &mut impl BufRead, out: &mut impl Write) -> io::Result<()> {
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let mut buffer = vec![0; 1 << 18];
    loop {
        let input = reader.fill_buf()?;
        let at_end = input.is_empty();
        let result = inflate(&mut state, input, &mut buffer, MZFlush::None);
        reader.consume(result.bytes_consumed);
        out.write_all(buffer.get(..result.bytes_written).unwrap_or_default())?;
        match result.status {
            Ok(MZStatus::StreamEnd) => return Ok(()),
            Ok(_) | Err(MZError::Buf) if !at_end || result.bytes_written > 0 => {}
            Ok(_) | Err(MZError::Buf) => return Err(damaged("the file is cut short")),
            Err(error) => return Err(damaged(&format!("{error:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_with_names_are_unpacked_and_cut_ones_refused() {
        let mut packed = Vec::new();
        for (flags, name, text) in [(0_u8, &b""[..], "one "), (8, b"x.jsonl\0", "two")] {
            packed.extend([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]);
            packed.extend(name);
            packed.extend(miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6));
            packed.extend([0; 8]);
        }
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&packed).unwrap();
        let mut text = String::new();
        gunzip(file.path()).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two");
        file.as_file().set_len(14).unwrap();
        assert!(gunzip(file.path()).unwrap_err().to_string().contains("gzip"));
    }
}
