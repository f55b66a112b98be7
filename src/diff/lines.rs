//! Line hunks: for files without a grammar, and to guide the second parse of a file with one.

use std::ops::Range;

use super::sequence::{Budget, common, gaps};

/// Offsets where lines begin, and the end of the text.
fn starts(text: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at + 1));
    if starts.last() != Some(&text.len()) {
        starts.push(text.len());
    }
    starts
}

/// A changed run of lines, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hunk {
    /// Old bytes.
    pub old: Range<usize>,
    /// New bytes.
    pub new: Range<usize>,
}

/// Changed runs of lines in order, and whether the budget ran out.
pub(crate) fn hunks(old: &[u8], new: &[u8]) -> (Vec<Hunk>, bool) {
    changed((old, &starts(old)), (new, &starts(new)))
}

/// A text and where its parts begin, and its end.
type Parts<'a> = (&'a [u8], &'a [usize]);

/// Changed runs of parts in order, and whether the budget ran out.
fn changed((old, p): Parts, (new, q): Parts) -> (Vec<Hunk>, bool) {
    let hashes = |text: &[u8], starts: &[usize]| -> Vec<u64> {
        starts.windows(2).map(|part| crate::syntax::hash_bytes(5, &text[part[0]..part[1]])).collect()
    };
    let (a, b) = (hashes(old, p), hashes(new, q));
    let mut budget = Budget::new(a.len() + b.len());
    let mut runs = common(&a, &b, &mut budget);
    runs.retain(|(i, j, len)| old[p[*i]..p[i + len]] == new[q[*j]..q[j + len]]);
    let hunks = gaps(&runs, a.len(), b.len())
        .into_iter()
        .map(|(i, j)| Hunk { old: p[i.start]..p[i.end], new: q[j.start]..q[j.end] })
        .collect();
    (hunks, budget.spent)
}

/// Lines of more bytes than this, on average, are compared by what ends at a bracket, a comma or a semicolon.
const LONG: usize = 256;

/// The bytes that really change in runs of lines: less of a tree is read again.
pub(crate) fn finer(old: &[u8], new: &[u8], hunks: &[Hunk]) -> Vec<Hunk> {
    let mut found = Vec::with_capacity(hunks.len());
    for hunk in hunks {
        let (a, b) = (&old[hunk.old.clone()], &new[hunk.new.clone()]);
        let lines = |text: &[u8]| memchr::memchr_iter(b'\n', text).count() + 1;
        if a.is_empty() || b.is_empty() || a.len() + b.len() < LONG * (lines(a) + lines(b)) {
            found.push(trimmed(old, new, hunk));
            continue;
        }
        let (parts, _) = changed((a, &clauses(a)), (b, &clauses(b)));
        found.extend(parts.into_iter().map(|part| {
            let (p, q) = (hunk.old.start, hunk.new.start);
            let part =
                Hunk { old: p + part.old.start..p + part.old.end, new: q + part.new.start..q + part.new.end };
            trimmed(old, new, &part)
        }));
    }
    found
}

/// Offsets where clauses begin, and the end of the text.
fn clauses(text: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    let ends = |byte: &u8| matches!(byte, b';' | b',' | b'{' | b'}' | b'\n');
    starts.extend(text.iter().enumerate().filter(|(_, byte)| ends(byte)).map(|(at, _)| at + 1));
    if starts.last() != Some(&text.len()) {
        starts.push(text.len());
    }
    starts
}

/// A hunk without the characters with which both its sides begin and end.
fn trimmed(old: &[u8], new: &[u8], hunk: &Hunk) -> Hunk {
    let (a, b) = (&old[hunk.old.clone()], &new[hunk.new.clone()]);
    let inside = |text: &[u8], at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let mut head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    while inside(a, head) || inside(b, head) {
        head -= 1;
    }
    let rest = a[head..].iter().rev().zip(b[head..].iter().rev());
    let mut tail = rest.take_while(|(a, b)| a == b).count();
    while inside(a, a.len() - tail) || inside(b, b.len() - tail) {
        tail -= 1;
    }
    Hunk { old: hunk.old.start + head..hunk.old.end - tail, new: hunk.new.start + head..hunk.new.end - tail }
}
