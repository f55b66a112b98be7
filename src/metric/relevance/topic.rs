//! What the statement and the task's scope name: no sign holds for that.

use std::collections::BTreeSet;

use globset::{Glob, GlobSet, GlobSetBuilder};

/// What the statement talks about.
pub(crate) struct Topic {
    /// Words that can only be names: with `_`, with capitals inside, or in code.
    names: BTreeSet<String>,
    /// The statement in lower case.
    text: String,
    /// The statement without its code, in lower case.
    prose: String,
    allowed: GlobSet,
}

/// Turns of phrase that make a kind of edit the task's own.
const DOCUMENTATION: &[&str] =
    &["documentation", "docs", "doc comment", "docstring", "rustdoc", "jsdoc", "readme"];
const COMMENTS: &[&str] = &[
    "code comment",
    "typo",
    "update comment",
    "update the comment",
    "fix comment",
    "fix the comment",
    "outdated comment",
    "stale comment",
    "misleading comment",
    "wrong comment",
    "comment says",
    "comments say",
    "comment is wrong",
];
const FORMATTING: &[&str] = &["rustfmt", "cargo fmt", "reformat", "code style", "whitespace", "prettier"];
const PRINTING: &[&str] = &["logging", "log message", "println", "printing", "print ", "stderr", "stdout"];
const MODES: &[&str] = &[
    "executable",
    "chmod",
    "permission",
    "file mode",
    "line ending",
    "line end",
    "crlf",
    "carriage return",
    "byte-order mark",
    "byte order mark",
    "bom",
];
const HOUSEKEEPING: &[&str] =
    &["gitignore", "github action", "workflow", "lockfile", "cargo.lock", " ci ", "msrv"];

impl Topic {
    pub fn new(statement: Option<&str>, allow: Option<&[String]>) -> Self {
        let statement = statement.unwrap_or("");
        let mut names = BTreeSet::new();
        let mut prose = String::new();
        for (number, part) in statement.split('`').enumerate() {
            let code = number % 2 == 1;
            for word in words(part) {
                let inner_capital = word.chars().skip(1).any(char::is_uppercase);
                if word.len() > 2 && (code || word.contains('_') || inner_capital) {
                    names.insert(word.to_owned());
                }
            }
            if !code {
                prose.push_str(&part.to_lowercase());
            }
        }
        let mut allowed = GlobSetBuilder::new();
        for glob in allow.unwrap_or_default().iter().filter_map(|glob| Glob::new(glob).ok()) {
            allowed.add(glob);
        }
        let allowed = allowed.build().unwrap_or_else(|_| GlobSet::empty());
        Self { names, text: statement.to_lowercase(), prose, allowed }
    }

    /// The statement uses this name.
    pub fn names(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Only one of two texts has a name that the statement uses.
    pub fn names_any_of(&self, texts: &[&str; 2]) -> bool {
        let [old, new] =
            texts.map(|text| words(text).filter(|word| self.names(word)).collect::<BTreeSet<_>>());
        old != new
    }

    /// The statement names the file, or the scope allows it.
    pub fn names_file(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        let whole = name.contains('.') || name.len() > 6;
        (whole && super::view::has_word(self.text.as_bytes(), &name)) || self.allowed.is_match(path)
    }

    /// The statement names the folder, or the scope allows it.
    pub fn names_folder(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.names(name)
            || self.text.contains(&format!("{}/", name.to_lowercase()))
            || self.allowed.is_match(format!("{path}/x"))
    }

    /// The statement uses this word, in any form of it.
    pub fn says(&self, word: &str) -> bool {
        self.text.contains(word)
    }

    /// Of documentation, or of comments.
    pub fn about_documentation(&self) -> bool {
        says_any(&self.prose, DOCUMENTATION) || self.about_comments()
    }

    /// Of comments of any kind.
    pub fn about_comments(&self) -> bool {
        says_any(&self.prose, COMMENTS)
    }

    pub fn about_formatting(&self) -> bool {
        says_any(&self.prose, FORMATTING)
    }

    pub fn about_printing(&self) -> bool {
        says_any(&self.prose, PRINTING)
    }

    /// Of modes, line ends or byte-order marks: a file is named for its content otherwise.
    pub fn about_modes(&self) -> bool {
        says_any(&self.prose, MODES)
    }

    pub fn about_housekeeping(&self) -> bool {
        says_any(&self.prose, HOUSEKEEPING)
    }
}

/// Whole words, or with an ending after them: `typo`, `typos`; but `comments` are the program's own in most statements.
fn says_any(text: &str, turns: &[&str]) -> bool {
    turns.iter().any(|turn| {
        let word = turn.starts_with(char::is_alphanumeric);
        text.match_indices(turn).any(|(at, _)| {
            !word || !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '/' || c == '.')
        })
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_prose() {
        let topic =
            Topic::new(Some("The result of `get` and of read_all in MyType is wrong, see src/a.rs."), None);
        for (name, expected) in
            [("get", true), ("read_all", true), ("MyType", true), ("result", false), ("wrong", false)]
        {
            assert_eq!(topic.names(name), expected, "{name}");
        }
        assert!(topic.names_file("src/a.rs"));
        assert!(!topic.names_file("src/ba.rs"));
    }

    #[test]
    fn code_is_no_topic() {
        assert!(
            !Topic::new(Some("It panics:\n```\nprintln!(\"{}\", x); // comment\n```\n"), None)
                .about_printing()
        );
        assert!(
            Topic::new(Some("Contradictory behaviour compared to documentation"), None).about_documentation()
        );
    }

    #[test]
    fn documentation_is_spoken_of_in_words() {
        for (statement, expected) in [
            ("The docs are wrong.", true),
            ("Fix typos in errors.", true),
            ("The comment says otherwise.", true),
            ("Comments in the input are dropped.", false),
            ("See https://example.org/docs/x for more.", false),
        ] {
            assert_eq!(Topic::new(Some(statement), None).about_documentation(), expected, "{statement}");
        }
    }

    #[test]
    fn the_scope_allows_files() {
        let topic = Topic::new(None, Some(&["scripts/**".to_owned()]));
        assert!(topic.names_file("scripts/reproduce.py"));
        assert!(!topic.names_file("reproduce.py"));
    }
}
