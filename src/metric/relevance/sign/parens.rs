//! `neutral`: redundant parentheses, and braces around one statement. The statement's tree is the same on both sides but
//! for these; the tree holds the precedence and what an `else` belongs to, so nothing else can differ.

use std::ops::Range;

use crate::diff::{Change, UnitKind};
use crate::metric::relevance::{Facts, Grade, Mark, Sign};
use crate::syntax::{Source, TokenKind};

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    if !matches!(edit.kind, UnitKind::Body | UnitKind::Signature | UnitKind::Format) {
        return None;
    }
    let (gone, come) = facts.view.tokens(edit);
    let only = gone.iter().chain(&come).all(|token| matches!(token.as_str(), "(" | ")" | "{" | "}"));
    if !only || gone.len() + come.len() < 2 {
        return None;
    }
    let same: Vec<Pair> = edit.changes.iter().filter_map(|change| statements(facts, change)).collect();
    let inside = |range: [usize; 2], outer: &Range<usize>| outer.start <= range[0] && range[1] <= outer.end;
    let held = |change: &Change| {
        same.iter().any(|pair| {
            pair.file == change.file && inside(change.old, &pair.old) && inside(change.new, &pair.new)
        })
    };
    if !edit.changes.iter().all(held) {
        return None;
    }
    Some(Mark {
        sign: Sign::Neutral,
        grade: Grade::A,
        evidence: vec![facts.at(unit, "")],
        why: "the statement's tree is the same but for brackets that only group".to_owned(),
    })
}

/// Two statements that are the same but for brackets.
struct Pair {
    file: usize,
    old: Range<usize>,
    new: Range<usize>,
}

/// Statements around a change, the smallest first, that are the same but for brackets. A bracket on one side alone may
/// stand at the end of a smaller statement on the other.
fn statements(facts: &Facts, change: &Change) -> Option<Pair> {
    let (old, new) = (facts.view.old(change.file)?, facts.view.new_side(change.file)?);
    let around = |source: &Source, at: usize| -> Option<Vec<usize>> {
        let first = source.statement_of(source.leaf_at(at)?);
        let up = |node: &usize| source.parent(*node).map(|parent| source.statement_of(parent));
        Some(std::iter::successors(Some(first), up).take(LEVELS).filter(|node| *node != 0).collect())
    };
    let shapes = |source: &Source, nodes: &[usize]| -> Vec<Option<Vec<String>>> {
        let shape_of = |node: &usize| {
            let mut out = Vec::new();
            shape(source, *node, &mut out, DEEPEST).map(|()| out)
        };
        nodes.iter().map(shape_of).collect()
    };
    let (before, after) = (around(old, change.old[0])?, around(new, change.new[0])?);
    let (p, q) = (shapes(old, &before), shapes(new, &after));
    let pairs = (0..before.len()).flat_map(|a| (0..after.len()).map(move |b| (a, b)));
    let same = |(a, b): &(usize, usize)| {
        p[*a].is_some() && p[*a] == q[*b] && old.nodes[before[*a]].hash != new.nodes[after[*b]].hash
    };
    let (a, b) = pairs.into_iter().find(same)?;
    Some(Pair { file: change.file, old: old.range(before[a]), new: new.range(after[b]) })
}

/// Statements around a change that are looked at on either side.
const LEVELS: usize = 3;
const DEEPEST: usize = 200;

/// A node as a list of kinds, ends and leaf texts, brackets that only group and comments left out.
fn shape(source: &Source, node: usize, out: &mut Vec<String>, depth: usize) -> Option<()> {
    if depth == 0 {
        return None;
    }
    let grouping = (source.language.groups)(source, node);
    let children: Vec<usize> = source.children(node).collect();
    if children.is_empty() {
        for token in
            source.nodes[node].tokens().filter(|token| source.tokens[*token].kind != TokenKind::Comment)
        {
            out.push(String::from_utf8_lossy(source.text(token)).into_owned());
        }
        return Some(());
    }
    if !grouping {
        out.push(format!("({}", source.kind_name(node)));
    }
    for child in children {
        let bracket = grouping && matches!(source.kind_name(child), "(" | ")" | "{" | "}");
        if !bracket {
            shape(source, child, out, depth - 1)?;
        }
    }
    if !grouping {
        out.push(")".to_owned());
    }
    Some(())
}
