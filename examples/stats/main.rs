//! kerf's statistics for other programs, and simulations of them: `scripts/compare-stats` and `scripts/proof stats`.
//!
//! - without arguments: a question a line on standard input (`{"f": "wilson", "p": 0.5, "n": 10, "z": 1.96}`), an answer
//!   a line on standard output, null where there is none;
//! - `coverage`, `alarms`, `power`: simulations, with their figures on standard output;
//! - `records N SHAPE [CHANGE]`: N made-up records.
#![allow(clippy::print_stdout, reason = "a program")]

mod records;
mod simulate;

use std::io::{BufRead, Write};

use kerf::stats::{
    binomial, bootstrap, family, interval, logistic, pair, pass, permutation, strata, student,
};
use serde_json::{Value, json};

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => answer_all(),
        ["coverage"] => {
            simulate::coverage();
            Ok(())
        }
        ["alarms", nights] => {
            simulate::alarms(number(nights)?);
            Ok(())
        }
        ["power", nights] => {
            simulate::power(number(nights)?);
            Ok(())
        }
        ["records", n, shape] => records::write(number(n)?, shape, 0.0),
        ["records", n, shape, change] => {
            records::write(number(n)?, shape, change.parse().map_err(|error| format!("{change}: {error}"))?)
        }
        _ => Err("give nothing, coverage, alarms N, power N, or records N SHAPE [CHANGE]".to_owned()),
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}

fn answer_all() -> Result<(), String> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let question: Value = serde_json::from_str(&line).map_err(|error| format!("{line}: {error}"))?;
        writeln!(out, "{}", answer(&question)?).map_err(|error| error.to_string())?;
    }
    out.flush().map_err(|error| error.to_string())
}

fn answer(question: &Value) -> Result<Value, String> {
    let whole = |name: &str| question[name].as_u64().ok_or_else(|| format!("{question}: {name}"));
    let float = |name: &str| question[name].as_f64().ok_or_else(|| format!("{question}: {name}"));
    let floats = |name: &str| -> Result<Vec<f64>, String> {
        serde_json::from_value(question[name].clone()).map_err(|error| format!("{question}: {name}: {error}"))
    };
    let plan = || -> Result<bootstrap::Plan, String> {
        Ok(bootstrap::Plan { seed: whole("seed")?, resamples: whole("resamples")? as u32 })
    };
    let tables = || -> Result<Vec<strata::Table>, String> {
        let rows: Vec<[u64; 4]> = serde_json::from_value(question["tables"].clone())
            .map_err(|error| format!("{question}: {error}"))?;
        Ok(rows.iter().map(|&[a, of_a, b, of_b]| strata::Table { a: [a, of_a], b: [b, of_b] }).collect())
    };
    Ok(match question["f"].as_str().unwrap_or_default() {
        "wilson" => json!(interval::wilson(float("p")?, float("n")?, float("z")?)),
        "clopper_pearson" => json!(binomial::clopper_pearson(whole("count")?, whole("n")?, float("level")?)),
        "binomial_cdf" => json!(binomial::at_most(whole("n")?, whole("k")?, float("p")?)),
        "mcnemar" => json!(pair::mcnemar_mid_p(whole("b")?, whole("c")?)),
        "tango" => json!(pair::tango(whole("b")?, whole("c")?, whole("n")?)),
        "adjusted_wald" => json!(pair::adjusted_wald(
            float("sum")?,
            float("squares")?,
            whole("differ")?,
            whole("n")?,
            interval::Z95
        )),
        "student" => json!(student::quantile(0.025, interval::Z95, whole("freedom")?)),
        "minimum_detectable" => json!(pair::minimum_detectable(whole("b")?, whole("c")?, whole("n")?)),
        "pass_at" => json!(pass::any_of(whole("n")?, whole("c")?, whole("k")?)),
        "pass_all" => json!(pass::all_of(whole("n")?, whole("c")?, whole("k")?)),
        "cmh" => json!(strata::cochran_mantel_haenszel(&tables()?)),
        "strata_exact" => json!(strata::exact(&tables()?)),
        "logistic" | "logistic_ridge" => {
            let x: Vec<Vec<f64>> = serde_json::from_value(question["x"].clone())
                .map_err(|error| format!("{question}: {error}"))?;
            let rows = x.into_iter().zip(floats("k")?).zip(floats("n")?);
            let rows: Vec<logistic::Row> =
                rows.map(|((x, successes), trials)| logistic::Row { x, successes, trials }).collect();
            json!(logistic::fit(&rows, float("ridge")?))
        }
        "benjamini_hochberg" => json!(family::benjamini_hochberg(&floats("p")?)),
        "sign_flip" => json!(permutation::sign_flip(&floats("d")?, whole("seed")?)),
        "bootstrap" => json!(bootstrap::paired(&floats("d")?, plan()?)),
        "cluster_bootstrap" => {
            let (above, below) = (floats("above")?, floats("below")?);
            let row = |at: usize| [bootstrap::Part { numerator: above[at], denominator: below[at] }];
            json!(bootstrap::intervals(above.len(), row, plan()?)[0])
        }
        other => return Err(format!("{question}: no function `{other}`")),
    })
}
