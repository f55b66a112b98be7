//! Rust: modules, `use`, types with their members; what a file says by itself ([`walk`]), and what the files of a
//! workspace make of it ([`link`]).

mod items;
mod kind;
mod link;
mod modules;
mod uses;
mod walk;
mod words;

pub(super) use link::link;

use super::place::join;
use super::summary::Summary;
use crate::syntax::Source;

/// What a file says.
pub(super) fn summarise(source: &Source) -> Option<Summary> {
    let text = std::str::from_utf8(&source.bytes).ok()?;
    Some(walk::Walk::new(source, text).run())
}

/// Modules inside a file's own lie in the folder of that name; of a crate's root and of `mod.rs`, in the same folder.
pub(super) fn inner(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.strip_suffix(".rs")?;
    let shares = matches!(stem, "lib" | "main" | "mod");
    Some(if shares { folder.to_owned() } else { join(folder, stem) })
}

/// The text in `#[path = "…"]`.
fn attribute_path(declaration: &str) -> Option<String> {
    let after = declaration.split_once("path")?.1.trim_start().strip_prefix('=')?.trim_start();
    Some(after.strip_prefix('"')?.split_once('"')?.0.to_owned())
}
