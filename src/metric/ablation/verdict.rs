//! From classes to what is tried, and from findings back to classes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Depth, Expected, Findings, Need, Setup};
use crate::diff::{Change, Diff, Role, UnitKind};
use crate::metric::relevance::{Class, Classified, Input, Topic, View};

/// Tests named in a sentence.
const NAMED: usize = 3;

/// What is tried of a patch, and in which order. `unreached` are units to which nothing that matters leads.
pub fn expectations(
    diff: &Diff,
    classified: &[Classified],
    unreached: &BTreeSet<usize>,
    depth: Depth,
) -> Setup {
    let view = View::new(diff);
    let mut needs: Vec<BTreeSet<usize>> =
        (0..diff.units.len()).map(|unit| view.needs(unit).into_iter().collect()).collect();
    for (one, other) in replacements(&view, diff) {
        needs[one].insert(other);
        needs[other].insert(one);
    }
    let mut expected = vec![Expected::Left; diff.units.len()];
    for one in classified {
        let Some(unit) = diff.units.get(one.unit) else { continue };
        let inert = matches!(unit.kind, UnitKind::Comment | UnitKind::Format | UnitKind::Mode);
        expected[one.unit] = match (one.role, one.class) {
            (Role::Test | Role::Doc | Role::Generated, _) | (_, Class::Generated) => Expected::Left,
            (_, Class::Irrelevant) => Expected::Irrelevant,
            _ if inert => Expected::Inert,
            (_, Class::Acquitted) => Expected::Likely,
            _ if unreached.contains(&one.unit) => Expected::Unreached,
            (_, Class::Needed | Class::Supporting | Class::Unproven) => Expected::Open,
        };
    }
    Setup { needs, expected, depth }
}

/// Statements that go, each with the one that comes in its place: nothing stands between them on either side. Neither
/// can be taken back alone and leave a program that makes sense.
fn replacements(view: &View, diff: &Diff) -> Vec<(usize, usize)> {
    let plain = |unit: &usize| {
        let unit = &diff.units[*unit];
        unit.kind == UnitKind::Body || matches!(unit.kind, UnitKind::Added | UnitKind::Removed)
    };
    let mut found = Vec::new();
    let units: Vec<usize> = (0..diff.units.len()).filter(plain).collect();
    for pair in units.windows(2) {
        let (one, other) = (&diff.units[pair[0]], &diff.units[pair[1]]);
        let ([a], [b]) = (&one.changes[..], &other.changes[..]) else { continue };
        let gone = |change: &Change| view.new_text(change).trim_ascii().is_empty();
        let new = |change: &Change| view.old_text(change).trim_ascii().is_empty();
        let swapped = (gone(a) && new(b)) || (new(a) && gone(b));
        let inside = !one.entity.is_empty() && one.entity == other.entity;
        let kinds = [one.kind, other.kind].contains(&UnitKind::Body);
        if !(swapped && inside && kinds && a.file == b.file) {
            continue;
        }
        let file = &diff.files[a.file];
        let blank = |bytes: &[u8], from: usize, to: usize| {
            bytes.get(from.min(to)..from.max(to)).is_some_and(|text| text.trim_ascii().is_empty())
        };
        if blank(&file.new_bytes, a.new[1], b.new[0]) && blank(&file.old_bytes, a.old[1], b.old[0]) {
            found.push((pair[0], pair[1]));
        }
    }
    found
}

/// What ablation says of a patch.
#[derive(Debug, Clone, PartialEq)]
pub struct Ablated {
    /// Classes for the figures: what was found without the tests stands, but unproven and supporting units that the
    /// tests need are `needed`. An irrelevant unit stays irrelevant here, so that the headline does not depend on ablation.
    pub headline: Vec<Classified>,
    /// Classes for people: irrelevant units that the tests need are `needed` too.
    pub shown: Vec<Classified>,
    /// Irrelevant units that the tests need.
    pub overturned: u32,
    /// Weight of suspect units ÷ weight of all, 0..=1; null without any such weight.
    pub suspect_ratio: Option<f64>,
    /// Weight of units that could go ÷ weight of all, 0..=1; null in automatic depth, or without any such weight.
    pub removable_ratio: Option<f64>,
    /// What came of each unit that was tried.
    pub findings: Findings,
}

/// Puts findings into classes. `input` is what the units were classified by.
pub fn verdict(input: &Input, classified: &[Classified], findings: Findings, depth: Depth) -> Ablated {
    let (diff, view) = (input.diff, View::new(input.diff));
    let topic = Topic::new(input.statement, input.allow);
    let mut headline = classified.to_vec();
    let mut overturned = 0;
    for one in &mut headline {
        let Some(need) = findings.needed.get(&one.unit) else { continue };
        match one.class {
            Class::Unproven | Class::Supporting => {
                one.class = Class::Needed;
                one.why = sentence(diff, need);
            }
            Class::Irrelevant => overturned += 1,
            Class::Acquitted | Class::Generated | Class::Needed => {}
        }
    }
    let toward = tied(&view, diff, |unit| {
        findings.needed.contains_key(&unit)
            || headline.iter().any(|one| one.unit == unit && one.class == Class::Acquitted)
    });
    for one in headline.iter_mut().filter(|one| one.class == Class::Unproven) {
        let unit = &diff.units[one.unit];
        if let Some(next) = toward.get(&one.unit) {
            one.class = Class::Supporting;
            one.why = format!("tied by dependence to {}, which the tests need", diff.units[*next].id);
        } else if findings.removable.contains(&one.unit) {
            let names = unit.defines.iter().chain(&unit.entity);
            let named = topic.names_file(view.path(unit))
                || names.flat_map(|name| name.split_whitespace()).any(|word| topic.names(word));
            one.suspect = !named;
            let what = "every listed test passes without it, in two runs";
            one.why = if named {
                format!("{what}; but the statement or the scope names it")
            } else {
                format!("{what}, and nothing ties it to a needed edit")
            };
        }
    }
    let mut shown = headline.clone();
    for one in shown.iter_mut().filter(|one| one.class == Class::Irrelevant) {
        if let Some(need) = findings.needed.get(&one.unit) {
            one.class = Class::Needed;
            one.why =
                format!("{}; by the signs alone it looked irrelevant: {}", sentence(diff, need), one.why);
        }
    }
    let counted = |one: &&Classified| {
        matches!(one.role, Role::Code | Role::Config | Role::Other) && one.class != Class::Generated
    };
    let weight = |holds: &dyn Fn(&Classified) -> bool| -> f64 {
        let counting = headline.iter().filter(counted).filter(|one| holds(one));
        // The sum of nothing is -0, which would be written so.
        counting.map(|one| f64::from(diff.units[one.unit].weight)).sum::<f64>() + 0.0
    };
    let all = weight(&|_| true);
    let ratio = |part: f64| (all > 0.0).then(|| part / all);
    let suspect_ratio = ratio(weight(&|one| one.suspect));
    let removable = weight(&|one| findings.removable.contains(&one.unit));
    let removable_ratio = if depth == Depth::Full { ratio(removable) } else { None };
    Ablated { headline, shown, overturned, suspect_ratio, removable_ratio, findings }
}

fn sentence(diff: &Diff, need: &Need) -> String {
    let named: Vec<&str> = need.tests.iter().take(NAMED).map(String::as_str).collect();
    let more = need.tests.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let tests = format!("{}{more}", named.join(", "));
    let fail =
        if need.tests.len() == 1 { "a test fails" } else { &format!("{} tests fail", need.tests.len()) };
    let without = match need.with {
        0 if need.tests.is_empty() => {
            "without it nothing builds, and all that is left beside it is needed".to_owned()
        }
        0 => format!("without it {fail}: {tests}"),
        1 => format!("without it nothing builds, and without it and one more {fail}: {tests}"),
        more => format!("without it nothing builds, and without it and {more} more {fail}: {tests}"),
    };
    match need.through.and_then(|unit| diff.units.get(unit)) {
        Some(through) => {
            format!("{} needs it, and {}", through.id, without.replacen(" it", " that", usize::MAX))
        }
        None => without,
    }
}

/// Units that need one of `sure`, or that one of these needs, along any path; each with the unit next to it on the way.
fn tied(view: &View, diff: &Diff, sure: impl Fn(usize) -> bool) -> BTreeMap<usize, usize> {
    let count = diff.units.len();
    let down: Vec<Vec<usize>> = (0..count).map(|unit| view.needs(unit)).collect();
    let mut up: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (unit, needs) in down.iter().enumerate() {
        for need in needs {
            up[*need].push(unit);
        }
    }
    let mut toward = BTreeMap::new();
    for edges in [&down, &up] {
        let mut queue: VecDeque<usize> = (0..count).filter(|unit| sure(*unit)).collect();
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
    toward
}
