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

/// A changed run of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hunk {
    /// Old bytes.
    pub old: Range<usize>,
    /// New bytes.
    pub new: Range<usize>,
    /// 0-based first old line and the one behind the last, and the same of the new side.
    pub rows: [usize; 4],
}

/// Changed runs of lines in order, and whether the budget ran out.
pub(crate) fn hunks(old: &[u8], new: &[u8]) -> (Vec<Hunk>, bool) {
    let (p, q) = (starts(old), starts(new));
    let hashes = |text: &[u8], starts: &[usize]| -> Vec<u64> {
        starts.windows(2).map(|line| crate::syntax::hash_bytes(5, &text[line[0]..line[1]])).collect()
    };
    let (a, b) = (hashes(old, &p), hashes(new, &q));
    let mut budget = Budget::new(a.len() + b.len());
    let mut runs = common(&a, &b, &mut budget);
    runs.retain(|(i, j, len)| old[p[*i]..p[i + len]] == new[q[*j]..q[j + len]]);
    let hunks = gaps(&runs, a.len(), b.len())
        .into_iter()
        .map(|(i, j)| Hunk {
            old: p[i.start]..p[i.end],
            new: q[j.start]..q[j.end],
            rows: [i.start, i.end, j.start, j.end],
        })
        .collect();
    (hunks, budget.spent)
}
