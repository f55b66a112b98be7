//! What is kept of a stream without end: its first half and its last half.
//!
//! In: bytes as they arrive. Out: at most the limit of them, in order, and how many were left out.
//!
//! Invariant: memory stays within the limit whatever is written. The cut is made at line ends where there are any and
//! is marked by a line of its own, so that two halves of different lines never join into a line nobody printed.

use std::collections::VecDeque;

/// The kept part of one stream.
#[derive(Debug)]
pub(super) struct Capped {
    half: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    cut: u64,
}

impl Capped {
    /// Keeps at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { half: limit / 2, head: Vec::new(), tail: VecDeque::new(), cut: 0 }
    }

    /// Takes what arrived.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = self.half.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        let (lost, rest) = rest.split_at(rest.len().saturating_sub(self.half));
        let drop = (self.tail.len() + rest.len()).saturating_sub(self.half);
        self.tail.drain(..drop);
        self.tail.extend(rest);
        self.cut += (lost.len() + drop) as u64;
    }

    /// The kept bytes and the number of those left out.
    pub(super) fn finish(self) -> (Vec<u8>, u64) {
        let Self { mut head, tail, mut cut, .. } = self;
        let tail = Vec::from(tail);
        if cut == 0 {
            head.extend_from_slice(&tail);
            return (head, 0);
        }
        if let Some(end) = head.iter().rposition(|byte| *byte == b'\n') {
            cut += (head.len() - end - 1) as u64;
            head.truncate(end + 1);
        } else if !head.is_empty() {
            head.push(b'\n');
        }
        let start = tail.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        cut += start as u64;
        head.extend_from_slice(format!("[kerf: {cut} bytes left out here]\n").as_bytes());
        head.extend_from_slice(&tail[start..]);
        (head, cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kept(limit: usize, pieces: &[&str]) -> (String, u64) {
        let mut capped = Capped::new(limit);
        for piece in pieces {
            capped.push(piece.as_bytes());
        }
        let (bytes, cut) = capped.finish();
        (String::from_utf8(bytes).unwrap(), cut)
    }

    #[test]
    fn short_output_is_whole() {
        assert_eq!(kept(8, &["ab\n", "", "cd\ne"]), ("ab\ncd\ne".to_owned(), 0));
    }

    #[test]
    fn lines_at_the_cut_do_not_join() {
        // The naive cut would read "test a ... ok".
        let (text, cut) =
            kept(24, &["x\ntest a ... FAILED\n", "many more lines\n", "other b ... ok\nlast\n"]);
        assert_eq!(text, "x\n[kerf: 49 bytes left out here]\nlast\n");
        assert_eq!(cut, 49);
    }

    proptest! {
        #[test]
        fn head_and_tail_come_from_the_stream(
            limit in 0_usize..40,
            pieces in prop::collection::vec("[a\n]{0,30}", 0..10),
        ) {
            let whole = pieces.concat();
            let (text, cut) = kept(limit, &pieces.iter().map(String::as_str).collect::<Vec<_>>());
            if cut == 0 {
                prop_assert_eq!(text, whole);
            } else {
                let mark = format!("[kerf: {cut} bytes left out here]\n");
                let (head, tail) = text.split_once(&mark).unwrap();
                let kept = whole.len() as u64 - cut;
                prop_assert!(kept <= limit as u64);
                prop_assert!(whole.ends_with(tail));
                prop_assert!(whole.starts_with(head) || whole.starts_with(head.trim_end_matches('\n')));
            }
        }
    }
}
