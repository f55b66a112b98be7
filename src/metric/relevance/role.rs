//! The role that counts. A created file must earn the roles that are left out of the figures.

use super::Facts;
use super::sign::{collected, lockfile_alone, referred_to};
use crate::diff::{Role, role_of};

/// A created file keeps `test` only if a runner would collect it, `doc` only if something refers to it or the folder
/// holds documentation already; else it is `other`.
pub(crate) fn effective(facts: &Facts, unit: usize) -> Role {
    let edit = facts.unit(unit);
    // Nobody can say that a program wrote a lockfile whose manifest did not change.
    if lockfile_alone(facts, facts.view.path(edit)) {
        return Role::Config;
    }
    let Some(file) = facts.view.file(edit).filter(|file| file.old.is_none()) else { return edit.role };
    let Some(path) = file.new.as_deref() else { return edit.role };
    let keeps = match file.role {
        Role::Test => !is_program(path) && collected(facts, path).unwrap_or_else(|| like_others(facts, path)),
        Role::Doc => holds_documentation(facts, path) || referred_to(facts, path).is_some(),
        Role::Code | Role::Config | Role::Generated | Role::Other => true,
    };
    if keeps { edit.role } else { Role::Other }
}

/// Examples, benchmarks and programs are built, but no runner takes them for tests.
pub(super) fn is_program(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|folder| matches!(folder, "examples" | "benches" | "bin"))
}

/// The base has tests with the same ending.
fn like_others(facts: &Facts, path: &str) -> bool {
    let ending = |path: &str| {
        path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, end)| end.to_owned())
    };
    let own = ending(path);
    facts.base_paths().iter().any(|other| role_of(other, b"") == Role::Test && ending(other) == own)
}

fn holds_documentation(facts: &Facts, path: &str) -> bool {
    let Some((folder, _)) = path.rsplit_once('/') else { return false };
    let inside = |other: &String| other.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    facts.base_paths().iter().any(|other| inside(other) && role_of(other, b"") == Role::Doc)
}
