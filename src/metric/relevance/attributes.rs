//! What `.gitattributes` of the base say of files: `linguist-generated`, `linguist-documentation`, `linguist-vendored`.
//!
//! The base's, so that a patch cannot call its own files generated. The last line that matches a path holds, and of two
//! files the deeper one.

use globset::{GlobBuilder, GlobMatcher};

use crate::diff::Role;
use crate::patch::Tree;

/// Lines of all `.gitattributes`, outermost file first.
pub(super) struct Attributes {
    lines: Vec<Line>,
}

struct Line {
    /// Folder of the file, with `/` at its end; empty at the top.
    folder: String,
    glob: GlobMatcher,
    role: Role,
    set: bool,
}

/// Vendored files are somebody else's, written by people: neither this code nor made by a program.
const NAMES: &[(&str, Role)] = &[
    ("linguist-generated", Role::Generated),
    ("linguist-documentation", Role::Doc),
    ("linguist-vendored", Role::Other),
];

impl Attributes {
    /// Reads those of a tree.
    pub fn read(tree: &dyn Tree, paths: &[String]) -> Self {
        let mut files: Vec<&String> =
            paths.iter().filter(|path| path.rsplit('/').next() == Some(".gitattributes")).collect();
        files.sort_by_key(|path| path.matches('/').count());
        let mut lines = Vec::new();
        for file in files {
            let folder = file.strip_suffix(".gitattributes").unwrap_or_default();
            let text = tree.blob(file).map(|blob| blob.bytes).unwrap_or_default();
            for line in String::from_utf8_lossy(&text).lines() {
                lines.extend(read_line(folder, line));
            }
        }
        Self { lines }
    }

    /// The role that the attributes give a path, if any does; an attribute that is unset takes a role back.
    pub fn role(&self, path: &str) -> Option<Role> {
        NAMES.iter().map(|(_, role)| *role).find(|role| self.set(path, *role) == Some(true))
    }

    /// The attributes say that the path is not generated, whatever its name or first lines say.
    pub fn written_by_hand(&self, path: &str) -> bool {
        self.set(path, Role::Generated) == Some(false)
    }

    fn set(&self, path: &str, role: Role) -> Option<bool> {
        let holds = |line: &&Line| {
            line.role == role && path.strip_prefix(&line.folder).is_some_and(|rest| line.glob.is_match(rest))
        };
        self.lines.iter().rev().find(holds).map(|line| line.set)
    }
}

fn read_line(folder: &str, line: &str) -> Vec<Line> {
    let line = line.trim();
    let mut words = line.split_whitespace();
    let Some(pattern) = words.next().filter(|pattern| !pattern.starts_with('#')) else { return Vec::new() };
    // A pattern without a slash inside is for names at any depth.
    let anchored = pattern.trim_end_matches('/').contains('/');
    let pattern = pattern.trim_start_matches('/');
    let pattern = if anchored { pattern.to_owned() } else { format!("**/{pattern}") };
    let Ok(glob) = GlobBuilder::new(&pattern).literal_separator(true).build() else { return Vec::new() };
    let matcher = glob.compile_matcher();
    words
        .filter_map(|word| {
            let (name, set) = match word.split_once('=') {
                Some((name, value)) => (name, value != "false"),
                None => (word.trim_start_matches(['-', '!']), !word.starts_with(['-', '!'])),
            };
            let (_, role) = NAMES.iter().find(|(known, _)| *known == name)?;
            Some(Line { folder: folder.to_owned(), glob: matcher.clone(), role: *role, set })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::memory::Files;

    #[test]
    fn lines_give_and_take_roles() {
        let files = Files::of(&[
            (
                ".gitattributes",
                "# roles\n*.pb.rs linguist-generated\n/dist/** linguist-generated=true\nvendor/** linguist-vendored\n\
                 guide/** linguist-documentation\ndist/hand.js -linguist-generated\n",
            ),
            ("web/.gitattributes", "*.pb.rs linguist-generated=false\nout.js linguist-generated\n"),
        ]);
        let attributes = Attributes::read(&files, &files.paths());
        for (path, role, by_hand) in [
            ("src/a.pb.rs", Some(Role::Generated), false),
            ("dist/a/b.js", Some(Role::Generated), false),
            ("dist/hand.js", None, true),
            ("src/dist/a.js", None, false),
            ("vendor/x/y.rs", Some(Role::Other), false),
            ("guide/a.rs", Some(Role::Doc), false),
            ("web/a.pb.rs", None, true),
            ("web/in/out.js", Some(Role::Generated), false),
            ("out.js", None, false),
        ] {
            assert_eq!((attributes.role(path), attributes.written_by_hand(path)), (role, by_hand), "{path}");
        }
    }
}
