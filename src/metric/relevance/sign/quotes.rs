//! `neutral`: other quotes around the same string, in languages where both mean the same.

use crate::diff::UnitKind;
use crate::metric::relevance::{Facts, Grade, Mark, Sign};
use crate::syntax::Source;

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    if !matches!(edit.kind, UnitKind::Body | UnitKind::Signature | UnitKind::Import) {
        return None;
    }
    // The languages that run a file when they load it are those with two kinds of quotes.
    let source = facts.view.new_side(edit.changes.first()?.file)?;
    if !source.language.runs_on_load {
        return None;
    }
    let (gone, come) = facts.view.tokens(edit);
    let whole = gone.len() == come.len() && gone.iter().zip(&come).all(|(old, new)| requoted(old, new));
    let marks = |tokens: &[String]| tokens.iter().all(|token| token.chars().all(|c| matches!(c, '\'' | '"')));
    // Where a string is several tokens, only its marks change.
    let parts = marks(&gone)
        && marks(&come)
        && edit.changes.iter().all(|change| {
            let (old, new) = (facts.view.old(change.file), facts.view.new_side(change.file));
            let text = |source: Option<&Source>, at: usize| {
                let source = source?;
                Some(source.node_text(source.parent(source.leaf_at(at)?)?))
            };
            match (text(old, change.old[0]), text(new, change.new[0])) {
                (Some(old), Some(new)) => requoted(&old, &new),
                _ => false,
            }
        });
    ((whole || parts) && !gone.is_empty()).then(|| Mark {
        sign: Sign::Neutral,
        grade: Grade::B,
        evidence: vec![facts.at(unit, "")],
        why: "the same string in other quotes".to_owned(),
    })
}

/// The same text between `'` and `"`, with nothing inside that either would read otherwise.
fn requoted(old: &str, new: &str) -> bool {
    let inner = |text: &str| {
        let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let length = if text.starts_with(&quote.to_string().repeat(3)) { 3 } else { 1 };
        let inner = text.get(length..text.len().checked_sub(length)?)?;
        let plain = text.ends_with(quote) && !inner.contains(['\'', '"', '\\']);
        plain.then(|| (quote, length, inner.to_owned()))
    };
    let (Some(old), Some(new)) = (inner(old), inner(new)) else { return false };
    old.0 != new.0 && old.1 == new.1 && old.2 == new.2
}

#[cfg(test)]
mod tests {
    use super::requoted;

    #[test]
    fn quotes_are_told_from_other_strings() {
        for (old, new, expected) in [
            ("'a'", "\"a\"", true),
            ("\"a b\"", "'a b'", true),
            ("'''a'''", "\"\"\"a\"\"\"", true),
            ("'a'", "\"b\"", false),
            ("'a'", "'a'", false),
            ("'it\\'s'", "\"it\\'s\"", false),
            ("'say \"a\"'", "\"say \"a\"\"", false),
            ("f'a'", "\"a\"", false),
            ("`a`", "'a'", false),
        ] {
            assert_eq!(requoted(old, new), expected, "{old} {new}");
        }
    }
}
