//! `neutral`: the same program in other words: a local renamed in all its places, `use` items in another order, a type
//! spelled with its whole path.

use std::collections::BTreeMap;

use crate::diff::{Change, Unit, UnitKind};
use crate::metric::relevance::view::tokens_in;
use crate::metric::relevance::{Facts, Grade, Mark, Sign, has_tokens};
use crate::syntax::{DefinitionKind, Import, Source, TokenKind, flag};

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    let why = match edit.kind {
        UnitKind::Rename => renamed(facts, edit),
        UnitKind::Import | UnitKind::Move => reordered(facts, edit),
        UnitKind::Body | UnitKind::Signature => spelled_out(facts, edit).or_else(|| annotated(facts, edit)),
        _ => None,
    }?;
    // Where loading a file runs it, the order of imports is the order of what they do.
    let ordered = matches!(edit.kind, UnitKind::Import | UnitKind::Move)
        && facts.view.new_side(edit.changes.first()?.file)?.language.runs_on_load;
    let grade = if ordered { Grade::B } else { Grade::A };
    Some(Mark { sign: Sign::Neutral, grade, evidence: vec![facts.at(unit, "")], why })
}

/// A local name or parameter replaced in all its places, its definition not otherwise changed.
fn renamed(facts: &Facts, edit: &Unit) -> Option<String> {
    let first = edit.changes.first()?;
    let old = String::from_utf8_lossy(facts.view.old_text(first)).trim().to_owned();
    let new = String::from_utf8_lossy(facts.view.new_text(first)).trim().to_owned();
    // A leading underscore answers a compiler's warning.
    if old.trim_start_matches('_') == new.trim_start_matches('_')
        || facts.topic.names(&new)
        || facts.topic.names(&old)
    {
        return None;
    }
    let source = facts.view.new_side(first.file)?;
    let definitions = facts.view.definitions(first.file);
    let mut defined = 0;
    for change in &edit.changes {
        if change.file != first.file || facts.view.new_text(change).trim_ascii() != new.as_bytes() {
            return None;
        }
        let here = facts.view.core(change, false);
        for definition in definitions.iter().filter(|definition| definition.name_range == here) {
            if !matches!(definition.kind, DefinitionKind::Local | DefinitionKind::Parameter) {
                return None;
            }
            // Callers may name the parameter.
            if definition.exported {
                return None;
            }
            defined += 1;
            // Where the value, or the type of a parameter, changes as well, a new name may be due.
            let statement = source.statement_at(here.start);
            let own = &definition.range;
            if definition.kind == DefinitionKind::Parameter
                && facts.input.diff.units.iter().any(|other| touches(other, edit, first.file, own))
            {
                return None;
            }
            let head = source.leaf_at(here.start).map(|leaf| source.statement_of(leaf));
            let whole = head.is_some_and(|node| source.nodes[source.ungrouped(node)].is(flag::ITEM));
            if !whole
                && facts.input.diff.units.iter().any(|other| touches(other, edit, first.file, &statement))
            {
                return None;
            }
        }
    }
    (defined > 0).then(|| {
        format!("local `{old}` is `{new}` at all {} places, nothing else differs there", edit.changes.len())
    })
}

fn touches(other: &Unit, than: &Unit, file: usize, range: &std::ops::Range<usize>) -> bool {
    other.id != than.id
        && has_tokens(other)
        && other.changes.iter().any(|change| {
            change.file == file
                && change.new[0] < range.end
                && (range.start < change.new[1] || range.start <= change.new[0])
        })
}

/// What an import declaration brings into scope, and where: the entities around it, and blocks that run on a condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Binding {
    path: Vec<String>,
    alias: Option<String>,
    public: bool,
    around: Vec<String>,
    blocks: usize,
    /// Words beside the names that say what kind of import it is, such as `type`.
    kind: Vec<String>,
}

fn bindings(source: &Source) -> Vec<(Binding, Import)> {
    let imports = source.imports().into_iter().filter(|import| !import.is_mod_decl);
    imports
        .map(|import| {
            let around = source.entity_at(import.range.start);
            let leaf = source.leaf_at(import.range.start);
            let blocks = leaf.map_or(0, |leaf| {
                source.ancestors(leaf).filter(|node| source.nodes[*node].is(flag::STATEMENT_LIST)).count()
            });
            let (path, alias, public) = (import.path.clone(), import.alias.clone(), import.public);
            (Binding { path, alias, public, around, blocks, kind: kind_of(source, &import) }, import)
        })
        .collect()
}

/// `type` and the like, before the declaration's names or before this one.
fn kind_of(source: &Source, import: &Import) -> Vec<String> {
    let words = ["type", "typeof"];
    let tokens: Vec<usize> = tokens_in(source, import.range.clone()).collect();
    let is = |token: usize| words.iter().find(|word| source.text(token) == word.as_bytes());
    let head = tokens.get(1).copied().and_then(is);
    let name = import.name().unwrap_or("*");
    let own =
        tokens.windows(2).find(|pair| source.text(pair[1]) == name.as_bytes()).and_then(|pair| is(pair[0]));
    [head, own].into_iter().flatten().map(|word| (*word).to_owned()).collect()
}

fn counts(bindings: &[(Binding, Import)]) -> BTreeMap<&Binding, usize> {
    let mut counts = BTreeMap::new();
    for (binding, _) in bindings {
        *counts.entry(binding).or_default() += 1;
    }
    counts
}

/// Import declarations that bind what was bound before: another order, split or joined.
fn reordered(facts: &Facts, edit: &Unit) -> Option<String> {
    let file = edit.changes.first()?.file;
    if edit.changes.iter().any(|change| change.file != file) {
        return None;
    }
    let (old, new) = (facts.view.old(file)?, facts.view.new_side(file)?);
    let (before, after) = (bindings(old), bindings(new));
    let touched = |all: &[(Binding, Import)], range: fn(&Change) -> [usize; 2]| -> Vec<(Binding, Import)> {
        let hit = |import: &Import| {
            edit.changes
                .iter()
                .map(range)
                .any(|range| range[0] <= import.range.end && import.range.start < range[1].max(range[0] + 1))
        };
        all.iter().filter(|(_, import)| hit(import)).cloned().collect()
    };
    let gone = touched(&before, |change| change.old);
    let come = touched(&after, |change| change.new);
    if gone.is_empty() && come.is_empty() {
        return None;
    }
    // Attributes (`#[macro_use]`, `#[cfg]`) give a declaration a meaning of its own.
    let plain = |source: &Source, import: &Import| !source.bytes[import.range.clone()].starts_with(b"#");
    if !gone.iter().all(|(_, import)| plain(old, import))
        || !come.iter().all(|(_, import)| plain(new, import))
    {
        return None;
    }
    let (held, holds) = (counts(&before), counts(&after));
    let same = gone.iter().chain(&come).all(|(binding, _)| held.get(binding) == holds.get(binding));
    // Only declarations, and nothing but them.
    let only = edit.kind == UnitKind::Import
        || edit.changes.iter().all(|change| covered(new, change.new) && covered(old, change.old));
    (same && only).then(|| format!("the same {} imports in another order", come.len().max(gone.len())))
}

/// Every token in the range belongs to an import declaration.
fn covered(source: &Source, range: [usize; 2]) -> bool {
    let mut tokens = tokens_in(source, range[0]..range[1]);
    tokens.all(|token| {
        let leaf = source.tokens[token].node as usize;
        source.tokens[token].kind == TokenKind::Comment
            || source
                .ancestors(leaf)
                .any(|node| source.nodes[node].is(flag::IMPORT) && source.kind_name(node) != "mod_item")
    })
}

/// `path ::` put before a name that means the same thing without it.
fn spelled_out(facts: &Facts, edit: &Unit) -> Option<String> {
    let mut shown = None;
    for change in &edit.changes {
        if change.old[0] != change.old[1] {
            return None;
        }
        let source = facts.view.new_side(change.file)?;
        let tokens = tokens_in(source, change.new[0]..change.new[1]);
        let words: Vec<String> =
            tokens.clone().map(|token| String::from_utf8_lossy(source.text(token)).into_owned()).collect();
        if words.len() < 2
            || !words.len().is_multiple_of(2)
            || words.iter().skip(1).step_by(2).any(|word| word != "::")
        {
            return None;
        }
        let path: Vec<String> = words.iter().step_by(2).cloned().collect();
        let name = String::from_utf8_lossy(source.text(tokens.end)).into_owned();
        let leaf = source.tokens.get(tokens.end)?.node as usize;
        if source.kind_name(leaf) != "type_identifier" {
            return None;
        }
        let spelled = path.join("::");
        let old = facts.view.old(change.file)?;
        let imported = old.imports().iter().any(|import| {
            import.alias.is_none()
                && import.path.last() == Some(&name)
                && import.path[..import.path.len() - 1] == path[..]
        });
        let shadowed = old
            .definitions()
            .iter()
            .any(|definition| definition.name == name && definition.kind == DefinitionKind::Type)
            || old.imports().iter().any(|import| import.name() == Some(&name));
        let prelude = !shadowed
            && source
                .language
                .prelude
                .iter()
                .any(|(known, paths)| *known == name && paths.contains(&spelled.as_str()));
        if !imported && !prelude {
            return None;
        }
        shown = Some(format!("`{spelled}::{name}` is the `{name}` that was there"));
    }
    shown
}

/// Types that a literal has anyway, by how it begins.
const LITERAL_TYPES: &[(&str, &str, &[&str])] = &[
    ("rust", "\"", &["& str", "& 'static str"]),
    ("rust", "'", &["char"]),
    ("rust", "true", &["bool"]),
    ("rust", "false", &["bool"]),
    ("python", "\"", &["str"]),
    ("python", "'", &["str"]),
    ("python", "True", &["bool"]),
    ("python", "False", &["bool"]),
];

/// `: TYPE` put before the `=` of a local whose literal has that type anyway.
fn annotated(facts: &Facts, edit: &Unit) -> Option<String> {
    let [change] = &edit.changes[..] else { return None };
    let source = facts.view.new_side(change.file)?;
    let tokens = tokens_in(source, change.new[0]..change.new[1]);
    let words: Vec<String> =
        tokens.clone().map(|token| String::from_utf8_lossy(source.text(token)).into_owned()).collect();
    let (colon, kind) = words.split_first()?;
    let before = tokens.start.checked_sub(1)?;
    let local = facts.view.definitions(change.file).iter().any(|definition| {
        definition.kind == DefinitionKind::Local && definition.name_range == source.tokens[before].range()
    });
    if change.old[0] != change.old[1] || colon != ":" || source.text(tokens.end) != b"=" || !local {
        return None;
    }
    let start = source.tokens.get(tokens.end + 1)?.start as usize;
    let line = source.bytes.get(start..)?.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line).into_owned();
    let value = line.trim_end().trim_end_matches(';');
    let kind = kind.join(" ");
    let same = LITERAL_TYPES.iter().any(|(name, literal, types)| {
        // A string begins and ends with its only two marks; other literals are words.
        let quoted = literal.len() == 1 && value.starts_with(literal) && value.ends_with(literal);
        let whole = quoted && value.matches(literal).count() == 2 || value == *literal;
        *name == source.language.name && whole && types.contains(&kind.as_str())
    });
    same.then(|| format!("`{kind}` is what the literal is anyway"))
}
