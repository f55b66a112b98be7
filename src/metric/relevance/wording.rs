//! Whether the words of a comment follow what the anchors change.

use std::collections::{BTreeMap, BTreeSet};

/// Words and marks that anchors delete and insert, each with an anchor.
#[derive(Default)]
pub(super) struct Words {
    deleted: BTreeMap<String, usize>,
    inserted: BTreeMap<String, usize>,
}

impl Words {
    /// Takes in what an anchor deletes and inserts.
    pub fn add(&mut self, anchor: usize, (gone, come): &(Vec<String>, Vec<String>)) {
        for (tokens, into) in [(gone, &mut self.deleted), (come, &mut self.inserted)] {
            for word in tokens.iter().flat_map(|token| pieces(token)) {
                into.entry(word.to_owned()).or_insert(anchor);
            }
        }
    }

    /// The anchor that a comment's edit follows, and how: by replacing as the code does, or by a name among what changes;
    /// with `speaks`, two long words do as well.
    pub fn follows(&self, old: &str, new: &str, speaks: bool) -> Option<(usize, &'static str)> {
        let (gone, come) = difference(old, new);
        let changed = || gone.iter().chain(&come);
        let reworded =
            !old.trim().is_empty() && !new.trim().is_empty() && changed().any(|word| is_word(word));
        // A word put in is no replacement; what is put in around one may be.
        if reworded
            && (!gone.is_empty() || come.len() > 2)
            && gone.iter().all(|word| self.deleted.contains_key(*word))
            && come.iter().all(|word| self.inserted.contains_key(*word))
        {
            let word = changed().find(|word| is_name(word) || word.chars().count() >= SHORT && is_word(word));
            let Some(word) = word else { return self.shared(changed(), speaks) };
            let anchor = self.inserted.get(*word).or_else(|| self.deleted.get(*word))?;
            return Some((*anchor, "words replaced as in"));
        }
        self.shared(changed(), speaks)
    }

    /// An anchor with a name among the words that changed, or with two long words of them.
    fn shared<'t>(
        &self,
        changed: impl Iterator<Item = &'t &'t str>,
        speaks: bool,
    ) -> Option<(usize, &'static str)> {
        let shared: BTreeSet<(&str, usize)> = changed
            .filter_map(|word| {
                let anchor = self.inserted.get(*word).or_else(|| self.deleted.get(*word))?;
                Some((*word, *anchor))
            })
            .collect();
        let telling = shared.iter().find(|(word, _)| is_name(word));
        let plain = shared.iter().filter(|(word, _)| speaks && is_word(word) && word.len() >= LONG);
        let found = telling.or_else(|| plain.clone().nth(1).and(plain.clone().next()));
        found.map(|(_, anchor)| (*anchor, "speaks of what is changed by"))
    }
}

/// Words shorter than this say nothing of what is replaced: numbers, `the`, `that`.
const SHORT: usize = 5;
/// Plain words shorter than this are in every text.
const LONG: usize = 6;

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// A word that can only be a name.
fn is_name(word: &str) -> bool {
    let inner = word.chars().skip(1).any(|c| c.is_uppercase() || c.is_numeric());
    word.len() > 2
        && word.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && (inner || word.contains('_'))
}

/// Words, and marks one by one.
fn pieces(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let length =
            if word(first) { rest.find(|c| !word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (piece, behind) = rest.split_at(length);
        if !first.is_whitespace() {
            found.push(piece);
        }
        rest = behind;
    }
    found
}

/// Pieces that only one of two texts has, or has more often.
fn difference<'t>(old: &'t str, new: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for piece in pieces(old) {
        *counts.entry(piece).or_default() -= 1;
    }
    for piece in pieces(new) {
        *counts.entry(piece).or_default() += 1;
    }
    let gone = counts.iter().filter(|(_, count)| **count < 0).map(|(piece, _)| *piece).collect();
    let come = counts.iter().filter(|(_, count)| **count > 0).map(|(piece, _)| *piece).collect();
    (gone, come)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_that_follow_the_code() {
        let mut words = Words::default();
        let list = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        words.add(3, &(list("to_string limit"), list("to_owned exponent positive MAX_LEN")));
        for (old, new, speaks, expected) in [
            ("/// a.to_string()", "/// a.to_owned()", false, true),
            ("/// a.take().", "/// a.to_vec().", false, false),
            ("// The limit.", "// The end.", true, false),
            ("", "// at most MAX_LEN", false, true),
            ("", "// a positive exponent", false, false),
            ("", "/// At most MAX_LEN.", true, true),
            ("/// A number.", "/// A number with a positive exponent.", true, true),
            ("/// A number.", "/// A positive number.", true, false),
            ("/// A number.", "/// A number", true, false),
        ] {
            assert_eq!(words.follows(old, new, speaks).is_some(), expected, "{old} {new}");
        }
    }
}
