//! Units that can be taken back alone, told from the alignment and without a parse.
//!
//! Every element is a skeleton of tokens with lists as holes. Where the lists of two paired elements correspond one to
//! one and are of one kind, putting the old skeleton around the new lists is as good a text as either side; an element
//! of a list may stand where its partner in a list of the same kind stood; a whole element may leave a list, or come
//! back to it, with its separator. Units that follow these rules touch disjoint skeletons, so sets of them are as safe
//! as each alone.
//!
//! In: an alignment and the two sides. Out: [`Sound`], which answers for the pieces of one unit. Invariant: a doubt is
//! a no; a unit without a yes is tried by a parse (see `check`).

use std::collections::BTreeSet;
use std::ops::Range;

use crate::syntax::flag;

use super::ends::{at_any, breaks, glued, last_before, line_comment, stands_for};
use super::pieces::{Aligned, Key, Piece, Side};
use super::view::{View, put_around};

/// What can be said of units without a parse.
pub(crate) struct Sound<'a> {
    aligned: &'a Aligned,
    old: View<'a>,
    new: View<'a>,
    unsound_old: BTreeSet<usize>,
    unsound_new: BTreeSet<usize>,
}

impl<'a> Sound<'a> {
    /// Looks at every pair of unequal elements.
    pub fn new(aligned: &'a Aligned, old: &'a Side<'a>, new: &'a Side<'a>) -> Self {
        let (a, b, partners) = (&aligned.old, &aligned.new, &aligned.partners);
        let (before, after) = (old, new);
        let old = View {
            here: a,
            there: b,
            side: before,
            other: after,
            partner: &partners.old,
            paired: &partners.old_pair,
        };
        let new = View {
            here: b,
            there: a,
            side: after,
            other: before,
            partner: &partners.new,
            paired: &partners.new_pair,
        };
        let mut sound =
            Self { aligned, old, new, unsound_old: BTreeSet::new(), unsound_new: BTreeSet::new() };
        let root = [(0, 0)].into_iter();
        let pairs = root.chain(partners.old_pair.iter());
        for (p, q) in pairs.filter(|(p, q)| a.nodes[*p].hash != b.nodes[*q].hash || *p == 0) {
            if !sound.pair(p, q) {
                old.below(p, &mut sound.unsound_old);
                new.below(q, &mut sound.unsound_new);
            }
        }
        sound
    }

    /// The lists of two paired elements are holes of one skeleton.
    fn pair(&self, p: usize, q: usize) -> bool {
        if p != 0 {
            let (Some(a), Some(b)) = (self.old.here.parent(p), self.new.here.parent(q)) else { return false };
            let attribute = self.old.here.nodes[p].is(flag::ATTRIBUTE);
            if !(self.old.alike(a, b) || attribute && self.old.paired.get(a) == Some(b)) {
                return false;
            }
        }
        let (Some(olds), Some(news)) = (self.old.lists(p, Some(q)), self.new.lists(q, Some(p))) else {
            return false;
        };
        olds.len() == news.len()
            && olds.iter().zip(&news).all(|(a, b)| {
                self.old.here.nodes[*a].hash == self.new.here.nodes[*b].hash
                    || (self.old.alike(*a, *b)
                        && self.framed(*a, *b)
                        && self.old.list(*a, *b, false, 0)
                        && self.new.list(*b, *a, false, 0))
            })
    }

    /// The brackets of two lists are partners, or there are none.
    fn framed(&self, a: usize, b: usize) -> bool {
        let ends = |view: &View, list: usize| {
            let node = &view.here.nodes[list];
            let bracket = |token: usize| {
                let leaf = view.here.tokens[token].node as usize;
                (view.here.parent(leaf) == Some(list) && !view.here.nodes[leaf].is(flag::NAMED))
                    .then_some(token)
            };
            let tokens = node.tokens();
            [tokens.clone().next().and_then(bracket), tokens.clone().next_back().and_then(bracket)]
        };
        let partners = |(a, b): (Option<usize>, Option<usize>)| match (a, b) {
            (Some(a), Some(b)) => self.old.kept(a) == Some(b),
            (None, None) => true,
            _ => false,
        };
        ends(&self.old, a).into_iter().zip(ends(&self.new, b)).all(partners)
    }

    /// Taking these pieces of one unit back cannot add a parse error.
    pub fn safe(&self, key: Key, pieces: &[Piece]) -> bool {
        let [old, new] = &self.aligned.broken;
        if pieces.iter().any(|piece| at_any(old, &piece.old) || at_any(new, &piece.new)) {
            return false;
        }
        // A tag has another one that it must go with.
        let tag = |view: &View, element: usize| view.here.nodes[element].is(flag::AGREES);
        let rule = match key {
            Key::Rename(_) => return true,
            Key::New(q) if tag(&self.new, q) => false,
            Key::Old(p) if tag(&self.old, p) => false,
            Key::Comment(..) => true,
            Key::Format(_) => pieces.iter().all(|piece| self.format(piece)),
            Key::New(q) => {
                matches!(pieces, [piece] if piece.old_tokens.is_empty()
                    && self.new.leaves(q, piece.new_tokens.clone(), piece.old_tokens.end)
                    && (!self.unsound_new.contains(&q)
                        || self.new.settled(q, &piece.new_tokens, piece.old_tokens.end)))
                    || put_around(self.new, q, &self.unsound_new)
            }
            Key::Old(p) => match self.aligned.partners.old_pair.get(p) {
                Some(q) => {
                    self.replaces(p, q)
                        && pieces.iter().all(|piece| self.within(q, piece) && !self.separates(piece))
                }
                None if p == 0 => false,
                None => {
                    matches!(pieces, [piece] if piece.new_tokens.is_empty()
                        && self.old.leaves(p, piece.old_tokens.clone(), piece.new_tokens.end)
                        && (!self.unsound_old.contains(&p)
                            || self.old.settled(p, &piece.old_tokens, piece.new_tokens.end)))
                        || put_around(self.old, p, &self.unsound_old)
                            && pieces.iter().all(|piece| self.encloses(p, piece))
                }
            },
        };
        rule && pieces.iter().all(|piece| self.joins(piece))
    }

    /// A part of an element comes back in the place of its partner or beside it, a separator counted in.
    fn within(&self, partner: usize, piece: &Piece) -> bool {
        let tokens = self.new.here.nodes[partner].tokens();
        tokens.start <= piece.new_tokens.start && piece.new_tokens.end <= tokens.end + 1
    }

    /// A piece has a separator of a list that is still there.
    fn separates(&self, piece: &Piece) -> bool {
        let any = |view: &View, tokens: &Range<usize>| {
            tokens.clone().any(|token| {
                let leaf = view.here.tokens[token].node as usize;
                let list = view.here.nodes[leaf].parent as usize;
                let separates =
                    view.here.nodes[leaf].is(flag::SEPARATOR) && view.here.nodes[list].is(flag::CONTAINER);
                separates && !view.side.whole(list)
            })
        };
        any(&self.old, &piece.old_tokens) || any(&self.new, &piece.new_tokens)
    }

    /// A part of a gone element that comes back around kept text comes back right beside it.
    fn encloses(&self, element: usize, piece: &Piece) -> bool {
        let node = &self.old.here.nodes[element];
        let (before, behind) = (piece.old_tokens.start.checked_sub(1), piece.old_tokens.end);
        let beside = |token: usize, place: Option<usize>| {
            !node.tokens().contains(&token) || place.is_some() && self.old.kept(token) == place
        };
        before.is_none_or(|before| beside(before, piece.new_tokens.start.checked_sub(1)))
            && beside(behind, Some(piece.new_tokens.end))
    }

    fn replaces(&self, p: usize, q: usize) -> bool {
        let unsound = self.unsound_old.contains(&p) || self.unsound_new.contains(&q);
        !unsound && stands_for(self.old.here, self.new.here, p, q)
    }

    /// White space that means nothing, or punctuation that could be left out.
    fn format(&self, piece: &Piece) -> bool {
        let language = self.new.here.language;
        let holds = |view: &View, tokens: &Range<usize>, unsound: &BTreeSet<usize>| {
            tokens.clone().all(|token| {
                let leaf = view.here.tokens[token].node as usize;
                let element = view.side.element_above(leaf);
                let list = view.here.parent(leaf);
                let like = !view.here.nodes[leaf].is(flag::SEPARATOR)
                    || view.kept(token + 1).is_some_and(|mate| {
                        let other = view.there.parent(view.there.tokens[mate].node as usize);
                        other.map(|other| view.there.nodes[other].kind)
                            == list.map(|list| view.here.nodes[list].kind)
                    });
                like && view.paired.contains(element) && !unsound.contains(&element)
            })
        };
        if !holds(&self.old, &piece.old_tokens, &self.unsound_old)
            || !holds(&self.new, &piece.new_tokens, &self.unsound_new)
        {
            return false;
        }
        // Where statements begin is for `layout` to say; nothing is known of indentation alone.
        let line = |text: &[u8]| text.contains(&b'\n');
        let tokens = piece.old_tokens.len() + piece.new_tokens.len();
        let (p, q) = (&self.old.here.bytes[piece.old.clone()], &self.new.here.bytes[piece.new.clone()]);
        !language.indentation || tokens > 0 || (!line(p) && !line(q))
    }

    /// What stands beside a piece still ends and begins as tokens after it was taken back.
    fn joins(&self, piece: &Piece) -> bool {
        let (old, new) = (&self.aligned.old, &self.aligned.new);
        let text = &old.bytes[piece.old.clone()];
        let (left, right) = (&new.bytes[..piece.new.start], &new.bytes[piece.new.end..]);
        let (left_old, right_old) = (&old.bytes[..piece.old.start], &old.bytes[piece.old.end..]);
        let before = last_before(new, piece.new.start).filter(|token| line_comment(new, *token));
        if before
            .is_some_and(|token| !new.bytes[new.tokens[token].end as usize..piece.new.start].contains(&b'\n'))
            && !breaks(text, right)
        {
            return false;
        }
        let own = last_before(old, piece.old.end)
            .filter(|token| old.tokens[*token].start as usize >= piece.old.start);
        if own.is_some_and(|token| line_comment(old, token)) {
            let end = own.map_or(0, |token| old.tokens[token].end as usize);
            let rest = &old.bytes[end.max(piece.old.start)..piece.old.end];
            if !breaks(rest, right) {
                return false;
            }
        }
        if text.is_empty() {
            let same = left.last() == left_old.last() && right.first() == right_old.first();
            return same || !glued(left.last(), right.first());
        }
        let first = left.last() == left_old.last() || !glued(left.last(), text.first());
        let last = right.first() == right_old.first() || !glued(text.last(), right.first());
        first && last
    }
}
