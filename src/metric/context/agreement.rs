//! Agreement with the reference: shares of files and entities, either way. Gold is one fix of many, so this is no
//! measure of being right.

use std::collections::BTreeSet;

use super::counts;
use crate::diff::{Diff, UnitKind};
use crate::metric::relevance::{Classified, View};

/// Shares in 0..=1; none where there is nothing to count.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Agreement {
    /// Of gold's files, the share that the patch changes too.
    pub file_recall: Option<f64>,
    /// Of the patch's files, the share that gold changes too.
    pub file_precision: Option<f64>,
    /// Of gold's entities, the share that the patch changes too.
    pub entity_recall: Option<f64>,
    /// Of the patch's entities, the share that gold changes too.
    pub entity_precision: Option<f64>,
}

type Entity = (String, Vec<String>);

/// Agreement of a patch with gold, both with their classes (gold's with gold withheld). Only files and entities with a
/// unit that is not irrelevant count.
pub fn agreement(
    patch: &Diff,
    classified: &[Classified],
    gold: &Diff,
    gold_classified: &[Classified],
) -> Agreement {
    let (files, entities) = touched(patch, classified);
    let (gold_files, gold_entities) = touched(gold, gold_classified);
    Agreement {
        file_recall: share(&gold_files, &files),
        file_precision: share(&files, &gold_files),
        entity_recall: share(&gold_entities, &entities),
        entity_precision: share(&entities, &gold_entities),
    }
}

/// Files by their base path (both sides share the base), and named entities in them.
fn touched(diff: &Diff, classified: &[Classified]) -> (BTreeSet<String>, BTreeSet<Entity>) {
    let view = View::new(diff);
    let (mut files, mut entities) = (BTreeSet::new(), BTreeSet::new());
    for unit in classified.iter().filter(|one| counts(one)).filter_map(|one| diff.units.get(one.unit)) {
        let Some(file) = view.file(unit) else { continue };
        let path = file.old.clone().unwrap_or_else(|| view.path(unit).to_owned());
        let named = !unit.file_level && !unit.entity.is_empty();
        if named && !matches!(unit.kind, UnitKind::Import | UnitKind::Format) {
            entities.insert((path.clone(), unit.entity.clone()));
        }
        files.insert(path);
    }
    (files, entities)
}

/// Of the files that gold's needed units lie in, by their base paths, the share in which the patch has a unit that is not
/// irrelevant; none where ablation shows no file of gold needed.
pub fn obligation_recall(
    patch: &Diff,
    classified: &[Classified],
    obligations: &BTreeSet<String>,
) -> Option<f64> {
    share(obligations, &touched(patch, classified).0)
}

/// Files of units by their base path, else by the new one.
pub fn files_of(diff: &Diff, units: impl Iterator<Item = usize>) -> BTreeSet<String> {
    units
        .filter_map(|unit| diff.units.get(unit))
        .flat_map(|unit| &unit.changes)
        .filter_map(|change| diff.files.get(change.file))
        .filter_map(|file| file.old.clone().or_else(|| file.new.clone()))
        .collect()
}

/// The share of `of` that is in `within`.
fn share<T: Ord>(of: &BTreeSet<T>, within: &BTreeSet<T>) -> Option<f64> {
    (!of.is_empty()).then(|| of.intersection(within).count() as f64 / of.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::diff;
    use crate::metric::relevance::tests::{changed, edited, tree};
    use crate::metric::relevance::{Input, classify};

    #[test]
    fn shares_of_files_and_entities() {
        let base = tree(&[
            ("src/lib.rs", "mod a;\nmod b;\n"),
            ("src/a.rs", "fn f() -> u32 {\n    1\n}\nfn g() -> u32 {\n    1\n}\n"),
            ("src/b.rs", "fn h() -> u32 {\n    1\n}\n"),
        ]);
        let gold = edited(
            &base,
            &[
                ("src/a.rs", Some("fn f() -> u32 {\n    2\n}\nfn g() -> u32 {\n    2\n}\n")),
                ("src/b.rs", Some("fn h() -> u32 {\n    2\n}\n")),
            ],
        );
        let patch = edited(
            &base,
            &[
                ("src/a.rs", Some("fn f() -> u32 {\n    3\n}\nfn g() -> u32 {\n    1\n}\n")),
                ("src/b.rs", Some("fn h() -> u32 {\n    1  \n}\n")),
            ],
        );
        let judged = |result| {
            let diff = diff(&changed(&base, result));
            let classified = classify(&Input::bare(&diff, &base));
            (diff, classified)
        };
        let ((gold, gold_classes), (patch, classes)) = (judged(&gold), judged(&patch));
        let found = agreement(&patch, &classes, &gold, &gold_classes);
        assert_eq!((found.file_recall, found.file_precision), (Some(0.5), Some(1.0)));
        assert_eq!((found.entity_recall, found.entity_precision), (Some(1.0 / 3.0), Some(1.0)));
        let obliged = |files: &[&str]| files.iter().map(|file| (*file).to_owned()).collect();
        assert_eq!(obligation_recall(&patch, &classes, &obliged(&["src/a.rs", "src/b.rs"])), Some(0.5));
        assert_eq!(obligation_recall(&patch, &classes, &obliged(&[])), None);
        let nothing = agreement(&diff(&[]), &[], &gold, &gold_classes);
        assert_eq!((nothing.file_recall, nothing.file_precision), (Some(0.0), None));
        assert_eq!(agreement(&diff(&[]), &[], &diff(&[]), &[]), Agreement::default());
    }
}
