//! Names that nothing defines.
//!
//! In: new findings of compilers and type checkers; where none ran, what the index knows. Out: one [`Invented`] a name and
//! file, at its first place.
//!
//! From findings: rustc's E0412, E0425, E0432, E0433, E0560, E0599, E0609; tsc's 2304, 2305, 2307, 2339, 2551, 2724; mypy's
//! `name-defined` and `attr-defined`; ruff's F821. A method that exists and whose bounds do not hold is not invented, and
//! of a file that does not parse nothing is said.

use std::collections::{BTreeMap, BTreeSet};

use super::Invented;
use crate::lint::{Finding, is_syntax_error};

/// Tools, their rules, and which of the names that the message quotes is the one that is not there.
const RULES: &[(&str, &str, Quoted)] = &[
    ("clippy", "E0412", Quoted::First),
    ("clippy", "E0425", Quoted::First),
    ("clippy", "E0432", Quoted::First),
    ("clippy", "E0433", Quoted::Last),
    ("clippy", "E0560", Quoted::Second),
    ("clippy", "E0599", Quoted::First),
    ("clippy", "E0609", Quoted::First),
    ("tsc", "TS2304", Quoted::First),
    ("tsc", "TS2305", Quoted::Second),
    ("tsc", "TS2307", Quoted::First),
    ("tsc", "TS2339", Quoted::First),
    ("tsc", "TS2551", Quoted::First),
    ("tsc", "TS2724", Quoted::Second),
    ("mypy", "name-defined", Quoted::First),
    ("mypy", "attr-defined", Quoted::Last),
    ("ruff", "F821", Quoted::First),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoted {
    First,
    Second,
    Last,
}

/// Names that compilers miss. `new` are findings that the base did not have.
pub fn invented_by(new: &[Finding]) -> Vec<Invented> {
    let broken: BTreeSet<(&str, &str)> =
        new.iter().filter(|one| is_syntax_error(one)).map(|one| (&*one.tool, &*one.file)).collect();
    // What cannot be parsed is not there for others either.
    let stopped: BTreeSet<&str> =
        broken.iter().map(|(tool, _)| *tool).filter(|tool| *tool == "clippy").collect();
    let mut found: BTreeMap<(String, String), Invented> = BTreeMap::new();
    for finding in new {
        let rule = RULES.iter().find(|(tool, rule, _)| *tool == finding.tool && *rule == finding.rule);
        let Some((tool, rule, which)) = rule else { continue };
        let unsure = broken.contains(&(tool, finding.file.as_str()))
            || stopped.contains(tool)
            || finding.message.contains("but its trait bounds")
            || finding.message.contains("exists for");
        let Some(symbol) = name(&finding.message, *which).filter(|_| !unsure) else { continue };
        let one = Invented {
            symbol: symbol.clone(),
            file: finding.file.clone(),
            line: finding.line,
            rule: (*rule).to_owned(),
            heuristic: false,
        };
        let entry = found.entry((finding.file.clone(), symbol)).or_insert_with(|| one.clone());
        if one.line < entry.line {
            *entry = one;
        }
    }
    let mut all: Vec<Invented> = found.into_values().collect();
    all.sort();
    all
}

/// A name that a message quotes, without quotes of its own.
fn name(message: &str, which: Quoted) -> Option<String> {
    let mut quoted = Vec::new();
    let mut rest = message;
    while let Some(at) = rest.find(['`', '\'', '"', '\u{201c}', '\u{2018}']) {
        let mark = rest[at..].chars().next()?;
        let close = match mark {
            '\u{201c}' => '\u{201d}',
            '\u{2018}' => '\u{2019}',
            same => same,
        };
        let inner = &rest[at + mark.len_utf8()..];
        let Some(end) = inner.find(close) else { break };
        quoted.push(inner[..end].trim_matches(['"', '\'', '`']));
        rest = &inner[end + close.len_utf8()..];
    }
    let chosen = match which {
        Quoted::First => quoted.first(),
        Quoted::Second => quoted.get(1).or(quoted.last()),
        Quoted::Last => quoted.last(),
    };
    chosen.filter(|name| !name.is_empty()).map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Level;

    fn finding(tool: &str, rule: &str, line: usize, message: &str) -> Finding {
        Finding {
            tool: tool.to_owned(),
            rule: rule.to_owned(),
            level: Level::Error,
            file: "src/a".to_owned(),
            line,
            message: message.to_owned(),
        }
    }

    #[test]
    fn names_that_compilers_miss() {
        let table = [
            ("clippy", "E0412", "cannot find type `Ledgr` in this scope", Some("Ledgr")),
            ("clippy", "E0425", "cannot find function `totl` in module `crate::a`", Some("totl")),
            ("clippy", "E0432", "unresolved import `crate::a::nothing`", Some("crate::a::nothing")),
            (
                "clippy",
                "E0433",
                "failed to resolve: use of unresolved module or unlinked crate `rayn`",
                Some("rayn"),
            ),
            ("clippy", "E0560", "struct `Fee` has no field named `rat`", Some("rat")),
            (
                "clippy",
                "E0599",
                "no method named `halve` found for struct `Money` in the current scope",
                Some("halve"),
            ),
            (
                "clippy",
                "E0599",
                "the method `clone` exists for struct `A<T>`, but its trait bounds were not satisfied",
                None,
            ),
            ("clippy", "E0609", "no field `rat` on type `&Fee`", Some("rat")),
            ("clippy", "E0308", "mismatched types: expected `u8`", None),
            ("tsc", "TS2304", "Cannot find name 'totl'.", Some("totl")),
            ("tsc", "TS2305", "Module '\"./a\"' has no exported member 'half'.", Some("half")),
            (
                "tsc",
                "TS2307",
                "Cannot find module 'left-pda' or its corresponding type declarations.",
                Some("left-pda"),
            ),
            ("tsc", "TS2339", "Property 'rat' does not exist on type 'Fee'.", Some("rat")),
            (
                "tsc",
                "TS2551",
                "Property 'rat' does not exist on type 'Fee'. Did you mean 'rate'?",
                Some("rat"),
            ),
            (
                "tsc",
                "TS2724",
                "'\"./a\"' has no exported member named 'haf'. Did you mean 'half'?",
                Some("haf"),
            ),
            ("mypy", "name-defined", "Name \"totl\" is not defined", Some("totl")),
            ("mypy", "attr-defined", "Module \"a\" has no attribute \"totl\"", Some("totl")),
            ("ruff", "F821", "Undefined name `totl`", Some("totl")),
        ];
        for (tool, rule, message, expected) in table {
            let found = invented_by(&[finding(tool, rule, 3, message)]);
            assert_eq!(found.first().map(|one| one.symbol.as_str()), expected, "{message}");
        }
    }

    #[test]
    fn a_name_is_said_once_and_a_broken_text_says_nothing() {
        let of = |line| finding("tsc", "TS2304", line, "Cannot find name 'x'.");
        let found = invented_by(&[of(9), of(3)]);
        assert_eq!(found.iter().map(|one| one.line).collect::<Vec<_>>(), [3]);
        assert!(invented_by(&[of(9), finding("tsc", "TS1005", 2, "';' expected.")]).is_empty());
    }
}
