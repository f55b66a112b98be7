//! SARIF 2.1.0: the frame around results, and places in files.
//!
//! In: rules and results as JSON. Out: a log of one run of kerf.
//!
//! Invariant: paths are relative, escaped as URIs are; no result points outside the repository.

use serde_json::{Value, json};

use super::escape;

/// A whole log.
pub fn document(rules: &[Value], results: &[Value]) -> serde_json::Result<String> {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "kerf", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    Ok(serde_json::to_string_pretty(&log)? + "\n")
}

/// A place in a file of the repository; lines are 1-based.
pub fn location(file: &str, line: Option<u64>) -> Value {
    let mut place = json!({"artifactLocation": {"uri": uri(file), "uriBaseId": "%SRCROOT%"}});
    if let Some(line) = line.filter(|line| *line > 0) {
        place["region"] = json!({"startLine": line});
    }
    json!({"physicalLocation": place})
}

/// A relative path as a URI: all but plain characters as `%XX`, and steps upwards taken away.
fn uri(path: &str) -> String {
    let steps = path.split('/').filter(|step| !step.is_empty() && *step != "." && *step != "..");
    let quoted = steps.map(|step| {
        let quote = |byte: u8| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        escape::terminal(step).bytes().map(quote).collect::<String>()
    });
    quoted.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_within_the_repository() {
        for (path, expected) in [
            ("src/a.rs", "src/a.rs"),
            ("/etc/passwd", "etc/passwd"),
            ("../../x y#1.rs", "x%20y%231.rs"),
            ("a:b/ü", "a%3Ab/%C3%BC"),
        ] {
            assert_eq!(uri(path), expected);
        }
        assert_eq!(location("a", Some(0))["physicalLocation"]["region"], Value::Null);
    }
}
