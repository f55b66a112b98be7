//! Where a word stands in the files of the result: the base tree overlaid by the change.
//!
//! Every text file is searched, comments and strings included: a mention anywhere counts as a reference, so that "nothing
//! refers to it" is never said in error. Lockfiles are left out: they repeat names that they do not use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Input;

/// Larger files hold data.
const LARGEST: usize = 2 << 20;

/// A text file of the result.
pub struct Text {
    /// Path.
    pub path: String,
    /// Index into the diff's files if it changed.
    pub file: Option<usize>,
    /// Content.
    pub bytes: Arc<[u8]>,
}

/// The text files of the result.
pub struct Texts {
    files: Vec<Text>,
}

/// A place where a word stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Index of the text.
    pub text: usize,
    /// First byte.
    pub byte: usize,
}

impl Texts {
    /// Reads the result.
    pub fn read(input: &Input) -> Self {
        let mut gone: BTreeSet<&str> = BTreeSet::new();
        let mut files = Vec::new();
        for (index, file) in input.diff.files.iter().enumerate() {
            gone.extend(file.old.as_deref());
            gone.extend(file.new.as_deref());
            if let Some(path) = &file.new {
                files.push(Text {
                    path: path.clone(),
                    file: Some(index),
                    bytes: Arc::clone(&file.new_bytes),
                });
            }
        }
        for path in input.base.paths().into_iter().filter(|path| !gone.contains(path.as_str())) {
            let Some(blob) = input.base.blob(&path) else { continue };
            files.push(Text { path, file: None, bytes: Arc::from(blob.bytes) });
        }
        files.retain(|text| {
            let head = &text.bytes[..text.bytes.len().min(8000)];
            text.bytes.len() <= LARGEST && !head.contains(&0) && text.path.rsplit('.').next() != Some("lock")
        });
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { files }
    }

    /// All files, by path.
    pub fn files(&self) -> &[Text] {
        &self.files
    }

    /// Where whole words stand.
    pub fn words(&self, names: &BTreeSet<String>) -> BTreeMap<String, Vec<Mention>> {
        let mut found: BTreeMap<String, Vec<Mention>> =
            names.iter().map(|name| (name.clone(), Vec::new())).collect();
        for (text, file) in self.files.iter().enumerate() {
            for (byte, word) in words(&file.bytes) {
                if let Ok(word) = std::str::from_utf8(word)
                    && let Some(list) = found.get_mut(word)
                {
                    list.push(Mention { text, byte });
                }
            }
        }
        found
    }

    /// Paths of files other than those of `own` that hold a text.
    pub fn holding(&self, text: &str, own: &dyn Fn(&Text) -> bool) -> Option<&Text> {
        let wanted = text.as_bytes();
        self.files.iter().filter(|file| !own(file)).find(|file| {
            !wanted.is_empty() && file.bytes.windows(wanted.len()).any(|window| window == wanted)
        })
    }
}

/// Words of a text with their places.
pub fn words(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !is_word(bytes[at]) {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        (at > start).then(|| (start, &bytes[start..at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole() {
        let found: Vec<&[u8]> = words("a_b::c(\"{d}\") é".as_bytes()).map(|(_, word)| word).collect();
        assert_eq!(found, [&b"a_b"[..], b"c", b"d", "é".as_bytes()]);
    }
}
