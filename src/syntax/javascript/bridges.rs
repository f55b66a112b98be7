//! JavaScript, TypeScript and JSX that the grammars have no rule for.

use memchr::memmem;

use super::super::bridge::{Bridge, Over, Put, in_name, seen, seen_before, word, word_before};

/// `export { if_ as if }`, `import { if as if_ }`.
const CALLED_LIKE_KEYWORD: Bridge = Bridge { needle: b" as ", over: called_like_keyword };
/// `<p class="a">`.
const ATTRIBUTE: Bridge = Bridge { needle: b"=", over: attribute };
/// `&` in JSX: text and attributes may hold it as it is.
const AND_IN_JSX: Bridge = Bridge { needle: b"&", over: and_in_jsx };
/// A name that begins with `in` on a line of its own, after one that could be complete.
const LINE_OF_IN: Bridge = Bridge { needle: b"\n", over: line_of_in };
/// The same of a member that begins with its type parameters.
const LINE_OF_TYPES: Bridge = Bridge { needle: b"\n", over: line_of_types };
/// `<in out A>`.
const IN: Bridge = Bridge { needle: b"in ", over: |text, at| variance(text, at, 2) };
const OUT: Bridge = Bridge { needle: b"out ", over: |text, at| variance(text, at, 3) };
/// `export type * from`.
const ALL_TYPES: Bridge = Bridge { needle: b"type *", over: all_types };
/// `import("x").Y<Z>` as a type.
const IMPORT: Bridge = Bridge { needle: b"import(", over: import_type };
/// A type of the name `type`, where a declaration could begin.
const TYPE: Bridge = Bridge { needle: b"(type extends ", over: |_, at| Some((at + 1..at + 5, Put::Name)) };
/// A variable of the name `using`.
const USING: Bridge = Bridge { needle: b"using", over: using };
/// A grave accent in a template that is a type.
const ESCAPED: Bridge = Bridge { needle: b"\\`", over: escaped };

/// See [`super::Language::bridges`].
pub(super) const JAVASCRIPT: &[Bridge] = &[CALLED_LIKE_KEYWORD, ATTRIBUTE, AND_IN_JSX, LINE_OF_IN];
pub(in crate::syntax) const TYPESCRIPT: &[Bridge] =
    &[IN, OUT, ALL_TYPES, IMPORT, TYPE, USING, ESCAPED, LINE_OF_IN, LINE_OF_TYPES];
pub(in crate::syntax) const TSX: &[Bridge] =
    &[IN, OUT, ALL_TYPES, IMPORT, TYPE, USING, ESCAPED, AND_IN_JSX, LINE_OF_IN];

/// Words that cannot be names; `default`, which may be one in most places, aside.
const RESERVED: &str = "\
    break case catch class const continue debugger delete do else enum export extends false finally \
    for function if import in instanceof new null return super switch this throw true try typeof var \
    void while with";

fn among(words: &str, word: &[u8]) -> bool {
    words.split_ascii_whitespace().any(|other| other.as_bytes() == word)
}

fn called_like_keyword(text: &[u8], at: usize) -> Over {
    let from = seen(text, at + 4);
    let to = word(text, from);
    let end = from + to.len();
    if among(RESERVED, to) && matches!(text.get(seen(text, end)), Some(b',' | b'}')) {
        return Some((from..end, Put::Name));
    }
    let own = word_before(text, at);
    let start = at - own.len();
    let before = seen_before(text, start);
    let listed = !to.is_empty() && before > 0 && matches!(text[before - 1], b',' | b'{');
    (listed && among(RESERVED, own)).then_some((start..at, Put::Name))
}

fn attribute(text: &[u8], at: usize) -> Over {
    if !matches!(text.get(at + 1)?, b'"' | b'\'' | b'{') {
        return None;
    }
    let name = word_before(text, at);
    let start = at - name.len();
    let first = start > 0 && text[start - 1].is_ascii_whitespace();
    (first && among(RESERVED, name)).then_some((start..at, Put::Name))
}

/// Words that go on with an expression.
const OPERATORS: &str = "as extends in instanceof is of satisfies";

fn variance(text: &[u8], at: usize, length: usize) -> Over {
    let opens = |end: usize| {
        let end = seen_before(text, comment_before(text, end).unwrap_or(end));
        end > 0 && matches!(text[end - 1], b'<' | b',')
    };
    let before = seen_before(text, at);
    let first = opens(before);
    let second = || {
        let other = word_before(text, before);
        before < at && other == b"in" && opens(seen_before(text, before - 2))
    };
    let next = word(text, seen(text, at + length));
    let named = next.first().is_some_and(|byte| !byte.is_ascii_digit()) && !among(OPERATORS, next);
    (named && (first || (length == 3 && second()))).then_some((at..at + length, Put::Blank))
}

fn using(text: &[u8], at: usize) -> Over {
    let end = at + 5;
    let next = text.get(seen(text, end))?;
    let bare = (at == 0 || !in_name(text[at - 1])) && !in_name(*next);
    bare.then_some((at..end, Put::Name))
}

fn escaped(text: &[u8], at: usize) -> Over {
    let slashes = text[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
    (slashes % 2 == 0).then_some((at..at + 2, Put::Name))
}

fn all_types(text: &[u8], at: usize) -> Over {
    let before = seen_before(text, at);
    let next = word(text, seen(text, at + 6));
    let all = before < at && word_before(text, before) == b"export" && matches!(next, b"from" | b"as");
    all.then_some((at..at + 4, Put::Blank))
}

fn import_type(text: &[u8], at: usize) -> Over {
    if at > 0 && (in_name(text[at - 1]) || text[at - 1] == b'.') {
        return None;
    }
    let quote = seen(text, at + 7);
    let sign = *text.get(quote).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let path = text[quote + 1..].iter().position(|byte| *byte == sign || *byte == b'\n')?;
    let close = seen(text, quote + path + 2);
    if text.get(close) != Some(&b')') {
        return None;
    }
    let mut end = close + 1;
    let mut names = 0;
    while text.get(end) == Some(&b'.') {
        let name = word(text, end + 1);
        // The methods of a promise are called on what an expression imports.
        if name.is_empty() || (names == 0 && matches!(name, b"then" | b"catch" | b"finally")) {
            return None;
        }
        end += 1 + name.len();
        names += 1;
    }
    let given = match text.get(end) {
        Some(b'<' | b'[') => true,
        // `(import("x").Y | undefined)[]`.
        _ => text[..at].ends_with(b"(") && text.get(seen(text, end)) == Some(&b'|'),
    };
    // `f<typeof import("x")>()`.
    let argument = || word_before(text, seen_before(text, at)) == b"typeof" && text[end..].starts_with(b">(");
    ((names > 0 && given) || (names == 0 && argument())).then_some((at..close + 1, Put::Name))
}

/// Type parameters are shorter than this, in bytes.
const LONGEST: usize = 2 << 10;
/// A comment that a rule looks behind is shorter than this, in bytes.
const COMMENT: usize = 8 << 10;

/// Where the block comment that ends at `end` begins; `None` where none ends there.
fn comment_before(text: &[u8], end: usize) -> Option<usize> {
    let from = end.saturating_sub(COMMENT);
    let near = text[from..end].strip_suffix(b"*/")?;
    memmem::rfind(near, b"/*").map(|at| from + at)
}

/// Where a statement, or member, that ends before `line` could be complete: the white space behind it.
fn complete_before(text: &[u8], line: usize) -> Option<usize> {
    let mut end = seen_before(text, line);
    loop {
        let start = text[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let mut here = &text[start..end];
        if let Some(comment) = comment_before(text, end) {
            end = seen_before(text, comment);
            continue;
        }
        // A comment behind it, or one that is the line.
        let comment = (0..here.len().saturating_sub(1))
            .find(|at| here[*at..].starts_with(b"//") && (*at == 0 || here[at - 1].is_ascii_whitespace()));
        if let Some(comment) = comment {
            here = here[..comment].trim_ascii_end();
            end = start + here.len();
            if here.is_empty() {
                end = seen_before(text, start);
                continue;
            }
        }
        break;
    }
    let last = *text.get(end.checked_sub(1)?)?;
    let before = word_before(text, end);
    let whole = match last {
        b')' | b']' | b'}' | b'"' | b'\'' | b'`' => true,
        b'>' => !text[..end].ends_with(b"=>"),
        _ => !before.is_empty() && !among(LEADING, before) && !among(RESERVED, before),
    };
    (whole && text.get(end)?.is_ascii_whitespace()).then_some(end)
}

/// Words that something has to come behind.
const LEADING: &str = "\
    abstract as async await declare default from get is keyof let of private protected public \
    readonly satisfies set static type typeof unique yield";

fn semicolon(text: &[u8], line: usize) -> Over {
    complete_before(text, line).map(|end| (end..end + 1, Put::Byte(b';')))
}

/// The first byte of the line that begins at `line` that is no blank; `None` where there are only blanks.
fn first_of_line(text: &[u8], line: usize) -> Option<usize> {
    let first = line + text.get(line..)?.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
    (!text[first].is_ascii_whitespace()).then_some(first)
}

fn line_of_in(text: &[u8], at: usize) -> Over {
    let first = first_of_line(text, at + 1)?;
    let name = word(text, first);
    let rest = name
        .strip_prefix(b"in")
        .filter(|rest| rest.is_empty() || *rest == b"stanceof" || !rest[0].is_ascii_alphabetic())?;
    let end = seen(text, first + name.len());
    let typed = || text.get(end) == Some(&b':') || text[end..].starts_with(b"?:");
    let is_name = !rest.is_empty() && rest != b"stanceof" || typed();
    is_name.then(|| semicolon(text, at + 1)).flatten()
}

fn line_of_types(text: &[u8], at: usize) -> Over {
    let first = first_of_line(text, at + 1).filter(|first| text[*first] == b'<')?;
    let mut depth = 0_usize;
    let mut last = 0;
    let limit = text.len().min(first + LONGEST);
    for (place, byte) in text[first..limit].iter().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' if last != b'=' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (text.get(first + place + 1) == Some(&b'(')).then(|| semicolon(text, at + 1)).flatten();
        }
        last = *byte;
    }
    None
}

/// The text of an element and the value of an attribute are shorter than this, in bytes.
const RUN: usize = 400;

fn and_in_jsx(text: &[u8], at: usize) -> Over {
    let next = *text.get(at + 1)?;
    if next == b'&' || (at > 0 && text[at - 1] == b'&') || is_reference(text, at) {
        return None;
    }
    let before = &text[at.saturating_sub(RUN)..at];
    let after = &text[at + 1..text.len().min(at + RUN)];
    (in_value(before, after) || in_text(before, after)).then_some((at..at + 1, Put::Byte(b'|')))
}

/// `&amp;`, `&#38;`.
fn is_reference(text: &[u8], at: usize) -> bool {
    let from = if text.get(at + 1) == Some(&b'#') { at + 2 } else { at + 1 };
    let name = word(text, from);
    !name.is_empty() && text.get(from + name.len()) == Some(&b';')
}

/// `href="/?a&b"`.
fn in_value(before: &[u8], after: &[u8]) -> bool {
    let Some(open) = before.iter().rposition(|byte| matches!(byte, b'"' | b'\'' | b'\n')) else {
        return false;
    };
    let quote = before[open];
    let opened = open > 1 && before[open - 1] == b'=' && in_name(before[open - 2]);
    let closes = || after.iter().find(|byte| matches!(byte, b'"' | b'\'' | b'\n')) == Some(&quote);
    quote != b'\n' && opened && closes()
}

/// `>A & B</`.
fn in_text(before: &[u8], after: &[u8]) -> bool {
    const ENDS: &[u8] = b"<>{};=`";
    let Some(open) = before.iter().rposition(|byte| ENDS.contains(byte)) else { return false };
    let Some(close) = after.iter().position(|byte| ENDS.contains(byte)) else { return false };
    let opened = match before[open] {
        b'>' => open > 0 && before[open - 1] != b'=',
        b'}' => true,
        _ => false,
    };
    let tag = |next: &u8| next.is_ascii_alphabetic() || matches!(next, b'/' | b'>');
    let closes = match after[close] {
        b'<' => after.get(close + 1).is_some_and(tag),
        b'{' => true,
        _ => false,
    };
    opened && closes
}
