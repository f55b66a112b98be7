//! What is declared must be implemented, and only that: members of traits, and of their implementations.
//!
//! A method of an implementation needs the trait's method of that name; and a trait's method without a default needs the
//! method in each implementation that stays. Names alone say neither: both define, and neither uses the other.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::syntax::{Source, flag};

use super::units::Draft;

/// What a unit does to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Turn {
    Comes,
    Goes,
    Changes,
}

/// A member that a unit brings, takes away or declares anew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Member {
    /// Name of the trait, without path and arguments.
    contract: String,
    name: String,
    /// In the trait itself: whether it must be implemented. None in an implementation.
    required: Option<bool>,
    /// The trait or implementation around it comes or goes with it.
    whole: bool,
    turn: Turn,
}

/// The member in whose head `node` lies; `tokens` are those that change with it.
pub(crate) fn member(source: &Source, node: usize, tokens: &Range<usize>, turn: Turn) -> Option<Member> {
    let contract = source.language.contract?;
    for item in source.ancestors(node) {
        if source.nodes[item].is(flag::IN_BODY) {
            return None;
        }
        let Some(owner) = source.parent(source.grouped(item)).and_then(|list| source.parent(list)) else {
            continue;
        };
        let kind = source.kind_name(owner);
        let (field, required) = if kind == contract.declared {
            ("name", Some(source.child_named(item, contract.body).is_none()))
        } else if kind == contract.implemented {
            (contract.field, None)
        } else {
            continue;
        };
        let Some(name) = source.child_named(item, "name") else { continue };
        let around = source.node_text(source.child_named(owner, field)?);
        return Some(Member {
            contract: plain(&around).to_owned(),
            name: source.node_text(name),
            required,
            whole: tokens.contains(&(source.nodes[owner].first as usize)),
            turn,
        });
    }
    None
}

/// `fmt::From<T>` → `From`.
fn plain(path: &str) -> &str {
    let head = path.split('<').next().unwrap_or(path).trim_end();
    head.rsplit("::").next().unwrap_or(head).trim()
}

/// Where a member is declared and implemented, by draft.
#[derive(Default)]
struct Places<'a> {
    declared: Vec<(usize, &'a Member)>,
    implemented: Vec<(usize, &'a Member)>,
}

/// Pairs of drafts of which the first needs the second.
pub(crate) fn link(drafts: &[Draft]) -> Vec<(usize, usize)> {
    let mut places: BTreeMap<(&str, &str, Turn), Places> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        for member in &draft.names.members {
            let places = places.entry((&member.contract, &member.name, member.turn)).or_default();
            let list = if member.required.is_some() { &mut places.declared } else { &mut places.implemented };
            list.push((index, member));
        }
    }
    let mut needs = Vec::new();
    for ((_, _, turn), places) in &places {
        // Two traits of one name: which of them is meant is not known.
        let [(trait_unit, declaration)] = places.declared[..] else { continue };
        for (unit, member) in &places.implemented {
            let (forth, back) = ((*unit, trait_unit), (trait_unit, *unit));
            let binds = match turn {
                Turn::Comes | Turn::Goes => declaration.required == Some(true),
                Turn::Changes => true,
            };
            let both = binds && !member.whole && !declaration.whole;
            match turn {
                Turn::Comes | Turn::Changes => needs.push(forth),
                Turn::Goes => needs.push(back),
            }
            if both {
                needs.push(if *turn == Turn::Goes { forth } else { back });
            }
        }
    }
    needs
}
