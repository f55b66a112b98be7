//! `neutral`: redundant parentheses. The statement's tree is the same on both sides but for parentheses around
//! expressions; the tree holds the precedence, so nothing else can differ.

use crate::diff::UnitKind;
use crate::metric::relevance::{Facts, Grade, Mark, Sign};
use crate::syntax::{Source, TokenKind};

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    if !matches!(edit.kind, UnitKind::Body | UnitKind::Signature | UnitKind::Format) {
        return None;
    }
    let (gone, come) = facts.view.tokens(edit);
    let only = gone.iter().chain(&come).all(|token| token == "(" || token == ")");
    if !only || gone.len() + come.len() < 2 {
        return None;
    }
    for change in &edit.changes {
        let (old, new) = (facts.view.old(change.file)?, facts.view.new_side(change.file)?);
        let statement = |source: &Source, at: usize| source.leaf_at(at).map(|leaf| source.statement_of(leaf));
        let (before, after) = (statement(old, change.old[0])?, statement(new, change.new[0])?);
        let (mut p, mut q) = (Vec::new(), Vec::new());
        shape(old, before, &mut p, DEEPEST)?;
        shape(new, after, &mut q, DEEPEST)?;
        if p != q || old.nodes[before].hash == new.nodes[after].hash {
            return None;
        }
    }
    Some(Mark {
        sign: Sign::Neutral,
        grade: Grade::A,
        evidence: vec![facts.at(unit, "")],
        why: "the statement's tree is the same but for grouping parentheses".to_owned(),
    })
}

const DEEPEST: usize = 200;

/// A node as a list of kinds, ends and leaf texts, grouping parentheses and comments left out.
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
        let bracket = grouping && matches!(source.node_text(child).as_str(), "(" | ")");
        if !bracket {
            shape(source, child, out, depth - 1)?;
        }
    }
    if !grouping {
        out.push(")".to_owned());
    }
    Some(())
}
