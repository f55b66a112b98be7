//! What a unified diff says, before any tree is looked at.
//!
//! The parser fills these values and never fails; what it had to guess or could not read is listed as an [`Oddity`],
//! whose [`Severity`] decides which rungs of the ladder may still take the patch.

use crate::prediction::hunk_header::HunkHeader;

use super::line::Line;

/// A patch as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patch<'a> {
    /// Sections, one per `diff --git` line or `---`/`+++` pair, in the order of the text.
    pub files: Vec<FilePatch<'a>>,
    /// What is not as the format has it, by line.
    pub oddities: Vec<Oddity>,
}

impl Patch<'_> {
    /// The worst of the oddities.
    pub fn severity(&self) -> Option<Severity> {
        self.oddities.iter().map(|oddity| oddity.severity).max()
    }
}

/// Something in the text of a patch that is not as the format has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// 1-based line of the patch text.
    pub line: usize,
    /// How much it matters.
    pub severity: Severity,
    /// What was seen and what was made of it.
    pub text: String,
}

/// How much an oddity matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing was guessed: strict readers take it too.
    Note,
    /// The text was mended in a way that `patch` mends it: leading text, a missing last newline, chopped blank lines.
    Mended,
    /// Hunk counts or lost leading blanks were made up from the body.
    Recounted,
    /// A part could not be read and is lost.
    Unreadable,
}

/// One file's section of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePatch<'a> {
    /// 1-based line of the patch text where the section begins.
    pub line: usize,
    /// Whether it begins with a `diff --git` line.
    pub git: bool,
    /// Old name as written, unquoted, with its prefix; `None` for `/dev/null`.
    pub old: Option<Vec<u8>>,
    /// New name, likewise.
    pub new: Option<Vec<u8>>,
    /// What happens to the file as a whole.
    pub action: Action,
    /// Mode before, where stated.
    pub old_mode: Option<u32>,
    /// Mode after, where stated.
    pub new_mode: Option<u32>,
    /// Abbreviated object ids of `index OLD..NEW`.
    pub index: Option<(String, String)>,
    /// Change of content.
    pub body: Body<'a>,
}

/// What happens to a file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Content or mode changes.
    Modify,
    /// A new file.
    Create,
    /// The file goes.
    Delete,
    /// From, to: names without prefixes.
    Rename(Vec<u8>, Vec<u8>),
    /// From, to: names without prefixes.
    Copy(Vec<u8>, Vec<u8>),
}

/// A change of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body<'a> {
    /// Hunks of lines, possibly none.
    Text(Vec<Hunk<'a>>),
    /// A git binary patch.
    Binary(Binary),
    /// `Binary files … differ`: the content was left out of the patch.
    Omitted,
}

/// A git binary patch, unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binary {
    /// The new content.
    Literal(Vec<u8>),
    /// Copy and insert instructions against the old content.
    Delta(Vec<u8>),
}

/// A hunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// 1-based line of the patch text where its header stands.
    pub line: usize,
    /// Header as stated; counts may be wrong.
    pub header: HunkHeader,
    /// Body.
    pub lines: Vec<HunkLine<'a>>,
    /// So many lines at the end are guessed to be blank context: the patch was trimmed there, or holds blank lines
    /// without a mark that may as well divide files.
    pub restored: usize,
}

impl Hunk<'_> {
    /// Context lines before the first change.
    pub fn leading(&self) -> usize {
        self.lines.iter().take_while(|line| line.op == Op::Context).count()
    }

    /// Context lines after the last change.
    pub fn trailing(&self) -> usize {
        self.lines.iter().rev().take_while(|line| line.op == Op::Context).count()
    }
}

/// A line of a hunk's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HunkLine<'a> {
    /// Kept, removed or added.
    pub op: Op,
    /// Without the leading mark.
    pub content: Line<'a>,
}

/// What a hunk does with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// On both sides.
    Context,
    /// On the old side.
    Delete,
    /// On the new side.
    Insert,
}
