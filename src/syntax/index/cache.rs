//! Summaries by content.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexSet;
use rayon::prelude::*;

use super::summary::Summary;
use super::{Parts, graph};
use crate::patch::Tree;
use crate::syntax::{Language, language_of};

/// More summaries than this are not kept.
const MOST: usize = 100_000;

/// What a content is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Content {
    /// Its tree's own stamp.
    Stamped([u8; 20]),
    /// Its hash.
    Hashed([u8; 32]),
}

/// A content, and the language that it was read as.
type Key = (Content, &'static str);

/// A content's key, what it says, and whether that was not known before.
type Read = (Key, Option<Arc<Summary>>, bool);

/// Keeps what was read of files, for other trees that hold the same files.
#[derive(Debug, Clone, Default)]
pub struct Cache {
    summaries: BTreeMap<Key, Option<Arc<Summary>>>,
}

impl Cache {
    /// Number of contents that are known.
    pub fn len(&self) -> usize {
        self.summaries.len()
    }

    /// It knows nothing.
    pub fn is_empty(&self) -> bool {
        self.summaries.is_empty()
    }

    /// What all files of a tree say. Without `every` name, only those of languages whose imports lead by names are
    /// numbered, and [`Parts::global`] holds for these files alone.
    pub(super) fn read(&mut self, tree: &dyn Tree, every: bool) -> Parts {
        let paths: Vec<(String, &'static Language)> = tree
            .paths()
            .into_iter()
            .filter_map(|path| language_of(&path).map(|found| (path, found)))
            .collect();
        let known = &self.summaries;
        let read: Vec<Option<Read>> = paths
            .par_iter()
            .map(|(path, language)| {
                let read_as = variant(path, language);
                let of = |content| known.get_key_value(&(content, read_as));
                let stamp = tree.stamp(path).map(Content::Stamped);
                if let Some((key, summary)) = stamp.and_then(of) {
                    return Some((*key, summary.clone(), false));
                }
                let bytes = tree.blob(path)?.bytes;
                let content = stamp.unwrap_or_else(|| Content::Hashed(*blake3::hash(&bytes).as_bytes()));
                if let Some((key, summary)) = of(content) {
                    return Some((*key, summary.clone(), false));
                }
                let key = (content, read_as);
                let summary =
                    graph::reader(language).and_then(|reader| (reader.summarise)(path, language, &bytes));
                Some((key, summary.map(Arc::new), true))
            })
            .collect();
        if self.summaries.len() > MOST {
            self.summaries.clear();
        }
        let mut parts = Parts::default();
        let mut names: IndexSet<Box<str>, _> = IndexSet::default();
        for ((path, language), read) in paths.into_iter().zip(read) {
            let Some((key, summary, new)) = read else { continue };
            if new {
                self.summaries.insert(key, summary.clone());
            }
            let Some(summary) = summary else { continue };
            let numbered = every || graph::reader(language).is_some_and(|reader| reader.by_name);
            let own = if numbered { &summary.names[..] } else { &[] };
            let mut globals = Vec::with_capacity(own.len());
            for name in own {
                let number = names.get_index_of(name).unwrap_or_else(|| names.insert_full(name.clone()).0);
                globals.push(number as u32);
            }
            parts.by_path.insert(path.clone(), parts.paths.len() as u32);
            parts.paths.push(path);
            parts.languages.push(language.name);
            parts.summaries.push(summary);
            parts.globals.push(globals);
        }
        parts.names = names;
        parts
    }
}

/// A declaration file is read otherwise than a module of the same language.
fn variant(path: &str, language: &'static Language) -> &'static str {
    if path.contains(".d.") && language.name == "typescript" {
        "typescript declarations"
    } else {
        language.name
    }
}
