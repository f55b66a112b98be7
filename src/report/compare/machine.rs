//! A comparison for other programs: CSV, JUnit, SARIF, GitHub's workflow commands.

use std::fmt::Write as _;

use serde_json::json;

use super::super::{escape, sarif};
use crate::stats::compare::{Comparison, Flip, Verdict};

/// GitHub shows no more annotations of a kind in a step.
const ANNOTATIONS: usize = 10;

/// One line a model and figure, with a header.
pub(super) fn csv(found: &Comparison) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heads = [
        "model",
        "baseline",
        "metric",
        "primary",
        "n",
        "a",
        "b",
        "difference",
        "low",
        "high",
        "p_value",
        "q_value",
        "minimum_detectable",
        "verdict",
        "worse",
        "better",
    ];
    let mut rows: Vec<Vec<String>> = vec![heads.map(str::to_owned).into()];
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for model in &found.comparisons {
        for metric in &model.metrics {
            rows.push(vec![
                escape::terminal(&model.model),
                escape::terminal(&model.baseline),
                metric.metric.clone(),
                metric.primary.to_string(),
                metric.n.to_string(),
                metric.a.to_string(),
                metric.b.to_string(),
                metric.difference.to_string(),
                number(metric.interval.map(|[low, _]| low)),
                number(metric.interval.map(|[_, high]| high)),
                metric.p_value.to_string(),
                number(metric.q_value),
                number(metric.minimum_detectable),
                metric.verdict.name().to_owned(),
                metric.worse_count.to_string(),
                metric.better_count.to_string(),
            ]);
        }
    }
    for row in rows {
        // Writing into memory cannot fail.
        let _ = writer.write_record(row.iter().map(|cell| escape::spreadsheet(cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A suite a model, a test case a figure of the primary family. Regressed figures fail, an invalid comparison is an
/// error, what is suspect or inconclusive passes with its reason printed.
pub(super) fn junit(found: &Comparison) -> String {
    let mut out =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kerf compare\">\n");
    for model in &found.comparisons {
        let primary: Vec<_> = model.metrics.iter().filter(|metric| metric.primary).collect();
        let of = |verdict| primary.iter().filter(|metric| metric.verdict == verdict).count();
        let name = escape::xml(&model.model);
        // An invalid comparison may have no figure at all, and must still be seen.
        let spoiled = usize::from(model.verdict == Verdict::Invalid && primary.is_empty());
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
            primary.len() + spoiled,
            of(Verdict::Regressed),
            of(Verdict::Invalid) + spoiled
        );
        if spoiled > 0 {
            let why = escape::xml(&model.why);
            let _ = writeln!(
                out,
                "    <testcase classname=\"{name}\" name=\"comparison\"><error message=\"{why}\"/></testcase>"
            );
        }
        for metric in primary {
            let why = escape::xml(if metric.verdict == Verdict::Invalid { &model.why } else { &metric.why });
            let inside = match metric.verdict {
                Verdict::Regressed => {
                    let tasks: Vec<String> = metric.worse.iter().map(|task| escape::xml(task)).collect();
                    format!("<failure message=\"{why}\">{}</failure>", tasks.join("\n"))
                }
                Verdict::Invalid => format!("<error message=\"{why}\"/>"),
                _ => format!("<system-out>{}: {why}</system-out>", metric.verdict.name()),
            };
            let _ = writeln!(
                out,
                "    <testcase classname=\"{name}\" name=\"{}\">{inside}</testcase>",
                escape::xml(&metric.metric)
            );
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// SARIF 2.1.0: a rule a figure, a result a task that got worse, at the file and line that it rests on where they are
/// known.
pub(super) fn sarif_log(found: &Comparison) -> serde_json::Result<String> {
    let level = |flip: &Flip| {
        let metric = found
            .comparisons
            .iter()
            .filter(|model| model.model == flip.model)
            .flat_map(|model| &model.metrics)
            .find(|metric| metric.metric == flip.metric);
        match metric.map(|metric| metric.verdict) {
            Some(Verdict::Regressed) => "error",
            Some(Verdict::Suspect) => "warning",
            _ => "note",
        }
    };
    let worse: Vec<&Flip> = found.flips.iter().filter(|flip| flip.worse).collect();
    let mut rules: Vec<&str> = worse.iter().map(|flip| &*flip.metric).collect();
    rules.sort_unstable();
    rules.dedup();
    let rules: Vec<_> = rules.iter().map(|rule| json!({"id": format!("compare/{rule}")})).collect();
    let results: Vec<_> = worse
        .iter()
        .map(|flip| {
            let place = flip.file.as_deref().map(|file| sarif::location(file, flip.line));
            let task = json!({"logicalLocations": [{"name": escape::terminal(&flip.task)}]});
            json!({
                "ruleId": format!("compare/{}", flip.metric),
                "level": level(flip),
                "message": {"text": escape::terminal(&sentence(flip))},
                "locations": [place.unwrap_or(task)],
            })
        })
        .collect();
    sarif::document(&rules, &results)
}

fn sentence(flip: &Flip) -> String {
    let Flip { model, metric, task, was, now, rests_on, .. } = flip;
    let reason = if rests_on.is_empty() { String::new() } else { format!(": {rests_on}") };
    format!("{task} by {model}: {} went from {was} to {now}{reason}", metric.replace('_', " "))
}

/// A notice, warning or error for the verdict, then one for each task that got worse.
pub(super) fn github(found: &Comparison) -> String {
    let kind = |verdict| match verdict {
        Verdict::Regressed | Verdict::Invalid => "error",
        Verdict::Suspect => "warning",
        Verdict::Inconclusive | Verdict::Improved | Verdict::Equivalent => "notice",
    };
    let mut out = String::new();
    for model in super::rows::by_verdict(found).into_iter().take(ANNOTATIONS) {
        let title = format!("{}: {}", model.verdict.name(), model.model);
        out.push_str(&escape::workflow_command(kind(model.verdict), &title, None, None, &model.why));
    }
    for flip in found.flips.iter().filter(|flip| flip.worse).take(ANNOTATIONS) {
        let title = format!("worse at {}", flip.metric.replace('_', " "));
        out.push_str(&escape::workflow_command(
            "warning",
            &title,
            flip.file.as_deref(),
            flip.line,
            &sentence(flip),
        ));
    }
    out
}
