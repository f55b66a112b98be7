//! Which files of a tree hold which words.
//!
//! In: a [`Tree`]. Out: for a text that is looked for, the files that can hold it: a proof of absence need not open the
//! others. Words are what stands between bytes that are neither ASCII letters, digits nor `_`, whatever the language.
//!
//! Invariant: every file that holds the text as a word is among the answer; one that is there need not hold it (words are
//! kept by hash).

use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use crate::patch::Tree;

/// Larger files are data: they name nothing.
pub const LARGEST: usize = 4 << 20;

/// The words of one tree, read when first asked for.
#[derive(Debug, Default)]
pub struct Words(OnceLock<Read>);

#[derive(Debug, Default)]
struct Read {
    paths: Vec<String>,
    /// Numbers of files by the hash of a word, rising.
    files: FxHashMap<u32, Vec<u32>>,
    /// Files above [`LARGEST`], sorted.
    large: Vec<String>,
}

impl Words {
    /// Reads a tree at once.
    pub fn of(tree: &dyn Tree) -> Self {
        let words = Self::default();
        words.read(tree);
        words
    }

    /// Files of the tree that can hold `text` with no letter, digit or `_` beside it; none where all of them can.
    /// `tree` must be the same at every call.
    pub fn files_with(&self, tree: &dyn Tree, text: &str) -> Option<impl Iterator<Item = &str>> {
        let longest = words(text.as_bytes()).max_by_key(|word| word.len())?;
        let read = self.read(tree);
        let numbers = read.files.get(&hash(longest)).map_or(&[][..], Vec::as_slice);
        Some(numbers.iter().map(|number| read.paths[*number as usize].as_str()))
    }

    /// Whether a file of the tree is too large to be looked into.
    pub fn is_large(&self, tree: &dyn Tree, path: &str) -> bool {
        self.read(tree).large.binary_search_by(|large| large.as_str().cmp(path)).is_ok()
    }

    fn read(&self, tree: &dyn Tree) -> &Read {
        self.0.get_or_init(|| {
            let mut read = Read { paths: tree.paths(), ..Read::default() };
            let found: Vec<Option<Vec<u32>>> = read
                .paths
                .par_iter()
                .map(|path| {
                    let bytes = tree.blob(path)?.bytes;
                    let mut all: Vec<u32> =
                        if bytes.len() < LARGEST { words(&bytes).map(hash).collect() } else { return None };
                    all.sort_unstable();
                    all.dedup();
                    Some(all)
                })
                .collect();
            for (number, found) in found.into_iter().enumerate() {
                match found {
                    Some(found) => {
                        for word in found {
                            read.files.entry(word).or_default().push(number as u32);
                        }
                    }
                    None => read.large.push(read.paths[number].clone()),
                }
            }
            read
        })
    }
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_')).filter(|word| !word.is_empty())
}

fn hash(word: &[u8]) -> u32 {
    // The upper half: multiplication leaves the lower bits weak.
    (BuildHasherDefault::<FxHasher>::default().hash_one(word) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::memory::Files;

    #[test]
    fn files_that_hold_a_word_are_found() {
        let tree = Files::of(&[
            ("a.rs", "fn parse_all() {} // größe"),
            ("b.md", "Call `parse_all`, see a.rs."),
            ("c.ts", "parse_all2(); parse();"),
        ]);
        let words = Words::default();
        let of = |text: &str| words.files_with(&tree, text).map(Iterator::collect::<Vec<_>>);
        assert_eq!(of("parse_all"), Some(vec!["a.rs", "b.md"]));
        assert_eq!(of("parse"), Some(vec!["c.ts"]));
        assert_eq!(of("a.rs"), Some(vec!["b.md"]));
        assert_eq!(of("/größe"), Some(vec!["a.rs"]));
        assert_eq!(of("nowhere"), Some(vec![]));
        assert_eq!(of("…"), None, "no word to look for: any file can hold it");
        assert!(!words.is_large(&tree, "a.rs"));
    }
}
