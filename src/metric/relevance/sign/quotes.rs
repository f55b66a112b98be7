//! `neutral`: other quotes around the same string, in languages where both mean the same.

use crate::diff::UnitKind;
use crate::metric::relevance::{Facts, Grade, Mark, Sign};

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
    let same = gone.len() == come.len() && gone.iter().zip(&come).all(|(old, new)| requoted(old, new));
    (same && !gone.is_empty()).then(|| Mark {
        sign: Sign::Neutral,
        grade: Grade::B,
        evidence: vec![facts.at(unit, "")],
        why: format!("the same {} in other quotes", if gone.len() == 1 { "string" } else { "strings" }),
    })
}

/// The same text between `'` and `"`, with nothing inside that either would read otherwise.
fn requoted(old: &str, new: &str) -> bool {
    let inner = |text: &str| {
        let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let length = if text.starts_with(&quote.to_string().repeat(3)) { 3 } else { 1 };
        let inner = text.get(length..text.len().checked_sub(length)?)?;
        (text.ends_with(quote) && !inner.contains(['\'', '"', '\\']))
            .then(|| (quote, length, inner.to_owned()))
    };
    match (inner(old), inner(new)) {
        (Some((p, n, a)), Some((q, m, b))) => p != q && n == m && a == b,
        _ => false,
    }
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
