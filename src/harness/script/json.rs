//! JSON that stands somewhere in a log, whole or cut.
//!
//! In: lines. Out: the objects that begin with one of a runner's first keys. An object that is cut is closed after its
//! last whole member, so that what was written can be read; the caller is told.
//!
//! Invariant: closing an object adds no member and no text of its own.

use serde_json::Value;

use crate::task::json;

use super::Text;

/// An object of a log.
#[derive(Debug)]
pub struct Found {
    /// The object.
    pub value: Value,
    /// 1-based line at which it begins.
    pub line: usize,
    /// Its end is missing.
    pub cut: bool,
}

/// Finds objects whose first key begins with one of `keys`.
pub fn find(lines: &[Text<'_>], keys: &[&str]) -> Vec<Found> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let Some(start) = start(lines, at, keys) else {
            at += 1;
            continue;
        };
        let mut text = lines[at].text[start..].to_owned();
        let mut scan = Scan::default();
        let mut fed = 0;
        let mut end = at;
        loop {
            if let Some(stop) = scan.feed(&text[fed..]) {
                text.truncate(fed + stop);
                break;
            }
            fed = text.len();
            end += 1;
            // No string of JSON goes over a line: what does is cut, and what follows is not its own.
            let Some(line) = lines.get(end).filter(|_| !scan.quoted) else {
                end -= 1;
                break;
            };
            text.push('\n');
            text.push_str(line.text);
        }
        let line = lines[at].number;
        match json::from_slice::<Value>(text.as_bytes()) {
            Ok(value) => out.push(Found { value, line, cut: false }),
            Err(_) => {
                if let Some(value) = mended(&text) {
                    out.push(Found { value, line, cut: true });
                }
            }
        }
        at = end + 1;
    }
    out
}

/// Where in a line an object begins whose first key, in this line or the next, is one of `keys`.
fn start(lines: &[Text<'_>], at: usize, keys: &[&str]) -> Option<usize> {
    let text = lines[at].text;
    for (start, _) in text.match_indices('{').take(8) {
        let rest = text[start + 1..].trim_start();
        let rest =
            if rest.is_empty() { lines.get(at + 1).map_or("", |next| next.text.trim_start()) } else { rest };
        if let Some(key) = rest.strip_prefix('"')
            && keys.iter().any(|known| key.starts_with(known))
        {
            return Some(start);
        }
    }
    None
}

/// How deep a text is nested.
#[derive(Debug, Default, Clone)]
struct Scan {
    open: Vec<u8>,
    quoted: bool,
    escaped: bool,
}

impl Scan {
    /// Goes on; the length at which the object ends.
    fn feed(&mut self, text: &str) -> Option<usize> {
        for (at, byte) in text.bytes().enumerate() {
            self.step(byte);
            if !self.quoted && self.open.is_empty() {
                return Some(at + 1);
            }
        }
        None
    }

    fn step(&mut self, byte: u8) {
        if self.quoted {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.quoted = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.quoted = true,
            b'{' | b'[' => self.open.push(byte),
            b'}' | b']' => {
                self.open.pop();
            }
            _ => {}
        }
    }
}

/// Longest run of attempts at closing a cut object.
const ATTEMPTS: usize = 4;

/// A cut object, closed after its last whole member.
fn mended(text: &str) -> Option<Value> {
    let mut scan = Scan::default();
    // Places after which everything open can be closed: before a comma, after a closing bracket.
    let mut places: std::collections::VecDeque<(usize, Vec<u8>)> = std::collections::VecDeque::new();
    for (at, byte) in text.bytes().enumerate() {
        let before = scan.open.len();
        let comma = byte == b',' && !scan.quoted;
        scan.step(byte);
        if comma || (!scan.quoted && scan.open.len() < before) {
            places.push_back((if comma { at } else { at + 1 }, scan.open.clone()));
            if places.len() > ATTEMPTS {
                places.pop_front();
            }
        }
    }
    places.into_iter().rev().find_map(|(end, open)| {
        let mut whole = text.get(..end)?.to_owned();
        whole.extend(open.iter().rev().map(|open| if *open == b'{' { '}' } else { ']' }));
        json::from_slice(whole.as_bytes()).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(String, usize, bool)> {
        let lines: Vec<Text<'_>> =
            text.lines().enumerate().map(|(at, text)| Text { number: at + 1, text }).collect();
        find(&lines, &["num"]).into_iter().map(|f| (f.value.to_string(), f.line, f.cut)).collect()
    }

    #[test]
    fn objects_in_noise() {
        let found = |value: &str, line, cut| (value.to_owned(), line, cut);
        assert_eq!(
            all("noise {x}\n..{\"num\":[1,{\"a\":\"}\"}]} tail\n"),
            [found(r#"{"num":[1,{"a":"}"}]}"#, 2, false)]
        );
        assert_eq!(
            all("{\n  \"num\": 1\n}\n{\"num\":2}"),
            [found(r#"{"num":1}"#, 1, false), found(r#"{"num":2}"#, 4, false)]
        );
        assert_eq!(
            all("{\"num\":1,\"r\":[{\"a\":1,\"b\":2},{\"a\":3,\"b"),
            [found(r#"{"num":1,"r":[{"a":1,"b":2},{"a":3}]}"#, 1, true)]
        );
        assert_eq!(all("{\"num\":1,\"r\":[{\"a\":\"x,"), [found(r#"{"num":1}"#, 1, true)]);
        assert_eq!(all(r#"{"num":"\ud83d"}"#), [found("{\"num\":\"\u{fffd}\"}", 1, false)], "half a pair");
        assert_eq!(all("{\"num"), []);
        assert_eq!(all("{\"other\":1}"), []);
    }
}
