//! Left-over prints and commented-out code.

use super::super::Sign;
use super::super::facts::{Facts, Side};
use super::Found;
use crate::diff::UnitKind;
use crate::syntax::{Source, flag, language_of};

/// How a language prints while one looks for a fault.
struct Printers {
    language: &'static str,
    /// Names before the call's bracket; a macro's `!` left out.
    prints: &'static [&'static str],
    /// Of these, names that nobody leaves on purpose.
    always: &'static [&'static str],
}

const PRINTERS: &[Printers] = &[Printers {
    language: "rust",
    prints: &["println", "eprintln", "print", "eprint", "dbg"],
    always: &["dbg"],
}];

/// Beginnings of a printed text that mark it as a probe.
const MARKS: &[&str] =
    &["debug", "dbg", "trace", "xxx", "here", ">>>", "===", "---", "***", "###", "[debug", "got here"];

/// The first sign of the two that holds.
pub fn sign(facts: &Facts, unit: usize) -> Option<Found> {
    print(facts, unit).or_else(|| commented_out(facts, unit))
}

fn print(facts: &Facts, unit: usize) -> Option<Found> {
    let here = facts.unit(unit);
    if !facts.is_code(unit) || here.file_level || facts.created(unit) || !facts.only_inserts(unit) {
        return None;
    }
    let [change] = &here.changes[..] else { return wrapped(facts, unit) };
    let source = facts.source(change.file, Side::New)?;
    let row = PRINTERS.iter().find(|row| row.language == source.language.name)?;
    if here.kind != UnitKind::Added {
        return wrapped(facts, unit);
    }
    let tokens = facts.tokens(change, Side::New);
    let name = printed_by(source, tokens.clone(), row)?;
    let text = String::from_utf8_lossy(source.text(tokens.clone().nth(3)?)).to_lowercase();
    let probe = text.trim_start_matches('"').trim_start();
    let line = facts.first_line(unit)?;
    if row.always.contains(&name) || MARKS.iter().any(|mark| probe.starts_with(mark)) {
        return Some(Found::strong(Sign::Debug, format!("a probe left in: `{}`", line.text)));
    }
    if facts.states_any(&[
        "print", "prints", "printed", "stdout", "stderr", "println", "eprintln", "log", "message", "warn",
        "warning",
    ]) {
        return None;
    }
    let path = facts.path(unit);
    if prints_by_trade(path, facts, change.file) {
        return None;
    }
    let before = facts.source(change.file, Side::Old)?;
    let printed = (0..before.tokens.len()).any(|token| {
        row.prints.iter().any(|print| before.text(token) == print.as_bytes())
            && !before.in_test(before.tokens[token].node as usize)
    });
    (!printed)
        .then(|| Found::strong(Sign::Debug, format!("`{name}` in `{path}`, which printed nothing before")))
}

/// The printing name, if the tokens are one printing statement and nothing else.
fn printed_by(source: &Source, tokens: std::ops::Range<usize>, row: &Printers) -> Option<&'static str> {
    let name = row.prints.iter().find(|print| source.text(tokens.start) == print.as_bytes())?;
    if source.text(tokens.start + 1) != b"!" {
        return None;
    }
    let mut depth = 0usize;
    for token in tokens.start + 2..tokens.end {
        match source.text(token) {
            b"(" | b"[" | b"{" => depth += 1,
            b")" | b"]" | b"}" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    let rest = token + 1..tokens.end;
                    return rest.clone().all(|token| source.text(token) == b";").then_some(*name);
                }
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// `dbg!(…)` put around what was there.
fn wrapped(facts: &Facts, unit: usize) -> Option<Found> {
    let words = facts.words_of(unit, Side::New);
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let around = matches!(words[..], [b"dbg", b"!", b"(", b")"]);
    around.then(|| Found::strong(Sign::Debug, "`dbg!` put around an expression"))
}

/// Programs print for a living, and so do examples, benches and build scripts.
fn prints_by_trade(path: &str, facts: &Facts, file: usize) -> bool {
    let folder = |name: &str| path.split('/').rev().skip(1).any(|part| part == name);
    let name = path.rsplit('/').next().unwrap_or(path);
    let main = facts
        .source(file, Side::New)
        .is_some_and(|source| source.definitions().iter().any(|definition| definition.name == "main"));
    main || folder("bin")
        || folder("examples")
        || folder("benches")
        || folder("xtask")
        || matches!(name, "main.rs" | "build.rs" | "cli.rs")
        || folder("cli")
}

/// A new comment that holds nothing but statements.
fn commented_out(facts: &Facts, unit: usize) -> Option<Found> {
    let here = facts.unit(unit);
    if here.kind != UnitKind::Comment || facts.created(unit) || !facts.only_inserts(unit) {
        return None;
    }
    let [change] = &here.changes[..] else { return None };
    let language = language_of(facts.path(unit))?;
    let text = String::from_utf8_lossy(facts.text(change, Side::New)).into_owned();
    let mut code = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let body = line.strip_prefix(language.line_comment)?;
        if body.starts_with(['/', '!']) {
            return None;
        }
        code.push_str(body);
        code.push('\n');
    }
    is_code(language, &code).then(|| {
        let line = facts.first_line(unit).map(|line| line.text).unwrap_or_default();
        Found::strong(Sign::Debug, format!("commented-out code: `{line}`")).firm()
    })
}

/// Parses as statements and ends like one; prose does neither.
fn is_code(language: &'static crate::syntax::Language, code: &str) -> bool {
    let code = code.trim();
    let last = code.lines().next_back().unwrap_or_default().trim_end();
    let mut shaped = code.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let ends = [";", "{", "}", ")", ",", "("];
    if !(last.ends_with(';') || last.ends_with('}'))
        || !shaped.all(|line| ends.iter().any(|end| line.ends_with(end)))
    {
        return false;
    }
    let body = format!("fn f() {{\n{code}\n}}\n");
    Source::parse(language, body.into_bytes()).is_some_and(|source| {
        let tokens = source.tokens.len();
        let names =
            source.tokens.iter().filter(|token| source.nodes[token.node as usize].is(flag::IDENTIFIER));
        // `fn f ( ) { }` are six tokens; `done;` alone is a word with a semicolon.
        source.error_count() == 0 && tokens >= 6 + 4 && names.count() >= 2
    })
}
