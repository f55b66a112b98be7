//! What one side of an alignment says of its elements: which are skeletons with the lists of their partners as holes,
//! which may leave a list, or come back to it.
//!
//! In: an element and the other side. Out: yes or no. Invariant: a doubt is a no.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::syntax::{Source, flag};

use super::align::{NONE, Pairs};
use super::ends::{
    alike, closed, ended_before, ends_line, goes_on, indent, last_said, line_before, over, said, twin,
};
use super::pieces::{Side, lead};

/// Steps up the tree before a token's place counts as unknown.
const HIGH: usize = 64;
/// So many elements of a list tell how it is written.
const GLANCE: usize = 256;

/// One side of an alignment, and the other.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) here: &'a Source,
    pub(super) there: &'a Source,
    pub(super) side: &'a Side<'a>,
    pub(super) other: &'a Side<'a>,
    pub(super) partner: &'a [u32],
    pub(super) paired: &'a Pairs,
}

impl View<'_> {
    pub(super) fn kept(&self, token: usize) -> Option<usize> {
        self.partner.get(token).filter(|mate| **mate != NONE).map(|mate| *mate as usize)
    }

    /// Both lists may hold each other's elements.
    pub(super) fn alike(&self, list: usize, other: usize) -> bool {
        alike((self.here, list), (self.there, other)) && self.here.nodes[list].is(flag::CONTAINER)
    }

    /// The element that is the same text on the other side, where all tokens of `element` are kept in one run.
    fn same(&self, element: usize) -> Option<usize> {
        twin((self.here, element), self.there, self.partner)
    }

    /// The partner of a kept token stands in the skeleton of `other`.
    fn in_skeleton(&self, token: usize, other: usize) -> bool {
        let leaf = self.there.tokens[token].node as usize;
        for node in self.there.ancestors(leaf).take(HIGH) {
            if node == other {
                return true;
            }
            if self.there.nodes[node].is(flag::CONTAINER) {
                return false;
            }
        }
        false
    }

    /// Lists with kept tokens in the skeleton of an element, lists of statements only where it has no partner; `None` where a
    /// kept token has its partner elsewhere.
    pub(super) fn lists(&self, element: usize, other: Option<usize>) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        let end = self.here.nodes[element].end as usize;
        let mut node = element;
        while node < end {
            let here = &self.here.nodes[node];
            let statements = here.is(flag::STATEMENT_LIST);
            if here.is(flag::CONTAINER) && (statements || other.is_some()) {
                if self.side.changed_in(here.tokens()) < here.tokens().len() {
                    found.push(node);
                }
                node = here.end as usize;
            } else if node != element && here.is(flag::COMMENT) {
                node = here.end as usize;
            } else if node != element
                && other.is_some()
                && here.is(flag::ELEMENT)
                && !self.paired.contains(node)
            {
                // An attribute changed in parts has no partner to lend it a skeleton.
                let changed = self.side.changed_in(here.tokens());
                if changed > 0 && changed < here.tokens().len() {
                    return None;
                }
                if changed == 0 && self.same(node).is_none() {
                    return None;
                }
                if here.is(flag::ATTRIBUTE) && changed > 0 && !self.stands_at_kept(node) {
                    return None;
                }
                node = here.end as usize;
            } else {
                if here.end as usize == node + 1 {
                    for token in here.tokens() {
                        if let Some(mate) = self.kept(token)
                            && !other.is_some_and(|other| self.in_skeleton(mate, other))
                        {
                            return None;
                        }
                    }
                }
                node += 1;
            }
        }
        Some(found)
    }

    /// What an attribute stands at is there on the other side too: at the head of an item, or before a kept token.
    fn stands_at_kept(&self, attribute: usize) -> bool {
        let node = &self.here.nodes[attribute];
        let heads = self.here.nodes[node.parent as usize].is(flag::GROUP | flag::CONTAINER);
        heads || self.kept(said(self.here, node.last as usize)).is_some()
    }

    /// Every kept child of `list` stands in `other`, or in another list of statements of the same kind.
    pub(super) fn list(&self, list: usize, other: usize, around: bool, depth: usize) -> bool {
        if depth > HIGH {
            return false;
        }
        let statements = self.here.nodes[list].is(flag::STATEMENT_LIST);
        let stands = |mate: usize| {
            self.there.parent(mate).is_some_and(|parent| {
                parent == other
                    || (statements
                        && !self.here.language.indentation
                        && self.there.nodes[parent].is(flag::STATEMENT_LIST)
                        && self.alike(list, parent))
            })
        };
        self.here.children(list).all(|child| {
            let node = &self.here.nodes[child];
            let changed = self.side.changed_in(node.tokens());
            if node.is(flag::COMMENT) || changed == node.tokens().len() {
                return true;
            }
            if !node.is(flag::ELEMENT) {
                return !around
                    && node.tokens().all(|token| {
                        self.kept(token).is_none_or(|mate| {
                            self.there.parent(self.there.tokens[mate].node as usize) == Some(other)
                        })
                    });
            }
            if let Some(mate) = self.paired.get(child) {
                return stands(mate);
            }
            if changed == 0 {
                return self.same(child).is_some_and(stands);
            }
            // Statements that something new was put around.
            statements
                && !self.here.language.indentation
                && self.lists(child, None).is_some_and(|lists| {
                    lists.iter().all(|inner| {
                        alike((self.here, *inner), (self.here, list))
                            && self.list(*inner, other, true, depth + 1)
                    })
                })
        })
    }

    /// Elements below one that has no sound skeleton: what has a partner of its own answers for itself.
    pub(super) fn below(&self, element: usize, into: &mut BTreeSet<usize>) {
        into.insert(element);
        let end = self.here.nodes[element].end as usize;
        let mut node = element + 1;
        while node < end {
            let here = &self.here.nodes[node];
            if here.is(flag::ELEMENT) {
                if self.paired.contains(node) {
                    node = here.end as usize;
                    continue;
                }
                into.insert(node);
            }
            node += 1;
        }
    }

    /// Where the language has values at the ends of blocks: the last kept token below an element ends a statement, and so
    /// does all that is new and stays behind with what is kept.
    fn ends_closed(&self, element: usize) -> bool {
        let last = || self.here.nodes[element].tokens().rev().find(|token| self.kept(*token).is_some());
        let ended =
            |list: &usize| self.here.elements(*list).last().is_none_or(|last| closed(self.here, last));
        !self.here.language.tail_expressions
            || last().is_some_and(|token| self.here.text(token) == b";")
                && self.lists(element, None).is_some_and(|lists| lists.iter().all(ended))
    }

    /// A statement of a language in which lines or indentation end statements can go without a trace.
    fn own_line(&self, element: usize) -> bool {
        let first = self.here.nodes[element].first as usize;
        let begins = indent(self.here, first).is_some();
        let clear =
            !matches!(self.here.text(first).first(), Some(b'(' | b'[' | b'`' | b'+' | b'-' | b'/' | b'.'));
        begins && clear && ends_line(self.here, element)
    }

    /// Some kept neighbour in the list has the same indentation on both sides as this element.
    fn indented(&self, element: usize) -> bool {
        let Some(list) = self.here.parent(element) else { return false };
        let own = indent(self.here, self.here.nodes[element].first as usize);
        own.is_some()
            && self.here.children(list).take(GLANCE).filter(|child| *child != element).any(|child| {
                let first = self.here.nodes[child].first as usize;
                !self.here.nodes[child].is(flag::COMMENT)
                    && self.kept(first).is_some_and(|mate| {
                        indent(self.here, first) == own && indent(self.there, mate) == own
                    })
            })
    }

    /// A statement can leave its list, or come back in front of the token `place`, where lines mean nothing.
    fn statement_leaves(&self, element: usize, place: usize) -> bool {
        // What follows a statement of the new side does so without it too; one that comes back must end before it, and
        // come behind something that has ended.
        if !self.side.old() {
            return true;
        }
        let Some((list, left)) = self.between(place) else { return false };
        let ended = left.is_none_or(|left| {
            let child = self.there.ancestors(left).find(|node| self.there.parent(*node) == Some(list));
            let bracket = self.there.nodes[left].first == self.there.nodes[list].first;
            bracket || child.is_some_and(|child| closed(self.there, child))
        });
        // A value comes back to the end of a block; where its bracket is another's, that block may go.
        let own = self.kept(self.here.nodes[element].last as usize) == Some(place);
        let last = own && self.there.nodes[list].last as usize == place + 1;
        ended && (closed(self.here, element) || (last && self.there.nodes[list].is(flag::BODY)))
    }

    /// The list between whose elements a place of the other side lies, and the leaf before the place; comments aside.
    fn between(&self, place: usize) -> Option<(usize, Option<usize>)> {
        let there = self.there;
        let left = last_said(there, place).map(|token| there.tokens[token].node as usize);
        let right = said(there, place);
        let list = match left {
            Some(left) if right < there.tokens.len() => {
                there.ancestors(left).find(|node| there.nodes[*node].last as usize > right)?
            }
            _ => 0,
        };
        // Of one pair of brackets, and of lists within lists without any, the innermost.
        there.nodes[list].is(flag::CONTAINER).then_some((list, left))
    }

    /// A place of the other side lies between elements of a list like the one around `element`.
    fn comes_back(&self, element: usize, place: usize) -> bool {
        let list = self.here.parent(element);
        list.zip(self.between(place))
            .is_some_and(|(list, (other, _))| self.alike(list, other) && self.stays(other))
    }

    /// A list of the other side goes, if at all, as a part of a statement: what comes back into it is then in the list around.
    fn stays(&self, list: usize) -> bool {
        let owner = self.other.skeleton(self.other.element_above(list));
        let around = self.there.nodes[owner].parent as usize;
        owner == 0 || self.other.pairs(owner) || self.there.nodes[around].is(flag::STATEMENT_LIST)
    }

    /// The same where indentation means something: a list that ends at the place, or that the place lies in, holds what is
    /// indented as this element is.
    fn lines_up(&self, element: usize, place: usize) -> bool {
        let (Some(list), Some((top, left))) = (self.here.parent(element), self.between(place)) else {
            return false;
        };
        let own = indent(self.here, self.here.nodes[element].first as usize);
        let holds = |other: usize| {
            let first = |child: usize| self.there.nodes[child].first as usize;
            self.alike(list, other)
                && self.stays(other)
                && self.there.elements(other).any(|child| indent(self.there, first(child)) == own)
        };
        let ending =
            left.into_iter().flat_map(|left| self.there.ancestors(left)).take_while(|node| *node != top);
        self.there.nodes[top].is(flag::STATEMENT_LIST) && ending.chain([top]).any(holds)
    }

    /// The same where a line break may end a statement; `place` is the token behind it on the other side.
    fn line_leaves(&self, element: usize, tokens: Range<usize>, place: usize, left: &[u8]) -> bool {
        // The semicolon of a field is its list's.
        let ended = tokens.clone().next_back().is_some_and(|token| self.here.text(token) == b";");
        if !self.side.old() {
            let next = tokens.end;
            let list = self.here.nodes[element].parent as usize;
            let last = last_said(self.here, tokens.start);
            let fresh = ended_before(self.here, list, last);
            // What ended before it with a block may go, or something else come back behind it.
            let firm = last
                .is_none_or(|last| self.side.changed_in(last..last + 1) == 0 && self.here.text(last) != b"}");
            let risk = goes_on(self.here.text(said(self.here, next)));
            return fresh && (!risk || firm) || !risk && (ended || line_before(self.here, next));
        }
        let first = self.here.nodes[element].first as usize;
        let fresh = self
            .between(place)
            .is_some_and(|(list, _)| ended_before(self.there, list, last_said(self.there, place)));
        let begins = fresh || left == b"}" || lead(self.here, first).contains(&b'\n');
        begins
            && !goes_on(self.here.text(first))
            && (ended
                || over(self.here, element)
                || !goes_on(self.there.text(said(self.there, place))) && line_before(self.there, place))
    }

    /// What stands before some tokens and behind them stands side by side on the other side.
    fn pure(&self, tokens: &Range<usize>) -> bool {
        let before = tokens.start.checked_sub(1).and_then(|token| self.kept(token));
        let behind = if tokens.end == self.here.tokens.len() {
            Some(self.there.tokens.len())
        } else {
            self.kept(tokens.end)
        };
        match (before, behind) {
            (Some(before), Some(behind)) => before + 1 == behind,
            (None, Some(behind)) => tokens.start == 0 && behind == 0,
            _ => false,
        }
    }

    /// Whatever becomes of other elements of its list: what stands around this one stands side by side on the other side,
    /// in a list that may hold it.
    pub(super) fn settled(&self, element: usize, tokens: &Range<usize>, place: usize) -> bool {
        self.pure(tokens) && self.comes_back(element, place)
    }

    /// A wholly new element can leave its list, or come back to it; `place` is the first token behind it on the other side.
    pub(super) fn leaves(&self, element: usize, tokens: Range<usize>, place: usize) -> bool {
        let Some(list) = self.here.parent(element) else { return false };
        let node = &self.here.nodes[list];
        if !node.is(flag::CONTAINER) {
            return self.here.nodes[element].is(flag::ATTRIBUTE) && self.side.whole(element);
        }
        if self.here.language.indentation && node.is(flag::STATEMENT_LIST) {
            let leaves = self.side.whole(element) && self.own_line(element) && self.indented(element);
            return leaves && (!self.side.old() || self.lines_up(element, place));
        }
        let pure = self.pure(&tokens);
        let lines = !self.here.language.line_ends.is_empty();
        if !self.side.whole(element) || (self.side.old() && !self.comes_back(element, place)) {
            return false;
        }
        if pure && (lines || !self.side.old() || !node.is(flag::STATEMENT_LIST)) {
            return true;
        }
        let left = last_said(self.there, place).map_or(&[][..], |token| self.there.text(token));
        let right = self.there.text(place);
        let opens = left.is_empty() || matches!(left, b"(" | b"[" | b"{" | b"<" | b"|");
        let closes = matches!(right, b")" | b"]" | b"}" | b">" | b"|");
        if node.is(flag::STATEMENT_LIST) {
            return if lines {
                self.line_leaves(element, tokens, place, left)
            } else {
                self.statement_leaves(element, place)
            };
        }
        let separator = |token: usize| {
            let leaf = self.here.tokens[token].node as usize;
            self.here.nodes[leaf].is(flag::SEPARATOR) && self.here.parent(leaf) == Some(list)
        };
        let own = tokens.clone().filter(|token| separator(*token)).count();
        let any =
            self.here.children(list).take(GLANCE).any(|child| self.here.nodes[child].is(flag::SEPARATOR));
        let after = |token: usize| opens || left == self.here.text(token);
        match own {
            1 if separator(tokens.end - 1) => after(tokens.end - 1) && (!closes || node.is(flag::TRAILING)),
            1 if separator(tokens.start) => {
                !after(tokens.start) && (closes || right == self.here.text(tokens.start))
            }
            _ if any => false,
            _ => closed(self.here, element) && (opens || matches!(left, b";" | b"}" | b",")),
        }
    }
}

/// An element around statements that stand on the other side without it.
pub(super) fn put_around(view: View, element: usize, unsound: &BTreeSet<usize>) -> bool {
    let list = view.here.parent(element).filter(|list| view.here.nodes[*list].is(flag::STATEMENT_LIST));
    !unsound.contains(&element)
        && !view.here.language.indentation
        && list.is_some()
        && !view.side.whole(element)
        && view.ends_closed(element)
        && (view.here.language.line_ends.is_empty() || view.own_line(element))
}
