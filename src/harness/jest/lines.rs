//! jest's text as runs of files.
//!
//! ```text
//! FAIL src/a.test.js (5.2 s)        a file; its tests follow at once, up to the first blank line
//!   suite
//!     ✓ title (5 ms)
//!   ● suite › title                 its failures, the only tests that terse text names
//! Test Suites: 1 failed, 1 total    the end of a run
//! ```
//!
//! jest writes a file's lines when the file has ended, so what tests print stands between such blocks, never inside.

use super::super::Status;
use super::super::script::run::{File, Run, Test, Told, package};
use super::super::script::{Stream, Text, counts, indent, is_script, seconds, timed};

/// `PASS src/a.test.js (5.2 s)`, with a project's name in front of the file or not.
pub fn header(text: &str) -> Option<(bool, &str, Option<f64>)> {
    let text = text.strip_prefix(' ').unwrap_or(text);
    let (passed, rest) = match (text.strip_prefix("PASS "), text.strip_prefix("FAIL ")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return None,
    };
    let mut rest = rest.trim();
    let mut time = None;
    while let Some(inside) = rest.strip_suffix(')')
        && let Some(at) = inside.rfind(" (")
    {
        let inside = &inside[at + 2..];
        let duration = inside.split(", ").next().and_then(seconds);
        if duration.is_none() && !inside.ends_with("heap size") {
            break;
        }
        time = duration.or(time);
        rest = rest[..at].trim_end();
    }
    // vitest prints such lines too, with a test or a bracket behind the file.
    if rest.contains(" > ") || rest.contains(" [ ") {
        return None;
    }
    // A name of a project is one word; a folder with blanks stays with its file.
    let path = match rest.split_once(' ') {
        Some((project, path)) if !project.contains('/') => path.trim_start(),
        _ => rest,
    };
    is_script(path).then_some((passed, path, time))
}

/// What is being read.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Between blocks.
    Outside,
    /// In the tree of a file's tests.
    Tree,
    /// Below it, where failures are told.
    Failures,
}

/// Reads a stream.
pub fn runs(stream: &Stream<'_>) -> Vec<Run> {
    let mut out = Vec::new();
    let mut run = Run::default();
    let mut current = None;
    let mut place = Place::Outside;
    let mut suites: Vec<&str> = Vec::new();
    let mut files = None;
    let mut again = false;
    for Text { number, text } in stream.lines.iter().copied() {
        current = package(stream, text, current);
        if let Some((passed, path, seconds)) = header(text).filter(|_| !again) {
            if run.files.is_empty() {
                run.line = number;
                run.package = current.map(str::to_owned);
            }
            close(&mut run);
            let status = if passed { Status::Passed } else { Status::Failed };
            let (path, tests) = (path.to_owned(), Vec::new());
            run.files.push(File { path, status, seconds, line: number, tests, broken: false, quiet: true });
            place = Place::Tree;
            suites.clear();
        } else if text.starts_with("Summary of all failing tests") {
            // Everything is told a second time.
            again = true;
            place = Place::Outside;
        } else if let Some(rest) = text.strip_prefix("Test Suites: ") {
            files = files_told(rest);
        } else if let Some(rest) = text.strip_prefix("Tests: ").filter(|rest| rest.contains(" total")) {
            run.told = Some(Told { files, line: number, ..told(rest) });
            close(&mut run);
            out.push(std::mem::take(&mut run));
            (place, again, files) = (Place::Outside, false, None);
        } else if place == Place::Tree && tree(&mut run, &mut suites, number, text) {
        } else if place != Place::Outside {
            place = Place::Failures;
            failure(&mut run, number, text);
        }
    }
    close(&mut run);
    if !run.files.is_empty() {
        out.push(run);
    }
    out
}

/// A line of a file's tree; false where the tree has ended.
fn tree<'l>(run: &mut Run, suites: &mut Vec<&'l str>, number: usize, text: &'l str) -> bool {
    let (depth, rest) = indent(text);
    // Some package managers leave blank lines out: what is printed next then follows at once.
    let printed = depth == 2 && rest.strip_prefix("console.").is_some_and(|kind| !kind.contains(' '));
    if depth < 2 || depth % 2 == 1 || rest.is_empty() || rest.starts_with("● ") || printed {
        return false;
    }
    let level = depth / 2 - 1;
    if level > suites.len() {
        return false;
    }
    suites.truncate(level);
    let Some(file) = run.files.last_mut() else { return false };
    let Some((mark, title)) = rest.split_once(' ') else {
        suites.push(rest);
        return true;
    };
    let status = match mark {
        "✓" | "√" => Status::Passed,
        "✕" | "×" => Status::Failed,
        "○" | "✎" => Status::Skipped,
        _ => {
            suites.push(rest);
            return true;
        }
    };
    let title = match mark {
        "○" => title.strip_prefix("skipped ").unwrap_or(title),
        "✎" => title.strip_prefix("todo ").unwrap_or(title),
        _ => title,
    };
    let (title, seconds) = if status == Status::Skipped { (title, None) } else { timed(title) };
    let title = suites.iter().copied().chain([title]).collect::<Vec<_>>().join(" > ");
    file.tests.push(Test { title, status, seconds, line: number });
    file.quiet = false;
    true
}

/// Headings that name no test.
const NO_TESTS: &[&str] =
    &["Console", "Cannot log after tests are done. Did you forget to wait for something async in your test?"];

/// A line below a file's tree.
fn failure(run: &mut Run, number: usize, text: &str) {
    let Some(heading) = text.strip_prefix("  ● ") else { return };
    let Some(file) = run.files.last_mut().filter(|file| file.status == Status::Failed) else { return };
    if heading == "Test suite failed to run" {
        file.broken = true;
    } else if file.quiet && !NO_TESTS.contains(&heading) {
        let title = heading.replace(" › ", " > ");
        if file.tests.iter().all(|test| test.title != title) {
            file.tests.push(Test { title, status: Status::Failed, seconds: None, line: number });
        }
    }
}

/// Ends the last file: of one that could not be run and names no test there is nothing more to say.
fn close(run: &mut Run) {
    if let Some(file) = run.files.last_mut()
        && file.broken
        && file.tests.is_empty()
    {
        file.quiet = false;
    }
}

fn told(rest: &str) -> Told {
    let mut told = Told::default();
    for (number, word) in counts(rest) {
        match word {
            "passed" => told.passed = number,
            "failed" => told.failed = number,
            "total" => told.total = number,
            _ => {}
        }
    }
    told
}

/// `1 failed, 1 of 10 total`, where a run was stopped early.
fn files_told(rest: &str) -> Option<(usize, usize)> {
    let (run, all) = rest.rsplit(", ").next()?.strip_suffix(" total")?.split_once(" of ")?;
    Some((super::super::text::count(run)?, super::super::text::count(all)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let cases = [
            ("PASS src/a.test.js", Some((true, "src/a.test.js", None))),
            ("FAIL src/a.test.ts (5.25 s)", Some((false, "src/a.test.ts", Some(5.25)))),
            ("PASS a.js (5 s, 30 MB heap size)", Some((true, "a.js", Some(5.0)))),
            ("PASS a.js (5 s) (30 MB heap size)", Some((true, "a.js", Some(5.0)))),
            (" PASS  unit  src/a.test.js", Some((true, "src/a.test.js", None))),
            ("PASS unit src/a b.test.js", Some((true, "src/a b.test.js", None))),
            ("PASS src/a b.test.js", Some((true, "src/a b.test.js", None))),
            (" FAIL  src/a.test.js > suite > x.js", None),
            (" FAIL  src/a.test.js [ src/a.test.js ]", None),
            ("PASS", None),
            ("PASS everything", None),
            ("  PASS src/a.test.js", None),
        ];
        for (text, expected) in cases {
            assert_eq!(header(text), expected, "{text}");
        }
    }
}
