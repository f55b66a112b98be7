//! `unused`, proven: an added item, import or variable that is private to its file and that nothing there refers to.
//!
//! What other files could reach is not claimed: exported items, items with attributes, macros, members of traits. Names
//! seen from modules inside the file's own, in macros and in strings count as references, as do equal names of other
//! things; so a name that is used anywhere near is never accused.

use std::ops::Range;

use crate::diff::{Role, UnitKind};
use crate::metric::relevance::view::{has_word, tokens_in};
use crate::metric::relevance::{Evidence, Facts, Grade, Mark, Sign};
use crate::patch::Tree;
use crate::syntax::index::inner_folder;
use crate::syntax::{Definition, DefinitionKind, Import, Source, TokenKind, flag};

pub(super) fn no_references(name: &str, files: usize) -> String {
    format!("0 references to `{name}` in {files} file{}", if files == 1 { "" } else { "s" })
}

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    if !matches!(edit.kind, UnitKind::Added | UnitKind::Import) || edit.role == Role::Test {
        return None;
    }
    let [change] = &edit.changes[..] else { return None };
    let names = private_names(facts, unit)?;
    let own = change.new[0]..change.new[1];
    if edit.kind == UnitKind::Added && runs_documentation(facts, change) {
        return None;
    }
    for name in &names {
        let places = facts.view.mentions(change.file, name, std::slice::from_ref(&own));
        let used =
            places.into_iter().any(|at| edit.kind != UnitKind::Import || !of_another(facts, change.file, at));
        if used || facts.topic.names(name) || seen_elsewhere(facts, change.file, name) {
            return None;
        }
    }
    let source = facts.view.new_side(change.file)?;
    if edit.kind == UnitKind::Import
        && !names.iter().all(|name| cannot_be_used_unnamed(facts, source, change.new, name))
    {
        return None;
    }
    // Taking a variable away takes its value's effects with it.
    if edit.kind == UnitKind::Added && has_effects(facts, source, change) {
        return None;
    }
    let first = names.first()?;
    // Where loading a file runs it, an import that nothing names may still be there for what it does.
    let runs = edit.kind == UnitKind::Import && source.language.runs_on_load;
    let path = facts.view.path(edit);
    let name = path.rsplit('/').next().unwrap_or(path);
    if runs && source.language.reexporting.contains(&name) {
        return None;
    }
    let grade = if runs { Grade::B } else { Grade::A };
    let at = facts.at(unit, "");
    let evidence = Evidence { text: no_references(first, 1), ..at };
    let why = format!("added, and nothing refers to `{}`, which is private to its file", names.join("`, `"));
    Some(Mark { sign: Sign::Unused, grade, evidence: vec![evidence], why })
}

/// The item's documentation holds an example, which is run as a test.
fn runs_documentation(facts: &Facts, change: &crate::diff::Change) -> bool {
    let Some(source) = facts.view.new_side(change.file) else { return false };
    let start = facts.view.core(change, false).start;
    let Some(first) = source.token_at(start) else { return false };
    let above = (0..first).rev().take_while(|token| source.tokens[*token].kind == TokenKind::Comment);
    let own = tokens_in(source, change.new[0]..change.new[1]);
    above.chain(own).any(|token| {
        let text = source.text(token);
        source.tokens[token].kind == TokenKind::Comment
            && (source.language.doc_comment)(text)
            && text.windows(3).any(|window| window == b"```")
    })
}

/// The word is the last part of a path that says itself whose it is: `Ordering::Acquire` does not use an import.
fn of_another(facts: &Facts, file: usize, at: usize) -> bool {
    let Some(source) = facts.view.new_side(file) else { return false };
    let Some(token) = source.token_at(at) else { return false };
    let before = |steps: usize| token.checked_sub(steps).map_or(&b""[..], |token| source.text(token));
    before(1) == b"::" && !matches!(before(2), b"self" | b"super" | b"crate" | b"")
}

/// The names that a unit adds, if all of them are private to their file: of an added item or variable, or of imports
/// (and nothing but imports is added).
pub(crate) fn private_names(facts: &Facts, unit: usize) -> Option<Vec<String>> {
    let edit = facts.unit(unit);
    let [change] = &edit.changes[..] else { return None };
    let names = match edit.kind {
        UnitKind::Import => imported(facts, unit)?,
        UnitKind::Added => {
            let range = change.new[0]..change.new[1];
            let outer = outermost(facts.view.definitions(change.file), &range);
            let source = facts.view.new_side(change.file)?;
            let tail = tokens_in(source, range.clone()).next()?;
            let starts =
                |definition: &&Definition| definition.range.start <= source.tokens[tail].start as usize + 1;
            // The unit must be the definitions and nothing else.
            outer.iter().any(starts).then_some(())?;
            if outer.iter().any(|definition| !is_private(definition)) {
                return None;
            }
            outer.into_iter().map(|definition| definition.name.clone()).collect()
        }
        _ => return None,
    };
    let usable = |name: &String| !name.starts_with("__") && name != "_" && name != "main" && name != "self";
    (!names.is_empty() && names.iter().all(usable)).then_some(names)
}

fn is_private(definition: &Definition) -> bool {
    let kind = matches!(
        definition.kind,
        DefinitionKind::Function
            | DefinitionKind::Method
            | DefinitionKind::Type
            | DefinitionKind::Constant
            | DefinitionKind::Local
    );
    kind && !definition.exported && !definition.has_attributes
}

/// Definitions in the range that lie in no other one of it; fields, parameters and inner variables go with their item.
pub(super) fn outermost<'d>(all: &'d [Definition], range: &Range<usize>) -> Vec<&'d Definition> {
    let inside: Vec<&Definition> = all
        .iter()
        .filter(|one| range.start <= one.name_range.start && one.name_range.end <= range.end)
        .collect();
    let holds = |outer: &Definition, inner: &Definition| {
        outer.range != inner.range
            && outer.range.start <= inner.range.start
            && inner.range.end <= outer.range.end
    };
    inside.iter().filter(|one| !inside.iter().any(|outer| holds(outer, one))).copied().collect()
}

/// Names of private imports that an import unit adds; none if it also takes any away or touches others.
fn imported(facts: &Facts, unit: usize) -> Option<Vec<String>> {
    let edit = facts.unit(unit);
    let [change] = &edit.changes[..] else { return None };
    let (new, old) = (facts.view.new_side(change.file)?, facts.view.old(change.file));
    let before: Vec<Import> = old.map(Source::imports).unwrap_or_default();
    let removes = tokens_in_text(old, change.old);
    if removes
        .iter()
        .any(|word| word != "," && word != "{" && word != "}" && !new_text_has(new, change.new, word))
    {
        return None;
    }
    let touched = new
        .imports()
        .into_iter()
        .filter(|import| import.range.start < change.new[1] && change.new[0] < import.range.end);
    let mut names = Vec::new();
    for import in touched {
        if before.iter().any(|old| old.path == import.path && old.alias == import.alias) {
            continue;
        }
        let plain = !new.bytes[import.range.clone()].starts_with(b"#");
        if import.public || import.is_mod_decl || !plain {
            return None;
        }
        names.push(import.name()?.to_owned());
    }
    Some(names)
}

fn tokens_in_text(source: Option<&Source>, range: [usize; 2]) -> Vec<String> {
    source.map_or_else(Vec::new, |source| {
        tokens_in(source, range[0]..range[1])
            .map(|token| String::from_utf8_lossy(source.text(token)).into_owned())
            .collect()
    })
}

fn new_text_has(source: &Source, range: [usize; 2], word: &str) -> bool {
    tokens_in(source, range[0]..range[1]).any(|token| source.text(token) == word.as_bytes())
}

/// Another file could see the private name, because it is a module inside this one's: it uses the word.
pub(crate) fn seen_elsewhere(facts: &Facts, file: usize, name: &str) -> bool {
    let Some(path) = facts.input.diff.files.get(file).and_then(|file| file.new.as_deref()) else {
        return false;
    };
    let Some(folder) = inner_folder(path) else { return false };
    let result = facts.result();
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let paths = result.paths();
    let inside = paths.iter().filter(|other| {
        *other != path
            && other.starts_with(&prefix)
            && other.rsplit_once('.').is_some_and(|(_, end)| end == ending)
    });
    inside.filter_map(|other| result.blob(other)).any(|blob| has_word(&blob.bytes, name))
}

/// Traits of the standard library with what makes them used although their name is not written.
const TRAITS: &[(&str, &[&str])] = &[
    ("ToString", &["to_string"]),
    ("ToOwned", &["to_owned"]),
    ("FromIterator", &["from_iter"]),
    ("IntoIterator", &["into_iter"]),
    ("FromStr", &["from_str", "parse"]),
    ("Hash", &["hash", "hash_slice"]),
    ("Hasher", &["finish"]),
    ("Borrow", &["borrow"]),
    ("Deref", &["deref"]),
    ("DerefMut", &["deref_mut"]),
    ("TryFrom", &["try_from"]),
    ("TryInto", &["try_into"]),
];
/// Types of the standard library.
const TYPES: &[&str] = &[
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "VecDeque",
    "BinaryHeap",
    "Arc",
    "Rc",
    "Cow",
    "RefCell",
    "Cell",
    "Mutex",
    "RwLock",
    "OnceCell",
    "OnceLock",
    "Duration",
    "Instant",
    "SystemTime",
    "PathBuf",
    "Path",
    "File",
    "Command",
    "PhantomData",
    "NonNull",
    "MaybeUninit",
    "ManuallyDrop",
    "AtomicUsize",
    "AtomicBool",
    "AtomicPtr",
    "Ordering",
    "Layout",
    "Pin",
    "Box",
    "Vec",
    "String",
    "TcpStream",
    "TcpListener",
    "IpAddr",
    "SocketAddr",
    "OsString",
    "OsStr",
    "BufReader",
    "BufWriter",
    "Cursor",
    "Ipv4Addr",
    "Ipv6Addr",
];

/// An import that is never named is unused unless it is a trait. Names in lower case are functions, modules and macros,
/// those in capitals constants; other names are looked up.
fn cannot_be_used_unnamed(facts: &Facts, source: &Source, range: [usize; 2], name: &str) -> bool {
    let import = source.imports().into_iter().find(|import| {
        import.name() == Some(name) && import.range.start < range[1] && range[0] < import.range.end
    });
    let Some(import) = import else { return false };
    let original = import.path.last().map_or(name, String::as_str);
    if !original.chars().next().is_some_and(char::is_uppercase)
        || original.chars().skip(1).all(|c| !c.is_lowercase())
    {
        return true;
    }
    // A part of a type is no trait.
    let owner = import.path.iter().rev().nth(1);
    if owner.is_some_and(|owner| owner.starts_with(char::is_uppercase)) {
        return true;
    }
    let standard = matches!(import.path.first().map(String::as_str), Some("std" | "core" | "alloc"));
    if standard && TYPES.contains(&original) {
        return true;
    }
    let method = TRAITS.iter().find(|(known, _)| standard && *known == original);
    if let Some((_, methods)) = method {
        let words = source.identifiers();
        return !words.iter().any(|word| methods.contains(&word.name));
    }
    facts.is_type_here(original)
}

/// The value that an added variable gets may do something.
pub(super) fn has_effects(facts: &Facts, source: &Source, change: &crate::diff::Change) -> bool {
    let range = change.new[0]..change.new[1];
    let outer = outermost(facts.view.definitions(change.file), &range);
    let runs = |definition: &&Definition| match definition.kind {
        DefinitionKind::Local => true,
        DefinitionKind::Constant | DefinitionKind::Type => source.language.runs_on_load,
        _ => false,
    };
    if !outer.iter().any(runs) {
        return false;
    }
    tokens_in(source, range).any(|token| {
        let leaf = source.tokens[token].node as usize;
        let kind = source.tokens[token].kind;
        let called = source.text(token) == b"("
            && token > 0
            && (source.nodes[source.tokens[token - 1].node as usize].is(flag::IDENTIFIER)
                || source.text(token - 1) == b">");
        let text = source.text(token);
        let control = source.language.effects.iter().any(|sign| sign.as_bytes() == text);
        kind != TokenKind::Comment
            && (called || control || source.ancestors(leaf).any(|node| source.nodes[node].is(flag::OPAQUE)))
    })
}
