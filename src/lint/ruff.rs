//! ruff: its rules over the tree, its formatter file by file.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::package::ends;
use super::{
    Call, Finding, Level, Linter, Reading, Way, in_tree, is_syntax_error, last_line, quote, stopped,
};
use crate::patch::Tree;
use crate::sandbox::StepOutput;

/// Names of its own settings.
const SETTINGS: &[&str] = &["ruff.toml", ".ruff.toml"];

/// Row of [`super::LINTERS`].
pub(super) const RUFF: Linter = Linter {
    name: Cow::Borrowed("ruff"),
    languages: &["python"],
    settings: SETTINGS,
    detect: |tree| settings(tree).is_some(),
    way: Way::Tree {
        command: Call::Made(|_| format!("{TOOL} check --no-fix --no-cache --output-format json .")),
        read,
    },
    version: Some(VERSION),
};

/// Row of [`super::LINTERS`].
pub(super) const RUFF_FORMAT: Linter = Linter {
    name: Cow::Borrowed("ruff-format"),
    languages: &["python"],
    settings: SETTINGS,
    detect: formats,
    way: Way::Format { command, list: None },
    version: Some(VERSION),
};

/// That of the virtual environment goes before that of the machine.
const TOOL: &str = "PATH=\"$PWD/.venv/bin:$PWD/venv/bin:$PATH\" ruff";

const VERSION: &str = "PATH=\"$PWD/.venv/bin:$PWD/venv/bin:$PATH\" ruff --version";

/// The tool's own table, wherever it stands.
fn settings(tree: &dyn Tree) -> Option<toml::Table> {
    let parsed = |path: &str| -> Option<toml::Table> {
        toml::from_str(std::str::from_utf8(&tree.blob(path)?.bytes).ok()?).ok()
    };
    SETTINGS
        .iter()
        .find_map(|path| parsed(path))
        .or_else(|| parsed("pyproject.toml")?.get("tool")?.get("ruff")?.as_table().cloned())
}

/// Whether the project formats with it: it says how, or its hooks do.
fn formats(tree: &dyn Tree) -> bool {
    let hooks = tree.blob(".pre-commit-config.yaml");
    settings(tree).is_some_and(|table| table.contains_key("format"))
        || hooks.is_some_and(|blob| String::from_utf8_lossy(&blob.bytes).contains("ruff-format"))
}

fn command(_: &dyn Tree, path: &str) -> Option<String> {
    ends(path, &["py", "pyi"]).then(|| format!("{TOOL} format --no-cache --stdin-filename {} -", quote(path)))
}

fn read(output: &StepOutput) -> Reading {
    let unusable = |why| Reading { unusable: Some(why), ..Reading::default() };
    if let Some(why) = stopped(output, &[0, 1]) {
        return unusable(why);
    }
    let Ok(list) = serde_json::from_slice::<Vec<Value>>(&output.stdout) else {
        return unusable(last_line(&output.stderr));
    };
    let findings: BTreeSet<Finding> = list.iter().filter_map(finding).collect();
    let build_failed = findings.iter().any(is_syntax_error);
    Reading { findings: findings.into_iter().collect(), build_failed, unusable: None }
}

fn finding(value: &Value) -> Option<Finding> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    Some(Finding {
        tool: "ruff".to_owned(),
        rule: text("code").unwrap_or("invalid-syntax").to_owned(),
        level: Level::Warning,
        file: in_tree(text("filename")?)?,
        line: value.pointer("/location/row")?.as_u64()? as usize,
        message: text("message")?.lines().next().unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::{output, tree};

    #[test]
    fn it_is_used_where_its_table_is() {
        type Case = (&'static [(&'static str, &'static str)], bool, bool);
        let cases: [Case; 4] = [
            (&[("pyproject.toml", "[project]\nname = 'a'\n")], false, false),
            (&[("pyproject.toml", "[tool.ruff]\nline-length = 90\n")], true, false),
            (&[("pyproject.toml", "[tool.ruff.format]\nquote-style = 'single'\n")], true, true),
            (&[("ruff.toml", ""), (".pre-commit-config.yaml", "- id: ruff-format\n")], true, true),
        ];
        for (files, checks, formatted) in cases {
            let tree = tree(files);
            assert_eq!(((RUFF.detect)(&tree), (RUFF_FORMAT.detect)(&tree)), (checks, formatted), "{files:?}");
        }
    }

    #[test]
    fn findings_are_read() {
        let log = r#"[{"code":"F401","filename":"/kerf/tree/src/a.py","message":"`os` imported but unused","location":{"row":2,"column":8}},
            {"code":null,"filename":"/kerf/tree/src/b.py","message":"Expected an expression","location":{"row":1,"column":1}}]"#;
        let reading = read(&output(log, "", 1));
        assert_eq!((reading.findings[0].rule.as_str(), reading.findings[0].line), ("F401", 2));
        assert!(reading.build_failed);
        assert!(read(&output("", "sh: 1: ruff: not found", 127)).unusable.is_some());
        assert_eq!(read(&output("[]", "", 0)), Reading::default());
    }
}
