//! Manifests in TOML: `Cargo.toml`, `pyproject.toml`.

use super::keys::{Document, Documents, Texts};

/// Switches of tests in a target's table.
const SWITCHES: &[&str] = &["test", "doctest", "harness"];

fn parse(text: &str) -> Option<toml::Value> {
    toml::from_str::<toml::Table>(text).ok().map(toml::Value::Table)
}

/// Puts test targets, the switches of other targets, and profiles back. Dependencies, features, members and new
/// targets stay. `exists` tells whether the tree that is to be tested has a file.
pub(super) fn merge(
    texts: &Texts,
    path: &str,
    exists: &dyn Fn(&str) -> bool,
) -> Option<(String, Vec<String>)> {
    let mut documents = Documents::parse(texts, parse)?;
    documents.restore(&["profile"]);
    documents.restore(&["package", "autotests"]);
    documents.restore(&["project", "autotests"]);
    for switch in SWITCHES {
        documents.restore(&["lib", switch]);
    }
    for list in ["bin", "example"] {
        documents.restore_in_list(list, SWITCHES);
    }
    // `harness = false` is how benchmarks are written.
    documents.restore_in_list("bench", &["test"]);
    let before = documents.mine.get("test").cloned();
    documents.restore(&["test"]);
    let folder = path.strip_suffix("Cargo.toml").unwrap_or_default();
    drop_gone(&mut documents.mine, before.as_ref(), folder, exists);
    Some((toml::to_string(&documents.mine).ok()?, documents.restored))
}

/// A test target that the patch removed together with its file stays removed: with it cargo would refuse the manifest.
fn drop_gone(
    mine: &mut toml::Value,
    before: Option<&toml::Value>,
    folder: &str,
    exists: &dyn Fn(&str) -> bool,
) {
    let Some(toml::Value::Array(targets)) = mine.get_mut("test") else { return };
    targets.retain(|target| {
        let kept = before.map(Document::items).unwrap_or_default().contains(&target);
        let name = target.get("name").and_then(Document::text).unwrap_or_default();
        let files = match target.get("path").and_then(Document::text) {
            Some(path) => vec![format!("{folder}{path}")],
            None => vec![format!("{folder}tests/{name}.rs"), format!("{folder}tests/{name}/main.rs")],
        };
        kept || files.iter().any(|file| exists(file))
    });
}

/// Puts the tables of pytest, tox and coverage back, and what makes pytest load plugins.
pub(super) fn merge_python(texts: &Texts) -> Option<(String, Vec<String>)> {
    let mut documents = Documents::parse(texts, parse)?;
    for tool in ["pytest", "tox", "nox", "coverage"] {
        documents.restore(&["tool", tool]);
    }
    documents.restore(&["project", "entry-points", "pytest11"]);
    Some((toml::to_string(&documents.mine).ok()?, documents.restored))
}
