//! Edits as a table writes them: each is done to a folder, and fails where the text that it names is not there once.

use std::fs;
use std::path::Path;

use serde::Deserialize;

/// One edit of a tree.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Edit {
    /// A text for another that stands there once.
    Replace { file: String, find: String, put: String },
    /// A new file.
    Create { file: String, create: String },
    /// Lines at the top.
    Top { file: String, top: String },
    /// Lines at the end.
    Append { file: String, append: String },
    /// Lines above the one that begins so.
    Above { file: String, above: String, put: String },
    /// The file is gone.
    Delete { file: String, delete: bool },
    /// The file has another path.
    Rename { file: String, rename: String },
    /// A word for another, wherever it stands whole.
    Word { files: Vec<String>, word: String, with: String },
    /// Lines of an element go above the line that begins with `above` in `into`, else to its end; so many blanks deeper.
    Move {
        file: String,
        from: String,
        to: Option<String>,
        into: String,
        above: Option<String>,
        #[serde(default)]
        deeper: i32,
        /// Without blank lines around.
        #[serde(default)]
        tight: bool,
    },
    /// Lines of an element get a line before and one after them, and stand deeper.
    Wrap { file: String, from: String, to: Option<String>, before: String, after: String, deeper: i32 },
}

impl Edit {
    /// The file that it is about; of a move where the lines go.
    pub fn file(&self) -> &str {
        match self {
            Self::Replace { file, .. }
            | Self::Create { file, .. }
            | Self::Top { file, .. }
            | Self::Append { file, .. }
            | Self::Above { file, .. }
            | Self::Delete { file, .. }
            | Self::Rename { rename: file, .. }
            | Self::Move { into: file, .. }
            | Self::Wrap { file, .. } => file,
            Self::Word { files, .. } => &files[0],
        }
    }

    /// Does it in a folder.
    #[track_caller]
    pub fn apply(&self, folder: &Path) {
        let read = |file: &str| {
            fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
        };
        let write = |file: &str, text: &str| {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        match self {
            Self::Replace { file, find, put } => {
                let text = read(file);
                assert_eq!(text.matches(find.as_str()).count(), 1, "{file} holds {find:?} not once");
                write(file, &text.replacen(find, put, 1));
            }
            Self::Create { file, create } => write(file, create),
            Self::Top { file, top } => write(file, &format!("{top}{}", read(file))),
            Self::Append { file, append } => write(file, &format!("{}{append}", read(file))),
            Self::Above { file, above, put } => {
                let mut lines = lines(&read(file));
                let at = begins(&lines, above, file);
                lines.insert(at, put.trim_end_matches('\n').to_owned());
                write(file, &joined(&lines));
            }
            Self::Delete { file, delete } => {
                assert!(delete, "{file}: deleted or not named at all");
                fs::remove_file(folder.join(file)).unwrap();
            }
            Self::Rename { file, rename } => {
                write(rename, &read(file));
                fs::remove_file(folder.join(file)).unwrap();
            }
            Self::Word { files, word, with } => {
                for file in files {
                    let text = read(file);
                    let replaced = replaced(&text, word, with);
                    assert_ne!(text, replaced, "{file} holds no {word:?}");
                    write(file, &replaced);
                }
            }
            Self::Move { file, from, to, into, above, deeper, tight } => {
                let mut rest = lines(&read(file));
                let (first, last) = element(&rest, from, to.as_deref(), file);
                let mut block: Vec<String> =
                    rest.drain(first..=last).map(|line| deep(&line, *deeper)).collect();
                let blank = |lines: &[String], at: usize| lines.get(at).is_some_and(String::is_empty);
                // One blank line goes with it.
                if !tight
                    && first > 0
                    && blank(&rest, first - 1)
                    && (blank(&rest, first) || rest.get(first).is_none_or(|line| line.trim() == "}"))
                {
                    rest.remove(first - 1);
                } else if !tight && blank(&rest, first) {
                    rest.remove(first);
                }
                write(file, &joined(&rest));
                let mut target = lines(&read(into));
                if let Some(above) = above {
                    let at = begins(&target, above, into);
                    if !tight {
                        block.push(String::new());
                    }
                    target.splice(at..at, block);
                } else {
                    if !tight {
                        target.push(String::new());
                    }
                    target.extend(block);
                }
                write(into, &joined(&target));
            }
            Self::Wrap { file, from, to, before, after, deeper } => {
                let mut lines = lines(&read(file));
                let (first, last) = element(&lines, from, to.as_deref(), file);
                for line in &mut lines[first..=last] {
                    *line = deep(line, *deeper);
                }
                lines.insert(last + 1, after.clone());
                lines.insert(first, before.clone());
                lines.retain(|line| line != "-");
                write(file, &joined(&lines));
            }
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn joined(lines: &[String]) -> String {
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn deep(line: &str, deeper: i32) -> String {
    if line.is_empty() {
        String::new()
    } else if deeper < 0 {
        line.strip_prefix(&" ".repeat(deeper.unsigned_abs() as usize)).unwrap_or(line.trim_start()).to_owned()
    } else {
        format!("{}{line}", " ".repeat(deeper.unsigned_abs() as usize))
    }
}

/// The line that begins so, blanks aside; there is one only.
#[track_caller]
fn begins(lines: &[String], start: &str, file: &str) -> usize {
    let found: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.trim_start().starts_with(start))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(found.len(), 1, "{file}: lines that begin with {start:?}: {found:?}");
    found[0]
}

/// First and last line of an element: from the line that begins with `from`, to the next at the same depth that begins
/// with `to`.
#[track_caller]
fn element(lines: &[String], from: &str, to: Option<&str>, file: &str) -> (usize, usize) {
    let first = begins(lines, from, file);
    let Some(to) = to else { return (first, first) };
    let depth = |line: &String| line.len() - line.trim_start().len();
    let last = lines
        .iter()
        .enumerate()
        .skip(first + 1)
        .find(|(_, line)| depth(line) == depth(&lines[first]) && line.trim_start().starts_with(to));
    (first, last.unwrap_or_else(|| panic!("{file}: no {to:?} behind {from:?}")).0)
}

/// A text with a whole word replaced.
fn replaced(text: &str, word: &str, with: &str) -> String {
    let mut result = String::new();
    let mut current = String::new();
    for letter in text.chars().chain(['\0']) {
        if letter.is_alphanumeric() || letter == '_' {
            current.push(letter);
            continue;
        }
        result.push_str(if current == word { with } else { &current });
        current.clear();
        if letter != '\0' {
            result.push(letter);
        }
    }
    result
}
