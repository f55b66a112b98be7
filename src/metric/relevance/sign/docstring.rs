//! `comment`, where documentation is a string: a docstring of a function or class that nothing else touches.

use crate::diff::{Role, Unit, UnitKind};
use crate::metric::relevance::view::tokens_in;
use crate::metric::relevance::{Facts, Grade, Mark, Sign, has_tokens};
use crate::syntax::{Source, TokenKind};

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    let kinds = matches!(edit.kind, UnitKind::Added | UnitKind::Removed | UnitKind::Body);
    if !kinds || edit.role == Role::Test || facts.topic.about_documentation() || !is_docstring(facts, edit) {
        return None;
    }
    let (old, new) = (facts.view.deleted(edit), facts.view.inserted(edit));
    if facts.topic.names_any_of(&[&old, &new]) {
        return None;
    }
    let file = edit.changes.first()?.file;
    // What a function does is its documentation's business; of a module, any edit is.
    let beside = facts.input.diff.units.iter().any(|other| {
        other.id != edit.id
            && has_tokens(other)
            && other.changes.first().is_some_and(|change| change.file == file)
            && other.entity.starts_with(&edit.entity)
            && !is_docstring(facts, other)
    });
    (!beside).then(|| Mark {
        sign: Sign::Comment,
        grade: Grade::B,
        evidence: vec![facts.at(unit, "")],
        why: "documentation of something that does not change".to_owned(),
    })
}

/// Every changed token is a string that is a statement by itself.
fn is_docstring(facts: &Facts, edit: &Unit) -> bool {
    edit.changes.iter().all(|change| {
        let sides =
            [(facts.view.old(change.file), change.old), (facts.view.new_side(change.file), change.new)];
        sides.into_iter().all(|(source, range)| {
            range[0] == range[1] || source.is_some_and(|source| strings(source, range))
        })
    })
}

fn strings(source: &Source, range: [usize; 2]) -> bool {
    let mut tokens = tokens_in(source, range[0]..range[1]);
    let documents = |token: usize| {
        let leaf = source.tokens[token].node as usize;
        let string = source.ancestors(leaf).take(3).find(|node| source.kind_name(*node) == "string");
        let statement = string.and_then(|node| source.parent(node));
        source.tokens[token].kind == TokenKind::Comment
            || statement.is_some_and(|node| source.kind_name(node) == "expression_statement")
    };
    source.language.name == "python" && !tokens.is_empty() && tokens.all(documents)
}
