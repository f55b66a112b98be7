//! Where elements end: by a terminator, a line, a bracket, and which bytes beside each other would join.
//!
//! In: a [`Source`] and an element, a token or bytes of it. Out: yes or no, or a place. Invariant: a doubt is a no.

use std::ops::Range;

use crate::syntax::{Source, TokenKind, flag};

use super::align::NONE;
use super::pieces::{end_before, lead, start_of};

/// The last token ends the element for good.
pub(super) fn closed(source: &Source, element: usize) -> bool {
    let last = source.nodes[element].tokens().next_back();
    last.is_some_and(|token| match source.text(token) {
        b";" | b"," => true,
        // A value at the end of a block may end with a bracket and is no statement for that.
        b"}" => {
            let list = source.parent(element).is_some_and(|list| {
                let list = &source.nodes[list];
                list.is(flag::STATEMENT_LIST) && list.is(flag::BODY) && source.language.tail_expressions
            });
            let whole = source.nodes[source.ungrouped(element)].flags;
            !list || whole & (flag::ITEM | flag::STATEMENT | flag::ENTITY) != 0
        }
        _ => false,
    })
}

/// Where a line break may end a statement: this one has ended, whatever comes next.
pub(super) fn over(source: &Source, element: usize) -> bool {
    let Some(last) = source.nodes[element].tokens().next_back() else { return false };
    let block_ended = source.language.block_ended;
    match source.text(last) {
        b";" => true,
        b"}" => {
            let leaf = source.tokens[last].node as usize;
            let mut above = source.ancestors(leaf).skip_while(|node| *node == leaf);
            let top = source.ungrouped(element);
            // The brace may be that of a value.
            above.find(|node| *node == top || !block_ended.contains(&source.kind_name(*node))) == Some(top)
                && block_ended.contains(&source.kind_name(top))
        }
        _ => false,
    }
}

/// What stands in a list before a place has ended; `last` is the token before the place.
pub(super) fn ended_before(source: &Source, list: usize, last: Option<usize>) -> bool {
    let Some(last) = last else { return true };
    let opens = source.nodes[list].first as usize == last && source.text(last) == b"{";
    if source.text(last) == b";" || opens {
        return true;
    }
    let leaf = source.tokens[last].node as usize;
    let child = source.ancestors(leaf).find(|node| source.parent(*node) == Some(list));
    child.is_some_and(|child| source.nodes[child].last as usize == last + 1 && over(source, child))
}

/// A token that a statement without a semicolon before it would go on with.
pub(super) fn goes_on(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'(' | b'[' | b'`' | b'+' | b'-' | b'/' | b'.' | b'*' | b'?' | b':' | b'<'))
}

/// White space between the line's beginning and a token; `None` where the token does not begin a line.
pub(super) fn indent(source: &Source, token: usize) -> Option<&[u8]> {
    let lead = lead(source, token);
    if token == 0 {
        return Some(lead);
    }
    lead.iter().rposition(|byte| *byte == b'\n').map(|at| &lead[at + 1..])
}

/// The first token from here on that is no comment.
pub(super) fn said(source: &Source, token: usize) -> usize {
    let count = source.tokens.len();
    (token..count).find(|token| source.tokens[*token].kind != TokenKind::Comment).unwrap_or(count)
}

/// The last token before one that is no comment.
pub(super) fn last_said(source: &Source, token: usize) -> Option<usize> {
    let tokens = 0..token.min(source.tokens.len());
    tokens.rev().find(|token| source.tokens[*token].kind != TokenKind::Comment)
}

/// Where that token ends.
pub(super) fn said_before(source: &Source, token: usize) -> usize {
    last_said(source, token).map_or(0, |before| source.tokens[before].end as usize)
}

/// A statement ends in front of a token: what comes next, comments aside, is nothing, a bracket, or on another line.
pub(super) fn line_before(source: &Source, token: usize) -> bool {
    let next = said(source, token);
    let between = &source.bytes[end_before(source, token)..start_of(source, next)];
    next >= source.tokens.len() || source.text(next) == b"}" || between.contains(&b'\n')
}

/// White space or a bracket after an element ends it, and the next one cannot be read as a part of it.
pub(super) fn ends_line(source: &Source, element: usize) -> bool {
    let next = source.nodes[element].last as usize;
    let first = source.text(said(source, next)).first();
    line_before(source, next)
        && !matches!(first, Some(b'(' | b'[' | b'`' | b'+' | b'-' | b'/' | b'.' | b'*' | b'?' | b':'))
}

/// Both lists may hold each other's elements.
pub(super) fn alike((a, list): (&Source, usize), (b, other): (&Source, usize)) -> bool {
    let file_like = |source: &Source, node: usize| {
        node == 0 || source.language.file_like.contains(&source.kind_name(node))
    };
    a.nodes[list].kind == b.nodes[other].kind
        || (!a.language.file_like.is_empty() && file_like(a, list) && file_like(b, other))
}

/// An element may stand where its partner stands: their lists are of one kind, and it ends as the list demands.
pub(super) fn stands_for(old: &Source, new: &Source, p: usize, q: usize) -> bool {
    let (Some(from), Some(list)) = (old.parent(p), new.parent(q)) else { return false };
    if !alike((old, from), (new, list)) {
        return false;
    }
    let list = &new.nodes[list];
    let language = new.language;
    if !list.is(flag::STATEMENT_LIST) {
        return !language.tail_expressions || closed(old, p) == closed(new, q) || list.is(flag::TRAILING);
    }
    let (first, other) = (old.nodes[p].first as usize, new.nodes[q].first as usize);
    if language.indentation {
        return indent(old, first) == indent(new, other) && ends_line(new, q);
    }
    if !language.line_ends.is_empty() {
        let begins = matches!(old.text(first).first(), Some(b'(' | b'[' | b'`' | b'+' | b'-' | b'/'));
        return !begins && (closed(old, p) || ends_line(new, q));
    }
    closed(old, p) || !closed(new, q)
}

/// The element that is the same text on the other side, where all tokens of one are kept in one run; `partner` has those
/// of its side.
pub(super) fn twin((here, element): (&Source, usize), there: &Source, partner: &[u32]) -> Option<usize> {
    let node = &here.nodes[element];
    let first = *partner.get(node.first as usize).filter(|mate| **mate != NONE)?;
    there.starting(first as usize).find(|other| {
        let other = &there.nodes[*other];
        other.hash == node.hash && other.last - other.first == node.last - node.first
    })
}

/// Bytes of the root's children that hold parse errors.
pub(super) fn broken(source: &Source) -> Vec<Range<usize>> {
    if !source.tree.root_node().has_error() {
        return Vec::new();
    }
    if source.nodes.first().is_some_and(|root| root.is(flag::ERROR)) {
        return std::iter::once(0..source.bytes.len()).collect();
    }
    source
        .children(0)
        .filter(|child| {
            let end = source.nodes[*child].end as usize;
            source.nodes[*child..end].iter().any(|node| node.is(flag::ERROR) || node.kind == Source::GAP)
        })
        .map(|child| {
            let tokens = source.nodes[child].tokens();
            end_before(source, tokens.start)..start_of(source, tokens.end)
        })
        .collect()
}

/// A range lies at or in one of the others.
pub(super) fn at_any(others: &[Range<usize>], range: &Range<usize>) -> bool {
    others.iter().any(|other| range.start <= other.end && other.start <= range.end)
}

/// The first byte of a text that ends a line or can be seen.
pub(super) fn opening(text: &[u8]) -> Option<u8> {
    text.iter().copied().find(|byte| *byte == b'\n' || !byte.is_ascii_whitespace())
}

/// A line break comes before anything visible.
pub(super) fn breaks(text: &[u8], rest: &[u8]) -> bool {
    opening(text).or_else(|| opening(rest)).is_none_or(|byte| byte == b'\n')
}

/// Where a line break may end a statement: old text that begins one with a bracket, behind what ends none in `text`.
pub(super) fn runs_on(old: &Source, back: &Range<usize>, text: &[u8]) -> bool {
    let begins = old.bytes[back.clone()].iter().find(|byte| !byte.is_ascii_whitespace());
    let ends = |byte: Option<&u8>| byte.is_none_or(|byte| matches!(byte, b';' | b'{' | b'}'));
    let before = last_before(old, back.start).and_then(|token| old.text(token).last());
    !old.language.line_ends.is_empty()
        && matches!(begins, Some(b'(' | b'[' | b'`'))
        && ends(before)
        && !ends(text.trim_ascii_end().last())
}

/// Two bytes that might become one token.
pub(super) fn glued(a: Option<&u8>, b: Option<&u8>) -> bool {
    let class = |byte: &u8| match byte {
        b'_' | b'\'' | b'"' | b'#' | b'@' | b'$' | b'`' | 0x80.. => 1,
        byte if byte.is_ascii_alphanumeric() => 1,
        b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' => 0,
        byte if byte.is_ascii_punctuation() => 2,
        _ => 0,
    };
    a.zip(b).is_some_and(|(a, b)| class(a) != 0 && class(a) == class(b))
}

/// What stands on both sides of a seam is read as it was: no two bytes that might join, no comment that might go on.
pub(super) fn parted((left, right): (&[u8], &[u8]), comment: &[u8]) -> bool {
    let line = memchr::memrchr(b'\n', left).map_or(left, |at| &left[at + 1..]);
    let ends = breaks(right, &[]);
    !glued(left.last(), right.first()) && (ends || memchr::memmem::find(line, comment).is_none())
}

/// The last token that ends at or before a byte.
pub(super) fn last_before(source: &Source, at: usize) -> Option<usize> {
    source.tokens.partition_point(|token| token.end as usize <= at).checked_sub(1)
}

pub(super) fn line_comment(source: &Source, token: usize) -> bool {
    source.tokens[token].kind == TokenKind::Comment
        && source.text(token).starts_with(source.language.line_comment.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::language_named;

    #[test]
    fn a_statement_that_begins_with_a_bracket_does_not_run_on() {
        for (language, old, before, runs) in [
            ("typescript", "a()\n;|(b ??= c).d()", "const e = f(\n)", true),
            ("typescript", "a()\n;|(b ??= c).d()", "const e = f();", false),
            ("typescript", "if (a) {}\n|[b].map(c)", "const e = f()", true),
            ("typescript", "const e = f|(b)", "const e = f", false),
            ("typescript", "a();\n|d()", "const e = f()", false),
            ("rust", "fn a() { b(); |(c)(); }", "let d = e", false),
        ] {
            let at = old.find('|').unwrap_or_default();
            let source =
                Source::parse(language_named(language).unwrap(), old.replace('|', "").as_bytes()).unwrap();
            let back = at..source.bytes.len();
            assert_eq!(runs_on(&source, &back, before.as_bytes()), runs, "{old} behind {before}");
        }
    }
}
