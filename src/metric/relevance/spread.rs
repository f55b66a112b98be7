//! What follows from the classes of other units: what only irrelevant units use, and what an acquitted unit is tied to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use super::{Evidence, Facts, Grade, Mark, Sign};
use crate::diff::{Role, UnitKind};

/// Units that get a mark because every use of what they add lies in marked units; the lowest grade among these.
pub(crate) fn step(
    facts: &Facts,
    marks: &[Option<Mark>],
    free: &[bool],
    dropped: &[bool],
) -> Vec<(usize, Mark)> {
    if marks.iter().all(Option::is_none) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for unit in (0..marks.len()).filter(|unit| free[*unit] && !dropped[*unit] && marks[*unit].is_none()) {
        if let Some(mark) = only_for_marked(facts, marks, unit) {
            found.push((unit, mark));
        }
    }
    found
}

fn only_for_marked(facts: &Facts, marks: &[Option<Mark>], unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    if !matches!(edit.kind, UnitKind::Added | UnitKind::Import) || edit.role == Role::Test {
        return None;
    }
    let [change] = &edit.changes[..] else { return None };
    let names = super::sign::private_names(facts, unit)?;
    let own: Range<usize> = change.new[0]..change.new[1];
    let mut users = BTreeSet::new();
    for name in &names {
        let places = facts.view.mentions(change.file, name, std::slice::from_ref(&own));
        if places.is_empty() || facts.topic.names(name) {
            return None;
        }
        for at in places {
            users.insert(
                (0..marks.len())
                    .find(|user| marks[*user].is_some() && covers(facts, *user, change.file, at))?,
            );
        }
        if super::sign::seen_elsewhere(facts, change.file, name) {
            return None;
        }
    }
    let lowest = users
        .iter()
        .filter_map(|user| Some((marks[*user].as_ref()?, *user)))
        .max_by_key(|(mark, _)| mark.grade)?;
    let (mark, user) = lowest;
    Some(Mark {
        sign: if mark.grade == Grade::B { mark.sign } else { Sign::Unused },
        grade: mark.grade,
        evidence: vec![facts.at(user, "")],
        why: format!("`{}` is used only by irrelevant edits ({})", names.join("`, `"), facts.unit(user).id),
    })
}

fn covers(facts: &Facts, unit: usize, file: usize, at: usize) -> bool {
    facts
        .unit(unit)
        .changes
        .iter()
        .any(|change| change.file == file && (change.new[0]..change.new[1]).contains(&at))
}

/// Which units are tied to acquitted ones, and through which.
pub(crate) struct Links {
    /// Unit → the unit next to it on the way to an acquitted one.
    toward: BTreeMap<usize, usize>,
}

impl Links {
    pub fn new(facts: &Facts, sure: &[bool]) -> Self {
        let count = sure.len();
        let mut down: Vec<Vec<usize>> = (0..count).map(|unit| facts.view.needs(unit)).collect();
        let mut up: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (unit, needs) in down.iter_mut().enumerate() {
            for need in needs {
                up[*need].push(unit);
            }
        }
        let mut toward = BTreeMap::new();
        for edges in [&down, &up] {
            let mut queue: VecDeque<usize> = (0..count).filter(|unit| sure[*unit]).collect();
            let mut seen: BTreeSet<usize> = queue.iter().copied().collect();
            while let Some(at) = queue.pop_front() {
                for next in &edges[at] {
                    if seen.insert(*next) {
                        toward.entry(*next).or_insert(at);
                        queue.push_back(*next);
                    }
                }
            }
        }
        Self { toward }
    }

    /// The link, if there is one: by dependence to an acquitted unit, or of a test to an anchor.
    pub fn supports(&self, facts: &Facts, unit: usize, anchors: &[bool]) -> Option<(Vec<Evidence>, String)> {
        if let Some(next) = self.toward.get(&unit) {
            let why = format!(
                "tied by dependence to {}, which the reference fix has or needs",
                facts.unit(*next).id
            );
            return Some((vec![facts.at(*next, "")], why));
        }
        if facts.unit(unit).role != Role::Test {
            return None;
        }
        let anchor = facts.view.needs(unit).into_iter().find(|need| anchors[*need])?;
        Some((vec![facts.at(anchor, "")], format!("a test that uses what {} changes", facts.unit(anchor).id)))
    }
}
