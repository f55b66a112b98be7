//! The machine: which set to take out next, and what the answers mean.

mod stuck;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::order::{Atom, atoms};
use super::{Depth, Expected, Findings, Need, Outcome, Probe, Setup};

/// What is known of an atom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Removed,
    Needed,
    /// Without it nothing builds; `usize` is how much was out when it was tried.
    Stuck(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Everything irrelevant and unreached.
    Wide,
    /// Everything irrelevant.
    Narrow,
    /// Groups.
    Search,
    /// What was taken out, once more.
    Confirm,
    Done,
}

/// A group to be tried.
#[derive(Debug, Clone)]
struct Group {
    atoms: Vec<usize>,
    /// Only where all of these have gone: then it is known to fail.
    after: Vec<usize>,
    /// None of them can go alone.
    joint: bool,
}

impl Group {
    fn of(atoms: Vec<usize>) -> Self {
        Self { atoms, after: Vec::new(), joint: false }
    }
}

/// A question without its answer yet.
#[derive(Debug, Clone)]
struct Asked {
    /// What is asked about; nothing in particular for a confirmation.
    group: Group,
    /// All that is out.
    set: BTreeSet<usize>,
}

/// Asks by [`Machine::next`], learns by [`Machine::tell`].
#[derive(Debug, Clone)]
pub struct Machine {
    units: usize,
    atoms: Vec<Atom>,
    state: Vec<State>,
    /// Passing runs without it.
    passes: Vec<u32>,
    /// Units through which are atoms here.
    needs: BTreeMap<usize, Need>,
    /// What was said of sets of atoms.
    known: BTreeMap<BTreeSet<usize>, Outcome>,
    /// Pairs that were tried together because neither could go alone.
    paired: BTreeSet<(usize, usize)>,
    /// Of what cannot go alone: all that was so at a time.
    tried_jointly: BTreeSet<Vec<usize>>,
    /// Halves of that, still to be tried.
    halves: VecDeque<Group>,
    /// Sets of that, and the tests that fail without them.
    joined: Vec<(Vec<usize>, Vec<String>)>,
    depth: Depth,
    stage: Stage,
    groups: Vec<Group>,
    asked: Option<Asked>,
    /// Some question had no answer: what follows from trying everything does not.
    blind: bool,
    runs: usize,
    cap: usize,
    capped: bool,
}

/// Runs kept back for the confirmation.
const RESERVE: usize = 1;

impl Machine {
    /// Nothing asked yet.
    pub fn new(setup: &Setup) -> Self {
        let atoms = atoms(&setup.needs, &setup.expected);
        let candidates = setup.expected.iter().filter(|expected| **expected != Expected::Left).count();
        // ⌈log2 n⌉ of 1 is 0.
        let log = candidates.next_power_of_two().trailing_zeros() as usize;
        Self {
            units: setup.needs.len(),
            state: vec![State::Open; atoms.len()],
            passes: vec![0; atoms.len()],
            needs: BTreeMap::new(),
            known: BTreeMap::new(),
            paired: BTreeSet::new(),
            tried_jointly: BTreeSet::new(),
            halves: VecDeque::new(),
            joined: Vec::new(),
            depth: setup.depth,
            stage: if candidates == 0 { Stage::Done } else { Stage::Wide },
            groups: Vec::new(),
            asked: None,
            blind: false,
            runs: 0,
            cap: 2 * log + 4,
            capped: false,
            atoms,
        }
    }

    /// At most so many runs: 2·⌈log2 n⌉ + 4, n being the number of units that may be tried.
    pub fn cap(&self) -> usize {
        self.cap
    }

    /// The next question; none at the end.
    #[expect(clippy::should_implement_trait, reason = "an answer must come before the next question")]
    pub fn next(&mut self) -> Option<Probe> {
        loop {
            match self.stage {
                Stage::Wide => {
                    self.stage = Stage::Narrow;
                    let wide = self.all_of(&[Expected::Inert, Expected::Irrelevant, Expected::Unreached]);
                    let worth = |atom: &usize| match self.depth {
                        Depth::Auto => self.atoms[*atom].expected == Expected::Unreached,
                        Depth::Full => self.atoms[*atom].expected != Expected::Irrelevant,
                    };
                    if wide.iter().any(worth)
                        && let Some(probe) = self.ask(Group::of(wide))
                    {
                        return Some(probe);
                    }
                }
                Stage::Narrow => {
                    self.stage = Stage::Search;
                    let narrow = self.all_of(&[Expected::Irrelevant]);
                    if !narrow.is_empty()
                        && let Some(probe) = self.ask(Group::of(narrow))
                    {
                        return Some(probe);
                    }
                }
                Stage::Search => {
                    if self.depth == Depth::Full {
                        if let Some(probe) = self.search() {
                            return Some(probe);
                        }
                        self.capped = self.choose().is_some() || !self.groups.is_empty();
                        if !self.capped && !self.blind {
                            self.conclude();
                        }
                    }
                    self.stage = Stage::Confirm;
                }
                Stage::Confirm => {
                    self.stage = Stage::Done;
                    let claimed = |atom: usize| match self.depth {
                        Depth::Auto => self.atoms[atom].expected == Expected::Unreached,
                        Depth::Full => true,
                    };
                    let open = (0..self.atoms.len()).any(|atom| {
                        self.state[atom] == State::Removed && self.passes[atom] < 2 && claimed(atom)
                    });
                    if open && self.runs < self.cap {
                        let set = self.removed();
                        self.runs += 1;
                        let without = self.units_of(&set);
                        self.asked = Some(Asked { group: Group::of(Vec::new()), set });
                        return Some(Probe { without, again: true });
                    }
                }
                Stage::Done => return None,
            }
        }
    }

    /// The answer to the last question.
    pub fn tell(&mut self, outcome: &Outcome) {
        let Some(Asked { group, set }) = self.asked.take() else { return };
        self.blind |= *outcome == Outcome::Unresolved;
        if *outcome == Outcome::Holds {
            for atom in &set {
                self.passes[*atom] += 1;
            }
        }
        if group.atoms.is_empty() {
            // A confirmation: what does not hold twice is no finding.
            return;
        }
        self.known.insert(set, outcome.clone());
        if self.stage == Stage::Narrow && *outcome != Outcome::Holds {
            // The wide set: what the narrow one leaves of it is looked at afterwards.
            self.groups.push(group);
            return;
        }
        self.learn(&group, outcome);
    }

    /// What came of it so far.
    pub fn findings(&self) -> Findings {
        let mut findings = Findings { runs: self.runs, capped: self.capped, ..Findings::default() };
        for (index, atom) in self.atoms.iter().enumerate() {
            for unit in &atom.units {
                match self.state[index] {
                    State::Removed if self.passes[index] >= 2 => {
                        findings.removable.insert(*unit);
                    }
                    State::Needed => {
                        let mut need = self.needs.get(&index).cloned().unwrap_or_default();
                        need.through = need.through.map(|atom| self.atoms[atom].units[0]);
                        findings.needed.insert(*unit, need);
                    }
                    State::Stuck(_) => {
                        findings.unresolved.insert(*unit);
                    }
                    State::Open | State::Removed if atom.tried => {
                        findings.open.insert(*unit);
                    }
                    State::Open | State::Removed => {}
                }
            }
        }
        findings
    }

    /// Atoms that may be tried, of these expectations.
    fn all_of(&self, expected: &[Expected]) -> Vec<usize> {
        (0..self.atoms.len())
            .filter(|atom| self.is_open(*atom) && expected.contains(&self.atoms[*atom].expected))
            .collect()
    }

    fn is_open(&self, atom: usize) -> bool {
        self.atoms[atom].tried && self.state[atom] == State::Open
    }

    fn removed(&self) -> BTreeSet<usize> {
        (0..self.atoms.len()).filter(|atom| self.state[*atom] == State::Removed).collect()
    }

    fn units_of(&self, set: &BTreeSet<usize>) -> BTreeSet<usize> {
        set.iter()
            .flat_map(|atom| &self.atoms[*atom].units)
            .copied()
            .filter(|unit| *unit < self.units)
            .collect()
    }

    /// A group with all that goes with it, as far as it is not out yet; in order.
    fn closed(&self, group: &[usize]) -> Vec<usize> {
        let mut closed: BTreeSet<usize> = group.iter().copied().collect();
        let mut waiting = group.to_vec();
        while let Some(atom) = waiting.pop() {
            for other in &self.atoms[atom].dependents {
                if self.state[*other] != State::Removed && closed.insert(*other) {
                    waiting.push(*other);
                }
            }
        }
        closed.into_iter().collect()
    }

    /// A probe without a group; none where the answer is known, which is then learnt.
    fn ask(&mut self, group: Group) -> Option<Probe> {
        let mut set = self.removed();
        set.extend(self.closed(&group.atoms));
        if let Some(outcome) = self.known.get(&set).cloned() {
            self.learn(&group, &outcome);
            return None;
        }
        self.runs += 1;
        let without = self.units_of(&set);
        self.asked = Some(Asked { group, set });
        Some(Probe { without, again: false })
    }

    fn learn(&mut self, group: &Group, outcome: &Outcome) {
        let closed = self.closed(&group.atoms);
        if *outcome == Outcome::Holds {
            for atom in closed {
                self.state[atom] = State::Removed;
            }
            return;
        }
        if group.joint {
            self.learn_joint(&group.atoms, outcome);
            return;
        }
        // What may not be tried only came along: it has no vote.
        let tried: Vec<usize> = closed.into_iter().filter(|atom| self.atoms[*atom].tried).collect();
        let open: Vec<usize> =
            tried.iter().copied().filter(|atom| self.state[*atom] == State::Open).collect();
        match (open.as_slice(), outcome) {
            ([], _) | (_, Outcome::Holds) => {}
            ([atom], Outcome::Fails(tests)) if tried.len() == 1 => self.need(*atom, tests, 0),
            // Two that build only together, and without which a test fails.
            ([one, other], Outcome::Fails(tests))
                if tried.len() == 2 && self.paired.contains(&(*one, *other)) =>
            {
                for atom in [*one, *other] {
                    self.need(atom, tests, 1);
                }
            }
            ([one, other], Outcome::Broken | Outcome::Unresolved)
                if self.paired.contains(&(*one, *other)) =>
            {
                for atom in [*one, *other] {
                    self.state[atom] = State::Stuck(self.removed().len());
                }
            }
            // Alone with others that do not build, it cannot be told from them.
            ([atom], _) => self.state[*atom] = State::Stuck(self.removed().len()),
            (_, Outcome::Fails(_)) => {
                let (first, second) = self.halves(open);
                self.groups.push(Group { after: first.clone(), ..Group::of(second) });
                self.groups.push(Group::of(first));
            }
            (_, Outcome::Broken | Outcome::Unresolved) => {
                let (first, second) = self.halves(open);
                for atoms in [second, first] {
                    self.groups.push(Group::of(atoms));
                }
            }
        }
    }

    /// Two parts of a closed list, of which the first is closed by itself: dependents come first in the order. A part
    /// that expects to be needed and one that does not are the better halves.
    fn halves(&self, mut closed: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
        let firm = closed.iter().position(|atom| self.atoms[*atom].expected >= Expected::Open).unwrap_or(0);
        let at = if firm > 0 { firm } else { closed.len().div_ceil(2) };
        let second = closed.split_off(at);
        (closed, second)
    }

    /// An atom is needed, and with it all that it needs.
    fn need(&mut self, atom: usize, tests: &[String], with: usize) {
        self.state[atom] = State::Needed;
        self.needs.insert(atom, Need { tests: tests.to_vec(), through: None, with });
        let mut waiting = vec![atom];
        while let Some(at) = waiting.pop() {
            for other in self.atoms[at].prerequisites.clone() {
                if !matches!(self.state[other], State::Needed | State::Removed) {
                    self.state[other] = State::Needed;
                    self.needs.insert(other, Need { tests: tests.to_vec(), through: Some(atom), with });
                    waiting.push(other);
                }
            }
        }
    }

    /// The next question of the search, with runs kept back for the confirmation.
    fn search(&mut self) -> Option<Probe> {
        loop {
            let group = match self.groups.pop() {
                Some(group) => {
                    let waits = group.after.iter().any(|atom| self.state[*atom] != State::Removed);
                    let waiting = |atom: &usize| match self.state[*atom] {
                        State::Open => !group.joint,
                        State::Stuck(_) => group.joint,
                        State::Removed | State::Needed => false,
                    };
                    let atoms: Vec<usize> = group.atoms.iter().copied().filter(waiting).collect();
                    if waits || !atoms.iter().any(|atom| self.atoms[*atom].tried) {
                        continue;
                    }
                    Group { atoms, ..group }
                }
                None => match self.choose() {
                    Some(atoms) => Group::of(atoms),
                    None => self.of_stuck()?,
                },
            };
            let mut set = self.removed();
            set.extend(self.closed(&group.atoms));
            if !self.known.contains_key(&set) && self.runs + RESERVE >= self.cap {
                self.groups.push(group);
                return None;
            }
            if let Some(probe) = self.ask(group) {
                return Some(probe);
            }
        }
    }

    /// The next group: of those least expected to be needed, as many as are likely to go together.
    fn choose(&self) -> Option<Vec<usize>> {
        let tier = (0..self.atoms.len())
            .filter(|atom| self.is_open(*atom))
            .map(|atom| self.atoms[atom].expected)
            .min()?;
        let of_tier = |atom: &usize| self.atoms[*atom].expected == tier && self.atoms[*atom].tried;
        let open: Vec<usize> =
            (0..self.atoms.len()).filter(|atom| self.is_open(*atom) && of_tier(atom)).collect();
        let settled = |state: State| {
            (0..self.atoms.len()).filter(of_tier).filter(|atom| self.state[*atom] == state).count() as f64
        };
        let (needed, removed) = (settled(State::Needed), settled(State::Removed));
        // As if two had been seen before.
        let share = (needed + 2.0 * prior(tier)) / (needed + removed + 2.0);
        // A group of this size holds a needed one with probability one half.
        let size = if share >= 0.4 { 1 } else { (std::f64::consts::LN_2 / share).round().max(1.0) as usize };
        if size > 1 {
            return Some(open.into_iter().take(size).collect());
        }
        // One by one: a needed unit settles all that it needs, so the one that needs most comes first.
        let free = |atom: &usize| !self.atoms[*atom].dependents.iter().any(|other| self.is_open(*other));
        let best = open.iter().copied().filter(free).max_by_key(|atom| {
            let open = self.atoms[*atom].prerequisites.iter().filter(|other| self.is_open(**other)).count();
            (open, std::cmp::Reverse(*atom))
        });
        Some(vec![best.unwrap_or(open[0])])
    }
}

/// How many of a kind are needed, before any was tried.
fn prior(expected: Expected) -> f64 {
    match expected {
        Expected::Left | Expected::Inert => 0.05,
        Expected::Irrelevant | Expected::Unreached => 0.2,
        Expected::Open => 0.4,
        Expected::Likely => 0.9,
    }
}
