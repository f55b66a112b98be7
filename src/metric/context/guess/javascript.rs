//! TypeScript and JavaScript: what files and types of the tree do not hold, modules that are not there, packages that no
//! manifest names, and calls of names that nothing brings into scope.

use super::known::{JS_GLOBALS, JS_OBJECT, NODE_MODULES};
use super::{Guess, above, ends, is_field, texts};
use crate::metric::context::patched::{Patched, Side};
use crate::syntax::Source;
use crate::syntax::index::{Certainty, SymbolKind};

/// Folders that builds fill.
const MADE: &[&str] =
    &["build", "dist", "generated", "__generated__", "lib", "out", "node_modules", ".next", "esm", "cjs"];

pub(super) fn find(patched: &Patched, path: &str, source: &Source) -> Vec<Guess> {
    let mut found = Vec::new();
    for (byte, holder) in patched.result.lacking_in(path) {
        let Some(leaf) = source.leaf_at(byte).filter(|_| patched.wrote(path, byte)) else { continue };
        let symbol = source.node_text(leaf);
        let Some(of) = patched.result.symbol(holder) else { continue };
        let is_file = of.kind == SymbolKind::Module && of.name == of.file;
        let known = JS_OBJECT.contains(symbol.as_str())
            || symbol == "default"
            || may_be_set(patched, of.kind, &symbol);
        // A text of another kind (`.vue`, JSON) is not read as a module is.
        let plain = patched.source(Side::Result, of.file).is_some_and(|text| text.error_count() == 0);
        if plain && (is_file || !known) && symbol != "default" {
            found.push(Guess { byte, symbol, rule: if is_file { "name" } else { "member" } });
        }
    }
    let texts = texts(patched, |name| {
        name == "package.json"
            || ends(name, ".lock")
            || name.ends_with("-lock.yaml")
            || name.ends_with("-lock.json")
            || name.contains("config")
            || name.ends_with(".d.ts")
    });
    for (byte, specifier) in specifiers(source) {
        if patched.wrote(path, byte)
            && let Some(rule) = missing(patched, path, &specifier, &texts)
        {
            found.push(Guess { byte, symbol: specifier, rule });
        }
    }
    if !is_module(source) {
        return found;
    }
    for reference in patched.result.references_in(path) {
        let byte = reference.range.start;
        let unknown = matches!(reference.certainty, Certainty::Unknown { external: false });
        let Some(leaf) = source.leaf_at(byte).filter(|_| unknown && patched.wrote(path, byte)) else {
            continue;
        };
        let called = above(source, leaf)
            .is_some_and(|(_, kind, field)| kind == "call_expression" && is_field(source, field, "function"));
        let symbol = source.node_text(leaf);
        // What the base calls without a definition is there by some other way.
        let used = patched.base.references_named(&symbol).next().is_some();
        let declared = texts.contains(&format!("function {symbol}")) || texts.contains(&format!("{symbol}:"));
        if called
            && source.kind_name(leaf) == "identifier"
            && !used
            && !declared
            && !JS_GLOBALS.contains(symbol.as_str())
            && patched.result.definitions_named(&symbol).next().is_none()
        {
            found.push(Guess { byte, symbol, rule: "name" });
        }
    }
    found
}

/// Members of classes may be set from anywhere in scripts.
fn may_be_set(patched: &Patched, kind: SymbolKind, name: &str) -> bool {
    kind == SymbolKind::Class
        && patched.base.references_named(name).any(|one| {
            let script = one.file.rsplit('.').next().is_some_and(|ending| ending.contains("js"));
            script
                || patched.source(Side::Base, one.file).is_some_and(|text| is_assigned(&text, one.range.end))
        })
}

fn is_assigned(source: &Source, end: usize) -> bool {
    let rest = source.bytes[end..].trim_ascii_start();
    rest.starts_with(b"=") && !rest.starts_with(b"==")
}

fn is_module(source: &Source) -> bool {
    (0..source.nodes.len())
        .any(|node| matches!(source.kind_name(node), "import_statement" | "export_statement"))
}

/// Module specifiers with their first bytes.
fn specifiers(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for node in 0..source.nodes.len() {
        let text = match source.kind_name(node) {
            "import_statement" | "export_statement" => source.child_named(node, "source"),
            "call_expression" => {
                let function =
                    source.child_named(node, "function").map(|function| source.node_text(function));
                let loads = matches!(function.as_deref(), Some("require" | "import"));
                let list =
                    source.child_named(node, "arguments").filter(|_| loads && !is_guarded(source, node));
                list.and_then(|list| source.elements(list).next())
            }
            _ => None,
        };
        if let Some(text) = text.filter(|text| source.kind_name(*text) == "string") {
            found.push((
                source.range(text).start,
                source.node_text(text).trim_matches(['\'', '"']).to_owned(),
            ));
        }
    }
    found
}

/// What may fail is tried.
fn is_guarded(source: &Source, node: usize) -> bool {
    source.ancestors(node).any(|node| source.kind_name(node) == "try_statement")
}

/// By which rule nothing answers a specifier.
fn missing(patched: &Patched, path: &str, specifier: &str, texts: &str) -> Option<&'static str> {
    if specifier.starts_with('.') {
        return missing_file(patched, path, specifier).then_some("module");
    }
    // Schemes, absolute paths, aliases and virtual modules are settled elsewhere.
    let odd = |c: char| !(c.is_ascii_alphanumeric() || "@/._-".contains(c));
    if specifier.is_empty()
        || specifier.contains(odd)
        || specifier.starts_with(['/', '~', '#'])
        || specifier.starts_with("@/")
    {
        return None;
    }
    let parts: Vec<&str> = specifier.split('/').collect();
    let package = if specifier.starts_with('@') { parts.get(..2)?.join("/") } else { parts[0].to_owned() };
    let first = parts[0];
    let types = format!("@types/{}", package.trim_start_matches('@').replace('/', "__"));
    let named = [package.as_str(), first, &types].iter().any(|name| {
        [format!("\"{name}"), format!("'{name}"), format!("/{name}@"), format!("{name}@"), format!("{name}:")]
            .iter()
            .any(|quoted| texts.contains(quoted.as_str()))
    });
    let manifest = patched.blob("package.json").is_some();
    // `baseUrl` lets folders of the tree be named as packages are.
    let folder = patched.paths().iter().any(|file| {
        file.split('/').any(|part| {
            part == first
                || part.strip_suffix(".ts") == Some(first)
                || part.strip_suffix(".js") == Some(first)
        })
    });
    (manifest && !named && !folder && !NODE_MODULES.contains(first)).then_some("package")
}

fn missing_file(patched: &Patched, path: &str, specifier: &str) -> bool {
    let specifier = specifier.split('?').next().unwrap_or(specifier);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in specifier.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return false;
                }
            }
            part => parts.push(part),
        }
    }
    if parts.iter().any(|part| MADE.contains(part)) {
        return false;
    }
    let target = parts.join("/");
    let stem = [".js", ".jsx", ".mjs", ".cjs"].iter().find_map(|ending| target.strip_suffix(ending));
    let is = |file: &str, target: &str| {
        file.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
    };
    !target.is_empty()
        && !patched.paths().iter().any(|file| is(file, &target) || stem.is_some_and(|stem| is(file, stem)))
}
