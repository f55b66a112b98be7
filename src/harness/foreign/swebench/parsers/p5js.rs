//! p5.js: mocha's numbered failures in a log full of other things.
//!
//! In: a part of a log. Out: failures, their titles joined with `:`. Colours, JSON blocks and XML elements are taken
//! out first.
//!
//! Invariant: each line of a failure's titles stands deeper than the one before.

use std::collections::BTreeMap;

use super::{Map, Part, Word};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::search;
use crate::harness::foreign::text::{Edited, indent, is_space, split_lines, strip};

pub(super) fn p5js(part: &Part<'_>) -> Result<Map, Raised> {
    let plain = Edited::without(part.text, search(r"\x1B(?:[@-Z\\-_]|\[[0-?]*[ -/]*[@-~])"));
    let lines = without_json(&plain.text);
    let text = without_xml(&lines.text);
    let number = search(r"(?m)^\s*(\d+)\)");
    let mut map = Map::default();
    let mut from = 0;
    while let Some(found) = number.captures_at(&text.text, from) {
        let (Some(all), Some(digits)) = (found.get(0), found.get(1)) else { break };
        from = all.end();
        // The titles end at the first colon, which may be a thousand characters away.
        let rest = &text.text[all.end()..];
        let Some(colon) = rest.char_indices().take(1001).find(|(_, c)| *c == ':').map(|(at, _)| at) else {
            continue;
        };
        from += colon + 1;
        let titles = &rest[..colon];
        let mut depth = 0;
        let deeper = titles.split('\n').all(|line| {
            let before = std::mem::replace(&mut depth, indent(line));
            depth > before
        });
        if deeper {
            let name = titles.split('\n').map(strip).collect::<Vec<_>>().join(":");
            let at = plain.old(lines.old(text.old(digits.start())));
            map.put(name, Word::Failed, part.at + at);
        }
    }
    Ok(map)
}

/// Without lines of JSON: from one that ends in an opening bracket to one that is a closing one.
fn without_json(text: &str) -> Edited {
    let (mut object, mut list, mut any) = (false, false, false);
    let mut left = Edited::default();
    for (at, line) in split_lines(text) {
        let end = line.trim_end_matches(is_space);
        if end.ends_with('{') {
            object = true;
        } else if end.ends_with('[') {
            list = true;
        } else if end == "}" && object {
            object = false;
        } else if end == "]" && list {
            list = false;
        } else if !(object || list || one_line(end)) {
            if any {
                left.push("\n", at.saturating_sub(1));
            }
            any = true;
            left.push(line, at);
        }
    }
    left
}

/// A whole object or list on one line.
fn one_line(line: &str) -> bool {
    (line.starts_with('{') && line.ends_with('}')) || (line.starts_with('[') && line.ends_with(']'))
}

/// Without elements from an opening tag to the first closing one. Each opening tag of the same name inside stays, once
/// for each, and is looked at again.
fn without_xml(text: &str) -> Edited {
    let opening = search(r"<(\w+)>");
    // As (text, offset in the text given), in order.
    let mut left = Edited::default();
    left.push(text, 0);
    loop {
        let mut closings: BTreeMap<String, Option<usize>> = BTreeMap::new();
        let found = opening.captures_iter(&left.text).find_map(|found| {
            let (all, tag) = (found.get(0)?, found.get(1)?.as_str());
            let closing = format!("</{tag}>");
            let last = *closings.entry(tag.to_owned()).or_insert_with(|| left.text.rfind(&closing));
            last.filter(|last| *last >= all.end())?;
            let close = left.text[all.end()..].find(&closing)?;
            let end = all.end() + close + closing.len();
            let inside = left.text[all.start()..end].matches(all.as_str()).count().saturating_sub(1);
            Some((all.start(), end, all.as_str().repeat(inside)))
        });
        let Some((start, end, kept)) = found else { return left };
        left = left.replaced(start, end, &kept);
    }
}
