//! Which tokens of two versions of a file are the same, and which elements belong together.
//!
//! Lists and elements alternate. The children of two lists are compared by hash; what is left over is paired as `leftovers`
//! says. Two paired elements are compared as one sequence of tokens and nested lists; nested lists of one kind go back to
//! the first step. Equal subtrees are never entered.
//!
//! Invariant: matched tokens are in the same order on both sides.

use std::ops::Range;

use crate::syntax::{Source, flag};

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

pub(super) struct Aligner<'a> {
    pub(super) old: &'a Source,
    pub(super) new: &'a Source,
    out: Alignment,
    /// Hashes of all tokens of both sides.
    texts: [&'a [u64]; 2],
    known: Known,
    pub(super) budget: Budget,
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
    aligner.attributes();
    aligner.out.coarse = aligner.budget.spent;
    aligner.out
}

/// The new token that a run of equal ones lays beside an old one.
fn partner(runs: &[Run], token: usize) -> Option<usize> {
    let before = runs.partition_point(|(from, ..)| *from <= token);
    let (from, to, len) = before.checked_sub(1).map(|at| runs[at])?;
    (token < from + len).then(|| to + token - from)
}

impl Aligner<'_> {
    pub(super) fn match_tokens(&mut self, a: usize, b: usize, count: usize) {
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

    /// Tokens from the first of some nodes to the last of them.
    fn tokens(source: &Source, nodes: &[usize]) -> Range<usize> {
        let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else { return 0..0 };
        source.nodes[*first].first as usize..source.nodes[*last].last as usize
    }

    /// Equal runs, by token number, among the tokens of some nodes of both sides.
    pub(super) fn common_tokens(&mut self, olds: &[usize], news: &[usize]) -> Vec<Run> {
        let (p, q) = (Self::tokens(self.old, olds), Self::tokens(self.new, news));
        let (from, to) = (p.start, q.start);
        let [old, new] = self.texts;
        let mut runs = self.known.common((old, p), (new, q), &mut self.budget);
        for run in &mut runs {
            (run.0, run.1) = (run.0 + from, run.1 + to);
        }
        runs
    }

    /// Pairs attributes of paired elements that begin and end with the same tokens, changed in between.
    fn attributes(&mut self) {
        let (old, new) = (self.old, self.new);
        if old.language.attributes.is_empty() {
            return;
        }
        let attribute = |source: &Source, node: usize| source.nodes[node].is(flag::ATTRIBUTE);
        for a in (1..old.nodes.len()).filter(|node| attribute(old, *node)) {
            let [first, .., last] = self.out.old[old.nodes[a].tokens()] else { continue };
            if first == NONE || last == NONE {
                continue;
            }
            let Some(b) = new.starting(first as usize).find(|node| attribute(new, *node)) else { continue };
            let owners = old.parent(a).zip(new.parent(b));
            let together = owners.is_some_and(|(a, b)| self.out.old_pair.get(a) == Some(b));
            if together && new.nodes[b].last == last + 1 && old.nodes[a].hash != new.nodes[b].hash {
                self.out.old_pair.insert(a, b);
                self.out.new_pair.insert(b, a);
            }
        }
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
        let same = |node: &usize| {
            let node = &self.new.nodes[*node];
            node.kind == here.kind && node.is(flag::STATEMENT_LIST)
        };
        self.new.starting(first).take_while(|node| *node != 0).filter(same).last()
    }

    fn list_between(&self, kind: u16, first: usize, last: usize) -> Option<usize> {
        let fits = |node: &usize| {
            let node = &self.new.nodes[*node];
            node.kind == kind && node.is(flag::CONTAINER)
        };
        let list = self.new.starting(first).find(fits)?;
        (self.new.nodes[list].last as usize == last + 1).then_some(list)
    }
}
