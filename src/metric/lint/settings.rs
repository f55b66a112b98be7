//! Linters made easier to please: ignore lists widened, rules switched off, checks of types relaxed.
//!
//! In: a changed file that holds a linter's settings. Out: findings of rule `loosened_settings`. Lint itself always
//! runs with the base's settings, so that such an edit gains nothing; it is told all the same.
//! Settings that are data (JSON, TOML, an ignore file) are compared key by key; those that are programs by the words
//! that switch a rule off.
//!
//! Invariant: a setting made stricter, and one only moved, is no finding.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diff::FilePair;
use crate::lint::{Finding, Level, SettingsForm, settings_form};

/// What a file's new text loosens.
pub(super) fn loosened(file: &FilePair) -> Vec<Finding> {
    let Some(path) = file.new.as_deref() else { return Vec::new() };
    let Some(form) = settings_form(path) else { return Vec::new() };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (old, new) = (text(&file.old_bytes), text(&file.new_bytes));
    let found = match form {
        SettingsForm::Ignore => more(&ignored(&old), &ignored(&new)),
        SettingsForm::Program => more(&switched_off(&old), &switched_off(&new)),
        SettingsForm::Data { tables } => {
            let (old, new) = (data(path, &old, tables), data(path, &new, tables));
            // What cannot be read tells nothing; a tool that cannot read it either says so itself.
            old.zip(new).map(|(old, new)| relaxed(&old, &new)).unwrap_or_default()
        }
    };
    found
        .into_iter()
        .map(|what| {
            let word = what.rsplit([' ', '.']).next().unwrap_or(&what);
            let line = new.lines().position(|line| line.contains(word)).map_or(1, |at| at + 1);
            Finding {
                tool: "kerf".to_owned(),
                rule: "loosened_settings".to_owned(),
                level: Level::Warning,
                file: path.to_owned(),
                line,
                message: what,
            }
        })
        .collect()
}

/// What the new list has more of.
fn more(old: &[String], new: &[String]) -> Vec<String> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for one in old {
        *left.entry(one.as_str()).or_insert(0) += 1;
    }
    let is_new = |one: &&String| match left.get_mut(one.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    new.iter().filter(is_new).cloned().collect()
}

/// Patterns of an ignore file.
fn ignored(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '!'])).map(str::to_owned).collect()
}

/// In a settings program: rules set to off, and what is under `ignores`.
fn switched_off(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with('*')) {
        let Some((key, value)) = line.split_once(':') else { continue };
        let key = key.trim().trim_matches(['\'', '"', '{', ' ']);
        let value = value.trim().trim_end_matches(',').trim_matches(['[', ']', ' ', '}']);
        let first = value.split(',').next().unwrap_or_default().trim().trim_matches(['\'', '"']);
        if ["off", "0"].contains(&first) {
            found.push(format!("rule {key} is off"));
        } else if ["ignores", "ignorePatterns"].contains(&key) {
            found.extend(
                value
                    .split(',')
                    .map(|one| one.trim().trim_matches(['\'', '"', '[', ']']))
                    .filter(|one| !one.is_empty())
                    .map(|one| format!("ignored: {one}")),
            );
        }
    }
    found
}

fn is_toml(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == "toml")
}

/// A settings file as a tree, of a manifest only the linter's tables.
fn data(path: &str, text: &str, tables: &[&[&str]]) -> Option<Value> {
    let whole: Value = if is_toml(path) {
        serde_json::to_value(toml::from_str::<toml::Table>(text).ok()?).ok()?
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

/// How strict a level is; none where a word is no level.
fn strictness(value: &Value) -> Option<u8> {
    let level = match value {
        Value::Array(list) => return strictness(list.first()?),
        Value::Object(table) => return strictness(table.get("level")?),
        Value::Number(number) => return u8::try_from(number.as_u64()?).ok().filter(|level| *level < 3),
        Value::String(word) => word.as_str(),
        Value::Bool(_) | Value::Null => return None,
    };
    Some(match level {
        "off" | "allow" | "none" => 0,
        "warn" | "warning" | "info" => 1,
        "error" | "deny" => 2,
        "forbid" => 3,
        _ => return None,
    })
}

/// Keys of which more means less is checked.
const LISTS: &[&str] = &[
    "exclude",
    "extend-exclude",
    "ignore",
    "extend-ignore",
    "ignores",
    "ignorePatterns",
    "ignoreFiles",
    "per-file-ignores",
    "disable_error_code",
    "unfixable",
    "skip",
];

/// Keys of which less means less is checked.
const WANTED: &[&str] = &["select", "extend-select", "extends", "plugins", "include", "files"];

/// Switches that a checker is stricter with.
const SWITCHES: &[&str] =
    &["strict", "recommended", "enabled", "all", "forceConsistentCasingInFileNames", "isolatedModules"];

/// Switches that a checker is laxer with.
const LAX: &[&str] = &[
    "skipLibCheck",
    "allowUnreachableCode",
    "allowUnusedLabels",
    "suppressImplicitAnyIndexErrors",
    "ignore_missing_imports",
    "ignore_errors",
    "ignoreDeprecations",
];

/// Whether turning a switch off relaxes the check.
fn is_strict_switch(key: &str) -> bool {
    let prefixes = ["no", "strict", "exact", "disallow_", "warn_", "check_", "use_unknown"];
    SWITCHES.contains(&key)
        || prefixes.iter().any(|prefix| key.starts_with(prefix))
            && !["noEmit", "noEmitOnError", "noResolve", "noLib", "noErrorTruncation"].contains(&key)
}

/// What is checked less, each with the path of its key.
fn relaxed(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(&mut Vec::new(), old, new, &mut found);
    found
}

fn walk(path: &mut Vec<String>, old: &Value, new: &Value, found: &mut Vec<String>) {
    let key = path.last().map(String::as_str).unwrap_or_default();
    let at = path.join(".");
    if old == new {
        return;
    }
    let items = |value: &Value| -> BTreeSet<String> {
        match value {
            Value::Array(list) => {
                list.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect()
            }
            Value::String(one) => BTreeSet::from([one.clone()]),
            Value::Object(table) => table.keys().cloned().collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => BTreeSet::new(),
        }
    };
    if LISTS.contains(&key) {
        found.extend(items(new).difference(&items(old)).map(|one| format!("{at}: {one}")));
    } else if WANTED.contains(&key) {
        found.extend(items(old).difference(&items(new)).map(|one| format!("{at}: no longer {one}")));
    } else if let (Some(before), Some(after)) = (strictness(old), strictness(new)) {
        if after < before {
            found.push(format!("{at}: {} for {}", short(new), short(old)));
        }
    } else if let (Value::Object(_) | Value::Null, Value::Object(_)) | (Value::Object(_), Value::Null) =
        (old, new)
    {
        let keys: BTreeSet<String> = items(old).union(&items(new)).cloned().collect();
        for key in keys {
            let (before, after) =
                (old.get(&key).unwrap_or(&Value::Null), new.get(&key).unwrap_or(&Value::Null));
            path.push(key);
            walk(path, before, after, found);
            path.pop();
        }
    } else if is_laxer(key, old, new) {
        found.push(format!("{at}: {} for {}", short(new), short(old)));
    }
}

/// A level or a switch that is new, gone or of another kind than before checks less.
fn is_laxer(key: &str, old: &Value, new: &Value) -> bool {
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    let rule =
        strictness(new) == Some(0) || (new.is_null() && strictness(old).is_some_and(|level| level > 0));
    let strict = is_strict_switch(key) && (*old == yes || *new == no);
    rule || strict || (LAX.contains(&key) && *new == yes)
}

fn short(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(word) => word.clone(),
        Value::Array(list) => list.first().map(short).unwrap_or_default(),
        Value::Object(_) | Value::Bool(_) | Value::Number(_) => value.to_string().chars().take(40).collect(),
    }
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
            ("src/settings.json", r#"{"strict":true}"#, r#"{"strict":false}"#, &[]),
        ];
        for (path, old, new, expected) in cases {
            assert_eq!(messages(path, old, new), *expected, "{path}: {new}");
        }
    }
}
