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
const WANTED: &[&str] = &["select", "extend-select", "extends", "plugins", "include", "includes", "files"];

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

/// A setting that checks less.
struct Relaxed {
    what: String,
    /// Keys from the top down, and the item of a list where it is one.
    trail: Vec<String>,
}

/// What is checked less, each with the path of its key.
fn relaxed(old: &Value, new: &Value) -> Vec<Relaxed> {
    let mut found = Vec::new();
    walk(&mut Vec::new(), old, new, &mut found);
    found
}

/// What a list or table holds.
fn items(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(list) => {
            list.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect()
        }
        Value::String(one) => BTreeSet::from([one.clone()]),
        Value::Object(table) => table.keys().cloned().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => BTreeSet::new(),
    }
}

/// Flags of a compiler, in a list or a line; what is allowed by name stands behind its switch.
fn flags(value: &Value) -> BTreeSet<String> {
    let words: Vec<String> =
        items_in_order(value).iter().flat_map(|one| one.split(' ')).map(str::to_owned).collect();
    let joined = |(at, word): (usize, &String)| match word.as_str() {
        "-A" | "--allow" | "--cap-lints" => {
            format!("{word} {}", words.get(at + 1).map_or("", String::as_str))
        }
        _ => word.clone(),
    };
    words.iter().enumerate().map(joined).collect()
}

fn items_in_order(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(one) => vec![one.clone()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn walk(path: &mut Vec<String>, old: &Value, new: &Value, found: &mut Vec<Relaxed>) {
    if old == new {
        return;
    }
    let key = path.last().map(String::as_str).unwrap_or_default();
    let at = path.join(".");
    let own_trail = || path.iter().flat_map(|key| key.split('.')).map(str::to_owned);
    let relaxed = |what: String| Relaxed { what, trail: own_trail().collect() };
    let item =
        |what: String, item: &String| Relaxed { what, trail: own_trail().chain([item.clone()]).collect() };
    let (before, after) = (items(old), items(new));
    let is_negated = |one: &&String| one.starts_with('!');
    if key == "rustflags" {
        let lax =
            |flag: &&String| ["-A", "--allow", "--cap-lints"].iter().any(|begin| flag.starts_with(begin));
        found.extend(
            flags(new).difference(&flags(old)).filter(lax).map(|one| item(format!("{at}: {one}"), one)),
        );
    } else if LISTS.contains(&key) || key.starts_with("allowed-") {
        found.extend(after.difference(&before).map(|one| item(format!("{at}: {one}"), one)));
    } else if (WANTED.contains(&key) || key.starts_with("disallowed-"))
        && !old.is_object()
        && !new.is_object()
    {
        let more = after.difference(&before).filter(is_negated);
        found.extend(more.map(|one| item(format!("{at}: {one}"), one)));
        let less = before.difference(&after).filter(|one| !is_negated(one));
        found.extend(less.map(|one| relaxed(format!("{at}: no longer {one}"))));
    } else if let (true, Some(before), Some(after)) = (is_threshold(key), old.as_f64(), new.as_f64()) {
        if after > before {
            found.push(relaxed(format!("{at}: {} for {}", short(new), short(old))));
        }
    } else if let (Some(before), Some(after)) = (strictness(old), strictness(new)) {
        if after < before {
            found.push(relaxed(format!("{at}: {} for {}", short(new), short(old))));
        }
    } else if let (Value::Object(_) | Value::Null, Value::Object(_)) | (Value::Object(_), Value::Null) =
        (old, new)
    {
        for key in before.union(&after) {
            let (before, after) =
                (old.get(key).unwrap_or(&Value::Null), new.get(key).unwrap_or(&Value::Null));
            path.push(key.clone());
            walk(path, before, after, found);
            path.pop();
        }
    } else if let ("overrides", Value::Array(after)) = (key, new) {
        // Each is a table of settings for some files; one that only moved is no other.
        let before = old.as_array().map_or(&[][..], Vec::as_slice);
        let mut left: Vec<&Value> = before.iter().filter(|one| !after.contains(one)).collect();
        for one in after.iter().filter(|one| !before.contains(one)) {
            let files = |value: &Value| value.get("files").or_else(|| value.get("includes")).cloned();
            let twin = left.iter().position(|other| files(other) == files(one)).map(|at| left.remove(at));
            walk_override(path, twin.unwrap_or(&Value::Null), one, found);
        }
    } else if is_laxer(key, old, new) {
        found.push(relaxed(format!("{at}: {} for {}", short(new), short(old))));
    }
}

/// Walks a table of `overrides`: which files it is for is no setting of its own.
fn walk_override(path: &mut Vec<String>, old: &Value, new: &Value, found: &mut Vec<Relaxed>) {
    for (key, after) in new.as_object().into_iter().flatten() {
        if !["files", "includes", "include"].contains(&key.as_str()) {
            path.push(key.clone());
            walk(path, old.get(key).unwrap_or(&Value::Null), after, found);
            path.pop();
        }
    }
}

/// A number above which a checker speaks.
fn is_threshold(key: &str) -> bool {
    key.ends_with("-threshold") || key.starts_with("max-")
}

/// A level or a switch that is new, gone or of another kind than before checks less.
fn is_laxer(key: &str, old: &Value, new: &Value) -> bool {
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    let rule =
        strictness(new) == Some(0) || (new.is_null() && strictness(old).is_some_and(|level| level > 0));
    let strict = is_strict_switch(key) && (*old == yes || *new == no);
    let is_lax = LAX.contains(&key) || key.starts_with("allow-");
    rule || strict || (is_lax && *new == yes)
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
            ("src/settings.json", r#"{"strict":true}"#, r#"{"strict":false}"#, &[]),
        ];
        for (path, old, new, expected) in cases {
            assert_eq!(messages(path, old, new), *expected, "{path}: {new}");
        }
    }
}
