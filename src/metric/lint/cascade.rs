//! New findings grouped by cause: one wrong type can bring forty errors.
//!
//! In: new findings. Out: [`Cause`]s, the largest first. Findings of one tool have one cause where rule and message
//! agree (numbers aside), or where both are a compiler's errors and quote the same name. A text that does not parse is
//! the cause of all that the same tool says of its file.
//!
//! Invariant: every finding belongs to exactly one cause.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compare::normal;
use crate::lint::{Finding, is_compiler_error, is_syntax_error};

/// Findings that one mistake explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// The first of them, by place; a text that does not parse before what follows from it.
    pub first: Finding,
    /// How many there are, the first included.
    pub findings: u32,
}

/// Groups new findings.
pub fn causes(new: &[Finding]) -> Vec<Cause> {
    let mut parents: Vec<usize> = (0..new.len()).collect();
    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (index, finding) in new.iter().enumerate() {
        for key in keys(finding, new) {
            let first = *seen.entry((&finding.tool, key)).or_insert(index);
            let (a, b) = (root(&parents, first), root(&parents, index));
            parents[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    for (index, finding) in new.iter().enumerate() {
        groups.entry(root(&parents, index)).or_default().push(finding);
    }
    let mut causes: Vec<Cause> = groups
        .into_values()
        .filter_map(|group| {
            let first = group.iter().min_by_key(|finding| (!is_syntax_error(finding), **finding))?;
            Some(Cause { first: (*first).clone(), findings: group.len() as u32 })
        })
        .collect();
    causes.sort_by(|a, b| b.findings.cmp(&a.findings).then_with(|| a.first.cmp(&b.first)));
    causes
}

fn root(parents: &[usize], mut index: usize) -> usize {
    while parents[index] != index {
        index = parents[index];
    }
    index
}

/// What a finding shares with those of the same cause.
fn keys(finding: &Finding, all: &[Finding]) -> Vec<String> {
    let mut keys = vec![format!("message {} {}", finding.rule, normal(&finding.message))];
    if is_compiler_error(finding) {
        keys.extend(quoted(&finding.message).map(|name| format!("name {name}")));
    }
    let broken =
        |other: &Finding| is_syntax_error(other) && other.tool == finding.tool && other.file == finding.file;
    if all.iter().any(broken) {
        keys.push(format!("file {}", finding.file));
    }
    keys
}

/// The first name that a message quotes, without what it is called with.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    let begin = message.find(['`', '\'', '"']);
    let inner = begin.and_then(|at| {
        let rest = &message[at + 1..];
        Some(&rest[..rest.find(['`', '\'', '"'])?])
    });
    inner.filter(|name| name.chars().all(|c| c.is_alphanumeric() || "_$.:".contains(c))).into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Level;

    fn finding(tool: &str, rule: &str, file: &str, line: usize, message: &str) -> Finding {
        Finding {
            tool: tool.to_owned(),
            rule: rule.to_owned(),
            level: Level::Error,
            file: file.to_owned(),
            line,
            message: message.to_owned(),
        }
    }

    #[test]
    fn one_mistake_is_one_cause() {
        let no_field =
            |line| finding("tsc", "TS2339", "a.ts", line, "Property 'rate' does not exist on type 'Fee'.");
        let new = [
            no_field(3),
            no_field(9),
            finding(
                "tsc",
                "TS2551",
                "b.ts",
                1,
                "Property 'rate' does not exist on type 'Fee'. Did you mean 'rates'?",
            ),
            finding("tsc", "TS2322", "b.ts", 7, "Type 'string' is not assignable to type 'number'."),
            finding("eslint", "no-console", "a.ts", 5, "Unexpected console statement."),
            finding("eslint", "no-console", "a.ts", 6, "Unexpected console statement."),
            finding("eslint", "eqeqeq", "a.ts", 6, "Expected '===' and instead saw '=='."),
        ];
        let shown: Vec<_> = causes(&new)
            .iter()
            .map(|cause| {
                format!("{} × {}:{} {}", cause.findings, cause.first.file, cause.first.line, cause.first.rule)
            })
            .collect();
        assert_eq!(
            shown,
            ["3 × a.ts:3 TS2339", "2 × a.ts:5 no-console", "1 × a.ts:6 eqeqeq", "1 × b.ts:7 TS2322"]
        );
    }

    #[test]
    fn a_text_that_does_not_parse_explains_what_is_said_of_its_file() {
        let new = [
            finding("tsc", "TS2304", "a.ts", 1, "Cannot find name 'x'."),
            finding("tsc", "TS1005", "a.ts", 9, "';' expected."),
            finding("tsc", "TS2304", "b.ts", 1, "Cannot find name 'y'."),
        ];
        let causes = causes(&new);
        assert_eq!((causes.len(), causes[0].findings, causes[0].first.rule.as_str()), (2, 2, "TS1005"));
    }
}
