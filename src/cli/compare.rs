//! `kerf compare`: two runs, or models of one run, on common tasks.
//!
//! In: run folders or records. Out: what got worse, at what, on which tasks, how sure; the exit code says it too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Exit;
use super::exit::bad_input;
use super::report::{link, print, unreadable, view};
use crate::evaluate::Record;
use crate::report::compare::flips::Telling;
use crate::report::compare::{self as text, flips};
use crate::stats::compare::{
    Change, Comparison, Flip, ModelKey, Options, Pair, Side, Verdict, compare_sides, pairs,
};
use crate::store::{RunInfo, Who, each_record, each_record_of, read_detail};

/// Flips are shown with what they rest on for so many tasks a figure and direction.
const SHOWN: usize = 20;

/// Arguments of `kerf compare`.
#[derive(Debug, clap::Args)]
pub(super) struct CompareArguments {
    /// Baseline: a run folder, or a records file
    baseline: PathBuf,
    /// Candidate; if left out, models of one run are compared
    candidate: Option<PathBuf>,
    /// Only these models, by comma; within one run the first is the baseline unless --against names it
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    models: Vec<String>,
    /// The model of the baseline that all others are compared with
    #[arg(long, value_name = "NAME")]
    against: Option<String>,
    /// Differences within so many points are none to speak of
    #[arg(long, value_name = "POINTS", default_value_t = 2.0)]
    margin: f64,
    /// Seed of the bootstrap and of permutations
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Compare although rules, tasks or limits of the runs differ
    #[arg(long)]
    force: bool,
    /// End with 4 where the comparison is inconclusive or suspect
    #[arg(long)]
    strict: bool,
    /// terminal, markdown, json, csv, junit, sarif, github or svg
    #[arg(long, default_value = "terminal", value_name = "NAME")]
    format: String,
    /// With --format markdown: where details of a task are kept, such as https://ci.example/{task}/{model}
    #[arg(long, value_name = "TEMPLATE")]
    link: Option<String>,
    /// Print JSON: the same as --format json
    #[arg(long)]
    json: bool,
}

/// A run as it is needed here.
struct Loaded {
    path: PathBuf,
    side: Side,
    info: Option<RunInfo>,
}

/// Reads, compares, prints.
pub(super) fn main(arguments: &CompareArguments) -> anyhow::Result<Exit> {
    let format = if arguments.json { "json" } else { &*arguments.format };
    let format = text::Format::from_name(format).ok_or_else(|| {
        bad_input(format!("--format {format} is unknown; known are {}", text::Format::NAMES.join(", ")))
    })?;
    if !(arguments.margin >= 0.0 && arguments.margin <= 100.0) {
        return Err(bad_input(format!("--margin {}: a number of points from 0 to 100", arguments.margin)));
    }
    let baseline = load(&arguments.baseline)?;
    let candidate = arguments.candidate.as_deref().map(load).transpose()?;
    let changed = candidate.as_ref().map_or_else(Vec::new, |candidate| changes(&baseline, candidate));
    refuse(&changed, arguments.force)?;
    let (other, name) = match &candidate {
        Some(other) => (other, run_name(&baseline.path)),
        None => (&baseline, String::new()),
    };
    let pairs = choose(arguments, &baseline, other, candidate.is_none())?;
    let options = Options {
        seed: arguments.seed,
        margin: arguments.margin / 100.0,
        baseline_name: name,
        changed,
        ..Options::default()
    };
    let mut found = compare_sides(&baseline.side, &other.side, &pairs, &options);
    found.flips = evidence(&found, &pairs, &baseline, other)?;
    let header = text::Header {
        baseline: baseline.path.display().to_string(),
        candidate: candidate.as_ref().map(|run| run.path.display().to_string()),
        suite: other.info.as_ref().map(|info| info.suite.clone()),
        link: arguments.link.as_deref().map(link).transpose()?,
    };
    print(&text::render(format, &header, &found, view())?)?;
    Ok(exit_of(found.verdict, arguments.strict))
}

/// What a verdict says to a script.
pub(super) fn exit_of(verdict: Verdict, strict: bool) -> Exit {
    match verdict {
        Verdict::Invalid => Exit::Invalid,
        Verdict::Regressed => Exit::Regressed,
        Verdict::Suspect | Verdict::Inconclusive if strict => Exit::Inconclusive,
        Verdict::Suspect | Verdict::Inconclusive | Verdict::Improved | Verdict::Equivalent => Exit::Fine,
    }
}

fn load(path: &Path) -> anyhow::Result<Loaded> {
    let mut side = Side::new();
    let info = each_record(path, |record| side.add(&record)).map_err(unreadable)?;
    if let Some(info) = &info {
        side.set_suite(info.tasks.iter().map(|task| task.id.clone()));
        if !info.complete {
            eprintln!(
                "kerf: {} is not complete: what has no record counts as missing",
                crate::report::escape::terminal(&path.display().to_string())
            );
        }
    }
    Ok(Loaded { path: path.to_owned(), side, info })
}

/// `2026-11-01` of `runs/2026-11-01`, `runs/2026-11-01/records.jsonl` and `2026-11-01.jsonl`.
fn run_name(path: &Path) -> String {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let stem = full.file_stem().unwrap_or_default();
    let folder = full.parent().and_then(Path::file_name);
    let name = match folder {
        _ if full.is_dir() => full.file_name().unwrap_or_default(),
        Some(folder) if stem == "records" => folder,
        _ => stem,
    };
    name.to_string_lossy().into_owned()
}

/// What is not the same of two runs, as far as both say. Trials differ by nature.
fn changes(was: &Loaded, now: &Loaded) -> Vec<Change> {
    let (Some(was), Some(now)) = (&was.info, &now.info) else { return Vec::new() };
    was.changes(now)
        .into_iter()
        .filter(|change| change.what != "plan")
        // Tasks on one side only are not compared; they are counted elsewhere.
        .filter(|change| !change.what.starts_with("task ") || (change.was != "none" && change.now != "none"))
        .map(|change| {
            let limits = change.what == "options" && was.options.timeout_s != now.options.timeout_s;
            let matters = limits || change.what == "rules" || change.what.starts_with("task ");
            Change { what: change.what, was: change.was, now: change.now, matters }
        })
        .collect()
}

fn refuse(changed: &[Change], force: bool) -> anyhow::Result<()> {
    let grave: Vec<&Change> = changed.iter().filter(|change| change.matters).collect();
    if grave.is_empty() || force {
        return Ok(());
    }
    let each: Vec<String> = grave
        .iter()
        .take(5)
        .map(|change| format!("{}: was {}, is {}", change.what, change.was, change.now))
        .collect();
    let more = if grave.len() > 5 { format!(" and {} more", grave.len() - 5) } else { String::new() };
    Err(bad_input(format!(
        "these runs are not comparable ({}{more}); run the baseline again, or give --force",
        each.join("; ")
    )))
}

/// Which models to compare.
fn choose(
    arguments: &CompareArguments,
    baseline: &Loaded,
    candidate: &Loaded,
    one_run: bool,
) -> anyhow::Result<Vec<Pair>> {
    let named = arguments.models.iter().map(|name| find(name, &candidate.side));
    let mut named = named.collect::<anyhow::Result<Vec<ModelKey>>>()?;
    let mut against = arguments.against.as_ref().map(|name| find(name, &baseline.side)).transpose()?;
    if one_run && against.is_none() {
        if named.len() < 2 {
            return Err(bad_input(format!(
                "one run: name the models to compare, the baseline first: --models {}",
                list(&candidate.side)
            )));
        }
        against = Some(named.remove(0));
    }
    if named.is_empty() {
        named = candidate
            .side
            .models()
            .filter(|key| !one_run || Some(*key) != against.as_ref())
            .cloned()
            .collect();
        if against.is_none() {
            let found = pairs(&baseline.side, &candidate.side);
            return if found.is_empty() { Err(nothing_common(baseline, candidate)) } else { Ok(found) };
        }
    }
    let found: Vec<Pair> = named
        .into_iter()
        .map(|key| Pair { baseline: against.clone().unwrap_or_else(|| key.clone()), candidate: key })
        .collect();
    match found.iter().find(|pair| !baseline.side.has(&pair.baseline)) {
        Some(pair) => Err(bad_input(format!(
            "{}: no model `{}`; there are {}",
            baseline.path.display(),
            pair.baseline,
            list(&baseline.side)
        ))),
        None => Ok(found),
    }
}

fn nothing_common(baseline: &Loaded, candidate: &Loaded) -> anyhow::Error {
    bad_input(format!(
        "no model stands on both sides: {} has {}, {} has {}; name them by --against and --models",
        baseline.path.display(),
        list(&baseline.side),
        candidate.path.display(),
        list(&candidate.side)
    ))
}

fn list(side: &Side) -> String {
    let names: Vec<String> = side.models().map(ToString::to_string).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(",") }
}

fn find(name: &str, side: &Side) -> anyhow::Result<ModelKey> {
    let by =
        |fits: &dyn Fn(&ModelKey) -> bool| side.models().filter(|key| fits(key)).cloned().collect::<Vec<_>>();
    let mut found = by(&|key| key.to_string() == name);
    if found.is_empty() {
        found = by(&|key| key.model == name);
    }
    match <[ModelKey; 1]>::try_from(found) {
        Ok([key]) => Ok(key),
        Err(found) if found.is_empty() => {
            Err(bad_input(format!("no model `{name}`; there are {}", list(side))))
        }
        Err(_) => Err(bad_input(format!("model `{name}` has several scaffolds: write `{name} (SCAFFOLD)`"))),
    }
}

/// Changed tasks of the primary family with the log line or unit that each rests on. Records are read once more for it,
/// so that none has to be kept while all are compared.
fn evidence(found: &Comparison, pairs: &[Pair], a: &Loaded, b: &Loaded) -> anyhow::Result<Vec<Flip>> {
    let mut wanted = flips::wanted(found, SHOWN);
    if wanted.is_empty() {
        return Ok(wanted);
    }
    let pair_of = |flip: &Flip| pairs.iter().find(|pair| pair.candidate.to_string() == flip.model);
    let telling = |run: &Loaded, is_now: bool| -> anyhow::Result<Vec<Telling>> {
        let mut asked: BTreeMap<&str, Vec<(usize, &ModelKey)>> = BTreeMap::new();
        for (index, flip) in wanted.iter().enumerate() {
            let Some(pair) = pair_of(flip) else { continue };
            let key = if is_now { &pair.candidate } else { &pair.baseline };
            asked.entry(&flip.task).or_default().push((index, key));
        }
        let is_asked = |model: &str, scaffold: &Option<String>, key: &ModelKey| {
            key.model == model && key.scaffold == *scaffold
        };
        let mut kept = vec![Telling::default(); wanted.len()];
        let wants = |who: &Who| {
            asked
                .get(&*who.task)
                .is_some_and(|asked| asked.iter().any(|(_, key)| is_asked(&who.model, &who.scaffold, key)))
        };
        each_record_of(&run.path, wants, |record| {
            for (index, key) in asked.get(&*record.task).into_iter().flatten() {
                if is_asked(&record.model, &record.scaffold, key) {
                    kept[*index].see(&wanted[*index], is_now, &record);
                }
            }
        })
        .map_err(unreadable)?;
        Ok(kept)
    };
    let (was, now) = (telling(a, false)?, telling(b, true)?);
    let detail = |run: &Loaded, record: Option<&Record>| {
        // A detail that is gone costs its evidence only; records alone have none.
        record.and_then(|record| read_detail(&run.path, record.grade_key.as_ref()?).ok())
    };
    for (flip, (was, now)) in wanted.iter_mut().zip(was.iter().zip(&now)) {
        let (was, now) = (was.record(), now.record());
        flips::fill(flip, was, now, detail(a, was).as_ref(), detail(b, now).as_ref());
    }
    Ok(wanted)
}
