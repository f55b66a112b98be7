//! The role that counts. Attributes of the base come first; a created file must earn the roles that are left out of the
//! figures.

use std::collections::BTreeSet;

use super::sign::{collected, lockfile_alone, referred_to};
use super::view::{has_word, path_of};
use super::{Facts, has_tokens};
use crate::diff::{Role, role_of};
use crate::syntax::language_of;

/// The role by the base's attributes, else by path; a created file keeps `test` only if a runner would collect it and it
/// reaches what changes, `doc` only if something refers to it or the folder holds documentation already; else it is
/// `other`.
pub(crate) fn effective(facts: &Facts, unit: usize) -> Role {
    let edit = facts.unit(unit);
    let path = facts.view.path(edit);
    // Nobody can say that a program wrote a lockfile whose manifest did not change.
    if lockfile_alone(facts, path) {
        return Role::Config;
    }
    if let Some(role) = facts.attributes().role(path) {
        return role;
    }
    let own = match edit.role {
        Role::Generated if facts.attributes().written_by_hand(path) => Role::Code,
        role => role,
    };
    let Some(file) = facts.view.file(edit).filter(|file| file.old.is_none()) else { return own };
    let Some(path) = file.new.as_deref() else { return own };
    let keeps = match file.role {
        Role::Test => {
            !is_program(path)
                && collected(facts, path).unwrap_or_else(|| like_others(facts, path))
                && reaches_change(facts, path)
        }
        Role::Doc => holds_documentation(facts, path) || referred_to(facts, path).is_some(),
        Role::Code | Role::Config | Role::Generated | Role::Other => true,
    };
    if keeps { own } else { Role::Other }
}

/// The file imports, itself or through others, a file that the patch changes outside tests, or names something that it
/// changes there. Where the patch changes nothing outside tests there is nothing to reach, and of fixtures nobody can
/// tell.
fn reaches_change(facts: &Facts, path: &str) -> bool {
    let units = || facts.input.diff.units.iter().filter(|unit| unit.role != Role::Test && has_tokens(unit));
    let changed: BTreeSet<&str> =
        units().map(|unit| facts.view.path(unit)).filter(|path| language_of(path).is_some()).collect();
    if changed.is_empty() || language_of(path).is_none() {
        return true;
    }
    if facts.graph().distances(path).keys().any(|file| changed.contains(file.as_str())) {
        return true;
    }
    let Some(file) = facts.input.diff.files.iter().find(|file| path_of(file) == path) else { return true };
    units().any(|unit| {
        let entity =
            unit.entity.iter().flat_map(|name| name.split(|c: char| !(c.is_alphanumeric() || c == '_')));
        let names = unit.defines.iter().map(String::as_str).chain(entity);
        names.filter(|name| name.len() > 3 && *name != "impl").any(|name| has_word(&file.new_bytes, name))
    })
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
