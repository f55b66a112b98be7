//! Tasks with their bases and gold patches, for the examples that look at gold; nothing of a task is run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kerf::evaluate::Golds;
use kerf::patch::{Tree, TreeChanges};
use kerf::sandbox::{PlainSandbox, TrustPatches};
use kerf::task::{Task, read_suite_with};

fn cache() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let folder = variable("KERF_CACHE").or_else(|| variable("HOME").map(|home| home.join(".cache/kerf")));
    folder.expect("KERF_CACHE or HOME")
}

/// Tasks with base and gold; those that cannot be had are named on standard error.
pub fn suite(path: &str, mirror: Option<&str>) -> Vec<(Task, Box<dyn Tree>, TreeChanges)> {
    let variables = std::env::vars().collect();
    // Only the clients of registries are run: no patch is.
    let sandbox = Arc::new(PlainSandbox::new(TrustPatches::as_the_user_said()));
    let golds = Golds::new(&cache(), mirror.map(str::to_owned), sandbox, &variables);
    let suite = read_suite_with(Path::new(path), &[]).expect("a suite");
    let mut found: Vec<(Task, Box<dyn Tree>, TreeChanges)> = Vec::new();
    for entry in &suite.tasks {
        let loaded = entry.load().map_err(|problem| problem.to_string());
        match loaded.and_then(|task| golds.of(&task).map(|(base, gold)| (task, base, gold))) {
            Ok((task, base, gold)) => found.push((task, Box::new(base), gold.unwrap_or_default())),
            Err(why) => eprintln!("left out: {}: {why}", entry.id),
        }
    }
    found
}
