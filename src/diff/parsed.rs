//! What the diff parsed, for those who look at the same files next.
//!
//! Parsing is most of what a diff costs, and relevance, style and context all want the trees.

use std::fmt;
use std::sync::Arc;

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

    /// The old side, if it was parsed as what `path` says.
    pub fn old(&self, path: &str) -> Option<Arc<Source>> {
        self.side(0, path)
    }

    /// The new side, if it was parsed as what `path` says.
    pub fn new_side(&self, path: &str) -> Option<Arc<Source>> {
        self.side(1, path)
    }

    fn side(&self, side: usize, path: &str) -> Option<Arc<Source>> {
        let language = language_of(path)?;
        self.sides[side].as_ref().filter(|source| source.language.name == language.name).cloned()
    }
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
