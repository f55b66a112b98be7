//! `kerf label score`: how raters agree, and how kerf agrees with their majority.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cli::Exit;
use crate::cli::exit::bad_input;
use crate::cli::report::print;
use crate::evaluate::label::{Label, LabelKey};
use crate::metric::relevance::{Class, Grade};
use crate::report::escape;
use crate::report::figures::{percent, percent_interval};
use crate::stats::agreement::{Agreement, agreement};
use crate::stats::interval::Share;

/// Arguments of `kerf label score`.
#[derive(Debug, clap::Args)]
pub(crate) struct ScoreArguments {
    /// Labels, one file a rater: labels.csv or labels.jsonl, filled in
    #[arg(required = true, value_name = "FILE")]
    labels: Vec<PathBuf>,
    /// The key that the export wrote
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LabelScore {
    /// `kerf/label-score/1`.
    schema: String,
    /// Items of the key.
    items: u64,
    /// Raters, by the names of their files.
    raters: Vec<Rater>,
    /// Of the raters with each other; labels are `relevant`, `irrelevant` and `unsure`.
    agreement: Agreement,
    /// Items that most raters who labelled them call irrelevant.
    consensus_irrelevant: u64,
    /// Items that most raters who labelled them call relevant.
    consensus_relevant: u64,
    /// Labelled items without such a majority: left out of what follows.
    no_consensus: u64,
    /// Items that nobody labelled.
    unlabelled: u64,
    /// kerf's grade A against the consensus.
    grade_a: Against,
    /// kerf's grades A and B against the consensus.
    grades_a_and_b: Against,
    /// Items on which kerf and the consensus differ.
    differences: Vec<Difference>,
}

/// What one rater did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Rater {
    /// Name.
    name: String,
    /// Items labelled.
    labelled: u64,
    /// Of these unsure.
    unsure: u64,
}

/// kerf against the consensus.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Against {
    /// Of what kerf calls irrelevant, the share that the raters do.
    precision: Share,
    /// Of what the raters call irrelevant, the share that kerf does.
    recall: Share,
}

/// An item on which kerf and the consensus differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Difference {
    /// Its id.
    id: String,
    /// What the raters say.
    consensus: Label,
    /// What kerf says.
    class: Class,
    /// Of an irrelevant unit.
    grade: Option<Grade>,
    /// Why.
    why: String,
}

/// Scores and prints.
pub(super) fn main(arguments: &ScoreArguments) -> anyhow::Result<Exit> {
    let keys = read_keys(&arguments.key)?;
    let mut raters: Vec<(String, BTreeMap<String, Label>)> = Vec::new();
    for path in &arguments.labels {
        let labels = read_labels(path)?;
        if let Some(stranger) = labels.keys().find(|id| !keys.contains_key(*id)) {
            return Err(bad_input(format!(
                "{}: item {stranger} is not in {}: give the key of the same export",
                path.display(),
                arguments.key.display()
            )));
        }
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let taken = raters.iter().any(|(name, _)| *name == stem);
        raters.push((if taken { path.display().to_string() } else { stem }, labels));
    }
    let score = score(&keys, &raters);
    if arguments.json {
        print(&serde_json::to_string(&score)?)?;
    } else {
        print(&text(&score))?;
    }
    Ok(Exit::Fine)
}

fn score(keys: &BTreeMap<String, LabelKey>, raters: &[(String, BTreeMap<String, Label>)]) -> LabelScore {
    let names: Vec<String> = raters.iter().map(|(name, _)| name.clone()).collect();
    let rows: Vec<Vec<Option<Label>>> =
        keys.keys().map(|id| raters.iter().map(|(_, labels)| labels.get(id).copied()).collect()).collect();
    let (mut counts, mut no_consensus, mut unlabelled) = ([0_u64; 2], 0, 0);
    let mut differences = Vec::new();
    // Called irrelevant by kerf: by whom else; [by both, by kerf, by the raters] for grade A, and for A and B.
    let mut hits = [[0_u64; 3]; 2];
    for (key, row) in keys.values().zip(&rows) {
        let Some(label) = consensus(row) else {
            if row.iter().all(Option::is_none) {
                unlabelled += 1;
            } else {
                no_consensus += 1;
            }
            continue;
        };
        let wanted = label == Label::Irrelevant;
        counts[usize::from(!wanted)] += 1;
        let called = key.class == Class::Irrelevant;
        for (hit, found) in hits.iter_mut().zip([called && key.grade == Some(Grade::A), called]) {
            hit[0] += u64::from(found && wanted);
            hit[1] += u64::from(found);
            hit[2] += u64::from(wanted);
        }
        if called != wanted {
            differences.push(Difference {
                id: key.id.clone(),
                consensus: label,
                class: key.class,
                grade: key.grade,
                why: key.why.clone(),
            });
        }
    }
    let against = |[both, kerf, people]: [u64; 3]| Against {
        precision: Share::independent(both, kerf),
        recall: Share::independent(both, people),
    };
    LabelScore {
        schema: "kerf/label-score/1".to_owned(),
        items: keys.len() as u64,
        raters: raters
            .iter()
            .map(|(name, labels)| Rater {
                name: name.clone(),
                labelled: labels.len() as u64,
                unsure: labels.values().filter(|label| **label == Label::Unsure).count() as u64,
            })
            .collect(),
        agreement: agreement(&names, &rows),
        consensus_irrelevant: counts[0],
        consensus_relevant: counts[1],
        no_consensus,
        unlabelled,
        grade_a: against(hits[0]),
        grades_a_and_b: against(hits[1]),
        differences,
    }
}

/// What more than half of those who labelled an item say, unless that is `unsure`.
fn consensus(row: &[Option<Label>]) -> Option<Label> {
    let given: Vec<Label> = row.iter().copied().flatten().collect();
    [Label::Relevant, Label::Irrelevant]
        .into_iter()
        .find(|label| given.iter().filter(|one| *one == label).count() * 2 > given.len())
}

fn read_keys(path: &Path) -> anyhow::Result<BTreeMap<String, LabelKey>> {
    let text =
        std::fs::read_to_string(path).map_err(|error| bad_input(format!("{}: {error}", path.display())))?;
    let mut keys = BTreeMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let key: LabelKey = serde_json::from_str(line)
            .map_err(|error| bad_input(format!("{}:{}: {error}", path.display(), number + 1)))?;
        keys.insert(key.id.clone(), key);
    }
    Ok(keys)
}

/// Labels by item; what has none is left out.
fn read_labels(path: &Path) -> anyhow::Result<BTreeMap<String, Label>> {
    let bytes = std::fs::read(path).map_err(|error| bad_input(format!("{}: {error}", path.display())))?;
    let start = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let rows = if start == Some(&b'{') { of_json(path, &bytes)? } else { of_csv(path, &bytes)? };
    let mut labels = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (line, id, label) in rows {
        let at = format!("{}:{line}", path.display());
        if !seen.insert(id.clone()) {
            return Err(bad_input(format!("{at}: id: item {id} stands there twice")));
        }
        if label.trim().is_empty() {
            continue;
        }
        let label = Label::from_name(&label).ok_or_else(|| {
            bad_input(format!("{at}: label: `{label}` is none; write relevant, irrelevant or unsure"))
        })?;
        labels.insert(id, label);
    }
    Ok(labels)
}

/// Line, id, label.
type Row = (u64, String, String);

fn of_json(path: &Path, bytes: &[u8]) -> anyhow::Result<Vec<Row>> {
    #[derive(Deserialize)]
    struct Line {
        id: String,
        #[serde(default)]
        label: Option<String>,
    }
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let line_number = number as u64 + 1;
            let line: Line = serde_json::from_str(line)
                .map_err(|error| bad_input(format!("{}:{line_number}: {error}", path.display())))?;
            Ok((line_number, line.id, line.label.unwrap_or_default()))
        })
        .collect()
}

fn of_csv(path: &Path, bytes: &[u8]) -> anyhow::Result<Vec<Row>> {
    let malformed = |error: csv::Error| bad_input(format!("{}: {error}", path.display()));
    // Spreadsheets put a mark before the text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let head = reader.headers().map_err(malformed)?.clone();
    let column = |name: &str| {
        head.iter().position(|column| column.trim().eq_ignore_ascii_case(name)).ok_or_else(|| {
            bad_input(format!(
                "{}:1: there is no column `{name}`; columns id and label are needed",
                path.display()
            ))
        })
    };
    let (id, label) = (column("id")?, column("label")?);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
        rows.push((line, field(id), field(label)));
    }
    Ok(rows)
}

fn text(score: &LabelScore) -> String {
    let mut out = String::new();
    let kappa = |kappa: Option<f64>| kappa.map_or_else(|| "–".to_owned(), |kappa| format!("{kappa:.2}"));
    // Writing to a string cannot fail.
    for rater in &score.raters {
        let (name, of) = (escape::terminal(&rater.name), score.items);
        let _ = writeln!(out, "{name}: {} of {of} items labelled, {} unsure", rater.labelled, rater.unsure);
    }
    for pair in &score.agreement.pairs {
        let [one, other] = pair.raters.each_ref().map(|name| escape::terminal(name));
        let _ = writeln!(
            out,
            "{one} and {other}: {} % agree of {} (95 %: {}), Cohen's kappa {}",
            percent(pair.agreed.value),
            pair.agreed.n,
            percent_interval(pair.agreed.interval),
            kappa(pair.kappa)
        );
    }
    if score.raters.len() > 2 {
        let _ = writeln!(
            out,
            "all: Fleiss' kappa {} on {} items",
            kappa(score.agreement.fleiss),
            score.agreement.complete
        );
    }
    let _ = writeln!(
        out,
        "consensus: {} irrelevant, {} relevant, {} without, {} unlabelled",
        score.consensus_irrelevant, score.consensus_relevant, score.no_consensus, score.unlabelled
    );
    for (name, against) in [("grade A", &score.grade_a), ("grades A and B", &score.grades_a_and_b)] {
        let share = |share: &Share| {
            let (percent, interval) = (percent(share.value), percent_interval(share.interval));
            format!("{percent} % of {} (95 %: {interval})", share.n)
        };
        let (precision, recall) = (share(&against.precision), share(&against.recall));
        let _ = writeln!(out, "kerf, {name}: precision {precision}, recall {recall}");
    }
    for difference in &score.differences {
        let people = if difference.consensus == Label::Irrelevant { "irrelevant" } else { "relevant" };
        let why = escape::terminal(&difference.why);
        let _ = writeln!(out, "  {}: raters say {people}; kerf: {why}", escape::terminal(&difference.id));
    }
    out
}
