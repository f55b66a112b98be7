//! The span of a task, from the files that gold changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Diff, Role};
use crate::metric::relevance::{Classified, Grade, View};
use crate::syntax::index::Graph;
use crate::task::Span;

/// Gold's code files that count: those with a unit that is neither a test's nor of grade A. `classified` is gold judged
/// without gold. A renamed file counts once, by its new path.
pub fn spanned_files(gold: &Diff, classified: &[Classified]) -> BTreeSet<String> {
    let view = View::new(gold);
    let counting = classified.iter().filter(|one| one.role == Role::Code && one.grade != Some(Grade::A));
    counting
        .filter_map(|one| gold.units.get(one.unit))
        .filter(|unit| view.file(unit).is_some_and(|file| file.role == Role::Code))
        .map(|unit| view.path(unit).to_owned())
        .collect()
}

/// The span of a task; none where gold changes no code. `graph` holds base and result.
pub fn span(gold: &Diff, classified: &[Classified], graph: &Graph) -> Option<Span> {
    span_of_files(&spanned_files(gold, classified), graph)
}

/// The span of a set of files: one file is local; two or three, each in the folder of, or one import away from, one
/// common file, are neighbours; all else is global.
pub fn span_of_files(files: &BTreeSet<String>, graph: &Graph) -> Option<Span> {
    match files.len() {
        0 => None,
        1 => Some(Span::Local),
        2 | 3 if have_common_file(files, graph) => Some(Span::Neighbour),
        _ => Some(Span::Global),
    }
}

fn have_common_file(files: &BTreeSet<String>, graph: &Graph) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let near: Vec<(String, BTreeMap<String, u32>)> =
        files.iter().map(|file| (folder(file), graph.distances(file))).collect();
    let candidates: BTreeSet<&str> = graph.files().chain(files.iter().map(String::as_str)).collect();
    candidates.into_iter().any(|common| {
        near.iter().all(|(own, distances)| {
            *own == folder(common) || distances.get(common).is_some_and(|distance| *distance <= 1)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::memory::Files;
    use crate::syntax::index::{Cache, Index};

    #[test]
    fn spans() {
        let tree = Files::of(&[
            ("Cargo.toml", "[package]\nname = \"x\"\n"),
            ("src/lib.rs", "mod a;\nmod b;\nmod c;\n"),
            ("src/a/mod.rs", "use crate::b::B;\nmod inner;\n"),
            ("src/a/inner.rs", ""),
            ("src/b/mod.rs", "pub struct B;\nmod deep;\n"),
            ("src/b/deep.rs", ""),
            ("src/c.rs", "use crate::b::B;\n"),
        ]);
        let graph = Index::graph_of(&tree, &mut Cache::default());
        let table: &[(&[&str], Option<Span>)] = &[
            (&[], None),
            (&["src/c.rs"], Some(Span::Local)),
            (&["src/c.rs", "src/lib.rs"], Some(Span::Neighbour)),
            (&["src/a/mod.rs", "src/b/mod.rs"], Some(Span::Neighbour)),
            (&["src/a/mod.rs", "src/b/mod.rs", "src/c.rs"], Some(Span::Neighbour)),
            (&["src/a/inner.rs", "src/b/deep.rs"], Some(Span::Global)),
            (&["src/a/inner.rs", "src/c.rs"], Some(Span::Global)),
            (&["src/lib.rs", "src/c.rs", "src/a/mod.rs", "src/b/mod.rs"], Some(Span::Global)),
            (&["other/x.py", "other/y.py"], Some(Span::Neighbour)),
        ];
        for (files, expected) in table {
            let files = files.iter().map(|file| (*file).to_owned()).collect();
            assert_eq!(span_of_files(&files, &graph), *expected, "{files:?}");
        }
    }
}
