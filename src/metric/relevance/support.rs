//! What belongs to the change without being it: tests that reach an anchor, and both directions of dependence on
//! acquitted units.

use std::collections::{BTreeMap, BTreeSet};

use super::anchors::Anchors;
use super::facts::Facts;
use super::{Class, Classified, verdict};
use crate::diff::{Role, UnitKind};

/// Gives open units a class where a link to the change can be named.
pub fn fill(facts: &Facts, anchors: &Anchors, verdicts: &mut [Option<Classified>]) {
    let units = &facts.diff().units;
    let number: BTreeMap<&str, usize> =
        units.iter().enumerate().map(|(i, unit)| (unit.id.as_str(), i)).collect();
    let needs: Vec<Vec<usize>> = units
        .iter()
        .map(|unit| unit.needs.iter().filter_map(|need| number.get(need.as_str()).copied()).collect())
        .collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); units.len()];
    for (unit, needs) in needs.iter().enumerate() {
        for need in needs {
            needed_by[*need].push(unit);
        }
    }
    let roots: Vec<usize> = (0..units.len())
        .filter(|unit| {
            verdicts[*unit].as_ref().is_some_and(|v| v.class == Class::Acquitted) && anchors.contains(*unit)
        })
        .collect();
    for (edges, link) in
        [(&needs, "an acquitted edit needs this"), (&needed_by, "this needs an acquitted edit")]
    {
        let mut seen: BTreeSet<usize> = roots.iter().copied().collect();
        let mut open = roots.clone();
        while let Some(unit) = open.pop() {
            for next in &edges[unit] {
                let refused = verdicts[*next].as_ref().is_some_and(|v| v.class == Class::Irrelevant);
                if refused || !seen.insert(*next) {
                    continue;
                }
                if verdicts[*next].is_none() {
                    let mut found =
                        verdict(*next, Class::Supporting, format!("{link}: {}", name(facts, unit)));
                    found.evidence.extend(facts.first_line(unit));
                    verdicts[*next] = Some(found);
                }
                open.push(*next);
            }
        }
    }
    tests(facts, anchors, verdicts);
}

/// Tests that use a name that an anchor defines or lies in.
fn tests(facts: &Facts, anchors: &Anchors, verdicts: &mut [Option<Classified>]) {
    let units = &facts.diff().units;
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for anchor in anchors.units() {
        let entity = units[anchor].entity.iter().filter_map(|entity| entity.rsplit(' ').next());
        for name in
            units[anchor].defines.iter().map(String::as_str).chain(entity).filter(|name| name.len() > 1)
        {
            names.entry(name).or_insert(anchor);
        }
    }
    for unit in 0..units.len() {
        let here = &units[unit];
        if verdicts[unit].is_some() || here.role != Role::Test {
            continue;
        }
        if let Some((name, anchor)) = here.uses.iter().find_map(|name| names.get_key_value(name.as_str())) {
            let mut found = verdict(
                unit,
                Class::Supporting,
                format!("a test that uses `{name}`, which the patch changes"),
            );
            found.evidence.extend(facts.first_line(*anchor));
            verdicts[unit] = Some(found);
        }
    }
    for unit in (0..units.len()).filter(|unit| units[*unit].kind == UnitKind::File) {
        let reaches = |other: usize| {
            units[other].needs.contains(&units[unit].id)
                && verdicts[other].as_ref().is_some_and(|v| v.class == Class::Supporting)
        };
        if verdicts[unit].is_none() && units[unit].role == Role::Test && (0..units.len()).any(reaches) {
            verdicts[unit] =
                Some(verdict(unit, Class::Supporting, "a file of tests that reach the change".to_owned()));
        }
    }
}

/// What was looked at in vain.
pub fn tried(facts: &Facts, unit: usize) -> String {
    let kind = match facts.kind(unit) {
        UnitKind::Data => "no sign by its path; its text is not parsed",
        UnitKind::File => "no sign by its path, and something refers to it or may find it by its place",
        UnitKind::Comment => "documentation that the statement may ask for",
        _ => "it changes what the program does; no sign holds",
    };
    format!("{kind}, and no link to an acquitted edit was found")
}

fn name(facts: &Facts, unit: usize) -> String {
    let here = facts.unit(unit);
    here.entity.last().map_or_else(|| format!("`{}`", facts.path(unit)), |entity| format!("`{entity}`"))
}
