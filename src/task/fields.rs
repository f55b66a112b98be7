//! Unknown fields are errors that name the nearest known one: a misspelt `fail_to_pas` must not become "no tests".

use similar::TextDiff;

/// The fields that a table of `task.toml` knows.
pub(super) const TABLES: &[(&str, &[&str])] = &[
    ("", &["schema", "id", "language", "span", "repo", "environment", "test", "scope", "lint"]),
    ("repo", &["source", "commit", "sha256", "gold_version", "gold_sha256", "gold_paths", "test_paths"]),
    ("environment", &["setup", "build", "packages", "toolchain", "image", "workdir"]),
    ("test", &["command", "format", "timeout", "fail_to_pass", "pass_to_pass"]),
    ("scope", &["allow"]),
    ("lint", &["commands"]),
];

/// The first field of `table` that its schema does not know, with the nearest known one.
pub(super) fn unknown(table_name: &str, table: &toml::Table) -> Option<(String, Option<&'static str>)> {
    let (_, known) = TABLES.iter().find(|(name, _)| *name == table_name)?;
    let stranger = table.keys().find(|key| !known.contains(&key.as_str()))?;
    Some((stranger.clone(), nearest(stranger, known)))
}

/// The candidate most like `word`, where any is like it at all.
pub(crate) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    candidates
        .iter()
        .map(|candidate| (TextDiff::from_chars(word, *candidate).ratio(), *candidate))
        .filter(|(ratio, _)| *ratio >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_field_names_the_nearest_known_one() {
        let cases = [
            ("test", "fail_to_pas = []", Some(("fail_to_pas", Some("fail_to_pass")))),
            ("test", "pass2pass = []", Some(("pass2pass", Some("pass_to_pass")))),
            ("", "langauge = 'rust'", Some(("langauge", Some("language")))),
            ("repo", "zzz = 1", Some(("zzz", None))),
            ("repo", "commit = 'x'", None),
        ];
        for (table, text, expected) in cases {
            let parsed: toml::Table = toml::from_str(text).unwrap();
            let found = unknown(table, &parsed);
            let found = found.as_ref().map(|(field, near)| (field.as_str(), *near));
            assert_eq!(found, expected, "{text}");
        }
    }
}
