//! Units as atoms: what can only go together is one, and atoms are ordered so that what hangs on another comes first.

use std::collections::BTreeSet;

use super::Expected;

/// Units that need each other in a ring, as one.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    pub units: Vec<usize>,
    /// Atoms that go with it.
    pub dependents: Vec<usize>,
    /// Atoms with which it goes.
    pub prerequisites: Vec<usize>,
    /// The firmest expectation of its units and of all that goes with it.
    pub expected: Expected,
    /// It holds a unit that may be tried.
    pub tried: bool,
}

/// Atoms in such an order that all dependents of an atom come before it; among those that could come next, the least
/// expected to be needed first.
pub(super) fn atoms(needs: &[BTreeSet<usize>], expected: &[Expected]) -> Vec<Atom> {
    let count = needs.len();
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (unit, needs) in needs.iter().enumerate() {
        for need in needs.iter().filter(|need| **need < count && **need != unit) {
            dependents[*need].push(unit);
        }
    }
    let ring = rings(needs, &dependents);
    let number = ring.iter().max().map_or(0, |last| last + 1);
    let mut atoms: Vec<Atom> = (0..number)
        .map(|_| Atom {
            units: Vec::new(),
            dependents: Vec::new(),
            prerequisites: Vec::new(),
            expected: Expected::Left,
            tried: false,
        })
        .collect();
    for unit in 0..count {
        let own = expected.get(unit).copied().unwrap_or(Expected::Left);
        let atom = &mut atoms[ring[unit]];
        atom.units.push(unit);
        atom.expected = atom.expected.max(own);
        atom.tried |= own != Expected::Left;
        atom.dependents
            .extend(dependents[unit].iter().map(|other| ring[*other]).filter(|o| *o != ring[unit]));
        atom.prerequisites.extend(
            needs[unit].iter().filter(|n| **n < count).map(|other| ring[*other]).filter(|o| *o != ring[unit]),
        );
    }
    for atom in &mut atoms {
        for list in [&mut atom.dependents, &mut atom.prerequisites] {
            list.sort_unstable();
            list.dedup();
        }
    }
    sorted(atoms)
}

/// Kahn's order over the rings, and expectations handed down from dependents.
fn sorted(mut atoms: Vec<Atom>) -> Vec<Atom> {
    let mut waiting: Vec<usize> = atoms.iter().map(|atom| atom.dependents.len()).collect();
    let mut ready: BTreeSet<(Expected, usize, usize)> = (0..atoms.len())
        .filter(|atom| waiting[*atom] == 0)
        .map(|atom| (atoms[atom].expected, atoms[atom].units[0], atom))
        .collect();
    let mut order = Vec::with_capacity(atoms.len());
    while let Some((expected, _, atom)) = ready.pop_first() {
        order.push(atom);
        for other in atoms[atom].prerequisites.clone() {
            atoms[other].expected = atoms[other].expected.max(expected);
            waiting[other] -= 1;
            if waiting[other] == 0 {
                ready.insert((atoms[other].expected, atoms[other].units[0], other));
            }
        }
    }
    let mut place = vec![0; atoms.len()];
    for (at, atom) in order.iter().enumerate() {
        place[*atom] = at;
    }
    let mut sorted: Vec<(usize, Atom)> =
        atoms.into_iter().enumerate().map(|(index, atom)| (place[index], atom)).collect();
    sorted.sort_by_key(|(place, _)| *place);
    sorted
        .into_iter()
        .map(|(_, mut atom)| {
            for list in [&mut atom.dependents, &mut atom.prerequisites] {
                for other in list.iter_mut() {
                    *other = place[*other];
                }
            }
            atom
        })
        .collect()
}

/// Kosaraju's two walks: the number of the strongly connected component of every unit.
fn rings(needs: &[BTreeSet<usize>], dependents: &[Vec<usize>]) -> Vec<usize> {
    let count = needs.len();
    let mut seen = vec![false; count];
    let mut finished = Vec::with_capacity(count);
    for start in 0..count {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((unit, at)) = path.last_mut() {
            if let Some(next) = dependents[*unit].get(*at).copied() {
                *at += 1;
                if !std::mem::replace(&mut seen[next], true) {
                    path.push((next, 0));
                }
            } else {
                finished.push(*unit);
                path.pop();
            }
        }
    }
    let mut ring = vec![usize::MAX; count];
    let mut number = 0;
    for start in finished.into_iter().rev() {
        if ring[start] != usize::MAX {
            continue;
        }
        let mut waiting = vec![start];
        ring[start] = number;
        while let Some(unit) = waiting.pop() {
            for next in needs[unit].iter().copied().filter(|next| *next < count) {
                if ring[next] == usize::MAX {
                    ring[next] = number;
                    waiting.push(next);
                }
            }
        }
        number += 1;
    }
    ring
}
