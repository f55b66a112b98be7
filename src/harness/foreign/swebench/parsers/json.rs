//! mocha's JSON reporter after a traced command (PrismJS).
//!
//! In: a part of a log. Out: statuses by full title, or the exception that a broken report raises.
//!
//! Invariant: everything from the first `{` after the command to the last `}` before the next command is one report.

use serde_json::Value;

use super::{Map, Part, Word};
use crate::harness::foreign::Raised;
use crate::harness::foreign::text::offset;

const COMMAND: &str = "./node_modules/.bin/mocha tests/run.js --reporter json";

pub(super) fn prismjs(part: &Part<'_>) -> Result<Map, Raised> {
    let mut map = Map::default();
    for run in part.text.split(COMMAND).skip(1) {
        let body = run.split_once('{').map_or(run, |(_, body)| body);
        let body = body.rsplit_once('}').map_or(body, |(body, _)| body);
        let report: Value = serde_json::from_str(&format!("{{{body}}}"))
            .map_err(|error| Raised::new("JSONDecodeError", error.to_string()))?;
        let mut from = body;
        for (list, word) in [("failures", Word::Failed), ("passes", Word::Passed)] {
            let key = |name: &str| Raised::new("KeyError", format!("the report has no `{name}`"));
            let tests = report.get(list).ok_or_else(|| key(list))?;
            let Some(tests) = tests.as_array() else {
                return Err(Raised::new("TypeError", format!("`{list}` of the report is no list")));
            };
            if let Some((_, after)) = body.split_once(&format!("\"{list}\"")) {
                from = after;
            }
            for test in tests {
                let title = test.get("fullTitle").ok_or_else(|| key("fullTitle"))?;
                let Some(title) = title.as_str() else { continue };
                // The title stands in the text as its own JSON, unless a writer escapes more than needed.
                let written = Value::from(title).to_string();
                if let Some(found) = from.find(&written) {
                    from = &from[found..];
                }
                map.put(title, word.clone(), part.at + offset(part.text, from));
            }
        }
    }
    Ok(map)
}
