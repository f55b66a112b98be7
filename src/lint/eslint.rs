//! eslint through its JSON, with flat and with legacy configuration.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::package::Package;
use super::{Call, Finding, Level, Linter, Reading, Way, in_tree, last_line, quote, stopped};
use crate::patch::Tree;
use crate::sandbox::StepOutput;

/// Row of [`super::LINTERS`].
pub(super) const ESLINT: Linter = Linter {
    name: Cow::Borrowed("eslint"),
    languages: &["typescript", "javascript"],
    settings: &[
        "eslint.config.js",
        "eslint.config.mjs",
        "eslint.config.cjs",
        "eslint.config.ts",
        "eslint.config.mts",
        "eslint.config.cts",
        ".eslintrc",
        ".eslintrc.js",
        ".eslintrc.cjs",
        ".eslintrc.json",
        ".eslintrc.yml",
        ".eslintrc.yaml",
        ".eslintignore",
    ],
    detect: |tree| is_flat(tree) || is_legacy(tree),
    way: Way::Tree { command: Call::Made(command), read },
    version: Some("node_modules/.bin/eslint --version"),
};

fn is_flat(tree: &dyn Tree) -> bool {
    ["js", "mjs", "cjs", "ts", "mts", "cts"]
        .iter()
        .any(|end| tree.blob(&format!("eslint.config.{end}")).is_some())
}

fn is_legacy(tree: &dyn Tree) -> bool {
    let names =
        [".eslintrc", ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml", ".eslintrc.yaml"];
    names.iter().any(|name| tree.blob(name).is_some()) || Package::of(tree).has("eslintConfig")
}

/// What the project's own script gives to eslint, without what changes files or the output.
fn command(tree: &dyn Tree) -> String {
    let given =
        Package::of(tree).call("eslint", &["lint", "lint:js", "lint:eslint", "eslint"]).unwrap_or_default();
    let (mut options, mut files) = (Vec::new(), Vec::new());
    let mut words = given.into_iter();
    while let Some(word) = words.next() {
        let name = word.split('=').next().unwrap_or(&word).to_owned();
        let inline = word.contains('=');
        match name.as_str() {
            "--ext"
            | "-c"
            | "--config"
            | "--ignore-path"
            | "--ignore-pattern"
            | "--rulesdir"
            | "--parser"
            | "--resolve-plugins-relative-to"
            | "--rule"
            | "--env" => {
                options.push(word);
                if !inline {
                    options.extend(words.next());
                }
            }
            "--format"
            | "-f"
            | "--max-warnings"
            | "-o"
            | "--output-file"
            | "--cache-location"
            | "--cache-strategy"
            | "--cache-file"
            | "--fix-type"
            | "--report-unused-disable-directives-severity" => {
                if !inline {
                    words.next();
                }
            }
            "--no-eslintrc"
            | "--no-ignore"
            | "--no-inline-config"
            | "--report-unused-disable-directives"
            | "--no-error-on-unmatched-pattern" => options.push(word),
            option if option.starts_with('-') => {}
            _ => files.push(word),
        }
    }
    if files.is_empty() {
        files.push(".".to_owned());
    }
    if !is_flat(tree) && !options.iter().any(|word| word.starts_with("--ext")) {
        options.extend(["--ext".to_owned(), ".js,.jsx,.cjs,.mjs,.ts,.tsx,.cts,.mts".to_owned()]);
    }
    let quoted: Vec<String> = options.iter().chain(&files).map(|word| quote(word)).collect();
    let quoted = quoted.join(" ");
    // Settings that the call names are not those that the question about the cache would be answered for.
    let named = [
        "-c",
        "--config",
        "--parser",
        "--rule",
        "--rulesdir",
        "--env",
        "--no-eslintrc",
        "--resolve-plugins-relative-to",
    ];
    if options.iter().any(|word| named.iter().any(|name| word.split('=').next() == Some(*name))) {
        return format!("node_modules/.bin/eslint --format json --no-color {quoted}");
    }
    // Asked once, on the base: what is in its folder is not of the tree, and no patch can put it there.
    let asked = quote(include_str!("eslint_cache.js"));
    format!(
        "at={CACHE}; [ -e $at/options ] || {{ mkdir -p $at && node -e {asked} >$at/options 2>/dev/null; }}; \
         node_modules/.bin/eslint --format json --no-color $(cat $at/options 2>/dev/null) {quoted}"
    )
}

/// Where the base's run leaves what it learnt for those on results.
const CACHE: &str = "node_modules/.cache/kerf-eslint";

fn read(output: &StepOutput) -> Reading {
    // 1: there are findings; 2: eslint itself could not go on.
    if let Some(why) = stopped(output, &[0, 1]) {
        return Reading { unusable: Some(why), ..Reading::default() };
    }
    let text = String::from_utf8_lossy(&output.stdout);
    // Plugins print notes before the report.
    let report = text.lines().rev().find_map(|line| serde_json::from_str::<Vec<Value>>(line.trim()).ok());
    let Some(files) = report else {
        return Reading { unusable: Some(last_line(&output.stderr)), ..Reading::default() };
    };
    let mut findings = BTreeSet::new();
    let mut build_failed = false;
    for file in &files {
        let Some(path) = file.get("filePath").and_then(Value::as_str).and_then(in_tree) else { continue };
        for message in file.get("messages").and_then(Value::as_array).into_iter().flatten() {
            build_failed |= message.get("fatal").and_then(Value::as_bool) == Some(true);
            findings.insert(finding(&path, message));
        }
    }
    Reading { findings: findings.into_iter().collect(), build_failed, unusable: None }
}

fn finding(path: &str, message: &Value) -> Finding {
    let text = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
    let fatal = message.get("fatal").and_then(Value::as_bool) == Some(true);
    let rule = match (text("ruleId"), fatal) {
        ("", true) => "parse-error",
        ("", false) => "eslint",
        (rule, _) => rule,
    };
    Finding {
        tool: "eslint".to_owned(),
        rule: rule.to_owned(),
        level: if message.get("severity").and_then(Value::as_u64) == Some(2) {
            Level::Error
        } else {
            Level::Warning
        },
        file: path.to_owned(),
        line: message.get("line").and_then(Value::as_u64).unwrap_or(1).max(1) as usize,
        message: text("message").lines().next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::{output, tree};

    #[test]
    fn the_projects_own_arguments_are_kept() {
        let cases = [
            (vec![("eslint.config.js", ""), ("package.json", "{}")], "'.'"),
            (
                vec![
                    (".eslintrc.json", "{}"),
                    ("package.json", r#"{"scripts":{"lint":"eslint --fix src --max-warnings 0"}}"#),
                ],
                "'--ext' '.js,.jsx,.cjs,.mjs,.ts,.tsx,.cts,.mts' 'src'",
            ),
            (
                vec![
                    (".eslintrc", "{}"),
                    (
                        "package.json",
                        r#"{"scripts":{"lint":"tsc && eslint --ext ts,js --cache -f stylish \"src/**\" test"}}"#,
                    ),
                ],
                "'--ext' 'ts,js' 'src/**' 'test'",
            ),
        ];
        for (files, expected) in cases {
            let command = command(&tree(&files));
            assert!(command.ends_with(&format!("$(cat $at/options 2>/dev/null) {expected}")), "{command}");
        }
    }

    #[test]
    fn settings_of_the_call_leave_the_cache_out() {
        let own = r#"{"scripts":{"lint":"eslint -c config/lint.json src"}}"#;
        let command = command(&tree(&[(".eslintrc.json", "{}"), ("package.json", own)]));
        assert!(command.starts_with("node_modules/.bin/eslint") && !command.contains("cache"), "{command}");
    }

    #[test]
    fn findings_and_broken_files_are_read() {
        let report = r#"[{"filePath":"/kerf/tree/src/a.ts","messages":[
            {"ruleId":"no-console","severity":1,"message":"Unexpected console.","line":3},
            {"ruleId":"@typescript-eslint/no-explicit-any","severity":2,"message":"No any.\nmore","line":5}]},
            {"filePath":"/kerf/tree/src/b.ts","messages":[{"ruleId":null,"fatal":true,"severity":2,"message":"Parsing error: x","line":1}]},
            {"filePath":"/elsewhere/c.ts","messages":[{"ruleId":"x","severity":2,"message":"x","line":1}]}]"#
            .replace('\n', "");
        let reading = read(&output(&format!("a plugin says hello\n{report}\n"), "", 1));
        let shown: Vec<String> = reading
            .findings
            .iter()
            .map(|f| format!("{}:{} {} {}", f.file, f.line, f.rule, f.message))
            .collect();
        assert_eq!(
            shown,
            [
                "src/a.ts:5 @typescript-eslint/no-explicit-any No any.",
                "src/a.ts:3 no-console Unexpected console.",
                "src/b.ts:1 parse-error Parsing error: x"
            ]
        );
        assert!(reading.build_failed && reading.unusable.is_none());
    }

    #[test]
    fn an_eslint_that_cannot_work_is_no_clean_bill() {
        for (out, err, code) in
            [("", "sh: eslint: not found", 127), ("", "Oops! no config", 2), ("", "odd", 0)]
        {
            assert!(read(&output(out, err, code)).unusable.is_some(), "{err}");
        }
    }
}
