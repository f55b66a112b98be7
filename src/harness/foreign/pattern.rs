//! Regular expressions with Python's meaning.
//!
//! In: a pattern as Python writes it, without look-around and back references, of which the crate `regex` has none. Out:
//! a compiled one that matches the same text with the same groups: `\s`, `\w` and `\d` are widened or narrowed to what
//! Python's `re` takes them for, and a `[` inside a class is only itself. Compiled when first asked for, then kept.
//!
//! Invariant: `^` and `$` without `(?m)` are the ends of the text given, so texts must not end in a line feed where
//! Python's `$` would look before it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use regex::Regex;

static KEPT: Mutex<BTreeMap<(&'static str, bool), &'static Regex>> = Mutex::new(BTreeMap::new());

/// For Python's `search`, `findall`, `finditer` and `sub`.
pub(crate) fn search(pattern: &'static str) -> &'static Regex {
    kept(pattern, false)
}

/// For Python's `match`: tied to the start of the text.
pub(crate) fn at_start(pattern: &'static str) -> &'static Regex {
    kept(pattern, true)
}

fn kept(pattern: &'static str, tied: bool) -> &'static Regex {
    let mut kept = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    kept.entry((pattern, tied)).or_insert_with(|| {
        let rust = translate(pattern);
        let rust = if tied { format!(r"\A(?:{rust})") } else { rust };
        // Kept for good, and not cloned: a clone would have to build its caches again.
        let regex = Regex::new(&rust).expect("patterns are constants, and tests compile each");
        Box::leak(Box::new(regex))
    })
}

/// First group of the first match, where there is one.
pub(crate) fn group<'t>(regex: &Regex, text: &'t str) -> Option<&'t str> {
    regex.captures(text).and_then(|found| found.get(1)).map(|group| group.as_str())
}

/// Value of a decimal digit of any script, as Python's `int` reads digits. Digits of all scripts stand in rows of ten,
/// each row from its zero to its nine.
pub(crate) fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let is_digit = |c: char| search(r"^\d$").is_match(c.encode_utf8(&mut [0; 4]));
    let at = |back: u32| (c as u32).checked_sub(back).and_then(char::from_u32);
    // Rows may touch: count back to where digits begin.
    let before = (1..=c as u32).take_while(|&back| at(back).is_some_and(is_digit)).count() as u32;
    is_digit(c).then_some(before % 10)
}

/// Value of decimal digits of any script; none where there is anything else, and at most the largest number.
pub(crate) fn int(digits: &str) -> Option<u128> {
    digits.chars().try_fold(0u128, |value, c| Some(value.saturating_mul(10).saturating_add(digit(c)?.into())))
}

fn translate(python: &str) -> String {
    let mut out = String::with_capacity(python.len() + 16);
    let mut class = false;
    let mut chars = python.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, class) {
            ('\\', _) => match (chars.next(), class) {
                (Some('s'), false) => out.push_str(r"[\s\x1c-\x1f]"),
                (Some('s'), true) => out.push_str(r"\s\x1c-\x1f"),
                (Some('S'), _) => out.push_str(r"[^\s\x1c-\x1f]"),
                (Some('w'), false) => out.push_str(r"[\p{L}\p{N}_]"),
                (Some('w'), true) => out.push_str(r"\p{L}\p{N}_"),
                (Some('W'), _) => out.push_str(r"[^\p{L}\p{N}_]"),
                (Some(other), _) => {
                    out.push('\\');
                    out.push(other);
                }
                (None, _) => out.push('\\'),
            },
            ('[', false) => {
                class = true;
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                if chars.next_if_eq(&']').is_some() {
                    out.push_str(r"\]");
                }
            }
            ('[', true) => out.push_str(r"\["),
            ('&' | '~', true) => {
                out.push('\\');
                out.push(c);
            }
            (']', true) => {
                class = false;
                out.push(']');
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_pythons() {
        assert_eq!(translate(r"[^>]\s[\s\d]"), r"[^>][\s\x1c-\x1f][\s\x1c-\x1f\d]");
        assert_eq!(translate(r"[@-Z\\-_]|\[[0-?]*"), r"[@-Z\\-_]|\[[0-?]*");
        assert!(at_start(r"a\sb").is_match("a\u{1c}b"));
        assert!(search(r"[^\S\r\n]x").is_match("\u{1f}x"));
        // A combining mark is a word character to the crate and none to Python; a Roman numeral is one to both.
        assert!(!at_start(r"^\w+$").is_match("e\u{301}"));
        assert!(at_start(r"^\w+$").is_match("ⅻ½_9é"));
        assert!(!at_start("b").is_match("ab"));
        assert_eq!((int("007"), int("٠٣"), int("x"), digit('9')), (Some(7), Some(3), None, Some(9)));
    }
}
