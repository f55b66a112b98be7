//! Which files belong together, and what is a property of a file and not of its text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{ChangedFile, Side};

/// Entity of a unit that reverts a file's mode.
pub(crate) const MODE: &str = "file mode";
/// Entity of a unit that reverts a file's ends of lines.
pub(crate) const EOL: &str = "end of line";
/// Entity of a unit that reverts a byte-order mark.
pub(crate) const BOM: &str = "byte-order mark";
/// Entity of a unit that reverts a file's whole content.
pub(crate) const CONTENT: &str = "content";
/// Entity of a unit that makes a file.
pub(crate) const CREATED: &str = "file created";
/// Entity of a unit that takes a file away.
pub(crate) const DELETED: &str = "file deleted";
/// Entity of a unit that renames a file.
pub(crate) const RENAMED: &str = "file renamed";

/// UTF-8's byte-order mark.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";

/// As git decides: a zero byte near the beginning.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(8000)].contains(&0)
}

/// Lines end in CR LF.
pub(crate) fn has_crlf(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\r\n").is_some()
}

/// `Some(true)`: all of it CR LF; `Some(false)`: all LF; `None`: mixed, or no line end at all.
fn eol(bytes: &[u8]) -> Option<bool> {
    let first = memchr::memchr(b'\n', bytes)?;
    let Some(back) = memchr::memchr(b'\r', bytes) else { return Some(false) };
    if back + 1 != first {
        return None;
    }
    let count = |byte: u8| memchr::memchr_iter(byte, bytes).count();
    let (feeds, returns) = (count(b'\n'), count(b'\r'));
    let pairs = memchr::memmem::find_iter(bytes, b"\r\n").count();
    (pairs == feeds && pairs == returns).then_some(true)
}

/// Both sides end all their lines alike, and not like each other: whether the old side has CR LF.
pub(crate) fn eol_change(old: &[u8], new: &[u8]) -> Option<bool> {
    match (eol(old), eol(new)) {
        (Some(a), Some(b)) if a != b => Some(a),
        _ => None,
    }
}

/// A text whose lines all end alike, with CR LF or with LF.
pub(crate) fn with_eol(text: &[u8], crlf: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 16);
    for byte in text {
        match byte {
            b'\r' => {}
            b'\n' if crlf => out.extend_from_slice(b"\r\n"),
            other => out.push(*other),
        }
    }
    out
}

/// A side as it is compared: without byte-order mark, ends of lines as on the other side.
#[derive(Debug)]
pub(crate) struct Plain {
    /// What is compared.
    pub bytes: Arc<[u8]>,
    skipped: usize,
    /// Compared offsets of line feeds that are CR LF in the file.
    returns: Vec<usize>,
    /// Offsets in the file of all line feeds.
    feeds: Vec<usize>,
}

impl Plain {
    /// Strips `bytes`; `unify` says that ends of lines are compared apart.
    pub fn new(bytes: &Arc<[u8]>, unify: bool) -> Self {
        let skipped = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
        let mut returns = Vec::new();
        let plain: Arc<[u8]> = if unify && has_crlf(bytes) {
            let text = with_eol(&bytes[skipped..], false);
            returns.extend(memchr::memchr_iter(b'\n', &text));
            text.into()
        } else if skipped > 0 {
            bytes[skipped..].into()
        } else {
            Arc::clone(bytes)
        };
        let feeds = memchr::memchr_iter(b'\n', bytes).collect();
        Self { bytes: plain, skipped, returns, feeds }
    }

    /// A compared offset as an offset in the file.
    pub fn offset(&self, at: usize) -> usize {
        at + self.skipped + self.returns.partition_point(|feed| *feed < at)
    }

    /// 1-based lines of a range of the file; an empty range ends one line before it begins.
    pub fn lines(&self, start: usize, end: usize) -> [usize; 2] {
        let line = |at: usize| 1 + self.feeds.partition_point(|feed| *feed < at);
        let first = line(start);
        if start == end { [first, first - 1] } else { [first, line(end - 1).max(first)] }
    }
}

/// Before and after of one file.
pub(crate) type Pair = (Option<Side>, Option<Side>);

/// Joins what was deleted with what was created: by path, by equal content, by likeness of lines (at least half).
pub(crate) fn pairs(files: &[ChangedFile]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut olds: BTreeMap<String, Side> = BTreeMap::new();
    let mut news: BTreeMap<String, Side> = BTreeMap::new();
    for file in files {
        match (&file.old, &file.new) {
            (Some(old), Some(new)) => pairs.push((Some(old.clone()), Some(new.clone()))),
            (Some(old), None) => drop(olds.insert(old.path.clone(), old.clone())),
            (None, Some(new)) => drop(news.insert(new.path.clone(), new.clone())),
            (None, None) => {}
        }
    }
    let both: Vec<String> = olds.keys().filter(|path| news.contains_key(*path)).cloned().collect();
    let mut join =
        |olds: &mut BTreeMap<String, Side>, news: &mut BTreeMap<String, Side>, a: &str, b: &str| {
            if let (Some(old), Some(new)) = (olds.remove(a), news.remove(b)) {
                pairs.push((Some(old), Some(new)));
            }
        };
    for path in both {
        join(&mut olds, &mut news, &path, &path);
    }
    for (a, b) in equal(&olds, &news) {
        join(&mut olds, &mut news, &a, &b);
    }
    for (a, b) in alike(&olds, &news) {
        join(&mut olds, &mut news, &a, &b);
    }
    pairs.extend(olds.into_values().map(|old| (Some(old), None)));
    pairs.extend(news.into_values().map(|new| (None, Some(new))));
    pairs.retain(|(old, new)| old != new);
    pairs.sort_by(|a, b| {
        let key = |pair: &Pair| {
            let path = |side: &Option<Side>| side.as_ref().map(|side| side.path.clone());
            (path(&pair.1).or_else(|| path(&pair.0)), path(&pair.0))
        };
        key(a).cmp(&key(b))
    });
    pairs
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn equal(olds: &BTreeMap<String, Side>, news: &BTreeMap<String, Side>) -> Vec<(String, String)> {
    let mut by_content: BTreeMap<&[u8], Vec<&String>> = BTreeMap::new();
    for (path, side) in olds.iter().filter(|(_, side)| !side.bytes.is_empty()) {
        by_content.entry(&side.bytes).or_default().push(path);
    }
    let mut found = Vec::new();
    // Files that kept their names choose first.
    for same_name in [true, false] {
        for (path, side) in news {
            let Some(candidates) = by_content.get_mut(&side.bytes[..]) else { continue };
            let fits = |old: &&String| !same_name || name(old) == name(path);
            if found.iter().any(|(_, new): &(String, String)| new == path) {
                continue;
            }
            if let Some(at) = candidates.iter().position(fits) {
                found.push((candidates.remove(at).clone(), path.clone()));
            }
        }
    }
    found
}

/// Hashes of lines with how often they stand and their length in bytes.
type LineCounts = BTreeMap<u64, (usize, usize)>;

/// A line in more files than this tells nothing.
const COMMON_LINE: usize = 8;

fn alike(olds: &BTreeMap<String, Side>, news: &BTreeMap<String, Side>) -> Vec<(String, String)> {
    let lines = |side: &Side| -> LineCounts {
        let mut counts = BTreeMap::new();
        for line in
            side.bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
        {
            let entry: &mut (usize, usize) = counts.entry(crate::syntax::hash_bytes(4, line)).or_default();
            entry.0 += 1;
            entry.1 = line.len();
        }
        counts
    };
    let texts = |sides: &BTreeMap<String, Side>| -> Vec<(String, LineCounts)> {
        let text =
            |(path, side): (&String, &Side)| (!is_binary(&side.bytes)).then(|| (path.clone(), lines(side)));
        sides.iter().filter_map(text).collect()
    };
    let (p, q) = (texts(olds), texts(news));
    let mut index: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (number, (_, lines)) in p.iter().enumerate() {
        for line in lines.keys() {
            index.entry(*line).or_default().push(number);
        }
    }
    let total = |lines: &LineCounts| lines.values().map(|(n, len)| n * len).sum::<usize>();
    let mut ranked: Vec<(usize, bool, usize, usize)> = Vec::new();
    for (number, (path, lines)) in q.iter().enumerate() {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for (line, (count, len)) in lines {
            for other in index.get(line).filter(|files| files.len() <= COMMON_LINE).into_iter().flatten() {
                *shared.entry(*other).or_default() += len * (*count).min(p[*other].1[line].0);
            }
        }
        for (other, bytes) in shared {
            let permille = 1000 * bytes / total(lines).max(total(&p[other].1)).max(1);
            if permille >= 500 {
                ranked.push((1000 - permille, name(path) != name(&p[other].0), other, number));
            }
        }
    }
    ranked.sort_unstable();
    let (mut used_old, mut used_new) = (BTreeSet::new(), BTreeSet::new());
    let mut found = Vec::new();
    for (_, _, old, new) in ranked {
        if !used_old.contains(&old) && !used_new.contains(&new) {
            used_old.insert(old);
            used_new.insert(new);
            found.push((p[old].0.clone(), q[new].0.clone()));
        }
    }
    found
}
