//! Tests that live in code files: found by syntax, and carried from one version of a file to another.
//!
//! In: files of a language whose tests may stand beside the code (Rust: every item under `#[cfg(test)]`, and functions
//! under `#[test]` and the like, at the level of a file or of a module that is code). Out: where they stand
//! ([`inline_tests`]), what is left without them ([`code_hashes`]), and a file with the tests of another version in
//! place of its own ([`splice`]).
//!
//! Invariant: [`splice`] changes no byte outside inline tests, save white space where one is removed or added.

use std::collections::BTreeMap;
use std::ops::Range;

use super::language::{Language, flag};
use super::{DefinitionKind, Source};

/// Whether files of the language may hold tests beside their code.
pub fn may_hold_tests(language: &Language) -> bool {
    language.inline_tests
}

/// A test item of a code file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineTest {
    /// The code modules that hold it, outermost first; a name's second occurrence reads `imp#1`.
    pub path: Vec<String>,
    /// Kind and name (`mod tests`), the whole text where it has no name (`use super::*;`).
    pub key: String,
    /// Which of the items of the same path and key, 0-based.
    pub nth: usize,
    /// Its bytes, with attributes and the comments right above it.
    pub range: Range<usize>,
}

impl InlineTest {
    fn same(&self, other: &Self) -> bool {
        (&self.path, &self.key, self.nth) == (&other.path, &other.key, other.nth)
    }
}

/// A file or code module: new items may be put at its end.
struct Scope {
    path: Vec<String>,
    /// Byte behind its last item: the closing brace, or the end of the file.
    end: usize,
}

/// What stands where.
#[derive(Default)]
struct Layout {
    tests: Vec<InlineTest>,
    /// Modules that are code.
    modules: Vec<InlineTest>,
    scopes: Vec<Scope>,
}

/// Modules in modules beyond this are no program.
const DEEPEST: usize = 64;

fn layout(source: &Source) -> Layout {
    let mut found = Layout::default();
    read_list(source, 0, source.bytes.len(), &[], DEEPEST, &mut found);
    found
}

/// Reads the items of a file or module.
fn read_list(source: &Source, list: usize, end: usize, path: &[String], depth: usize, found: &mut Layout) {
    found.scopes.push(Scope { path: path.to_vec(), end });
    let children: Vec<usize> = source.children(list).collect();
    let mut names: BTreeMap<(bool, String), usize> = BTreeMap::new();
    for (at, &child) in children.iter().enumerate() {
        let item = source.ungrouped(child);
        let node = &source.nodes[child];
        if node.is(flag::COMMENT | flag::ATTRIBUTE)
            || !node.is(flag::NAMED)
            || source.nodes[item].is(flag::GROUP)
        {
            continue;
        }
        let is_test = node.is(flag::GROUP) && (source.language.is_test)(source, child);
        let body = module_body(source, item);
        if !is_test && body.is_none() {
            continue;
        }
        let key = source
            .entity_name(item)
            .unwrap_or_else(|| source.node_text(item).split_whitespace().collect::<Vec<_>>().join(" "));
        let count = names.entry((is_test, key.clone())).or_insert(0);
        let nth = *count;
        *count += 1;
        let range = first_byte(source, &children[..=at])..source.range(child).end;
        let test = InlineTest { path: path.to_vec(), key: key.clone(), nth, range };
        if is_test {
            found.tests.push(test);
            continue;
        }
        found.modules.push(test);
        if let (Some(body), Some(depth)) = (body, depth.checked_sub(1)) {
            let mut inner = path.to_vec();
            inner.push(if nth == 0 { key } else { format!("{key}#{nth}") });
            let end = source.range(body).end.saturating_sub(1);
            read_list(source, body, end, &inner, depth, found);
        }
    }
}

/// The list of items of a module written in place.
fn module_body(source: &Source, item: usize) -> Option<usize> {
    let definition = (source.language.read_definition)(source, item)?;
    (definition.kind == DefinitionKind::Module).then_some(())?;
    source.children(item).find(|child| source.nodes[*child].is(flag::STATEMENT_LIST))
}

/// The first byte of the last of `children`, taken together with the comments that belong to it: those right above,
/// and documentation at any distance (it would document what follows).
fn first_byte(source: &Source, children: &[usize]) -> usize {
    let Some((item, above)) = children.split_last() else { return 0 };
    let mut start = source.range(*item).start;
    for &comment in above.iter().rev() {
        if !source.nodes[comment].is(flag::COMMENT) {
            break;
        }
        let range = source.range(comment);
        let text = &source.bytes[range.clone()];
        let inner = text.starts_with(b"//!") || text.starts_with(b"/*!");
        let between = source.bytes.get(range.end..start).unwrap_or_default();
        let near = between.iter().filter(|byte| **byte == b'\n').count() <= 1;
        let own_line = line_prefix(&source.bytes, range.start).is_some();
        if inner || !own_line || !(near || (source.language.doc_comment)(text)) {
            break;
        }
        start = range.start;
    }
    start
}

/// The white space before `at` on its line; `None` where other text stands there.
fn line_prefix(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let before = &bytes[..at.min(bytes.len())];
    let line = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let prefix = &before[line..];
    prefix.iter().all(u8::is_ascii_whitespace).then_some(prefix)
}

/// The inline tests of a file, in order; none in a language without them.
pub fn inline_tests(source: &Source) -> Vec<InlineTest> {
    if may_hold_tests(source.language) { layout(source).tests } else { Vec::new() }
}

/// Hashes of the tokens outside inline tests: two versions with the same ones differ in tests and white space alone.
pub fn code_hashes(source: &Source) -> Vec<u64> {
    let tests = inline_tests(source);
    let inside = |byte: usize| tests.iter().any(|test| test.range.contains(&byte));
    source.tokens.iter().filter(|token| !inside(token.start as usize)).map(|token| token.hash).collect()
}

/// Functions marked as tests, anywhere in the file: hashes of their texts (white space aside) by name.
pub fn test_functions(source: &Source) -> BTreeMap<String, Vec<u64>> {
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for node in 0..source.nodes.len() {
        if !source.nodes[node].is(flag::GROUP | flag::TEST) || !(source.language.is_test)(source, node) {
            continue;
        }
        let item = source.ungrouped(node);
        let definition = (source.language.read_definition)(source, item);
        if let Some(definition) = definition.filter(|found| found.kind == DefinitionKind::Function) {
            found.entry(definition.name).or_default().push(source.nodes[node].hash);
        }
    }
    for hashes in found.values_mut() {
        hashes.sort_unstable();
    }
    found
}

/// `target` with the inline tests of `from` in place of its own: items of the same module and name are replaced
/// (a module also where the target's is not marked as a test), others are put at the end of their module, or of the file
/// where the module is gone. Items of `known` that `from` no longer has are removed; what else the target has stays.
/// `None` if one of them cannot be parsed at all.
pub fn splice(language: &'static Language, target: &[u8], from: &[u8], known: &[u8]) -> Option<Vec<u8>> {
    let [into, new, old] = [target, from, known].map(|bytes| Source::parse(language, bytes));
    let (into, new, old) = (layout(&into?), layout(&new?).tests, layout(&old?).tests);
    let mut edits: Vec<(Range<usize>, Vec<u8>)> = Vec::new();
    let mut added: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    for test in &new {
        let text = from.get(test.range.clone())?;
        let present = into.tests.iter().find(|other| other.same(test));
        let unmarked = || into.modules.iter().find(|other| other.same(test));
        if let Some(other) = present.or_else(unmarked) {
            edits.push((other.range.clone(), text.to_vec()));
            continue;
        }
        let scope = into.scopes.iter().find(|scope| scope.path == test.path);
        let end = scope.map_or(target.len(), |scope| scope.end);
        let place = trimmed_end(target, end);
        let addition = added.entry(place).or_default();
        if place + addition.len() > 0 {
            addition.extend_from_slice(b"\n\n");
        }
        addition.extend_from_slice(line_prefix(from, test.range.start).unwrap_or_default());
        addition.extend_from_slice(text);
    }
    for (place, mut addition) in added {
        if !target
            .get(place..)?
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .any(|byte| *byte == b'\n')
        {
            addition.push(b'\n');
        }
        edits.push((place..place, addition));
    }
    let gone = old.iter().filter(|test| !new.iter().any(|kept| kept.same(test)));
    for test in gone.filter_map(|test| into.tests.iter().find(|other| other.same(test))) {
        edits.push(removal(target, &test.range));
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut result = Vec::with_capacity(target.len());
    let mut at = 0;
    for (range, text) in edits {
        // An item inside one that was replaced is gone with it. Removed neighbours share the white space between them.
        if range.end < at {
            continue;
        }
        result.extend_from_slice(target.get(at..range.start.max(at))?);
        result.extend_from_slice(&text);
        at = range.end;
    }
    result.extend_from_slice(target.get(at..)?);
    Some(result)
}

/// Where the text before `end` ends, white space aside.
fn trimmed_end(bytes: &[u8], end: usize) -> usize {
    bytes[..end.min(bytes.len())].trim_ascii_end().len()
}

/// Removes an item so that what stood apart still stands apart: with the white space behind it, or, at the end of a
/// file or module, before it.
fn removal(bytes: &[u8], range: &Range<usize>) -> (Range<usize>, Vec<u8>) {
    let behind = bytes.get(range.end..).unwrap_or_default();
    let white = behind.len() - behind.trim_ascii_start().len();
    let line_break = behind[..white].iter().rposition(|byte| *byte == b'\n');
    let at_end = matches!(behind.get(white), None | Some(b'}'));
    match (line_break, line_prefix(bytes, range.start)) {
        (None, _) if !behind[white..].is_empty() && at_end => (range.clone(), b"\n".to_vec()),
        (_, _) if at_end => (trimmed_end(bytes, range.start)..range.end, Vec::new()),
        (Some(newline), Some(prefix)) => (range.start - prefix.len()..range.end + newline + 1, Vec::new()),
        (Some(_), None) => (range.clone(), Vec::new()),
        (None, _) => (range.start..range.end + white, Vec::new()),
    }
}

#[cfg(test)]
#[path = "inline_tests_cases.rs"]
mod cases;
