//! Functions that a patch adds although the repository has them.
//!
//! In: a [`Patched`], and the [`Functions`] of its base. Out: for each added function of at least [`LEAST`] tokens the
//! most similar one that the base had elsewhere and that is still there: runs of three tokens, all names alike, in common
//! by runs of either at least [`ALIKE`], and what the two name beyond their own variables, and their literals, at least
//! [`FACTS`] in common. The second keeps apart what only has the same form (a getter of another field, a reader of
//! another width).
//!
//! Left out: tests and generated files; two implementations of a trait, or two methods of one name in different types,
//! which must be alike to be used alike; variants by name in the same type or file (`get`, `get_mut`); what is compiled
//! under a condition.
//!
//! Invariant: what was moved, or taken out of a function that now calls it, is not reinvented.

use super::Reinvented;
use super::declared::added;
use super::patched::{Patched, Side};
use super::sketch::{Functions, Sketch, functions};
use crate::syntax::index::{DefinitionId, SymbolKind};

/// Fewer tokens say nothing.
const LEAST: usize = 30;

/// Similarity of runs.
const ALIKE: f64 = 0.8;

/// Similarity of what is named.
const FACTS: f64 = 0.8;

/// Added functions that the base had elsewhere, by file and line. `base` is asked for only where functions were added.
pub fn reinvented<'f>(patched: &Patched, base: impl FnOnce() -> &'f Functions) -> Vec<Reinvented> {
    let news = added(patched);
    let mut sketches: Vec<Sketch> = Vec::new();
    for pair in &patched.diff.files {
        let Some(path) = pair.new.as_deref() else { continue };
        if let Some(source) = patched.source(Side::Result, path) {
            let all = functions(patched.result, path, &source);
            sketches.extend(all.into_iter().filter(|one| one.tokens >= LEAST && news.contains(&one.id)));
        }
    }
    sketches.retain(|one| !one.conditional && !patched.is_replaced_file(&one.file));
    if sketches.is_empty() {
        return Vec::new();
    }
    let base = base();
    let mut found: Vec<Reinvented> = Vec::new();
    for new in &sketches {
        let alike = base.0.iter().filter_map(|old| {
            let close = old.tokens * 5 >= new.tokens * 4 && new.tokens * 5 >= old.tokens * 4;
            let similarity = if close && !old.conditional { new.similarity(old) } else { 0.0 };
            let same = similarity >= ALIKE
                && new.facts(old) >= FACTS
                && !by_design(patched, new, old)
                && is_still_there(patched, new, old.id);
            same.then_some((similarity, old))
        });
        let best = alike
            .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| (&y.file, y.line).cmp(&(&x.file, x.line))));
        if let Some((similarity, old)) = best {
            found.push(Reinvented {
                symbol: new.name.clone(),
                file: new.file.clone(),
                line: new.line,
                like: super::SymbolAt { symbol: old.name.clone(), file: old.file.clone(), line: old.line },
                similarity: (similarity * 1000.0).round() / 1000.0,
            });
        }
    }
    found.sort_by(|a, b| (&a.file, a.line, &a.symbol).cmp(&(&b.file, b.line, &b.symbol)));
    found
}

/// Two functions that are alike because something asks for it.
fn by_design(patched: &Patched, new: &Sketch, old: &Sketch) -> bool {
    let is_method = |index: &crate::syntax::index::Index, id: DefinitionId| {
        index.symbol(id).is_some_and(|symbol| symbol.kind == SymbolKind::Method)
    };
    let methods = is_method(patched.result, new.id) && is_method(patched.base, old.id);
    let same_place = new.file == old.file && new.owners == old.owners;
    new.of_trait() && old.of_trait()
        || methods && new.name == old.name && !same_place
        || methods && same_place && is_variant(&new.name, &old.name)
        || !methods && new.file == old.file && is_variant(&new.name, &old.name)
}

/// All words of one name are words of the other, in order: `get` and `get_mut`, `parse` and `tryParse`.
fn is_variant(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let mut rest = long.iter();
    !short.is_empty() && short.iter().all(|word| rest.any(|other| other == word))
}

fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut().filter(|_| letter != '_') {
            last.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The result has the older one too, and it still does by itself what it did.
fn is_still_there(patched: &Patched, new: &Sketch, old: DefinitionId) -> bool {
    let Some(symbol) = patched.base.symbol(old) else { return false };
    let Some(now) = super::declared::in_result(patched, &symbol) else { return false };
    let Some(source) = patched.source(Side::Result, now.file) else { return false };
    functions(patched.result, now.file, &source)
        .iter()
        .any(|one| one.id == now.id && one.id != new.id && one.similarity(new) >= ALIKE)
}

#[cfg(test)]
mod tests {
    use super::super::testing::both;
    use super::*;
    use crate::patch::memory::Files;
    use crate::syntax::index::{Cache, Index};

    fn told(base: &[(&str, &str)], edits: &[(&str, Option<&str>)]) -> Vec<String> {
        let tree = Files::of(base);
        let index = Index::read(&tree, &mut Cache::default());
        let functions = Functions::read(&index, &tree);
        both(base, edits, |patched| reinvented(patched, || &functions))
            .iter()
            .map(|one| {
                format!(
                    "{}:{} {} like {}:{} {}",
                    one.file, one.line, one.symbol, one.like.file, one.like.line, one.like.symbol
                )
            })
            .collect()
    }

    const CLAMP: &str = "pub fn clamp_all(values: &[i64], low: i64, high: i64) -> Vec<i64> {\n    let mut out = Vec::with_capacity(values.len());\n    for value in values {\n        out.push((*value).max(low).min(high));\n    }\n    out\n}\n";

    fn base() -> Vec<(&'static str, &'static str)> {
        vec![
            ("Cargo.toml", "[package]\nname = \"x\"\n"),
            ("src/lib.rs", "mod a;\nmod b;\n"),
            ("src/a.rs", CLAMP),
            ("src/b.rs", "pub fn b() {}\n"),
        ]
    }

    #[test]
    fn a_helper_written_again_is_found() {
        let again = "pub fn b() {}\n\nfn limit(xs: &[i64], from: i64, to: i64) -> Vec<i64> {\n    // Keeps each in bounds.\n    let mut kept = Vec::with_capacity(xs.len());\n    for x in xs {\n        kept.push((*x).max(from).min(to));\n    }\n    kept\n}\n";
        assert_eq!(
            told(&base(), &[("src/b.rs", Some(again))]),
            ["src/b.rs:3 limit like src/a.rs:1 clamp_all"]
        );
        // The same form over something else.
        let other = again.replace("max", "saturating_add").replace("min", "pow").replace("i64", "u32");
        assert_eq!(told(&base(), &[("src/b.rs", Some(&other))]), Vec::<String>::new());
        // In a test, or in place of the older one.
        let test = format!("pub fn b() {{}}\n\n#[cfg(test)]\nmod tests {{\n{}}}\n", &again[13..]);
        assert_eq!(told(&base(), &[("src/b.rs", Some(&test))]), Vec::<String>::new());
        let moved = [("src/a.rs", Some("pub fn a() {}\n")), ("src/b.rs", Some(again))];
        assert_eq!(told(&base(), &moved), Vec::<String>::new());
        let calls = "pub fn clamp_all(values: &[i64], low: i64, high: i64) -> Vec<i64> {\n    crate::b::limit(values, low, high)\n}\n";
        assert_eq!(
            told(&base(), &[("src/a.rs", Some(calls)), ("src/b.rs", Some(again))]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn what_must_be_alike_is_not() {
        let one = "pub struct A(u8);\n\nimpl std::fmt::Display for A {\n    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {\n        write!(f, \"{}\", self.0)?;\n        f.write_str(\" of \")?;\n        Ok(())\n    }\n}\n\nimpl A {\n    pub fn parts(&self) -> Vec<u8> {\n        let mut out = Vec::new();\n        out.push(self.0);\n        out.extend(self.0.to_le_bytes());\n        out\n    }\n}\n";
        let two = one.replace('A', "B");
        let mut files = base();
        files[2] = ("src/a.rs", one);
        assert_eq!(told(&files, &[("src/b.rs", Some(&two))]), Vec::<String>::new());
        let twin = one.replace(
            "    pub fn parts(",
            "    pub fn parts_owned(&self) -> Vec<u8> {\n        let mut out = Vec::new();\n        out.push(self.0);\n        out.extend(self.0.to_le_bytes());\n        out\n    }\n\n    pub fn parts(",
        );
        assert_eq!(told(&files, &[("src/a.rs", Some(&twin))]), Vec::<String>::new());
    }

    #[test]
    fn other_languages() {
        let ts = "export function groupBy(items: string[], size: number): string[][] {\n  const out: string[][] = [];\n  for (let i = 0; i < items.length; i += size) {\n    out.push(items.slice(i, i + size));\n  }\n  return out;\n}\n";
        let again = "const chunk = (list: string[], n: number): string[][] => {\n  const all: string[][] = [];\n  for (let at = 0; at < list.length; at += n) {\n    all.push(list.slice(at, at + n));\n  }\n  return all;\n};\nexport default chunk;\n";
        assert_eq!(
            told(&[("package.json", "{}"), ("src/a.ts", ts)], &[("src/b.ts", Some(again))]),
            ["src/b.ts:1 chunk like src/a.ts:1 groupBy"]
        );
        let py = "def chunks(items, size):\n    out = []\n    for start in range(0, len(items), size):\n        out.append(items[start:start + size])\n    return out\n";
        let again = "def pieces(values, n):\n    \"\"\"Pieces.\"\"\"\n    found = []\n    for at in range(0, len(values), n):\n        found.append(values[at:at + n])\n    return found\n";
        assert_eq!(
            told(&[("pkg/__init__.py", ""), ("pkg/a.py", py)], &[("pkg/b.py", Some(again))]),
            ["pkg/b.py:1 pieces like pkg/a.py:1 chunks"]
        );
    }
}
