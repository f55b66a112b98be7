//! Which tokens of two versions of a file are the same, and which elements belong together.
//!
//! Lists and elements alternate. The children of two lists are compared by hash; what is left over is paired by entity,
//! by likeness, by shape, and where separators demand it by place. Two paired elements are compared as one sequence of
//! tokens and nested lists; nested lists of one kind go back to the first step. Equal subtrees are never entered.
//!
//! Invariant: matched tokens are in the same order on both sides.

use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::syntax::{Source, TokenKind, flag};

use super::sequence::{Budget, Known, Run, common, gaps};

/// No partner.
pub(crate) const NONE: u32 = u32::MAX;

/// Elements of one side with their partners on the other, by node number.
#[derive(Debug)]
pub(crate) struct Pairs(Vec<u32>);

impl Pairs {
    fn new(nodes: usize) -> Self {
        Self(vec![NONE; nodes])
    }

    fn insert(&mut self, node: usize, mate: usize) {
        self.0[node] = mate as u32;
    }

    /// The partner of a node.
    pub fn get(&self, node: usize) -> Option<usize> {
        self.0.get(node).filter(|mate| **mate != NONE).map(|mate| *mate as usize)
    }

    /// It has a partner.
    pub fn contains(&self, node: usize) -> bool {
        self.get(node).is_some()
    }

    /// All pairs in order of the nodes of this side.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let pairs = self.0.iter().enumerate();
        pairs.filter(|(_, mate)| **mate != NONE).map(|(node, mate)| (node, *mate as usize))
    }
}

/// Partners of tokens and elements.
#[derive(Debug)]
pub(crate) struct Alignment {
    /// New token by old token, or [`NONE`].
    pub old: Vec<u32>,
    /// Old token by new token, or [`NONE`].
    pub new: Vec<u32>,
    /// New element by old element (node numbers).
    pub old_pair: Pairs,
    /// Old element by new element.
    pub new_pair: Pairs,
    /// The budget ran out.
    pub coarse: bool,
}

enum Task {
    List(usize, usize),
    Element(usize, usize),
}

struct Aligner<'a> {
    old: &'a Source,
    new: &'a Source,
    out: Alignment,
    /// Hashes of all tokens of both sides.
    texts: [&'a [u64]; 2],
    known: Known,
    budget: Budget,
    tasks: Vec<Task>,
}

/// Aligns two versions.
pub(crate) fn align(old: &Source, new: &Source) -> Alignment {
    let out = Alignment {
        old: vec![NONE; old.tokens.len()],
        new: vec![NONE; new.tokens.len()],
        old_pair: Pairs::new(old.nodes.len()),
        new_pair: Pairs::new(new.nodes.len()),
        coarse: false,
    };
    let budget = Budget::new(old.tokens.len() + new.tokens.len());
    let texts = [old, new].map(|source| source.tokens.iter().map(|token| token.hash).collect::<Vec<_>>());
    let texts = [&texts[0][..], &texts[1][..]];
    let known = Known::default();
    let mut aligner = Aligner { old, new, out, texts, known, budget, tasks: vec![Task::List(0, 0)] };
    while let Some(task) = aligner.tasks.pop() {
        match task {
            Task::List(a, b) => aligner.list(a, b),
            Task::Element(a, b) => aligner.element(a, b),
        }
    }
    aligner.out.coarse = aligner.budget.spent;
    aligner.out
}

/// Tokens that carry meaning weigh more than brackets when two elements are likened.
fn heft(kind: TokenKind) -> usize {
    match kind {
        TokenKind::Word | TokenKind::Literal => 3,
        TokenKind::Punct | TokenKind::Comment | TokenKind::Error => 1,
    }
}

/// The new token that a run of equal ones lays beside an old one.
fn partner(runs: &[Run], token: usize) -> Option<usize> {
    let before = runs.partition_point(|(from, ..)| *from <= token);
    let (from, to, len) = before.checked_sub(1).map(|at| runs[at])?;
    (token < from + len).then(|| to + token - from)
}

/// A way to pair children of two lists, given whether separators stand between them.
type Step<'a> = fn(&mut Aligner<'a>, &[usize], &[usize], bool) -> Vec<(usize, usize)>;

impl<'a> Aligner<'a> {
    fn match_tokens(&mut self, a: usize, b: usize, count: usize) {
        for step in 0..count {
            self.out.old[a + step] = (b + step) as u32;
            self.out.new[b + step] = (a + step) as u32;
        }
    }

    /// Matches the tokens of two equal subtrees.
    fn match_nodes(&mut self, a: usize, b: usize) {
        let (x, y) = (self.old.nodes[a].tokens(), self.new.nodes[b].tokens());
        if x.len() == y.len() {
            self.match_tokens(x.start, y.start, x.len());
        }
    }

    fn pair(&mut self, a: usize, b: usize) {
        self.out.old_pair.insert(a, b);
        self.out.new_pair.insert(b, a);
        if self.old.nodes[a].hash == self.new.nodes[b].hash {
            self.match_nodes(a, b);
        } else {
            self.tasks.push(Task::Element(a, b));
        }
    }

    fn members(source: &Source, list: usize) -> Vec<usize> {
        source.children(list).filter(|child| !source.nodes[*child].is(flag::SEPARATOR)).collect()
    }

    fn list(&mut self, a: usize, b: usize) {
        if self.old.nodes[a].hash == self.new.nodes[b].hash {
            self.match_nodes(a, b);
            return;
        }
        let olds = Self::members(self.old, a);
        let news = Self::members(self.new, b);
        let hashes = |source: &Source, nodes: &[usize]| -> Vec<u64> {
            nodes.iter().map(|node| source.nodes[*node].hash).collect()
        };
        let runs = common(&hashes(self.old, &olds), &hashes(self.new, &news), &mut self.budget);
        let mut pairs = Vec::new();
        for (i, j, len) in &runs {
            for step in 0..*len {
                let (x, y) = (olds[i + step], news[j + step]);
                self.match_nodes(x, y);
                self.out.old_pair.insert(x, y);
                self.out.new_pair.insert(y, x);
                pairs.push((x, y));
            }
        }
        let separated = !self.old.nodes[a].is(flag::STATEMENT_LIST);
        for (i, j) in gaps(&runs, olds.len(), news.len()) {
            if i.is_empty() || j.is_empty() {
                continue;
            }
            let found = self.leftovers(&olds[i], &news[j], separated);
            for (x, y) in found {
                self.pair(x, y);
                pairs.push((x, y));
            }
        }
        self.separators(&pairs);
    }

    /// A separator belongs to the element before it.
    fn separators(&mut self, pairs: &[(usize, usize)]) {
        for (x, y) in pairs {
            let next = |source: &Source, node: usize| {
                let next = source.nodes[node].end as usize;
                let parent = source.nodes[node].parent as usize;
                (next < source.nodes[parent].end as usize && source.nodes[next].is(flag::SEPARATOR))
                    .then_some(next)
            };
            if let (Some(p), Some(q)) = (next(self.old, *x), next(self.new, *y))
                && self.old.nodes[p].hash == self.new.nodes[q].hash
            {
                self.match_nodes(p, q);
            }
        }
    }

    /// Pairs children that are not equal; both sides are in order and so are the pairs.
    fn leftovers(&mut self, olds: &[usize], news: &[usize], separated: bool) -> Vec<(usize, usize)> {
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

    /// Tokens from the first of some nodes to the last of them.
    fn tokens(source: &Source, nodes: &[usize]) -> Range<usize> {
        let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else { return 0..0 };
        source.nodes[*first].first as usize..source.nodes[*last].last as usize
    }

    /// Equal runs, by token number, among the tokens of some nodes of both sides.
    fn common_tokens(&mut self, olds: &[usize], news: &[usize]) -> Vec<Run> {
        let (p, q) = (Self::tokens(self.old, olds), Self::tokens(self.new, news));
        let (from, to) = (p.start, q.start);
        let [old, new] = self.texts;
        let mut runs = self.known.common((old, p), (new, q), &mut self.budget);
        for run in &mut runs {
            (run.0, run.1) = (run.0 + from, run.1 + to);
        }
        runs
    }

    /// Pairs elements that share at least four tenths of their tokens, the most alike first, none crossing another.
    fn by_likeness(&mut self, olds: &[usize], news: &[usize], _: bool) -> Vec<(usize, usize)> {
        // In order of both sides, as the runs are.
        let mut shared: Vec<((usize, usize), usize)> = Vec::new();
        let (mut x, mut y) = (0, 0);
        let (mut whole_old, mut whole_new) = (Vec::new(), Vec::new());
        for (s, t, len) in self.common_tokens(olds, news) {
            // What stands whole inside something larger was wrapped, not changed: see `wrapped`.
            let (s, t) = (s as u32, t as u32);
            whole_old.extend(Self::wholes(self.old, olds, s..s + len as u32));
            whole_new.extend(Self::wholes(self.new, news, t..t + len as u32));
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

    /// Tokens and lists below an element, lists not entered.
    fn items(source: &Source, element: usize) -> Vec<usize> {
        let mut items = Vec::new();
        let end = source.nodes[element].end as usize;
        let mut node = element;
        while node < end {
            let here = &source.nodes[node];
            if here.is(flag::CONTAINER) || here.end as usize == node + 1 {
                if here.first < here.last {
                    items.push(node);
                }
                node = here.end as usize;
            } else {
                node += 1;
            }
        }
        items
    }

    fn element(&mut self, a: usize, b: usize) {
        // An element that is a list itself.
        let (x, y) = (&self.old.nodes[a], &self.new.nodes[b]);
        if x.is(flag::CONTAINER) && x.kind == y.kind {
            self.tasks.push(Task::List(a, b));
            return;
        }
        let olds = Self::items(self.old, a);
        let news = Self::items(self.new, b);
        let hashes = |source: &Source, nodes: &[usize]| -> Vec<u64> {
            nodes.iter().map(|node| source.nodes[*node].hash).collect()
        };
        let runs = common(&hashes(self.old, &olds), &hashes(self.new, &news), &mut self.budget);
        for (i, j, len) in &runs {
            for step in 0..*len {
                self.match_nodes(olds[i + step], news[j + step]);
            }
        }
        for (i, j) in gaps(&runs, olds.len(), news.len()) {
            if !i.is_empty() && !j.is_empty() {
                self.items_left(&olds[i], &news[j]);
            }
        }
    }

    /// Unequal items of two elements: lists by kind where their brackets would match anyway, tokens otherwise.
    fn items_left(&mut self, olds: &[usize], news: &[usize]) {
        let is_list = |source: &Source, node: &usize| source.nodes[*node].is(flag::CONTAINER);
        if !olds.iter().any(|node| is_list(self.old, node))
            && !news.iter().any(|node| is_list(self.new, node))
        {
            return;
        }
        let runs = self.common_tokens(olds, news);
        let lists = self.paired_lists(olds, news, &runs);
        // Inside paired lists the tokens are matched list by list, not here.
        let mut next = 0;
        for (s, t) in runs.iter().flat_map(|(s, t, len)| (0..*len).map(move |step| (s + step, t + step))) {
            while next < lists.len() && self.old.nodes[lists[next].0].last as usize <= s {
                next += 1;
            }
            let covered = next < lists.len() && {
                let (x, y) = lists[next];
                self.old.nodes[x].tokens().contains(&s) || self.new.nodes[y].tokens().contains(&t)
            };
            if !covered {
                self.match_tokens(s, t, 1);
            }
        }
        for (x, y) in lists {
            self.tasks.push(Task::List(x, y));
        }
    }

    /// Lists of one kind whose first and last tokens are partners, at any depth, in order and disjoint.
    fn paired_lists(&self, olds: &[usize], news: &[usize], runs: &[Run]) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        let (Some(first), Some(last)) = (olds.first(), olds.last()) else { return found };
        let mut node = *first;
        let end = self.old.nodes[*last].end as usize;
        while node < end {
            let here = &self.old.nodes[node];
            if here.is(flag::CONTAINER) && here.first < here.last {
                if let Some(mate) = self.list_behind(node, runs) {
                    found.push((node, mate));
                    node = here.end as usize;
                    continue;
                }
                let mates = (partner(runs, here.first as usize), partner(runs, here.last as usize - 1));
                if let (Some(s), Some(t)) = mates
                    && let Some(mate) = self.list_between(here.kind, s, t)
                {
                    found.push((node, mate));
                    node = here.end as usize;
                    continue;
                }
            }
            node += 1;
        }
        if !found.is_empty() {
            return found;
        }
        // One list on each side and nothing better: the same kind is enough.
        let lists = |source: &Source, nodes: &[usize]| -> Vec<usize> {
            nodes.iter().copied().filter(|node| source.nodes[*node].is(flag::CONTAINER)).collect()
        };
        match (&lists(self.old, olds)[..], &lists(self.new, news)[..]) {
            ([x], [y]) if self.old.nodes[*x].kind == self.new.nodes[*y].kind && runs.is_empty() => {
                vec![(*x, *y)]
            }
            _ => found,
        }
    }

    /// For a list without brackets, the one behind the partner of the token before it.
    fn list_behind(&self, list: usize, runs: &[Run]) -> Option<usize> {
        let here = &self.old.nodes[list];
        (self.old.language.indentation && here.is(flag::STATEMENT_LIST)).then_some(())?;
        let head = (here.first as usize).checked_sub(1)?;
        let known = self.out.old.get(head).filter(|mate| **mate != NONE).map(|mate| *mate as usize);
        let first = known.or_else(|| partner(runs, head))? + 1;
        let leaf = self.new.tokens.get(first)?.node as usize;
        let starting = self
            .new
            .ancestors(leaf)
            .take_while(|node| self.new.nodes[*node].first as usize == first && *node != 0);
        let same = |node: &usize| {
            let node = &self.new.nodes[*node];
            node.kind == here.kind && node.is(flag::STATEMENT_LIST)
        };
        starting.filter(same).last()
    }

    fn list_between(&self, kind: u16, first: usize, last: usize) -> Option<usize> {
        let leaf = self.new.tokens.get(first)?.node as usize;
        let fits = |node: &usize| {
            let node = &self.new.nodes[*node];
            node.kind == kind && node.is(flag::CONTAINER)
        };
        let list = self
            .new
            .ancestors(leaf)
            .take_while(|node| self.new.nodes[*node].first as usize == first)
            .find(fits)?;
        (self.new.nodes[list].last as usize == last + 1).then_some(list)
    }
}
