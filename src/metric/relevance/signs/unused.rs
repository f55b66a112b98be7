//! Additions that nothing refers to: private items, imports, variables, files.
//!
//! A mention of the name anywhere in the result, in a comment or a string too, counts as a reference. What can be used
//! without its name (traits through their methods, members of traits, items with attributes, globs) is no candidate.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::facts::{Facts, Side, range};
use super::super::mentions::{Mention, Text, words};
use super::super::{Classified, Grade, Sign};
use super::Found;
use crate::diff::UnitKind;
use crate::syntax::{Definition, DefinitionKind, Source, flag, language_of};

/// What is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Item,
    Import,
    Local,
    File,
}

/// An addition that could be unused, with all places that mention it.
pub struct Candidate {
    /// Its unit.
    pub unit: usize,
    /// `(file of the diff, byte)` of each mention; `None` for an unchanged file.
    pub mentions: Vec<(Option<usize>, usize)>,
    /// What it is called.
    pub name: String,
    /// Its initialiser may do something, so that silence about its name proves nothing.
    pub effects: bool,
    kind: Kind,
    grade: Grade,
    searched: usize,
}

/// Additions to ask about, among units that are still open.
pub fn candidates(facts: &Facts, verdicts: &[Option<Classified>], found: &[Option<Found>]) -> Vec<Candidate> {
    let open = |unit: &usize| verdicts[*unit].is_none() && found[*unit].is_none();
    let mut drafts = Vec::new();
    let mut names = BTreeSet::new();
    for unit in (0..facts.diff().units.len()).filter(open) {
        if let Some(draft) = draft(facts, unit) {
            names.extend(draft.names.iter().cloned());
            drafts.push((unit, draft));
        }
    }
    if drafts.is_empty() {
        return Vec::new();
    }
    let needs_texts = drafts.iter().any(|(_, draft)| draft.kind != Kind::Local);
    let places = if needs_texts { facts.texts().words(&names) } else { BTreeMap::new() };
    drafts.into_iter().filter_map(|(unit, draft)| settle(facts, unit, &draft, &places)).collect()
}

/// Marks candidates that nothing mentions.
pub fn find(candidates: &[Candidate], found: &mut [Option<Found>]) {
    for candidate in candidates.iter().filter(|candidate| candidate.mentions.is_empty() && !candidate.effects)
    {
        let Candidate { name, searched, kind, grade, .. } = candidate;
        let where_to = match kind {
            Kind::Local => "in its function".to_owned(),
            Kind::Import => "in its file and the modules below it".to_owned(),
            Kind::Item | Kind::File => format!("in {searched} files"),
        };
        let sign = Found::proven(Sign::Unused, format!("0 references to `{name}` {where_to}"));
        found[candidate.unit] = Some(Found { grade: *grade, firm: *kind == Kind::File, ..sign });
    }
}

struct Draft {
    kind: Kind,
    names: Vec<String>,
    grade: Grade,
    effects: bool,
    /// Bytes in which a name of a local counts.
    within: Option<(usize, Range<usize>)>,
}

fn draft(facts: &Facts, unit: usize) -> Option<Draft> {
    let here = facts.unit(unit);
    let path = facts.path(unit);
    if here.kind == UnitKind::File {
        return facts.created(unit).then(|| file(facts, path)).flatten();
    }
    // Elements of a created file go with the file.
    if here.file_level || facts.created(unit) || !facts.only_inserts(unit) {
        return None;
    }
    let change = here.changes.first()?;
    let source = facts.source(change.file, Side::New)?;
    let place = facts.trimmed(change, Side::New)?;
    if here.changes.len() > 1 && here.kind != UnitKind::Import {
        return None;
    }
    if here.kind == UnitKind::Import {
        return import(facts, unit, source);
    }
    if here.kind != UnitKind::Added {
        return None;
    }
    let leaf = source.leaf_at(place.start)?;
    let node = source.ancestors(leaf).find(|node| {
        let range = source.range(*node);
        range.start <= place.start && place.end <= range.end
    })?;
    let node = source.ungrouped(node);
    if source.kind_name(node) == "let_declaration" {
        return local(source, node, change.file);
    }
    let definition = (source.language.read_definition)(source, node)?;
    item(facts, source, node, &definition)
}

fn item(facts: &Facts, source: &Source, node: usize, definition: &Definition) -> Option<Draft> {
    let by_name = matches!(
        definition.kind,
        DefinitionKind::Function
            | DefinitionKind::Method
            | DefinitionKind::Type
            | DefinitionKind::Constant
            | DefinitionKind::Macro
    );
    let name = &definition.name;
    if !by_name
        || definition.has_attributes
        || name.starts_with('_')
        || name == "main"
        || source.in_test(node)
    {
        return None;
    }
    let head = source.node_text(node);
    let head = head.split(['{', '=']).next().unwrap_or_default();
    if head.contains("extern") || facts.states(name) {
        return None;
    }
    let restricted = head.starts_with("pub(");
    if definition.exported && !restricted {
        return None;
    }
    let grade = if restricted { Grade::B } else { Grade::A };
    // A method of a trait's implementation is exported; one of a plain `impl` is reached by name alone.
    Some(Draft { kind: Kind::Item, names: vec![name.clone()], grade, effects: false, within: None })
}

fn import(facts: &Facts, unit: usize, source: &Source) -> Option<Draft> {
    let mut names = Vec::new();
    for change in &facts.unit(unit).changes {
        for token in facts.tokens(change, Side::New) {
            let leaf = source.tokens[token].node as usize;
            let declaration = source.ancestors(leaf).find(|node| source.nodes[*node].is(flag::IMPORT))?;
            if source.grouped(declaration) != declaration {
                return None;
            }
            let imports = (source.language.read_imports)(source, declaration);
            let text = String::from_utf8_lossy(source.text(token)).into_owned();
            if imports.iter().any(|import| import.public || import.is_mod_decl) || text == "*" || text == "_"
            {
                return None;
            }
            if imports.iter().any(|import| import.name() == Some(&text)) && !names.contains(&text) {
                names.push(text);
            }
        }
    }
    let nameable = names.iter().all(|name| !may_be_trait(facts, name));
    (!names.is_empty() && nameable).then_some(Draft {
        kind: Kind::Import,
        names,
        grade: Grade::A,
        effects: false,
        within: None,
    })
}

/// Types of the standard library that programs import by name; none of them is a trait.
const NO_TRAITS: &[&str] = &[
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "Cell",
    "Condvar",
    "Cow",
    "Cursor",
    "Duration",
    "File",
    "HashMap",
    "HashSet",
    "Instant",
    "LinkedList",
    "ManuallyDrop",
    "MaybeUninit",
    "Mutex",
    "NonNull",
    "NonZeroUsize",
    "Ordering",
    "OsStr",
    "OsString",
    "Path",
    "PathBuf",
    "PhantomData",
    "Pin",
    "Range",
    "Rc",
    "RefCell",
    "RwLock",
    "SystemTime",
    "TypeId",
    "VecDeque",
    "Weak",
    "AtomicBool",
    "AtomicU32",
    "AtomicU64",
    "AtomicUsize",
    "AtomicPtr",
    "Layout",
    "BufReader",
    "BufWriter",
    "Command",
    "CString",
    "CStr",
    "IpAddr",
    "SocketAddr",
    "Waker",
    "Wrapping",
    "Once",
    "OnceLock",
];

/// Traits work without being named. By convention they are written like types.
fn may_be_trait(facts: &Facts, name: &str) -> bool {
    let first_upper = name.starts_with(|c: char| c.is_uppercase());
    let has_lower = name.contains(|c: char| c.is_lowercase());
    if !(first_upper && has_lower) {
        return false;
    }
    if NO_TRAITS.contains(&name) {
        return false;
    }
    // A type that the result itself defines, and no trait of that name anywhere.
    let defines = |kind: &str| {
        let text = format!("{kind} {name}");
        facts.texts().files().iter().any(|file| {
            let lines = file.bytes.windows(text.len()).enumerate().filter(|(_, w)| *w == text.as_bytes());
            lines.into_iter().any(|(at, _)| {
                !file.bytes.get(at + text.len()).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
            })
        })
    };
    !((defines("struct") || defines("enum")) && !defines("trait"))
}

fn local(source: &Source, node: usize, file: usize) -> Option<Draft> {
    let pattern = source.child_by_field(node, source.language.field("pattern"))?;
    if source.kind_name(pattern) != "identifier" && source.kind_name(pattern) != "mut_pattern" {
        return None;
    }
    let name = source.definitions().into_iter().find(|definition| {
        let whole = source.range(pattern);
        whole.start <= definition.name_range.start && definition.name_range.end <= whole.end
    })?;
    if name.name.starts_with('_') {
        return None;
    }
    let value = source.child_by_field(node, source.language.field("value"));
    let effects = value.is_none_or(|value| has_effects(source, value));
    let function = source.ancestors(node).find(|node| source.nodes[*node].is(flag::ENTITY))?;
    Some(Draft {
        kind: Kind::Local,
        names: vec![name.name],
        grade: Grade::A,
        effects,
        within: Some((file, source.range(function))),
    })
}

/// Anything but literals, paths and signs may do something.
fn has_effects(source: &Source, node: usize) -> bool {
    source.nodes[node].tokens().any(|token| {
        let leaf = source.tokens[token].node as usize;
        let plain = source.nodes[leaf].flags & (flag::LITERAL | flag::IDENTIFIER) != 0
            || matches!(
                source.text(token),
                b"::" | b"-" | b"&" | b"true" | b"false" | b"self" | b"crate" | b"super"
            );
        !plain
    })
}

/// A source file that no module declares. Cargo finds programs, tests, examples and benches by their place.
fn file(facts: &Facts, path: &str) -> Option<Draft> {
    let language = language_of(path)?;
    let (folder, name) = path.rsplit_once('/')?;
    let stem = name.strip_suffix(".rs").filter(|_| language.name == "rust")?;
    let in_source = path.split('/').rev().skip(1).any(|part| part == "src");
    let taken = ["bin", "tests", "examples", "benches"];
    if !in_source
        || folder.split('/').any(|part| taken.contains(&part))
        || matches!(stem, "lib" | "main" | "build")
    {
        return None;
    }
    let stem = if stem == "mod" { folder.rsplit('/').next()? } else { stem };
    let named = facts.names_file(path) || facts.states(stem);
    (!named).then(|| Draft {
        kind: Kind::File,
        names: vec![stem.to_owned()],
        grade: Grade::A,
        effects: false,
        within: None,
    })
}

fn settle(
    facts: &Facts,
    unit: usize,
    draft: &Draft,
    places: &BTreeMap<String, Vec<Mention>>,
) -> Option<Candidate> {
    let here = facts.unit(unit);
    let own_file = here.changes.first()?.file;
    // The unit itself and its documentation do not count.
    let mut own: Vec<(usize, Range<usize>)> = Vec::new();
    let id = &here.id;
    for other in &facts.diff().units {
        if other.id == *id || (other.kind == UnitKind::Comment && other.needs.contains(id)) {
            own.extend(other.changes.iter().map(|change| (change.file, range(change, Side::New))));
        }
    }
    let is_own = |file: usize, byte: usize| own.iter().any(|(f, range)| *f == file && range.contains(&byte));
    let mut mentions = Vec::new();
    if let Some((file, within)) = &draft.within {
        let text = facts.bytes(*file, Side::New).get(within.clone())?;
        let hits = words(text).filter(|(_, word)| draft.names.iter().any(|name| name.as_bytes() == *word));
        mentions.extend(hits.map(|(at, _)| (Some(*file), at + within.start)));
    } else {
        let texts = facts.texts();
        for mention in draft.names.iter().filter_map(|name| places.get(name)).flatten() {
            let text = &texts.files()[mention.text];
            let reaches = match draft.kind {
                Kind::Import => text.file == Some(own_file) || below(facts.path(unit), text),
                Kind::File => text.file != Some(own_file),
                Kind::Item | Kind::Local => true,
            };
            if reaches {
                mentions.push((text.file, mention.byte));
            }
        }
    }
    mentions.retain(|(file, byte)| file.is_none_or(|file| !is_own(file, *byte)));
    let searched = if draft.within.is_some() { 1 } else { facts.texts().files().len() };
    Some(Candidate {
        unit,
        mentions,
        name: draft.names.join("`, `"),
        effects: draft.effects,
        kind: draft.kind,
        grade: draft.grade,
        searched,
    })
}

/// A module below the file's own that may reach its imports through `super` or a path.
fn below(path: &str, text: &Text) -> bool {
    let folder = match path.rsplit_once('/') {
        Some((folder, "mod.rs" | "lib.rs" | "main.rs")) => format!("{folder}/"),
        Some((folder, name)) => format!("{folder}/{}/", name.strip_suffix(".rs").unwrap_or(name)),
        None => return false,
    };
    let has = |word: &[u8]| text.bytes.windows(word.len()).any(|window| window == word);
    text.path.starts_with(&folder) && (has(b"super::") || has(b"crate::"))
}
