//! What kerf accuses real changes of, with gold and tests withheld: human fixes, of which little is irrelevant, or
//! published predictions.
//!
//! `golds commits REPOSITORY`: of the commits on standard input, those that change one to five files, tests among them.
//! `golds tasks SUITE...`: gold patches. `golds predictions SUITE FILE`: patches of models, tests and all.
//! Before all of them `--mirror TEMPLATE`, `--statement` (what the commit's message or the task says is known too),
//! `--all` (every unit is printed, not only the accused), `--time` (what the diff and what the classes cost). Last on standard output: a table of changed lines and shares.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead as _};
use std::path::Path;
use std::time::{Duration, Instant};

use kerf::diff::{Role, UnitKind, role_of};
use kerf::evaluate::review::{Reviewed, classified};
use kerf::metric::relevance::{Class, Grade, Input, classify};
use kerf::patch::{Tree, apply_edits};
use kerf::repo::History;
use kerf::syntax::index::{Cache, Index, Words};

mod suite;

use suite::suite;

#[derive(Default)]
struct Options {
    mirror: Option<String>,
    statement: bool,
    all: bool,
    time: bool,
}

/// Sums over one repository or suite.
#[derive(Default)]
struct Sum {
    patches: usize,
    lines: usize,
    at_a: usize,
    at_b: usize,
    strict: Vec<f64>,
    ratio: Vec<f64>,
    diff: Duration,
    relevance: Duration,
}

impl Sum {
    /// Both once more, one after the other, in this thread.
    fn time(&mut self, reviewed: &Reviewed, base: &dyn Tree, statement: Option<&str>) {
        // Of a base the index is read once, for all trials.
        let mut summaries = Cache::default();
        Index::read(base, &mut summaries);
        let words = Words::of(base);
        let begin = Instant::now();
        let diff = kerf::diff::diff(&reviewed.changed);
        let between = Instant::now();
        let found = classify(&Input {
            diff: &diff,
            gold: None,
            statement,
            allow: None,
            base,
            summaries: Some(&summaries),
            words: Some(&words),
        });
        self.relevance += between.elapsed();
        self.diff += between - begin;
        assert_eq!(found, reviewed.classified, "the same change, the same classes");
    }
}

fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut options = Options::default();
    while let Some(flag) = words.first().filter(|word| word.starts_with("--")).cloned() {
        words.remove(0);
        match flag.as_str() {
            "--mirror" => options.mirror = Some(words.remove(0)),
            "--statement" => options.statement = true,
            "--all" => options.all = true,
            "--time" => options.time = true,
            other => panic!("{other} is unknown"),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut sums = BTreeMap::new();
    match words[..] {
        ["commits", repository] => commits(repository, &options, &mut sums),
        ["tasks", ref suites @ ..] => suites.iter().for_each(|suite| golds(suite, &options, &mut sums)),
        ["predictions", suite, file] => predictions(suite, file, &options, &mut sums),
        _ => panic!("golds commits REPOSITORY, golds tasks SUITE..., golds predictions SUITE FILE"),
    }
    println!("{:<36} patches  lines  at A          at A and B    strict  ratio (medians)", "");
    for (name, mut sum) in sums {
        let share = |count: usize| 100.0 * count as f64 / sum.lines.max(1) as f64;
        println!(
            "{name:<36} {:>7} {:>6}  {:>4} {:>5.2} %  {:>4} {:>5.2} %   {:.3}   {:.3}",
            sum.patches,
            sum.lines,
            sum.at_a,
            share(sum.at_a),
            sum.at_a + sum.at_b,
            share(sum.at_a + sum.at_b),
            median(&mut sum.strict),
            median(&mut sum.ratio)
        );
        if options.time {
            let (diff, relevance) = (sum.diff.as_secs_f64(), sum.relevance.as_secs_f64());
            println!("{:<36} diff {diff:.3} s, relevance {relevance:.3} s: {:.2}", "", relevance / diff);
        }
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn commits(repository: &str, options: &Options, sums: &mut BTreeMap<String, Sum>) {
    let history = History::open(Path::new(repository)).expect("a repository");
    for line in io::stdin().lock().lines() {
        let hash = line.expect("text");
        let Ok(base) = history.tree(&format!("{hash}^")) else { continue };
        let Ok(mut changes) = base.changes_to(repository, &hash) else { continue };
        let is_test = |path: &String| role_of(path, b"") == Role::Test;
        let size = changes.len();
        if !(1..=5).contains(&size) || !changes.keys().any(is_test) {
            continue;
        }
        changes.retain(|path, _| !is_test(path));
        if !changes.keys().any(|path| role_of(path, b"") == Role::Code) {
            continue;
        }
        let message = history.commit(&hash).map(|commit| commit.message).unwrap_or_default();
        let statement = options.statement.then_some(message.as_str());
        let reviewed = classified(&base, &changes, statement);
        let short = hash.get(..10).unwrap_or(&hash);
        let sum = sums.entry(repository.to_owned()).or_default();
        if options.time {
            sum.time(&reviewed, &base, statement);
        }
        add(sum, short, &reviewed, options);
    }
}

fn golds(path: &str, options: &Options, sums: &mut BTreeMap<String, Sum>) {
    for (task, base, gold) in suite(path, options.mirror.as_deref()) {
        let statement = options.statement.then_some(task.statement.as_str());
        let reviewed = classified(base.as_ref(), &gold, statement);
        add(sums.entry(path.to_owned()).or_default(), &task.id, &reviewed, options);
    }
}

fn predictions(path: &str, file: &str, options: &Options, sums: &mut BTreeMap<String, Sum>) {
    let tasks = suite(path, options.mirror.as_deref());
    let read = kerf::prediction::read(Path::new(file)).expect("predictions");
    for prediction in &read.predictions {
        let Some((task, base, _)) = tasks.iter().find(|(task, ..)| task.id == prediction.task) else {
            continue;
        };
        let applied =
            prediction.extract().ok().and_then(|found| apply_edits(base.as_ref(), &found.edits).ok());
        let Some(applied) = applied else { continue };
        let statement = options.statement.then_some(task.statement.as_str());
        let reviewed = classified(base.as_ref(), &applied.changes, statement);
        let name = format!("{} {}", task.id, prediction.model);
        add(sums.entry(prediction.model.clone()).or_default(), &name, &reviewed, options);
    }
}

/// Counts one patch, and prints what it is accused of. Changes without a behavioural unit are no fixes of code.
fn add(sum: &mut Sum, name: &str, reviewed: &Reviewed, options: &Options) {
    let edits = reviewed.edits();
    if edits.weight.unproven == 0 && !options.all {
        return;
    }
    let (mut all, mut at_a, mut at_b) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for unit in reviewed.units() {
        let counts =
            matches!(unit.role, Role::Code | Role::Config | Role::Other) && unit.class != Class::Generated;
        let mut lines = BTreeSet::new();
        for change in unit.changes.iter().filter(|_| counts) {
            let file = &reviewed.diff.files[change.file];
            let text = |bytes: &[u8], range: [usize; 2]| {
                String::from_utf8_lossy(bytes.get(range[0]..range[1]).unwrap_or(&[])).into_owned()
            };
            let (gone, come) = (text(&file.old_bytes, change.old), text(&file.new_bytes, change.new));
            for (old, own, other, [first, _]) in
                [(true, &gone, &come, change.old_lines), (false, &come, &gone, change.new_lines)]
            {
                // A line of a long token that stands on the other side too did not change; white space did, if nothing else.
                let kept: BTreeSet<&str> = other.lines().collect();
                let format = matches!(unit.kind, UnitKind::Format);
                let changed = own.trim_start_matches('\n').lines().enumerate();
                let changed =
                    changed.filter(|(_, line)| format || !line.trim().is_empty() && !kept.contains(line));
                lines.extend(changed.map(|(number, _)| (change.file, old, first + number)));
            }
        }
        match unit.grade {
            Some(Grade::A) => at_a.extend(lines.iter().copied()),
            Some(Grade::B) => at_b.extend(lines.iter().copied()),
            None => {}
        }
        all.extend(lines);
        if options.all || unit.class == Class::Irrelevant {
            show(name, &reviewed.diff, &unit);
        }
    }
    sum.patches += 1;
    sum.lines += all.len();
    sum.at_a += at_a.len();
    sum.at_b += at_b.difference(&at_a).count();
    sum.strict.extend(edits.strict);
    sum.ratio.extend(edits.irrelevant_edit_ratio);
}

fn show(name: &str, diff: &kerf::diff::Diff, unit: &kerf::evaluate::detail::UnitDetail) {
    let place = unit.evidence.first().map_or_else(String::new, |at| format!("{}:{}", at.file, at.line));
    let class = match (unit.grade, unit.sign) {
        (Some(grade), Some(sign)) => format!("{grade:?} {}", sign.name()),
        _ => format!("{:?}", unit.class).to_lowercase(),
    };
    println!("{name}  {class} {:?} w{} {:?} {place}: {}", unit.kind, unit.weight, unit.role, unit.why);
    for change in &unit.changes {
        let file = &diff.files[change.file];
        for (mark, bytes, range) in [('-', &file.old_bytes, change.old), ('+', &file.new_bytes, change.new)] {
            let text = String::from_utf8_lossy(bytes.get(range[0]..range[1]).unwrap_or(&[])).into_owned();
            if !text.is_empty() {
                let text: String = text.chars().take(600).collect();
                println!("    {mark} {text:?}");
            }
        }
    }
}
