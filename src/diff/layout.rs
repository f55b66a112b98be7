//! White space that means something: indentation, and line breaks that end statements.
//!
//! In: a pair of tokens with other white space before them. Out: the unit that the difference belongs to, `None` where
//! it is nothing but format. A statement that goes into a block, or leaves it, changes with the block's head; a block
//! that is indented otherwise as a whole is one unit of format.
//!
//! Invariant: where the language ignores white space, the answer is always `None`.

use std::ops::Range;

use crate::syntax::{Source, TokenKind, flag};

use super::align::NONE;
use super::ends::{said, said_before};
use super::pieces::{Aligned, Key, Piece, Side, end_before, lead, start_of};

/// The outermost statement that begins with a token, and the list it stands in.
fn statement(source: &Source, token: usize) -> Option<(usize, usize)> {
    let listed = |node: usize| {
        let list = source.parent(node).filter(|list| source.nodes[*list].is(flag::LINES))?;
        (source.nodes[node].is(flag::NAMED) && !source.nodes[node].is(flag::COMMENT)).then_some((node, list))
    };
    source.starting(token).take_while(|node| *node != 0).filter_map(listed).last()
}

/// A line break stands before the token, or nothing at all.
fn begins_line(source: &Source, token: usize) -> bool {
    token == 0 || lead(source, token).contains(&b'\n')
}

/// Blocks around a statement list, outermost first, each with the last token of its head. The file itself is none.
fn blocks(source: &Source, list: usize) -> Vec<(usize, usize)> {
    let lists = source.ancestors(list).filter(|node| source.nodes[*node].is(flag::LINES) && *node != 0);
    let mut blocks: Vec<(usize, usize)> = lists
        .filter_map(|block| {
            let mut head = (source.nodes[block].first as usize).checked_sub(1)?;
            while source.nodes[source.tokens[head].node as usize].is(flag::COMMENT) {
                head = head.checked_sub(1)?;
            }
            Some((block, head))
        })
        .collect();
    blocks.reverse();
    blocks
}

/// The unit of the white space before two tokens, if it means something or belongs to a block; `alone` says that no
/// token changed right before it.
pub(super) fn key(
    file: &Aligned,
    (old_side, new_side): (&Side, &Side),
    (x, y): (usize, usize),
    alone: bool,
) -> Option<Key> {
    let (old, new) = (&file.old, &file.new);
    if new.language.line_ends.is_empty() || lead(old, x) == lead(new, y) {
        return None;
    }
    let owner = |source: &Source, side: &Side, token: usize| {
        let leaf = source.tokens.get(token)?.node as usize;
        Some(side.key(side.element_above(leaf)))
    };
    let (a, b) = match (statement(old, x), statement(new, y)) {
        (Some((_, a)), Some((_, b))) => (a, b),
        (None, None) => return None,
        // A line break ends a statement on one side only.
        _ if !alone => return None,
        _ => return owner(new, new_side, y).or_else(|| owner(old, old_side, x)),
    };
    if !new.language.indentation || !begins_line(old, x) || !begins_line(new, y) {
        return None;
    }
    let indent = |source: &Source, token: usize| {
        let lead = lead(source, token);
        lead.rsplit(|byte| *byte == b'\n').next().unwrap_or_default().to_vec()
    };
    let (before, after) = (blocks(old, a), blocks(new, b));
    let same = before
        .iter()
        .zip(&after)
        .take_while(|((_, p), (_, q))| file.partners.old[*p] != NONE && file.partners.old[*p] as usize == *q)
        .count();
    if let Some((block, _)) = after.get(same) {
        return Some(new_side.key(new_side.element_above(new.nodes[*block].parent as usize)));
    }
    if let Some((block, _)) = before.get(same) {
        return Some(old_side.key(old_side.element_above(old.nodes[*block].parent as usize)));
    }
    // The outermost block that stands otherwise than before.
    let moved = before.iter().zip(&after).find(|((p, _), (q, _))| {
        indent(old, old.nodes[*p].first as usize) != indent(new, new.nodes[*q].first as usize)
    });
    (indent(old, x) != indent(new, y)).then(|| moved.map(|(_, (block, _))| Key::Format(*block))).flatten()
}

/// More comments in a row than this are not looked through for what is said before or behind them.
const MOST_COMMENTS: usize = 1 << 10;

/// What stands behind a piece begins a line, and that line is indented, when the piece is taken back as it is now; where
/// the piece only begins a statement, the piece.
pub(super) fn keeps_lines(file: &Aligned, piece: &Piece) -> bool {
    let (old, new) = (&file.old, &file.new);
    if new.language.line_ends.is_empty() {
        return true;
    }
    let (gone, back) = (&piece.new_tokens, &piece.old_tokens);
    let begins = |source: &Source, token: usize| statement(source, token).is_some();
    let fore = |source: &Source, tokens: &Range<usize>| {
        statement(source, tokens.start)
            .is_some_and(|(node, _)| !tokens.is_empty() && tokens.end < source.nodes[node].last as usize)
    };
    let ahead = back.is_empty() && fore(new, gone) && begins(old, back.end)
        || gone.is_empty() && fore(old, back) && begins(new, gone.end);
    // The line break that comes next stays where it is.
    let behind = start_of(new, gone.end).max(piece.new.end);
    if !ahead && new.bytes[piece.new.end..behind].contains(&b'\n') {
        return true;
    }
    // Comments part statements no more than white space does.
    let comment = |source: &Source, token: usize| source.tokens[token].kind == TokenKind::Comment;
    let many = |source: &Source, token: usize| {
        let count = source.tokens.len();
        let ahead = (token..count).take(MOST_COMMENTS).take_while(|token| comment(source, *token)).count();
        let before = (0..token.min(count)).rev().take(MOST_COMMENTS);
        ahead.max(before.take_while(|token| comment(source, *token)).count()) == MOST_COMMENTS
    };
    if many(new, gone.start) || many(new, gone.end) || many(old, back.end) {
        return false;
    }
    let (next, other) = (said(new, gone.end), said(old, back.end));
    // Inside a statement lines mean nothing, but where indentation does.
    if !ahead && !new.language.indentation && !begins(new, next) && !begins(old, other) {
        return true;
    }
    let left = &new.bytes[said_before(new, gone.start).min(piece.new.start)..piece.new.start];
    let right = &new.bytes[piece.new.end..start_of(new, next).max(piece.new.end)];
    let own = if ahead && !back.is_empty() {
        let first = start_of(old, back.start).clamp(piece.old.start, piece.old.end);
        [left, &old.bytes[piece.old.start..first]].concat()
    } else if back.clone().all(|token| comment(old, token)) {
        [left, &old.bytes[piece.old.clone()], right].concat()
    } else {
        let last = said_before(old, back.end).clamp(piece.old.start, piece.old.end);
        [&old.bytes[last..piece.old.end], right].concat()
    };
    let front = if ahead { gone.start } else { next };
    let now = &new.bytes[said_before(new, front)..start_of(new, front)];
    let line = |text: &[u8]| memchr::memrchr(b'\n', text).map(|at| text.len() - at);
    match (line(now), line(&own)) {
        (None, None) => true,
        (Some(a), Some(b)) => !new.language.indentation || now[now.len() - a..] == own[own.len() - b..],
        _ => false,
    }
}

/// A piece of nothing but the white space before two tokens.
pub(super) fn lead_piece(file: &Aligned, key: Key, (x, y): (usize, usize)) -> Piece {
    Piece {
        key,
        old: end_before(&file.old, x)..start_of(&file.old, x),
        new: end_before(&file.new, y)..start_of(&file.new, y),
        old_tokens: x..x,
        new_tokens: y..y,
    }
}

/// Takes white space that belongs to a block from the front of the piece at `from`, which replaces tokens by tokens.
pub(super) fn split(file: &Aligned, sides: (&Side, &Side), all: &mut Vec<Piece>, from: usize) {
    let Some(first) = all.get(from) else { return };
    if first.old_tokens.is_empty() || first.new_tokens.is_empty() || !file.new.language.indentation {
        return;
    }
    let (x, y) = (first.old_tokens.start, first.new_tokens.start);
    let Some(key) = key(file, sides, (x, y), false).filter(|key| *key != first.key) else { return };
    all.insert(from, lead_piece(file, key, (x, y)));
    if let Some(rest) = all.get_mut(from + 1) {
        (rest.old.start, rest.new.start) = (start_of(&file.old, x), start_of(&file.new, y));
    }
}
