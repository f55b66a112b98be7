//! Nights: verdicts over a fortnight, and what may go wrong in one.
//!
//! Tasks are a shell script each, so that a night costs little; what is checked is the night, not the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::util::{Ran, command, kerf_in, number};

const FIX: &str = "--- a/answer.txt\n+++ b/answer.txt\n@@ -1 +1 @@\n-no\n+yes\n";
const MISS: &str = "--- a/answer.txt\n+++ b/answer.txt\n@@ -1 +1 @@\n-no\n+never\n";

struct Nights {
    folder: tempfile::TempDir,
}

impl Nights {
    /// A suite of so many tasks, and what `[nightly]` says beside it.
    fn new(tasks: usize, nightly: &str) -> Self {
        let nights = Self { folder: tempfile::tempdir().unwrap() };
        nights.write("repos/tiny/answer.txt", "no\n");
        nights.write("repos/tiny/tests/check.sh", "echo 1..1\necho 'ok 1 - keeps'\n");
        for task in 0..tasks {
            let at = format!("tasks/{}", name(task));
            nights.write(
                &format!("{at}/task.toml"),
                &format!(
                    r#"schema = "kerf/task/1"
id = "{}"
language = "rust"
[repo]
source = "path:repos/tiny"
[environment]
setup = []
build = []
[test]
command = "sh tests/check.sh"
format = "tap"
timeout = "20s"
fail_to_pass = ["turns"]
pass_to_pass = ["keeps"]
"#,
                    name(task)
                ),
            );
            nights.write(&format!("{at}/statement.md"), "The answer is yes.\n");
            nights.write(&format!("{at}/gold.patch"), FIX);
            nights.write(
                &format!("{at}/tests/check.sh"),
                "echo 1..2\necho 'ok 1 - keeps'\ngrep -q yes answer.txt && echo 'ok 2 - turns' || echo 'not ok 2 - turns'\n",
            );
        }
        nights.write(
            "kerf.toml",
            &format!("[run]\nname = \"demo\"\ntasks = \"tasks\"\n[nightly]\nmeasures = [\"pass\"]\njobs = \"2\"\n{nightly}"),
        );
        nights
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Predictions of a model for all tasks, of which it resolves the first `resolved`; a note in each tells nights apart.
    fn predict(&self, folder: &str, model: &str, tasks: usize, resolved: usize) {
        for task in 0..tasks {
            let patch = if task < resolved { FIX } else { MISS };
            self.write(&format!("{folder}/{model}/{}.diff", name(task)), patch);
        }
    }

    fn night(&self, date: &str) -> Ran {
        self.nightly(&["--night", date])
    }

    fn nightly(&self, arguments: &[&str]) -> Ran {
        kerf_in(self.folder.path(), ["nightly"].iter().chain(arguments))
    }

    fn report(&self, date: &str) -> Value {
        let text = fs::read_to_string(self.path(&format!("nights/{date}/report.json"))).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn begin(&self, date: &str) -> Child {
        let mut kerf = command(env!("CARGO_BIN_EXE_kerf"));
        kerf.args(["nightly", "--night", date]).current_dir(self.folder.path());
        kerf.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

fn name(task: usize) -> String {
    format!("t{task:02}")
}

fn date(day: usize) -> String {
    format!("2026-11-{day:02}")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn wait_until(mut done: impl FnMut() -> bool) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(120) {
        if done() {
            return true;
        }
        sleep(Duration::from_millis(5));
    }
    false
}

const TWO_MODELS: &str = r#"
[[nightly.models]]
name = "falls"
predictions = ["predictions"]
[[nightly.models]]
name = "stays"
predictions = ["predictions"]
"#;

/// Whether a model resolves a task on a day: two tasks waver from day to day, and `falls` loses ten of forty on day nine.
fn resolves(model: &str, task: usize, day: usize) -> bool {
    let level = if model == "falls" && day >= 9 { 14 } else { 24 };
    let wavers = (task + 3 * day).is_multiple_of(17);
    (task < level) != wavers
}

impl Nights {
    /// Predictions of both models as that day has them, each unlike any of another day.
    fn predict_day(&self, day: usize) {
        for model in ["falls", "stays"] {
            for task in 0..40 {
                let word = if resolves(model, task, day) { "yes" } else { "never" };
                let patch = FIX.replace("yes", &format!("{word} on day {day}"));
                self.write(&format!("predictions/{model}/{}.diff", name(task)), &patch);
            }
        }
    }

    /// A night's run made of the first one's, with the outcomes of that day: nothing is left to run.
    fn pretend(&self, day: usize) {
        let first = self.path("nights/2026-11-01/demo");
        let run = self.path(&format!("nights/{}/demo", date(day)));
        copy(&first, &run);
        let records = fs::read_to_string(first.join("records.jsonl")).unwrap();
        let lines = records.lines().map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            let task: usize = record["task"].as_str().unwrap()[1..].parse().unwrap();
            let model = record["model"].as_str().unwrap().to_owned();
            if ["falls", "stays"].contains(&model.as_str()) {
                let resolved = resolves(&model, task, day);
                record["outcome"] = if resolved { "resolved" } else { "unresolved" }.into();
                record["reason"] = if resolved { Value::Null } else { "tests_failed".into() };
            }
            record.to_string() + "\n"
        });
        fs::write(run.join("records.jsonl"), lines.collect::<String>()).unwrap();
    }
}

/// With `REALLY_RUN=1` every night has predictions of its own and is run.
#[test]
fn a_regression_on_day_nine_of_a_fortnight_is_dated() {
    let really = number("REALLY_RUN", 0) > 0;
    let nights = Nights::new(40, TWO_MODELS);
    nights.predict_day(1);
    nights.night(&date(1)).ended(0);
    for day in 1..=14 {
        if really {
            nights.predict_day(day);
        } else if day > 1 {
            nights.pretend(day);
        }
        let ran = nights.night(&date(day)).ended(if day < 9 { 0 } else { 3 });
        let head = ran.stdout.lines().next().unwrap();
        assert!(head.starts_with(&format!("kerf nightly {} · ", date(day))), "{head}");
        let runs = ran.stderr.contains(" · falls:");
        assert_eq!(runs, really && day > 1, "day {day}: {}", ran.stderr);
        if day < 9 {
            assert!(
                !head.contains("REGRESSED") && !head.contains("SUSPECT"),
                "a false alarm on day {day}: {head}"
            );
        } else {
            assert!(head.contains("REGRESSED"), "day {day}: {head}");
            assert_eq!(nights.report(&date(day))["suites"][0]["baseline"]["name"], "2026-11-08");
        }
    }
    let report = nights.report(&date(14));
    let suite = &report["suites"][0];
    let trend = |model: &str| {
        let trends = suite["trends"].as_array().unwrap();
        trends.iter().find(|trend| trend["model"] == model && trend["figure"] == "resolved").unwrap()
    };
    let changes = trend("falls")["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changes:?}");
    let near = ["2026-11-08", "2026-11-09", "2026-11-10"];
    assert!(near.contains(&changes[0]["night"].as_str().unwrap()), "{changes:?}");
    assert!(near.contains(&trend("falls")["alarm"]["since"].as_str().unwrap()), "{}", trend("falls"));
    assert!(trend("stays")["changes"].as_array().unwrap().is_empty(), "{}", trend("stays"));
    assert_eq!(trend("stays")["alarm"], Value::Null);
    assert_eq!(trend("falls")["points"].as_array().unwrap().len(), 14);
    let worse = &suite["comparison"]["comparisons"][0]["metrics"][0]["worse"];
    assert!(worse.as_array().unwrap().contains(&"t20".into()), "{worse}");
    let wavers = !suite["flaky"].as_array().unwrap().is_empty();
    assert_eq!(wavers, !really, "only where the same patches came out otherwise");

    let markdown = fs::read_to_string(nights.path("nights/2026-11-14/report.md")).unwrap();
    assert!(markdown.starts_with("**kerf nightly 2026-11-14 · REGRESSED"), "{markdown}");
    assert!(markdown.contains("> **`falls` REGRESSED — resolved 0."), "{markdown}");
    // The new level, once somebody accepts it, is the level.
    nights.nightly(&["--accept", &date(14)]).ended(0);
    copy(&nights.path("nights/2026-11-14/demo"), &nights.path("nights/2026-11-15/demo"));
    let after = nights.night(&date(15)).ended(0);
    assert!(after.stdout.contains("against 2026-11-14"), "{}", after.stdout);
    // A baseline by name: against the first night it is still a fall.
    nights.nightly(&["--night", &date(15), "--baseline", &date(1)]).ended(3);
    nights.nightly(&["--night", &date(15), "--baseline", "nowhere"]).ended(2);
}

#[test]
fn what_is_missing_is_named_and_never_a_zero() {
    let nights = Nights::new(
        2,
        r#"
notify = "cat > told.json"
[[nightly.models]]
name = "file"
predictions = ["predictions/{night}"]
[[nightly.models]]
name = "made"
command = "echo \"$KERF_MODEL on $KERF_SUITE\"; cp make.jsonl \"$KERF_PREDICTIONS\""
"#,
    );
    nights.predict("predictions/2026-11-01", "file", 2, 2);
    let lines: Vec<String> = (0..2)
        .map(|task| {
            json!({"instance_id": name(task), "model_name_or_path": "made", "model_patch": FIX}).to_string()
                + "\n"
        })
        .collect();
    nights.write("make.jsonl", &lines.concat());
    let ran = nights.night("2026-11-01").ended(0);
    assert!(ran.stdout.contains("no earlier night to compare with"), "{}", ran.stdout);
    let told: Value = serde_json::from_str(&fs::read_to_string(nights.path("told.json")).unwrap()).unwrap();
    assert_eq!((&told["schema"], &told["night"]), (&"kerf/nightly/1".into(), &"2026-11-01".into()));
    fs::remove_file(nights.path("told.json")).unwrap();
    let again = nights.night("2026-11-01").ended(0);
    assert_eq!(again.stdout, ran.stdout, "the same night again");
    assert!(!nights.path("told.json").exists(), "told once");

    // Without the file of the second night, and with a command that fails.
    nights.write(
        "kerf.toml",
        &fs::read_to_string(nights.path("kerf.toml"))
            .unwrap()
            .replace("cp make.jsonl", "false; cp gone.jsonl"),
    );
    let ran = nights.night("2026-11-04").ended(0);
    assert!(ran.stdout.contains("no predictions tonight of file, made"), "{}", ran.stdout);
    assert!(ran.stdout.contains("no night on 2026-11-02, 2026-11-03"), "{}", ran.stdout);
    let report = nights.report("2026-11-04");
    assert_eq!(report["verdict"], "INCONCLUSIVE");
    for model in report["suites"][0]["models"].as_array().unwrap() {
        assert_eq!((&model["presence"], &model["resolved"]), (&"missing".into(), &Value::Null), "{model}");
    }
    assert_eq!(report["suites"][0]["trends"], json!([]));
    nights.nightly(&["--night", "2026-11-04", "--strict"]).ended(4);

    // Both are back: each is compared with the last night that had it, though the last good night did not.
    nights.predict("predictions/2026-11-05", "file", 2, 2);
    nights.write(
        "kerf.toml",
        &fs::read_to_string(nights.path("kerf.toml"))
            .unwrap()
            .replace("false; cp gone.jsonl", "cp make.jsonl"),
    );
    fs::create_dir_all(nights.path("nights/2026-11-03")).unwrap();
    let ran = nights.night("2026-11-05").ended(0);
    assert!(
        ran.stdout.contains("file is compared with 2026-11-01, the last good night that has it"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("begun and never finished, counted nowhere: 2026-11-03"), "{}", ran.stdout);
    let list = nights.nightly(&["--list"]).ended(0).stdout;
    assert!(list.contains("2026-11-04  INCONCLUSIVE; missing from demo: file, made"), "{list}");
    assert!(list.contains("2026-11-03  no readable night.json"), "{list}");
}

#[test]
fn a_control_that_is_off_makes_the_night_invalid() {
    let nights = Nights::new(2, "[[nightly.models]]\nname = \"m\"\npredictions = [\"predictions\"]\n");
    nights.predict("predictions", "m", 2, 2);
    nights.night("2026-11-01").ended(0);
    nights.write("tasks/t01/gold.patch", MISS);
    let ran = nights.night("2026-11-02").ended(5);
    assert!(
        ran.stdout.starts_with("kerf nightly 2026-11-02 · INVALID · a control is off: gold on t01"),
        "{}",
        ran.stdout
    );
    // It is no baseline for the next.
    nights.write("tasks/t01/gold.patch", FIX);
    let ran = nights.night("2026-11-03").ended(0);
    assert!(ran.stdout.contains("against 2026-11-01"), "{}", ran.stdout);
}

#[test]
fn a_damaged_or_locked_history_costs_no_night() {
    let nights = Nights::new(2, "[[nightly.models]]\nname = \"m\"\npredictions = [\"predictions\"]\n");
    nights.predict("predictions", "m", 2, 1);
    nights.night("2026-11-01").ended(0);
    let history = nights.path("nights/history.sqlite");
    fs::write(&history, "not a database, but long enough to be looked at as one: ".repeat(100)).unwrap();
    let ran = nights.night("2026-11-02").ended(0);
    assert!(
        ran.stdout.contains("the history was damaged") && ran.stdout.contains("damaged-1"),
        "{}",
        ran.stdout
    );
    let points =
        |date: &str| nights.report(date)["suites"][0]["trends"][0]["points"].as_array().unwrap().len();
    assert_eq!(points("2026-11-02"), 2, "made anew from the folders");

    let other = rusqlite::Connection::open(&history).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; DELETE FROM trial").unwrap();
    let ran = nights.night("2026-11-03").ended(0);
    assert!(ran.stdout.contains("is locked by another program"), "{}", ran.stdout);
    assert_eq!(points("2026-11-03"), 3, "from the folders");
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    nights.nightly(&["--backup", "copy.sqlite"]).ended(0);
    nights.nightly(&["--backup", "copy.sqlite"]).ended(2);
    fs::remove_file(&history).unwrap();
    assert!(nights.nightly(&["--rebuild"]).ended(0).stdout.starts_with("3 runs of nights"));
    nights.night("2026-11-04").ended(0);
    assert_eq!(points("2026-11-04"), 4);
}

#[test]
fn two_at_once_do_not_mix() {
    let nights = Nights::new(
        1,
        "[[nightly.models]]\nname = \"m\"\ncommand = \"touch begun; while [ ! -e go ]; do sleep 0.05; done; exit 1\"\n",
    );
    let mut child = nights.begin("2026-11-01");
    assert!(wait_until(|| nights.path("begun").exists()));
    let second = nights.night("2026-11-01").ended(1);
    let said =
        format!("kerf: another kerf nightly (process {}) is at work in nights; wait for it", child.id());
    assert!(second.stderr.contains(&said), "{said}\n{}", second.stderr);
    nights.nightly(&["--rebuild"]).ended(1);
    nights.nightly(&["--list"]).ended(0);
    nights.write("go", "");
    assert!(child.wait().unwrap().success());
}

/// `KILLS` and `SEED` for longer proofs.
#[test]
fn killed_at_random_moments() {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};
    let (kills, seed) = (number("KILLS", 3), number("SEED", 1));
    let model = r#"[[nightly.models]]
name = "m"
command = "sleep 0.1; cat made.jsonl > \"$KERF_PREDICTIONS\""
"#;
    let nights = Nights::new(6, model);
    let line = |task: usize| {
        let patch = if task < 4 { FIX } else { MISS };
        json!({"instance_id": name(task), "model_name_or_path": "m", "model_patch": patch}).to_string() + "\n"
    };
    nights.write("made.jsonl", &(0..6).map(line).collect::<String>());
    let begin = Instant::now();
    nights.night("2026-11-01").ended(0);
    let whole = begin.elapsed();
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(seed));
    let mut landed = 0;
    for kill in 0..kills {
        let mut child = nights.begin("2026-11-02");
        let moment = whole.mul_f64(f64::from(random.next_u32()) / 4.3e9);
        sleep(moment);
        landed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        println!("kill {} after {moment:.2?} of about {whole:.2?}", kill + 1);
        if kill % 2 == 1 {
            // From the beginning again, so that kills meet early moments too.
            let _ = fs::remove_dir_all(nights.path("nights/2026-11-02"));
        }
    }
    assert!(landed > 0, "no kill met a running kerf");
    nights.night("2026-11-02").ended(0);
    let [first, second] = ["2026-11-01", "2026-11-02"].map(|date| {
        let found = crate::util::Records::read(&nights.path(&format!("nights/{date}/demo")));
        found.table()
    });
    assert_eq!(first, second);
    let scraps: Vec<String> = crate::util::files(&nights.path("nights"));
    assert!(scraps.iter().all(|path| !path.contains(".aside-")), "{scraps:?}");
    let report = nights.report("2026-11-02");
    assert_eq!(report["partial"], json!([]));
    assert_eq!(report["suites"][0]["trends"][0]["points"].as_array().unwrap().len(), 2);
    assert_eq!(nights.nightly(&["--list"]).stdout.lines().count(), 2);
}

/// The disk is a tmpfs in a mount namespace of the script's own; see `disk_full`.
#[test]
fn a_full_disk_stops_the_night_and_room_lets_it_go_on() {
    let Some(way) = super::disk_full::unshare() else {
        println!("not checked: neither root's mounts nor those of a user namespace are allowed here");
        return;
    };
    let nights = Nights::new(3, "[[nightly.models]]\nname = \"m\"\npredictions = [\"predictions\"]\n");
    nights.predict("predictions", "m", 3, 2);
    fs::create_dir(nights.path("nights")).unwrap();
    // Room for less and less: the run, then the history, then the reports meet the end of the disk.
    let script = r#"
mount -t tmpfs -o size=400k,mode=755 none nights || exit 9
for room in 20 60 100 140 180 220 260 300; do
  rm -rf nights/* ; rm -f nights/filler
  head -c $(( (400 - room) * 1024 )) /dev/zero > nights/filler
  "$1" nightly --night 2026-11-01 > full.$room.out 2> full.$room.err; echo "$room $?" >> codes
  rm nights/filler
  "$1" nightly --night 2026-11-01 > room.$room.out 2> room.$room.err; echo "again $?" >> codes
  cmp room.20.out room.$room.out || exit 8
done
"#;
    let mut shell = command(way[0]);
    shell.args(&way[1..]).args(["sh", "-c", script, "sh", env!("CARGO_BIN_EXE_kerf")]);
    let ran = Ran::new(&shell.current_dir(nights.folder.path()).output().unwrap()).ended(0);
    let codes = fs::read_to_string(nights.path("codes")).unwrap();
    assert_eq!(codes.lines().filter(|line| *line == "again 0").count(), 8, "{codes}\n{}", ran.stderr);
    let mut full = 0;
    for room in [20, 60, 100, 140, 180, 220, 260, 300] {
        let said = fs::read_to_string(nights.path(&format!("full.{room}.err"))).unwrap();
        if codes.contains(&format!("{room} 1\n")) {
            full += 1;
            assert!(
                ["No space left on device", "disk is full", "disk I/O error"]
                    .iter()
                    .any(|why| said.contains(why)),
                "{room}: {said}"
            );
        } else {
            assert!(codes.contains(&format!("{room} 0\n")), "{codes}\n{said}");
        }
    }
    println!("{full} of 8 rooms were too small:\n{codes}");
    assert!(full >= 2, "the disk was never full: {codes}");
}
