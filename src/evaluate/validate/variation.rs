//! Ways to run the same tests: in another order, one at a time, many at a time, on a loaded machine.
//!
//! In: a task's test command and the format of its log. Out: a command and variables that run the same tests in that
//! way. Where a runner has no switch for a way, the plain command is what remains; [`Variation::order`] and
//! [`Variation::threads`] say what was done.

use std::collections::BTreeMap;

use crate::harness::Format;

/// In which order tests begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    /// The runner's own.
    Plain,
    /// Shuffled by this seed.
    Shuffled(u64),
}

/// How many tests run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Threads {
    /// One.
    One,
    /// As many as the runner likes.
    Default,
    /// More than the machine has cores.
    Many,
}

/// One way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variation {
    /// For keys and messages.
    pub name: String,
    /// Command.
    pub command: String,
    /// Variables added.
    pub environment: BTreeMap<String, String>,
    /// What was done to the order.
    pub order: Order,
    /// What was done to the number of threads.
    pub threads: Threads,
    /// Processes spin beside the tests.
    pub load: bool,
}

/// What variations are made of.
pub(super) struct Basis<'a> {
    /// The task's test command.
    pub command: &'a str,
    /// The command that builds the tests, where one is known.
    pub build: Option<String>,
    /// Format of the log.
    pub format: Format,
    /// Of cargo: the host's target triple. None where the tests must keep the runner that the tree configures.
    pub triple: Option<String>,
    /// Seconds for which a loaded machine stays loaded.
    pub load_s: u64,
}

/// More threads than most machines have cores.
const MANY: &str = "16";

/// Given as `sh SCRIPT SEED PROGRAM…`: shuffles where the program is a test program built on libtest. Only libtest
/// knows the name of the variable; programs with a main of their own, and doctests, run as they are.
const SHUFFLE: &str = r#"seed=$1; shift; program=$1; shift
case $program in
*/deps/*) if grep -qa RUST_TEST_SHUFFLE "$program"; then
  RUSTC_BOOTSTRAP=1 exec "$program" "$@" -Z unstable-options --shuffle-seed "$seed"
fi;;
esac
exec "$program" "$@"
"#;

/// Six spinning processes a core, of the lowest cost to start. They end with the step, and after some time anyway: a
/// test command may go on to compile examples for minutes.
fn spinning(seconds: u64) -> String {
    format!(
        "n=$(nproc 2>/dev/null || echo 4); i=0; spinning=; while [ $i -lt $((n * 6)) ]; do \
         (while :; do :; done) >/dev/null 2>&1 & spinning=\"$spinning $!\"; i=$((i + 1)); done; \
         (sleep {seconds}; kill $spinning) >/dev/null 2>&1 & "
    )
}

impl Basis<'_> {
    /// The way of that order, number of threads and load.
    pub fn variation(&self, order: Order, threads: Threads, load: bool) -> Variation {
        let mut environment = BTreeMap::new();
        let mut set = |name: &str, value: String| environment.insert(name.to_owned(), value);
        let mut command = self.command.to_owned();
        let mut prefix = String::new();
        let mut order = order;
        match self.format {
            Format::Cargo | Format::Nextest => {
                let count = match threads {
                    Threads::One => Some("1"),
                    Threads::Default => None,
                    Threads::Many => Some(MANY),
                };
                if let Some(count) = count {
                    set("RUST_TEST_THREADS", count.to_owned());
                    set("NEXTEST_TEST_THREADS", count.to_owned());
                }
                match (&self.triple, order, self.format) {
                    (Some(triple), Order::Shuffled(seed), Format::Cargo) => {
                        let name = triple.to_uppercase().replace(['-', '.'], "_");
                        prefix =
                            format!("cat >/tmp/kerf-shuffle <<'END_OF_SCRIPT'\n{SHUFFLE}END_OF_SCRIPT\n");
                        set(
                            &format!("CARGO_TARGET_{name}_RUNNER"),
                            // libtest reads a u64, other programs a 32-bit number at most.
                            format!("sh /tmp/kerf-shuffle {}", seed & 0x7fff_ffff),
                        );
                    }
                    _ => order = Order::Plain,
                }
            }
            Format::Go => {
                let shuffle = match order {
                    Order::Plain => "off".to_owned(),
                    Order::Shuffled(seed) => (seed & 0x7fff_ffff).to_string(),
                };
                let parallel = match threads {
                    Threads::One => " -parallel=1 -p=1",
                    Threads::Default => "",
                    Threads::Many => " -parallel=16",
                };
                prefix = format!("export GOFLAGS=\"$GOFLAGS -shuffle={shuffle}{parallel} -count=1\"; ");
            }
            Format::Pytest => {
                if let Order::Shuffled(seed) = order {
                    // Only where a plug-in for it is there: the task's tools are what they are.
                    let seed = seed & 0x7fff_ffff;
                    prefix = format!(
                        "if python -c 'import random_order' 2>/dev/null; then export \
                         PYTEST_ADDOPTS=\"$PYTEST_ADDOPTS --random-order --random-order-seed={seed}\"; \
                         elif python -c 'import pytest_randomly' 2>/dev/null; then export \
                         PYTEST_ADDOPTS=\"$PYTEST_ADDOPTS -p randomly --randomly-seed={seed}\"; fi; "
                    );
                }
            }
            Format::Jest | Format::Vitest => {
                let jest = self.format == Format::Jest;
                // Behind `npm test` nobody can say where an option ends up.
                let direct =
                    command.split_whitespace().any(|word| word == if jest { "jest" } else { "vitest" });
                if direct && let Order::Shuffled(seed) = order {
                    let seed = seed & 0x7fff_ffff;
                    let options = if jest {
                        format!(" --randomize --seed={seed}")
                    } else {
                        format!(" --sequence.shuffle --sequence.seed={seed}")
                    };
                    command.push_str(&options);
                } else {
                    order = Order::Plain;
                }
                if direct && threads == Threads::One {
                    command += if jest { " --runInBand" } else { " --no-file-parallelism" };
                }
            }
            Format::Junit | Format::Mocha | Format::Node | Format::Tap | Format::Unittest => {
                order = Order::Plain;
            }
        }
        if load {
            let build = self.build.as_ref().map(|build| format!("{build} >/dev/null 2>&1; "));
            prefix = format!("{}{prefix}{}", build.unwrap_or_default(), spinning(self.load_s));
        }
        let name = format!(
            "{}{}{}",
            match order {
                Order::Plain => "plain order".to_owned(),
                Order::Shuffled(seed) => format!("shuffled by {seed}"),
            },
            match threads {
                Threads::One => ", one thread",
                Threads::Default => "",
                Threads::Many => ", many threads",
            },
            if load { ", loaded" } else { "" }
        );
        Variation { name, command: format!("{prefix}{command}"), environment, order, threads, load }
    }

    /// The ways in which a tree is run again: `count` shuffled orders, one test at a time, and beside each one of a loaded
    /// machine, many at a time, many at a time. Each order shows half of all pairs of tests the other way round.
    pub fn repeats(&self, count: u32, seed: u64) -> Vec<Variation> {
        let mut all: Vec<Variation> = Vec::new();
        for index in 0..u64::from(count) {
            let shuffled = Order::Shuffled(seed.wrapping_add(index + 1));
            let ways = [
                self.variation(shuffled, Threads::One, false),
                match index % 3 {
                    0 => self.variation(Order::Plain, Threads::Default, true),
                    _ => self.variation(shuffled, Threads::Many, false),
                },
            ];
            all.extend(ways);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basis(format: Format, command: &str) -> Basis<'_> {
        Basis {
            command,
            build: Some("cargo test --no-run".to_owned()),
            format,
            triple: Some("x86_64-unknown-linux-gnu".to_owned()),
            load_s: 30,
        }
    }

    #[test]
    fn cargo_is_shuffled_through_the_runner_of_test_programs() {
        let way = basis(Format::Cargo, "cargo test").variation(Order::Shuffled(7), Threads::One, false);
        assert_eq!(way.environment["CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER"], "sh /tmp/kerf-shuffle 7");
        assert_eq!(way.environment["RUST_TEST_THREADS"], "1");
        assert!(way.command.ends_with("\ncargo test"), "{}", way.command);
        let loaded = basis(Format::Cargo, "cargo test").variation(Order::Plain, Threads::Default, true);
        assert!(loaded.command.starts_with("cargo test --no-run >/dev/null 2>&1; n="), "{}", loaded.command);
    }

    #[test]
    fn what_a_runner_cannot_do_is_not_claimed() {
        for (format, command, order, says) in [
            (Format::Jest, "npx jest", Order::Shuffled(7), "npx jest --randomize --seed=7 --runInBand"),
            (Format::Jest, "npm test", Order::Plain, "npm test"),
            (Format::Vitest, "npx vitest run", Order::Shuffled(7), "--sequence.shuffle --sequence.seed=7"),
            (Format::Mocha, "npx mocha", Order::Plain, "npx mocha"),
            (Format::Go, "go test ./...", Order::Shuffled(7), "-shuffle=7 -parallel=1"),
            (Format::Nextest, "cargo nextest run", Order::Plain, "cargo nextest run"),
        ] {
            let way = basis(format, command).variation(Order::Shuffled(7), Threads::One, false);
            assert_eq!(way.order, order, "{command}");
            assert!(way.command.contains(says), "{}", way.command);
        }
    }
}
