//! Git binary patches: base85 lines of a zlib stream that holds the new content or a delta against the old one.
//!
//! In: the lines after `GIT binary patch`. Out: the unpacked forward half. The stated size bounds what is unpacked.

use std::fmt::Write;

use super::line::Line;
use super::model::Binary;

/// Git's base85 digits in order of value.
const DIGITS: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// Larger content is refused, so that a few bytes of patch cannot fill the memory.
const LARGEST: usize = 256 << 20;

/// Reads the halves that start at `at`; returns the forward one and the index of the line after both.
pub fn read(lines: &[Line<'_>], at: usize) -> (Result<Binary, String>, usize) {
    let (forward, next) = half(lines, at);
    let reverse = lines.get(next).is_some_and(|line| size(line.without_cr()).is_some());
    let end = if reverse { half(lines, next).1 } else { next };
    (forward, end)
}

/// One half: `literal SIZE` or `delta SIZE`, lines of base85, an empty line.
fn half(lines: &[Line<'_>], at: usize) -> (Result<Binary, String>, usize) {
    let Some((is_delta, size)) = lines.get(at).and_then(|line| size(line.without_cr())) else {
        return (Err("a binary patch without `literal` or `delta`".to_owned()), at);
    };
    let mut packed = Vec::new();
    let mut next = at + 1;
    let mut broken = None;
    while let Some(line) = lines.get(next).map(Line::without_cr).filter(|line| !line.is_empty()) {
        if line.starts_with(b"diff --git ") {
            break;
        }
        if !decode_line(line, &mut packed) {
            broken.get_or_insert(next + 1);
        }
        next += 1;
    }
    if lines.get(next).is_some_and(Line::is_empty) {
        next += 1;
    }
    if let Some(line) = broken {
        return (Err(format!("line {line} is not base85")), next);
    }
    if size > LARGEST {
        return (Err(format!("{size} bytes are more than the {LARGEST} allowed")), next);
    }
    let unpacked = match miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&packed, size) {
        Ok(bytes) if bytes.len() == size => bytes,
        Ok(bytes) => return (Err(format!("unpacks to {} bytes, not {size}", bytes.len())), next),
        Err(_) => return (Err("the zlib stream is broken".to_owned()), next),
    };
    let binary = if is_delta { Binary::Delta(unpacked) } else { Binary::Literal(unpacked) };
    (Ok(binary), next)
}

/// `literal 12` → (false, 12), `delta 12` → (true, 12).
fn size(line: &[u8]) -> Option<(bool, usize)> {
    let line = std::str::from_utf8(line).ok()?;
    let (is_delta, digits) = match line.strip_prefix("literal ") {
        Some(digits) => (false, digits),
        None => (true, line.strip_prefix("delta ")?),
    };
    Some((is_delta, digits.parse().ok()?))
}

/// Decodes a line: its first letter is the number of bytes, then five digits for four bytes.
fn decode_line(line: &[u8], out: &mut Vec<u8>) -> bool {
    let Some((length, digits)) = line.split_first() else { return false };
    let length = match length {
        b'A'..=b'Z' => length - b'A' + 1,
        b'a'..=b'z' => length - b'a' + 27,
        _ => return false,
    };
    let length = usize::from(length);
    if digits.len() != length.div_ceil(4) * 5 {
        return false;
    }
    let end = out.len() + length;
    for group in digits.chunks_exact(5) {
        let mut value: u64 = 0;
        for digit in group {
            let Some(digit) = DIGITS.iter().position(|known| known == digit) else { return false };
            value = value * 85 + digit as u64;
        }
        let Ok(value) = u32::try_from(value) else { return false };
        out.extend_from_slice(&value.to_be_bytes());
    }
    out.truncate(end);
    true
}

/// Writes the forward half of a binary patch that holds `content` whole.
pub fn write_literal(content: &[u8], out: &mut String) {
    let _ = write!(out, "GIT binary patch\nliteral {}\n", content.len());
    for chunk in miniz_oxide::deflate::compress_to_vec_zlib(content, 6).chunks(52) {
        let length = chunk.len() as u8;
        out.push(char::from(if length <= 26 { b'A' + length - 1 } else { b'a' + length - 27 }));
        for group in chunk.chunks(4) {
            let mut bytes = [0; 4];
            bytes[..group.len()].copy_from_slice(group);
            let mut value = u32::from_be_bytes(bytes);
            let mut digits = [0; 5];
            for digit in digits.iter_mut().rev() {
                *digit = DIGITS[(value % 85) as usize];
                value /= 85;
            }
            out.extend(digits.iter().map(|digit| char::from(*digit)));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// The content that `binary` makes of `old`.
pub fn apply(binary: &Binary, old: &[u8]) -> Result<Vec<u8>, &'static str> {
    match binary {
        Binary::Literal(bytes) => Ok(bytes.clone()),
        Binary::Delta(delta) => apply_delta(delta, old).ok_or("the binary delta does not fit the file"),
    }
}

/// Git's delta: two sizes, then instructions; bit 7 set copies from the old content, else inserts what follows.
fn apply_delta(delta: &[u8], old: &[u8]) -> Option<Vec<u8>> {
    let mut rest = delta;
    if varint(&mut rest)? != old.len() {
        return None;
    }
    let size = varint(&mut rest).filter(|size| *size <= LARGEST)?;
    let mut out = Vec::new();
    while let Some(code) = take(&mut rest) {
        if code & 0x80 != 0 {
            let mut field = |bits: std::ops::Range<u32>, low: u32| {
                bits.filter(|bit| code & (1 << bit) != 0).try_fold(0_usize, |sum, bit| {
                    Some(sum | usize::from(take(&mut rest)?) << (8 * (bit - low)))
                })
            };
            let offset = field(0..4, 0)?;
            let length = match field(4..7, 4)? {
                0 => 0x10000,
                length => length,
            };
            out.extend_from_slice(old.get(offset..offset.checked_add(length)?)?);
        } else {
            let (bytes, after) = rest.split_at_checked(usize::from(code)).filter(|_| code != 0)?;
            out.extend_from_slice(bytes);
            rest = after;
        }
        if out.len() > size {
            return None;
        }
    }
    (out.len() == size).then_some(out)
}

fn take(rest: &mut &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(*first)
}

/// A number in groups of seven bits, lowest first.
fn varint(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0_usize;
    for shift in (0..63).step_by(7) {
        let byte = take(rest)?;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::line;
    use super::{Binary, apply, apply_delta, read, write_literal};

    #[test]
    fn patches_made_by_git() {
        let text = b"literal 4\nLcmZQzWa0t<02KfZ\n\nliteral 0\nHcmV?d00001\n\n";
        let (binary, next) = read(&line::split(text), 0);
        assert_eq!((binary, next), (Ok(Binary::Literal(vec![0, 1, 2, b'\n'])), 6));

        let text = b"delta 29\nncmV+&0OJ3E5c?0X=mQf-MNCXj^7Hid_V@Vt`uqI-{{Nr^@--6p\n\ndelta 14\nWcmey(-ypEz1@poe%o|@wFaiKG?gn%K\n\n";
        let (binary, _) = read(&line::split(text), 0);
        let old: Vec<u8> = (0..=255).cycle().take(2048).collect();
        let mut new = old.clone();
        new.splice(1000..1010, *b"HELLO");
        assert_eq!(apply(&binary.unwrap(), &old), Ok(new));
    }

    #[test]
    fn a_delta_copies_and_inserts() {
        let delta = [6, 5, 0b1001_0001, 2, 3, 2, b'x', b'y'];
        assert_eq!(apply_delta(&delta, b"abcdef").as_deref(), Some(&b"cdexy"[..]));
        assert_eq!(apply_delta(&delta, b"abcde"), None, "another size of the old content");
        assert_eq!(apply_delta(&[6, 5, 0b1001_0001, 5, 3], b"abcdef"), None, "beyond the end");
    }

    #[test]
    fn broken_streams_are_errors() {
        for text in ["literal 4\nL!!\n\n", "literal 4\n\n", "literal 99999999999\n\n", "what\n", ""] {
            assert!(read(&line::split(text.as_bytes()), 0).0.is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn literals_come_back(content in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut text = String::new();
            write_literal(&content, &mut text);
            let (binary, _) = read(&line::split(text.as_bytes()), 1);
            prop_assert_eq!(&binary, &Ok(Binary::Literal(content.clone())));
            prop_assert_eq!(apply(&binary.unwrap(), b"old"), Ok(content));
        }

        #[test]
        fn any_delta_is_harmless(delta in proptest::collection::vec(any::<u8>(), 0..40), old in proptest::collection::vec(any::<u8>(), 0..9)) {
            let _ = apply_delta(&delta, &old);
        }
    }
}
