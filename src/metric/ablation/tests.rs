//! The machine against simulated tests, of which the truth is known.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// A world: units, what each needs, and what the tests need.
#[derive(Debug, Clone)]
struct Patch {
    setup: Setup,
    /// Closed under prerequisites.
    vital: BTreeSet<usize>,
    /// Taking the first out without the second does not build, though `needs` does not say so.
    hidden: Vec<(usize, usize)>,
}

fn prerequisites(needs: &[BTreeSet<usize>], of: BTreeSet<usize>) -> BTreeSet<usize> {
    let (mut all, mut waiting): (BTreeSet<usize>, Vec<usize>) = (of.clone(), of.into_iter().collect());
    while let Some(unit) = waiting.pop() {
        waiting.extend(needs[unit].iter().filter(|need| all.insert(**need)));
    }
    all
}

impl Patch {
    fn answer(&self, without: &BTreeSet<usize>) -> Outcome {
        if self.hidden.iter().any(|(gone, user)| without.contains(gone) && !without.contains(user)) {
            return Outcome::Broken;
        }
        if without.is_disjoint(&self.vital) { Outcome::Holds } else { Outcome::Fails(vec!["t".to_owned()]) }
    }

    fn assert_closed(&self, without: &BTreeSet<usize>) {
        for (unit, needs) in self.setup.needs.iter().enumerate() {
            assert!(without.contains(&unit) || needs.is_disjoint(without), "{unit} is left without its need");
        }
    }

    /// Runs the machine to its end.
    fn run(&self, mut answer: impl FnMut(&Probe) -> Outcome) -> Findings {
        let mut machine = Machine::new(&self.setup);
        let mut seen = BTreeSet::new();
        let mut runs = 0;
        while let Some(probe) = machine.next() {
            runs += 1;
            assert!(runs <= machine.cap(), "over the cap of {}", machine.cap());
            self.assert_closed(&probe.without);
            assert_eq!(
                seen.insert(probe.without.clone()),
                !probe.again,
                "a tree is run once, but to confirm"
            );
            machine.tell(&answer(&probe));
        }
        let findings = machine.findings();
        assert_eq!(findings.runs, runs);
        findings
    }

    fn is_tried(&self, unit: usize) -> bool {
        self.setup.expected[unit] != Expected::Left
    }

    /// Named right, named at all, to be named.
    fn score(&self, findings: &Findings) -> (usize, usize, usize) {
        let right = findings.needed.keys().filter(|unit| self.vital.contains(unit)).count()
            + findings.removable.iter().filter(|unit| !self.vital.contains(unit)).count();
        let named = findings.needed.len() + findings.removable.len();
        (right, named, (0..self.setup.needs.len()).filter(|unit| self.is_tried(*unit)).count())
    }
}

fn expected() -> impl Strategy<Value = Expected> {
    prop_oneof![
        Just(Expected::Left),
        Just(Expected::Inert),
        Just(Expected::Irrelevant),
        Just(Expected::Unreached),
        Just(Expected::Open),
        Just(Expected::Likely),
    ]
}

/// Any patch at all: rings of needs, wrong expectations, builds that break.
fn anything() -> impl Strategy<Value = Patch> {
    (1_usize..40).prop_flat_map(|count| {
        let unit = 0..count;
        (
            prop::collection::vec((unit.clone(), unit.clone()), 0..count * 2),
            prop::collection::vec(expected(), count),
            prop::collection::btree_set(unit.clone(), 0..=count.min(6)),
            prop::collection::vec((unit.clone(), unit), 0..4),
            any::<bool>(),
        )
            .prop_map(move |(edges, expected, vital, hidden, full)| {
                let mut needs = vec![BTreeSet::new(); count];
                for (from, to) in edges {
                    if from != to {
                        needs[from].insert(to);
                    }
                }
                let depth = if full { Depth::Full } else { Depth::Auto };
                let vital = prerequisites(&needs, vital);
                Patch { setup: Setup { needs, expected, depth }, vital, hidden }
            })
    })
}

proptest! {
    #[test]
    fn monotone_tests_are_never_misread(patch in anything()) {
        let patch = Patch { hidden: Vec::new(), ..patch };
        let findings = patch.run(|probe| patch.answer(&probe.without));
        // Units that are never tried are no reason to call those needed that they need.
        let own: BTreeSet<usize> = patch.vital.iter().copied().filter(|unit| patch.is_tried(*unit)).collect();
        for unit in &findings.removable {
            prop_assert!(!patch.vital.contains(unit), "{unit} is called removable");
        }
        if own.len() == patch.vital.len() {
            for unit in findings.needed.keys() {
                prop_assert!(patch.vital.contains(unit), "{unit} is called needed");
            }
        }
        if patch.setup.depth == Depth::Auto {
            prop_assert!(findings.runs <= 2, "{} runs", findings.runs);
        }
        if patch.setup.depth == Depth::Full && !findings.capped {
            prop_assert!(findings.open.is_empty() && findings.unresolved.is_empty(), "{findings:?}");
        }
    }

    #[test]
    fn builds_that_break_and_tests_that_lie_only_cost_findings(
        patch in anything(),
        lies in prop::collection::vec(0_u8..8, 0..40),
    ) {
        let mut lies = lies.into_iter();
        let findings = patch.run(|probe| match lies.next() {
            Some(0) => Outcome::Holds,
            Some(1) => Outcome::Fails(vec!["chance".to_owned()]),
            Some(2) => Outcome::Unresolved,
            _ => patch.answer(&probe.without),
        });
        prop_assert!(findings.needed.keys().all(|unit| !findings.removable.contains(unit)));
    }

    #[test]
    fn a_break_of_the_build_convicts_nobody(patch in anything()) {
        let findings = patch.run(|probe| patch.answer(&probe.without));
        prop_assert!(findings.removable.is_disjoint(&patch.vital));
    }
}

/// Draws from a fixed seed.
struct Draw(rand_chacha::ChaCha8Rng);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        use rand::RngExt;
        self.0.random_range(0..bound)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// A fix of 1 to 6 units with planted code beside it, as relevance would see it: some of the planted code by signs, some
/// unreached, some like any other; some fixes in the words of the reference.
fn planted(draw: &mut Draw) -> Patch {
    let (fix, plants) = (1 + draw.below(6), 1 + draw.below(8));
    let count = fix + plants;
    let mut needs = vec![BTreeSet::new(); count];
    let mut expected = Vec::new();
    let by_gold = draw.chance(40);
    for (unit, needs) in needs.iter_mut().enumerate().take(fix) {
        if unit > 0 && draw.chance(40) {
            needs.insert(draw.below(unit));
        }
        expected.push(if by_gold && draw.chance(80) { Expected::Likely } else { Expected::Open });
    }
    for (unit, needs) in needs.iter_mut().enumerate().skip(fix) {
        // A planted helper and its call; a planted call of what the fix brings.
        if unit > fix && draw.chance(30) {
            needs.insert(fix + draw.below(unit - fix));
        } else if draw.chance(20) {
            needs.insert(draw.below(fix));
        }
        expected.push(match draw.below(10) {
            0..3 => Expected::Irrelevant,
            3..5 => Expected::Unreached,
            5 => Expected::Inert,
            _ => Expected::Open,
        });
    }
    Patch {
        setup: Setup { needs, expected, depth: Depth::Full },
        vital: (0..fix).collect(),
        hidden: Vec::new(),
    }
}

#[test]
fn planted_code_and_the_fix_are_told_apart() {
    use rand::SeedableRng;
    let mut draw = Draw(rand_chacha::ChaCha8Rng::seed_from_u64(8));
    let (mut right, mut named, mut all) = (0, 0, 0);
    for _ in 0..2000 {
        let patch = planted(&mut draw);
        let score = patch.score(&patch.run(|probe| patch.answer(&probe.without)));
        (right, named, all) = (right + score.0, named + score.1, all + score.2);
    }
    assert_eq!(right, named, "nothing is named wrong");
    assert!(right * 100 >= all * 95, "named {right} of {all}");
}

#[test]
fn a_removal_that_does_not_hold_twice_is_no_finding() {
    let setup = Setup {
        needs: vec![BTreeSet::new(); 2],
        expected: vec![Expected::Unreached, Expected::Likely],
        depth: Depth::Auto,
    };
    let mut machine = Machine::new(&setup);
    let first = machine.next().expect("the unreached unit is tried");
    assert_eq!((first.without.clone(), first.again), (BTreeSet::from([0]), false));
    machine.tell(&Outcome::Holds);
    let second = machine.next().expect("and confirmed");
    assert_eq!((second.without, second.again), (first.without, true));
    machine.tell(&Outcome::Fails(vec!["t".to_owned()]));
    assert_eq!(machine.next(), None);
    assert!(machine.findings().removable.is_empty());
}

#[test]
fn two_units_that_build_only_together_are_tried_together() {
    for (vital, expected) in [(BTreeSet::from([0, 1]), true), (BTreeSet::from([2]), false)] {
        let setup =
            Setup { needs: vec![BTreeSet::new(); 3], expected: vec![Expected::Open; 3], depth: Depth::Full };
        let patch = Patch { setup, vital, hidden: vec![(0, 1), (1, 0)] };
        let findings = patch.run(|probe| patch.answer(&probe.without));
        for unit in [0, 1] {
            assert_eq!(findings.needed.contains_key(&unit), expected);
            assert_eq!(findings.removable.contains(&unit), !expected);
        }
    }
}

#[test]
fn an_irrelevant_unit_that_a_test_needs_is_found_out() {
    let setup = Setup {
        needs: vec![BTreeSet::new(), BTreeSet::from([2]), BTreeSet::new()],
        expected: vec![Expected::Irrelevant, Expected::Irrelevant, Expected::Likely],
        depth: Depth::Full,
    };
    let patch = Patch { setup, vital: BTreeSet::from([1, 2]), hidden: Vec::new() };
    let findings = patch.run(|probe| patch.answer(&probe.without));
    assert_eq!(findings.needed.keys().copied().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(findings.needed[&2].through, Some(1));
    assert_eq!(findings.removable, BTreeSet::from([0]));
}

/// Three that only build together, as a type and its two users that names do not tie: the fix itself, or beside it.
#[test]
fn units_that_build_only_together_are_named_together() {
    for (vital, needed) in [(BTreeSet::from([3, 4, 5]), true), (BTreeSet::from([0]), false)] {
        let setup =
            Setup { needs: vec![BTreeSet::new(); 6], expected: vec![Expected::Open; 6], depth: Depth::Full };
        let patch = Patch { setup, vital: vital.clone(), hidden: vec![(3, 4), (4, 5), (5, 3)] };
        let findings = patch.run(|probe| patch.answer(&probe.without));
        assert_eq!(findings.needed.keys().copied().collect::<BTreeSet<_>>(), vital);
        assert_eq!(findings.removable.len(), 6 - vital.len());
        assert!(!needed || findings.needed[&4].with == 2);
    }
}

/// Code that only goes as a whole, beside a fix that only goes as a whole: nothing of it is called needed for that.
#[test]
fn what_cannot_go_alone_is_no_reason_to_call_its_like_needed() {
    let setup =
        Setup { needs: vec![BTreeSet::new(); 6], expected: vec![Expected::Open; 6], depth: Depth::Full };
    let hidden = vec![(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)];
    let patch = Patch { setup, vital: BTreeSet::from([0, 1, 2]), hidden };
    let findings = patch.run(|probe| patch.answer(&probe.without));
    assert!(findings.needed.keys().all(|unit| *unit < 3), "{findings:?}");
    assert_eq!(findings.removable, BTreeSet::from([3, 4, 5]));
}

/// What the tests need does not build without it, and names do not say so.
#[test]
fn the_last_that_cannot_go_is_needed_unless_something_had_no_answer() {
    let setup =
        Setup { needs: vec![BTreeSet::new(); 3], expected: vec![Expected::Open; 3], depth: Depth::Full };
    let patch = Patch { setup, vital: BTreeSet::from([0, 1]), hidden: vec![(1, 0)] };
    let findings = patch.run(|probe| patch.answer(&probe.without));
    assert_eq!(findings.needed[&1], Need::default());
    assert_eq!(findings.removable, BTreeSet::from([2]));
    let findings = patch.run(|probe| match patch.answer(&probe.without) {
        Outcome::Broken => Outcome::Unresolved,
        other => other,
    });
    assert_eq!(findings.unresolved, BTreeSet::from([1]));
}

/// Neither builds without the other, nor what is needed without both.
#[test]
fn the_last_two_that_cannot_go_are_needed() {
    let setup =
        Setup { needs: vec![BTreeSet::new(); 4], expected: vec![Expected::Open; 4], depth: Depth::Full };
    let patch =
        Patch { setup, vital: BTreeSet::from([0, 1, 2]), hidden: vec![(1, 2), (2, 1), (1, 0), (2, 0)] };
    let findings = patch.run(|probe| patch.answer(&probe.without));
    assert_eq!(findings.needed.keys().copied().collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!((&findings.needed[&1], &findings.needed[&2]), (&Need::default(), &Need::default()));
}
