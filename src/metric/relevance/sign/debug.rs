//! `debug`: prints that were left behind, and code that was commented out.

use crate::diff::{Change, Role, UnitKind};
use crate::metric::relevance::view::{has_word, tokens_in};
use crate::metric::relevance::{Facts, Grade, Mark, Sign};
use crate::syntax::{Language, Source, TokenKind, flag, language_of};

/// How one language prints.
struct Printing {
    language: &'static str,
    /// Calls that only ever debug.
    always: &'static [&'static str],
    /// Calls that print for people.
    prints: &'static [&'static str],
    /// Calls that log.
    logs: &'static [&'static str],
    /// Path parts of files that may print.
    programs: &'static [&'static str],
    /// Text put around a commented-out statement to parse it.
    around: (&'static str, &'static str),
    /// What stands between a printing call's name and its parenthesis.
    mark: &'static str,
    /// File beside which a package is a program; empty where no name says so.
    main: &'static str,
}

const PRINTING: &[Printing] = &[
    RUST,
    JAVASCRIPT,
    Printing { language: "typescript", ..JAVASCRIPT },
    Printing { language: "tsx", ..JAVASCRIPT },
    PYTHON,
];

const RUST: Printing = Printing {
    language: "rust",
    always: &["dbg"],
    prints: &["println", "eprintln", "print", "eprint"],
    logs: &["debug", "trace", "info", "warn", "error"],
    programs: &["main.rs", "build.rs", "bin", "examples", "benches", "cli", "xtask"],
    around: ("fn f() {\n", "\n}\n"),
    mark: "!",
    main: "main.rs",
};

const JAVASCRIPT: Printing = Printing {
    language: "javascript",
    always: &["console.trace", "console.dir", "console.table", "console.count", "alert"],
    prints: &["console.log", "console.debug", "process.stdout.write"],
    logs: &["console.info", "console.warn", "console.error", "process.stderr.write"],
    programs: &["bin", "cli", "cli.ts", "cli.js", "scripts", "examples", "benchmarks", "bench", "tools"],
    around: ("async function f() {\n", "\n}\n"),
    mark: "",
    main: "",
};

const PYTHON: Printing = Printing {
    language: "python",
    always: &["breakpoint", "pdb.set_trace", "ipdb.set_trace", "pprint.pprint", "pprint"],
    prints: &["print"],
    logs: &["logging.debug", "logging.info", "logging.warning", "logger.debug", "logger.info", "log.debug"],
    programs: &[
        "__main__.py",
        "cli.py",
        "main.py",
        "setup.py",
        "manage.py",
        "bin",
        "scripts",
        "examples",
        "cli",
        "tools",
    ],
    around: ("", "\n"),
    mark: "",
    main: "__main__.py",
};

/// Words that nobody means for users.
const MARKS: &[&str] = &[
    "DEBUG", "debug:", "[debug]", "XXX", "HERE", ">>>", "<<<", "=====", "-----", "!!!", "FIXME", "***",
    "TRACE", "### ",
];

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    let [change] = &edit.changes[..] else { return wrapped(facts, unit) };
    let path = facts.view.path(edit);
    let printing = PRINTING
        .iter()
        .find(|row| language_of(path).is_some_and(|language| language.name == row.language))?;
    if edit.role == Role::Test {
        return None;
    }
    let why = match edit.kind {
        UnitKind::Added
            if facts.view.new_text(change).trim_ascii().strip_suffix(b";") == Some(b"debugger")
                || facts.view.new_text(change).trim_ascii() == b"debugger" && printing.main.is_empty() =>
        {
            "a `debugger` statement is left in".to_owned()
        }
        UnitKind::Added => print(facts, change, path, printing)?,
        UnitKind::Comment if change.old[0] == change.old[1] => commented_out(facts, change, printing)?,
        _ => return None,
    };
    Some(Mark { sign: Sign::Debug, grade: Grade::B, evidence: vec![facts.at(unit, "")], why })
}

/// `dbg!(…)` put around an expression that was there.
fn wrapped(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    let path = facts.view.path(edit);
    let printing = PRINTING
        .iter()
        .find(|row| language_of(path).is_some_and(|language| language.name == row.language))?;
    let (gone, come) = facts.view.tokens(edit);
    let [call, bang, open, close] = &come[..] else { return None };
    let shape = bang == printing.mark && open == "(" && close == ")" && gone.is_empty();
    (shape && printing.always.contains(&call.as_str())).then(|| Mark {
        sign: Sign::Debug,
        grade: Grade::B,
        evidence: vec![facts.at(unit, "")],
        why: format!("`{call}!` is put around an expression"),
    })
}

/// The added statement is one call that prints.
fn print(facts: &Facts, change: &Change, path: &str, printing: &Printing) -> Option<String> {
    let source = facts.view.new_side(change.file)?;
    let code: Vec<usize> = tokens_in(source, change.new[0]..change.new[1])
        .filter(|token| source.tokens[*token].kind != TokenKind::Comment)
        .collect();
    let call = if printing.mark.is_empty() { "(" } else { printing.mark };
    let bang = code.iter().position(|token| source.text(*token) == call.as_bytes())?;
    let mut head: Vec<String> =
        code[..bang].iter().map(|token| String::from_utf8_lossy(source.text(*token)).into_owned()).collect();
    if printing.mark.is_empty() && head.first().is_some_and(|word| word == "await") {
        head.remove(0);
    }
    if !head.iter().enumerate().all(|(at, word)| (at % 2 == 1) == ["::", "."].contains(&word.as_str())) {
        return None;
    }
    // A macro is named by its last part, a method with what it is called on.
    let name = if printing.mark.is_empty() { head.concat() } else { head.last()?.clone() };
    let shown = format!("{name}{}", printing.mark);
    // The call must be the whole statement.
    let leaf = source.tokens[code[bang]].node as usize;
    let statement = source.range(source.statement_of(leaf));
    if statement.start < change.new[0]
        || statement.end > change.new[1]
        || source.range(source.statement_of(source.tokens[*code.last()?].node as usize)) != statement
    {
        return None;
    }
    let text = String::from_utf8_lossy(facts.view.new_text(change)).into_owned();
    let marked = MARKS.iter().find(|mark| text.contains(*mark));
    if printing.always.contains(&name.as_str()) {
        return Some(format!("a `{shown}` is left in"));
    }
    let prints = printing.prints.contains(&name.as_str());
    if let Some(mark) = marked.filter(|_| prints || printing.logs.contains(&name.as_str())) {
        return Some(format!("a `{shown}` with `{}` is left in", mark.trim()));
    }
    // Who is asked to print something is not asked to print it as programmers do.
    let about = facts.topic.about_printing();
    if let Some(local) = own_name(&text).filter(|_| prints && (!about || text.contains(":?}"))) {
        return Some(format!("a `{shown}` shows `{local}` under its own name"));
    }
    if prints && !about && !may_print(facts, path, printing) && !printed_before(facts, change.file, printing)
    {
        return Some(format!("a `{shown}` in library code that prints nowhere else"));
    }
    None
}

/// The printed text is the name of a variable that is printed too, and nothing else: `"total = {:?}", total`.
fn own_name(text: &str) -> Option<String> {
    let (_, arguments) = text.split_once('(')?;
    let arguments = arguments.trim_start_matches(['f', 'r', 'b']);
    let quote = arguments.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let (inner, behind) = arguments.get(1..)?.split_once(quote)?;
    let shown = match inner.split_once('{') {
        // What is formatted in are no words.
        Some((before, rest)) if rest.split_once('}').is_some_and(|(_, after)| after.trim().is_empty()) => {
            before
        }
        Some(_) => return None,
        None => inner,
    };
    let name = shown.trim().trim_end_matches(['=', ':', ' ', '-', '>', '$']);
    let word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let named = has_word(behind.as_bytes(), name) || inner.contains(&format!("{{{name}"));
    (word && named).then(|| name.to_owned())
}

fn may_print(facts: &Facts, path: &str, printing: &Printing) -> bool {
    if path.split('/').any(|part| printing.programs.contains(&part)) {
        return true;
    }
    // Beside a program's start, the package is a program.
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut above = Some(folder);
    while let Some(folder) = above {
        let main = match (printing.main, folder) {
            ("", _) => break,
            (main, "") => main.to_owned(),
            (main, folder) => format!("{folder}/{main}"),
        };
        if facts.base_paths().binary_search(&main).is_ok() {
            return true;
        }
        above = folder.rsplit_once('/').map(|(above, _)| above);
    }
    false
}

/// The base prints in this file, or in another one of its folder, outside tests.
fn printed_before(facts: &Facts, file: usize, printing: &Printing) -> bool {
    let Some(pair) = facts.input.diff.files.get(file) else { return true };
    let Some(path) = pair.old.as_deref() else { return true };
    let Some(language) = language_of(path) else { return true };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let same = |other: &&String| {
        other.rsplit_once('/').map_or("", |(folder, _)| folder) == folder
            && language_of(other).is_some_and(|other| other.name == language.name)
    };
    facts.base_paths().iter().filter(same).any(|other| {
        let blob = facts.input.base.blob(other);
        blob.and_then(|blob| Source::parse(language, blob.bytes))
            .is_some_and(|source| prints(&source, printing))
    })
}

fn prints(source: &Source, printing: &Printing) -> bool {
    let call = if printing.mark.is_empty() { "(" } else { printing.mark };
    source.tokens.iter().enumerate().any(|(number, token)| {
        token.kind == TokenKind::Word
            && source.text(number + 1) == call.as_bytes()
            && printing.prints.iter().any(|name| ends_with(source, number, name))
            && !source.in_test(token.node as usize)
    })
}

/// Whether a name of one or more parts ends at a token.
fn ends_with(source: &Source, last: usize, name: &str) -> bool {
    name.rsplit('.').enumerate().all(|(at, part)| {
        // Dots stand between the parts.
        last.checked_sub(2 * at).is_some_and(|token| source.text(token) == part.as_bytes())
    })
}

/// The text of an added comment is statements of the language.
fn commented_out(facts: &Facts, change: &Change, printing: &Printing) -> Option<String> {
    let source = facts.view.new_side(change.file)?;
    let comment = facts.view.new_text(change);
    if (source.language.doc_comment)(comment) || comment.starts_with(b"//!") || comment.starts_with(b"/*!") {
        return None;
    }
    let text = String::from_utf8_lossy(comment).into_owned();
    let code: Vec<&str> = text
        .lines()
        .map(|line| {
            line.trim()
                .trim_start_matches("/*")
                .trim_start_matches(source.language.line_comment)
                .trim_end_matches("*/")
                .trim()
        })
        .filter(|line| !line.is_empty())
        .collect();
    // Without marks at the end of statements a line of prose may parse: then it must call or assign.
    let ends = code.last().is_some_and(|line| {
        line.ends_with(';')
            || line.ends_with('}')
            || (language_is_bare(source.language) && line.ends_with(')'))
    });
    if !ends || !parses(source.language, &code.join("\n"), printing, source) {
        return None;
    }
    Some("the comment's text is code".to_owned())
}

/// Whether statements end with their lines.
fn language_is_bare(language: &Language) -> bool {
    language.name == "python"
}

/// At least four tokens, no error, and a name that the file uses elsewhere.
fn parses(language: &'static Language, code: &str, printing: &Printing, file: &Source) -> bool {
    let (before, after) = printing.around;
    let Some(parsed) = Source::parse(language, format!("{before}{code}{after}").into_bytes()) else {
        return false;
    };
    let extra = tokens_in(&parsed, 0..before.len()).len() + 1;
    if parsed.error_count() > 0 || parsed.tokens.len() < extra + 4 {
        return false;
    }
    let known: std::collections::BTreeSet<&str> = file.identifiers().iter().map(|word| word.name).collect();
    let own = parsed.identifiers();
    let punctuated = parsed.tokens.iter().enumerate().any(|(number, token)| {
        token.kind == TokenKind::Punct
            && matches!(parsed.text(number), b"=" | b"." | b"(" | b"::")
            && !parsed.nodes[token.node as usize].is(flag::ERROR)
    });
    punctuated && own.iter().any(|word| word.name != "f" && known.contains(word.name))
}
