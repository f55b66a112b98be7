//! How a comment stands towards one ground.

use std::ops::Range;

use super::place::{Ground, within};
use super::view::{line_breaks, tokens_in};
use crate::syntax::{Source, TokenKind};

/// How a comment stands beside a ground, if it does. `known` if it, or some of it, was there before.
pub(super) fn comment_beside(
    source: Option<&Source>,
    range: &Range<usize>,
    lines: [usize; 2],
    ground: &Ground,
    known: bool,
) -> Option<&'static str> {
    if within(range, &ground.statement) && !ground.except.as_ref().is_some_and(|body| within(range, body)) {
        let about_other = || source.is_some_and(|source| about_unchanged(source, range, ground));
        return (known || !about_other()).then_some("inside the statement that is changed by");
    }
    if ground.change.is_empty() || ground.data {
        // Text was taken away here, or put here: the line and its neighbours.
        let near = lines[0] <= ground.lines[0].max(ground.lines[1]) + 1 && ground.lines[0] <= lines[1] + 1;
        return near.then_some("beside the place of");
    }
    let source = source?;
    if let Some(below) = statement_below(source, range) {
        let start = below.start;
        let same = start == ground.statement.start;
        let text = source.bytes.get(start.min(ground.change.start)..ground.change.start).unwrap_or(&[]);
        let far = if known { COMPOUND } else { 5 };
        let close = within(&ground.statement, &below) && line_breaks(text) <= far;
        if same || close {
            return Some("directly above");
        }
    }
    if known && introduces(source, range, ground) {
        return Some("introduces the paragraph of");
    }
    let line_end = source.bytes[..range.start.min(source.bytes.len())].rsplit(|byte| *byte == b'\n').next();
    let before = range.start - line_end.map_or(0, <[u8]>::len);
    let trailing = tokens_in(source, before..range.start).last();
    if let Some(token) = trailing {
        let at = source.tokens[token].range();
        if within(&at, &ground.statement) && !ground.except.as_ref().is_some_and(|body| within(&at, body)) {
            return Some("at the line end of");
        }
    }
    if closes(source, range, ground) {
        return Some("directly below");
    }
    if (source.language.doc_comment)(&source.bytes[range.clone()]) {
        let leaf = source.leaf_at(range.start)?;
        let item = source.range(source.grouped(source.described(leaf)));
        let head = ground.statement.start == item.start || ground.item == item;
        // What a body does is its item's business too; that of a smaller item inside is not.
        let inside = within(&ground.change, &item) && source.item_at(ground.change.start).end == item.end;
        if head || inside || within(&ground.item, &item) && ground.item.start == item.start {
            return Some("documentation of the item that is changed by");
        }
        if assigned(source, range).is_some_and(|below| {
            let item = source.item_at(ground.change.start);
            within(&ground.change, &below) && (item.start <= below.start || item.end + 2 >= below.end)
        }) {
            return Some("documentation of what is changed by");
        }
    }
    None
}

/// The comment stands above, or at the line end of, a part of the ground's statement that does not change here.
fn about_unchanged(source: &Source, range: &Range<usize>, ground: &Ground) -> bool {
    let line = source.bytes[..range.start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let about = match tokens_in(source, line..range.start).last() {
        Some(token) => {
            let leaf = source.tokens[token].node as usize;
            Some(source.range(source.statement_of(leaf)))
        }
        None => below(source, range).and_then(|token| {
            let start = source.tokens[token].start as usize;
            let leaf = source.tokens[token].node as usize;
            let begin = source.ancestors(leaf).map(|node| source.range(node));
            begin.take_while(|part| part.start == start && *part != ground.statement).last()
        }),
    };
    about.is_some_and(|about| {
        within(&about, &ground.statement)
            && about != ground.statement
            && (ground.change.end < about.start || about.end < ground.change.start)
    })
}

/// The statement below documentation that is no item by itself, such as a function that is assigned; one blank line may
/// stand between.
fn assigned(source: &Source, range: &Range<usize>) -> Option<Range<usize>> {
    let token = source.token_at(range.end.saturating_sub(1))? + 1;
    let start = source.tokens.get(token)?.start as usize;
    let gap = source.bytes.get(range.end..start)?;
    (line_breaks(gap) <= 2).then_some(())?;
    outermost_at(source, token)
}

/// The comment stands above a run of statements without a blank line, one of which is the ground's.
fn introduces(source: &Source, range: &Range<usize>, ground: &Ground) -> bool {
    let Some(below) = statement_below(source, range) else { return false };
    let end = ground.change.start.max(ground.statement.start);
    let Some(between) = source.bytes.get(below.start..end) else { return false };
    // In the same list, so that no bracket closes between.
    let mut depth = 0_i32;
    let closed = between.iter().any(|byte| {
        depth +=
            i32::from(matches!(byte, b'{' | b'(' | b'[')) - i32::from(matches!(byte, b'}' | b')' | b']'));
        depth < 0
    });
    let breaks = line_breaks(between);
    let mut lines = between.split(|byte| *byte == b'\n').take(breaks);
    !closed && breaks <= PARAGRAPH && !lines.any(|line| line.trim_ascii().is_empty())
}

/// An old comment over a longer statement is not about each line of it.
const COMPOUND: usize = 12;
/// Longer runs of lines have no common introduction.
pub(super) const PARAGRAPH: usize = 8;

/// The comment stands on the line below the ground, and on its own: no statement begins directly below.
fn closes(source: &Source, range: &Range<usize>, ground: &Ground) -> bool {
    let gap = source.bytes.get(ground.statement.end..range.start).unwrap_or(b"x");
    let next_line = gap.iter().all(u8::is_ascii_whitespace) && line_breaks(gap) == 1;
    next_line && statement_below(source, range).is_none_or(|below| below.is_empty())
}

/// The outermost statement or item that begins directly below a comment: no blank line between.
fn statement_below(source: &Source, range: &Range<usize>) -> Option<Range<usize>> {
    // At the end of a line of code a comment is about that line.
    let line = source.bytes.get(..range.start)?.rsplit(|byte| *byte == b'\n').next()?;
    if !line.trim_ascii().is_empty() {
        return None;
    }
    outermost_at(source, below(source, range)?)
}

/// The token below a comment, other comments aside, where no blank line comes between.
fn below(source: &Source, range: &Range<usize>) -> Option<usize> {
    let mut token = source.token_at(range.end.saturating_sub(1))? + 1;
    let mut end = range.end;
    loop {
        let next = source.tokens.get(token)?;
        let gap = source.bytes.get(end..next.start as usize).unwrap_or(&[]);
        if line_breaks(gap) > 1 {
            return None;
        }
        if next.kind != TokenKind::Comment {
            break;
        }
        end = next.end as usize;
        token += 1;
    }
    Some(token)
}

/// The outermost statement or item that begins with a token.
fn outermost_at(source: &Source, token: usize) -> Option<Range<usize>> {
    let start = source.tokens[token].start as usize;
    if matches!(source.text(token), b"}" | b")" | b"]") {
        return None;
    }
    let leaf = source.tokens[token].node as usize;
    let outermost =
        source.ancestors(leaf).take_while(|node| source.range(*node).start == start && *node != 0);
    let statement = outermost.filter(|node| source.statement_of(*node) == *node).last();
    Some(source.range(statement.unwrap_or(leaf)))
}
