//! Lists of tests as data sets write them: a JSON list, a JSON list inside a string, or a Python list literal.

use serde_json::Value;

/// Reads a list of names; `None` where the value is no list in any of the three forms. Absent and null are empty.
pub(super) fn names(value: Option<&Value>) -> Option<Vec<String>> {
    match value {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Some(Value::String(text)) => {
            let text = text.trim();
            if text.is_empty() {
                return Some(Vec::new());
            }
            // What pandas writes for an empty cell.
            if text == "nan" || text == "None" {
                return Some(Vec::new());
            }
            match serde_json::from_str::<Vec<String>>(text) {
                Ok(list) => Some(list),
                Err(_) => python_list(text),
            }
        }
        Some(_) => None,
    }
}

/// A Python list, tuple or set of string literals, quotes of either kind, the usual escapes.
fn python_list(text: &str) -> Option<Vec<String>> {
    if text == "set()" {
        return Some(Vec::new());
    }
    let inner = [('[', ']'), ('(', ')'), ('{', '}')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))?;
    let mut names = Vec::new();
    let mut chars = inner.chars().peekable();
    loop {
        while chars.peek().is_some_and(|c| c.is_whitespace()) {
            chars.next();
        }
        let Some(quote) = chars.next() else { return Some(names) };
        if quote != '\'' && quote != '"' {
            return None;
        }
        let mut name = String::new();
        loop {
            match chars.next()? {
                '\\' => match chars.next()? {
                    'n' => name.push('\n'),
                    't' => name.push('\t'),
                    'r' => name.push('\r'),
                    '\\' => name.push('\\'),
                    '\'' => name.push('\''),
                    '"' => name.push('"'),
                    '\n' => {}
                    'x' => name.push(code(&mut chars, 2)?),
                    'u' => name.push(code(&mut chars, 4)?),
                    'U' => name.push(code(&mut chars, 8)?),
                    // Python keeps the backslash of an escape that is none.
                    other => name.extend(['\\', other]),
                },
                c if c == quote => break,
                c => name.push(c),
            }
        }
        names.push(name);
        while chars.peek().is_some_and(|c| c.is_whitespace()) {
            chars.next();
        }
        match chars.next() {
            Some(',') => {}
            None => return Some(names),
            Some(_) => return None,
        }
    }
}

/// The character of `digits` hex digits; half of a surrogate pair becomes U+FFFD.
fn code(chars: &mut impl Iterator<Item = char>, digits: usize) -> Option<char> {
    let mut value = 0;
    for _ in 0..digits {
        value = value * 16 + chars.next()?.to_digit(16)?;
    }
    Some(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn three_forms_of_a_list_read_alike() {
        let cases = [
            (json!(["a", "b c"]), Some(vec!["a", "b c"])),
            (json!("[\"a\", \"b c\"]"), Some(vec!["a", "b c"])),
            (json!("['a', 'b c']"), Some(vec!["a", "b c"])),
            (json!("['it\\'s', \"x[1, 2]\",]"), Some(vec!["it's", "x[1, 2]"])),
            (json!(r"['a\x1b[0m', 'caf\u00e9', '\d+']"), Some(vec!["a\x1b[0m", "café", "\\d+"])),
            (json!("('a', 'b')"), Some(vec!["a", "b"])),
            (json!(r"['\uZZZZ']"), None),
            (json!("nan"), Some(vec![])),
            (json!("[]"), Some(vec![])),
            (json!(""), Some(vec![])),
            (json!(null), Some(vec![])),
            (json!("['a'"), None),
            (json!("[a]"), None),
            (json!(3), None),
            (json!([1]), None),
        ];
        for (value, expected) in cases {
            let expected: Option<Vec<String>> =
                expected.map(|list| list.into_iter().map(String::from).collect());
            assert_eq!(names(Some(&value)), expected, "{value}");
        }
        assert_eq!(names(None), Some(vec![]));
    }
}
