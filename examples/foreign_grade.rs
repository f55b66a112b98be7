//! Grades logs by the rules of the public harnesses: one request a line on standard input, one verdict a line on
//! standard output. It is also what `scripts/compare-graders` runs, and shows how to use the library.
//!
//! ```text
//! {"rules":"swebench","log":"PATH","spec":{"parser":"parse_log_cargo","fail_to_pass":["half"],"marked":false}}
//! {"rules":"multi-swe-bench","log":"FIX","run":"PATH","test":"PATH","spec":{"repository":"clap-rs/clap"}}
//! ```
//!
//! `run` and `test` may be left out: the results are then those that the spec gives.

use std::io::{BufRead, Write};
use std::time::Instant;

use anyhow::Context;
use kerf::harness::foreign::multi_swe_bench::{self, Outcomes};
use kerf::harness::foreign::swebench;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(tag = "rules")]
enum Request {
    #[serde(rename = "swebench")]
    Swebench { log: String, spec: swebench::Spec },
    #[serde(rename = "multi-swe-bench")]
    MultiSweBench { log: String, run: Option<String>, test: Option<String>, spec: multi_swe_bench::Spec },
}

fn main() -> anyhow::Result<()> {
    if std::env::args().nth(1).as_deref() == Some("--list") {
        let parsers: Vec<_> = swebench::parsers().collect();
        let repositories: Vec<_> = multi_swe_bench::repositories().collect();
        println!("{}", json!({"parsers": parsers, "repositories": repositories}));
        return Ok(());
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (index, line) in std::io::stdin().lock().lines().enumerate() {
        let request = serde_json::from_str(&line?).with_context(|| format!("line {}", index + 1))?;
        writeln!(out, "{}", answer(request)?)?;
    }
    Ok(())
}

fn answer(request: Request) -> anyhow::Result<Value> {
    let read = |path: &str| std::fs::read(path).with_context(|| path.to_owned());
    match request {
        Request::Swebench { log, spec } => {
            let log = read(&log)?;
            let start = Instant::now();
            let graded = swebench::grade(&log, &spec)?;
            let micros = start.elapsed().as_micros() as u64;
            let mut answer = json!({"report": graded.report(), "micros": micros});
            answer["graded"] = serde_json::to_value(&graded)?;
            Ok(answer)
        }
        Request::MultiSweBench { log, run, test, spec } => {
            let (fix, run, test) = (read(&log)?, run.map(|path| read(&path)), test.map(|path| read(&path)));
            let (run, test) = (run.transpose()?, test.transpose()?);
            let start = Instant::now();
            let run = run.as_deref().map_or(Outcomes::Given(&spec.run), Outcomes::Log);
            let test = test.as_deref().map_or(Outcomes::Given(&spec.test), Outcomes::Log);
            let graded = multi_swe_bench::grade([run, test, Outcomes::Log(&fix)], &spec)?;
            let micros = start.elapsed().as_micros() as u64;
            Ok(
                json!({"graded": serde_json::to_value(&graded)?, "resolved": graded.resolved(), "micros": micros}),
            )
        }
    }
}
