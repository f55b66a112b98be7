//! Python: names that nothing binds, what modules of the tree do not define, and packages that no manifest names.
//!
//! A file's names are read by their place alone: what is bound anywhere in a file counts as bound everywhere in it.

use std::collections::{BTreeMap, BTreeSet};

use super::known::{PYTHON_BUILTINS, PYTHON_MODULES};
use super::{Guess, above, ends, is_field, texts};
use crate::metric::context::SymbolAt;
use crate::metric::context::patched::{Patched, Side};
use crate::syntax::index::python_module;
use crate::syntax::{DefinitionKind, Import, Source};

/// Modules whose distribution is called otherwise.
const OTHERWISE: &[(&str, &str)] = &[
    ("attr", "attrs"),
    ("bs4", "beautifulsoup"),
    ("cv2", "opencv"),
    ("dateutil", "dateutil"),
    ("dotenv", "dotenv"),
    ("git", "gitpython"),
    ("google", "google"),
    ("jwt", "jwt"),
    ("magic", "magic"),
    ("mpl_toolkits", "matplotlib"),
    ("OpenSSL", "openssl"),
    ("PIL", "pillow"),
    ("pkg_resources", "setuptools"),
    ("serial", "pyserial"),
    ("skimage", "scikit-image"),
    ("sklearn", "scikit-learn"),
    ("yaml", "yaml"),
    ("zmq", "zmq"),
    ("MySQLdb", "mysqlclient"),
    ("Crypto", "crypto"),
    ("usb", "pyusb"),
    ("fitz", "pymupdf"),
    ("win32api", "pywin32"),
    ("psycopg2", "psycopg"),
];

/// What a file binds.
struct Names {
    /// In any scope.
    all: BTreeSet<String>,
    /// At its outermost level.
    top: BTreeSet<String>,
    imports: Vec<Import>,
    /// Names may be there that the text does not bind.
    open: bool,
}

impl Names {
    fn read(source: &Source) -> Self {
        let imports = source.imports();
        let mut open = imports.iter().any(|import| import.path.last().is_some_and(|last| last == "*"));
        let (mut all, mut top): (BTreeSet<String>, BTreeSet<String>) = (BTreeSet::new(), BTreeSet::new());
        for import in &imports {
            if let Some(name) = import.name() {
                all.insert(name.to_owned());
                // Whatever is imported anywhere may be at the top: under a condition, or by `global`.
                top.insert(name.to_owned());
            }
        }
        for definition in source.definitions() {
            if let Some(leaf) = source.leaf_at(definition.name_range.start)
                && is_outermost(source, leaf)
            {
                top.insert(definition.name.clone());
            }
            all.insert(definition.name);
        }
        for node in 0..source.nodes.len() {
            match source.kind_name(node) {
                // What is bound by other means than a definition.
                "global_statement"
                | "nonlocal_statement"
                | "as_pattern_target"
                | "case_pattern"
                | "named_expression"
                | "pattern_list"
                | "tuple_pattern"
                | "list_pattern"
                | "for_in_clause"
                | "except_clause"
                | "type_parameter"
                | "with_item"
                | "delete_statement"
                | "augmented_assignment" => {
                    for name in names_below(source, node) {
                        if is_outermost(source, node) || source.kind_name(node) == "global_statement" {
                            top.insert(name.clone());
                        }
                        all.insert(name);
                    }
                }
                "identifier" => {
                    let text = &source.bytes[source.range(node)];
                    open |= matches!(text, b"globals" | b"exec" | b"__getattr__" | b"modules" | b"locals");
                }
                _ => {}
            }
        }
        Self { all, top, imports, open }
    }
}

/// Identifiers in a part that only binds, or of which that is not sure.
fn names_below(source: &Source, node: usize) -> Vec<String> {
    let part = match source.kind_name(node) {
        "for_in_clause" | "augmented_assignment" => source.child_named(node, "left").unwrap_or(node),
        "named_expression" => source.child_named(node, "name").unwrap_or(node),
        _ => node,
    };
    let inner = part..source.nodes[part].end as usize;
    inner.filter(|node| source.kind_name(*node) == "identifier").map(|node| source.node_text(node)).collect()
}

/// No function or class is around a node but the one that it names.
fn is_outermost(source: &Source, node: usize) -> bool {
    let mut below = node;
    for node in source.ancestors(node).skip(1) {
        let named = is_field(source, source.nodes[below].field, "name");
        match source.kind_name(node) {
            "function_definition" | "class_definition" if !named => return false,
            "lambda" => return false,
            _ => below = node,
        }
    }
    true
}

/// `[".", "money", "half"]` is `.money.half`.
fn dotted(path: &[String]) -> String {
    match path.split_first() {
        Some((dots, rest)) if dots.starts_with('.') => format!("{dots}{}", rest.join(".")),
        _ => path.join("."),
    }
}

/// An import that may fail, or that only a type checker sees.
fn is_guarded(source: &Source, byte: usize) -> bool {
    source.leaf_at(byte).is_some_and(|leaf| {
        source.ancestors(leaf).any(|node| matches!(source.kind_name(node), "try_statement" | "if_statement"))
    })
}

pub(super) fn find(patched: &Patched, path: &str, source: &Source) -> Vec<Guess> {
    let names = Names::read(source);
    let mut found = Vec::new();
    for import in &names.imports {
        let byte = import.range.start;
        let last = import.path.last().map_or("", String::as_str);
        if !patched.wrote(path, import.range.end.saturating_sub(1)) && !patched.wrote(path, byte)
            || is_guarded(source, byte)
            || last == "*"
        {
            continue;
        }
        found.extend(import_guess(patched, path, import).map(|(symbol, rule)| Guess { byte, symbol, rule }));
    }
    for node in 0..source.nodes.len() {
        if source.kind_name(node) != "identifier" || !patched.wrote(path, source.range(node).start) {
            continue;
        }
        let byte = source.range(node).start;
        let symbol = source.node_text(node);
        match above(source, node) {
            Some((parent, "attribute", field)) if is_field(source, field, "attribute") => {
                if let Some(rule) = lacks(patched, path, source, &names, parent, &symbol) {
                    found.push(Guess { byte, symbol, rule });
                }
            }
            Some((_, "keyword_argument", field)) if is_field(source, field, "name") => {}
            Some((_, "dotted_name" | "aliased_import" | "import_from_statement" | "import_statement", _)) => {
            }
            _ if !names.open
                && !names.all.contains(&symbol)
                && !PYTHON_BUILTINS.contains(symbol.as_str())
                && !in_kind(source, node, &["case_pattern", "type", "decorator", "string"]) =>
            {
                found.push(Guess { byte, symbol, rule: "name" });
            }
            _ => {}
        }
    }
    found
}

fn in_kind(source: &Source, node: usize, kinds: &[&str]) -> bool {
    source.ancestors(node).any(|node| kinds.contains(&source.kind_name(node)))
}

/// What an import names that is not there.
fn import_guess(patched: &Patched, path: &str, import: &Import) -> Option<(String, &'static str)> {
    let files: BTreeSet<&str> = patched.paths().iter().map(String::as_str).collect();
    let whole = dotted(&import.path);
    let find = |dotted: &str| python_module(&files, path, dotted);
    if find(&whole).is_some_and(|(_, left)| left == 0) {
        return None;
    }
    let relative = whole.starts_with('.');
    match find(&whole) {
        // All but the last is a module of the tree: it must define the last.
        Some((file, 1)) if import.path.len() > 1 => {
            let source = patched.source(Side::Result, &file)?;
            let names = Names::read(&source);
            let last = import.path.last()?;
            (!names.open && !names.top.contains(last) && !last.starts_with("__"))
                .then(|| (last.clone(), "name"))
        }
        // A word between is neither a module nor a name of the package around it.
        Some((file, left)) if left > 1 => {
            let source = patched.source(Side::Result, &file)?;
            let names = Names::read(&source);
            let word = import.path.get(import.path.len().checked_sub(left)?)?;
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            let there = files.iter().any(|file| {
                let rest = file.strip_prefix(folder).map(|rest| rest.trim_start_matches('/'));
                rest.and_then(|rest| rest.split(['/', '.']).next()) == Some(word)
            });
            let whole = dotted(&import.path[..import.path.len() - 1]);
            (!names.open && !names.top.contains(word) && !there).then_some((whole, "module"))
        }
        Some(_) => None,
        None if relative => {
            let module = &import.path[..import.path.len() - 1];
            (import.path.len() > 2).then(|| (dotted(module), "module"))
        }
        None => {
            let first = import.path.first()?;
            let in_tree = files.iter().any(|file| {
                file.split('/').any(|part| part == first || part.strip_suffix(".py") == Some(first))
            });
            let manifests = texts(patched, |name| {
                ends(name, ".toml")
                    || ends(name, ".cfg")
                    || ends(name, ".lock")
                    || name == "setup.py"
                    || name.starts_with("requirements")
                    || name == "Pipfile"
                    || ends(name, ".yml")
                    || ends(name, ".ini")
            });
            let plain = |text: &str| text.to_lowercase().replace(['_', '.'], "-");
            let manifests = plain(&manifests);
            let other = OTHERWISE.iter().find(|(module, _)| module == first).map(|(_, name)| *name);
            let declared = manifests.contains(&plain(first))
                || other.is_some_and(|name| manifests.contains(&plain(name)));
            let used = patched.base.references_named(first).next().is_some();
            (!manifests.is_empty()
                && !in_tree
                && !declared
                && !used
                && !PYTHON_MODULES.contains(first.as_str()))
            .then(|| (first.clone(), "package"))
        }
    }
}

/// `module.name` and `Class(…).name` of which all is written in the tree.
fn lacks(
    patched: &Patched,
    path: &str,
    source: &Source,
    names: &Names,
    attribute: usize,
    name: &str,
) -> Option<&'static str> {
    if name.starts_with("__") {
        return None;
    }
    let object = source.child_named(attribute, "object")?;
    match source.kind_name(object) {
        "identifier" => {
            let of = source.node_text(object);
            let import = names.imports.iter().find(|import| import.name() == Some(of.as_str()))?;
            // Bound once, by an import of exactly this module.
            let bound = source.definitions().iter().any(|definition| definition.name == of);
            let files: BTreeSet<&str> = patched.paths().iter().map(String::as_str).collect();
            let whole = import.alias.is_some()
                || import.path.len() == 1
                || dotted(&import.path).starts_with('.')
                || import.path.last() == Some(&of);
            let (file, left) = python_module(&files, path, &dotted(&import.path))?;
            if bound
                || left != 0
                || !whole
                || (import.path.len() > 1
                    && import.alias.as_deref() == import.path.first().map(String::as_str))
            {
                return None;
            }
            let module = patched.source(Side::Result, &file)?;
            let own = Names::read(&module);
            let folder = file.strip_suffix("__init__.py").map(str::to_owned);
            let inside = folder.is_some_and(|folder| {
                files.iter().any(|file| {
                    file.strip_prefix(folder.as_str())
                        .is_some_and(|rest| rest.split(['/', '.']).next() == Some(name))
                })
            });
            (!own.open && !own.top.contains(name) && !inside).then_some("name")
        }
        "call" => {
            let class = source
                .child_named(object, "function")
                .filter(|class| source.kind_name(*class) == "identifier")?;
            let class = source.node_text(class);
            let members = class_members(patched, path, source, names, &class)?;
            (!members.contains(name)).then_some("member")
        }
        _ => None,
    }
}

/// All names that a class of the tree without bases has, or may be given anywhere in its file.
fn class_members(
    patched: &Patched,
    path: &str,
    source: &Source,
    names: &Names,
    class: &str,
) -> Option<BTreeSet<String>> {
    let import = names.imports.iter().find(|import| import.name() == Some(class));
    let (text, wanted) = match import {
        Some(import) => {
            let files: BTreeSet<&str> = patched.paths().iter().map(String::as_str).collect();
            let (file, left) = python_module(&files, path, &dotted(&import.path))?;
            (patched.source(Side::Result, &file).filter(|_| left == 1)?, import.path.last()?.clone())
        }
        None => (patched.source(Side::Result, path)?, class.to_owned()),
    };
    let _ = source;
    let mut of_name = (0..text.nodes.len()).filter(|node| {
        text.kind_name(*node) == "class_definition"
            && text.child_named(*node, "name").is_some_and(|name| text.node_text(name) == wanted)
    });
    let node = of_name.next().filter(|_| of_name.next().is_none())?;
    let decorated = text.parent(node).is_some_and(|parent| text.kind_name(parent) == "decorated_definition");
    let bases = text
        .child_named(node, "superclasses")
        .is_some_and(|list| text.elements(list).any(|base| text.node_text(base) != "object"));
    if decorated || bases {
        return None;
    }
    // Every name in the file that is defined, or set on something.
    let mut members: BTreeSet<String> = text
        .definitions()
        .into_iter()
        .filter(|one| one.kind != DefinitionKind::Local)
        .map(|one| one.name)
        .collect();
    for node in 0..text.nodes.len() {
        if text.kind_name(node) == "attribute" {
            members.extend(text.child_named(node, "attribute").map(|name| text.node_text(name)));
        }
        if text.kind_name(node) == "identifier"
            && matches!(
                &text.bytes[text.range(node)],
                b"setattr" | b"__getattr__" | b"__getattribute__" | b"__slots__"
            )
        {
            return None;
        }
    }
    Some(members)
}

/// References to what the patch took from the outermost level of Python files.
pub(crate) fn dangling(patched: &Patched) -> Vec<SymbolAt> {
    let mut found: BTreeSet<SymbolAt> = BTreeSet::new();
    let before: BTreeSet<String> = patched.base_paths();
    let before: BTreeSet<&str> = before.iter().map(String::as_str).collect();
    let after: BTreeSet<&str> = patched.paths().iter().map(String::as_str).collect();
    let mut lost: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for pair in &patched.diff.files {
        let Some(old) = pair.old.as_deref().filter(|old| ends(old, ".py")) else { continue };
        let Some(was) = patched.source(Side::Base, old) else { continue };
        let was = Names::read(&was);
        match pair.new.as_deref().filter(|new| *new == old) {
            None => {
                lost.insert(old.to_owned(), BTreeSet::new());
            }
            Some(new) => {
                let Some(source) = patched.source(Side::Result, new).filter(|_| !patched.is_broken(new))
                else {
                    continue;
                };
                let now = Names::read(&source);
                if now.open || was.open {
                    continue;
                }
                let gone: BTreeSet<String> = was.top.difference(&now.top).cloned().collect();
                for node in (0..source.nodes.len()).filter(|node| source.kind_name(*node) == "identifier") {
                    let symbol = source.node_text(node);
                    let plain = !(source.language.fixed_name)(&source, node)
                        && !in_kind(&source, node, &["import_statement", "import_from_statement"]);
                    let byte = source.range(node).start;
                    if plain
                        && gone.contains(&symbol)
                        && !now.all.contains(&symbol)
                        && !PYTHON_BUILTINS.contains(symbol.as_str())
                        && !patched.is_replaced(Side::Result, new, byte)
                    {
                        found.insert(SymbolAt { symbol, file: new.to_owned(), line: line(&source, byte) });
                    }
                }
                lost.insert(old.to_owned(), gone);
            }
        }
    }
    for (module, gone) in
        lost.iter().filter(|(module, gone)| !gone.is_empty() || !after.contains(module.as_str()))
    {
        let importers: BTreeSet<&str> =
            patched.base.importers_of(module).filter(|file| after.contains(file)).collect();
        for file in importers {
            let Some(source) = patched.source(Side::Result, file) else { continue };
            for import in source.imports() {
                let byte = import.range.start;
                let whole = dotted(&import.path);
                let led = python_module(&before, file, &whole);
                let leads = python_module(&after, file, &whole);
                let Some((target, left)) = led.filter(|(target, _)| target == module) else { continue };
                if is_guarded(&source, byte) || patched.is_replaced(Side::Result, file, byte) {
                    continue;
                }
                let module_path =
                    || dotted(&import.path[..import.path.len() - left.min(import.path.len() - 1)]);
                let symbol = match leads {
                    Some((now, 1)) if now == target && left == 1 => {
                        import.path.last().filter(|last| gone.contains(*last)).cloned()
                    }
                    Some((_, more)) if more > left => Some(module_path()),
                    Some(_) => None,
                    None => Some(module_path()),
                };
                if let Some(symbol) = symbol {
                    found.insert(SymbolAt { symbol, file: file.to_owned(), line: line(&source, byte) });
                }
            }
        }
    }
    found.into_iter().collect()
}

fn line(source: &Source, byte: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &source.bytes[..byte.min(source.bytes.len())]).count()
}
