//! `kerf doctor`: what this machine can do, and how to get what is missing.

use std::collections::BTreeMap;

use super::{Exit, context};
use crate::report::escape;
use crate::sandbox::{Places, SandboxError, look_for_engine, probe};
use crate::snapshot::{LANGUAGES, find_toolchain};

/// Arguments of `kerf doctor`.
#[derive(Debug, clap::Args)]
pub(super) struct DoctorArguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One line of the answer.
struct Finding {
    name: String,
    fine: bool,
    needed: bool,
    detail: String,
    advice: String,
}

/// Looks and prints. Ends with 0 where everything needed is there.
pub(super) fn main(arguments: &DoctorArguments) -> anyhow::Result<Exit> {
    let variables = context::variables();
    let cache = context::cache(&variables)?;
    let mut findings: Vec<Finding> = probe()
        .into_iter()
        .map(|protection| Finding {
            name: format!("sandbox: {}", protection.name),
            needed: protection.is_essential(),
            fine: protection.active,
            detail: protection.detail,
            advice: protection.advice,
        })
        .collect();
    for language in LANGUAGES {
        let name = format!("tools: {language}");
        // Tasks in the other languages are invalid without theirs; Rust builds kerf itself.
        let needed = *language == "rust";
        findings.push(match find_toolchain(language, None, &cache, &variables) {
            Ok(tools) => {
                let firsts = tools.versions.iter().filter_map(|version| version.lines().next());
                let detail = firsts.collect::<Vec<_>>().join(", ");
                Finding { name, fine: true, needed, detail, advice: String::new() }
            }
            Err(error) => {
                Finding { name, fine: false, needed, detail: error.to_string(), advice: String::new() }
            }
        });
    }
    findings.push(images_finding(&variables));
    findings.push(cache_finding(&cache));
    if arguments.json {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| {
                serde_json::json!({"name": finding.name, "fine": finding.fine, "needed": finding.needed,
                    "detail": finding.detail, "advice": finding.advice})
            })
            .collect();
        println!("{}", serde_json::json!({"schema": "kerf/doctor/1", "findings": list}));
    } else {
        for finding in &findings {
            let mark = match (finding.fine, finding.needed) {
                (true, _) => "ok      ",
                (false, true) => "MISSING ",
                (false, false) => "absent  ",
            };
            println!("{mark}{:24} {}", finding.name, escape::terminal(&finding.detail));
            if !finding.fine && !finding.advice.is_empty() {
                println!("        {:24} → {}", "", escape::terminal(&finding.advice));
            }
        }
    }
    let fine = findings.iter().all(|finding| finding.fine || !finding.needed);
    Ok(if fine { Exit::Fine } else { Exit::Failed })
}

/// Whether tasks that name a container image can be run in it.
fn images_finding(variables: &BTreeMap<String, String>) -> Finding {
    let (fine, detail, mut advice) = match look_for_engine(&Places::of(variables)) {
        Ok(engine) => {
            let fences = engine.fences.join(", ");
            let storage = engine.storage;
            (
                true,
                format!("{} at {}, storage {storage}; {fences}", engine.version, engine.address),
                String::new(),
            )
        }
        Err(SandboxError::NoImage { detail, advice, .. }) => (false, detail, advice),
        Err(error) => (false, error.to_string(), String::new()),
    };
    if !fine {
        let needed = "SWE-bench Verified needs the images that it names; without them give such tasks a profile, or grade \
                      the logs of its own harness: kerf grade --rules swebench";
        advice = if advice.is_empty() { needed.to_owned() } else { format!("{advice}. {needed}") };
    }
    Finding { name: "container images".to_owned(), fine, needed: false, detail, advice }
}

fn cache_finding(cache: &std::path::Path) -> Finding {
    let writable = std::fs::create_dir_all(cache).and_then(|()| tempfile::tempfile_in(cache).map(drop));
    Finding {
        name: "cache".to_owned(),
        fine: writable.is_ok(),
        needed: true,
        detail: match &writable {
            Ok(()) => cache.display().to_string(),
            Err(error) => format!("{}: {error}", cache.display()),
        },
        advice: "set KERF_CACHE to a folder that can be written".to_owned(),
    }
}
