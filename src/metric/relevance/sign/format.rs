//! `format`: the same token stream, away from anything that changed.

use crate::diff::UnitKind;
use crate::metric::relevance::{Facts, Grade, Mark, Sign};

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    if edit.kind != UnitKind::Format || facts.topic.about_formatting() {
        return None;
    }
    // Without a grammar nobody can say what white space means.
    facts.view.file(edit)?.language.as_ref()?;
    let places = edit.changes.len();
    Some(Mark {
        sign: Sign::Format,
        grade: Grade::A,
        evidence: vec![facts.at(unit, "")],
        why: format!(
            "token stream identical at {places} place{}, no edit of the statement",
            if places == 1 { "" } else { "s" }
        ),
    })
}
