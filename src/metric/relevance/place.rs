//! Where comments and formatting stand towards the anchors.
//!
//! An anchor's *ground* is the smallest statement around its change; of an item of which only the head changed, the head
//! alone. Grounds are taken on both sides, so that a deleted comment is judged where it stood.

use std::ops::Range;

use super::beside::{PARAGRAPH, comment_beside};
use super::view::line_breaks;
use super::wording::Words;
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
pub(super) struct Ground {
    unit: usize,
    file: usize,
    old: bool,
    /// The change itself; empty where the other side alone has text.
    pub change: Range<usize>,
    pub lines: [usize; 2],
    pub statement: Range<usize>,
    /// A body that the anchor did not touch.
    pub except: Option<Range<usize>>,
    pub item: Range<usize>,
    test: bool,
    pub data: bool,
}

/// All grounds of a patch.
pub(crate) struct Grounds<'a> {
    facts: &'a Facts<'a>,
    all: Vec<Ground>,
    /// Names that anchors add, change or delete, with the anchor.
    spoken: Vec<(String, usize)>,
    words: Words,
}

impl<'a> Grounds<'a> {
    pub fn new(facts: &'a Facts<'a>, anchors: &[bool], marks: &[Option<Mark>]) -> Self {
        let mut all = Vec::new();
        let mut names = Vec::new();
        let mut words = Words::default();
        for (number, unit) in facts.input.diff.units.iter().enumerate() {
            let test = unit.role == Role::Test;
            if unit.file_level || !(anchors[number] || (test && has_tokens(unit) && marks[number].is_none()))
            {
                continue;
            }
            if anchors[number] {
                names.extend(unit.defines.iter().map(|name| (name.clone(), number)));
                words.add(number, &facts.view.tokens(unit));
            }
            for change in &unit.changes {
                for old in [true, false] {
                    all.push(ground(facts, number, change, old, test));
                }
            }
        }
        Self { facts, all, spoken: names, words }
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
        // What stood there before, or elsewhere, was not put there to pass for a part of the change.
        let known =
            edit.changes.iter().any(|change| !self.facts.view.old_text(change).trim_ascii().is_empty())
                || self.was_elsewhere(number, edit);
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
                    if let Some(how) = comment_beside(side, &range, lines, ground, known) {
                        return self.beside(ground, how);
                    }
                }
                if let Some(ground) = side.and_then(|side| self.heads(edit, side, change.file, old, &range)) {
                    return self.beside(ground, "heads the items of");
                }
            }
        }
        let text = format!("{} {}", self.facts.view.deleted(edit), self.facts.view.inserted(edit));
        let named = self
            .spoken
            .iter()
            .find(|(name, anchor)| name.len() > 2 && *anchor != number && speaks_of(&text, name));
        if let Some((name, anchor)) = named {
            let unit = self.facts.unit(*anchor);
            let evidence = self.facts.view.evidence(unit, "x");
            let why = format!("speaks of `{name}`, which {} changes", unit.id);
            return Place::Beside { line: evidence.line, file: evidence.file, why };
        }
        let (old, new) = (self.facts.view.deleted(edit), self.facts.view.inserted(edit));
        let documents = edit.changes.iter().any(|change| self.facts.view.documents(change));
        if let Some((anchor, how)) = self.words.follows(&old, &new, known || documents) {
            let unit = self.facts.unit(anchor);
            let evidence = self.facts.view.evidence(unit, "x");
            return Place::Beside {
                line: evidence.line,
                file: evidence.file,
                why: format!("{how} {}", unit.id),
            };
        }
        edit.changes.iter().find_map(|change| self.documents_used(edit, change)).unwrap_or(Place::Away)
    }

    /// The comment was taken from another place.
    fn was_elsewhere(&self, number: usize, edit: &Unit) -> bool {
        let text = self.facts.view.inserted(edit);
        let units = self.facts.input.diff.units.iter().enumerate();
        units.filter(|(other, unit)| *other != number && unit.kind == UnitKind::Comment).any(|(_, other)| {
            let gone = self.facts.view.deleted(other);
            !gone.trim().is_empty() && gone.trim() == text.trim()
        })
    }

    /// Documentation of something that a changed statement names. A field has few words of its own, so that only what was
    /// said of it before may follow the code that reads it, and a plain word is looked for in its own file.
    fn documents_used(&self, edit: &Unit, change: &Change) -> Option<Place> {
        self.facts.view.documents(change).then_some(())?;
        let old = self.facts.view.core(change, false).is_empty();
        let source = self.side(change.file, old)?;
        let at = self.facts.view.core(change, old).start;
        let (name, near) = match field_below(source, at) {
            Some(field) => {
                (!self.facts.view.core(change, true).is_empty()).then_some(())?;
                let plain = field.chars().all(char::is_lowercase);
                (field, plain)
            }
            None => (source.entity_at(at).pop()?, false),
        };
        (name.len() > 3).then_some(())?;
        let test = edit.role == Role::Test;
        let uses = |ground: &&Ground| {
            let text =
                self.side(ground.file, ground.old).and_then(|side| side.bytes.get(ground.statement.clone()));
            (test || !ground.test)
                && (!near || ground.file == change.file)
                && text
                    .is_some_and(|text| line_breaks(text) <= PARAGRAPH && super::view::has_word(text, &name))
        };
        let ground = self.all.iter().find(uses)?;
        Some(self.beside(ground, &format!("documents `{name}`, which is named by the statement of")))
    }

    /// The comment stands on its own between blank lines, and the next item is all new, or was all taken away.
    fn heads(
        &self,
        edit: &Unit,
        side: &Source,
        file: usize,
        old: bool,
        range: &Range<usize>,
    ) -> Option<&Ground> {
        let token = side.token_at(range.end.saturating_sub(1))? + 1;
        let next = (token..side.tokens.len()).find(|token| side.tokens[*token].kind != TokenKind::Comment)?;
        let start = side.tokens[next].start as usize;
        self.of(edit, file, old).find(|ground| {
            let kind = self.facts.unit(ground.unit).kind;
            matches!(kind, UnitKind::Added | UnitKind::Removed)
                && ground.change.start <= start
                && start < ground.change.end
        })
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
        let more_lines = blank(old_text) && blank(new_text) && breaks(old_text) != breaks(new_text);
        // A line break between words of one line makes no blank line.
        let wraps = breaks(old_text).min(breaks(new_text)) == 0;
        let ends = change.new[1] == self.side(change.file, false).map_or(0, |source| source.bytes.len());
        let blank_lines = more_lines && (!wraps || ends);
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
                // A statement that fits on the line of its brackets is put there, and one that no longer fits is not.
                if more_lines && (at.end == ground.statement.start || at.start == ground.statement.end) {
                    return Some(ground);
                }
                // A statement brings and takes the blank lines around it, and an equal line beside it may have been
                // the one that was there before.
                let near = lines[0] <= ground.lines[1].max(ground.lines[0]) + 1
                    && ground.lines[0] <= lines[1].max(lines[0]) + 1;
                let touches = at.start <= ground.change.end + 2 && ground.change.start <= at.end + 2;
                if near && (blank_lines || indentation && (touches || self.equal_line(ground, change))) {
                    return Some(ground);
                }
            }
        }
        None
    }

    /// The line behind a change of indentation is among those that the ground's unit adds or deletes.
    fn equal_line(&self, ground: &Ground, change: &Change) -> bool {
        let Some(source) = self.side(change.file, false) else { return false };
        let behind = source.bytes.get(change.new[1]..).unwrap_or_default();
        let line = behind.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = line.trim_ascii();
        let unit = self.facts.unit(ground.unit);
        let texts = || {
            unit.changes
                .iter()
                .flat_map(|change| [self.facts.view.old_text(change), self.facts.view.new_text(change)])
        };
        !line.is_empty()
            && texts()
                .flat_map(|text| text.split(|byte| *byte == b'\n'))
                .any(|other| other.trim_ascii() == line)
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

/// The field that a documentation comment stands above.
fn field_below(source: &Source, at: usize) -> Option<String> {
    let comment = source.leaf_at(at)?;
    let parent = source.parent(comment)?;
    let mut below = source.children(parent).skip_while(|child| *child <= comment);
    let item = below.find(|child| !source.nodes[*child].is(flag::COMMENT | flag::ATTRIBUTE))?;
    (!source.nodes[source.ungrouped(item)].is(flag::ENTITY)).then_some(())?;
    let name = source.child_named(item, "name")?;
    Some(source.node_text(name))
}

pub(super) fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end && outer.start < outer.end
}

/// Where there is no text, a change may be one of the smaller statement that ends there: a value at the end of a block.
fn statement_beside(source: &Source, statement: usize, range: [usize; 2]) -> usize {
    let before = source.tokens.partition_point(|token| token.end as usize <= range[0]);
    let Some(token) = before.checked_sub(1).map(|at| &source.tokens[at]) else { return statement };
    let smaller = source.statement_of(token.node as usize);
    let ends = token.end as usize == range[0] && source.range(smaller).end == range[0];
    let inside = smaller != statement && within(&source.range(smaller), &source.range(statement));
    if range[0] == range[1] && ends && inside { smaller } else { statement }
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
    let statement = statement_beside(source, source.statement_of(leaf), range);
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
                && !matches!(source.kind_name(*child), "parameters" | "type_parameters" | "where_clause")
        });
        ground.except = body.map(|body| source.range(body)).filter(|body| {
            !within(&(range[0]..range[1]), body) || range[0] == range[1] && range[0] <= body.start
        });
    }
    ground
}
