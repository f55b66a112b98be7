//! clippy, and with it rustc's own warnings, through cargo's JSON messages.

use std::collections::BTreeSet;

use serde_json::Value;

use std::borrow::Cow;

use super::{Call, Finding, Level, Linter, Reading, Way, last_line};
use crate::patch::Tree;
use crate::sandbox::{Ended, StepOutput, TREE};

/// Row of [`super::LINTERS`].
pub(super) const CLIPPY: Linter = Linter {
    name: Cow::Borrowed("clippy"),
    languages: &["rust"],
    settings: &["clippy.toml", ".clippy.toml", ".cargo", ".cargo/config.toml", ".cargo/config"],
    detect: |tree| tree.blob("Cargo.toml").is_some(),
    way: Way::Tree { command: Call::Made(command), read },
    version: Some("cargo clippy --version"),
};

fn command(_: &dyn Tree) -> String {
    // With --no-fail-fast-like patience: a target that fails must not hide the findings of others.
    "cargo clippy --workspace --all-targets --offline --keep-going --message-format=json-diagnostic-short"
        .to_owned()
}

fn read(output: &StepOutput) -> Reading {
    let mut findings = BTreeSet::new();
    let mut reading = Reading::default();
    let mut messages = 0;
    let mut finished = None;
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(value) = serde_json::from_slice::<Value>(line) else { continue };
        match value.get("reason").and_then(Value::as_str) {
            Some("compiler-message") => {
                messages += 1;
                let Some(message) = value.get("message") else { continue };
                reading.build_failed |= is_compile_error(message);
                findings.extend(finding(message));
            }
            Some("build-finished") => finished = value.get("success").and_then(Value::as_bool),
            Some(_) => messages += 1,
            None => {}
        }
    }
    reading.findings = findings.into_iter().collect();
    reading.unusable = match (output.ended, finished) {
        (Ended::TimedOut, _) => Some("clippy did not end in time".to_owned()),
        (Ended::OutOfMemory, _) => Some("clippy ran out of memory".to_owned()),
        (_, Some(_)) => None,
        // Without a single message cargo never came to compile: it is missing, or cannot read the manifests.
        (_, None) if messages == 0 && !is_manifest_error(&output.stderr) => Some(last_line(&output.stderr)),
        (_, None) => {
            reading.build_failed = true;
            None
        }
    };
    reading
}

/// A manifest that cargo refuses is the patch's fault: kerf's base could be built.
fn is_manifest_error(stderr: &[u8]) -> bool {
    let text = String::from_utf8_lossy(stderr);
    [
        "failed to parse manifest",
        "failed to load manifest",
        "failed to select a version",
        "no matching package",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

fn is_compile_error(message: &Value) -> bool {
    let level = message.get("level").and_then(Value::as_str).unwrap_or_default();
    if level != "error" {
        return level == "error: internal compiler error";
    }
    // A lint that the repository denies is a finding; a code like E0425, or none, is the compiler's.
    if let Some(code) = message.pointer("/code/code").and_then(Value::as_str) {
        return code
            .strip_prefix('E')
            .is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|b| b.is_ascii_digit()));
    }
    // The count of errors at the end is none of its own: denied lints bring it too.
    let text = message.get("message").and_then(Value::as_str).unwrap_or_default();
    !(text.starts_with("aborting due to") || text.starts_with("could not compile"))
}

fn finding(message: &Value) -> Option<Finding> {
    let level = match message.get("level")?.as_str()? {
        "error" => Level::Error,
        "warning" => Level::Warning,
        // Notes and help without a finding of their own belong to one.
        _ => return None,
    };
    let span = message
        .get("spans")?
        .as_array()?
        .iter()
        .find(|span| span.get("is_primary").and_then(Value::as_bool) == Some(true))
        .and_then(inside)?;
    let text = message.get("message")?.as_str()?;
    Some(Finding {
        tool: "clippy".to_owned(),
        rule: message.pointer("/code/code").and_then(Value::as_str).unwrap_or("rustc").to_owned(),
        level,
        file: span.0,
        line: span.1,
        message: text.lines().next().unwrap_or_default().to_owned(),
    })
}

/// File and line of a span inside the tree; of a macro's expansion the place where the tree calls it.
fn inside(span: &Value) -> Option<(String, usize)> {
    let mut span = span;
    for _ in 0..64 {
        let file = span.get("file_name")?.as_str()?;
        let relative = file.strip_prefix(TREE).map_or(file, |rest| rest.trim_start_matches('/'));
        if !relative.starts_with(['/', '<']) {
            return Some((relative.to_owned(), span.get("line_start")?.as_u64()? as usize));
        }
        span = span.pointer("/expansion/span")?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(stdout: &str, stderr: &str, code: i32) -> StepOutput {
        StepOutput {
            ended: Ended::Exited(code),
            stdout: stdout.as_bytes().to_vec(),
            stderr: stderr.as_bytes().to_vec(),
            cut_bytes: 0,
            seconds: 0.1,
        }
    }

    fn message(level: &str, code: &str, text: &str, file: &str, line: usize) -> String {
        serde_json::json!({"reason": "compiler-message", "message": {
            "level": level, "message": text, "code": {"code": code},
            "spans": [{"is_primary": true, "file_name": file, "line_start": line}]}})
        .to_string()
    }

    #[test]
    fn findings_are_read_once_and_sorted() {
        let needless = message(
            "warning",
            "clippy::needless_return",
            "unneeded `return` statement\nmore",
            "src/lib.rs",
            7,
        );
        let unused = message("warning", "unused_variables", "unused variable: `x`", "src/a.rs", 2);
        let log = format!(
            "{needless}\nnot json\n{unused}\n{needless}\n{{\"reason\":\"build-finished\",\"success\":true}}\n"
        );
        let reading = read(&output(&log, "", 0));
        assert!(!reading.build_failed && reading.unusable.is_none());
        let short: Vec<_> = reading
            .findings
            .iter()
            .map(|f| (f.rule.as_str(), f.file.as_str(), f.line, f.message.as_str()))
            .collect();
        assert_eq!(
            short,
            [
                ("clippy::needless_return", "src/lib.rs", 7, "unneeded `return` statement"),
                ("unused_variables", "src/a.rs", 2, "unused variable: `x`"),
            ]
        );
    }

    #[test]
    fn denied_lints_are_findings_and_compile_errors_are_not() {
        let finished = "{\"reason\":\"build-finished\",\"success\":false}";
        let denied = message("error", "clippy::unwrap_used", "used `unwrap()`", "src/lib.rs", 3);
        let broken = message("error", "E0425", "cannot find value `y`", "src/lib.rs", 3);
        let aborting = serde_json::json!({"reason": "compiler-message", "message":
            {"level": "error", "message": "aborting due to 1 previous error", "code": null, "spans": []}});
        let denied = read(&output(&format!("{denied}\n{aborting}\n{finished}"), "", 101));
        assert!(!denied.build_failed);
        assert_eq!(denied.findings[0].level, Level::Error);
        assert!(read(&output(&format!("{broken}\n{finished}"), "", 101)).build_failed);
        let syntax = serde_json::json!({"reason": "compiler-message", "message":
            {"level": "error", "message": "expected `;`", "code": null, "spans": []}});
        assert!(read(&output(&format!("{syntax}\n{finished}"), "", 101)).build_failed);
    }

    #[test]
    fn a_missing_tool_is_no_clean_bill() {
        let missing = read(&output("", "error: no such command: `clippy`\n", 101));
        assert_eq!(missing.unusable.as_deref(), Some("error: no such command: `clippy`"));
        let manifest = read(&output("", "error: failed to parse manifest at `/kerf/tree/Cargo.toml`\n", 101));
        assert!(manifest.build_failed && manifest.unusable.is_none());
    }

    #[test]
    fn a_macro_of_the_standard_library_is_blamed_where_it_is_called() {
        let span = serde_json::json!({"is_primary": true, "file_name": "/rustc/abc/library/core/src/macros.rs",
            "line_start": 40, "expansion": {"span": {"file_name": "src/x.rs", "line_start": 9}}});
        assert_eq!(inside(&span), Some(("src/x.rs".to_owned(), 9)));
        let absolute = serde_json::json!({"file_name": "/kerf/tree/src/y.rs", "line_start": 2});
        assert_eq!(inside(&absolute), Some(("src/y.rs".to_owned(), 2)));
    }
}
