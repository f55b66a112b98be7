//! What a patch did to declarations: which are gone, which have another name, which another head.
//!
//! In: a [`Patched`]. Out: a [`Declaration`] for each symbol of the base whose declaration is not what it was: name,
//! parameters, result, visibility, fields, variants, or, of a trait or interface, what it asks for.
//!
//! Invariant: bodies, values, comments, attributes and white space are no part of a declaration.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use super::fate::Fate;
use super::patched::{Patched, Side};
use crate::syntax::index::{DefinitionId, Index, Symbol, SymbolKind};
use crate::syntax::{Source, TokenKind, flag};

/// A declaration of the base that the patch changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Declaration {
    /// In the base.
    pub base: DefinitionId,
    /// In the result; none where it is gone.
    pub result: Option<DefinitionId>,
    /// It is called otherwise.
    pub renamed: bool,
    /// It is in another file.
    pub moved: bool,
    /// Its head is another.
    pub head: bool,
}

impl Declaration {
    /// What led to it by its name and place leads there no more.
    pub fn is_lost(&self) -> bool {
        self.result.is_none() || self.renamed || self.moved
    }
}

/// All declarations that the patch changed, moved or deleted.
pub(super) fn declarations(patched: &Patched) -> Vec<Declaration> {
    let pairs = pairs(patched);
    let mut found = Vec::new();
    for (base, result) in pairs.iter().copied() {
        let Some(old) = patched.base.symbol(base).filter(|old| old.name != "_") else { continue };
        let now = patched.diff.files.iter().find(|pair| pair.old.as_deref() == Some(old.file));
        if now.and_then(|pair| pair.new.as_deref()).is_some_and(|new| patched.is_broken(new)) {
            continue;
        }
        let Some(new) = result.and_then(|id| patched.result.symbol(id)) else {
            found.push(Declaration { base, result: None, renamed: false, moved: false, head: false });
            continue;
        };
        let declaration = Declaration {
            base,
            result,
            renamed: old.name != new.name,
            moved: old.file != new.file && !is_renamed_file(patched, old.file, new.file),
            head: head(patched, Side::Base, patched.base, &old)
                != head(patched, Side::Result, patched.result, &new),
        };
        if declaration.renamed || declaration.moved || declaration.head {
            found.push(declaration);
        }
    }
    found
}

fn is_renamed_file(patched: &Patched, old: &str, new: &str) -> bool {
    let same = |path: &Option<String>, wanted: &str| path.as_deref() == Some(wanted);
    patched.diff.files.iter().any(|pair| same(&pair.old, old) && same(&pair.new, new))
}

/// Definitions of the base with what they are in the result.
pub(super) type Pairs = Vec<(DefinitionId, Option<DefinitionId>)>;

/// Definitions of the result's changed files that were none in the base.
pub(super) fn added(patched: &Patched) -> BTreeSet<DefinitionId> {
    let pairs = pairs(patched);
    let known: BTreeSet<DefinitionId> = pairs.iter().filter_map(|(_, result)| *result).collect();
    let files = patched.diff.files.iter().filter_map(|pair| pair.new.as_deref());
    let all = files.flat_map(|file| patched.result.definitions_in(file)).map(|symbol| symbol.id);
    all.filter(|id| !known.contains(id)).collect()
}

/// A symbol of the base in the result.
pub(super) fn in_result<'a>(patched: &Patched<'a>, symbol: &Symbol) -> Option<Symbol<'a>> {
    if patched.diff.files.iter().any(|pair| pair.old.as_deref() == Some(symbol.file)) {
        let pairs = pairs(patched);
        let found = pairs.iter().find(|(base, _)| *base == symbol.id)?.1?;
        return patched.result.symbol(found);
    }
    let mut same = patched.result.definitions_named(symbol.name);
    same.find(|other| other.file == symbol.file && other.name_range == symbol.name_range)
}

fn pairs(patched: &Patched) -> Rc<Pairs> {
    patched.pairs(|| find_pairs(patched))
}

/// Definitions of the changed files of the base with what they are in the result.
fn find_pairs(patched: &Patched) -> Pairs {
    let mut by_place: BTreeMap<(&str, usize), Vec<DefinitionId>> = BTreeMap::new();
    for pair in &patched.diff.files {
        let Some(new) = pair.new.as_deref() else { continue };
        for symbol in patched.result.definitions_in(new).filter(|symbol| !symbol.kind.is_local()) {
            by_place.entry((symbol.file, symbol.name_range.start)).or_default().push(symbol.id);
        }
    }
    let kind_of = |id: &DefinitionId| patched.result.symbol(*id).map(|symbol| symbol.kind);
    let files = patched.diff.files.iter().filter_map(|pair| pair.old.as_deref());
    let bases: Vec<Symbol> = files
        .flat_map(|old| patched.base.definitions_in(old))
        .filter(|symbol| !symbol.kind.is_local())
        .collect();
    let mut pairs: Vec<(DefinitionId, Option<DefinitionId>)> = Vec::with_capacity(bases.len());
    let mut taken: BTreeSet<DefinitionId> = BTreeSet::new();
    for symbol in &bases {
        let of_kind = |ids: &Vec<DefinitionId>| {
            ids.iter().find(|id| kind_of(id).is_some_and(|kind| alike(kind, symbol.kind))).copied()
        };
        let found = match patched.fate(symbol.file, &symbol.name_range) {
            Fate::Kept(file, range) => by_place.get(&(file, range.start)).and_then(of_kind),
            Fate::Edited(_, file, range) => only(patched, &by_place, file, &range, symbol),
            Fate::Gone => None,
        };
        taken.extend(found);
        pairs.push((symbol.id, found));
    }
    // What was written anew: of the same name and kind, and not what another was before.
    for ((_, found), symbol) in pairs.iter_mut().zip(&bases) {
        if found.is_some() {
            continue;
        }
        let mut others: Vec<Symbol> = patched
            .result
            .definitions_named(symbol.name)
            .filter(|other| alike(other.kind, symbol.kind) && !taken.contains(&other.id))
            .filter(|other| by_place.contains_key(&(other.file, other.name_range.start)))
            .filter(|other| entity(patched, Side::Result, other) == entity(patched, Side::Base, symbol))
            .collect();
        if others.iter().any(|other| other.file == symbol.file) {
            others.retain(|other| other.file == symbol.file);
        }
        if let [only] = &others[..] {
            *found = Some(only.id);
            taken.insert(only.id);
        }
    }
    pairs
}

/// A function may become a method and a class an interface: what counts is how it is used.
fn alike(a: SymbolKind, b: SymbolKind) -> bool {
    let group = |kind: SymbolKind| match kind {
        SymbolKind::Function | SymbolKind::Method => 0,
        SymbolKind::Struct | SymbolKind::Union | SymbolKind::Class | SymbolKind::Interface => 1,
        SymbolKind::Alias | SymbolKind::AssociatedType => 2,
        SymbolKind::Enum => 3,
        SymbolKind::Trait => 4,
        SymbolKind::Constant => 5,
        SymbolKind::Module => 6,
        SymbolKind::Macro => 7,
        SymbolKind::Field => 8,
        SymbolKind::Variant => 9,
        SymbolKind::TypeParameter | SymbolKind::Local | SymbolKind::Parameter | SymbolKind::Label => 10,
    };
    group(a) == group(b)
}

/// The definition that an edited name now is: the only one of its kind there, or the one that kept the name.
fn only(
    patched: &Patched,
    by_place: &BTreeMap<(&str, usize), Vec<DefinitionId>>,
    file: &str,
    range: &Range<usize>,
    symbol: &Symbol,
) -> Option<DefinitionId> {
    let here = by_place.range((file, range.start)..(file, range.end)).flat_map(|(_, ids)| ids);
    let symbols: Vec<Symbol> = here
        .filter_map(|id| patched.result.symbol(*id))
        .filter(|other| alike(other.kind, symbol.kind))
        .collect();
    let named = symbols.iter().find(|other| other.name == symbol.name);
    match (named, &symbols[..]) {
        (Some(named), _) => Some(named.id),
        (None, [only]) => Some(only.id),
        (None, _) => None,
    }
}

/// Names of the entities around a definition, its own left out.
fn entity(patched: &Patched, side: Side, symbol: &Symbol) -> Vec<String> {
    let source = patched.source(side, symbol.file);
    let mut path = source.map_or_else(Vec::new, |source| source.entity_at(symbol.name_range.start));
    path.pop();
    path
}

/// What others may rest on: visibility, and the tokens of the head.
fn head(patched: &Patched, side: Side, index: &Index, symbol: &Symbol) -> Option<(bool, Vec<Vec<u8>>)> {
    let source = patched.source(side, symbol.file)?;
    let mut tokens = match symbol.kind {
        SymbolKind::Module => Vec::new(),
        SymbolKind::Class | SymbolKind::Trait => {
            let members: Vec<Symbol> = index.members(symbol.id).collect();
            let first = members.iter().map(|member| member.range.start).min();
            let end = first.unwrap_or(symbol.range.end).max(symbol.name_range.end);
            let mut all = tokens(&source, symbol.range.start..end);
            for member in members {
                let asked = symbol.kind == SymbolKind::Trait
                    || member.kind == SymbolKind::Field
                    || member.name == "constructor";
                if asked {
                    all.extend(tokens(&source, member.range));
                }
            }
            all
        }
        SymbolKind::Macro => tokens(&source, symbol.name_range.clone()),
        _ => tokens(&source, symbol.range.clone()),
    };
    tokens.shrink_to_fit();
    Some((symbol.exported, tokens))
}

/// A node holds what its item does, or its value.
fn is_body(source: &Source, node: usize) -> bool {
    let here = &source.nodes[node];
    let field = source.parent(node).map(|parent| source.nodes[parent].kind);
    let field = field.and_then(|kind| source.language.kinds().body_field.get(kind as usize).copied());
    here.is(flag::BODY) || here.field != 0 && field == Some(here.field) && !here.is(flag::OWN_BODY)
}

/// Tokens of a range without bodies, attributes, comments and separators before a closing bracket.
pub(super) fn tokens(source: &Source, range: Range<usize>) -> Vec<Vec<u8>> {
    let first = source.tokens.partition_point(|token| (token.start as usize) < range.start);
    let last = source.tokens.partition_point(|token| (token.start as usize) < range.end);
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut at = first;
    while at < last {
        let token = &source.tokens[at];
        let skipped = source
            .ancestors(token.node as usize)
            .take_while(|node| source.range(*node).start >= range.start)
            .find(|node| is_body(source, *node) || source.nodes[*node].is(flag::ATTRIBUTE));
        if let Some(skipped) = skipped {
            at = (source.nodes[skipped].last as usize).max(at + 1);
            continue;
        }
        if token.kind != TokenKind::Comment {
            let text = source.text(at);
            let separator = found.last().is_some_and(|last| matches!(&last[..], b"," | b";"));
            if matches!(text, b")" | b"]" | b"}" | b">") && separator {
                found.pop();
            }
            found.push(text.to_vec());
        }
        at += 1;
    }
    if found.last().is_some_and(|last| matches!(&last[..], b"," | b";")) {
        found.pop();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::both;
    use super::*;

    /// What is said of the declarations of `path`: `name gone`, `name → new`, `name moved`, `name head`.
    fn told(path: &str, old: &str, new: &str) -> Vec<String> {
        both(&[(path, old)], &[(path, Some(new))], |patched| {
            let say = |one: &Declaration| {
                let name = patched.base.symbol(one.base).unwrap().name.to_owned();
                let new = one.result.and_then(|id| patched.result.symbol(id)).map(|found| found.name);
                match new {
                    None => format!("{name} gone"),
                    Some(new) if one.renamed => format!("{name} → {new}"),
                    Some(_) if one.moved => format!("{name} moved"),
                    Some(_) => format!("{name} head"),
                }
            };
            declarations(patched).iter().map(say).collect()
        })
    }

    #[test]
    fn declarations_of_rust() {
        let table: &[(&str, &str, &[&str])] = &[
            ("fn a() {}\nfn b() {}\n", "fn a() { b() }\nfn b() {}\n", &[]),
            ("fn a() {}\nfn b() {}\n", "fn b() {}\n", &["a gone"]),
            ("fn a(x: u8) {}\n", "fn a(\n    x: u8, // one\n) {\n}\n", &[]),
            ("fn a(x: u8) {}\n", "fn a(x: u8, y: u8) {}\n", &["a head"]),
            ("fn a(x: u8) {}\n", "pub fn a(x: u8) {}\n", &["a head"]),
            ("fn a(x: u8) { a(1) }\n", "fn c(x: u8) { c(1) }\n", &["a → c"]),
            ("/// One.\nfn a() {}\n", "/// Two.\n#[inline]\nfn a() {}\n", &[]),
            ("struct S {\n    a: u8,\n}\n", "struct S {\n    a: u8,\n    b: u8,\n}\n", &["S head"]),
            ("enum E {\n    A,\n}\n", "enum E {\n    A,\n    B,\n}\n", &["E head"]),
            ("enum E {\n    A,\n    B,\n}\n", "enum E {\n    A,\n}\n", &["E head", "B gone"]),
            (
                "trait T {\n    fn a(&self);\n}\n",
                "trait T {\n    fn a(&self);\n    fn b(&self);\n}\n",
                &["T head"],
            ),
            ("trait T {\n    fn a(&self) {}\n}\n", "trait T {\n    fn a(&self) { b() }\n}\n", &[]),
            ("const A: u8 = 1;\n", "const A: u8 = 2;\n", &[]),
            ("const A: u8 = 1;\n", "const A: u16 = 1;\n", &["A head"]),
            (
                "struct S;\nimpl S {\n    fn a(&self) {}\n}\nfn one() {}\n",
                "struct S;\nfn one() {}\nimpl S {\n    fn a(&self) {}\n}\n",
                &[],
            ),
        ];
        for (old, new, expected) in table {
            assert_eq!(told("src/lib.rs", old, new), *expected, "{new}");
        }
    }

    #[test]
    fn declarations_of_typescript() {
        let table: &[(&str, &str, &[&str])] = &[
            ("export function a(x: number) {}\n", "export function a(x: number) { b(); }\n", &[]),
            ("export function a(x: number) {}\n", "export function a(x: number, y = 2) {}\n", &["a head"]),
            ("export function a() {}\n", "function a() {}\n", &["a head"]),
            ("export const a = (x: number) => x;\n", "export const a = (x: number) => x + 1;\n", &[]),
            (
                "export const a = (x: number) => x;\n",
                "export const a = (x: number, y: number) => x;\n",
                &["a head"],
            ),
            ("class C {\n  m() {}\n}\n", "class C {\n  m() { return 1; }\n  n() {}\n}\n", &[]),
            (
                "class C {\n  constructor(a: number) {}\n}\n",
                "class C {\n  constructor(a: number, b: number) {}\n}\n",
                &["C head", "constructor head"],
            ),
            (
                "interface I {\n  a: number;\n}\n",
                "interface I {\n  a: number;\n  b: number;\n}\n",
                &["I head"],
            ),
        ];
        for (old, new, expected) in table {
            assert_eq!(told("src/a.ts", old, new), *expected, "{new}");
        }
    }
}
