//! Rust: what modules and types of the tree do not hold, bare calls, and crates that no manifest names.

use std::collections::BTreeSet;

use super::known::{RUST_GIVEN, RUST_TRAITS};
use super::{Guess, above, is_field};
use crate::metric::context::patched::{Patched, Side};
use crate::syntax::index::{Certainty, Symbol, SymbolKind};
use crate::syntax::{Source, flag};

/// Crates of the toolchain.
const CRATES: &[&str] = &["alloc", "core", "crate", "proc_macro", "self", "Self", "std", "super", "test"];

/// Types of the language.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16", "u32",
    "u64", "u8", "usize",
];

/// Functions that are in scope everywhere.
const PRELUDE: &[&str] = &["drop", "Some", "Ok", "Err", "size_of", "size_of_val", "align_of", "align_of_val"];

pub(super) fn find(patched: &Patched, path: &str, source: &Source) -> Vec<Guess> {
    let mut found = Vec::new();
    let crates = crates(patched);
    let own = own_scope(source);
    for (byte, holder) in patched.result.lacking_in(path) {
        let Some(leaf) = written(patched, path, source, byte) else { continue };
        let symbol = source.node_text(leaf);
        let Some(of) = patched.result.symbol(holder) else { continue };
        if let Some(rule) = lacks(patched, &of, &symbol) {
            found.push(Guess { byte, symbol, rule });
        }
    }
    for reference in patched.result.references_in(path) {
        let byte = reference.range.start;
        let Some(leaf) = written(patched, path, source, byte) else { continue };
        let symbol = source.node_text(leaf);
        let unknown = matches!(reference.certainty, Certainty::Unknown { .. });
        if !unknown {
            continue;
        }
        let text = symbol.as_str();
        match above(source, leaf) {
            // The first of a path.
            Some((_, "scoped_identifier" | "scoped_use_list", field)) if is_field(source, field, "path") => {
                let primitive = PRIMITIVES.contains(&text);
                let lower = text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
                let in_use = in_use(source, leaf);
                // In a group it goes on from what stands before the group.
                let grouped = source.ancestors(leaf).any(|node| source.kind_name(node) == "use_list");
                let outside = matches!(reference.certainty, Certainty::Unknown { external: true });
                if lower
                    && !primitive
                    && !grouped
                    && !crates.contains(text)
                    && !CRATES.contains(&text)
                    && (in_use || own.is_closed && !outside)
                {
                    found.push(Guess { byte, symbol, rule: "package" });
                }
            }
            Some((_, "call_expression", field)) if is_field(source, field, "function") => {
                let outside = matches!(reference.certainty, Certainty::Unknown { external: true });
                if own.is_closed && !outside && !PRELUDE.contains(&text) {
                    found.push(Guess { byte, symbol, rule: "name" });
                }
            }
            _ => {}
        }
    }
    found
}

/// The leaf at a byte that the patch wrote, outside macros and attributes.
fn written(patched: &Patched, path: &str, source: &Source, byte: usize) -> Option<usize> {
    let leaf = source.leaf_at(byte).filter(|_| patched.wrote(path, byte))?;
    let plain = source.ancestors(leaf).all(|node| !source.nodes[node].is(flag::OPAQUE | flag::ATTRIBUTE));
    plain.then_some(leaf)
}

fn in_use(source: &Source, node: usize) -> bool {
    source.ancestors(node).any(|node| source.kind_name(node) == "use_declaration")
}

/// What a file brings into scope by itself.
struct Scope {
    /// Nothing may be there that its text does not name.
    is_closed: bool,
}

fn own_scope(source: &Source) -> Scope {
    let open = (0..source.nodes.len()).any(|node| match source.kind_name(node) {
        // A glob over a module of the tree is followed by the index; over others it brings anything.
        "use_wildcard" => {
            let text = source.node_text(node);
            !text.starts_with("super::*") && !text.starts_with("crate::") && !text.starts_with("self::")
        }
        "macro_invocation" => makes_items(source, node),
        "extern_crate_declaration" => true,
        _ => false,
    });
    Scope { is_closed: !open }
}

/// A macro stands where items do.
fn makes_items(source: &Source, node: usize) -> bool {
    let holder = source
        .ancestors(node)
        .skip(1)
        .find(|node| !matches!(source.kind_name(*node), "expression_statement" | "item with attributes"));
    holder.is_some_and(|holder| matches!(source.kind_name(holder), "source_file" | "declaration_list"))
}

/// By which rule a module or type surely does not hold a name.
fn lacks(patched: &Patched, holder: &Symbol, name: &str) -> Option<&'static str> {
    let source = patched.source(Side::Result, holder.file)?;
    if holder.kind == SymbolKind::Module {
        let named_so = patched.result.definitions_named(name).any(|other| other.kind == SymbolKind::Macro);
        // An inline module is judged by its whole file: a macro anywhere in it may be the one that fills it.
        let closed = is_written_out(&source, holder.range.is_empty());
        // Of a module in a file of its own the declaration stands elsewhere: its content decides.
        let declared_only = !holder.range.is_empty()
            && patched.result.members(holder.id).next().is_none()
            && source.bytes.get(holder.range.clone()).is_some_and(|text| text.ends_with(b";"));
        return (closed && !named_so && (!declared_only || is_plain_module(patched, holder)))
            .then_some("name");
    }
    let is_type = matches!(holder.kind, SymbolKind::Struct | SymbolKind::Enum | SymbolKind::Union);
    if !is_type || RUST_GIVEN.contains(name) || !is_closed_type(patched, holder, &source) {
        return None;
    }
    // A trait of the tree may give it to every type.
    let of_trait = patched.result.definitions_named(name).any(|other| {
        let owner = other.owner.and_then(|id| patched.result.symbol(id));
        owner.is_some_and(|owner| owner.kind == SymbolKind::Trait)
    });
    (!of_trait).then_some("member")
}

/// The file of `mod name;` holds nothing that its text does not name.
fn is_plain_module(patched: &Patched, holder: &Symbol) -> bool {
    let folder = crate::syntax::index::inner_folder(holder.file).unwrap_or_default();
    let at = |ending: &str| {
        let path = format!("{folder}/{}{ending}", holder.name);
        path.trim_start_matches('/').to_owned()
    };
    let file = [at(".rs"), at("/mod.rs")].into_iter().find(|path| patched.blob(path).is_some());
    let source = file.and_then(|file| patched.source(Side::Result, &file));
    source.is_some_and(|source| is_written_out(&source, true))
}

/// No glob and no macro among the items of a file; of its outermost level alone, the globs of modules inside do not count.
fn is_written_out(source: &Source, outermost: bool) -> bool {
    (0..source.nodes.len()).all(|node| match source.kind_name(node) {
        "use_wildcard" => {
            outermost && source.ancestors(node).any(|node| source.kind_name(node) == "mod_item")
        }
        "macro_invocation" => !makes_items(source, node),
        _ => true,
    })
}

/// Nothing that is out of sight gives a type members.
fn is_closed_type(patched: &Patched, holder: &Symbol, source: &Source) -> bool {
    let head = source.bytes.get(holder.range.start..holder.name_range.start).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    for part in head.split("derive(").skip(1) {
        let derived = part.split(')').next().unwrap_or("");
        let known = |name: &str| RUST_TRAITS.contains(name.rsplit("::").next().unwrap_or("").trim());
        if !derived.split(',').filter(|name| !name.trim().is_empty()).all(known) {
            return false;
        }
    }
    // Other attributes may be macros that add members.
    let other = head.split("#[").skip(1).map(str::trim_start);
    let harmless = [
        "derive",
        "doc",
        "allow",
        "expect",
        "repr",
        "non_exhaustive",
        "must_use",
        "deprecated",
        "serde",
        "warn",
    ];
    if !other.into_iter().all(|part| harmless.iter().any(|start| part.starts_with(start))) {
        return false;
    }
    patched.result.references_to(holder.id).all(|reference| {
        let Some(text) = patched.source(Side::Result, reference.file) else { return false };
        let Some(leaf) = text.leaf_at(reference.range.start) else { return false };
        if text
            .ancestors(leaf)
            .any(|node| text.kind_name(node) == "macro_invocation" && makes_items(&text, node))
        {
            return false;
        }
        let mut node = leaf;
        while let Some((parent, kind, field)) = above(&text, node) {
            match kind {
                "impl_item" if is_field(&text, field, "type") => {
                    return is_plain_impl(patched, &text, parent);
                }
                "scoped_type_identifier" | "generic_type" | "reference_type" => node = parent,
                _ => break,
            }
        }
        true
    })
}

fn is_plain_impl(patched: &Patched, source: &Source, node: usize) -> bool {
    let macros = source.child_named(node, "body").is_some_and(|body| {
        source.children(body).any(|one| source.kind_name(source.ungrouped(one)) == "macro_invocation")
    });
    let Some(of) = source.child_named(node, "trait") else { return !macros };
    let text = source.node_text(of);
    let name = text.split('<').next().unwrap_or("").rsplit("::").next().unwrap_or("").trim().to_owned();
    let in_tree = patched.result.definitions_named(&name).any(|found| found.kind == SymbolKind::Trait);
    !macros && (RUST_TRAITS.contains(name.as_str()) || in_tree)
}

/// Names under which crates can be reached: of manifests, and of the tree's own packages.
fn crates(patched: &Patched) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let under = |name: &str| name.replace('-', "_");
    for path in patched.paths().iter().filter(|path| path.ends_with("Cargo.toml")) {
        let text = patched.blob(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let Some(table) = text.and_then(|text| text.parse::<toml::Table>().ok()) else { continue };
        let mut open = vec![&table];
        while let Some(table) = open.pop() {
            for (key, value) in table {
                let Some(inner) = value.as_table() else { continue };
                if key.ends_with("dependencies") {
                    names.extend(inner.keys().map(|name| under(name)));
                } else {
                    open.push(inner);
                }
                if key == "package" || key == "lib" {
                    names.extend(inner.get("name").and_then(toml::Value::as_str).map(under));
                }
            }
        }
    }
    names
}
