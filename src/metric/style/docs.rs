//! Public items documented where the file documents them.

use super::Page;
use crate::diff::Role;
use crate::lint::Finding;
use crate::syntax::{Definition, DefinitionKind, Source, TokenKind};

/// Fewer examples make no custom.
const ENOUGH: usize = 4;

/// An item that users of the file see by name.
fn is_public(source: &Source, item: &Definition) -> bool {
    let kind = matches!(
        item.kind,
        DefinitionKind::Function | DefinitionKind::Method | DefinitionKind::Type | DefinitionKind::Constant
    );
    let says_so = match source.language.name {
        "rust" => item_text(source, item).starts_with("pub "),
        "python" => !item.name.starts_with('_') && item.kind != DefinitionKind::Constant,
        _ => item.exported && item.kind != DefinitionKind::Method,
    };
    kind && says_so && !source.in_test_module(item.name_range.start)
}

/// The item's text from its first word on, attributes left out.
fn item_text<'a>(source: &'a Source, item: &Definition) -> std::borrow::Cow<'a, str> {
    let line =
        source.bytes[..item.name_range.start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let begin = line.max(item.range.start);
    String::from_utf8_lossy(source.bytes[begin..item.name_range.start].trim_ascii_start())
}

fn is_documented(source: &Source, item: &Definition) -> bool {
    let is_doc = |token: usize| {
        source.tokens.get(token).is_some_and(|one| {
            one.kind == TokenKind::Comment && (source.language.doc_comment)(source.text(token))
        })
    };
    let Some(first) = source.token_at(item.range.start) else { return false };
    let name = source.token_at(item.name_range.start).unwrap_or(first);
    let above = first.checked_sub(1).is_some_and(is_doc) || (first..name).any(is_doc);
    // What is exported may have its comment above the `export`.
    let exported =
        first.checked_sub(2).is_some_and(|token| is_doc(token) && source.text(token + 1) == b"export");
    above || exported || source.language.name == "python" && has_docstring(source, item)
}

fn has_docstring(source: &Source, item: &Definition) -> bool {
    let text =
        String::from_utf8_lossy(&source.bytes[item.name_range.end..item.range.end.max(item.name_range.end)])
            .into_owned();
    let body = text.lines().skip(1).map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    body.is_some_and(|line| {
        let line = line.trim_start_matches(['r', 'R', 'u', 'b']);
        line.starts_with("\"\"\"") || line.starts_with("'''") || line.starts_with('"')
    })
}

pub(super) fn findings(page: &Page) -> Vec<Finding> {
    let Some(old) = page.old.as_ref().filter(|_| page.pair.role == Role::Code) else { return Vec::new() };
    let known: Vec<bool> = old
        .definitions()
        .iter()
        .filter(|item| is_public(old, item))
        .map(|item| is_documented(old, item))
        .collect();
    if known.len() < ENOUGH || known.contains(&false) {
        return Vec::new();
    }
    page.new
        .definitions()
        .iter()
        .filter(|item| page.wrote(item.name_range.start))
        .filter(|item| is_public(&page.new, item) && !is_documented(&page.new, item))
        .map(|item| {
            let message = format!(
                "`{}` is public and has no documentation; all {} public items of this file had",
                item.name,
                known.len()
            );
            page.finding("docs", item.name_range.start, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::table::judged;

    #[test]
    fn public_items_are_documented_as_before() {
        let rust = "/// A.\npub fn a() {}\n\n/// B.\n#[inline]\npub fn b() {}\n\n/// C.\npub struct C;\n\n/// D.\npub const D: u8 = 1;\n\nfn e() {}\n";
        let bare = rust.replace("/// C.\n", "");
        let ts = "/** A. */\nexport function a() {}\n/** B. */\nexport const b = 1;\n/** C. */\nexport class C {}\n/** D. */\nexport type D = number;\n";
        let py = "def a():\n    \"\"\"A.\"\"\"\n\ndef b():\n    \"\"\"B.\"\"\"\n\ndef c():\n    \"\"\"C.\"\"\"\n\nclass D:\n    \"\"\"D.\"\"\"\n";
        let cases: [(&str, &str, &str, usize); 8] = [
            ("src/a.rs", rust, "pub fn f() {}\n", 1),
            ("src/a.rs", rust, "/// F.\npub fn f() {}\n", 0),
            ("src/a.rs", rust, "fn f() {}\n", 0),
            ("src/a.rs", &bare, "pub fn f() {}\n", 0),
            ("src/a.ts", ts, "export function f() {}\n", 1),
            ("src/a.ts", ts, "/** F. */\nexport function f() {}\n", 0),
            ("a.py", py, "def f():\n    return 1\n", 1),
            ("a.py", py, "def _f():\n    return 1\n", 0),
        ];
        for (path, base, added, expected) in cases {
            let found = judged(&[(path, base)], path, &format!("{base}{added}"));
            assert_eq!(found.len(), expected, "{path} {added}: {found:?}");
        }
    }
}
