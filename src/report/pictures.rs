//! Models on a plane: what they resolve against what they change without need, and against what they cost.
//!
//! In: a summary. Out: lines for a fixed-width font, the same in terminal and Markdown.
//!
//! Invariant: a model without the figure is left out; a plane with fewer than two models is not drawn.

use super::bars::{Point, plane};
use super::columns;
use crate::stats::RunSummary;
use crate::stats::summary::ModelSummary;

/// Models on one plane; more letters than this cannot be told apart.
const MODELS: usize = 26;

/// Columns and rows of a plane.
const SIZE: (usize, usize) = (46, 8);

/// Every plane that the summary has figures for. `escape` makes names harmless for the output.
pub fn planes(summary: &RunSummary, escape: &dyn Fn(&str) -> String) -> Vec<Vec<String>> {
    let ratio = |model: &ModelSummary| model.edits.all.ratio.value;
    let (unit, cost): (&str, fn(&ModelSummary) -> Option<f64>) =
        if summary.models.iter().filter(|model| dollars(model).is_some()).count() > 1 {
            ("dollars a trial", dollars)
        } else {
            ("thousand tokens a trial", tokens)
        };
    let drawn = [
        ("irrelevant edits", Some(1.0), &ratio as &dyn Fn(&ModelSummary) -> Option<f64>),
        (unit, None, &cost),
    ];
    drawn.into_iter().filter_map(|(name, most, across)| one(summary, escape, name, most, across)).collect()
}

fn one(
    summary: &RunSummary,
    escape: &dyn Fn(&str) -> String,
    name: &str,
    most: Option<f64>,
    across: &dyn Fn(&ModelSummary) -> Option<f64>,
) -> Option<Vec<String>> {
    let mut models: Vec<(&ModelSummary, f64, f64)> = summary
        .models
        .iter()
        .filter_map(|model| Some((model, across(model)?, model.resolved.value?)))
        .collect();
    models.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.1.total_cmp(&b.1)));
    models.truncate(MODELS);
    if models.len() < 2 {
        return None;
    }
    let most = most.unwrap_or_else(|| models.iter().map(|model| model.1).fold(0.0, f64::max));
    let points: Vec<Point> =
        models.into_iter().map(|(model, x, y)| Point { name: escape(&columns::name(model)), x, y }).collect();
    Some(plane(&points, (name, [0.0, most]), ("resolved", [0.0, 1.0]), SIZE))
}

fn dollars(model: &ModelSummary) -> Option<f64> {
    columns::each(model.cost.usd)
}

/// Read and written.
fn tokens(model: &ModelSummary) -> Option<f64> {
    let written = columns::each(model.cost.completion_tokens).unwrap_or(0.0);
    Some((columns::each(model.cost.prompt_tokens)? + written) / 1000.0)
}
