//! What cannot go alone: nothing builds without it, so the tests say nothing of it by itself.

use super::{Group, Machine, Outcome, State};

impl Machine {
    /// The next question about them: all at once, which settles most; each again where more has gone since; halves; pairs.
    pub(super) fn of_stuck(&mut self) -> Option<Group> {
        self.joint()
            .or_else(|| self.stuck().map(Group::of))
            .or_else(|| self.halves.pop_front())
            .or_else(|| self.mates().map(Group::of))
    }

    /// Two neighbours neither of which could go alone, together: a statement and the one in its place.
    fn mates(&mut self) -> Option<Vec<usize>> {
        let mut stuck: Vec<usize> = (0..self.atoms.len()).filter(|atom| self.is_stuck(*atom)).collect();
        stuck.sort_by_key(|atom| self.atoms[*atom].units[0]);
        let mut pairs = stuck.windows(2).map(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1])));
        let (one, other) = pairs.find(|pair| !self.paired.contains(pair))?;
        self.paired.insert((one, other));
        for atom in [one, other] {
            self.state[atom] = State::Open;
        }
        Some(vec![one, other])
    }

    /// What did not build before, tried once more where more has gone since.
    fn stuck(&mut self) -> Option<Vec<usize>> {
        let gone = self.removed().len();
        let atom = (0..self.atoms.len()).find(|atom| match self.state[*atom] {
            State::Stuck(then) => then < gone && self.atoms[*atom].tried,
            State::Open | State::Removed | State::Needed => false,
        })?;
        self.state[atom] = State::Open;
        Some(vec![atom])
    }

    /// All of them at once; halves of that afterwards.
    fn joint(&mut self) -> Option<Group> {
        let atoms: Vec<usize> = (0..self.atoms.len()).filter(|atom| self.is_stuck(*atom)).collect();
        let is_new = atoms.len() > 1 && self.tried_jointly.insert(atoms.clone());
        is_new.then(|| Group { joint: true, ..Group::of(atoms) })
    }

    /// They stay. Halves tell whether some of them could go together after all.
    pub(super) fn learn_joint(&mut self, group: &[usize], outcome: &Outcome) {
        if let Outcome::Fails(tests) = outcome {
            self.joined.push((group.to_vec(), tests.clone()));
        }
        if group.len() > 2 {
            let (first, second) = group.split_at(group.len().div_ceil(2));
            for half in [first, second].into_iter().filter(|half| half.len() > 1) {
                self.halves.push_back(Group { joint: true, ..Group::of(half.to_vec()) });
            }
        }
    }

    /// Once nothing is left to try: what cannot go alone, and could not go with others like it either, is needed where a test
    /// fails without all of them. One or two that nothing builds without, together or apart, are needed in any case: all else
    /// is.
    pub(super) fn conclude(&mut self) {
        let stuck: Vec<usize> = (0..self.atoms.len()).filter(|atom| self.is_stuck(*atom)).collect();
        let breaks = || {
            let mut set = self.removed();
            set.extend(self.closed(&stuck));
            self.known.get(&set) == Some(&Outcome::Broken)
        };
        if stuck.len() == 1 || (stuck.len() == 2 && breaks()) {
            for atom in stuck {
                self.need(atom, &[], 0);
            }
        }
        let mut joined = std::mem::take(&mut self.joined);
        joined.sort_by_key(|(atoms, _)| atoms.len());
        for (atoms, tests) in joined {
            let with = atoms.len() - 1;
            for atom in atoms {
                if self.is_stuck(atom) {
                    self.need(atom, &tests, with);
                }
            }
        }
    }

    fn is_stuck(&self, atom: usize) -> bool {
        matches!(self.state[atom], State::Stuck(_)) && self.atoms[atom].tried
    }
}
