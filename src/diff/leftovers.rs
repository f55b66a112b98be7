//! Pairs for what two lists have left when equal elements are gone: by entity, by likeness, by shape, and where separators
//! demand it by place.
//!
//! In: children of both lists between equal ones. Out: pairs in the order of both. Invariant: none crosses another.

use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::syntax::{Source, TokenKind, flag};

use super::align::Aligner;
use super::sequence::{common, gaps};

/// Tokens that carry meaning weigh more than brackets when two elements are likened.
fn heft(kind: TokenKind) -> usize {
    match kind {
        TokenKind::Word | TokenKind::Literal => 3,
        TokenKind::Punct | TokenKind::Comment | TokenKind::Error => 1,
    }
}

/// A way to pair children of two lists, given whether separators stand between them.
type Step<'a> = fn(&mut Aligner<'a>, &[usize], &[usize], bool) -> Vec<(usize, usize)>;

impl<'a> Aligner<'a> {
    /// Pairs children that are not equal; both sides are in order and so are the pairs.
    pub(super) fn leftovers(
        &mut self,
        olds: &[usize],
        news: &[usize],
        separated: bool,
    ) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        let names = |source: &Source, nodes: &[usize]| -> Vec<(usize, u64)> {
            let named = |(index, node): (usize, &usize)| {
                source.entity_name(*node).map(|name| (index, crate::syntax::hash_bytes(1, name.as_bytes())))
            };
            nodes.iter().enumerate().filter_map(named).collect()
        };
        let (p, q) = (names(self.old, olds), names(self.new, news));
        let keys = |list: &[(usize, u64)]| -> Vec<u64> { list.iter().map(|(_, key)| *key).collect() };
        for (i, j, len) in common(&keys(&p), &keys(&q), &mut self.budget) {
            pairs.extend((0..len).map(|step| (p[i + step].0, q[j + step].0)));
        }
        let steps: [Step<'a>; 3] = [Self::by_likeness, Self::by_shape, Self::by_place];
        for step in steps {
            let runs: Vec<_> = pairs.iter().map(|(i, j)| (*i, *j, 1)).collect();
            for (i, j) in gaps(&runs, olds.len(), news.len()) {
                if i.is_empty() || j.is_empty() {
                    continue;
                }
                let found = step(self, &olds[i.clone()], &news[j.clone()], separated);
                pairs.extend(found.into_iter().map(|(x, y)| (i.start + x, j.start + y)));
            }
            pairs.sort_unstable();
        }
        let runs: Vec<_> = pairs.iter().map(|(i, j)| (*i, *j, 1)).collect();
        for (i, j) in gaps(&runs, olds.len(), news.len()) {
            if !i.is_empty() && !j.is_empty() {
                self.wrapped(&olds[i], &news[j]);
            }
        }
        pairs.into_iter().map(|(i, j)| (olds[i], news[j])).collect()
    }

    /// Pairs elements that share at least four tenths of their tokens, the most alike first, none crossing another.
    fn by_likeness(&mut self, olds: &[usize], news: &[usize], _: bool) -> Vec<(usize, usize)> {
        // In order of both sides, as the runs are.
        let mut shared: Vec<((usize, usize), usize)> = Vec::new();
        let (mut x, mut y) = (0, 0);
        let (mut whole_old, mut whole_new) = (Vec::new(), Vec::new());
        let mut seen = (0, 0);
        for (s, t, len) in self.common_tokens(olds, news) {
            let (s, t) = (s as u32, t as u32);
            let [before, after] = [(self.old, olds, s..s + len as u32), (self.new, news, t..t + len as u32)];
            whole_old.extend(Self::inner(before.clone(), after.clone(), seen.1));
            whole_new.extend(Self::inner(after, before, seen.0));
            seen = (s + len as u32, t + len as u32);
            for step in 0..len {
                let (s, t) = (s + step as u32, t + step as u32);
                while self.old.nodes[olds[x]].last <= s {
                    x += 1;
                }
                while self.new.nodes[news[y]].last <= t {
                    y += 1;
                }
                let inside = self.old.nodes[olds[x]].first <= s && self.new.nodes[news[y]].first <= t;
                if inside {
                    let heft = heft(self.old.tokens[s as usize].kind);
                    match shared.last_mut() {
                        Some((last, sum)) if *last == (x, y) => *sum += heft,
                        _ => shared.push(((x, y), heft)),
                    }
                }
            }
        }
        // One element may share tokens with all of the other side.
        let mut weights: [FxHashMap<usize, usize>; 2] = Default::default();
        let mut weight = |side: usize, source: &Source, node: usize| -> usize {
            *weights[side].entry(node).or_insert_with(|| {
                source.tokens[source.nodes[node].tokens()].iter().map(|token| heft(token.kind)).sum()
            })
        };
        let mut ranked: Vec<(usize, usize, usize)> = Vec::new();
        for ((x, y), both) in shared {
            let comment = |source: &Source, node: usize| source.nodes[node].is(flag::COMMENT);
            let named = |source: &Source, node: usize| source.nodes[source.ungrouped(node)].is(flag::ENTITY);
            if whole_old.binary_search(&olds[x]).is_ok()
                || whole_new.binary_search(&news[y]).is_ok()
                || comment(self.old, olds[x]) != comment(self.new, news[y])
                || named(self.old, olds[x]) != named(self.new, news[y])
            {
                continue;
            }
            let all = weight(0, self.old, olds[x]) + weight(1, self.new, news[y]);
            let permille = 2000 * both / all.max(1);
            let enough = if named(self.old, olds[x]) { 600 } else { 400 };
            if permille >= enough {
                ranked.push((1000 - permille.min(1000), x, y));
            }
        }
        ranked.sort_unstable();
        let mut pairs: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, x, y) in ranked {
            let before = pairs.range(..=x).next_back().is_none_or(|pair| *pair.0 < x && *pair.1 < y);
            let after = pairs.range(x..).next().is_none_or(|pair| *pair.0 > x && *pair.1 > y);
            if before && after {
                pairs.insert(x, y);
            }
        }
        pairs.into_iter().collect()
    }

    /// Pairs elements that are equal but for their names and literals.
    fn by_shape(&mut self, olds: &[usize], news: &[usize], _: bool) -> Vec<(usize, usize)> {
        let shape = |source: &Source, node: usize, place: usize| -> u64 {
            // Named parts are paired by their names or not at all, comments by place.
            let leaf = source.ungrouped(node);
            if source.nodes[leaf].flags & (flag::ENTITY | flag::COMMENT) != 0 {
                return place as u64;
            }
            source.tokens[source.nodes[node].tokens()].iter().fold(
                u64::from(source.nodes[node].kind),
                |hash, token| {
                    let leaf = &source.nodes[token.node as usize];
                    let word =
                        if leaf.flags & (flag::IDENTIFIER | flag::LITERAL) == 0 { token.hash } else { 7 };
                    crate::syntax::hash_bytes(hash, &word.to_le_bytes())
                },
            )
        };
        let p: Vec<u64> = olds.iter().enumerate().map(|(i, node)| shape(self.old, *node, 2 * i)).collect();
        let q: Vec<u64> =
            news.iter().enumerate().map(|(i, node)| shape(self.new, *node, 2 * i + 1)).collect();
        let runs = common(&p, &q, &mut self.budget);
        runs.into_iter().flat_map(|(i, j, len)| (0..len).map(move |step| (i + step, j + step))).collect()
    }

    /// Pairs by place what cannot stand side by side: elements between separators, and last expressions of a block.
    fn by_place(&mut self, olds: &[usize], news: &[usize], separated: bool) -> Vec<(usize, usize)> {
        let comment = |source: &Source, node: usize| source.nodes[node].is(flag::COMMENT);
        if separated {
            let keep = |source: &Source, nodes: &[usize]| -> Vec<usize> {
                (0..nodes.len()).filter(|i| !comment(source, nodes[*i])).collect()
            };
            return keep(self.old, olds).into_iter().zip(keep(self.new, news)).collect();
        }
        if !self.old.language.tail_expressions {
            return Vec::new();
        }
        let (i, j) = (olds.len() - 1, news.len() - 1);
        let open = |source: &Source, node: usize| {
            let last = source.nodes[node].tokens().last();
            last.is_some_and(|token| !matches!(source.text(token), b";" | b"}")) && !comment(source, node)
        };
        if open(self.old, olds[i]) && open(self.new, news[j]) { vec![(i, j)] } else { Vec::new() }
    }

    /// Whole old elements that stand inside a new one (a block put around statements), and the other way round.
    fn wrapped(&mut self, olds: &[usize], news: &[usize]) {
        for (first_old, first_new, len) in self.common_tokens(olds, news) {
            for node in Self::wholes(self.old, olds, first_old as u32..(first_old + len) as u32) {
                let tokens = self.old.nodes[node].tokens();
                self.match_tokens(tokens.start, tokens.start - first_old + first_new, tokens.len());
            }
            for node in Self::wholes(self.new, news, first_new as u32..(first_new + len) as u32) {
                let tokens = self.new.nodes[node].tokens();
                self.match_tokens(tokens.start - first_new + first_old, tokens.start, tokens.len());
            }
        }
    }

    /// Members of nodes that stand whole in a run of the other side: inside something larger they were wrapped, not changed
    /// (see `wrapped`). One that has the other's semicolon, and all of it that is kept, was changed at its beginning; what
    /// is kept before ends at `seen`.
    fn inner(
        (source, nodes, run): (&Source, &[usize], Range<u32>),
        (there, others, place): (&Source, &[usize], Range<u32>),
        seen: u32,
    ) -> impl Iterator<Item = usize> {
        Self::wholes(source, nodes, run.clone()).into_iter().filter(move |node| {
            let node = &source.nodes[*node];
            let ending = || Self::ending(there, others, node.last - run.start + place.start);
            node.first != run.start || !ending().is_some_and(|first| seen <= first && first < place.start)
        })
    }

    /// The first token of the one of some nodes that ends, with a semicolon, before token `end`.
    fn ending(source: &Source, nodes: &[usize], end: u32) -> Option<u32> {
        let at = nodes.partition_point(|node| source.nodes[*node].last < end);
        let node = nodes.get(at).map(|node| &source.nodes[*node]).filter(|node| node.last == end)?;
        (source.text(end as usize - 1) == b";").then_some(node.first)
    }

    /// Members of `nodes` that lie wholly in a range of tokens and are more than a word.
    fn wholes(source: &Source, nodes: &[usize], range: Range<u32>) -> Vec<usize> {
        let from = nodes.partition_point(|node| source.nodes[*node].first < range.start);
        nodes[from..]
            .iter()
            .copied()
            .take_while(|node| source.nodes[*node].last <= range.end)
            .filter(|node| source.nodes[*node].tokens().len() >= 3)
            .collect()
    }
}
