//! Which files hold the settings of linters, in what form, and what of a manifest is theirs.

use super::package::ends;

/// The form of a settings file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsForm {
    /// Patterns of what is left out, one a line.
    Ignore,
    /// A program.
    Program,
    /// JSON or TOML; of a manifest only these tables are a linter's.
    Data {
        /// Paths of keys; all of the file where there are none.
        tables: &'static [&'static [&'static str]],
    },
}

/// The form of a file that holds settings of a linter; none of any other.
pub fn settings_form(path: &str) -> Option<SettingsForm> {
    let name = path.rsplit('/').next()?;
    let data = |tables| Some(SettingsForm::Data { tables });
    if path == ".cargo/config.toml" || path.ends_with("/.cargo/config.toml") {
        return data(&[]);
    }
    match name {
        ".eslintignore" | ".prettierignore" | ".stylelintignore" => Some(SettingsForm::Ignore),
        "Cargo.toml" => data(&[&["lints"], &["workspace", "lints"]]),
        "pyproject.toml" => data(&[&["tool", "ruff"], &["tool", "mypy"], &["tool", "pylint"]]),
        "package.json" => data(&[&["eslintConfig"], &["stylelint"], &["prettier"]]),
        "clippy.toml" | ".clippy.toml" | "ruff.toml" | ".ruff.toml" | ".eslintrc" | ".eslintrc.json"
        | ".stylelintrc" | ".stylelintrc.json" | "biome.json" | "biome.jsonc" | ".biome.json"
        | ".biome.jsonc" | "mypy.ini" | ".mypy.ini" | "setup.cfg" | ".flake8" => data(&[]),
        _ if name.starts_with("tsconfig") && ends(name, &["json"]) => data(&[]),
        _ => {
            let program = ["eslint.config.", "stylelint.config.", ".eslintrc.", ".stylelintrc."];
            program.iter().any(|begin| name.starts_with(begin)).then_some(SettingsForm::Program)
        }
    }
}

/// A manifest as the patch left it, with the linters' tables as the base has them; none where nothing is to be put back
/// or one of the two cannot be read (then the tool that reads it says so).
pub fn with_base_tables(path: &str, base: &[u8], mine: &[u8]) -> Option<Vec<u8>> {
    let Some(SettingsForm::Data { tables }) = settings_form(path) else { return None };
    let (base, mine) = (std::str::from_utf8(base).ok()?, std::str::from_utf8(mine).ok()?);
    if tables.is_empty() {
        return None;
    }
    if ends(path, &["toml"]) {
        let base: toml_edit::DocumentMut = base.parse().ok()?;
        let mut document: toml_edit::DocumentMut = mine.parse().ok()?;
        for table in tables {
            put_toml(document.as_table_mut(), base.as_table(), table);
        }
        let text = document.to_string();
        return (text != mine).then(|| text.into_bytes());
    }
    let base: serde_json::Value = serde_json::from_str(base).ok()?;
    let mut value: serde_json::Value = serde_json::from_str(mine).ok()?;
    let before = value.clone();
    for table in tables {
        // Linters' tables in a `package.json` stand at its top.
        let (Some(key), Some(object)) = (table.first(), value.as_object_mut()) else { continue };
        match base.get(key) {
            Some(own) => object.insert((*key).to_owned(), own.clone()),
            None => object.shift_remove(*key),
        };
    }
    (value != before).then(|| serde_json::to_vec_pretty(&value).ok()).flatten()
}

fn put_toml(mine: &mut dyn toml_edit::TableLike, base: &dyn toml_edit::TableLike, path: &[&str]) {
    let [key, rest @ ..] = path else { return };
    let own = base.get(key);
    if rest.is_empty() {
        match own {
            Some(item) => {
                mine.insert(key, item.clone());
            }
            None => {
                mine.remove(key);
            }
        }
        return;
    }
    let nothing = toml_edit::Table::new();
    let own: &dyn toml_edit::TableLike = own.and_then(toml_edit::Item::as_table_like).unwrap_or(&nothing);
    if mine.get(key).is_none() && !own.is_empty() {
        let mut table = toml_edit::Table::new();
        table.set_implicit(true);
        mine.insert(key, toml_edit::Item::Table(table));
    }
    if let Some(inner) = mine.get_mut(key).and_then(toml_edit::Item::as_table_like_mut) {
        put_toml(inner, own, rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_gets_the_linters_tables_back() {
        let base = "[package]\nname = \"a\"\n\n[lints.clippy]\nunwrap_used = \"deny\"\n";
        let cases = [
            ("Cargo.toml", base, base.replace("deny", "allow"), Some(base.to_owned())),
            ("Cargo.toml", base, base.replace("\"a\"", "\"b\""), None),
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\n",
                base.to_owned(),
                Some("[package]\nname = \"a\"\n".to_owned()),
            ),
            (
                "pyproject.toml",
                "[tool.ruff]\nselect = [\"E\"]\n",
                "[tool.other]\na = 1\n\n[tool.ruff]\nselect = []\n".to_owned(),
                Some("[tool.other]\na = 1\n[tool.ruff]\nselect = [\"E\"]\n".to_owned()),
            ),
            (
                "package.json",
                r#"{"eslintConfig":{"root":true}}"#,
                r#"{"name":"a"}"#.to_owned(),
                Some("{\n  \"name\": \"a\",\n  \"eslintConfig\": {\n    \"root\": true\n  }\n}".to_owned()),
            ),
            ("tsconfig.json", "{}", "{\"a\":1}".to_owned(), None),
        ];
        for (path, base, mine, expected) in cases {
            let found = with_base_tables(path, base.as_bytes(), mine.as_bytes());
            assert_eq!(
                found.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
                expected,
                "{path}: {mine}"
            );
        }
    }
}
