//! `*** Begin Patch` blocks: files that are added, deleted or updated by chunks without line numbers.
//!
//! ```text
//! *** Begin Patch
//! *** Update File: src/x.rs
//! @@ fn name()
//!  kept
//! -removed
//! +added
//! *** End Patch
//! ```

use super::{Chunk, ChunkLine, Edits, Extracted, FileChange, FileEdit, Malformed, Mark};

/// Whether a block opens anywhere in the text.
pub fn occurs(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == "*** Begin Patch")
}

/// All blocks of the text.
pub fn extract(text: &str) -> Result<Extracted, Malformed> {
    let mut reader = Reader { files: Vec::new(), notes: Vec::new() };
    let mut inside = false;
    let mut ended = true;
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        match line.trim_end() {
            "*** Begin Patch" => (inside, ended) = (true, false),
            "*** End Patch" if inside => (inside, ended) = (false, true),
            _ if inside => reader.line(line, number)?,
            "" => {}
            _ if reader.notes.is_empty() => {
                reader.notes.push(format!("line {number}: text around the patch"));
            }
            _ => {}
        }
    }
    if !ended {
        reader.notes.push("the patch has no end line".to_owned());
    }
    if reader.files.is_empty() {
        return Err(Malformed { why: "the patch names no file".to_owned() });
    }
    Ok(Extracted::new(Edits::BeginPatch(reader.files), reader.notes))
}

struct Reader {
    files: Vec<FileEdit>,
    notes: Vec<String>,
}

impl Reader {
    fn line(&mut self, line: &str, number: usize) -> Result<(), Malformed> {
        let malformed = |why: &str| Malformed { why: format!("line {number}: {why}") };
        let path = |start: &str| line.strip_prefix(start).map(|path| path.trim().to_owned());
        let file = |path, change| FileEdit { path, change };
        if let Some(path) = path("*** Add File:") {
            self.files.push(file(path, FileChange::Add(String::new())));
            return Ok(());
        }
        if let Some(path) = path("*** Delete File:") {
            self.files.push(file(path, FileChange::Delete));
            return Ok(());
        }
        if let Some(path) = path("*** Update File:") {
            self.files.push(file(path, FileChange::Update { move_to: None, chunks: Vec::new() }));
            return Ok(());
        }
        let Some(current) = self.files.last_mut() else {
            return if line.trim().is_empty() { Ok(()) } else { Err(malformed("a change before any file")) };
        };
        match &mut current.change {
            FileChange::Delete if line.trim().is_empty() => Ok(()),
            FileChange::Delete => Err(malformed("content for a deleted file")),
            FileChange::Add(content) => match line.strip_prefix('+') {
                Some(text) => {
                    content.push_str(text);
                    content.push('\n');
                    Ok(())
                }
                None if line.trim().is_empty() => Ok(()),
                None => Err(malformed("a line of an added file without `+`")),
            },
            FileChange::Update { move_to, chunks } => {
                if let Some(path) = path("*** Move to:") {
                    *move_to = Some(path);
                } else if line.trim_end() == "*** End of File" {
                    match chunks.last_mut() {
                        Some(chunk) => chunk.at_end = true,
                        None => return Err(malformed("an end of file before any change")),
                    }
                } else if let Some(anchor) = line.strip_prefix("@@") {
                    // Several anchors in a row narrow the place of one chunk.
                    if chunks.last().is_none_or(|chunk| !chunk.lines.is_empty()) {
                        chunks.push(Chunk::default());
                    }
                    let anchor = anchor.strip_prefix(' ').unwrap_or(anchor).trim_end();
                    if let (Some(chunk), false) = (chunks.last_mut(), anchor.trim().is_empty()) {
                        chunk.anchors.push(anchor.to_owned());
                    }
                } else {
                    let (mark, text) = match line.chars().next() {
                        None => (Mark::Keep, ""),
                        Some(' ') => (Mark::Keep, &line[1..]),
                        Some('-') => (Mark::Remove, &line[1..]),
                        Some('+') => (Mark::Add, &line[1..]),
                        Some(_) => return Err(malformed("a line without ` `, `-` or `+`")),
                    };
                    if chunks.last().is_none_or(|chunk| chunk.at_end) {
                        chunks.push(Chunk::default());
                    }
                    if let Some(chunk) = chunks.last_mut() {
                        chunk.lines.push(ChunkLine { mark, text: text.to_owned() });
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Edits, FileChange, Mark, from_reply};

    #[test]
    fn files_and_chunks() {
        let text = "*** Begin Patch\n*** Add File: new.rs\n+a\n+\n*** Delete File: old.rs\n*** Update File: x.rs\n\
                    *** Move to: y.rs\n@@ impl A\n@@ fn b\n c\n-d\n+e\n@@\n-f\n*** End of File\n*** End Patch\n";
        let found = from_reply(text).unwrap();
        assert!(found.well_formed, "{:?}", found.notes);
        let Edits::BeginPatch(files) = &found.edits else { panic!("{found:?}") };
        assert_eq!(files[0].change, FileChange::Add("a\n\n".to_owned()));
        assert_eq!(files[1].change, FileChange::Delete);
        let FileChange::Update { move_to, chunks } = &files[2].change else { panic!("{files:?}") };
        assert_eq!(move_to.as_deref(), Some("y.rs"));
        assert_eq!(chunks[0].anchors, ["impl A", "fn b"]);
        assert_eq!(chunks[0].lines.len(), 3);
        assert_eq!(chunks[1].lines[0].mark, Mark::Remove);
        assert!(chunks[1].at_end && !chunks[0].at_end);
    }

    #[test]
    fn broken_blocks() {
        let cases = [
            ("*** Begin Patch\n*** End Patch\n", "the patch names no file"),
            ("*** Begin Patch\n+a\n", "line 2: a change before any file"),
            ("*** Begin Patch\n*** Update File: x\nwhat\n", "line 3: a line without ` `, `-` or `+`"),
            ("*** Begin Patch\n*** Add File: x\nwhat\n", "line 3: a line of an added file without `+`"),
            ("*** Begin Patch\n*** Delete File: x\n+a\n", "line 3: content for a deleted file"),
        ];
        for (text, why) in cases {
            assert_eq!(from_reply(text).unwrap_err().why, why, "{text}");
        }
        let open = from_reply("Hi\n*** Begin Patch\n*** Update File: x\n-a\n").unwrap();
        assert_eq!(open.notes.len(), 2);
        assert!(!open.well_formed);
    }
}
