//! Where two long lists are surely the same: at elements that each has once, in the longest order that both have.
//!
//! A first cut of what would else be compared as a whole (Bram Cohen's patience diff): near-linear, and what is left
//! between two anchors is short.

use rustc_hash::FxHashMap;

use super::sequence::Run;

/// No pair before.
const NONE: u32 = u32::MAX;

/// Where an element stands: on each side, how often and where first.
#[derive(Default)]
struct Place {
    count: [u32; 2],
    at: [u32; 2],
}

/// Runs of equal elements around anchors, in order on both sides.
pub(super) fn anchors(old: &[u64], new: &[u64]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (i, j) in rising(&single(old, new)) {
        let (from_old, from_new) = runs.last().map_or((0, 0), |(i, j, len)| (i + len, j + len));
        if i < from_old || j < from_new {
            continue;
        }
        let before = old[from_old..i].iter().rev().zip(new[from_new..j].iter().rev());
        let back = before.take_while(|(a, b)| a == b).count();
        let behind = old[i..].iter().zip(&new[j..]);
        let on = behind.take_while(|(a, b)| a == b).count();
        match runs.last_mut() {
            Some((.., len)) if (from_old, from_new) == (i - back, j - back) => *len += back + on,
            _ => runs.push((i - back, j - back, back + on)),
        }
    }
    runs
}

/// Places of elements that stand once on each side, in the order of the old one.
fn single(old: &[u64], new: &[u64]) -> Vec<(usize, usize)> {
    let mut places: FxHashMap<u64, Place> = FxHashMap::default();
    for (side, list) in [old, new].into_iter().enumerate() {
        for (at, element) in list.iter().enumerate() {
            let place = places.entry(*element).or_default();
            if place.count[side] == 0 {
                place.at[side] = at as u32;
            }
            place.count[side] += 1;
        }
    }
    let once = |(at, element): (usize, &u64)| {
        let place = &places[element];
        (place.count == [1, 1]).then_some((at, place.at[1] as usize))
    };
    old.iter().enumerate().filter_map(once).collect()
}

/// The longest part of pairs that rises on the new side too; of two the one that ends earlier there.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // By length: the pair that ends the part of that length which ends earliest; and by pair, the one before it.
    let mut ends: Vec<u32> = Vec::new();
    let mut before: Vec<u32> = Vec::with_capacity(pairs.len());
    for (number, (_, new)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end as usize].1 < *new);
        before.push(length.checked_sub(1).map_or(NONE, |shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = number as u32,
            None => ends.push(number as u32),
        }
    }
    let mut found = Vec::with_capacity(ends.len());
    let mut last = ends.last().copied();
    while let Some(pair) = last {
        found.push(pairs[pair as usize]);
        last = Some(before[pair as usize]).filter(|before| *before != NONE);
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_stands_once_on_both_sides_holds_its_surroundings() {
        for (what, old, new, runs) in [
            ("nothing in common", &[1, 2][..], &[3, 4][..], vec![]),
            ("only what stands twice", &[1, 1, 2], &[1, 1, 3], vec![]),
            ("one anchor and its ends", &[1, 1, 5, 1, 2], &[9, 1, 5, 1, 3], vec![(1, 1, 3)]),
            ("of two orders the longer", &[5, 1, 6, 1, 7], &[7, 1, 5, 1, 6], vec![(0, 2, 3)]),
            ("two anchors beside each other", &[5, 6, 8], &[1, 5, 6], vec![(0, 1, 2)]),
        ] {
            assert_eq!(anchors(old, new), runs, "{what}");
        }
    }

    proptest! {
        #[test]
        fn runs_are_equal_and_in_order(
            old in proptest::collection::vec(0_u64..30, 0..60),
            new in proptest::collection::vec(0_u64..30, 0..60),
        ) {
            let (mut i, mut j) = (0, 0);
            for (a, b, len) in anchors(&old, &new) {
                prop_assert!(len > 0 && a >= i && b >= j);
                prop_assert_eq!(&old[a..a + len], &new[b..b + len]);
                (i, j) = (a + len, b + len);
            }
        }
    }
}
