//! Whole files: a fence with the file's name above it (`### src/x.rs`, `**src/x.rs**:`), or in its info
//! (`rust path=src/x.rs`, `rust:src/x.rs`, `src/x.rs`).

use super::fence::{Fence, fences};
use super::{Edits, Extracted, Malformed, WholeFile, path_of};

/// All fences that name a file.
pub fn extract(text: &str) -> Result<Extracted, Malformed> {
    let (fences, outside) = fences(text);
    let mut notes = Vec::new();
    let mut files: Vec<WholeFile> = Vec::new();
    let mut cut = false;
    let mut names_above = 0;
    let count = fences.len();
    for fence in fences {
        let Some(path) = name(&fence) else { continue };
        names_above += usize::from(path_of(fence.above).is_some_and(|above| above == path));
        cut |= !fence.closed;
        if let Some(twice) = files.iter().position(|file| file.path == path) {
            notes.push(format!("{path} is given twice; the last one holds"));
            files.remove(twice);
        }
        files.push(WholeFile { path, content: fence.content.to_owned() });
    }
    if files.is_empty() {
        let why = if count == 0 {
            "there is neither a diff nor a code block"
        } else {
            "no code block names a file"
        };
        return Err(Malformed { why: why.to_owned() });
    }
    if cut {
        // Half a file would replace the whole one.
        return Err(Malformed { why: "the last file is cut short: its fence is not closed".to_owned() });
    }
    if files.len() < count {
        notes.push("code blocks that name no file are left out".to_owned());
    }
    if outside > names_above {
        notes.push("text around the files".to_owned());
    }
    Ok(Extracted::new(Edits::WholeFiles(files), notes))
}

/// The file that a fence names, in its info or on the line above.
fn name(fence: &Fence<'_>) -> Option<String> {
    let mut words = fence.info.split_whitespace();
    let stated = fence.info.split_whitespace().find_map(|word| {
        ["path=", "file=", "filename=", "title="].iter().find_map(|key| word.strip_prefix(key))
    });
    let coloned = || fence.info.split_once(':').map(|(_, path)| path.trim()).filter(|path| !path.is_empty());
    let only = || words.next().filter(|word| word.contains('/') || word.contains('.'));
    let in_info = stated.or_else(coloned).or_else(only).and_then(path_of);
    in_info.or_else(|| path_of(fence.above))
}

#[cfg(test)]
mod tests {
    use super::super::{Edits, from_reply};

    #[test]
    fn names_of_fences() {
        let cases = [
            ("### src/x.rs\n```rust\na\n```\n", Some("src/x.rs")),
            ("**`src/x.rs`**:\n\n```\na\n```\n", Some("src/x.rs")),
            ("```rust path=src/x.rs\na\n```\n", Some("src/x.rs")),
            ("```rust title=\"src/x.rs\"\na\n```\n", Some("src/x.rs")),
            ("```rust:src/x.rs\na\n```\n", Some("src/x.rs")),
            ("```src/x.rs\na\n```\n", Some("src/x.rs")),
            ("Makefile\n```\na\n```\n", Some("Makefile")),
            ("Change it so.\n```rust\na\n```\n", None),
            ("src/x.rs\n```rust\na\n", None),
        ];
        for (text, expected) in cases {
            let found = from_reply(text).ok().map(|found| match found.edits {
                Edits::WholeFiles(files) => files[0].path.clone(),
                other => panic!("{other:?}"),
            });
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_last_of_two_holds() {
        let found = from_reply("a.rs\n```\n1\n```\na.rs\n```\n2\n```\n").unwrap();
        let Edits::WholeFiles(files) = &found.edits else { panic!("{found:?}") };
        assert_eq!((files.len(), files[0].content.as_str()), (1, "2\n"));
        assert!(!found.well_formed);
    }
}
