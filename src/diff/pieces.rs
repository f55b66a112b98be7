//! Changed tokens to pieces: byte ranges of both sides with the key of the unit that they belong to.
//!
//! A token is owned by the smallest element around it; an element that is wholly new (or gone) is taken as a whole, and
//! the list around it too if the list is. White space belongs to the token behind it, so that taking a piece out takes
//! its line with it.
//!
//! Invariant: pieces are in order on both sides, disjoint, and cover every byte that differs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use crate::syntax::{Source, TokenKind, flag};

use super::align::{Alignment, NONE, Pairs};
use super::ends::broken;
use super::layout;

/// Which unit of its file a piece belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// The old element (paired, or gone).
    Old(usize),
    /// A new element without an old one.
    New(usize),
    /// Comments of one gap, by order.
    Comment(usize, usize),
    /// White space and optional punctuation in a new statement.
    Format(usize),
    /// A rename, by its number in the diff.
    Rename(usize),
}

/// One place of a unit before positions are final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its unit.
    pub key: Key,
    /// Old bytes.
    pub old: Range<usize>,
    /// New bytes.
    pub new: Range<usize>,
    /// Old tokens.
    pub old_tokens: Range<usize>,
    /// New tokens.
    pub new_tokens: Range<usize>,
}

/// A file parsed on both sides and aligned.
#[derive(Debug)]
pub(crate) struct Aligned {
    /// Before.
    pub old: Source,
    /// After.
    pub new: Source,
    /// Partners.
    pub partners: Alignment,
    /// Changed runs of tokens between matched tokens, and pairs of matched tokens with other white space before them:
    /// `(old tokens, new tokens)`.
    pub gaps: Vec<(Range<usize>, Range<usize>)>,
    /// Bytes of top-level elements with parse errors, before and after.
    pub broken: [Vec<Range<usize>>; 2],
    errors: OnceLock<usize>,
}

impl Aligned {
    /// Checks the partners byte for byte and lists the gaps.
    pub fn new(old: Source, new: Source, mut partners: Alignment) -> Self {
        settle(&new, &mut partners.new, &mut partners.old);
        settle(&old, &mut partners.old, &mut partners.new);
        let mut gaps = Vec::new();
        let (mut i, mut j) = (0, 0);
        for x in 0..=old.tokens.len() {
            let y = if x == old.tokens.len() { new.tokens.len() } else { partners.old[x] as usize };
            if y == NONE as usize {
                continue;
            }
            // A pair out of order or of unequal text would be a fault of the alignment: it is dropped, never trusted.
            if x < old.tokens.len() && (y < j || old.text(x) != new.text(y)) {
                partners.old[x] = NONE;
                if partners.new[y] as usize == x {
                    partners.new[y] = NONE;
                }
                continue;
            }
            if x > i || y > j || lead(&old, x) != lead(&new, y) {
                gaps.push((i..x, j..y));
            }
            (i, j) = (x + 1, y + 1);
        }
        let broken = [broken(&old), broken(&new)];
        Self { old, new, partners, gaps, broken, errors: OnceLock::new() }
    }

    /// Parse errors of the side that has more of them.
    pub fn errors(&self) -> usize {
        *self.errors.get_or_init(|| self.old.error_count().max(self.new.error_count()))
    }
}

/// Slides runs of unmatched tokens to where elements begin and end.
///
/// `let [a = 1; let] b = 2;` and `[let a = 1;] let b = 2;` are the same change; the second is what was written.
fn settle(source: &Source, here: &mut [u32], there: &mut [u32]) {
    let count = here.len();
    let bounds = |first: usize, last: usize| {
        source.starting(first).any(|node| {
            source.nodes[node].is(flag::ELEMENT | flag::STATEMENT) && source.nodes[node].last as usize == last
        })
    };
    let mut start = 0;
    while start < count {
        if here[start] != NONE {
            start += 1;
            continue;
        }
        let end = (start..count).find(|token| here[*token] != NONE).unwrap_or(count);
        let pure = start > 0 && end < count && here[start - 1] != NONE && here[end] == here[start - 1] + 1;
        if pure && !bounds(start, end) {
            let mut shift = 0;
            while shift < (end - start).min(64) {
                let (from, to) = (start - shift - 1, end - shift - 1);
                let (Some(mate), same) = (here.get(from).copied(), source.text(from) == source.text(to))
                else {
                    break;
                };
                if mate == NONE || !same || (shift > 0 && mate + 1 != here[from + 1]) {
                    break;
                }
                shift += 1;
                if bounds(from, to) {
                    for step in 0..shift {
                        let mate = here[start - 1 - step];
                        here[end - 1 - step] = mate;
                        here[start - 1 - step] = NONE;
                        there[mate as usize] = (end - 1 - step) as u32;
                    }
                    break;
                }
                if from == 0 {
                    break;
                }
            }
        }
        start = end + 1;
    }
}

/// Where the token before ends; the end of the file counts as a token.
pub(crate) fn end_before(source: &Source, token: usize) -> usize {
    token.checked_sub(1).map_or(0, |before| source.tokens[before].end as usize)
}

pub(crate) fn start_of(source: &Source, token: usize) -> usize {
    source.tokens.get(token).map_or(source.bytes.len(), |token| token.start as usize)
}

/// White space before a token.
pub(crate) fn lead(source: &Source, token: usize) -> &[u8] {
    &source.bytes[end_before(source, token)..start_of(source, token)]
}

/// How many tokens before each one are changed.
pub(crate) struct Side<'a> {
    source: &'a Source,
    changed: Vec<u32>,
    paired: &'a Pairs,
    old: bool,
}

impl<'a> Side<'a> {
    pub fn new(source: &'a Source, partners: &[u32], paired: &'a Pairs, old: bool) -> Self {
        let mut changed = Vec::with_capacity(partners.len() + 1);
        let mut count = 0;
        changed.push(0);
        for partner in partners {
            count += u32::from(*partner == NONE);
            changed.push(count);
        }
        Self { source, changed, paired, old }
    }

    /// Every token below a node is changed; the root never counts as a whole.
    pub fn whole(&self, node: usize) -> bool {
        let tokens = self.source.nodes[node].tokens();
        node != 0 && (self.changed[tokens.end] - self.changed[tokens.start]) as usize == tokens.len()
    }

    /// It is the old side.
    pub fn old(&self) -> bool {
        self.old
    }

    /// Changed tokens of a range.
    pub fn changed_in(&self, tokens: Range<usize>) -> usize {
        (self.changed[tokens.end] - self.changed[tokens.start]) as usize
    }

    pub fn element_above(&self, node: usize) -> usize {
        self.source.ancestors(node).find(|node| self.source.nodes[*node].is(flag::ELEMENT)).unwrap_or(0)
    }

    /// The element that a changed token is a change of.
    fn owner(&self, token: usize) -> usize {
        let mut element = self.element_above(self.source.tokens[token].node as usize);
        while self.whole(element) {
            let above = self.source.nodes[element].parent as usize;
            if !self.whole(above) {
                break;
            }
            element = self.element_above(above);
        }
        element
    }

    /// The element that one without a partner comes and goes with: the outermost one without a partner that it is a part of,
    /// and not only a statement in. Tags are no statements: each is one half of what is put around others.
    pub fn skeleton(&self, mut element: usize) -> usize {
        while element != 0 && !self.paired.contains(element) {
            let list = self.source.nodes[element].parent as usize;
            let above = self.element_above(list);
            let tag = self.source.nodes[element].is(flag::AGREES);
            let statement = self.source.nodes[list].is(flag::STATEMENT_LIST) && !tag;
            if above == 0 || statement || self.paired.contains(above) {
                break;
            }
            element = above;
        }
        element
    }

    /// The other side has a partner for an element.
    pub fn pairs(&self, element: usize) -> bool {
        self.paired.contains(element)
    }

    /// The unit of a change of an element.
    pub fn key(&self, element: usize) -> Key {
        let element = self.skeleton(element);
        match (self.old, self.paired.get(element)) {
            (true, _) => Key::Old(element),
            (false, Some(old)) => Key::Old(old),
            (false, None) if element == 0 => Key::Old(0),
            (false, None) => Key::New(element),
        }
    }

    /// A separator that means nothing: before the closing bracket of a list that ignores it, between unchanged tokens.
    fn optional(&self, token: usize) -> bool {
        let leaf = self.source.tokens[token].node as usize;
        let changed = |token: usize| self.changed[token + 1] > self.changed[token];
        let count = self.source.tokens.len();
        if token == 0 || changed(token - 1) || (token + 1 < count && changed(token + 1)) {
            return false;
        }
        if (self.source.language.optional_end)(self.source, token) {
            return true;
        }
        let separator =
            |token: usize| self.source.nodes[self.source.tokens[token].node as usize].is(flag::SEPARATOR);
        let parent = self.source.nodes[leaf].parent as usize;
        let list = &self.source.nodes[parent];
        // `[a,,]` is longer than `[a,]`, and `[,]` than `[]`.
        let hole = separator(token - 1) || list.first as usize + 1 == token;
        if token + 1 >= count || hole || !separator(token) {
            return false;
        }
        let many = || {
            self.source.children(parent).filter(|child| self.source.nodes[*child].is(flag::SEPARATOR)).count()
        };
        if !(list.is(flag::TRAILING) || (list.is(flag::TRAILING_OF_MANY) && many() > 1)) {
            return false;
        }
        let closes = |text: &[u8]| matches!(text, b")" | b"]" | b"}" | b">" | b"|" | b"{" | b";");
        let block = self.source.text(token - 1) == b"}" && !self.source.nodes[parent].is(flag::CONTAINER);
        closes(self.source.text(token + 1)) || block
    }

    /// Runs of changed tokens by key.
    fn runs(&self, tokens: Range<usize>, gap: usize, format: Key) -> Vec<(Key, Range<usize>)> {
        let mut runs: Vec<(Key, Range<usize>)> = Vec::new();
        let mut leading: BTreeMap<usize, bool> = BTreeMap::new();
        let mut comments = 0;
        for token in tokens {
            let leaf = self.source.tokens[token].node as usize;
            let owner = self.owner(token);
            let mut key = self.key(owner);
            if self.source.nodes[owner].is(flag::COMMENT) {
                let apart = !self.source.bytes[end_before(self.source, token)..start_of(self.source, token)]
                    .contains(&b'\n');
                let follows = matches!(runs.last(), Some((Key::Comment(..), _)));
                if !follows || apart {
                    comments += 1;
                }
                key = Key::Comment(gap, comments);
            } else if self.optional(token) {
                key = format;
            } else if self.source.nodes[leaf].is(flag::SEPARATOR) {
                let list = self.source.nodes[leaf].parent as usize;
                if self.source.nodes[list].is(flag::CONTAINER) && !self.whole(list) {
                    // Other separators could be left out, and a comment behind one has little to do with it.
                    let comma = self.source.text(token) == b",";
                    let said =
                        |token: &usize| !comma || self.source.tokens[*token].kind != TokenKind::Comment;
                    let before = self.lone((0..token).rev().find(said), list);
                    let ahead = self.lone((token + 1..self.source.tokens.len()).find(said), list);
                    let lead = *leading.entry(list).or_insert(before.is_none());
                    match (lead, before, ahead) {
                        (true, _, Some(next)) => key = self.key(next),
                        (_, Some(last), _) => key = self.key(last),
                        _ => {}
                    }
                }
            }
            match runs.last_mut() {
                Some((last, range)) if *last == key => range.end = token + 1,
                _ => runs.push((key, token..token + 1)),
            }
        }
        runs
    }

    /// The element of `list` around a token, if all of it is changed and the other side has no partner for it.
    fn lone(&self, token: Option<usize>, list: usize) -> Option<usize> {
        let leaf = self.source.tokens.get(token?)?.node as usize;
        let child =
            self.source.ancestors(leaf).find(|node| self.source.nodes[*node].parent as usize == list)?;
        let node = &self.source.nodes[child];
        let lone = node.is(flag::ELEMENT) && !node.is(flag::COMMENT) && self.whole(child);
        (child != 0 && lone && !self.paired.contains(child)).then_some(child)
    }
}

/// Pieces of one file, in order.
pub(crate) fn pieces(
    file: &Aligned,
    (old, new): (&Side, &Side),
    renames: &BTreeMap<usize, usize>,
) -> Vec<Piece> {
    let mut all = Vec::new();
    for (number, (i, j)) in file.gaps.iter().enumerate() {
        let leaf = |token: usize| file.new.tokens.get(token).map(|token| token.node as usize);
        let format = Key::Format(leaf(j.end).map_or(0, |leaf| file.new.statement_of(leaf)));
        if i.is_empty() && j.is_empty() {
            all.push(Piece {
                key: layout::key(file, (old, new), (i.end, j.end), true).unwrap_or(format),
                old: end_before(&file.old, i.end)..start_of(&file.old, i.end),
                new: end_before(&file.new, j.end)..start_of(&file.new, j.end),
                old_tokens: i.clone(),
                new_tokens: j.clone(),
            });
            continue;
        }
        let (mut olds, mut news) = (old.runs(i.clone(), number, format), new.runs(j.clone(), number, format));
        if let (Some(rename), [(p, _)], [(q, _)]) = (renames.get(&i.start), &mut olds[..], &mut news[..]) {
            (*p, *q) = (Key::Rename(*rename), Key::Rename(*rename));
        }
        let from = all.len();
        merge(file, &olds, &news, (i.start, j.start), &mut all);
        layout::split(file, (old, new), &mut all, from);
        let ends = layout::key(file, (old, new), (i.end, j.end), false);
        if !trailing(file, &mut all[from..], (i.end, j.end), ends.is_some())
            && let Some(key) = ends
        {
            all.push(layout::lead_piece(file, key, (i.end, j.end)));
        }
    }
    all
}

/// The element of a key begins in a gap of the old side and goes on behind it, where it has a partner.
fn begins(file: &Aligned, key: Key, (start, end): (usize, usize)) -> bool {
    let Key::Old(element) = key else { return false };
    let tokens = file.old.nodes[element].tokens();
    element != 0 && tokens.start >= start && tokens.contains(&end) && file.partners.old_pair.contains(element)
}

/// Lays old and new runs of one gap beside each other: equal keys together, the rest alone.
fn merge(
    file: &Aligned,
    olds: &[(Key, Range<usize>)],
    news: &[(Key, Range<usize>)],
    (i, j): (usize, usize),
    all: &mut Vec<Piece>,
) {
    let mut later: BTreeMap<Key, usize> = BTreeMap::new();
    for (index, (key, _)) in news.iter().enumerate() {
        later.insert(*key, index);
    }
    let ahead: BTreeSet<Key> = olds.iter().map(|(key, _)| *key).collect();
    let behind = olds.last().is_some_and(|(key, tokens)| begins(file, *key, (i, tokens.end)));
    let (mut x, mut y) = (0, 0);
    let (mut token_old, mut token_new) = (i, j);
    let (mut at_old, mut at_new) = (end_before(&file.old, i), end_before(&file.new, j));
    while x < olds.len() || y < news.len() {
        let (mut take_old, mut take_new) = (x < olds.len(), y < news.len());
        if take_old && take_new && olds[x].0 != news[y].0 {
            let old_waits = later.get(&olds[x].0).is_some_and(|last| *last > y);
            // A separator that means nothing stays in front of what comes behind the gap.
            let trails = x + 1 == olds.len() && (behind || matches!(olds[x].0, Key::Format(_)));
            take_old = !trails && (!old_waits || ahead.contains(&news[y].0));
            take_new = !take_old;
        }
        let key = if take_old { olds[x].0 } else { news[y].0 };
        let old_end = if take_old { olds[x].1.end } else { token_old };
        let new_end = if take_new { news[y].1.end } else { token_new };
        let byte_old = if take_old { end_before(&file.old, old_end) } else { at_old };
        let byte_new = if take_new { end_before(&file.new, new_end) } else { at_new };
        all.push(Piece {
            key,
            old: at_old..byte_old,
            new: at_new..byte_new,
            old_tokens: token_old..old_end,
            new_tokens: token_new..new_end,
        });
        (at_old, at_new, token_old, token_new) = (byte_old, byte_new, old_end, new_end);
        x += usize::from(take_old);
        y += usize::from(take_new);
    }
}

/// Settles the white space between the last changed token and the matched one behind it; `false` where it is left over
/// because it is `apart`.
fn trailing(file: &Aligned, pieces: &mut [Piece], (i, j): (usize, usize), apart: bool) -> bool {
    let (lead_old, lead_new) = (lead(&file.old, i), lead(&file.new, j));
    if lead_old == lead_new {
        return true;
    }
    let inserts = pieces.iter().all(|piece| piece.old.is_empty());
    let deletes = pieces.iter().all(|piece| piece.new.is_empty());
    let first = |source: &Source, token: usize| lead(source, token).to_vec();
    let Some((head, _)) = pieces.split_first() else { return true };
    let turned = (inserts && first(&file.new, head.new_tokens.start) == lead_old)
        || (deletes && first(&file.old, head.old_tokens.start) == lead_new);
    if turned {
        // `a; [x; ]b` and `a;[ x;] b` are the same change: take the one that leaves no white space over.
        for piece in pieces {
            let (old, new) = (&file.old, &file.new);
            if inserts {
                let at = start_of(old, i);
                (piece.old, piece.new) =
                    (at..at, start_of(new, piece.new_tokens.start)..start_of(new, piece.new_tokens.end));
            } else {
                let at = start_of(new, j);
                (piece.old, piece.new) =
                    (start_of(old, piece.old_tokens.start)..start_of(old, piece.old_tokens.end), at..at);
            }
        }
    } else if apart {
        return false;
    } else if let Some(last) = pieces.last_mut() {
        last.old.end = start_of(&file.old, i);
        last.new.end = start_of(&file.new, j);
    }
    true
}

/// Words of a text as weights count them: runs of letters, digits and `_`, or one other visible character.
pub(crate) fn words(text: &[u8]) -> Vec<u64> {
    let text = String::from_utf8_lossy(text);
    let mut words = Vec::new();
    let mut rest = text.as_ref();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let end = if word(first) { rest.find(|c| !word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        if !first.is_whitespace() {
            words.push(crate::syntax::hash_bytes(2, &rest.as_bytes()[..end]));
        }
        rest = &rest[end..];
    }
    words
}

/// A literal of more words than this is weighed by words.
const LONG_STRING: usize = 12;

/// The pieces of a token that count: one, or the words of a comment or a long string.
fn parts(source: &Source, tokens: Range<usize>) -> Vec<u64> {
    let mut all = Vec::new();
    for token in tokens {
        let here = &source.tokens[token];
        match here.kind {
            TokenKind::Comment => all.extend(words(source.text(token))),
            TokenKind::Literal => {
                let words = words(source.text(token));
                if words.len() > LONG_STRING { all.extend(words) } else { all.push(here.hash) }
            }
            TokenKind::Word | TokenKind::Punct | TokenKind::Error => all.push(here.hash),
        }
    }
    all
}

/// Weight of a piece: tokens inserted and deleted.
pub(crate) fn weight(file: &Aligned, piece: &Piece) -> usize {
    if let Key::Format(_) = piece.key {
        let tokens = piece.old_tokens.len() + piece.new_tokens.len();
        return tokens.max(1);
    }
    let old = parts(&file.old, piece.old_tokens.clone());
    let new = parts(&file.new, piece.new_tokens.clone());
    changed_words(&old, &new)
}

/// Words inserted and deleted between two lists of words.
pub(crate) fn changed_words(old: &[u64], new: &[u64]) -> usize {
    if old.is_empty() || new.is_empty() {
        return old.len() + new.len();
    }
    let mut budget = super::sequence::Budget::new(old.len() + new.len());
    let same: usize = super::sequence::common(old, new, &mut budget).iter().map(|(_, _, len)| len).sum();
    old.len() + new.len() - 2 * same
}
