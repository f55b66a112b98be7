//! `unused` for what other files could reach: an added item that no file of the result names.
//!
//! Grade A where the language or its custom makes the name private to the project after all (a CommonJS file's own
//! function, a Python name with an underscore), grade B for exported items. Items with documentation are meant for users
//! and not claimed.

use super::unused::{has_effects, no_references, outermost};
use crate::diff::{Role, UnitKind};
use crate::metric::relevance::view::{has_word, tokens_in};
use crate::metric::relevance::{Evidence, Facts, Grade, Mark, Sign};
use crate::patch::Tree;
use crate::syntax::index::LARGEST;
use crate::syntax::{Definition, DefinitionKind, Source, TokenKind};

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    let [change] = &edit.changes[..] else { return None };
    if edit.kind != UnitKind::Added || edit.role == Role::Test {
        return None;
    }
    // A new file is a matter of its own.
    facts.view.file(edit)?.old.as_ref()?;
    let source = facts.view.new_side(change.file)?;
    let range = change.new[0]..change.new[1];
    let outer = outermost(facts.view.definitions(change.file), &range);
    let [definition] = &outer[..] else { return None };
    let first =
        tokens_in(source, range.clone()).find(|token| source.tokens[*token].kind != TokenKind::Comment)?;
    let head = source.tokens[first].start as usize;
    // The unit is the item and nothing else, but for words like `export` before it.
    let words = source.bytes.get(head..definition.name_range.start).unwrap_or(&[]);
    let whole = words.len() < 60
        && !words.contains(&b'\n')
        && definition.range.end + 2 >= facts.view.core(change, false).end;
    let kind =
        matches!(definition.kind, DefinitionKind::Function | DefinitionKind::Type | DefinitionKind::Constant);
    let name = &definition.name;
    let dull = name == "main" || name == "default" || name.starts_with("__") || name.len() < 3;
    if !whole || !kind || dull || !definition.exported || definition.has_attributes || facts.topic.names(name)
    {
        return None;
    }
    let how = reach(source, words, definition)?;
    if how == Reach::Exported && documented(source, first, definition) || has_effects(facts, source, change) {
        return None;
    }
    if !facts.view.mentions(change.file, name, std::slice::from_ref(&range)).is_empty() {
        return None;
    }
    let own = facts.view.path(edit);
    let result = facts.result();
    let mut others = facts.files_with(name).into_iter().filter(|path| path != own);
    let names_it = |path: String| {
        result.blob(&path).is_some_and(|blob| blob.bytes.len() < LARGEST && has_word(&blob.bytes, name))
    };
    if others.any(names_it) {
        return None;
    }
    let files = facts.files_looked_into();
    let (grade, what) = match how {
        Reach::Project => (Grade::A, "private by custom"),
        Reach::Exported => (Grade::B, "exported and without documentation"),
    };
    let evidence = Evidence { text: no_references(name, files), ..facts.at(unit, "") };
    let why = format!("added, {what}, and {}", no_references(name, files));
    Some(Mark { sign: Sign::Unused, grade, evidence: vec![evidence], why })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Project,
    Exported,
}

/// Who could refer to the item; none where something other than its name may.
fn reach(source: &Source, words: &[u8], definition: &Definition) -> Option<Reach> {
    if !source.language.runs_on_load {
        return has_word(words, "pub").then_some(Reach::Exported);
    }
    if source.language.name == "python" {
        return Some(if definition.name.starts_with('_') { Reach::Project } else { Reach::Exported });
    }
    if has_word(words, "export") {
        return (!has_word(words, "default")).then_some(Reach::Exported);
    }
    // A script's names are everybody's; a CommonJS file's are its own.
    let common = has_word(&source.bytes, "require") || has_word(&source.bytes, "module");
    common.then_some(Reach::Project)
}

/// Words for users above the item or at its beginning.
fn documented(source: &Source, first: usize, definition: &Definition) -> bool {
    let above = first.checked_sub(1).is_some_and(|before| {
        source.tokens[before].kind == TokenKind::Comment && (source.language.doc_comment)(source.text(before))
    });
    let text = source.bytes.get(definition.range.clone()).unwrap_or(&[]);
    above || text.windows(3).any(|window| window == b"\"\"\"")
}
