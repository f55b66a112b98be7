//! Edits in the text of a model's answer.
//!
//! In: a patch or a reply. Out: [`Extracted`]: the [`Edits`] in whichever form they were found, and whether the text
//! is exactly in that form. Forms are tried in this order: `*** Begin Patch` blocks, SEARCH/REPLACE blocks, fenced
//! diffs, a bare diff, whole files; a text that starts with a diff is one.
//!
//! Nothing here looks at a repository: whether edits fit is for [`crate::patch`] to say.

mod begin_patch;
mod fence;
mod search_replace;
mod unified;
mod whole_files;

/// Edits of several files in one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edits {
    /// A unified diff, perhaps with prose around it.
    Unified(String),
    /// Blocks in the order of the text.
    SearchReplace(Vec<Replacement>),
    /// Files in the order of the text.
    BeginPatch(Vec<FileEdit>),
    /// Files in the order of the text.
    WholeFiles(Vec<WholeFile>),
}

/// A SEARCH/REPLACE block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// File.
    pub path: String,
    /// Whole lines to be found; empty to create the file.
    pub search: String,
    /// What takes their place.
    pub replace: String,
}

/// What a `*** Begin Patch` block does with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdit {
    /// File.
    pub path: String,
    /// What is done with it.
    pub change: FileChange,
}

/// What a `*** Begin Patch` block does with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    /// A new file with this content.
    Add(String),
    /// The file goes.
    Delete,
    /// The file changes, and perhaps its name.
    Update {
        /// New name.
        move_to: Option<String>,
        /// Changes from top to bottom.
        chunks: Vec<Chunk>,
    },
}

/// A run of changed lines with context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunk {
    /// Lines that come before it, in this order, as given after `@@`.
    pub anchors: Vec<String>,
    /// Body.
    pub lines: Vec<ChunkLine>,
    /// Whether it is said to reach the end of the file.
    pub at_end: bool,
}

/// A line of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkLine {
    /// Kept, removed or added.
    pub mark: Mark,
    /// The line without mark and newline.
    pub text: String,
}

/// What a chunk does with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Stays.
    Keep,
    /// Goes.
    Remove,
    /// Comes.
    Add,
}

/// A file given whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeFile {
    /// File.
    pub path: String,
    /// Its new content.
    pub content: String,
}

/// The form in which edits were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Unified diff.
    Unified,
    /// SEARCH/REPLACE blocks.
    SearchReplace,
    /// `*** Begin Patch` blocks.
    BeginPatch,
    /// Whole files.
    WholeFiles,
}

impl Format {
    /// The name that records use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unified => "unified",
            Self::SearchReplace => "search_replace",
            Self::BeginPatch => "begin_patch",
            Self::WholeFiles => "whole_files",
        }
    }
}

/// Edits found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted {
    /// The edits.
    pub edits: Edits,
    /// Their form.
    pub format: Format,
    /// Whether the text is exactly in that form, with nothing around it.
    pub well_formed: bool,
    /// What is not in that form, or was left out.
    pub notes: Vec<String>,
}

/// A text that holds edits in no known form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Malformed {
    /// What was found instead.
    pub why: String,
}

impl Extracted {
    fn new(edits: Edits, notes: Vec<String>) -> Self {
        let format = match &edits {
            Edits::Unified(_) => Format::Unified,
            Edits::SearchReplace(_) => Format::SearchReplace,
            Edits::BeginPatch(_) => Format::BeginPatch,
            Edits::WholeFiles(_) => Format::WholeFiles,
        };
        Self { edits, format, well_formed: notes.is_empty(), notes }
    }
}

/// Edits of a text that is meant as a unified diff. Anything else than a bare diff is not well formed.
pub fn from_patch(text: &str) -> Result<Extracted, Malformed> {
    if text.trim().is_empty() {
        return Ok(Extracted::new(Edits::Unified(String::new()), Vec::new()));
    }
    let mut extracted = find(text)?;
    if extracted.format != Format::Unified
        || !matches!(&extracted.edits, Edits::Unified(diff) if diff == text)
    {
        extracted.well_formed = false;
        extracted.notes.push("the patch is not a bare unified diff".to_owned());
    }
    Ok(extracted)
}

/// Edits of a model's reply.
pub fn from_reply(text: &str) -> Result<Extracted, Malformed> {
    if text.trim().is_empty() {
        return Err(Malformed { why: "the reply is empty".to_owned() });
    }
    find(text)
}

fn find(text: &str) -> Result<Extracted, Malformed> {
    if unified::starts_with_diff(text) {
        return Ok(unified::bare(text));
    }
    if begin_patch::occurs(text) {
        return begin_patch::extract(text);
    }
    if search_replace::occurs(text) {
        return search_replace::extract(text);
    }
    if let Some(extracted) = unified::fenced(text) {
        return Ok(extracted);
    }
    if unified::occurs(text) {
        return Ok(unified::bare(text));
    }
    whole_files::extract(text)
}

/// File names that hold neither a slash nor a dot.
const BARE_NAMES: [&str; 8] =
    ["Makefile", "Dockerfile", "LICENSE", "README", "Justfile", "Gemfile", "Rakefile", "CODEOWNERS"];

/// The path on a line that holds nothing else: without heading marks, quotes, emphasis, a colon behind, or a word like
/// `File:` before. A sentence that mentions a path is not one.
fn path_of(line: &str) -> Option<String> {
    let ornament = |c: char| c.is_whitespace() || matches!(c, '`' | '*' | '"' | '\'' | ':' | '#' | '>');
    let mut text = line.trim_matches(ornament);
    for word in ["File", "file", "Path", "path", "Filename", "filename"] {
        if let Some(rest) = text.strip_prefix(word).filter(|rest| rest.starts_with([':', ' '])) {
            text = rest.trim_matches(ornament);
            break;
        }
    }
    let text = text.strip_prefix("./").unwrap_or(text);
    let fits = !text.is_empty()
        && !text.contains(|c: char| {
            c.is_whitespace() || matches!(c, '`' | '"' | '<' | '>' | '(' | ')' | '=' | ';')
        })
        && !text.ends_with(['.', ',', '!', '?', '/'])
        && !text.contains("://")
        && (text.contains(['/', '.']) || BARE_NAMES.contains(&text));
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn paths_on_lines() {
        for line in [
            "src/x.rs",
            "### src/x.rs",
            "**`src/x.rs`**:",
            "File: `src/x.rs`",
            "./src/x.rs",
            "> \"src/x.rs\"",
        ] {
            assert_eq!(path_of(line).as_deref(), Some("src/x.rs"), "{line}");
        }
        for line in [
            "In `src/x.rs` change this:",
            "Done.",
            "Example",
            "",
            "see https://x.y/z",
            "a = b.c",
            "}",
            "foo();",
        ] {
            assert_eq!(path_of(line), None, "{line}");
        }
    }
}
