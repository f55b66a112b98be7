//! Points of a stream, with the subtests that each stands for.
//!
//! Subtests come before their point, four blanks deeper, or behind it in braces. What a document never closed (a crash,
//! a cut log) takes its names from the `# Subtest:` comments.

use std::collections::{BTreeMap, BTreeSet};

use super::super::script::{Stream, Text, file, indent, is_script};
use super::super::text;
use super::super::{Incomplete, ReadContext, Reading, Status, TestResult};
use super::line;

/// Deepest nesting that is followed.
const DEEPEST: usize = 24;

/// A point of any depth.
#[derive(Debug)]
struct Found {
    depth: usize,
    status: Status,
    title: String,
    group: Option<String>,
    line: usize,
    seconds: Option<f64>,
    /// The point above it.
    parent: Option<usize>,
    children: bool,
    failed_below: bool,
    suite: bool,
}

/// What is known of one depth.
#[derive(Debug, Default, Clone)]
struct Level {
    plan: Option<(usize, usize)>,
    seen: usize,
    last: usize,
    /// Points that wait for the point above them.
    orphans: Vec<usize>,
    /// From a `# Subtest:` comment.
    announced: Option<String>,
    group: Option<String>,
}

#[derive(Default)]
struct Reader {
    found: Vec<Found>,
    /// tape's tests as they were named, with their lines.
    named: Vec<(String, usize)>,
    levels: Vec<Level>,
    braces: Vec<(usize, usize)>,
    versioned: bool,
    subtests: bool,
    bailed: bool,
    /// The last line was a failure or told of one: a comment here explains it.
    explaining: bool,
    numbers: Numbers,
}

/// Where each number stands at each depth, between plans and versions.
#[derive(Default)]
struct Numbers {
    last: BTreeMap<(usize, usize, usize), usize>,
    parts: [usize; DEEPEST],
}

/// What a line is.
enum Event<'l> {
    Version,
    Point(line::Point),
    Plan(usize),
    Comment(&'l str),
    Yaml(&'l str),
    Close,
    Bail,
}

/// A line that is something, with its depth.
struct Item<'l> {
    depth: usize,
    line: Text<'l>,
    event: Event<'l>,
}

/// The lines that are something; of YAML blocks nothing is a point.
fn items<'l>(lines: &[Text<'l>]) -> Vec<Item<'l>> {
    let mut out = Vec::new();
    let mut block: Option<usize> = None;
    for line in lines.iter().copied() {
        let (blanks, rest) = indent(line.text);
        let depth = blanks / 4;
        let trimmed = rest.trim_end();
        if let Some(open) = block {
            let ends = trimmed == "..." && blanks <= open;
            if ends || (blanks < open && !rest.is_empty()) {
                block = None;
            }
            if ends || block.is_some() {
                if !ends {
                    out.push(Item { depth, line, event: Event::Yaml(rest) });
                }
                continue;
            }
        }
        let event = if trimmed == "---" && blanks > 0 {
            block = Some(blanks);
            Event::Yaml("")
        } else if blanks % 4 != 0 || depth >= DEEPEST || rest.is_empty() {
            continue;
        } else if let Some(point) = line::point(rest) {
            Event::Point(point)
        } else if let Some(plan) = line::plan(rest) {
            Event::Plan(plan)
        } else if let Some(comment) = rest.strip_prefix('#') {
            Event::Comment(comment)
        } else if trimmed == "}" {
            Event::Close
        } else if depth == 0 && rest.starts_with("Bail out!") {
            Event::Bail
        } else if depth == 0 && line::version(rest) {
            Event::Version
        } else {
            continue;
        };
        out.push(Item { depth, line, event });
    }
    out
}

/// Reads a stream.
pub fn read(reading: &mut Reading, stream: &Stream<'_>, last: usize, context: &ReadContext) {
    let items = items(&stream.lines);
    let mut numbers = Numbers::default();
    for (at, item) in items.iter().enumerate() {
        if let Event::Point(line::Point { number: Some(number), .. }) = &item.event {
            numbers.last.insert((item.depth, numbers.parts[item.depth], *number), at);
        }
        numbers.pass(item);
    }
    numbers.parts = [0; DEEPEST];
    let mut reader = Reader { numbers, ..Reader::default() };
    for (at, item) in items.into_iter().enumerate() {
        let number = item.line.number;
        let depth = item.depth;
        match &item.event {
            Event::Point(_) | Event::Close => {}
            Event::Version => {
                if reader.levels.first().is_some_and(|level| level.seen > 0) {
                    reader.settle(reading, last, context);
                    reader = Reader { numbers: std::mem::take(&mut reader.numbers), ..Reader::default() };
                }
                reader.versioned = true;
            }
            Event::Plan(plan) => {
                reader.level(depth).plan = Some((*plan, number));
                reader.explaining = false;
            }
            Event::Comment(comment) => reader.comment(depth, number, comment),
            Event::Yaml(rest) => reader.yaml(rest),
            Event::Bail => reader.bail(reading, number, item.line.text),
        }
        let wanted = match &item.event {
            Event::Point(point) => reader.is_due(at, depth, point),
            _ => false,
        };
        reader.numbers.pass(&item);
        match item.event {
            Event::Point(point) if wanted => reader.point(reading, number, depth, point),
            Event::Point(_) => reading.unread.push(text::unread(number, item.line.text)),
            Event::Close => reader.braces.retain(|(open, _)| *open < depth),
            _ => {}
        }
    }
    reader.settle(reading, last, context);
}

impl Numbers {
    /// Goes on: a plan ends a part of its depth, a point the parts below it, a version all.
    fn pass(&mut self, item: &Item<'_>) {
        let from = match item.event {
            Event::Version => 0,
            Event::Point(_) => item.depth + 1,
            Event::Plan(_) => item.depth,
            _ => return,
        };
        let to = if matches!(item.event, Event::Plan(_)) { from + 1 } else { DEEPEST };
        for part in self.parts.iter_mut().take(to).skip(from) {
            *part += 1;
        }
    }

    /// Whether a point with this number still comes in this part of the document.
    fn comes(&self, depth: usize, number: usize, at: usize) -> bool {
        self.last.get(&(depth, self.parts[depth], number)).is_some_and(|last| *last > at)
    }
}

impl Reader {
    fn level(&mut self, depth: usize) -> &mut Level {
        if self.levels.len() <= depth {
            self.levels.resize(depth + 1, Level::default());
        }
        &mut self.levels[depth]
    }

    fn bail(&mut self, reading: &mut Reading, number: usize, text: &str) {
        self.bailed = true;
        let seen = self.levels.first().map_or(0, |level| level.seen);
        reading.oddities.push(format!("line {number}: {}", text.chars().take(120).collect::<String>()));
        let announced = self.levels.first().and_then(|level| level.plan).map(|(plan, _)| plan);
        reading.incomplete.push(Incomplete { target: None, announced, seen, line: number });
    }

    /// Whether a point is one, and not a test's text that looks like one: such an `ok` is out of turn while the number
    /// due still comes. mocha gives a failed hook and the test behind it one number.
    fn is_due(&mut self, at: usize, depth: usize, point: &line::Point) -> bool {
        let explaining = self.explaining;
        let level = self.level(depth);
        let due = level.last + 1;
        let again = explaining && point.number == Some(level.last);
        let Some(own) = point.number.filter(|_| point.status == Status::Passed && !again) else {
            return true;
        };
        own == due || !self.numbers.comes(depth, due, at)
    }

    fn comment(&mut self, depth: usize, number: usize, comment: &str) {
        if let Some(name) = comment.strip_prefix(" Subtest: ") {
            self.subtests = true;
            self.level(depth).announced = Some(line::unescaped(name));
            return;
        }
        // tape: one word of hash and blank, then the name of a test. Behind a failure a comment explains it.
        let Some(name) = comment.strip_prefix(' ') else { return };
        if depth > 0 || self.explaining || self.subtests || !self.versioned {
            return;
        }
        let summary = ["tests ", "pass ", "fail ", "ok", "time=", "skip", "todo ", "failed "];
        if !name.starts_with(' ') && !name.is_empty() && !summary.iter().any(|word| name.starts_with(word)) {
            self.level(0).group = Some(name.to_owned());
            self.named.push((name.to_owned(), number));
        }
    }

    fn yaml(&mut self, rest: &str) {
        self.explaining = false;
        let Some(found) = self.found.last_mut() else { return };
        if let Some(time) = rest.strip_prefix("duration_ms: ") {
            found.seconds = time.trim().parse::<f64>().ok().map(|ms| ms / 1000.0).filter(|s| s.is_finite());
        } else if matches!(rest.trim_end(), "type: 'suite'" | "type: \"suite\"" | "type: suite") {
            found.suite = true;
        } else if rest.trim_end() == "failureType: 'testTimeoutFailure'" && found.status == Status::Failed {
            found.status = Status::TimedOut;
        }
    }

    fn point(&mut self, reading: &mut Reading, number: usize, depth: usize, point: line::Point) {
        let due = self.level(depth).last + 1;
        // Where subtests are announced, other comments are what tests print.
        let named = !self.subtests;
        let level = self.level(depth);
        level.last = point.number.unwrap_or(due);
        level.seen += 1;
        // A point that was cut off still has the name that was announced for it.
        let title = match level.announced.take() {
            Some(whole) if whole.starts_with(&point.title) => whole,
            _ => point.title,
        };
        let group = level.group.clone().filter(|group| *group != title && depth == 0 && named);
        let index = self.found.len();
        let mut children = false;
        let mut failed_below = false;
        for below in depth + 1..self.levels.len() {
            for orphan in std::mem::take(&mut self.levels[below].orphans) {
                let child = &mut self.found[orphan];
                child.parent.get_or_insert(index);
                children = true;
                failed_below |=
                    child.failed_below || matches!(child.status, Status::Failed | Status::TimedOut);
            }
        }
        self.close(reading, depth + 1, number, &title);
        let parent = self.braces.iter().rev().find(|(open, _)| *open < depth).map(|(_, parent)| *parent);
        self.explaining = matches!(point.status, Status::Failed | Status::Xfailed);
        self.found.push(Found {
            depth,
            status: point.status,
            title,
            group,
            line: number,
            seconds: point.seconds,
            parent,
            children,
            failed_below,
            suite: false,
        });
        if depth > 0 && parent.is_none() {
            self.levels[depth].orphans.push(index);
        }
        if let Some(parent) = parent.and_then(|parent| self.found.get_mut(parent)) {
            parent.children = true;
        }
        if point.brace {
            self.braces.push((depth, index));
        }
    }

    /// Ends the documents from a depth on: plans against points.
    fn close(&mut self, reading: &mut Reading, from: usize, line: usize, name: &str) {
        for level in self.levels.iter_mut().skip(from) {
            let Level { plan, seen, .. } = std::mem::take(level);
            let Some((plan, _)) = plan else { continue };
            if seen < plan {
                let (target, announced) = (None, Some(plan));
                reading.incomplete.push(Incomplete { target, announced, seen, line });
            } else if seen > plan {
                reading.oddities.push(format!("line {line}: {name} plans {plan} tests, {seen} were printed"));
            }
        }
    }

    /// Suites above a point and its own title.
    fn id(&self, at: usize, names: &[Option<String>], context: &ReadContext) -> String {
        let mut parts = Vec::new();
        let mut next = Some(at);
        let mut top = 0;
        while let Some(found) = next.and_then(|at| self.found.get(at)).filter(|_| parts.len() <= DEEPEST) {
            parts.push(found.title.clone());
            parts.extend(found.group.clone());
            top = found.depth;
            next = found.parent;
        }
        parts.extend(names.iter().take(top).rev().flatten().cloned());
        parts.reverse();
        if let Some(first) = parts.first_mut().filter(|first| names_file(first)) {
            *first = file(first, context);
        }
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() { "(no title)".to_owned() } else { parts.join(" > ") }
    }

    fn settle(&mut self, reading: &mut Reading, last: usize, context: &ReadContext) {
        let names: Vec<Option<String>> = self.levels.iter().map(|level| level.announced.clone()).collect();
        let (seen, plan) = self.levels.first().map_or((0, None), |level| (level.seen, level.plan));
        let line = self.found.first().map_or(1, |found| found.line);
        let begun = !self.found.is_empty() || names.iter().any(Option::is_some);
        match plan {
            Some((plan, line)) if seen < plan => {
                reading.incomplete.push(Incomplete { target: None, announced: Some(plan), seen, line });
            }
            Some((plan, line)) if seen > plan => {
                reading.oddities.push(format!("line {line}: the plan is {plan}, {seen} were printed"));
            }
            None if begun && !self.bailed => {
                reading.incomplete.push(Incomplete { target: None, announced: None, seen, line });
            }
            _ => {}
        }
        let ended = plan.is_some_and(|(plan, _)| seen >= plan);
        for at in 0..self.found.len() {
            let id = self.id(at, &names, context);
            let found = &self.found[at];
            let fails = matches!(found.status, Status::Failed | Status::TimedOut);
            let whole = found.depth == 0 && fails && !found.children && names_file(&found.title);
            if whole {
                if !reading.failed_targets.contains(&id) {
                    reading.failed_targets.push(id.clone());
                }
                let target = Some(id.clone());
                reading.incomplete.push(Incomplete { target, announced: None, seen: 0, line: found.line });
            }
            // A suite of node's runner is no test, unless it failed by itself. At the end of a cut log one cannot know.
            let suite = found.suite || (self.subtests && !ended && !fails && at + 1 == self.found.len());
            if suite && found.children && (!fails || found.failed_below) {
                continue;
            }
            let Found { mut status, line, seconds, .. } = *found;
            if whole {
                status = Status::Errored;
            }
            if !ended && line >= last && !fails {
                reading.unread.push(text::unread(line, &id));
                status = Status::Unreached;
            }
            reading.tests.push(TestResult { id, status, line, seconds, source_line: None });
        }
        self.groups(reading, ended);
    }

    /// tape's own tests, which its points are the assertions of: as bad as the worst of them.
    fn groups(&self, reading: &mut Reading, ended: bool) {
        let mut groups: BTreeMap<&str, (Status, usize)> = BTreeMap::new();
        let mut last = None;
        for found in &self.found {
            let Some(group) = found.group.as_deref() else { continue };
            let entry = groups.entry(group).or_insert((found.status, found.line));
            // An assertion that is left out says nothing of the others.
            let first = entry.0 == Status::Skipped && found.status != Status::Skipped;
            if first || (found.status != Status::Skipped && entry.0.worst(found.status) != entry.0) {
                *entry = (found.status, found.line);
            }
            last = Some(group);
        }
        // A test that holds only tests has no assertion of its own; at the end of a cut log one cannot know.
        let bare = self.named.iter().filter(|_| !groups.is_empty());
        let bare: Vec<_> = bare.filter(|(name, _)| !groups.contains_key(name.as_str())).collect();
        for (name, line) in bare {
            groups.insert(name, (Status::Passed, *line));
        }
        if let Some((name, _)) = self.named.last() {
            last = last.map(|_| name.as_str());
        }
        // What a crash cut off may have had more to say.
        if let (false, Some(entry)) = (ended, last.and_then(|last| groups.get_mut(last))) {
            entry.0 = entry.0.worst(Status::Unreached);
        }
        let known: BTreeSet<&str> = reading.tests.iter().map(|test| test.id.as_str()).collect();
        let new: Vec<TestResult> = groups
            .into_iter()
            .filter(|(group, _)| !known.contains(group))
            .map(|(group, (status, line))| TestResult {
                id: group.to_owned(),
                status,
                line,
                seconds: None,
                source_line: None,
            })
            .collect();
        reading.tests.extend(new);
    }
}

/// Whether a title is a file's path.
fn names_file(title: &str) -> bool {
    is_script(title) && title.contains('/') && !title.contains(' ')
}
