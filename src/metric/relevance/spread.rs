//! Signs across units: what others need loses its sign, what only irrelevant units use takes theirs.

use std::collections::BTreeMap;

use super::Classified;
use super::facts::{Facts, Side, range};
use super::signs::Found;
use super::signs::unused::Candidate;
use crate::diff::UnitKind;

/// A sign does not hold for what a unit without a sign needs.
pub fn drop_needed(facts: &Facts, verdicts: &[Option<Classified>], found: &mut [Option<Found>]) {
    let units = &facts.diff().units;
    let number: BTreeMap<&str, usize> =
        units.iter().enumerate().map(|(i, unit)| (unit.id.as_str(), i)).collect();
    loop {
        let mut changed = false;
        for (unit, here) in units.iter().enumerate() {
            let quiet = matches!(here.kind, UnitKind::Comment | UnitKind::Format | UnitKind::Mode);
            if found[unit].is_some() || quiet {
                continue;
            }
            let generated = verdicts[unit].as_ref().is_some_and(|v| v.class == super::Class::Generated);
            for need in here.needs.iter().filter(|_| !generated).filter_map(|need| number.get(need.as_str()))
            {
                if found[*need].as_ref().is_some_and(|found| !found.firm) {
                    found[*need] = None;
                    changed = true;
                }
            }
        }
        if !changed {
            return;
        }
    }
}

/// A unit that only irrelevant units mention takes the lowest grade among them, until nothing changes.
pub fn downward(
    facts: &Facts,
    candidates: &[Candidate],
    verdicts: &[Option<Classified>],
    found: &mut [Option<Found>],
) {
    let units = &facts.diff().units;
    let holder = |file: usize, byte: usize| {
        (0..units.len()).find(|unit| {
            units[*unit]
                .changes
                .iter()
                .any(|change| change.file == file && range(change, Side::New).contains(&byte))
        })
    };
    let holders: Vec<Option<Vec<usize>>> = candidates
        .iter()
        .map(|candidate| candidate.mentions.iter().map(|(file, byte)| holder((*file)?, *byte)).collect())
        .collect();
    loop {
        let mut changed = false;
        for (candidate, holders) in candidates.iter().zip(&holders) {
            let Some(holders) = holders.as_ref().filter(|holders| !holders.is_empty()) else { continue };
            if found[candidate.unit].is_some() || verdicts[candidate.unit].is_some() {
                continue;
            }
            let all: Option<Vec<&Found>> = holders
                .iter()
                .map(|holder| found[*holder].as_ref().filter(|_| verdicts[*holder].is_none()))
                .collect();
            let Some(worst) = all.and_then(|all| all.into_iter().max_by_key(|found| found.grade).cloned())
            else {
                continue;
            };
            let why = format!("only irrelevant edits mention `{}`", candidate.name);
            let evidence = holders.iter().filter_map(|holder| facts.first_line(*holder)).take(3).collect();
            found[candidate.unit] = Some(Found { evidence, why, ..worst });
            changed = true;
        }
        // Elements of a created file go with it, and what documents an irrelevant item goes with the item.
        for unit in 0..units.len() {
            if found[unit].is_some() || verdicts[unit].is_some() {
                continue;
            }
            let creates = |other: usize| units[other].kind == UnitKind::File && facts.created(unit);
            let documents = |other: usize| {
                units[unit].kind == UnitKind::Comment
                    && !matches!(units[other].kind, UnitKind::File | UnitKind::Import)
            };
            let owner = units[unit].needs.iter().find_map(|need| {
                let other = units.iter().position(|other| other.id == *need)?;
                let here = found[other].as_ref().filter(|_| creates(other) || documents(other))?;
                Some((other, here.clone()))
            });
            if let Some((other, here)) = owner {
                let what = if creates(other) { "part of a file" } else { "documentation of an item" };
                let evidence = facts.first_line(other).into_iter().collect();
                let why = format!("{what} that is irrelevant itself: {}", here.why);
                found[unit] = Some(Found { evidence, why, ..here });
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}
