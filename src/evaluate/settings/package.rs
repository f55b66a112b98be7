//! `package.json`: scripts that a test script can reach, and the tables of test runners.

use super::keys::{Documents, Texts};

/// Tables of test runners and of what stands between them and the tests.
const RUNNERS: &[&str] =
    &["jest", "mocha", "vitest", "ava", "tap", "jasmine", "nyc", "c8", "wireit", "nx", "config"];

/// Puts the base's scripts and the runners' tables back. A script that the patch adds stays, unless it is run by a
/// script of the base (`pretest`) or is one for tests.
pub(super) fn merge(texts: &Texts) -> Option<(String, Vec<String>)> {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let mut documents = Documents::parse(texts, parse)?;
    for runner in RUNNERS {
        documents.restore(&[runner]);
    }
    for name in documents.keys(&["scripts"]) {
        let hook = ["pre", "post"].iter().find_map(|when| name.strip_prefix(when));
        let reached = hook.is_some_and(|of| {
            documents.base_has(&["scripts", of]) || ["test", "install", "pare", "prepare"].contains(&of)
        });
        if documents.base_has(&["scripts", &name]) || reached || name.contains("test") {
            documents.restore(&["scripts", &name]);
        }
    }
    Some((serde_json::to_string_pretty(&documents.mine).ok()? + "\n", documents.restored))
}
