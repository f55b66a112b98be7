//! Answers questions about the statistics over nights, for `scripts/compare-nightly`: a JSON list of questions on standard
//! input, a list of answers on standard output.

use std::io::Read;

use kerf::stats::{change, cusum, health};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
enum Question {
    /// Best cut of a segment.
    Cut { values: Vec<f64> },
    /// Change points.
    Changes { values: Vec<f64>, seed: u64, permutations: u32 },
    /// Both sums.
    Cusum { values: Vec<f64>, mean: f64, sigma: f64 },
    /// Level and spread.
    Reference { values: Vec<f64>, least: f64 },
    /// Lengths of runs up to an alarm, one after the other.
    RunLengths { values: Vec<f64> },
    /// Tail of a posterior.
    Posterior { c: u64, n: u64, t: f64 },
    /// Effective number of tasks.
    Effective { shares: Vec<f64> },
    /// How well a task tells models apart.
    Discrimination { shares: Vec<Vec<Option<f64>>>, task: usize },
    /// Age of saturation.
    Saturation { points: Vec<(f64, u64, u64)> },
}

fn answer(question: &Question) -> Value {
    match question {
        Question::Cut { values } => {
            change::best_cut(values).map_or(Value::Null, |cut| json!([cut.at, cut.q]))
        }
        Question::Changes { values, seed, permutations } => {
            let options = change::Options { seed: *seed, permutations: *permutations, level: 0.05 };
            let found = change::changes(values, options);
            json!(found.iter().map(|c| json!([c.at, c.p_value, c.before, c.after])).collect::<Vec<_>>())
        }
        Question::Cusum { values, mean, sigma } => {
            let level = cusum::Reference { mean: *mean, sigma: *sigma, nights: 0 };
            let sums = cusum::cusum(values, level, cusum::SLACK, cusum::LIMIT);
            json!([sums.up, sums.down, sums.first.map(|alarm| [alarm.at, alarm.since])])
        }
        Question::Reference { values, least } => {
            cusum::reference(values, *least).map_or(Value::Null, |r| json!([r.mean, r.sigma, r.nights]))
        }
        Question::RunLengths { values } => {
            let level = cusum::Reference { mean: 0.0, sigma: 1.0, nights: 0 };
            let (mut from, mut lengths) = (0, Vec::new());
            while from < values.len() {
                let rest = &values[from..values.len().min(from + 8000)];
                let Some(alarm) = cusum::cusum(rest, level, cusum::SLACK, cusum::LIMIT).first else { break };
                lengths.push(alarm.at + 1);
                from += alarm.at + 1;
            }
            json!(lengths)
        }
        Question::Posterior { c, n, t } => json!(health::chance_above(*c, *n, *t)),
        Question::Effective { shares } => json!(health::effective_tasks(shares)),
        Question::Discrimination { shares, task } => json!(health::discrimination(shares, *task)),
        Question::Saturation { points } => json!(health::saturation(points)),
    }
}

fn main() -> anyhow::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let questions: Vec<Question> = serde_json::from_str(&text)?;
    println!("{}", serde_json::to_string(&questions.iter().map(answer).collect::<Vec<_>>())?);
    Ok(())
}
