//! The repository's own linters: command and output → findings.
//!
//! In: a tree's configuration, and what a linter printed. Out: [`Finding`]s, or where a formatter would alter a file.
//! A linter is one row of [`LINTERS`] and one file. Running them is `evaluate`'s business, comparing two runs
//! `metric`'s.
//!
//! Invariant: a tool that is missing or broken is [`Reading::unusable`], never a clean bill.

mod biome;
mod clippy;
mod eslint;
mod mypy;
mod package;
mod prettier;
mod report;
mod ruff;
mod rustfmt;
mod settings;
mod stylelint;
mod tsc;

pub use settings::{SettingsForm, settings_form, with_base_tables};

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::patch::Tree;
use crate::sandbox::{Ended, StepOutput, TREE};

/// How grave a linter calls a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A remark.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

impl Level {
    /// Its name in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that a linter says about one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// `clippy`, `rustfmt`, …
    pub tool: String,
    /// The tool's name of the rule, such as `clippy::needless_return`.
    pub rule: String,
    /// Level.
    pub level: Level,
    /// Path from the root of the tree.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// What the tool says, first line.
    pub message: String,
}

/// What a linter's output says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Findings, sorted, each once.
    pub findings: Vec<Finding>,
    /// The tree does not compile.
    pub build_failed: bool,
    /// The tool could not do its work, for a reason that is not the tree's.
    pub unusable: Option<String>,
}

/// Where the command of a tool comes from.
#[derive(Debug, Clone)]
pub enum Call {
    /// Made for a tree, from its own settings.
    Made(fn(&dyn Tree) -> String),
    /// Given by the task.
    Given(String),
}

impl Call {
    /// The command for the shell.
    pub fn command(&self, tree: &dyn Tree) -> String {
        match self {
            Self::Made(make) => make(tree),
            Self::Given(command) => command.clone(),
        }
    }
}

/// The command that asks a formatter about several files of a tree.
pub type Listing = fn(&dyn Tree, &[&str]) -> String;

/// How a tool is asked.
#[derive(Debug, Clone)]
pub enum Way {
    /// Once for the whole tree; prints findings.
    Tree {
        /// The command, for a tree.
        command: Call,
        /// Reads what it printed.
        read: fn(&StepOutput) -> Reading,
    },
    /// Once a file: the text on standard input, the formatted text on standard output.
    Format {
        /// The command, for a file of a tree; none where the tool is not for it.
        command: fn(&dyn Tree, &str) -> Option<String>,
        /// A command that prints which of several files of the tree it would alter, one a line, and ends with 1 if
        /// there are any; none where asking file by file costs little.
        list: Option<Listing>,
    },
}

/// A linter or formatter.
#[derive(Debug, Clone)]
pub struct Linter {
    /// Name in task files and findings.
    pub name: Cow<'static, str>,
    /// Languages that it is for.
    pub languages: &'static [&'static str],
    /// Names of its own settings files: always taken from the base.
    pub settings: &'static [&'static str],
    /// Whether the repository uses it.
    pub detect: fn(&dyn Tree) -> bool,
    /// How it is asked.
    pub way: Way,
    /// A command that prints its version; none where that cannot be asked.
    pub version: Option<&'static str>,
}

/// Every linter that kerf knows. Adding one is a file and a row.
pub const LINTERS: &[Linter] = &[
    clippy::CLIPPY,
    rustfmt::RUSTFMT,
    eslint::ESLINT,
    tsc::TSC,
    prettier::PRETTIER,
    biome::BIOME,
    biome::BIOME_FORMAT,
    stylelint::STYLELINT,
    ruff::RUFF,
    ruff::RUFF_FORMAT,
    mypy::MYPY,
];

/// The linters of a task: those wanted, else those that the repository uses. What is wanted is a name of [`LINTERS`], or
/// `sarif:` or `checkstyle:` before a command that prints a report of that form. A name that is unknown is an error
/// naming it.
pub fn find(language: &str, tree: &dyn Tree, wanted: Option<&[String]>) -> Result<Vec<Linter>, String> {
    match wanted {
        Some(names) => names
            .iter()
            .map(|name| {
                let known = LINTERS.iter().find(|linter| linter.name == name.as_str()).cloned();
                known.or_else(|| report::given(name)).ok_or_else(|| name.clone())
            })
            .collect(),
        None => Ok(LINTERS
            .iter()
            .filter(|linter| linter.languages.contains(&language) && (linter.detect)(tree))
            .cloned()
            .collect()),
    }
}

/// An error of a compiler or type checker, not of a rule about style.
pub fn is_compiler_error(finding: &Finding) -> bool {
    let coded = |prefix: &str, most: usize| {
        finding.rule.strip_prefix(prefix).is_some_and(|rest| {
            (1..=most).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    finding.level == Level::Error
        && match finding.tool.as_str() {
            "clippy" => coded("E", 4),
            "tsc" => coded("TS", 5),
            "mypy" => true,
            _ => false,
        }
}

/// A finding that says that its file is no program.
pub fn is_syntax_error(finding: &Finding) -> bool {
    match finding.tool.as_str() {
        "tsc" => is_parse_error(&finding.rule),
        "eslint" => finding.rule == "parse-error",
        "ruff" => ["E999", "invalid-syntax"].contains(&finding.rule.as_str()),
        "mypy" => finding.rule == "syntax",
        "biome" => finding.rule == "parse",
        "stylelint" => finding.rule == "CssSyntaxError",
        _ => false,
    }
}

/// Whether tsc's parser says so: its texts below 1200 are about what is no program, and few of those above.
fn is_parse_error(rule: &str) -> bool {
    let number = rule.strip_prefix("TS").and_then(|number| number.parse::<u32>().ok()).unwrap_or_default();
    // A missing default export, and types imported or exported as values, are the checker's.
    (1002..1192).contains(&number) || [1351, 1381, 1382, 1389, 1434, 1435, 1436, 1437, 1438].contains(&number)
}

/// 1-based lines of `original` that a formatter which printed `formatted` would alter. Where it would only put
/// something in, the line before counts (line 1 at the top).
pub fn altered_lines(original: &[u8], formatted: &[u8]) -> Vec<usize> {
    let (old, new) = (String::from_utf8_lossy(original), String::from_utf8_lossy(formatted));
    let diff = similar::TextDiff::from_lines(old.as_ref(), new.as_ref());
    let mut lines = std::collections::BTreeSet::new();
    for op in diff.ops() {
        if op.tag() == similar::DiffTag::Equal {
            continue;
        }
        let range = op.old_range();
        if range.is_empty() {
            lines.insert(range.start.max(1));
        } else {
            lines.extend(range.start + 1..=range.end);
        }
    }
    lines.into_iter().collect()
}

/// A word for the shell.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A path that a tool prints, from the root of the tree; none where it lies outside.
fn in_tree(path: &str) -> Option<String> {
    let relative = match path.strip_prefix(TREE) {
        Some(rest) => rest.strip_prefix('/')?,
        None => path.strip_prefix("./").unwrap_or(path),
    };
    (!relative.starts_with(['/', '<']) && !relative.starts_with("../")).then(|| relative.to_owned())
}

/// Why a tool could not do its work: it is missing, was stopped, or says so itself.
fn stopped(output: &StepOutput, fine: &[i32]) -> Option<String> {
    match output.ended {
        Ended::TimedOut => Some("it did not end in time".to_owned()),
        Ended::OutOfMemory => Some("it ran out of memory".to_owned()),
        Ended::Exited(code) if fine.contains(&code) => None,
        Ended::Exited(_) | Ended::Signalled(_) => {
            let said = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
            Some(last_line(said))
        }
    }
}

/// The end of a tool's complaints, for messages.
fn last_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it printed nothing");
    line.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a tool that ended with `code` printed.
    pub(super) fn output(stdout: &str, stderr: &str, code: i32) -> StepOutput {
        StepOutput {
            ended: Ended::Exited(code),
            stdout: stdout.as_bytes().to_vec(),
            stderr: stderr.as_bytes().to_vec(),
            cut_bytes: 0,
            seconds: 0.1,
        }
    }

    /// A tree of these files.
    pub(super) fn tree(files: &[(&str, &str)]) -> crate::patch::memory::Files {
        crate::patch::memory::Files::of(files)
    }

    #[test]
    fn a_text_that_is_no_program_is_told_from_one_with_wrong_types() {
        let cases = [
            ("TS1005", true),
            ("TS1109", true),
            ("TS1192", false),
            ("TS1382", true),
            ("TS1484", false),
            ("TS2322", false),
            ("TS18003", false),
        ];
        for (rule, expected) in cases {
            let finding = Finding {
                tool: "tsc".to_owned(),
                rule: rule.to_owned(),
                level: Level::Error,
                file: "a.ts".to_owned(),
                line: 1,
                message: String::new(),
            };
            assert_eq!(is_syntax_error(&finding), expected, "{rule}");
        }
    }

    #[test]
    fn a_formatter_alters_lines() {
        let cases: [(&str, &str, &[usize]); 5] = [
            ("a\nb\nc\n", "a\nb\nc\n", &[]),
            ("a\n  b\nc\n", "a\nb\nc\n", &[2]),
            ("a\nb\n", "a\n\nb\n", &[1]),
            ("b\n", "a\nb\n", &[1]),
            ("a\n\n\nb\n", "a\n\nb\n", &[3]),
        ];
        for (original, formatted, lines) in cases {
            assert_eq!(altered_lines(original.as_bytes(), formatted.as_bytes()), lines, "{original:?}");
        }
    }
}
