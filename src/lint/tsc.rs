//! The TypeScript compiler as a checker of types.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::package::Package;
use super::{Call, Finding, Level, Linter, Reading, Way, in_tree, is_syntax_error, quote, stopped};
use crate::patch::Tree;
use crate::sandbox::{Ended, StepOutput};

/// Row of [`super::LINTERS`].
pub(super) const TSC: Linter = Linter {
    name: Cow::Borrowed("tsc"),
    languages: &["typescript", "javascript"],
    // What a change must be allowed to touch (paths, included files) stands in the same file: it is not restored.
    settings: &[],
    detect: |tree| tree.blob("tsconfig.json").is_some() && Package::of(tree).needs("typescript"),
    way: Way::Tree { command: Call::Made(command), read },
    version: Some("node_modules/.bin/tsc --version"),
};

/// The project's own check where a script has one without output, else the configuration at the root. One that only
/// refers to others stands for these.
fn command(tree: &dyn Tree) -> String {
    let likely = ["typecheck", "type-check", "check:types", "check:type", "types", "check", "lint"];
    let own =
        Package::of(tree).call("tsc", &likely).filter(|words| words.iter().any(|word| word == "--noEmit"));
    let projects = own.and_then(|words| projects_of(&words)).unwrap_or_else(|| configurations(tree));
    let calls: Vec<String> = projects
        .iter()
        .map(|project| {
            // What a run learns is kept beside the packages, so that the next one has less to do.
            let memory = format!("node_modules/.cache/kerf-{}.tsbuildinfo", project.replace('/', "-"));
            format!(
                "node_modules/.bin/tsc --pretty false --noEmit --incremental --tsBuildInfoFile {} -p {} || code=$?",
                quote(&memory),
                quote(project)
            )
        })
        .collect();
    format!("code=0; {}; exit $code", calls.join("; "))
}

/// The projects that a call names; none where it names none.
fn projects_of(words: &[String]) -> Option<Vec<String>> {
    let at = words.iter().position(|word| word == "-p" || word == "--project")?;
    words.get(at + 1).map(|project| vec![project.clone()])
}

fn configurations(tree: &dyn Tree) -> Vec<String> {
    let root = || vec!["tsconfig.json".to_owned()];
    let Some(blob) = tree.blob("tsconfig.json") else { return root() };
    let text = String::from_utf8_lossy(&blob.bytes).into_owned();
    let Ok(value) = json5::from_str::<serde_json::Value>(&text) else { return root() };
    let own_files = value.get("include").is_some()
        || value.get("files").and_then(|files| files.as_array()).is_none_or(|files| !files.is_empty());
    let references: Vec<String> = value
        .get("references")
        .and_then(|list| list.as_array())
        .into_iter()
        .flatten()
        .filter_map(|reference| reference.get("path")?.as_str())
        .map(|path| path.trim_start_matches("./").to_owned())
        .collect();
    if own_files || references.is_empty() { root() } else { references }
}

fn read(output: &StepOutput) -> Reading {
    let text = String::from_utf8_lossy(&output.stdout);
    let findings: BTreeSet<Finding> = text.lines().filter_map(finding).collect();
    let failed = output.ended != Ended::Exited(0);
    if failed && findings.is_empty() {
        let why = stopped(output, &[0]).unwrap_or_default();
        return Reading { unusable: Some(why), ..Reading::default() };
    }
    if let Some(why) = stopped(output, &[0, 1, 2]) {
        return Reading { unusable: Some(why), ..Reading::default() };
    }
    // Errors of types are findings of the checker.
    let build_failed = findings.iter().any(is_syntax_error);
    Reading { findings: findings.into_iter().collect(), build_failed, unusable: None }
}

/// `src/a.ts(3,5): error TS2322: Type …`.
fn finding(line: &str) -> Option<Finding> {
    let (place, rest) = line.split_once("): ")?;
    let (file, position) = place.rsplit_once('(')?;
    let line = position.split(',').next()?.parse().ok()?;
    let (level, rest) = rest.split_once(' ')?;
    let level = match level {
        "error" => Level::Error,
        "warning" => Level::Warning,
        _ => return None,
    };
    let (rule, message) = rest.split_once(": ")?;
    if !rule.strip_prefix("TS").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    Some(Finding {
        tool: "tsc".to_owned(),
        rule: rule.to_owned(),
        level,
        file: in_tree(file)?,
        line,
        message: message.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::{output, tree};

    /// Files, and the projects that are checked.
    type Case = (Vec<(&'static str, &'static str)>, Vec<&'static str>);

    #[test]
    fn the_project_is_checked_as_it_is_set_up() {
        let solution = "{ // two parts\n \"files\": [], \"references\": [{\"path\": \"./tsconfig.app.json\"}, \
            {\"path\": \"packages/a\"},] }";
        let cases: Vec<Case> = vec![
            (vec![("tsconfig.json", "{}")], vec!["tsconfig.json"]),
            (vec![("tsconfig.json", solution)], vec!["tsconfig.app.json", "packages/a"]),
            (
                vec![
                    ("tsconfig.json", "{}"),
                    ("package.json", r#"{"scripts":{"typecheck":"tsc --noEmit -p tsconfig.all.json"}}"#),
                ],
                vec!["tsconfig.all.json"],
            ),
        ];
        for (files, projects) in cases {
            let command = command(&tree(&files));
            for project in &projects {
                assert!(command.contains(&format!("-p '{project}'")), "{command}");
            }
            assert_eq!(command.matches(" -p ").count(), projects.len(), "{command}");
        }
    }

    #[test]
    fn errors_of_types_are_findings_and_those_of_syntax_break_the_build() {
        let log = "src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.\n  more\n\
            ../x.ts(1,1): error TS1: x\n";
        let reading = read(&output(log, "", 2));
        assert_eq!(reading.findings.len(), 1);
        assert_eq!((reading.findings[0].rule.as_str(), reading.findings[0].line), ("TS2322", 3));
        assert!(!reading.build_failed && reading.unusable.is_none());
        assert!(read(&output("src/a.ts(3,5): error TS1005: ';' expected.\n", "", 2)).build_failed);
        assert!(read(&output("", "sh: not found", 127)).unusable.is_some());
        assert!(read(&output("error TS18003: No inputs were found.\n", "", 2)).unusable.is_some());
        assert_eq!(read(&output("", "", 0)), Reading::default());
    }
}
