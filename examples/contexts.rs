//! What the context measures say of gold patches and of published predictions, without compilers.
//!
//! `contexts golds SUITE...`: gold patches, of which nothing may be dangling, invented or reinvented, and whose span is the
//! one that the task's maker wrote down, if any: ends with 1 where it is otherwise. `contexts predictions SUITE FILE`:
//! patches of models, each finding to be read. Before them `--mirror TEMPLATE`.

use std::path::Path;
use std::process::ExitCode;

use kerf::evaluate::review::{ReviewContext, classified};
use kerf::metric::context::span;
use kerf::patch::{Overlaid, Tree, apply_edits};
use kerf::syntax::index::{Cache, Index};

mod suite;

use suite::suite;

/// Sums over patches.
#[derive(Default)]
struct Sum {
    patches: usize,
    dangling: usize,
    invented: usize,
    reinvented: usize,
    propagated: usize,
    whole: usize,
    labels: usize,
    others: usize,
}

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut mirror = None;
    if words.first().is_some_and(|word| word == "--mirror") {
        mirror = words.drain(..2).nth(1);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut sum = Sum::default();
    let alarms_count = match words[..] {
        ["golds", ref suites @ ..] => {
            for suite in suites {
                golds(suite, mirror.as_deref(), &mut sum);
            }
            true
        }
        ["predictions", suite, file] => {
            predictions(suite, file, mirror.as_deref(), &mut sum);
            false
        }
        _ => panic!("contexts golds SUITE..., contexts predictions SUITE FILE"),
    };
    println!(
        "{} patches: {} dangling, {} invented, {} reinvented; propagation of {}: {} are 1",
        sum.patches, sum.dangling, sum.invented, sum.reinvented, sum.propagated, sum.whole
    );
    if alarms_count {
        println!("spans of {} tasks with a label: {} differ", sum.labels, sum.others);
    }
    let alarms = sum.dangling + sum.invented + sum.reinvented + sum.others;
    if alarms_count && (alarms > 0 || sum.patches == 0) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn golds(path: &str, mirror: Option<&str>, sum: &mut Sum) {
    for (task, base, gold) in suite(path, mirror) {
        let reviewed = classified(base.as_ref(), &gold, None);
        let found = reviewed.context(base.as_ref(), &gold, None, &task.environment.packages);
        add(sum, &task.id, &found);
        let result = Overlaid { base: base.as_ref(), changes: &gold };
        let graph = |tree: &dyn Tree| Index::graph_of(tree, &mut Cache::default());
        let judged = classified(base.as_ref(), &gold, Some(&task.statement));
        let computed = span(&judged.diff, &judged.classified, &graph(base.as_ref()).union(graph(&result)));
        println!("{}  span {computed:?}, label {:?}", task.id, task.span);
        sum.labels += usize::from(task.span.is_some());
        if task.span.is_some() && computed != task.span {
            sum.others += 1;
            println!("{}  the label differs", task.id);
        }
    }
}

fn predictions(path: &str, file: &str, mirror: Option<&str>, sum: &mut Sum) {
    let tasks = suite(path, mirror);
    let read = kerf::prediction::read(Path::new(file)).expect("predictions");
    for prediction in &read.predictions {
        let Some((task, base, _)) = tasks.iter().find(|(task, ..)| task.id == prediction.task) else {
            continue;
        };
        let edits = prediction.extract().ok();
        let Some(applied) = edits.and_then(|found| apply_edits(base.as_ref(), &found.edits).ok()) else {
            continue;
        };
        let reviewed = classified(base.as_ref(), &applied.changes, None);
        let packages = &task.environment.packages;
        let found = reviewed.context(base.as_ref(), &applied.changes, None, packages);
        add(sum, &format!("{} {}", task.id, prediction.model), &found);
    }
}

/// Counts one patch, and prints what is found in it.
fn add(sum: &mut Sum, name: &str, found: &ReviewContext) {
    sum.patches += 1;
    if let Some(share) = found.propagation {
        sum.propagated += 1;
        sum.whole += usize::from(share >= 1.0);
    }
    for one in &found.left_behind {
        println!("{name}  left behind  {}:{} {}: {}", one.file, one.line, one.symbol, one.why);
    }
    for one in found.dangling.iter().flatten() {
        sum.dangling += 1;
        println!("{name}  dangling  {}:{} {}", one.file, one.line, one.symbol);
    }
    for one in found.invented.iter().flatten() {
        sum.invented += 1;
        println!("{name}  invented  {}:{} {} ({})", one.file, one.line, one.symbol, one.rule);
    }
    for one in found.reinvented.iter().flatten() {
        sum.reinvented += 1;
        let like = &one.like;
        println!(
            "{name}  reinvented  {}:{} {} like {}:{} {} ({:.2})",
            one.file, one.line, one.symbol, like.file, like.line, like.symbol, one.similarity
        );
    }
}
