//! rustfmt, file by file on standard input, so that one file's modules are not formatted with it.

use std::borrow::Cow;

use super::{Linter, Way, quote};
use crate::patch::Tree;

/// Row of [`super::LINTERS`].
pub(super) const RUSTFMT: Linter = Linter {
    name: Cow::Borrowed("rustfmt"),
    languages: &["rust"],
    settings: &[RUSTFMT_TOML, DOT_RUSTFMT_TOML],
    detect: |tree| tree.paths().iter().any(|path| is_rust(path)),
    way: Way::Format { command, list: None },
    version: Some("rustfmt --version"),
};

const RUSTFMT_TOML: &str = "rustfmt.toml";
const DOT_RUSTFMT_TOML: &str = ".rustfmt.toml";

fn command(tree: &dyn Tree, path: &str) -> Option<String> {
    if !is_rust(path) {
        return None;
    }
    let edition = edition(tree, path);
    let mut command = format!("rustfmt --edition {edition} --emit stdout --quiet");
    if let Some(folder) = settings_folder(tree, path) {
        command.push_str(" --config-path ");
        command.push_str(&quote(if folder.is_empty() { "." } else { folder }));
    }
    Some(command)
}

fn is_rust(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|ending| ending == "rs")
}

/// The folders above a file, innermost first; the root is the empty path.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let current = rest?;
        let folder = current.rsplit_once('/').map_or("", |(folder, _)| folder);
        rest = (!current.is_empty() && !folder.is_empty()).then_some(folder);
        if rest.is_none() && !folder.is_empty() {
            rest = Some("");
        }
        Some(folder)
    })
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn settings_folder<'a>(tree: &dyn Tree, path: &'a str) -> Option<&'a str> {
    folders(path).find(|folder| {
        [RUSTFMT_TOML, DOT_RUSTFMT_TOML].iter().any(|name| tree.blob(&join(folder, name)).is_some())
    })
}

/// The edition of the package that holds a file; 2015 where nothing says it, as cargo has it.
fn edition(tree: &dyn Tree, path: &str) -> String {
    let manifest = |folder: &str| -> Option<toml::Table> {
        let blob = tree.blob(&join(folder, "Cargo.toml"))?;
        toml::from_str(std::str::from_utf8(&blob.bytes).ok()?).ok()
    };
    let manifests: Vec<toml::Table> = folders(path).filter_map(manifest).collect();
    let named = |table: &toml::Table| table.get("package")?.get("edition").cloned();
    let edition = match manifests.iter().find(|table| table.contains_key("package")).and_then(named) {
        Some(toml::Value::String(edition)) => Some(edition),
        // `edition.workspace = true`
        Some(_) => manifests.iter().find_map(|table| {
            table.get("workspace")?.get("package")?.get("edition")?.as_str().map(str::to_owned)
        }),
        None => None,
    };
    // It goes into a command line: nothing but the editions' own form.
    edition
        .filter(|e| e.len() == 4 && e.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or_else(|| "2015".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::memory::Files;

    #[test]
    fn edition_and_settings_come_from_the_nearest_file() {
        let tree = Files::of(&[
            ("Cargo.toml", "[workspace]\nmembers = ['a', 'b']\n[workspace.package]\nedition = '2021'\n"),
            ("rustfmt.toml", ""),
            ("a/Cargo.toml", "[package]\nname = 'a'\nedition.workspace = true\n"),
            ("b/Cargo.toml", "[package]\nname = 'b'\nedition = '2018'\n"),
            ("b/.rustfmt.toml", ""),
        ]);
        let cases = [
            ("a/src/lib.rs", Some("rustfmt --edition 2021 --emit stdout --quiet --config-path '.'")),
            ("b/src/it's.rs", Some("rustfmt --edition 2018 --emit stdout --quiet --config-path 'b'")),
            ("build.rs", Some("rustfmt --edition 2015 --emit stdout --quiet --config-path '.'")),
            ("a/README.md", None),
        ];
        for (path, expected) in cases {
            assert_eq!(command(&tree, path).as_deref(), expected, "{path}");
        }
        assert_eq!(folders("a/b/c.rs").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folders("c.rs").collect::<Vec<_>>(), [""]);
    }
}
