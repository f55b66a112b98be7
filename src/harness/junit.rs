//! Reader of JUnit XML, as nextest, pytest, vitest, surefire and gradle write it.
//!
//! In: an XML file, possibly cut off. Out: a [`Reading`]. Ids follow who wrote it: nextest's are those of its text
//! form, pytest's `path/test_x.py::TestA::test[a b]`, vitest's `FILE > suite > title`, all others
//! `CLASSNAME::NAME`. What counts are tags, so whatever a test printed (`system-out`, CDATA, escaped text) is inert.
//!
//! Invariant: a test case whose end is missing has no result.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::text::{self, Log, count};
use super::{Format, Incomplete, ReadContext, Reading, Status, TestResult, nextest};

/// A piece of XML.
#[derive(Debug, PartialEq)]
enum Event {
    Open { name: String, attributes: BTreeMap<String, String>, closed: bool, line: usize },
    Close { name: String },
}

/// Cuts text into tags. Comments, declarations and CDATA are passed over; broken tags are left out.
struct Tags<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Tags<'_> {
    fn skip_to(&mut self, at: usize) {
        self.line += self.text[self.at..at].matches('\n').count();
        self.at = at;
    }

    fn skip_past(&mut self, end: &str) {
        let at = self.text[self.at..].find(end).map_or(self.text.len(), |found| self.at + found + end.len());
        self.skip_to(at);
    }
}

impl Iterator for Tags<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let open = self.at + self.text[self.at..].find('<')?;
            self.skip_to(open);
            let rest = &self.text[open..];
            if rest.starts_with("<!--") {
                self.skip_past("-->");
            } else if rest.starts_with("<![CDATA[") {
                self.skip_past("]]>");
            } else if rest.starts_with("<?") || rest.starts_with("<!") {
                self.skip_past(">");
            } else {
                let line = self.line;
                let Some(end) = tag_end(rest) else {
                    // Not a tag, or one that was cut.
                    self.skip_to(open + 1);
                    continue;
                };
                let inside = &rest[1..end];
                self.skip_to(open + end + 1);
                if let Some(name) = inside.strip_prefix('/') {
                    return Some(Event::Close { name: name.trim().to_owned() });
                }
                let (inside, closed) =
                    inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
                let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
                let (name, attributes) = inside.split_at(name_end);
                if name.chars().next().is_some_and(char::is_alphabetic) {
                    return Some(Event::Open {
                        name: name.to_owned(),
                        attributes: self::attributes(attributes),
                        closed,
                        line,
                    });
                }
            }
        }
    }
}

/// Index of the `>` that ends a tag; quoted ones do not, and no tag holds a `<`.
fn tag_end(text: &str) -> Option<usize> {
    let mut quoted = None;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match (quoted, byte) {
            (Some(mark), _) if byte == mark => quoted = None,
            (None, b'"' | b'\'') => quoted = Some(byte),
            (None, b'>') => return Some(at),
            (_, b'<') => return None,
            _ => {}
        }
    }
    None
}

fn attributes(text: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut rest = text;
    while let Some((name, value)) = rest.split_once('=') {
        let value = value.trim_start();
        let Some(mark) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { break };
        let Some((value, tail)) = value[1..].split_once(mark) else { break };
        out.insert(name.trim().to_owned(), decoded(value).into_owned());
        rest = tail;
    }
    out
}

/// Text with its entities replaced; unknown ones stay as they are.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = after.split_once(';').and_then(|(name, tail)| {
            let c = match name {
                "lt" => '<',
                "gt" => '>',
                "amp" => '&',
                "quot" => '"',
                "apos" => '\'',
                _ => {
                    let code = name.strip_prefix('#')?;
                    let code = match code.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => code.parse().ok()?,
                    };
                    char::from_u32(code)?
                }
            };
            Some((c, tail))
        });
        if let Some((c, tail)) = known {
            out.push(c);
            rest = tail;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// How sure one can be that a log is JUnit XML.
pub fn sniff(log: &Log<'_>) -> f64 {
    let first = log.lines.iter().map(|line| line.text.trim_start()).find(|text| !text.is_empty());
    if first.is_some_and(|text| text.starts_with('<')) {
        let suites = log.lines.iter().take(50).any(|line| line.text.contains("<testsuite"));
        return if suites { 0.97 } else { 0.0 };
    }
    // A file shown amid other output, `cat target/reports/*.xml`: the runner's own text tells as much, where it is known.
    let begins = |text: &str| text.trim_start().starts_with("<testsuite") && text.contains('=');
    let declared = |at: usize| at > 0 && log.text(at - 1).trim_start().starts_with("<?xml");
    let shown = (0..log.lines.len())
        .any(|at| begins(log.text(at)) && (declared(at) || log.text(at).contains("tests=")));
    let inline =
        log.lines.iter().any(|line| line.text.starts_with("<?xml") && line.text.contains("<testsuite"));
    if shown || inline { 0.8 } else { 0.0 }
}

/// Who wrote a suite, where that decides on ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Writer {
    #[default]
    Other,
    /// gotestsum, go-junit-report: the suite is the package.
    Go,
    /// unittest-xml-reporting: the suite is the class and a time.
    Unittest,
    /// mocha-junit-reporter: the name holds the titles of all suites.
    Mocha,
}

/// A suite that is open: what it says of itself, and what was found in it.
struct Suite {
    name: String,
    tests: Option<usize>,
    seen: usize,
    nested: bool,
    line: usize,
    writer: Writer,
}

/// A test case before it has its id.
struct Case {
    suite: String,
    writer: Writer,
    class: String,
    name: String,
    file: Option<String>,
    status: Status,
    seconds: Option<f64>,
    line: usize,
}

/// Reads.
pub fn read(log: &Log<'_>, context: &ReadContext) -> Reading {
    let text = log.lines.iter().map(|line| line.text.as_ref()).collect::<Vec<_>>().join("\n");
    let mut reading = Reading::new(Format::Junit);
    let mut suites: Vec<Suite> = Vec::new();
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<Case> = None;
    let mut by_nextest = false;
    let mut by_mocha = false;
    // Titles of mocha's suites so far.
    let mut titles: BTreeSet<String> = BTreeSet::new();
    for event in (Tags { text: &text, at: 0, line: 0 }) {
        match event {
            Event::Open { name, attributes, closed, line } => {
                let line = log.number(line);
                match name.as_str() {
                    "testsuites" => {
                        let name = attributes.get("name").map(String::as_str);
                        by_nextest |= name == Some("nextest-run");
                        by_mocha = name == Some("Mocha Tests");
                    }
                    "testsuite" if !closed => {
                        if let Some(outer) = suites.last_mut() {
                            outer.nested = true;
                        }
                        let name = attributes.get("name").cloned().unwrap_or_default();
                        if by_mocha {
                            titles.insert(name.clone());
                        }
                        let writer = if by_mocha { Writer::Mocha } else { Writer::Other };
                        suites.push(Suite {
                            writer,
                            name,
                            tests: attributes.get("tests").and_then(|tests| count(tests)),
                            seen: 0,
                            nested: false,
                            line,
                        });
                    }
                    "property" if attributes.get("name").is_some_and(|name| name == "go.version") => {
                        if let Some(suite) = suites.last_mut() {
                            suite.writer = Writer::Go;
                        }
                    }
                    "testcase" => {
                        // A case inside a case: the end of the first is lost.
                        cases.extend(open.take());
                        let case = begin(attributes, suites.last_mut(), line);
                        if let Some(target) = not_begun(&case) {
                            reading.incomplete.push(Incomplete {
                                target: Some(target.clone()),
                                announced: None,
                                seen: 0,
                                line: case.line,
                            });
                            reading.build_failed |= case.suite.contains("_FailedTest");
                            reading.failed_targets.push(target);
                            continue;
                        }
                        if not_built(&case) {
                            reading.build_failed = true;
                            reading.failed_targets.push(case.suite);
                            if let Some(suite) = suites.last_mut() {
                                suite.seen -= 1;
                            }
                            continue;
                        }
                        if closed {
                            cases.push(end(case));
                        } else {
                            open = Some(case);
                        }
                    }
                    _ => {
                        if let (Some(case), Some(status)) = (&mut open, verdict(&name, &attributes)) {
                            let before =
                                if case.status == Status::Unreached { Status::Missing } else { case.status };
                            case.status = before.worst(status);
                        }
                    }
                }
            }
            Event::Close { name } => match name.as_str() {
                "testcase" => cases.extend(open.take().map(end)),
                "testsuite" => {
                    if let Some(suite) = suites.pop()
                        && let Some(tests) = suite
                            .tests
                            .filter(|tests| *tests != suite.seen && !suite.nested && suite.name != "pytest")
                    {
                        let Suite { name, seen, line, .. } = suite;
                        reading
                            .oddities
                            .push(format!("line {line}: {name} tells {tests} tests, {seen} are there"));
                    }
                }
                _ => {}
            },
        }
    }
    // Suites never closed: the file is cut.
    for suite in &suites {
        let target = Some(suite.name.clone()).filter(|_| !by_nextest);
        reading.incomplete.push(Incomplete {
            target,
            announced: suite.tests,
            seen: suite.seen,
            line: suite.line,
        });
    }
    cases.extend(open);
    let ids = ids(&cases, &titles, by_nextest, context);
    for (case, id) in cases.into_iter().zip(ids) {
        let Case { status, line, seconds, .. } = case;
        if id.is_empty() {
            reading.unread.push(text::unread(line, "a test case without a name"));
            continue;
        }
        reading.tests.push(TestResult { id, status, line, seconds, source_line: None });
    }
    reading
}

fn begin(mut attributes: BTreeMap<String, String>, suite: Option<&mut Suite>, line: usize) -> Case {
    let mut take = |name: &str| attributes.remove(name).filter(|value| !value.is_empty());
    let idle = |value: Option<String>| {
        value.is_some_and(|v| matches!(v.as_str(), "notrun" | "disabled" | "skipped"))
    };
    let status =
        if idle(take("status")) || idle(take("result")) { Status::Skipped } else { Status::Unreached };
    let writer = suite.as_deref().map_or(Writer::Other, |suite| suite.writer);
    let seconds = take("time").and_then(|time| time.parse::<f64>().ok()).filter(|time| time.is_finite());
    let suite = suite.map(|suite| {
        suite.seen += 1;
        suite.name.clone()
    });
    Case {
        writer,
        suite: suite.unwrap_or_default(),
        class: take("classname").unwrap_or_default(),
        name: take("name").unwrap_or_default(),
        file: take("file"),
        status,
        seconds,
        line,
    }
}

/// The class or module whose set-up failed, or that could not be imported, as unittest-xml-reporting writes it.
fn not_begun(case: &Case) -> Option<String> {
    if case.suite.starts_with("unittest.loader._FailedTest-") {
        return Some(case.name.clone());
    }
    let place = case.name.strip_prefix("setUpClass (").or_else(|| case.name.strip_prefix("setUpModule ("))?;
    let own = case.suite.starts_with("unittest.suite._ErrorHolder-");
    place.strip_suffix(')').filter(|_| own).map(str::to_owned)
}

/// What gotestsum and go-junit-report write for a package that does not build.
fn not_built(case: &Case) -> bool {
    let whole = case.class.is_empty() && case.name == "TestMain";
    case.writer == Writer::Go && (whole || matches!(case.name.as_str(), "[build failed]" | "[setup failed]"))
}

/// A case that came to its end without anything said against it has passed.
fn end(mut case: Case) -> Case {
    if case.status == Status::Unreached {
        case.status = Status::Passed;
    }
    case
}

/// What an element inside a test case says. Failures of earlier tries (`flakyFailure`, `rerunFailure`) say nothing:
/// where the last try failed too there is a `failure` beside them.
fn verdict(name: &str, attributes: &BTreeMap<String, String>) -> Option<Status> {
    let kind = attributes.get("type").map(String::as_str);
    match name {
        "failure" if kind.is_some_and(|kind| kind.contains("timeout")) => Some(Status::TimedOut),
        "failure" if kind.is_some_and(|kind| kind.contains("abort")) => Some(Status::Errored),
        "failure" => Some(Status::Failed),
        "error" => Some(Status::Errored),
        "skipped" if kind == Some("pytest.xfail") => Some(Status::Xfailed),
        // ctest counts it among the failures.
        "skipped"
            if attributes
                .get("message")
                .is_some_and(|text| text.starts_with("Unable to find executable")) =>
        {
            Some(Status::Errored)
        }
        "skipped" | "disabled" => Some(Status::Skipped),
        _ => None,
    }
}

fn ids(cases: &[Case], titles: &BTreeSet<String>, by_nextest: bool, context: &ReadContext) -> Vec<String> {
    if by_nextest {
        let tests: Vec<(&str, &str)> =
            cases.iter().map(|case| (case.suite.as_str(), case.name.as_str())).collect();
        let paths = nextest::paths(&tests, context);
        return paths.iter().zip(&tests).map(|(path, (_, name))| format!("{path}::{name}")).collect();
    }
    cases.iter().map(|case| id(case, titles)).collect()
}

fn id(case: &Case, titles: &BTreeSet<String>) -> String {
    let Case { suite, class, name, file, .. } = case;
    let writer = match suite.strip_prefix(class.as_str()).and_then(|rest| rest.strip_prefix('-')) {
        Some(time) if time.len() == 14 && count(time).is_some() => Writer::Unittest,
        _ => case.writer,
    };
    match writer {
        Writer::Go => return format!("{suite}::{name}"),
        Writer::Unittest => return format!("{class}::{}", name.split(' ').next().unwrap_or(name)),
        Writer::Mocha => return mocha_path(name, class, titles),
        Writer::Other => {}
    }
    let python =
        file.as_deref().is_some_and(|file| file.to_lowercase().ends_with(".py")) || suite == "pytest";
    if python {
        let (path, classes) = python_place(class, file.as_deref());
        return [path, classes, name.clone()]
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join("::");
    }
    if class.contains('/') || (class == suite && class.contains('.') && name.contains(" > ")) {
        return format!("{class} > {name}");
    }
    let place = if class.is_empty() { suite } else { class };
    if place.is_empty() || place == name { name.clone() } else { format!("{place}::{name}") }
}

/// `outer inner title` as `outer > inner > title`: titles of suites are known from the file.
fn mocha_path(name: &str, title: &str, titles: &BTreeSet<String>) -> String {
    let Some(mut rest) = name.strip_suffix(title).map(str::trim_end) else { return name.to_owned() };
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let ends = std::iter::once(rest.len()).chain(rest.rmatch_indices(' ').map(|(at, _)| at));
        let known = ends.map(|end| &rest[..end]).find(|known| titles.contains(*known));
        let Some(known) = known else {
            parts.push(rest);
            break;
        };
        let (part, tail) = rest.split_at(known.len());
        parts.push(part);
        rest = tail.trim_start();
    }
    parts.push(title);
    parts.join(" > ")
}

/// pytest writes `tests.test_x.TestA` for `tests/test_x.py::TestA`: classes begin with a capital, files do not.
fn python_place(class: &str, file: Option<&str>) -> (String, String) {
    let parts: Vec<&str> = class.split('.').filter(|part| !part.is_empty()).collect();
    let is_class = |part: &&str| part.starts_with(|c: char| c.is_uppercase());
    let split = parts.iter().position(is_class).unwrap_or(parts.len());
    let path = match file {
        Some(file) => file.replace('\\', "/"),
        None if split == 0 => String::new(),
        None => format!("{}.py", parts[..split].join("/")),
    };
    (path, parts[split..].join("::"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::read;

    fn tests(xml: &str) -> Vec<(String, Status)> {
        read(Format::Junit, xml.as_bytes()).tests.into_iter().map(|test| (test.id, test.status)).collect()
    }

    #[test]
    fn who_wrote_it_decides_on_ids() {
        let cases = [
            (
                r#"<testsuite name="pytest"><testcase classname="tests.test_x.TestA" name="test_b[a b - c]" time="0.1"/>"#,
                "tests/test_x.py::TestA::test_b[a b - c]",
            ),
            (
                r#"<testsuite name="s"><testcase classname="test_x" file="a/test_x.py" name="t"/>"#,
                "a/test_x.py::t",
            ),
            (
                r#"<testsuite name="src/a.test.ts"><testcase classname="src/a.test.ts" name="adds &gt; two &amp; three"/>"#,
                "src/a.test.ts > adds > two & three",
            ),
            (r#"<testsuite name="x"><testcase classname="com.x.T" name="m(int)[1]"/>"#, "com.x.T::m(int)[1]"),
            (r#"<testsuite name="suite"><testcase name='it"s'/>"#, "suite::it\"s"),
        ];
        for (xml, expected) in cases {
            assert_eq!(tests(xml), [(expected.to_owned(), Status::Passed)], "{xml}");
        }
    }

    #[test]
    fn elements_decide_on_statuses() {
        let cases = [
            ("<failure message='x &lt; y > z'>text</failure>", Status::Failed),
            ("<error/>", Status::Errored),
            ("<skipped/>", Status::Skipped),
            ("<skipped type=\"pytest.xfail\" message=\"\"/>", Status::Xfailed),
            ("<failure type=\"test timeout\"/>", Status::TimedOut),
            ("<flakyFailure/>", Status::Passed),
            ("<failure/><rerunFailure/>", Status::Failed),
            ("<system-out>&lt;failure/&gt;</system-out>", Status::Passed),
            (
                "<system-out><![CDATA[</testcase><testcase name='fake'/><failure/>]]></system-out>",
                Status::Passed,
            ),
            ("<failure><![CDATA[</failure></testcase><testcase name='fake'/>]]></failure>", Status::Failed),
            ("<!-- <failure/> -->", Status::Passed),
        ];
        for (inside, expected) in cases {
            let xml =
                format!("<testsuite tests='1' name='s'><testcase name='t'>{inside}</testcase></testsuite>");
            assert_eq!(tests(&xml), [("s::t".to_owned(), expected)], "{inside}");
        }
    }

    #[test]
    fn a_file_that_is_cut_has_no_result_for_its_last_test() {
        let xml = "<testsuites><testsuite name='s' tests='3'>\n<testcase name='a'/>\n<testcase name='b'>\n<system-out>o";
        let reading = read(Format::Junit, xml.as_bytes());
        let found: Vec<_> = reading.tests.iter().map(|t| (t.id.as_str(), t.status, t.line)).collect();
        assert_eq!(found, [("s::a", Status::Passed, 2), ("s::b", Status::Unreached, 3)]);
        assert_eq!((reading.incomplete[0].announced, reading.incomplete[0].seen), (Some(3), 2));
    }
}
