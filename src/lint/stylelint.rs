//! stylelint through its JSON.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::package::Package;
use super::{
    Call, Finding, Level, Linter, Reading, Way, in_tree, is_syntax_error, last_line, quote, stopped,
};
use crate::patch::Tree;
use crate::sandbox::StepOutput;

/// Row of [`super::LINTERS`].
pub(super) const STYLELINT: Linter = Linter {
    name: Cow::Borrowed("stylelint"),
    languages: &["typescript", "javascript"],
    settings: SETTINGS,
    detect: |tree| {
        SETTINGS.iter().any(|name| tree.blob(name).is_some()) || Package::of(tree).has("stylelint")
    },
    way: Way::Tree { command: Call::Made(command), read },
    version: Some("node_modules/.bin/stylelint --version"),
};

const SETTINGS: &[&str] = &[
    ".stylelintrc",
    ".stylelintrc.json",
    ".stylelintrc.yml",
    ".stylelintrc.yaml",
    ".stylelintrc.js",
    ".stylelintrc.cjs",
    ".stylelintrc.mjs",
    "stylelint.config.js",
    "stylelint.config.cjs",
    "stylelint.config.mjs",
    ".stylelintignore",
];

/// The files that the project's own script names, else all styles.
fn command(tree: &dyn Tree) -> String {
    let given = Package::of(tree)
        .call("stylelint", &["lint:css", "lint:styles", "stylelint", "lint"])
        .unwrap_or_default();
    let mut files: Vec<String> = given.into_iter().filter(|word| !word.starts_with('-')).collect();
    if files.is_empty() {
        files.push("**/*.{css,scss,sass,less,pcss}".to_owned());
    }
    let files: Vec<String> = files.iter().map(|file| quote(file)).collect();
    format!("node_modules/.bin/stylelint --formatter json --no-color --allow-empty-input {}", files.join(" "))
}

fn read(output: &StepOutput) -> Reading {
    let unusable = |why| Reading { unusable: Some(why), ..Reading::default() };
    // 2: there are findings.
    if let Some(why) = stopped(output, &[0, 2]) {
        return unusable(why);
    }
    // Since version 16 the report is on standard error.
    let parsed = [&output.stdout, &output.stderr].into_iter().find_map(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        text.lines().rev().find_map(|line| serde_json::from_str::<Vec<Value>>(line.trim()).ok())
    });
    let Some(files) = parsed else { return unusable(last_line(&output.stderr)) };
    let mut findings = BTreeSet::new();
    for file in &files {
        let Some(path) = file.get("source").and_then(Value::as_str).and_then(in_tree) else { continue };
        for warning in file.get("warnings").and_then(Value::as_array).into_iter().flatten() {
            findings.insert(finding(&path, warning));
        }
    }
    let build_failed = findings.iter().any(is_syntax_error);
    Reading { findings: findings.into_iter().collect(), build_failed, unusable: None }
}

fn finding(path: &str, warning: &Value) -> Finding {
    let text = |key: &str| warning.get(key).and_then(Value::as_str).unwrap_or_default();
    let rule = text("rule");
    // The rule stands once more at the end of each message.
    let message = text("text").lines().next().unwrap_or_default();
    Finding {
        tool: "stylelint".to_owned(),
        rule: rule.to_owned(),
        level: if text("severity") == "warning" { Level::Warning } else { Level::Error },
        file: path.to_owned(),
        line: warning.get("line").and_then(Value::as_u64).unwrap_or(1).max(1) as usize,
        message: message.trim_end_matches(&format!(" ({rule})")).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::{output, tree};

    #[test]
    fn reports_are_read_from_either_stream() {
        let report = r##"[{"source":"/kerf/tree/src/a.css","errored":true,"warnings":[{"line":3,"column":1,"rule":"color-hex-length","severity":"error","text":"Expected \"#FFFFFF\" to be \"#FFF\" (color-hex-length)"}]}]"##;
        for (out, err) in [(report, ""), ("", report)] {
            let reading = read(&output(out, err, 2));
            let found = &reading.findings[0];
            assert_eq!(
                (found.line, found.rule.as_str(), found.message.as_str()),
                (3, "color-hex-length", "Expected \"#FFFFFF\" to be \"#FFF\"")
            );
        }
        assert!(read(&output("", "no configuration", 78)).unusable.is_some());
        assert!(read(&output("", "", 0)).unusable.is_some());
    }

    #[test]
    fn the_projects_own_files_are_checked() {
        let own = tree(&[(
            "package.json",
            r#"{"stylelint":{},"scripts":{"lint:css":"stylelint --fix 'src/**/*.scss'"}}"#,
        )]);
        assert!((STYLELINT.detect)(&own));
        assert!(command(&own).ends_with("'src/**/*.scss'"));
        assert!(!(STYLELINT.detect)(&tree(&[])));
    }
}
