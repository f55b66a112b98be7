//! Questions to an index.

use std::collections::BTreeMap;

use super::summary::range;
use super::{Answer, Certainty, DefinitionId, Index, Parts, Reference, Symbol, SymbolKind};
use crate::patch::Tree;
use crate::syntax::language_of;

/// Places by name number: `items[starts[n]..starts[n + 1]]`.
#[derive(Debug, Default)]
struct Buckets {
    starts: Vec<u32>,
    items: Vec<(u32, u32)>,
}

impl Buckets {
    fn new(count: usize, entries: impl Fn(&mut dyn FnMut(u32, u32, u32))) -> Self {
        let mut starts = vec![0u32; count + 2];
        entries(&mut |name, _, _| starts[name as usize + 2] += 1);
        for at in 2..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut items = vec![(0, 0); starts.last().map_or(0, |last| *last as usize)];
        entries(&mut |name, file, number| {
            let at = &mut starts[name as usize + 1];
            items[*at as usize] = (file, number);
            *at += 1;
        });
        Self { starts, items }
    }

    fn get(&self, name: Option<u32>) -> &[(u32, u32)] {
        let bounds = name
            .and_then(|name| Some((self.starts.get(name as usize)?, self.starts.get(name as usize + 1)?)));
        bounds.map_or(&[], |(from, to)| &self.items[*from as usize..*to as usize])
    }
}

/// Where names are.
#[derive(Debug, Default)]
pub(crate) struct ByName {
    definitions: Buckets,
    mentions: Buckets,
    texts: Buckets,
    /// Mentions under another name than the definition's.
    renamed: BTreeMap<DefinitionId, Vec<(u32, u32)>>,
}

impl ByName {
    pub(crate) fn new(parts: &Parts, answers: &[Vec<Answer>], lists: &[Vec<DefinitionId>]) -> Self {
        let count = parts.names.len();
        let files = || parts.summaries.iter().enumerate().map(|(file, summary)| (file as u32, summary));
        let definitions = Buckets::new(count, |put| {
            for (file, summary) in files() {
                for (number, entry) in summary.definitions.iter().enumerate() {
                    if !entry.kind.is_local() {
                        put(parts.global(file, entry.name), file, number as u32);
                    }
                }
            }
        });
        let mentions = Buckets::new(count, |put| {
            for (file, summary) in files() {
                for (number, mention) in summary.mentions.iter().enumerate() {
                    put(parts.global(file, mention.name), file, number as u32);
                }
            }
        });
        let texts = Buckets::new(count, |put| {
            for (file, summary) in files() {
                for (name, at) in &summary.texts {
                    put(parts.global(file, *name), file, *at);
                }
            }
        });
        let mut renamed: BTreeMap<DefinitionId, Vec<(u32, u32)>> = BTreeMap::new();
        for (file, summary) in files() {
            for (number, mention) in summary.mentions.iter().enumerate() {
                let name = parts.global(file, mention.name);
                let single;
                let found: &[DefinitionId] = match answers[file as usize][number] {
                    Answer::Resolved(one) => {
                        single = [one];
                        &single
                    }
                    Answer::Among(list) => &lists[list as usize],
                    Answer::Members | Answer::Named | Answer::External | Answer::Unknown => &[],
                };
                for id in found {
                    let own = parts.entry(*id).map(|entry| parts.global(id.file, entry.name));
                    if own != Some(name) {
                        renamed.entry(*id).or_default().push((file, number as u32));
                    }
                }
            }
        }
        Self { definitions, mentions, texts, renamed }
    }
}

impl Index {
    /// A definition's facts; `None` only for an id of another index.
    pub fn symbol(&self, id: DefinitionId) -> Option<Symbol<'_>> {
        let file = self.parts.paths.get(id.file as usize)?;
        if id.number == DefinitionId::FILE {
            return Some(Symbol {
                id,
                name: file,
                kind: SymbolKind::Module,
                file,
                name_range: 0..0,
                range: 0..0,
                line: 1,
                exported: true,
                has_attributes: false,
                owner: None,
                parameters: None,
                fixed: false,
            });
        }
        let summary = self.parts.summary(id.file);
        let entry = summary.definitions.get(id.number as usize)?;
        Some(Symbol {
            id,
            name: summary.text(entry.name),
            kind: entry.kind,
            file,
            name_range: range(entry.at),
            range: range(entry.whole),
            line: summary.line(entry.at.0),
            exported: entry.exported,
            has_attributes: entry.attributes,
            owner: entry.owner.map(|number| DefinitionId { file: id.file, number }),
            parameters: entry.parameters.map(|(least, most)| (least, (most != u16::MAX).then_some(most))),
            fixed: entry.fixed,
        })
    }

    /// All definitions, by file and place; what is local to a function is left out.
    pub fn definitions(&self) -> impl Iterator<Item = Symbol<'_>> {
        self.parts
            .paths
            .iter()
            .flat_map(|file| self.definitions_in(file))
            .filter(|found| !found.kind.is_local())
    }

    /// All definitions of a file, locals too.
    pub fn definitions_in(&self, file: &str) -> impl Iterator<Item = Symbol<'_>> {
        let file = self.parts.file(file);
        let count = file.map_or(0, |file| self.parts.summary(file).definitions.len() as u32);
        (0..count).filter_map(move |number| self.symbol(DefinitionId { file: file?, number }))
    }

    /// Definitions of this name, locals left out.
    pub fn definitions_named(&self, name: &str) -> impl Iterator<Item = Symbol<'_>> {
        let found = self.by_name.definitions.get(self.parts.global_of(name));
        found.iter().filter_map(|(file, number)| self.symbol(DefinitionId { file: *file, number: *number }))
    }

    /// The definition whose name a byte belongs to.
    pub fn definition_at(&self, file: &str, byte: usize) -> Option<Symbol<'_>> {
        self.definitions_in(file).find(|found| found.name_range.contains(&byte))
    }

    /// The smallest definition around a byte that is no local.
    pub fn enclosing(&self, file: &str, byte: usize) -> Option<Symbol<'_>> {
        let around =
            self.definitions_in(file).filter(|found| !found.kind.is_local() && found.range.contains(&byte));
        around.min_by_key(|found| found.range.len())
    }

    /// Fields, variants and other parts of a definition, by place.
    pub fn members(&self, id: DefinitionId) -> impl Iterator<Item = Symbol<'_>> {
        let file = self.parts.paths.get(id.file as usize).map_or("", String::as_str);
        self.definitions_in(file).filter(move |found| found.owner == Some(id))
    }

    fn reference(&self, file: u32, number: u32) -> Option<Reference<'_>> {
        let summary = self.parts.summaries.get(file as usize)?;
        let mention = summary.mentions.get(number as usize)?;
        let name = self.parts.global(file, mention.name);
        let named = |members: bool| -> Vec<DefinitionId> {
            let found = self.by_name.definitions.get(Some(name)).iter();
            let ids = found.map(|(file, number)| DefinitionId { file: *file, number: *number });
            let fits = |id: &DefinitionId| {
                !members || self.parts.entry(*id).is_some_and(|entry| entry.kind.is_member())
            };
            ids.filter(fits).collect()
        };
        let of_list = |list: Vec<DefinitionId>| {
            if list.is_empty() { Certainty::Unknown { external: false } } else { Certainty::Ambiguous(list) }
        };
        let answer = self.answers[file as usize][number as usize];
        let certainty = match answer {
            Answer::Resolved(id) => Certainty::Resolved(id),
            Answer::Among(list) => of_list(self.lists[list as usize].clone()),
            Answer::Members => of_list(named(true)),
            Answer::Named => of_list(named(false)),
            Answer::External => Certainty::Unknown { external: true },
            Answer::Unknown => Certainty::Unknown { external: false },
        };
        Some(Reference {
            file: &self.parts.paths[file as usize],
            range: mention.start as usize..mention.end as usize,
            line: summary.line(mention.start),
            certainty,
            by_name: matches!(answer, Answer::Members | Answer::Named),
        })
    }

    /// All references of a file, in the order of the walk.
    pub fn references_in(&self, file: &str) -> impl Iterator<Item = Reference<'_>> {
        let file = self.parts.file(file);
        let count = file.map_or(0, |file| self.parts.summary(file).mentions.len() as u32);
        (0..count).filter_map(move |number| self.reference(file?, number))
    }

    /// Names of a file that what they are looked up in does not hold: byte of the name, and the module, type or file. What
    /// macros, derives and traits from outside the tree would add is not looked at.
    pub fn lacking_in(&self, file: &str) -> Vec<(usize, DefinitionId)> {
        let Some(file) = self.parts.file(file) else { return Vec::new() };
        let mentions = &self.parts.summary(file).mentions;
        let of_file = self.lacks.range((file, 0)..=(file, u32::MAX));
        of_file
            .filter_map(|((_, number), holder)| {
                Some((mentions.get(*number as usize)?.start as usize, *holder))
            })
            .collect()
    }

    /// What refers to a definition, certainly or possibly.
    pub fn references_to(&self, id: DefinitionId) -> impl Iterator<Item = Reference<'_>> {
        let name = self.parts.entry(id).map(|entry| self.parts.global(id.file, entry.name));
        let local = self.parts.entry(id).is_some_and(|entry| entry.kind.is_local());
        let named = self.by_name.mentions.get(name).iter();
        let renamed = self.by_name.renamed.get(&id).into_iter().flatten();
        named
            .chain(renamed)
            .filter(move |(file, _)| !local || *file == id.file)
            .filter_map(|(file, number)| self.reference(*file, *number))
            .filter(move |found| match &found.certainty {
                Certainty::Resolved(one) => *one == id,
                Certainty::Ambiguous(many) => many.contains(&id),
                Certainty::Unknown { .. } => false,
            })
    }

    /// Every place in a file with a grammar where this word stands and may mean something, definitions and comments left
    /// out: names in the text whatever they refer to, tokens of macros, words in attributes and in strings.
    pub fn references_named(&self, name: &str) -> impl Iterator<Item = Reference<'_>> {
        let name = self.parts.global_of(name);
        let mentions = self.by_name.mentions.get(name).iter();
        let texts = self.by_name.texts.get(name).iter();
        let length = name.map_or(0, |name| self.parts.name(name).len());
        mentions.filter_map(|(file, number)| self.reference(*file, *number)).chain(texts.map(
            move |(file, at)| Reference {
                file: self.parts.path(*file),
                range: *at as usize..*at as usize + length,
                line: self.parts.summary(*file).line(*at),
                certainty: Certainty::Unknown { external: false },
                by_name: true,
            },
        ))
    }

    /// Files that the index holds nothing of (no grammar, or not UTF-8) and that hold this word: what a proof of absence
    /// must look at beside [`Index::references_named`].
    pub fn other_files_naming(&self, tree: &dyn Tree, name: &str) -> Vec<String> {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        let mut found = tree.paths();
        let finder = memchr::memmem::Finder::new(name);
        found.retain(|path| {
            if language_of(path).is_some() && self.parts.file(path).is_some() {
                return false;
            }
            let Some(blob) = tree.blob(path) else { return false };
            finder.find_iter(&blob.bytes).any(|at| {
                let before = at.checked_sub(1).and_then(|at| blob.bytes.get(at));
                let after = blob.bytes.get(at + name.len());
                !name.is_empty() && !before.is_some_and(is_word) && !after.is_some_and(is_word)
            })
        });
        found
    }

    /// Files that a file imports or declares.
    pub fn imports_of(&self, file: &str) -> impl Iterator<Item = &str> {
        self.graph.imports(file)
    }

    /// Files that import or declare a file.
    pub fn importers_of(&self, file: &str) -> impl Iterator<Item = &str> {
        self.graph.files().filter(move |other| self.graph.imports(other).any(|target| target == file))
    }

    /// Edges on the shortest import path between two files, in either direction.
    pub fn distance(&self, from: &str, to: &str) -> Option<u32> {
        self.graph.distance(from, to)
    }
}
