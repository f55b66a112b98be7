//! SEARCH/REPLACE blocks: the file's name, then
//!
//! ```text
//! <<<<<<< SEARCH
//! lines as they are
//! =======
//! lines as they shall be
//! >>>>>>> REPLACE
//! ```
//!
//! The name stands on the line above the block, or above the fence around it; a block without one belongs to the file
//! of the block before.

use super::{Edits, Extracted, Malformed, Replacement, path_of};

/// Whether a block opens anywhere in the text.
pub fn occurs(text: &str) -> bool {
    text.lines().any(|line| is_marker(line, '<', "SEARCH"))
}

/// Five to nine times the letter, and the word.
fn is_marker(line: &str, letter: char, word: &str) -> bool {
    let rest = line.trim_end().trim_start_matches(letter);
    let length = line.trim_end().len() - rest.len();
    (5..=9).contains(&length) && if word.is_empty() { rest.is_empty() } else { rest.trim_start() == word }
}

/// Where a reader of blocks is.
enum State {
    Outside,
    Search(String),
    Replace(String, String),
}

/// All blocks of the text.
pub fn extract(text: &str) -> Result<Extracted, Malformed> {
    let malformed = |line: usize, why: &str| Malformed { why: format!("line {}: {why}", line + 1) };
    let mut blocks = Vec::new();
    let mut notes = Vec::new();
    let mut path: Option<String> = None;
    let mut named = None;
    let mut state = State::Outside;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        state = match state {
            State::Outside => {
                let bare = line.trim();
                if is_marker(line, '<', "SEARCH") {
                    path = named.take().or(path);
                    if path.is_none() {
                        return Err(malformed(at, "a SEARCH block without a file name above it"));
                    }
                    State::Search(String::new())
                } else {
                    if let Some(info) = bare.strip_prefix("```") {
                        // A name may stand above a fence, or behind its backticks.
                        named = path_of(info).filter(|info| info.contains(['/', '.'])).or(named);
                    } else if let Some(found) = path_of(bare) {
                        named = Some(found);
                    } else if !bare.is_empty() {
                        named = None;
                        if notes.is_empty() {
                            notes.push(format!("line {}: text around the blocks", at + 1));
                        }
                    }
                    State::Outside
                }
            }
            State::Search(search) if is_marker(line, '=', "") => State::Replace(search, String::new()),
            State::Search(_) if is_marker(line, '>', "REPLACE") || is_marker(line, '<', "SEARCH") => {
                return Err(malformed(at, "a SEARCH block without its dividing line"));
            }
            State::Search(search) => State::Search(search + line),
            State::Replace(search, replace) if is_marker(line, '>', "REPLACE") => {
                blocks.push(Replacement { path: path.clone().unwrap_or_default(), search, replace });
                State::Outside
            }
            State::Replace(..) if is_marker(line, '<', "SEARCH") => {
                return Err(malformed(at, "a block without its REPLACE line"));
            }
            State::Replace(search, replace) => State::Replace(search, replace + line),
        };
    }
    match state {
        State::Outside => Ok(Extracted::new(Edits::SearchReplace(blocks), notes)),
        State::Search(_) | State::Replace(..) => {
            Err(Malformed { why: "the last block has no REPLACE line".to_owned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Edits, from_reply};

    fn short(text: &str) -> String {
        match from_reply(text) {
            Err(error) => error.to_string(),
            Ok(found) => {
                let Edits::SearchReplace(blocks) = &found.edits else { return format!("{found:?}") };
                let blocks: Vec<String> = blocks
                    .iter()
                    .map(|one| format!("{} {:?} {:?}", one.path, one.search, one.replace))
                    .collect();
                format!("{} {}", found.well_formed, blocks.join("; "))
            }
        }
    }

    #[test]
    fn blocks() {
        let block = "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n";
        let cases = [
            (format!("src/x.rs\n{block}"), r#"true src/x.rs "a\n" "b\n""#),
            (format!("src/x.rs\n```rust\n{block}```\n"), r#"true src/x.rs "a\n" "b\n""#),
            (format!("```rust\nsrc/x.rs\n{block}```\n"), r#"true src/x.rs "a\n" "b\n""#),
            (format!("Do this:\n\n**`src/x.rs`**:\n{block}"), r#"false src/x.rs "a\n" "b\n""#),
            (
                format!("### File: Makefile\n{block}{block}"),
                r#"true Makefile "a\n" "b\n"; Makefile "a\n" "b\n""#,
            ),
            (format!("x.rs\n{}", block.replace("a\n", "")), r#"true x.rs "" "b\n""#),
            (format!("x.rs\n{}", block.replace("b\n", "")), r#"true x.rs "a\n" """#),
            (block.to_owned(), "line 1: a SEARCH block without a file name above it"),
            (
                format!("x.rs\n{}", block.replace("=======\n", "")),
                "line 5: a SEARCH block without its dividing line",
            ),
            (format!("x.rs\n{}", &block[..30]), "the last block has no REPLACE line"),
        ];
        for (text, expected) in cases {
            assert_eq!(short(&text), expected, "{text}");
        }
    }
}
