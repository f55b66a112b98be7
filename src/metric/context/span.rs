//! How far a fix reaches.

use std::collections::BTreeSet;

use super::ImportGraph;
use crate::diff::{Diff, Role};
use crate::task::Span;

/// At most so many files make a neighbourhood.
const NEIGHBOURHOOD: usize = 3;

/// The span of a change: `local` one code file; `neighbour` two or three, each in the folder of, or one import away
/// from, one common file; `global` all else. Units in `left_out` (indices) do not count. None without code files.
pub fn span(diff: &Diff, left_out: &BTreeSet<usize>, graph: &ImportGraph) -> Option<Span> {
    let files: BTreeSet<&str> = diff
        .units
        .iter()
        .enumerate()
        .filter(|(index, unit)| unit.role == Role::Code && !left_out.contains(index))
        .flat_map(|(_, unit)| &unit.changes)
        .filter_map(|change| diff.files.get(change.file))
        .filter_map(|file| file.old.as_deref().or(file.new.as_deref()))
        .collect();
    match files.len() {
        0 => None,
        1 => Some(Span::Local),
        2..=NEIGHBOURHOOD => {
            Some(if have_common_file(&files, graph) { Span::Neighbour } else { Span::Global })
        }
        _ => Some(Span::Global),
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether some file has all of `files` in its folder or one import away. Such a file is one of them, or a neighbour
/// of the first by import, or any file of the first's folder, which is as near as the first itself.
fn have_common_file(files: &BTreeSet<&str>, graph: &ImportGraph) -> bool {
    let Some(first) = files.first() else { return false };
    let near = |centre: &str| {
        files.iter().all(|file| {
            *file == centre
                || folder(file) == folder(centre)
                || graph.neighbours(centre).any(|next| next == *file)
        })
    };
    let beside_first = graph.files().filter(|path| folder(path) == folder(first));
    files.iter().copied().chain(graph.neighbours(first)).chain(beside_first).any(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)]) -> ImportGraph {
        let mut graph = ImportGraph::default();
        for (a, b) in edges {
            graph.connect(a, b);
        }
        graph
    }

    #[test]
    fn a_common_file_makes_a_neighbourhood() {
        let edges =
            [("src/lib.rs", "src/a/x.rs"), ("src/lib.rs", "src/b/y.rs"), ("src/b/y.rs", "src/c/z.rs")];
        let cases: [(&[&str], bool); 6] = [
            (&["src/a/x.rs", "src/a/w.rs"], true),
            (&["src/a/x.rs", "src/b/y.rs"], true),
            (&["src/a/x.rs", "src/c/z.rs"], false),
            (&["src/b/y.rs", "src/c/z.rs", "src/lib.rs"], true),
            (&["src/a/x.rs", "src/b/y.rs", "src/main.rs"], true),
            (&["p/a.rs", "q/b.rs"], false),
        ];
        for (files, expected) in cases {
            assert_eq!(
                have_common_file(&files.iter().copied().collect(), &graph(&edges)),
                expected,
                "{files:?}"
            );
        }
    }
}
