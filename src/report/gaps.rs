//! What is said of the global-context gap under the table, for models that have one.

use super::columns;
use super::figures::{LIST, NONE, ratio};
use crate::stats::RunSummary;
use crate::stats::summary::{Estimate, ModelSummary};
use crate::task::Span;

/// The gap's other forms, and irrelevant edits by span; none where no model has a gap.
pub fn notes(summary: &RunSummary, escape: &dyn Fn(&str) -> String) -> Vec<String> {
    let models: Vec<&ModelSummary> =
        summary.models.iter().filter(|model| model.context.gap.value.is_some()).take(LIST).collect();
    if models.is_empty() {
        return Vec::new();
    }
    let each = |of: &dyn Fn(&ModelSummary) -> String| {
        let all: Vec<String> =
            models.iter().map(|model| format!("{} {}", escape(&columns::name(model)), of(model))).collect();
        all.join(", ")
    };
    let mut found = vec![format!(
        "gap among tasks of equal size and language: {}",
        each(&|model| estimate(&model.context.gap.adjusted))
    )];
    if models.len() > 1 {
        found.push(format!(
            "gap less the median model's: {}",
            each(&|model| estimate(&model.context.gap.to_median))
        ));
    }
    let irrelevant = |model: &ModelSummary, span| {
        let pass = model.context.pass_by_span.get(&span);
        pass.and_then(|pass| pass.irrelevant.value)
            .map_or_else(|| NONE.to_owned(), |value| ratio(Some(value)))
    };
    if models.iter().any(|model| model.edits.all.ratio.trials > 0) {
        let local_to_global = |model: &ModelSummary| {
            format!("{} → {}", irrelevant(model, Span::Local), irrelevant(model, Span::Global))
        };
        found.push(format!("irrelevant edits, local → global: {}", each(&local_to_global)));
    }
    found
}

/// `12 (3 to 21)` in points.
fn estimate(estimate: &Estimate) -> String {
    let points = |value: f64| format!("{:.0}", value * 100.0 + 0.0);
    match (estimate.value, estimate.interval) {
        (Some(value), Some([low, high])) => {
            format!("{} ({} to {})", points(value), points(low), points(high))
        }
        (Some(value), None) => points(value),
        (None, _) => NONE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Record;
    use crate::stats::testing::trial;
    use crate::stats::{Options, summarise};

    /// `n` tasks of either span, of which two in three local ones and one in three global ones are resolved.
    fn records(model: &str, n: usize, every: usize) -> Vec<Record> {
        let of = |span: Span, name: &str| -> Vec<Record> {
            (0..n)
                .map(|at| {
                    let mut record = trial(model, &format!("{name}{at}")).build();
                    let resolved = if span == Span::Local { at % 3 > 0 } else { at % every == 0 };
                    if resolved {
                        record.outcome = crate::evaluate::record::Outcome::Resolved;
                    }
                    record.gold_weight = Some(10 + at as u32);
                    record.context =
                        Some(crate::evaluate::record::Context { span: Some(span), ..Default::default() });
                    record
                })
                .collect()
        };
        [of(Span::Local, "near"), of(Span::Global, "far")].concat()
    }

    #[test]
    fn the_gap_in_words() {
        let options = Options { resamples: 50, ..Options::default() };
        let few = summarise(&records("a", 12, 3), &options);
        assert!(notes(&few, &str::to_owned).is_empty());
        let all = [records("a", 30, 3), records("b", 30, 2)].concat();
        let found = notes(&summarise(&all, &options), &str::to_owned);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("gap among tasks of equal size and language: a 3"), "{found:?}");
        assert!(found[1].starts_with("gap less the median model's: a 8 ("), "{found:?}");
    }
}
