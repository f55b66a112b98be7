//! Where comments and formatting stand towards the anchors.
//!
//! An anchor's *ground* is the smallest statement around its change; of an item of which only the head changed, the head
//! alone. Grounds are taken on both sides, so that a deleted comment is judged where it stood.

use std::ops::Range;

use super::view::{line_breaks, tokens_in};
use super::{Facts, Mark, has_tokens};
use crate::diff::{Change, Role, Unit, UnitKind};
use crate::syntax::{Source, TokenKind, flag};

/// How a unit stands towards the anchors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Inside, on, directly above or at the line end of what an anchor changes.
    Beside {
        /// The anchor's line.
        line: usize,
        /// The anchor's file.
        file: String,
        /// One sentence.
        why: String,
    },
    /// Not so.
    Away,
}

/// The ground of one change of an anchor on one side of its file.
struct Ground {
    unit: usize,
    file: usize,
    old: bool,
    /// The change itself; empty where the other side alone has text.
    change: Range<usize>,
    lines: [usize; 2],
    statement: Range<usize>,
    /// A body that the anchor did not touch.
    except: Option<Range<usize>>,
    item: Range<usize>,
    test: bool,
    data: bool,
}

/// All grounds of a patch.
pub(crate) struct Grounds<'a> {
    facts: &'a Facts<'a>,
    all: Vec<Ground>,
    /// Names that anchors add, change or delete, with the anchor.
    spoken: Vec<(String, usize)>,
}

impl<'a> Grounds<'a> {
    pub fn new(facts: &'a Facts<'a>, anchors: &[bool], marks: &[Option<Mark>]) -> Self {
        let mut all = Vec::new();
        let mut names = Vec::new();
        for (number, unit) in facts.input.diff.units.iter().enumerate() {
            let test = unit.role == Role::Test;
            if unit.file_level || !(anchors[number] || (test && has_tokens(unit) && marks[number].is_none()))
            {
                continue;
            }
            if anchors[number] {
                names.extend(unit.defines.iter().map(|name| (name.clone(), number)));
            }
            for change in &unit.changes {
                for old in [true, false] {
                    all.push(ground(facts, number, change, old, test));
                }
            }
        }
        Self { facts, all, spoken: names }
    }

    /// Where a comment or format unit stands; other kinds are never beside.
    pub fn judge(&self, unit: usize) -> Place {
        let edit = self.facts.unit(unit);
        match edit.kind {
            UnitKind::Comment => self.comment(unit, edit),
            UnitKind::Format => self.format(edit),
            _ => Place::Away,
        }
    }

    fn of<'s>(&'s self, edit: &Unit, file: usize, old: bool) -> impl Iterator<Item = &'s Ground> {
        let test = edit.role == Role::Test;
        // Outside tests only anchors count; inside, any change of the tests.
        self.all
            .iter()
            .filter(move |ground| ground.file == file && ground.old == old && (test || !ground.test))
    }

    fn beside(&self, ground: &Ground, how: &str) -> Place {
        let unit = self.facts.unit(ground.unit);
        let evidence = self.facts.view.evidence(unit, "x");
        Place::Beside { line: evidence.line, file: evidence.file, why: format!("{how} {}", unit.id) }
    }

    fn comment(&self, number: usize, edit: &Unit) -> Place {
        for change in &edit.changes {
            for old in [false, true] {
                let range = self.facts.view.core(change, old);
                if range.is_empty() {
                    continue;
                }
                let lines = if old { change.old_lines } else { change.new_lines };
                let side = self.side(change.file, old);
                // The words at the top of a file that is made for the change belong to it.
                let created =
                    self.facts.input.diff.files.get(change.file).is_some_and(|file| file.old.is_none());
                for ground in self.of(edit, change.file, old) {
                    if created {
                        return self.beside(ground, "part of the new file with");
                    }
                    if let Some(how) = comment_beside(side, &range, lines, ground) {
                        return self.beside(ground, how);
                    }
                }
            }
        }
        let text = format!("{} {}", self.facts.view.deleted(edit), self.facts.view.inserted(edit));
        let named = self
            .spoken
            .iter()
            .find(|(name, anchor)| name.len() > 2 && *anchor != number && speaks_of(&text, name));
        match named {
            Some((name, anchor)) => {
                let unit = self.facts.unit(*anchor);
                let evidence = self.facts.view.evidence(unit, "x");
                let why = format!("speaks of `{name}`, which {} changes", unit.id);
                Place::Beside { line: evidence.line, file: evidence.file, why }
            }
            None => Place::Away,
        }
    }

    fn format(&self, edit: &Unit) -> Place {
        let mut found = None;
        for change in &edit.changes {
            let Some(ground) = self.format_ground(edit, change) else { return Place::Away };
            found = found.or(Some(ground));
        }
        found.map_or(Place::Away, |ground| {
            self.beside(ground, "formatting of the statement that is changed by")
        })
    }

    /// The anchor that forced or excuses one place of a format unit.
    fn format_ground(&self, edit: &Unit, change: &Change) -> Option<&Ground> {
        let (old_text, new_text) = (self.facts.view.old_text(change), self.facts.view.new_text(change));
        let blank = |text: &[u8]| text.iter().all(u8::is_ascii_whitespace);
        let breaks = line_breaks;
        let blank_lines = blank(old_text) && blank(new_text) && breaks(old_text) != breaks(new_text);
        let tail = |text: &[u8]| text.iter().rposition(|byte| *byte == b'\n').map(|at| text[..at].to_vec());
        let indentation = blank(old_text)
            && blank(new_text)
            && breaks(old_text) == breaks(new_text)
            && breaks(old_text) > 0
            && tail(old_text) == tail(new_text);
        for (old, range, lines) in
            [(false, change.new, change.new_lines), (true, change.old, change.old_lines)]
        {
            for ground in self.of(edit, change.file, old) {
                let at = range[0]..range[1].max(range[0]);
                if within(&at, &ground.statement)
                    && !ground.except.as_ref().is_some_and(|body| within(&at, body))
                {
                    return Some(ground);
                }
                // A statement brings and takes the blank lines around it, and an equal line beside it may have been
                // the one that was there before.
                let near = lines[0] <= ground.lines[1].max(ground.lines[0]) + 1
                    && ground.lines[0] <= lines[1].max(lines[0]) + 1;
                if near
                    && (blank_lines || indentation)
                    && (at.start <= ground.change.end + 2 || ground.change.start <= at.end + 2)
                {
                    return Some(ground);
                }
            }
        }
        None
    }

    fn side(&self, file: usize, old: bool) -> Option<&Source> {
        if old { self.facts.view.old(file) } else { self.facts.view.new_side(file) }
    }
}

/// The text has the name as a name: one that is no plain word, or a word written as code.
fn speaks_of(text: &str, name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_lowercase());
    if !plain {
        return super::view::has_word(text.as_bytes(), name);
    }
    [format!("`{name}"), format!("{name}`"), format!("{name}("), format!("::{name}"), format!(".{name}")]
        .iter()
        .any(|form| text.contains(form.as_str()))
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end && outer.start < outer.end
}

fn ground(facts: &Facts, unit: usize, change: &Change, old: bool, test: bool) -> Ground {
    let lines = if old { change.old_lines } else { change.new_lines };
    let range = facts.view.core(change, old);
    let range = [range.start, range.end];
    let source = if old { facts.view.old(change.file) } else { facts.view.new_side(change.file) };
    let mut ground = Ground {
        unit,
        file: change.file,
        old,
        change: range[0]..range[1],
        lines,
        statement: range[0]..range[1],
        except: None,
        item: range[0]..range[1],
        test,
        data: source.is_none(),
    };
    let Some(source) = source else { return ground };
    let edit = facts.unit(unit);
    if matches!(edit.kind, UnitKind::Added | UnitKind::Removed) {
        // Whole statements stand for themselves; on the side without them there is only a point.
        ground.item = if range[0] < range[1] { range[0]..range[1] } else { source.item_at(range[0]) };
        return ground;
    }
    let Some(leaf) = source.leaf_at(range[0]) else { return ground };
    let statement = source.statement_of(leaf);
    ground.item = source.item_at(range[0]);
    let bounds = source.range(statement);
    if statement == 0 || bounds.end < range[1] {
        return ground;
    }
    ground.statement = bounds;
    let inner = source.ungrouped(statement);
    if source.nodes[statement].is(flag::ITEM | flag::GROUP) || source.nodes[inner].is(flag::ITEM) {
        let body = source.children(inner).find(|child| {
            source.nodes[*child].flags & (flag::BODY | flag::CONTAINER) != 0
                && source.kind_name(*child) != "parameters"
                && source.kind_name(*child) != "type_parameters"
        });
        ground.except = body.map(|body| source.range(body)).filter(|body| {
            !within(&(range[0]..range[1]), body) || range[0] == range[1] && range[0] <= body.start
        });
    }
    ground
}

/// How a comment stands beside a ground, if it does.
fn comment_beside(
    source: Option<&Source>,
    range: &Range<usize>,
    lines: [usize; 2],
    ground: &Ground,
) -> Option<&'static str> {
    if within(range, &ground.statement) && !ground.except.as_ref().is_some_and(|body| within(range, body)) {
        return Some("inside the statement that is changed by");
    }
    if ground.change.is_empty() || ground.data {
        // Text was taken away here, or put here: the line and its neighbours.
        let near = lines[0] <= ground.lines[0].max(ground.lines[1]) + 1 && ground.lines[0] <= lines[1] + 1;
        return near.then_some("beside the place of");
    }
    let source = source?;
    if let Some(below) = statement_below(source, range) {
        let start = below.start;
        let same = start == ground.statement.start;
        let text = source.bytes.get(start.min(ground.change.start)..ground.change.start).unwrap_or(&[]);
        let close = within(&ground.statement, &below) && line_breaks(text) <= 5;
        if same || close {
            return Some("directly above");
        }
    }
    let line_end = source.bytes[..range.start.min(source.bytes.len())].rsplit(|byte| *byte == b'\n').next();
    let before = range.start - line_end.map_or(0, <[u8]>::len);
    let trailing = tokens_in(source, before..range.start).last();
    if let Some(token) = trailing {
        let at = source.tokens[token].range();
        if within(&at, &ground.statement) && !ground.except.as_ref().is_some_and(|body| within(&at, body)) {
            return Some("at the line end of");
        }
    }
    if closes(source, range, ground) {
        return Some("directly below");
    }
    if (source.language.doc_comment)(&source.bytes[range.clone()]) {
        let leaf = source.leaf_at(range.start)?;
        let item = source.range(source.grouped(source.described(leaf)));
        let head = ground.statement.start == item.start || ground.item == item;
        // What a body does is its item's business too; that of a smaller item inside is not.
        let inside = within(&ground.change, &item) && source.item_at(ground.change.start).end == item.end;
        if head || inside || within(&ground.item, &item) && ground.item.start == item.start {
            return Some("documentation of the item that is changed by");
        }
    }
    None
}

/// The comment stands on the line below the ground, and on its own: no statement begins directly below.
fn closes(source: &Source, range: &Range<usize>, ground: &Ground) -> bool {
    let gap = source.bytes.get(ground.statement.end..range.start).unwrap_or(b"x");
    let next_line = gap.iter().all(u8::is_ascii_whitespace) && line_breaks(gap) == 1;
    next_line && statement_below(source, range).is_none_or(|below| below.is_empty())
}

/// The outermost statement or item that begins directly below a comment: no blank line between.
fn statement_below(source: &Source, range: &Range<usize>) -> Option<Range<usize>> {
    let mut token = source.token_at(range.end.saturating_sub(1))? + 1;
    let mut end = range.end;
    loop {
        let next = source.tokens.get(token)?;
        let gap = source.bytes.get(end..next.start as usize).unwrap_or(&[]);
        if line_breaks(gap) > 1 {
            return None;
        }
        if next.kind != TokenKind::Comment {
            break;
        }
        end = next.end as usize;
        token += 1;
    }
    let start = source.tokens[token].start as usize;
    if matches!(source.text(token), b"}" | b")" | b"]") {
        return None;
    }
    let leaf = source.tokens[token].node as usize;
    let outermost =
        source.ancestors(leaf).take_while(|node| source.range(*node).start == start && *node != 0);
    let statement = outermost.filter(|node| source.statement_of(*node) == *node).last();
    Some(source.range(statement.unwrap_or(leaf)))
}
