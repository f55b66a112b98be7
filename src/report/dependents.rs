//! What depends on a symbol, as text and as a graph in DOT.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::escape::terminal;
use crate::metric::context::{Dependent, Dependents, Place};

/// More lines of one dependent than this are counted, not listed.
const LISTED: usize = 8;

fn of(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

fn away(one: &Dependent) -> String {
    match one.distance {
        Some(0) => "same file".to_owned(),
        Some(count) => format!("{} away", of(count as usize, "import")),
        None => "no import path".to_owned(),
    }
}

/// For people.
pub fn text(found: &Dependents) -> String {
    let mut out = String::new();
    for Place { file, line, name, kind } in &found.symbols {
        let _ = writeln!(out, "{kind} {}  {}:{line}", terminal(name), terminal(file));
    }
    let files: BTreeSet<&str> = found.dependents.iter().map(|one| one.place.file.as_str()).collect();
    if found.dependents.is_empty() {
        out.push_str("nothing that the index is sure of depends on it\n");
        return out;
    }
    let (count, of_files) = (of(found.dependents.len(), "dependent"), of(files.len(), "file"));
    let _ = writeln!(out, "{count} in {of_files}");
    let mut steps = 0;
    for one in &found.dependents {
        if one.steps != steps {
            steps = one.steps;
            let _ = writeln!(out, "\n{}", of(steps as usize, "step"));
        }
        let Place { file, line, name, kind } = &one.place;
        let sure = if one.certain { "" } else { ", possible" };
        if kind == "file" {
            let _ = writeln!(out, "  file {}  ({}{sure})", terminal(file), away(one));
        } else {
            let _ = writeln!(
                out,
                "  {kind} {}  {}:{line}  ({}{sure})",
                terminal(name),
                terminal(file),
                away(one)
            );
        }
        let mut lines: Vec<String> = one
            .references
            .iter()
            .take(LISTED)
            .map(|reference| format!("{} at {}", terminal(&reference.to), reference.line))
            .collect();
        if one.references.len() > LISTED {
            lines.push(format!("{} more", one.references.len() - LISTED));
        }
        let _ = writeln!(out, "      {}", lines.join(", "));
    }
    out
}

/// A node's name in DOT.
fn node(place: &Place) -> String {
    let text = format!("{}\n{}:{}", terminal(&place.name), terminal(&place.file), place.line);
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// For Graphviz: an arrow from what depends to what it depends on; dashed where the index is not sure.
pub fn dot(found: &Dependents) -> String {
    let mut out = String::from("digraph dependents {\n  rankdir=RL;\n  node [shape=box];\n");
    for place in &found.symbols {
        let _ = writeln!(out, "  {} [style=bold];", node(place));
    }
    for one in &found.dependents {
        let targets: BTreeSet<(&str, bool)> =
            one.references.iter().map(|reference| (reference.to.as_str(), reference.certain)).collect();
        let nearer = found.symbols.iter().filter(|_| one.steps == 1).chain(
            found.dependents.iter().filter(|other| other.steps + 1 == one.steps).map(|other| &other.place),
        );
        for place in nearer {
            let own = place.name.rsplit("::").next().unwrap_or_default();
            for (_, certain) in targets.iter().filter(|(to, _)| *to == own) {
                let style = if *certain { "" } else { " [style=dashed]" };
                let _ = writeln!(out, "  {} -> {}{style};", node(&one.place), node(place));
            }
        }
    }
    out.push_str("}\n");
    out
}
