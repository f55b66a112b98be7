//! Rust that the grammar has no rule for.

use super::super::bridge::{Bridge, Over, Put, in_name, seen, word};

/// See [`super::Language::bridges`].
pub(super) const BRIDGES: &[Bridge] = &[
    // A macro called like a primitive type, or like a keyword.
    Bridge { needle: b"str!", over: |text, at| called(text, at, 3) },
    Bridge { needle: b"try!", over: |text, at| called(text, at, 3) },
    // `dyn 'a + Trait`: a lifetime that comes first.
    Bridge { needle: b"dyn '", over: |text, at| lifetime_first(text, at, 4) },
    Bridge { needle: b"impl '", over: |text, at| lifetime_first(text, at, 5) },
    // Signs that only macros take.
    Bridge { needle: b"~", over: |_, at| Some((at..at + 1, Put::Byte(b'!'))) },
    Bridge { needle: b"$", over: lone_dollar },
    Bridge { needle: b"safe fn", over: safe },
];

fn starts_word(text: &[u8], at: usize) -> bool {
    at == 0 || !in_name(text[at - 1])
}

fn called(text: &[u8], at: usize, length: usize) -> Over {
    let bracket = text.get(seen(text, at + length + 1))?;
    (starts_word(text, at) && b"([{".contains(bracket)).then_some((at..at + length, Put::Name))
}

fn lifetime_first(text: &[u8], at: usize, length: usize) -> Over {
    let from = at + length;
    let name = word(text, from + 1);
    let plus = seen(text, from + 1 + name.len());
    let holds = starts_word(text, at) && !name.is_empty() && text.get(plus) == Some(&b'+');
    holds.then_some((from..plus + 1, Put::Blank))
}

fn lone_dollar(text: &[u8], at: usize) -> Over {
    let next = text.get(at + 1)?;
    let alone = !in_name(*next) && *next != b'(' && (at == 0 || text[at - 1] != b'$');
    alone.then_some((at..at + 1, Put::Byte(b'!')))
}

fn safe(text: &[u8], at: usize) -> Over {
    let next = text.get(at + 7)?;
    (starts_word(text, at) && next.is_ascii_whitespace()).then_some((at..at + 4, Put::Blank))
}
