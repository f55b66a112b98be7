//! Made-up records in any number, for measuring how reports and comparisons grow.

use std::io::Write;

use serde_json::json;

/// Writes `n` records of `TASKSxMODELS` to standard output; further samples where these are fewer. The change is taken off
/// every pass rate. Values follow from the record's number alone.
pub fn write(n: u64, shape: &str, change: f64) -> Result<(), String> {
    let (tasks, models) = shape.split_once('x').ok_or("a shape is TASKSxMODELS")?;
    let (tasks, models): (u64, u64) = (super::number(tasks)?, super::number(models)?);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for place in 0..n {
        let (task, model, sample) = (place % tasks, place / tasks % models, place / tasks / models);
        let chance = |salt: u64| hash(place ^ (salt << 48)) as f64 / u64::MAX as f64;
        // Tasks differ in difficulty; models a little.
        let ease = hash(task ^ (1 << 40)) as f64 / u64::MAX as f64;
        let resolved = chance(1) < (ease + model as f64 / models as f64 / 10.0 - change).clamp(0.02, 0.98);
        let (bad, good) = ((chance(2) * 12.0) as u64, 20 + (chance(3) * 80.0) as u64);
        let ratio = bad as f64 / (bad + good) as f64;
        let record = json!({
            "schema": "kerf/record/1", "trial": format!("{place:016x}"),
            "run_key": format!("{:032x}", hash(place)), "grade_key": format!("{:032x}", hash(place + 1)),
            "task": format!("repository__task-{task}"), "language": "rust", "tier": 1, "gold_weight": 52,
            "model": format!("model-{model}"), "scaffold": null, "sample": sample,
            "outcome": if resolved { "resolved" } else { "unresolved" },
            "reason": if resolved { json!(null) } else { json!("tests_failed") },
            "apply": {"format": "unified", "well_formed": chance(4) < 0.95, "rung": "exact"},
            "tests": {"fail_to_pass": [if resolved { 3 } else { 1 }, 3], "pass_to_pass": [96, 96], "unlisted_regressions": 0, "flaky": 0},
            "edits": {"mode": "trial", "irrelevant_edit_ratio": ratio, "strict": ratio / 2.0, "upper": ratio, "excess": bad,
                "suspect_ratio": 0.0, "removable_ratio": 0.27, "coarse": false, "overturned": 0,
                "weight": {"needed": good, "acquitted": 0, "supporting": 1, "irrelevant": bad, "unproven": 4},
                "irrelevant_units": bad / 4, "by_kind": {"debug": ["B", bad]},
                "marks": [[format!("{:016x}", hash(bad)), bad]], "test_weight": 30, "doc_weight": 0},
            "lint": {"status": if chance(5) < 0.7 { "clean" } else { "findings" }, "new": {"warning": 1}, "fixed": 0,
                "suppressions": 0, "unformatted_lines": 0, "changed_code_lines": 12},
            "context": {"span": if task % 3 == 0 { "global" } else { "local" }, "file_recall": chance(6),
                "file_precision": 1.0, "entity_recall": chance(7), "entity_precision": 1.0, "obligation_recall": 0.5,
                "propagation": 1.0, "dangling": 0, "invented": 0, "reinvented": 0},
            "cost": {"usd": chance(8), "prompt_tokens": 1000 + place % 5000, "completion_tokens": 400, "latency_s": 12.5, "steps": 9},
            "environment": {"protections": ["netns", "seccomp"]}, "timing": {"test_s": 1.2, "build_s": 0.4}
        });
        writeln!(out, "{record}").map_err(|error| error.to_string())?;
    }
    out.flush().map_err(|error| error.to_string())
}

/// A well-mixed number of another (the finaliser of SplitMix64).
fn hash(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
