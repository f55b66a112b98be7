//! A cargo log as blocks: one for each test program that announced its tests.
//!
//! In: lines. Out: headers in order, blocks with their results, cargo's own errors. Which header belongs to which
//! block, and what the tests are called, is decided afterwards ([`super::target`]).
//!
//! Captured output of tests is free text: between `failures:` and the summary nothing is read but the final list of
//! names. Outside of it a summary counts only if it adds up to what was announced.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::text::{self, Log};
use super::super::{Status, Unread};
use super::block::{Block, Entry, doc, dots};
use super::libtest;
use super::line::{self, Error, Header, Summary};

/// All that a log holds.
#[derive(Debug, Default, PartialEq)]
pub struct Scan<'l> {
    /// Headers, with the number of blocks before each.
    pub headers: Vec<(Header, usize)>,
    /// Blocks in order.
    pub blocks: Vec<Block<'l>>,
    /// Targets that did not compile.
    pub failed_targets: Vec<String>,
    /// Some error came before any test program was run.
    pub early_error: bool,
    /// Lines that look like results and belong nowhere.
    pub unread: Vec<Unread>,
    /// Contradictions.
    pub oddities: Vec<String>,
}

/// What was found in lines of a log.
pub struct Scanned<'l> {
    /// All that they hold.
    pub scan: Scan<'l>,
    /// Nothing was open behind the last of them, and nothing behind them was read as part of them: a scan from there
    /// knows as much as one that goes on.
    pub closed: bool,
}

/// Scans lines of a log; what stands behind them is looked at where they do not end by themselves.
pub fn scan_range<'l>(log: &'l Log<'_>, range: Range<usize>) -> Scanned<'l> {
    // Looking ahead for the end of a section is bounded as a whole, so that hostile logs stay linear.
    let budget = 30 * range.len() + 1000;
    let mut scanner = Scanner { log, at: range.start, open: None, out: Scan::default(), budget };
    while scanner.at < range.end {
        scanner.step(log.text(scanner.at));
        scanner.at += 1;
    }
    let blocks = scanner.out.blocks.len();
    let served = scanner.out.headers.last().is_none_or(|(_, before)| *before < blocks);
    let closed = scanner.at == range.end && scanner.open.is_none() && scanner.budget > 0 && served;
    scanner.close(None, false);
    Scanned { scan: scanner.out, closed }
}

struct Scanner<'l, 'a> {
    log: &'l Log<'a>,
    at: usize,
    open: Option<Block<'l>>,
    out: Scan<'l>,
    budget: usize,
}

impl<'l> Scanner<'l, '_> {
    fn number(&self) -> usize {
        self.log.number(self.at)
    }

    fn step(&mut self, text: &'l str) {
        // Most lines of a long log are printed text: the first byte tells which of them can be more.
        match text.as_bytes().first() {
            None => return,
            Some(b't' | b'r' | b'e' | b'f' | b's' | b' ' | b'R' | b'D') => {}
            Some(b'{') => {
                if let Some(event) = libtest::event(text) {
                    return self.event(event);
                }
                if libtest::is_event(text) {
                    self.out.unread.push(text::unread(self.number(), text));
                }
                return self.inside(text);
            }
            Some(_) => return self.inside(text),
        }
        if let Some(summary) = line::summary(text) {
            self.summary(text, summary);
        } else if let Some((name, rest)) = line::test(text) {
            self.test(text, name, rest);
        } else if let Some(announced) = line::running(text) {
            self.close(None, true);
            self.open = Some(self.new_block(Some(announced)));
        } else if let Some((header, rest)) = line::header(text) {
            self.header(header, rest);
        } else if let Some(error) = line::error(text) {
            self.error(error);
        } else if matches!(text, "failures:" | "successes:") && self.begins_section() {
            self.section();
        } else {
            self.inside(text);
        }
    }

    /// An event of `--format json`.
    fn event(&mut self, event: libtest::Event) {
        let (index, number) = (self.at, self.number());
        match event {
            libtest::Event::Announced(tests) => {
                self.close(None, true);
                self.open = Some(self.new_block(Some(tests)));
            }
            libtest::Event::Begun(name) => {
                if let Some(block) = &mut self.open {
                    block.pending.push((name.into(), index, number));
                }
            }
            libtest::Event::Result(name, status, seconds) => {
                if self.open.is_none() {
                    self.open = Some(self.new_block(None));
                }
                if let Some(block) = &mut self.open
                    && let Some(at) = block.pending.iter().position(|(pending, _, _)| *pending == name)
                {
                    block.pending.remove(at);
                }
                let name = line::without_kind(&name).to_owned();
                self.entry(name.into(), status, seconds);
            }
            libtest::Event::Ended(summary) => self.close(Some(summary), true),
        }
    }

    fn new_block(&self, announced: Option<usize>) -> Block<'l> {
        Block { line: self.number(), announced, headers_before: self.out.headers.len(), ..Block::default() }
    }

    fn header(&mut self, header: Header, rest: &'l str) {
        // A program whose announcement was lost ends where cargo says that it failed; the next one is not it.
        if self.open.as_ref().is_some_and(|block| block.announced.is_none() && block.rerun.is_some()) {
            self.close(None, true);
        }
        let before = self.out.blocks.len() + usize::from(self.open.is_some());
        // A header that comes late lies inside its own block: one that has none yet, with no announcement following.
        let own = self.out.headers.last().is_some_and(|(_, before)| *before == self.out.blocks.len());
        let announced = (self.at + 1..self.log.lines.len())
            .map(|at| self.log.text(at))
            .find(|text| !text.is_empty())
            .is_some_and(|text| line::running(text).is_some());
        if let Some(block) = &mut self.open
            && block.announced.is_some()
            && !own
            && !announced
        {
            block.headers_before += 1;
        }
        self.out.headers.push((header, before));
        let rest = rest.trim();
        if line::running(rest).is_some() || line::test(rest).is_some() {
            self.step(rest);
        }
    }

    fn error(&mut self, error: Error) {
        match error {
            Error::Build(target) => {
                if !self.out.failed_targets.contains(&target) {
                    self.out.failed_targets.push(target);
                }
            }
            Error::Rerun(how) => {
                if let Some(block) = self.open.as_mut().or_else(|| self.out.blocks.last_mut()) {
                    block.rerun.get_or_insert(how);
                }
            }
            Error::Other => self.out.early_error |= self.out.headers.is_empty() && self.out.blocks.is_empty(),
        }
    }

    fn test(&mut self, text: &str, name: &'l str, rest: &'l str) {
        if self.open.is_none() {
            // A log whose head is cut off, or a program without libtest's announcement: only where no block has been
            // closed since the last header, else it is some test's printed text.
            let fresh = self.out.blocks.is_empty()
                || self.out.headers.last().is_some_and(|(_, before)| *before == self.out.blocks.len());
            if !fresh {
                self.out.unread.push(text::unread(self.number(), text));
                return;
            }
            self.open = Some(self.new_block(None));
        }
        self.settle_pending();
        if let Some((status, seconds)) = line::result(rest) {
            self.entry(name.into(), status, seconds);
            return;
        }
        for (word, status) in
            [("ok", Status::Passed), ("FAILED", Status::Failed), ("ignored", Status::Skipped)]
        {
            if let Some(tail) = rest.strip_prefix(word)
                && (line::header(tail).is_some()
                    || line::running(tail).is_some()
                    || line::error(tail).is_some())
            {
                self.entry(name.into(), status, None);
                self.step(tail);
                return;
            }
        }
        let (index, number) = (self.at, self.number());
        if let Some(block) = &mut self.open {
            block.pending.push((name.into(), index, number));
        }
        let rest = rest.trim_start();
        if line::header(rest).is_some() || line::error(rest).is_some() {
            self.step(rest);
        }
    }

    fn entry(&mut self, name: Cow<'l, str>, status: Status, seconds: Option<f64>) {
        let entry = Entry { doc: doc(&name), name, status, line: self.number(), seconds };
        if let Some(block) = &mut self.open {
            block.entries.push(entry);
        }
    }

    /// With one thread and `--nocapture` a test's result stands at the end of the last line before the next test.
    fn settle_pending(&mut self) {
        let before = self.at.checked_sub(1).map(|at| self.log.text(at).trim_end());
        let number = self.log.number(self.at.saturating_sub(1));
        let Some(block) = &mut self.open else { return };
        let Some((name, index, _)) = block.pending.last().cloned() else { return };
        let Some(text) = before.filter(|_| self.at > index) else { return };
        // A line with a test and a result of its own says nothing of another test.
        if line::test(text).is_some_and(|(_, rest)| line::result(rest).is_some()) {
            return;
        }
        let status = if text.ends_with("ok") {
            Status::Passed
        } else if text.ends_with("FAILED") {
            Status::Failed
        } else {
            return;
        };
        let entry = Entry { doc: doc(&name), name, status, line: number, seconds: None };
        block.pending.pop();
        block.entries.push(entry);
    }

    /// Any other line while a block is open.
    fn inside(&mut self, text: &'l str) {
        let number = self.number();
        let Some(block) = &mut self.open else { return };
        if let Some((status, seconds)) = line::result(text) {
            match block.pending.pop() {
                Some((name, _, _)) => {
                    block.entries.push(Entry { doc: doc(&name), name, status, line: number, seconds });
                }
                None => self.out.unread.push(text::unread(number, text)),
            }
        } else if let Some(name) = text.strip_suffix(" --- FAILED") {
            let name = line::without_kind(name.trim());
            if !name.is_empty() {
                block.dots += 1;
                let entry = Entry {
                    doc: doc(name),
                    name: name.into(),
                    status: Status::Failed,
                    line: number,
                    seconds: None,
                };
                block.entries.push(entry);
            }
        } else if let Some(dots) = dots(text) {
            block.dots += dots;
        } else if block.pending.is_empty()
            && memchr::memmem::find(text.as_bytes(), b" ... ").is_some()
            && let Some(at) = text.rfind("test ")
            && let Some((name, rest)) = line::test(&text[at..])
            && let Some((status, seconds)) = line::result(rest)
            && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':')
        {
            block.glued.push(Entry { name: name.into(), doc: None, status, line: number, seconds });
        }
    }

    fn summary(&mut self, text: &str, summary: Summary) {
        self.settle_pending();
        match &self.open {
            Some(block) if block.announced.is_none_or(|announced| announced == summary.total()) => {
                self.close(Some(summary), true);
            }
            Some(_) => {
                self.out.oddities.push(format!(
                    "line {}: a summary that does not add up to what was announced",
                    self.number()
                ));
            }
            None => {
                self.out.oddities.push(format!("line {}: a summary without a test program", self.number()));
                self.out.unread.push(text::unread(self.number(), text));
            }
        }
    }

    /// Whether a line `failures:` ends the results: all are there, or what follows looks like it.
    fn begins_section(&mut self) -> bool {
        let Some(block) = &self.open else { return false };
        let cost = block.entries.len();
        if self.budget <= cost {
            return false;
        }
        self.budget -= cost;
        let seen = block.seen();
        if block
            .announced
            .is_some_and(|announced| seen + block.glued.len() + block.pending.len() >= announced)
        {
            return true;
        }
        let next =
            (self.at + 1..self.log.lines.len()).map(|at| self.log.text(at)).find(|text| !text.is_empty());
        next.is_none_or(|text| {
            text.starts_with("---- ") && text.ends_with(" stdout ----")
                || text
                    .strip_prefix("    ")
                    .is_some_and(|name| block.entries.iter().any(|entry| entry.name == name))
        })
    }

    /// Skips captured output up to the summary that belongs to the open block.
    fn section(&mut self) {
        self.settle_pending();
        let Some(block) = &self.open else { return };
        let known: BTreeSet<Cow<'l, str>> = block
            .entries
            .iter()
            .filter(|entry| entry.status == Status::Failed)
            .map(|entry| entry.name.clone())
            .collect();
        let announced = block.announced;
        let mut loose = None;
        let mut exact = None;
        for at in self.at + 1..self.log.lines.len() {
            if self.budget == 0 {
                break;
            }
            self.budget -= 1;
            let Some(summary) = line::summary(self.log.text(at)) else { continue };
            if announced.is_some_and(|announced| announced != summary.total()) {
                continue;
            }
            let names = self.names_above(at);
            let listed: BTreeSet<Cow<'l, str>> = names.iter().map(|(name, _)| (*name).into()).collect();
            let covers = known.is_subset(&listed);
            if names.len() == summary.failed && covers && (known.len() == names.len() || block.dots > 0) {
                exact = Some((at, summary, names));
                break;
            }
            let related = known.is_empty() || !known.is_disjoint(&listed);
            if loose.is_none() && related {
                loose = Some((at, summary, names));
            }
        }
        if let Some((at, summary, names)) = exact.or(loose) {
            self.list_failures(names);
            self.at = at;
            self.close(Some(summary), true);
            return;
        }
        // No summary: the log is damaged or cut. The final list alone ends the section too; without it all that follows
        // may be captured output, so nothing of it counts.
        let end = (self.at + 1..self.log.lines.len()).find_map(|at| self.end_of_list(at, &known));
        if end.is_none()
            && let Some(block) = &mut self.open
        {
            block.swallowed = true;
        }
        self.at = end.unwrap_or(self.log.lines.len());
        self.close(None, end.is_some());
    }

    /// The last line of a list of exactly these failures that begins here.
    fn end_of_list(&self, at: usize, known: &BTreeSet<Cow<'l, str>>) -> Option<usize> {
        if self.log.text(at) != "failures:" || known.is_empty() {
            return None;
        }
        let names: BTreeSet<&str> = (at + 1..self.log.lines.len())
            .map_while(|at| self.log.text(at).strip_prefix("    "))
            .take(known.len() + 1)
            .map(str::trim)
            .collect();
        let same = names.len() == known.len() && known.iter().all(|name| names.contains(&**name));
        same.then_some(at + known.len())
    }

    /// The names between the last `failures:` and a summary, each with the number of its line.
    fn names_above(&self, summary: usize) -> Vec<(&'l str, usize)> {
        let mut names = Vec::new();
        let mut at = summary;
        while at > self.at {
            at -= 1;
            let text = self.log.text(at);
            if text.is_empty() && names.is_empty() {
                continue;
            }
            if text == "failures:" {
                names.reverse();
                return names;
            }
            match text.strip_prefix("    ") {
                Some(name) if !name.trim().is_empty() => {
                    names.push((line::without_kind(name.trim()), self.log.number(at)));
                }
                _ => break,
            }
        }
        Vec::new()
    }

    /// The final list of failures tells what quiet output and damaged lines did not.
    fn list_failures(&mut self, names: Vec<(&'l str, usize)>) {
        let Some(block) = &mut self.open else { return };
        let listed: BTreeSet<u64> = names.iter().map(|(name, _)| text::hash(name)).collect();
        let mut known: BTreeMap<Cow<'l, str>, Status> = BTreeMap::new();
        for entry in block.entries.iter().filter(|entry| listed.contains(&text::hash(&entry.name))) {
            known
                .entry(entry.name.clone())
                .and_modify(|s| *s = s.worst(entry.status))
                .or_insert(entry.status);
        }
        for (name, line) in names {
            match known.get(name) {
                Some(Status::Failed | Status::TimedOut | Status::Errored) => continue,
                Some(_) => self
                    .out
                    .oddities
                    .push(format!("line {line}: {name} is listed as failed, but was printed otherwise")),
                None => {}
            }
            block.pending.retain(|(pending, _, _)| *pending != name);
            block.entries.push(Entry {
                doc: doc(name),
                name: name.into(),
                status: Status::Failed,
                line,
                seconds: None,
            });
        }
    }

    /// Ends the open block. `ended`: its program is known to have ended, as opposed to a log that stops.
    fn close(&mut self, summary: Option<Summary>, ended: bool) {
        if summary.is_none() && self.at > 0 {
            self.settle_pending();
        }
        let Some(mut block) = self.open.take() else { return };
        block.summary = summary;
        for (name, line) in block.take_glued() {
            self.out.oddities.push(format!("line {line}: a result of {name} behind other text was left out"));
        }
        let begun = std::mem::take(&mut block.pending);
        let short = match summary {
            Some(summary) if !begun.is_empty() => {
                summary.passed.saturating_sub(block.tally().of(Status::Passed))
            }
            _ => 0,
        };
        let headed = self.out.headers.len() > block.headers_before;
        let ended = ended || block.rerun.is_some() || headed;
        let status = match summary {
            // Failures are listed by name and ignored tests print nothing, so one begun and not listed has passed.
            // Where the announcement was lost, the summary behind another header may be that of another program.
            Some(_) if begun.len() == short && (block.announced.is_some() || !headed) => Status::Passed,
            None if !ended => Status::Unreached,
            _ => Status::Errored,
        };
        for (name, _, line) in begun {
            block.entries.push(Entry { doc: doc(&name), name, status, line, seconds: None });
        }
        self.compare(&block);
        self.out.blocks.push(block);
    }

    /// Counts against lines.
    fn compare(&mut self, block: &Block<'l>) {
        let at = block.line;
        let tally = block.tally();
        for (line, name) in &tally.twice {
            self.out.oddities.push(format!("line {line}: {name} was printed twice by one program"));
        }
        let Some(summary) = block.summary else { return };
        let unnamed = block.dots > 0 && block.entries.len() < summary.total();
        if unnamed {
            let unnamed = summary.total() - block.entries.len();
            self.out.oddities.push(format!("line {at}: quiet output, {unnamed} tests are not named"));
        }
        let pairs = [
            ("passed", summary.passed, tally.of(Status::Passed)),
            ("failed", summary.failed, tally.of(Status::Failed) + tally.of(Status::TimedOut)),
            ("ignored", summary.ignored, tally.of(Status::Skipped)),
        ];
        for (word, told, seen) in pairs {
            let benches = if word == "passed" { summary.measured } else { 0 };
            let differs = if unnamed { seen > told } else { seen != told + benches };
            if differs {
                self.out
                    .oddities
                    .push(format!("line {at}: the summary tells {told} {word}, {seen} were printed"));
            }
        }
    }
}
