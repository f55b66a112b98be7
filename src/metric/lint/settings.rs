//! Linters made easier to please: ignore lists widened, rules switched off, checks of types relaxed.
//!
//! In: a changed file that holds a linter's settings. Out: findings of rule `loosened_settings`. Lint itself always
//! runs with the base's settings, so that such an edit gains nothing; it is told all the same.
//! Settings that are data (JSON, TOML, INI, an ignore file) are compared key by key; those that are programs by the words
//! that switch a rule off. Settings that are deleted, and none of the same tool come in their place, check nothing more.
//!
//! Invariant: a setting made stricter, and one only moved, is no finding.

use std::collections::BTreeMap;

use serde_json::Value;

use super::relaxed::relaxed;
use crate::diff::{Diff, FilePair};
use crate::lint::{Finding, Level, SettingsForm, settings_form};

/// What a file's new text loosens.
pub(super) fn loosened(file: &FilePair) -> Vec<Finding> {
    let Some(path) = file.new.as_deref() else { return Vec::new() };
    let Some(form) = settings_form(path) else { return Vec::new() };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (old, new) = (text(&file.old_bytes), text(&file.new_bytes));
    let found = match form {
        SettingsForm::Ignore => more(&ignored(&old), ignored(&new)),
        SettingsForm::Program => more(&switched_off(&old), switched_off(&new)),
        SettingsForm::Data { tables } => {
            let before = if file.old.is_some() { data(path, &old, tables) } else { Some(Value::Null) };
            let trees = before.zip(data(path, &new, tables));
            // What cannot be read tells nothing; a tool that cannot read it either says so itself.
            let found = trees.map(|(old, new)| relaxed(&old, &new)).unwrap_or_default();
            found.into_iter().map(|one| (line_of(&new, &one.trail), one.what)).collect()
        }
    };
    found
        .into_iter()
        .map(|(line, what)| Finding {
            tool: "kerf".to_owned(),
            rule: "loosened_settings".to_owned(),
            level: Level::Warning,
            file: path.to_owned(),
            line,
            message: what,
        })
        .collect()
}

/// Settings that a change deletes, where it brings no others of the same tool. An ignore file gone hides nothing more.
pub(super) fn deleted(diff: &Diff) -> Vec<Finding> {
    let is_settings = |path: &str| match settings_form(path) {
        Some(SettingsForm::Program) => true,
        Some(SettingsForm::Data { tables }) => tables.is_empty() && !path.ends_with(".cargo/config.toml"),
        Some(SettingsForm::Ignore) | None => false,
    };
    let gone =
        |path: &str| diff.files.iter().any(|file| file.new.is_none() && file.old.as_deref() == Some(path));
    let mut found = Vec::new();
    for file in diff.files.iter().filter(|file| file.new != file.old) {
        let Some(path) = file.old.as_deref().filter(|path| is_settings(path)) else { continue };
        // What else stood in the file is no matter, and a package that goes takes its settings with it.
        let text = String::from_utf8_lossy(&file.old_bytes);
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let with_package = ["Cargo.toml", "package.json", "pyproject.toml"]
            .iter()
            .any(|name| gone(&format!("{folder}{name}")));
        if with_package || is_ini(path) && ini(&text).as_object().is_none_or(serde_json::Map::is_empty) {
            continue;
        }
        let come =
            diff.files.iter().filter(|file| file.new != file.old).filter_map(|file| file.new.as_deref());
        if !come.into_iter().any(|new| is_settings(new) && tool(new) == tool(path)) {
            found.push(Finding {
                tool: "kerf".to_owned(),
                rule: "loosened_settings".to_owned(),
                level: Level::Warning,
                file: path.to_owned(),
                line: 1,
                message: "settings deleted".to_owned(),
            });
        }
    }
    found
}

/// The tool that a file of settings is for, by its name: `eslint` of `.eslintrc.json` and `eslint.config.js`.
fn tool(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path).trim_start_matches('.');
    let word = name.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or(name);
    word.strip_suffix("rc").unwrap_or(word)
}

/// The 1-based line to which a trail of keys leads: that of the last word of the trail that the text has, each looked
/// for from the line of the one before on.
fn line_of(text: &str, trail: &[String]) -> usize {
    let is_letter = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
    let holds = |line: &str, word: &str| {
        line.match_indices(word).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + word.len()..].chars().next();
            !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
        })
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    for word in trail {
        at += lines[at.min(lines.len())..].iter().position(|line| holds(line, word)).unwrap_or(0);
    }
    at + 1
}

/// What the new list has more of, with its lines.
fn more(old: &[(usize, String)], new: Vec<(usize, String)>) -> Vec<(usize, String)> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, one) in old {
        *left.entry(one.as_str()).or_insert(0) += 1;
    }
    let is_new = |(_, one): &(usize, String)| match left.get_mut(one.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    new.into_iter().filter(is_new).collect()
}

/// Patterns of an ignore file, each with its line.
fn ignored(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().map(str::trim).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with(['#', '!']))
        .map(|(at, line)| (at + 1, line.to_owned()))
        .collect()
}

/// In a settings program: rules set to off, and what is under `ignores`, each with its line.
fn switched_off(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let is_code = |line: &str| !line.starts_with("//") && !line.starts_with('*');
    for (at, line) in text.lines().map(str::trim).enumerate().filter(|(_, line)| is_code(line)) {
        let Some((key, value)) = line.split_once(':') else { continue };
        let key = key.trim().trim_matches(['\'', '"', '{', ' ']);
        let value = value.trim().trim_end_matches(',').trim_matches(['[', ']', ' ', '}']);
        let first = value.split(',').next().unwrap_or_default().trim().trim_matches(['\'', '"']);
        if ["off", "0"].contains(&first) {
            found.push((at + 1, format!("rule {key} is off")));
        } else if ["ignores", "ignorePatterns"].contains(&key) {
            found.extend(
                value
                    .split(',')
                    .map(|one| one.trim().trim_matches(['\'', '"', '[', ']']))
                    .filter(|one| !one.is_empty())
                    .map(|one| (at + 1, format!("ignored: {one}"))),
            );
        }
    }
    found
}

fn is_toml(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == "toml")
}

fn is_ini(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["ini", "cfg", "flake8"].contains(&ending)
}

/// The sections of checkers in an INI file: switches as such, all else as lists of words.
fn ini(text: &str) -> Value {
    let mut sections = serde_json::Map::new();
    let (mut section, mut key) = (String::new(), String::new());
    let plain = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with(['#', ';']);
    for line in text.lines().filter(plain) {
        let words = |text: &str| -> Vec<Value> {
            let parts = text.split([',', ' ', '\t']).filter(|part| !part.is_empty());
            parts.map(Value::from).collect()
        };
        if let Some(name) = line.strip_prefix('[') {
            name.split(']').next().unwrap_or_default().clone_into(&mut section);
            continue;
        }
        if !["mypy", "flake8", "pylint"].iter().any(|tool| section.starts_with(tool)) {
            continue;
        }
        let table = sections.entry(section.clone()).or_insert_with(|| Value::Object(serde_json::Map::new()));
        let Some(table) = table.as_object_mut() else { continue };
        if line.starts_with([' ', '\t']) {
            // A value goes on in lines that stand deeper.
            if let Some(Value::Array(list)) = table.get_mut(&key) {
                list.extend(words(line));
            }
            continue;
        }
        let Some((name, value)) = line.split_once(['=', ':']) else { continue };
        name.trim().clone_into(&mut key);
        let value = value.trim();
        let value = match (value.to_ascii_lowercase().as_str(), value.parse::<u64>()) {
            ("true" | "yes" | "on", _) => Value::Bool(true),
            ("false" | "no" | "off", _) => Value::Bool(false),
            (_, Ok(number)) => Value::from(number),
            _ => Value::Array(words(value)),
        };
        table.insert(key.clone(), value);
    }
    Value::Object(sections)
}

/// A settings file as a tree, of a manifest only the linter's tables.
fn data(path: &str, text: &str, tables: &[&[&str]]) -> Option<Value> {
    let whole: Value = if is_toml(path) {
        serde_json::to_value(toml::from_str::<toml::Table>(text).ok()?).ok()?
    } else if is_ini(path) {
        ini(text)
    } else {
        json5::from_str(text).ok()?
    };
    if tables.is_empty() {
        return Some(whole);
    }
    let mut kept = serde_json::Map::new();
    for table in tables {
        let found = table.iter().try_fold(&whole, |value, key| value.get(key));
        kept.insert(table.join("."), found.cloned().unwrap_or_default());
    }
    Some(Value::Object(kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{ChangedFile, Side, diff};

    fn messages(path: &str, old: &str, new: &str) -> Vec<String> {
        let side =
            |text: &str| Side { path: path.to_owned(), mode: 0o100_644, bytes: text.as_bytes().into() };
        let diff = diff(&[ChangedFile { old: Some(side(old)), new: Some(side(new)) }]);
        loosened(&diff.files[0]).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_new_file_of_settings_may_be_lax_from_the_start() {
        let new = Side {
            path: "src/old/.eslintrc.json".to_owned(),
            mode: 0o100_644,
            bytes: br#"{"rules":{"eqeqeq":"off","no-var":"error"}}"#[..].into(),
        };
        let diff = diff(&[ChangedFile { old: None, new: Some(new) }]);
        let found = loosened(&diff.files[0]);
        assert_eq!(
            found.iter().map(|one| &*one.message).collect::<Vec<_>>(),
            ["rules.eqeqeq: off for nothing"]
        );
    }

    #[test]
    fn settings_that_are_deleted_are_told_unless_others_come() {
        let side = |path: &str| Side {
            path: path.to_owned(),
            mode: 0o100_644,
            bytes: b"[mypy]\nstrict = true\n"[..].into(),
        };
        let told = |gone: &str, come: Option<&str>| -> Vec<String> {
            let mut files = vec![ChangedFile { old: Some(side(gone)), new: None }];
            files.extend(come.map(|path| ChangedFile { old: None, new: Some(side(path)) }));
            deleted(&diff(&files)).into_iter().map(|one| format!("{} {}", one.file, one.message)).collect()
        };
        for gone in
            ["eslint.config.js", ".eslintrc.json", "clippy.toml", "biome.json", "tsconfig.json", "mypy.ini"]
        {
            assert_eq!(told(gone, None), [format!("{gone} settings deleted")]);
        }
        assert_eq!(told(".eslintrc.json", Some("eslint.config.mjs")), Vec::<String>::new());
        assert_eq!(told(".eslintrc.json", Some("biome.json")).len(), 1);
        assert_eq!(told(".eslintrc.json", Some("eslintrc.json.bak")).len(), 1);
        for gone in [".eslintignore", "a/Cargo.toml", "src/a.ts"] {
            assert_eq!(told(gone, None), Vec::<String>::new());
        }
    }

    #[test]
    fn a_setting_is_found_where_it_stands() {
        let text = "[a.lints.rust]\nunsafe = \"warn\"\n[a.lints.clippy]\nunwrap = \"warn\"\nunwrap_used = \"allow\"\n[b]\nx = [\n  \"E501\",\n]\n";
        let cases: &[(&[&str], usize)] = &[
            (&["a", "lints", "clippy", "unwrap_used"], 5),
            (&["a", "lints", "clippy", "gone"], 3),
            (&["b", "x", "E501"], 8),
            (&["nothing"], 1),
        ];
        for (trail, line) in cases {
            let trail: Vec<String> = trail.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(line_of(text, &trail), *line, "{trail:?}");
        }
    }

    #[test]
    fn what_is_checked_less_is_named() {
        type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);
        let cases: &[Case] = &[
            (".eslintignore", "dist\n", "dist\n# more\nsrc/legacy\n", &["src/legacy"]),
            (".prettierignore", "a\nb\n", "b\na\n", &[]),
            (
                "eslint.config.js",
                "export default [{ rules: {\n  'no-console': 'error',\n} }];\n",
                "export default [{ rules: {\n  'no-console': 'off',\n} }];\n",
                &["rule no-console is off"],
            ),
            (
                "eslint.config.js",
                "export default [\n  { ignores: ['dist'] },\n];\n",
                "export default [\n  { ignores: ['dist', 'src/old/**'] },\n];\n",
                &["ignored: src/old/**"],
            ),
            (
                ".eslintrc.json",
                r#"{"rules":{"eqeqeq":"error"}}"#,
                r#"{"rules":{"eqeqeq":["warn"]}}"#,
                &["rules.eqeqeq: warn for error"],
            ),
            (".eslintrc.json", r#"{"rules":{"eqeqeq":1}}"#, r#"{"rules":{"eqeqeq":2}}"#, &[]),
            (
                ".eslintrc.json",
                r#"{"rules":{"eqeqeq":2}}"#,
                r#"{"rules":{}}"#,
                &["rules.eqeqeq: nothing for 2"],
            ),
            (
                "tsconfig.json",
                "{ \"compilerOptions\": { // all\n \"strict\": true, \"noUnusedLocals\": true, \"noEmit\": true } }",
                r#"{ "compilerOptions": { "strict": false, "target": "ES2022" } }"#,
                &[
                    "compilerOptions.noUnusedLocals: nothing for true",
                    "compilerOptions.strict: false for true",
                ],
            ),
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\n[lints.clippy]\nunwrap_used = \"deny\"\npedantic = { level = \"warn\", priority = -1 }\n",
                "[package]\nname = \"b\"\n[lints.clippy]\nunwrap_used = \"warn\"\npedantic = { level = \"allow\", priority = -1 }\ntodo = \"warn\"\n",
                &[
                    "lints.clippy.pedantic: {\"level\":\"allow\",\"priority\":-1} for {\"level\":\"warn\",\"priority\":-1}",
                    "lints.clippy.unwrap_used: warn for deny",
                ],
            ),
            ("Cargo.toml", "[package]\nname = \"a\"\n", "[package]\nname = \"a\"\nexclude = [\"x\"]\n", &[]),
            (
                "pyproject.toml",
                "[tool.ruff.lint]\nselect = [\"E\", \"F\"]\n",
                "[tool.ruff.lint]\nselect = [\"E\"]\nignore = [\"E501\"]\n[tool.mypy]\nignore_errors = true\n",
                &[
                    "tool.mypy.ignore_errors: true for nothing",
                    "tool.ruff.lint.ignore: E501",
                    "tool.ruff.lint.select: no longer F",
                ],
            ),
            (
                "clippy.toml",
                "too-many-arguments-threshold = 6\ntype-complexity-threshold = 2\ndisallowed-types = [{ path = \"a\" }, { path = \"b\" }]\n",
                "too-many-arguments-threshold = 9\ntype-complexity-threshold = 1\ndisallowed-types = [{ path = \"a\" }]\nallow-unwrap-in-tests = true\n",
                &[
                    "allow-unwrap-in-tests: true for nothing",
                    "disallowed-types: no longer {\"path\":\"b\"}",
                    "too-many-arguments-threshold: 9 for 6",
                ],
            ),
            (
                "biome.json",
                r#"{"files":{"includes":["**"]},"overrides":[{"includes":["a"],"linter":{"rules":{"style":{"x":"off"}}}}]}"#,
                r#"{"files":{"includes":["**","!src/old"]},"overrides":[
                    {"includes":["b"],"linter":{"rules":{"style":{"useConst":"off"}}}},
                    {"includes":["a"],"linter":{"rules":{"style":{"x":"off"}}}}]}"#,
                &["files.includes: !src/old", "overrides.linter.rules.style.useConst: off for nothing"],
            ),
            (
                ".cargo/config.toml",
                "[build]\nrustflags = [\"-Dwarnings\"]\n",
                "[build]\nrustflags = [\"-Dwarnings\", \"-A\", \"dead_code\", \"-C\", \"debuginfo=0\"]\n",
                &["build.rustflags: -A dead_code"],
            ),
            (
                "mypy.ini",
                "[mypy]\nstrict = True\ndisable_error_code = misc\n",
                "[mypy]\nstrict = False\ndisable_error_code =\n    misc,\n    attr-defined\n\n[mypy-a.*]\nignore_errors = True\n",
                &[
                    "mypy.disable_error_code: attr-defined",
                    "mypy.strict: false for true",
                    "mypy-a.*.ignore_errors: true for nothing",
                ],
            ),
            (
                "setup.cfg",
                "[metadata]\nname = a\n[flake8]\nmax-line-length = 90\n",
                "[metadata]\nname = b\nignore = x\n[flake8]\nmax-line-length = 120\nignore = E501 W503\n",
                &["flake8.ignore: E501", "flake8.ignore: W503", "flake8.max-line-length: 120 for 90"],
            ),
            ("src/settings.json", r#"{"strict":true}"#, r#"{"strict":false}"#, &[]),
        ];
        for (path, old, new, expected) in cases {
            assert_eq!(messages(path, old, new), *expected, "{path}: {new}");
        }
    }
}
