//! Reads unified diffs; never fails.
//!
//! In: any bytes. Out: a [`Patch`]: one section per file, and the oddities of the text. Read are git's extended
//! headers, binary patches, and plain `---`/`+++` pairs with time stamps. Hunk bodies are read in [`super::hunk`].

use crate::prediction::hunk_header::HunkHeader;

use super::line::{self, Line};
use super::model::{Action, Body, FilePatch, Hunk, Oddity, Patch, Severity};
use super::{binary, hunk, name};

/// Reads the bytes of a patch.
pub fn parse(bytes: &[u8]) -> Patch<'_> {
    let lines = line::split(bytes);
    let mut reader = Reader { lines, at: 0, oddities: Vec::new() };
    let files = reader.files();
    if let Some(last) = reader.lines.last()
        && !last.newline
        && files.iter().any(|file| matches!(&file.body, Body::Text(hunks) if !hunks.is_empty()))
    {
        let severity = if last.text.starts_with(b"\\") { Severity::Note } else { Severity::Mended };
        let line = reader.lines.len();
        reader.oddities.push(Oddity { line, severity, text: "the last line has no newline".to_owned() });
    }
    reader.oddities.sort_by_key(|oddity| oddity.line);
    Patch { files, oddities: reader.oddities }
}

/// A place in the text of a patch.
struct Reader<'a> {
    lines: Vec<Line<'a>>,
    at: usize,
    oddities: Vec<Oddity>,
}

impl<'a> Reader<'a> {
    fn files(&mut self) -> Vec<FilePatch<'a>> {
        let mut files = Vec::new();
        let mut stray = false;
        while let Some(line) = self.line() {
            if let Some(names) = line.strip_prefix(b"diff --git ") {
                files.push(self.git_section(names));
                stray = false;
            } else if hunk::is_name_pair(&self.lines, self.at) {
                files.push(self.plain_section());
                stray = false;
            } else {
                if line.starts_with(b"@@ -") {
                    self.odd(Severity::Unreadable, "a hunk that belongs to no file");
                } else if !stray && !is_decoration(line) {
                    stray = true;
                    let severity = if files.is_empty() { Severity::Mended } else { Severity::Note };
                    self.odd(severity, "text that is no part of the diff");
                }
                self.at += 1;
            }
        }
        files
    }

    /// The current line without its end.
    fn line(&self) -> Option<&'a [u8]> {
        self.lines.get(self.at).map(Line::without_cr)
    }

    fn odd(&mut self, severity: Severity, text: impl Into<String>) {
        self.oddities.push(Oddity { line: self.at + 1, severity, text: text.into() });
    }

    /// `diff --git OLD NEW`, extended headers, then content.
    fn git_section(&mut self, names: &[u8]) -> FilePatch<'a> {
        let (old, new) = match name::git_pair(names) {
            Some((old, new)) => (Some(old), Some(new)),
            None => (None, None),
        };
        let mut file = FilePatch {
            line: self.at + 1,
            git: true,
            old,
            new,
            action: Action::Modify,
            old_mode: None,
            new_mode: None,
            index: None,
            body: Body::Text(Vec::new()),
        };
        let mut moved: [Option<Vec<u8>>; 2] = [None, None];
        self.at += 1;
        while let Some(line) = self.line() {
            let value = |prefix: &str| line.strip_prefix(prefix.as_bytes());
            if let Some(mode) = value("old mode ") {
                file.old_mode = self.mode(mode);
            } else if let Some(mode) = value("new mode ") {
                file.new_mode = self.mode(mode);
            } else if let Some(mode) = value("new file mode ") {
                file.action = Action::Create;
                file.new_mode = self.mode(mode);
            } else if let Some(mode) = value("deleted file mode ") {
                file.action = Action::Delete;
                file.old_mode = self.mode(mode);
            } else if let Some(from) = value("rename from ").or_else(|| value("copy from ")) {
                moved[0] = Some(name::squash(&name::whole(from)));
            } else if let Some(to) = value("rename to ").or_else(|| value("copy to ")) {
                let to = name::squash(&name::whole(to));
                let from = moved[0].take().unwrap_or_else(|| {
                    self.odd(Severity::Unreadable, "a target of a rename or copy without a source");
                    to.clone()
                });
                let copy = line.starts_with(b"copy");
                file.action = if copy { Action::Copy(from, to) } else { Action::Rename(from, to) };
            } else if let Some(ids) = value("index ") {
                self.index(ids, &mut file);
            } else if value("similarity index ").or_else(|| value("dissimilarity index ")).is_none() {
                break;
            }
            self.at += 1;
        }
        if moved[0].is_some() {
            self.odd(Severity::Unreadable, "a source of a rename or copy without a target");
        }
        self.content(&mut file);
        if names_nothing(&file) {
            self.oddities.push(Oddity {
                line: file.line,
                severity: Severity::Unreadable,
                text: "a section that names no file".to_owned(),
            });
        }
        file
    }

    fn mode(&mut self, text: &[u8]) -> Option<u32> {
        let mode =
            std::str::from_utf8(text.trim_ascii()).ok().and_then(|text| u32::from_str_radix(text, 8).ok());
        if mode.is_none() {
            self.odd(Severity::Unreadable, "a file mode that is no octal number");
        }
        mode
    }

    /// `OLD..NEW MODE`.
    fn index(&mut self, text: &[u8], file: &mut FilePatch<'a>) {
        let text = String::from_utf8_lossy(text).into_owned();
        let (ids, mode) = text.split_once(' ').map_or((text.as_str(), None), |(ids, mode)| (ids, Some(mode)));
        let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        match ids.split_once("..") {
            Some((old, new)) if is_id(old) && is_id(new) => {
                file.index = Some((old.to_owned(), new.to_owned()));
            }
            _ => self.odd(Severity::Note, "an index line without two object ids"),
        }
        if let Some(mode) = mode.and_then(|mode| u32::from_str_radix(mode.trim(), 8).ok()) {
            file.old_mode = file.old_mode.or(Some(mode));
        }
    }

    /// What follows the extended headers: names with hunks, a binary patch, or nothing.
    fn content(&mut self, file: &mut FilePatch<'a>) {
        let Some(line) = self.line() else { return };
        if line == b"GIT binary patch" {
            self.at += 1;
            let (read, next) = binary::read(&self.lines, self.at);
            match read {
                Ok(read) => file.body = Body::Binary(read),
                Err(why) => self.odd(Severity::Unreadable, why),
            }
            self.at = next;
        } else if line.starts_with(b"Binary files ") && line.ends_with(b" differ") {
            file.body = Body::Omitted;
            self.at += 1;
        } else if line.starts_with(b"--- ")
            && self.lines.get(self.at + 1).is_some_and(|next| next.text.starts_with(b"+++ "))
        {
            self.names(file);
            let hunks = self.hunks();
            if hunks.is_empty() {
                self.odd(Severity::Mended, "a section with names and no hunk");
            }
            file.body = Body::Text(hunks);
        } else if line.starts_with(b"@@ -") {
            self.odd(Severity::Mended, "hunks without the two lines that name the file");
            file.body = Body::Text(self.hunks());
        }
    }

    /// `---` and `+++`, then hunks.
    fn plain_section(&mut self) -> FilePatch<'a> {
        let mut file = FilePatch {
            line: self.at + 1,
            git: false,
            old: None,
            new: None,
            action: Action::Modify,
            old_mode: None,
            new_mode: None,
            index: None,
            body: Body::Text(Vec::new()),
        };
        self.names(&mut file);
        let hunks = self.hunks();
        if hunks.is_empty() {
            self.odd(Severity::Mended, "a section with names and no hunk");
        }
        if let (Action::Modify, Some(first)) = (&file.action, hunks.first())
            && first.header.old_count == 0
            && first.header.old_start == 0
            && hunks.len() == 1
            && file.old.is_none()
        {
            file.action = Action::Create;
        }
        file.body = Body::Text(hunks);
        file
    }

    /// The `---` and `+++` lines; they win over the names of the `diff --git` line.
    fn names(&mut self, file: &mut FilePatch<'a>) {
        let at = self.at;
        let read = |line: &Line<'a>| {
            let (name, epoch) = name::with_stamp(line.without_cr().get(4..).unwrap_or_default());
            (name != b"/dev/null" && !epoch, name)
        };
        let (has_old, old) = read(&self.lines[at]);
        let (has_new, new) = read(&self.lines[at + 1]);
        let stated = matches!(file.action, Action::Create | Action::Delete);
        match (has_old, has_new) {
            (false, true) if !matches!(file.action, Action::Create) => file.action = Action::Create,
            (true, false) if !matches!(file.action, Action::Delete) => file.action = Action::Delete,
            (false, false) => self.odd(Severity::Unreadable, "a section without a file on either side"),
            _ => {}
        }
        if !stated && file.old.is_some() && (!has_old || !has_new) {
            self.odd(Severity::Mended, "a created or deleted file without the line that says so");
        }
        file.old = has_old.then_some(old);
        file.new = has_new.then_some(new);
        self.at += 2;
    }

    fn hunks(&mut self) -> Vec<Hunk<'a>> {
        let mut hunks = Vec::new();
        loop {
            let blank =
                self.lines[self.at.min(self.lines.len())..].iter().take_while(|line| line.is_empty()).count();
            let Some(line) = self.lines.get(self.at + blank).map(Line::without_cr) else { break };
            if !line.starts_with(b"@@") {
                break;
            }
            if blank > 0 {
                self.odd(Severity::Mended, "blank lines before a hunk");
                self.at += blank;
            }
            let Some(header) = HunkHeader::parse(line) else {
                self.odd(Severity::Unreadable, "a hunk header without line numbers");
                self.at += 1;
                while self.at < self.lines.len() && !hunk::begins_section(&self.lines, self.at) {
                    self.at += 1;
                }
                continue;
            };
            let (read, next) = hunk::body(&self.lines, self.at + 1, header, &mut self.oddities);
            hunks.push(read);
            self.at = next;
        }
        hunks
    }
}

fn names_nothing(file: &FilePatch<'_>) -> bool {
    file.old.is_none() && file.new.is_none() && !matches!(file.action, Action::Rename(..) | Action::Copy(..))
}

/// Lines that diff programs write around sections.
fn is_decoration(line: &[u8]) -> bool {
    ["diff ", "Index: ", "====", "Only in "].iter().any(|start| line.starts_with(start.as_bytes()))
}
