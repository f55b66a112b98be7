//! prettier, file by file on standard input.

use std::borrow::Cow;

use super::package::{Package, ends};
use super::{Linter, Way, quote};
use crate::patch::Tree;

/// Row of [`super::LINTERS`].
pub(super) const PRETTIER: Linter = Linter {
    name: Cow::Borrowed("prettier"),
    languages: &["typescript", "javascript"],
    settings: &[
        ".prettierrc",
        ".prettierrc.json",
        ".prettierrc.json5",
        ".prettierrc.yml",
        ".prettierrc.yaml",
        ".prettierrc.toml",
        ".prettierrc.js",
        ".prettierrc.cjs",
        ".prettierrc.mjs",
        "prettier.config.js",
        "prettier.config.cjs",
        "prettier.config.mjs",
        ".prettierignore",
        // It reads these as well.
        ".editorconfig",
        ".gitignore",
    ],
    detect: |tree| Package::of(tree).needs("prettier"),
    way: Way::Format { command, list: Some(list) },
    version: Some("node_modules/.bin/prettier --version"),
};

/// Files of code, styles and mark-up; prose and data are seldom held to a formatter.
const ENDINGS: &[&str] =
    &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "css", "scss", "less", "vue", "html", "graphql"];

fn command(_: &dyn Tree, path: &str) -> Option<String> {
    ends(path, ENDINGS).then(|| format!("node_modules/.bin/prettier --stdin-filepath {}", quote(path)))
}

/// Starting it takes longer than formatting a file: of several files it says at once which it would alter.
fn list(_: &dyn Tree, paths: &[&str]) -> String {
    let quoted: Vec<String> = paths.iter().map(|path| quote(path)).collect();
    format!("node_modules/.bin/prettier --list-different {}", quoted.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::tree;

    #[test]
    fn code_and_styles_are_formatted() {
        let tree = tree(&[]);
        assert_eq!(
            command(&tree, "src/it's.tsx").as_deref(),
            Some(r"node_modules/.bin/prettier --stdin-filepath 'src/it'\''s.tsx'")
        );
        assert_eq!(command(&tree, "README.md"), None);
        assert_eq!(command(&tree, "LICENSE"), None);
    }
}
