//! What the diff parsed, for those who look at the same files next.
//!
//! Parsing is most of what a diff costs, and relevance, style and context all want the trees.

use std::fmt;
use std::sync::Arc;

use super::FilePair;
use crate::syntax::{Source, language_of};

/// Both sides of a file as they were parsed. It follows from path and content, so that two are always called equal.
#[derive(Clone, Default)]
pub struct Parsed {
    sides: [Option<Arc<Source>>; 2],
}

impl Parsed {
    /// Keeps the sides that were parsed as they are, and not with other line ends.
    pub(super) fn new(sides: [(Source, &Arc<[u8]>); 2]) -> Self {
        Self { sides: sides.map(|(source, bytes)| (source.bytes == *bytes).then(|| Arc::new(source))) }
    }

    fn side(&self, side: usize, path: &str) -> Option<Arc<Source>> {
        let language = language_of(path)?;
        self.sides[side].as_ref().filter(|source| source.language.name == language.name).cloned()
    }
}

impl FilePair {
    /// The old side as a file of that path: what the diff parsed where that is the same, else parsed now. None where kerf
    /// has no grammar for it.
    pub fn old_as(&self, path: &str) -> Option<Arc<Source>> {
        self.parsed.side(0, path).or_else(|| parse(path, &self.old_bytes))
    }

    /// The new side, likewise.
    pub fn new_as(&self, path: &str) -> Option<Arc<Source>> {
        self.parsed.side(1, path).or_else(|| parse(path, &self.new_bytes))
    }
}

fn parse(path: &str, bytes: &Arc<[u8]>) -> Option<Arc<Source>> {
    Source::parse(language_of(path)?, Arc::clone(bytes)).map(Arc::new)
}

impl PartialEq for Parsed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Parsed {}

impl fmt::Debug for Parsed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [old, new] = self.sides.each_ref().map(Option::is_some);
        write!(formatter, "Parsed({old}, {new})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{ChangedFile, Side, diff};

    #[test]
    fn a_side_is_what_parsing_it_again_gives() {
        let side = |path: &str, text: &str| {
            Some(Side { path: path.to_owned(), mode: 0o100_644, bytes: Arc::from(text.as_bytes()) })
        };
        let (old, new) = ("fn a() {\n    one(1);\n}\n", "fn a() {\n    one(2);\n}\n\nfn b() {}\n");
        for (what, before, after) in [
            ("edited", side("a.rs", old), side("a.rs", new)),
            ("other line ends", side("a.rs", &old.replace('\n', "\r\n")), side("a.rs", new)),
            ("broken", side("a.rs", old), side("a.rs", "fn a( {\n    one(2);\n}\n")),
            ("created", None, side("a.rs", new)),
            ("deleted", side("a.rs", old), None),
            ("another language", side("a.js", "one(1);\n"), side("a.ts", "one(2 as number);\n")),
        ] {
            let found = diff(&[ChangedFile { old: before, new: after }]);
            for pair in &found.files {
                for (path, bytes, kept) in [
                    (&pair.old, &pair.old_bytes, pair.old.as_ref().and_then(|path| pair.old_as(path))),
                    (&pair.new, &pair.new_bytes, pair.new.as_ref().and_then(|path| pair.new_as(path))),
                ] {
                    let again = path.as_ref().and_then(|path| parse(path, bytes));
                    let seen = |source: &Option<Arc<Source>>| {
                        source.as_ref().map(|source| {
                            (
                                source.language.name,
                                source.bytes.clone(),
                                source.tokens.clone(),
                                source.nodes.clone(),
                            )
                        })
                    };
                    assert_eq!(seen(&kept), seen(&again), "{what}");
                    assert_eq!(kept.is_some(), path.is_some(), "{what}");
                }
            }
        }
    }
}
