//! Rounds of planting, and what the classes are held against.

use std::collections::{BTreeMap, BTreeSet};

use super::SCHEMA;
use super::apply::{self, Traces};
use super::plant::{Dice, Distance, FILE_KINDS, Ground, LINE_KINDS, Plant, plant};
use super::report::{Accused, ByGrade, ByKind, Calibration, Recall};
use crate::diff::{Diff, Role, Unit, diff};
use crate::evaluate::changed_files;
use crate::metric::relevance::{Class, Classified, Grade, Input, classify};
use crate::patch::{Tree, TreeChanges};
use crate::stats::interval::Share;
use crate::syntax::language_of;

/// A gold patch to plant into.
pub struct Case<'a> {
    /// Task.
    pub task: String,
    /// Base.
    pub base: &'a dyn Tree,
    /// Gold.
    pub gold: TreeChanges,
    /// Statement.
    pub statement: String,
    /// Scope.
    pub allow: Option<Vec<String>>,
}

/// How much is planted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Seed.
    pub seed: u64,
    /// Plants a kind.
    pub plants: usize,
}

/// At most so many wrong verdicts are listed.
const MOST_WRONG: usize = 200;
/// Plants put in together in every second round.
const TOGETHER: usize = 5;

#[derive(Default)]
struct Count {
    hit: u64,
    all: u64,
}

impl Count {
    fn add(&mut self, hit: bool) {
        self.all += 1;
        self.hit += u64::from(hit);
    }

    fn share(&self) -> Share {
        Share::independent(self.hit, self.all)
    }
}

type Table = BTreeMap<String, Count>;

#[derive(Default)]
struct Tally {
    /// Grade → units planted of all given it; tier 1 only.
    precision: Table,
    recall: Table,
    kind_precision: Table,
    kind_recall: Table,
    ways: Table,
    distances: Table,
    languages: Table,
    legitimate: Table,
    own: [Count; 2],
    wrong: Vec<Accused>,
}

/// Plants, classifies and counts. `tell` hears of progress.
pub fn calibrate(cases: &[Case], wanted: Wanted, rules: &str, tell: &mut dyn FnMut(&str)) -> Calibration {
    let mut tally = Tally::default();
    let mut left_out = Vec::new();
    let kinds: Vec<&str> = LINE_KINDS.iter().chain(FILE_KINDS).copied().chain(["legitimate"]).collect();
    let grounds: Vec<(Ground, BTreeSet<String>)> = cases
        .iter()
        .map(|case| {
            let ground = Ground::new(case.base, &case.gold);
            let accused = own(case, &mut tally);
            (ground, accused)
        })
        .collect();
    let mut planted: BTreeMap<&str, usize> = BTreeMap::new();
    let mut round = 0;
    let mut idle = 0;
    // Cases in turn, until every kind has its number or no case has a place left for any.
    while idle < cases.len() * 2
        && kinds.iter().any(|kind| planted.get(kind).copied().unwrap_or(0) < wanted.plants)
    {
        let Some(number) = (!cases.is_empty()).then(|| round % cases.len()) else { break };
        let (case, (ground, accused)) = (&cases[number], &grounds[number]);
        let mut dice = Dice::new(wanted.seed, &format!("{} {round}", case.task));
        let size = if (round / cases.len()).is_multiple_of(2) { 1 } else { TOGETHER };
        let mut plants: Vec<Plant> = Vec::new();
        // The kinds that lag most go first.
        let mut order: Vec<&str> = kinds.clone();
        order.sort_by_key(|kind| planted.get(kind).copied().unwrap_or(0));
        order.retain(|kind| planted.get(kind).copied().unwrap_or(0) < wanted.plants);
        for kind in &order {
            if plants.len() >= size {
                break;
            }
            let distances = if FILE_KINDS.contains(kind) { &Distance::ALL[2..] } else { &Distance::ALL[..] };
            let first = dice.below(distances.len());
            let found = (0..distances.len())
                .find_map(|at| plant(ground, kind, distances[(first + at) % distances.len()], &mut dice));
            if let Some(found) = found.filter(|found| apply::beside(&plants, found)) {
                *planted.entry(kind).or_default() += 1;
                plants.push(found);
            }
        }
        round += 1;
        if plants.is_empty() {
            idle += 1;
            continue;
        }
        idle = 0;
        judge(case, &plants, accused, &mut tally);
        if round % 50 == 0 {
            tell(&format!("round {round}: {} plants", planted.values().sum::<usize>()));
        }
    }
    for (case, (ground, _)) in cases.iter().zip(&grounds) {
        if ground.files.is_empty() {
            left_out.push(format!("{}: no source file that plants are made for", case.task));
        }
    }
    tally.report(wanted, rules, cases.len(), left_out)
}

fn input<'a>(case: &'a Case, diff: &'a Diff) -> Input<'a> {
    let allow = case.allow.as_deref();
    Input { statement: Some(&case.statement), allow, ..Input::bare(diff, case.base) }
}

fn counts(one: &Classified) -> bool {
    matches!(one.role, Role::Code | Role::Config | Role::Other)
}

/// What gold is accused of by itself; the text of its accused units.
fn own(case: &Case, tally: &mut Tally) -> BTreeSet<String> {
    let diff = diff(&changed_files(case.base, &case.gold));
    let mut accused = BTreeSet::new();
    for one in classify(&input(case, &diff)).iter().filter(|one| counts(one) && one.class != Class::Generated)
    {
        tally.own[0].add(one.grade == Some(Grade::A));
        tally.own[1].add(one.grade.is_some());
        if one.grade.is_some() {
            let unit = &diff.units[one.unit];
            accused.insert(identity(&diff, unit));
            tally.tell("gold", case, &diff, one, format!("{:?}", unit.kind).to_lowercase());
        }
    }
    accused
}

/// A unit by its file and texts, whatever else is planted around it.
fn identity(diff: &Diff, unit: &Unit) -> String {
    let path =
        unit.changes.first().and_then(|change| diff.files[change.file].new.clone()).unwrap_or_default();
    format!("{path} {:?} {:?} {}", unit.kind, unit.entity, texts(diff, unit).trim())
}

fn texts(diff: &Diff, unit: &Unit) -> String {
    let side = |bytes: &[u8], range: [usize; 2]| {
        String::from_utf8_lossy(bytes.get(range[0]..range[1]).unwrap_or(&[])).into_owned()
    };
    let texts = unit.changes.iter().map(|change| {
        let file = &diff.files[change.file];
        format!("{}→{}", side(&file.old_bytes, change.old).trim(), side(&file.new_bytes, change.new).trim())
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// Plants that a unit is of, and whether the fix has a part in it.
fn owners(
    diff: &Diff,
    unit: &Unit,
    traces: &BTreeMap<String, Traces>,
    lines: &FixLines,
) -> (BTreeSet<usize>, bool) {
    let (mut plants, mut fix) = (BTreeSet::new(), false);
    for change in &unit.changes {
        let file = &diff.files[change.file];
        let path = file.new.as_deref().or(file.old.as_deref()).unwrap_or("");
        let trace = traces.get(path);
        if let Some(trace) = trace {
            if let Some(whole) = trace.whole {
                plants.insert(whole);
                continue;
            }
            if unit.file_level {
                plants.extend(trace.property);
                fix |= trace.property.is_none();
                continue;
            }
        } else if unit.file_level {
            fix = true;
            continue;
        }
        let new = span(&file.new_bytes, change.new);
        let old = span(&file.old_bytes, change.old);
        if let Some(trace) = trace {
            plants.extend(trace.new.range(new.0..new.1).map(|(_, plant)| *plant));
            plants.extend(trace.old.range(old.0..old.1).map(|(_, plant)| *plant));
            if change.new[1] == file.new_bytes.len() || change.old[1] == file.old_bytes.len() {
                plants.extend(trace.end);
            }
        }
        let (own_new, own_old) = lines.get(path).map_or((None, None), |(new_lines, old_lines)| {
            (new_lines.range(new.0..new.1).next(), old_lines.range(old.0..old.1).next())
        });
        fix |= own_new.is_some() || own_old.is_some() || trace.is_none();
    }
    (plants, fix)
}

/// Lines (0-based, half open) that a byte range has a part in.
fn span(bytes: &[u8], range: [usize; 2]) -> (usize, usize) {
    let line = |at: usize| bytes[..at.min(bytes.len())].iter().filter(|byte| **byte == b'\n').count();
    let text = bytes.get(range[0]..range[1]).unwrap_or(&[]);
    let blank = text.iter().all(u8::is_ascii_whitespace);
    if text.is_empty() {
        return (0, 0);
    }
    // White space at the edges of a text belongs to the lines beside it.
    let (from, to) = if blank {
        (range[0], range[1])
    } else {
        let lead = text.len() - text.trim_ascii_start().len();
        (range[0] + lead, range[0] + lead + text.trim_ascii().len())
    };
    (line(from), line(to) + 1)
}

/// By path, lines of the fix in the result and in the base.
type FixLines = BTreeMap<String, (BTreeSet<usize>, BTreeSet<usize>)>;

fn fix_lines(diff: &Diff, traces: &BTreeMap<String, Traces>) -> FixLines {
    let mut found = FixLines::new();
    for file in &diff.files {
        let Some(path) = file.new.as_deref().or(file.old.as_deref()) else { continue };
        let none = Traces::default();
        let trace = traces.get(path).unwrap_or(&none);
        if trace.whole.is_some() {
            continue;
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        let (old, new) = (text(&file.old_bytes), text(&file.new_bytes));
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let entry = found.entry(path.to_owned()).or_default();
        for op in similar::capture_diff_slices(similar::Algorithm::Histogram, &old, &new) {
            if op.tag() != similar::DiffTag::Equal {
                entry.0.extend(op.new_range().filter(|line| !trace.new.contains_key(line)));
                entry.1.extend(op.old_range().filter(|line| !trace.old.contains_key(line)));
            }
        }
    }
    found
}

fn judge(case: &Case, plants: &[Plant], accused: &BTreeSet<String>, tally: &mut Tally) {
    let (changes, traces) = apply::plants(case.base, &case.gold, plants);
    let diff = diff(&changed_files(case.base, &changes));
    let classified = classify(&input(case, &diff));
    let lines = fix_lines(&diff, &traces);
    let mut units: Vec<Vec<&Classified>> = vec![Vec::new(); plants.len()];
    for one in &classified {
        let unit = &diff.units[one.unit];
        let (owners, fix) = owners(&diff, unit, &traces, &lines);
        let pure = !fix && !owners.is_empty();
        for owner in owners.iter().filter(|_| pure) {
            units[*owner].push(one);
        }
        let Some(grade) = one.grade.filter(|_| counts(one)) else { continue };
        let planted = owners.iter().any(|owner| plants[*owner].grade.is_some());
        if fix && planted || !planted && accused.contains(&identity(&diff, unit)) {
            // Of both, or accused in gold by itself: counted there.
            continue;
        }
        let language = language(&diff, unit);
        if language.is_none_or(|language| language.tier == 1) {
            tally.precision.entry(format!("{grade:?}")).or_default().add(planted);
        }
        let sign = one.sign.map_or("", crate::metric::relevance::Sign::name);
        tally.kind_precision.entry(sign.to_owned()).or_default().add(planted);
        if !planted {
            let way = owners.first().map_or("the fix's own", |owner| plants[*owner].sub);
            tally.tell("accused", case, &diff, one, way.to_owned());
        }
    }
    for (plant, units) in plants.iter().zip(&units) {
        let Some(wanted) = plant.grade else {
            let hit = units.iter().any(|one| one.grade.is_some());
            tally.legitimate.entry(plant.sub.to_owned()).or_default().add(hit);
            continue;
        };
        let found = !units.is_empty() && units.iter().all(|one| one.grade.is_some() && counts(one));
        let graded = found && units.iter().all(|one| wanted == 'B' || one.grade == Some(Grade::A));
        let language = language_of(&plant.path);
        if language.is_none_or(|language| language.tier == 1) {
            tally.recall.entry(wanted.to_string()).or_default().add(graded);
        }
        tally.kind_recall.entry(plant.kind.to_owned()).or_default().add(found);
        tally.ways.entry(format!("{}: {}", plant.kind, plant.sub)).or_default().add(graded);
        tally.distances.entry(plant.distance.name().to_owned()).or_default().add(found);
        let language = language.map_or("none", |language| language.name);
        tally.languages.entry(language.to_owned()).or_default().add(found);
        if !graded {
            let way = format!("{}: {}, {}", plant.kind, plant.sub, plant.distance.name());
            match units.iter().find(|one| {
                one.grade.is_none() || wanted == 'A' && one.grade == Some(Grade::B) || !counts(one)
            }) {
                Some(one) => tally.tell("missed", case, &diff, one, way),
                None if tally.wrong.len() < MOST_WRONG => tally.wrong.push(Accused {
                    what: "missed".to_owned(),
                    task: case.task.clone(),
                    file: plant.path.clone(),
                    line: plant.edits.first().map_or(0, |edit| edit.line + 1),
                    way,
                    said: "no unit of its own".to_owned(),
                    text: plant.edits.first().and_then(|edit| edit.come.first().cloned()).unwrap_or_default(),
                }),
                None => {}
            }
        }
    }
}

fn language(diff: &Diff, unit: &Unit) -> Option<&'static crate::syntax::Language> {
    let file = &diff.files[unit.changes.first()?.file];
    language_of(file.new.as_deref().or(file.old.as_deref())?)
}

impl Tally {
    fn tell(&mut self, what: &str, case: &Case, diff: &Diff, one: &Classified, way: String) {
        if self.wrong.len() >= MOST_WRONG {
            return;
        }
        let unit = &diff.units[one.unit];
        let change = unit.changes.first();
        let file = change.map(|change| &diff.files[change.file]);
        let grade = one.grade.map_or(String::new(), |grade| format!(" {grade:?}"));
        let sign = one.sign.map_or("", crate::metric::relevance::Sign::name);
        self.wrong.push(Accused {
            what: what.to_owned(),
            task: case.task.clone(),
            file: file.and_then(|file| file.new.clone().or(file.old.clone())).unwrap_or_default(),
            line: change.map_or(0, |change| change.new_lines[0]),
            way,
            said: format!("{:?}{grade} {sign} ({:?}): {}", one.class, unit.kind, one.why).to_lowercase(),
            text: texts(diff, unit).chars().take(160).collect(),
        });
    }

    fn report(self, wanted: Wanted, rules: &str, patches: usize, left_out: Vec<String>) -> Calibration {
        let of =
            |table: &Table, key: &str| table.get(key).map_or_else(|| Share::independent(0, 0), Count::share);
        let list = |table: &Table| -> Vec<Recall> {
            table.iter().map(|(of, count)| Recall { of: of.clone(), share: count.share() }).collect()
        };
        let distances = Distance::ALL.iter().map(|distance| Recall {
            of: distance.name().to_owned(),
            share: of(&self.distances, distance.name()),
        });
        Calibration {
            schema: SCHEMA.to_owned(),
            kerf: env!("CARGO_PKG_VERSION").to_owned(),
            rules: rules.to_owned(),
            seed: wanted.seed,
            patches: patches as u64,
            left_out,
            grades: ["A", "B"]
                .map(|grade| ByGrade {
                    grade: grade.to_owned(),
                    precision: of(&self.precision, grade),
                    recall: of(&self.recall, grade),
                })
                .to_vec(),
            kinds: LINE_KINDS
                .iter()
                .chain(FILE_KINDS)
                .map(|kind| ByKind {
                    kind: (*kind).to_owned(),
                    precision: of(&self.kind_precision, kind),
                    recall: of(&self.kind_recall, kind),
                })
                .collect(),
            ways: list(&self.ways),
            distances: distances.collect(),
            languages: list(&self.languages),
            legitimate: list(&self.legitimate),
            own: [self.own[0].share(), self.own[1].share()],
            wrong: self.wrong,
        }
    }
}
