//! Simulations: do intervals cover what they promise, how often is there a false alarm, what drop is seen?

use kerf::evaluate::Record;
use kerf::evaluate::record::{LintStatus, Outcome};
use kerf::stats::compare::{Comparison, Options, Verdict, compare};
use kerf::stats::interval::{Share, Z95, wilson};
use kerf::stats::{binomial, bootstrap, pair};

/// Random numbers from a seed (SplitMix64).
struct Luck(u64);

impl Luck {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn yes(&mut self, chance: f64) -> bool {
        self.unit() < chance
    }

    fn successes(&mut self, n: u64, chance: f64) -> u64 {
        (0..n).filter(|_| self.yes(chance)).count() as u64
    }
}

/// Prints the share of `times` in which an interval holds the truth.
fn cover(what: &str, times: u32, mut once: impl FnMut(&mut Luck) -> bool) {
    let mut luck = Luck(20_261_129);
    let held = (0..times).filter(|_| once(&mut luck)).count() as f64 / f64::from(times);
    let error = (held * (1.0 - held) / f64::from(times)).sqrt();
    println!("{what}: {:.2} % ± {:.2}", held * 100.0, 200.0 * error);
}

fn holds(interval: Option<[f64; 2]>, truth: f64) -> bool {
    interval.is_some_and(|[low, high]| low <= truth && truth <= high)
}

/// Coverage of each 95 % interval, with two standard errors of the simulation.
pub fn coverage() {
    for n in [30_u64, 100, 500] {
        cover(&format!("Wilson, {n} trials, rates uniform in 0.05–0.95"), 40_000, |luck| {
            let p = 0.05 + 0.9 * luck.unit();
            holds(Some(wilson(luck.successes(n, p) as f64 / n as f64, n as f64, Z95)), p)
        });
        cover(&format!("Clopper–Pearson, {n} trials, rates uniform in 0.05–0.95"), 10_000, |luck| {
            let p = 0.05 + 0.9 * luck.unit();
            holds(binomial::clopper_pearson(luck.successes(n, p), n, 0.95), p)
        });
        cover(&format!("Tango, {n} pairs, 10–40 % discordant"), 20_000, |luck| {
            let discordant = 0.1 + 0.3 * luck.unit();
            let worse = discordant * (0.3 + 0.4 * luck.unit());
            let (mut b, mut c) = (0, 0);
            for _ in 0..n {
                let draw = luck.unit();
                b += u64::from(draw < worse);
                c += u64::from((worse..discordant).contains(&draw));
            }
            holds(pair::tango(b, c, n), 2.0 * worse - discordant)
        });
        cover(&format!("adjusted Wald, {n} tasks of 4 samples a side"), 20_000, |luck| {
            // Rates of tasks are uniform; the second side is lower by 0.05 where there is room. The truth is the mean.
            let (mut sum, mut squares, mut differ) = (0.0, 0.0, 0);
            for _ in 0..n {
                let rate = luck.unit();
                let lower = if rate > 0.05 { rate - 0.05 } else { 0.0 };
                let d = (luck.successes(4, lower) as f64 - luck.successes(4, rate) as f64) / 4.0;
                sum += d;
                squares += d * d;
                differ += u64::from(d != 0.0);
            }
            holds(pair::adjusted_wald(sum, squares, differ, n, Z95), -(0.05 * 0.95 + 0.05 * 0.025))
        });
        cover(&format!("Wilson at the effective number, {n} tasks of 4 samples"), 20_000, |luck| {
            let mut one = |_| {
                let rate = luck.unit();
                (luck.successes(4, rate), 4)
            };
            let clusters: Vec<(u64, u64)> = (0..n).map(&mut one).collect();
            holds(Share::clustered(clusters.iter().copied()).interval, 0.5)
        });
        cover(&format!("paired bootstrap, {n} tasks, differences of ratios"), 4_000, |luck| {
            // Half of the tasks have no irrelevant edit on either side; the truth is 0.
            let differences: Vec<f64> = (0..n)
                .map(|_| if luck.yes(0.5) { 0.0 } else { luck.unit().powi(2) - luck.unit().powi(2) })
                .collect();
            let plan = bootstrap::Plan { seed: (luck.unit() * 1e15) as u64, resamples: 1000 };
            holds(bootstrap::paired(&differences, plan).map(|[wide, _]| wide), 0.0)
        });
    }
}

/// How a night is made.
#[derive(Clone, Copy)]
struct Shape {
    tasks: usize,
    models: usize,
    samples: u32,
}

/// A blank record to be filled in.
fn blank() -> Record {
    serde_json::from_value(serde_json::json!({
        "schema": "kerf/record/1", "trial": "", "run_key": null, "grade_key": null, "task": "", "language": "rust",
        "tier": 1, "gold_weight": null, "model": "m", "scaffold": null, "sample": 0, "outcome": "unresolved",
        "reason": null, "apply": null, "tests": null,
        "edits": {"mode": "trial", "irrelevant_edit_ratio": 0.0, "strict": null, "upper": null, "excess": 0,
            "suspect_ratio": null, "removable_ratio": null, "coarse": false, "overturned": 0,
            "weight": {"needed": 0, "acquitted": 0, "supporting": 0, "irrelevant": 0, "unproven": 0},
            "irrelevant_units": 0, "by_kind": {}, "marks": [], "test_weight": 0, "doc_weight": 0},
        "lint": {"status": "clean", "new": {}, "fixed": 0, "suppressions": 0, "unformatted_lines": 0,
            "changed_code_lines": 9},
        "context": null, "cost": {"usd": null, "prompt_tokens": null, "completion_tokens": null, "latency_s": null,
            "steps": null}
    }))
    .expect("a record")
}

/// Two nights of one model each task; `rates` gives a task's chances of being resolved on either night.
fn night(
    luck: &mut Luck,
    blank: &Record,
    shape: Shape,
    rates: &mut dyn FnMut(&mut Luck) -> [bool; 2],
) -> [Vec<Record>; 2] {
    let mut nights = [Vec::new(), Vec::new()];
    for model in 0..shape.models {
        for task in 0..shape.tasks {
            let (untidy, lint) = (luck.unit(), 0.4 + 0.6 * luck.unit());
            for sample in 0..shape.samples {
                let resolved = rates(luck);
                for (night, resolved) in nights.iter_mut().zip(resolved) {
                    let mut record = blank.clone();
                    record.task = format!("t{task:04}");
                    record.model = format!("m{model}");
                    record.sample = sample;
                    record.outcome = if resolved { Outcome::Resolved } else { Outcome::Unresolved };
                    let ratio = if luck.yes(untidy) { untidy * luck.unit() } else { 0.0 };
                    if let Some(edits) = &mut record.edits {
                        edits.irrelevant_edit_ratio = Some(ratio);
                        edits.irrelevant_units = u32::from(ratio > 0.0);
                        edits.excess = (ratio * 100.0) as u32;
                    }
                    if let Some(found) = &mut record.lint {
                        found.status = if luck.yes(lint) { LintStatus::Clean } else { LintStatus::Findings };
                    }
                    night.push(record);
                }
            }
        }
    }
    nights
}

fn compared([was, now]: &[Vec<Record>; 2], seed: u64) -> Comparison {
    compare(was, now, &Options { seed, resamples: 400, ..Options::default() })
}

/// How often a night without change is called REGRESSED, by shape.
pub fn alarms(nights: u64) {
    let blank = blank();
    for shape in [
        Shape { tasks: 100, models: 1, samples: 1 },
        Shape { tasks: 200, models: 1, samples: 1 },
        Shape { tasks: 500, models: 1, samples: 1 },
        Shape { tasks: 60, models: 1, samples: 4 },
        Shape { tasks: 100, models: 5, samples: 1 },
    ] {
        let mut luck = Luck(7);
        let (mut regressed, mut suspect, mut improved) = (0, 0, 0);
        for seed in 0..nights {
            // Most tasks are nearly sure one way or the other, some are open: about a fifth of pairs are discordant.
            let records = night(&mut luck, &blank, shape, &mut |luck| {
                let rate = luck.unit();
                let rate = if rate < 0.5 { rate * rate } else { 1.0 - (1.0 - rate) * (1.0 - rate) };
                [luck.yes(rate), luck.yes(rate)]
            });
            match compared(&records, seed).verdict {
                Verdict::Regressed => regressed += 1,
                Verdict::Suspect => suspect += 1,
                Verdict::Improved => improved += 1,
                _ => {}
            }
        }
        let percent = |count: u32| f64::from(count) * 100.0 / nights as f64;
        let Shape { tasks, models, samples } = shape;
        println!(
            "{tasks} tasks, {models} models, {samples} samples, {nights} nights without change: REGRESSED {:.1} %, \
             SUSPECT {:.1} %, IMPROVED {:.1} % (REGRESSED at most 5 % + 2 SE = {:.1} %)",
            percent(regressed),
            percent(suspect),
            percent(improved),
            5.0 + 200.0 * (0.05 * 0.95 / nights as f64).sqrt()
        );
        assert!(percent(regressed) <= 5.0 + 200.0 * (0.05 * 0.95 / nights as f64).sqrt());
    }
}

/// How often a drop of the pass rate is called REGRESSED, with 20 % of pairs discordant.
pub fn power(nights: u64) {
    let blank = blank();
    for tasks in [100, 200, 500] {
        for drop in [0.02, 0.05, 0.10] {
            let mut luck = Luck(11);
            let (mut regressed, mut noticed) = (0, 0);
            for seed in 0..nights {
                let shape = Shape { tasks, models: 1, samples: 1 };
                let records = night(&mut luck, &blank, shape, &mut |luck| {
                    let draw = luck.unit();
                    let lost = f64::midpoint(0.2, drop);
                    if draw < lost {
                        [true, false]
                    } else if draw < 0.2 {
                        [false, true]
                    } else {
                        [draw < 0.6; 2]
                    }
                });
                let found = compared(&records, seed);
                regressed += u64::from(found.verdict == Verdict::Regressed);
                noticed += u64::from(found.verdict <= Verdict::Suspect);
            }
            let percent = |count: u64| count as f64 * 100.0 / nights as f64;
            println!(
                "{tasks} tasks, a drop of {:.0} points, {nights} nights: REGRESSED {:.0} %, REGRESSED or SUSPECT {:.0} %",
                drop * 100.0,
                percent(regressed),
                percent(noticed)
            );
        }
    }
}
