//! Which settings of two trees check less.
//!
//! In: a tool's settings before and after. Out: each key that was relaxed, with the trail that leads to it. What a key means
//! is told by its name: lists of what is left out, lists of what is wanted, levels, thresholds, switches.

use std::collections::BTreeSet;

use serde_json::Value;

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
pub(super) struct Relaxed {
    pub what: String,
    /// Keys from the top down, and the item of a list where it is one.
    pub trail: Vec<String>,
}

/// What is checked less, each with the path of its key.
pub(super) fn relaxed(old: &Value, new: &Value) -> Vec<Relaxed> {
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
