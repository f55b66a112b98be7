//! From summaries to answers: each language's linker in turn, then the tables that questions are answered from.

use std::collections::BTreeMap;

use super::query::ByName;
use super::summary::Target;
use super::{Answer, DefinitionId, Graph, Index, Parts};
use crate::patch::Tree;

/// What a language's linker reads and fills.
pub(crate) struct Linking<'a> {
    pub tree: &'a dyn Tree,
    pub parts: &'a Parts,
    /// The files of the language.
    pub files: &'a [u32],
    pub answers: &'a mut [Vec<Answer>],
    pub lists: &'a mut Vec<Vec<DefinitionId>>,
    pub graph: &'a mut Graph,
    /// Whether all names are followed: the graph alone needs those of imports only.
    pub names: bool,
    /// Mentions of a name that what it is looked up in does not hold: file and number, and that.
    pub lacks: &'a mut BTreeMap<(u32, u32), DefinitionId>,
}

impl Linking<'_> {
    /// One definition, one of several, or none.
    pub fn among(&mut self, mut found: Vec<DefinitionId>) -> Answer {
        found.sort_unstable();
        found.dedup();
        match found[..] {
            [] => Answer::Unknown,
            [one] => Answer::Resolved(one),
            _ => {
                self.lists.push(found);
                Answer::Among(self.lists.len() as u32 - 1)
            }
        }
    }
}

pub(super) fn link(tree: &dyn Tree, parts: Parts) -> Index {
    let mut answers: Vec<Vec<Answer>> = Vec::with_capacity(parts.paths.len());
    for (file, summary) in parts.summaries.iter().enumerate() {
        let first = |target: Target| match target {
            Target::Local(number) => Answer::Resolved(DefinitionId { file: file as u32, number }),
            Target::Member(_) => Answer::Members,
            Target::Name => Answer::Named,
            Target::Scope(_)
            | Target::After(_)
            | Target::This(_)
            | Target::Root
            | Target::Up(..)
            | Target::Import(_) => Answer::Unknown,
        };
        answers.push(summary.mentions.iter().map(|mention| first(mention.target)).collect());
    }
    let mut lists = Vec::new();
    let mut lacks = BTreeMap::new();
    let graph = follow(tree, &parts, &mut answers, &mut lists, &mut lacks, true);
    // Where other rules may hold, one answer is but a candidate.
    for (summary, answers) in parts.summaries.iter().zip(&mut answers) {
        for (mention, answer) in summary.mentions.iter().zip(answers) {
            if let (true, Answer::Resolved(one)) = (mention.loose, *answer) {
                lists.push(vec![one]);
                *answer = Answer::Among(lists.len() as u32 - 1);
            }
        }
    }
    let by_name = ByName::new(&parts, &answers, &lists);
    Index { parts, answers, lists, graph, by_name, lacks }
}

/// The graph alone.
pub(super) fn graph(tree: &dyn Tree, parts: &Parts) -> Graph {
    follow(tree, parts, &mut [], &mut Vec::new(), &mut BTreeMap::new(), false)
}

/// Each language's linker in turn.
fn follow(
    tree: &dyn Tree,
    parts: &Parts,
    answers: &mut [Vec<Answer>],
    lists: &mut Vec<Vec<DefinitionId>>,
    lacks: &mut BTreeMap<(u32, u32), DefinitionId>,
    names: bool,
) -> Graph {
    let mut graph = Graph::default();
    for path in &parts.paths {
        graph.file(path);
    }
    for reader in super::graph::READERS {
        let files: Vec<u32> = (0..parts.paths.len() as u32)
            .filter(|file| reader.languages.contains(&parts.languages[*file as usize]))
            .collect();
        if files.is_empty() {
            continue;
        }
        let mut linking =
            Linking { tree, parts, files: &files, answers, lists, graph: &mut graph, names, lacks };
        (reader.link)(&mut linking);
    }
    graph.only_files();
    graph
}
