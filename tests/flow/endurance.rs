//! Many trials in a row, and what they cost. Small numbers here; `scripts/proof sandbox` runs the large ones.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

use crate::util::{Project, Ran, body, cache, command, number, without_machine};

/// A task whose tests are a shell script: a trial is little more than its session.
fn quick(trials: u32) -> Project {
    let project = Project::new(&["mini"]);
    project.edit("tasks/mini/task.toml", "cargo test --offline --no-fail-fast", "sh run.sh");
    project.edit("tasks/mini/task.toml", "\"cargo\"", "\"tap\"");
    project.edit("tasks/mini/task.toml", "setup = []\n", "setup = []\nbuild = [\"true\"]\n");
    project.edit("tasks/mini/task.toml", "tests/sums.rs::doubles", "doubles");
    let script = "echo 1..2\necho ok 1 - is there\nif grep -q 'n \\* 2' src/lib.rs; then echo ok 2 - doubles; else echo not ok 2 - doubles; fi\n";
    project.write("repos/mini/run.sh", script);
    for trial in 0..trials {
        project.predict(&format!("m{trial:04}"), "mini", &body(&format!("n * 2 + {trial} - {trial}")));
    }
    project
}

/// Lines of the mount table, control groups of kerf, processes that hold `mark`, entries of the folder for temporary files.
fn left(mark: &str) -> [usize; 4] {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap().lines().count();
    let kinds = fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten();
    let inner = kinds.flat_map(|kind| fs::read_dir(kind.path()).into_iter().flatten().flatten());
    let groups = inner.filter(|entry| entry.file_name().to_string_lossy().starts_with("kerf-")).count();
    let running = fs::read_dir("/proc").unwrap().flatten();
    let processes = running
        .filter(|entry| {
            fs::read(entry.path().join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(mark))
        })
        .count();
    let temporary = fs::read_dir(std::env::temp_dir()).unwrap().count();
    [mounts, groups, processes, temporary]
}

fn descriptors(process: u32) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{process}/fd")).ok()?.count())
}

fn bytes(folder: &Path) -> u64 {
    let mut sum = 0;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let found = entry.metadata().unwrap();
            sum += found.len();
            if found.is_dir() {
                open.push(entry.path());
            }
        }
    }
    sum
}

#[test]
fn trials_in_a_row_leave_nothing_behind() {
    let trials = number("TRIALS", 20);
    let project = quick(trials);
    let own = project.path("cache");
    let program = project.path("kerf-of-this-test");
    let built = env!("CARGO_BIN_EXE_kerf");
    fs::hard_link(built, &program).or_else(|_| fs::copy(built, &program).map(drop)).unwrap();
    let mark = program.to_string_lossy().into_owned();
    // Warm: the snapshot is there before anything is counted.
    let warm = |out: &str| {
        let mut kerf = command(&program);
        kerf.args(["run", "--tasks", "tasks", "--measures", "pass", "--out", out]);
        Ran::new(&kerf.current_dir(project.folder()).env("KERF_CACHE", &own).output().unwrap()).ended(0);
    };
    warm("warm");
    let before = (left(&mark), bytes(&own));
    let mut kerf = command(&program);
    kerf.args(Project::arguments("out")).current_dir(project.folder()).env("KERF_CACHE", &own);
    let begun = Instant::now();
    let mut child = kerf.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (mut early, mut most, mut samples) = (0, 0, 0);
    let done =
        || fs::read_to_string(project.path("out/records.jsonl")).map_or(0, |text| text.lines().count());
    while child.try_wait().unwrap().is_none() {
        if let Some(now) = descriptors(child.id()) {
            samples += 1;
            if done() < trials as usize / 4 {
                early = early.max(now);
            }
            most = most.max(now);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let status = child.wait().unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    assert!(status.success(), "{status}");
    let records = project.records();
    assert_eq!(records.0.len(), trials as usize + 2);
    assert!(records.0.iter().all(|record| record["outcome"] == "resolved" || record["model"] == "empty"));
    let after = (left(&mark), bytes(&own));
    println!(
        "{trials} trials in {seconds:.1} s; descriptors at most {early} in the first quarter, {most} in all ({samples} samples); \
         mounts, groups, processes, temporary files {:?} before and {:?} after; cache {} and {} bytes",
        before.0, after.0, before.1, after.1
    );
    // Other tests of this process and of the machine come and go: only growth with the number of trials is a leak.
    let slack = if trials > 100 { trials as usize / 20 } else { 10 };
    for (index, name) in ["mounts", "groups", "processes", "temporary files"].iter().enumerate() {
        assert!(after.0[index] <= before.0[index] + slack, "{name}: {:?} and then {:?}", before.0, after.0);
    }
    assert_eq!(after.0[2], 0, "processes of this kerf");
    assert!(most <= early + 16, "descriptors: {early} and then {most}");
    assert!(after.1 < before.1 + 4096 + 200, "cache: {} and then {} bytes", before.1, after.1);
}

#[test]
fn verdicts_are_the_same_for_every_number_of_workers() {
    let project = Project::new(&["a", "b"]);
    for task in ["a", "b"] {
        project.predict("fix", task, &body("n * 2"));
        project.predict("other", task, &body("n + n"));
        project.predict("wrong", task, &body("n * 3"));
    }
    let run = |jobs: &str| {
        let mut kerf = command(env!("CARGO_BIN_EXE_kerf"));
        let mut arguments = Project::arguments(jobs);
        let at = arguments.iter().position(|word| *word == "2").unwrap();
        arguments[at] = jobs;
        Ran::new(&kerf.args(arguments).current_dir(project.folder()).output().unwrap()).ended(0);
        without_machine(&project.path(jobs))
    };
    let one = run("1");
    for jobs in ["3", "auto"] {
        assert_eq!(run(jobs), one, "--jobs {jobs}");
    }
}

#[test]
fn a_time_budget_ends_a_run_that_the_same_command_carries_on() {
    let project = Project::new(&["mini"]);
    project.predict("fix", "mini", &body("n * 2"));
    let arguments = [&Project::arguments("out")[..], &["--time-budget", "0"]].concat();
    let ran = project.kerf(&arguments).ended(130);
    let said = "kerf: the time budget is used up; 0 of 3 trials are kept, the same command carries on";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    project.run().ended(0);
    assert_eq!(project.records().outcome("fix", "mini"), "resolved");
}

/// Seconds of processor time of children that ended, user and system.
fn used() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6)
        .sum()
}

fn kerf(project: &Project, out: &str, jobs: &str, with: bool) -> (f64, f64) {
    let mut kerf = command(env!("CARGO_BIN_EXE_kerf"));
    kerf.args(["run", "--tasks", "tasks", "--measures", "pass", "--out", out, "--jobs", jobs, "--quiet"]);
    if with {
        kerf.args(["--predictions", "predictions"]);
    }
    let (begun, before) = (Instant::now(), used());
    Ran::new(&kerf.current_dir(project.folder()).output().unwrap()).ended(0);
    (used() - before, begun.elapsed().as_secs_f64())
}

/// Shown with `--ignored --nocapture`: what a trial costs beside the same edit, build and test without kerf.
#[test]
#[ignore = "a measurement"]
fn what_a_trial_costs() {
    let trials = number("TRIALS", 30);
    let project = Project::new(&["mini"]);
    for trial in 0..trials {
        // Wrong ones, so that no fail-to-pass is confirmed; the same is then measured with right ones.
        project.predict(&format!("m{trial:03}"), "mini", &body(&format!("n * 3 + {trial} - {trial}")));
    }
    kerf(&project, "warm", "1", false);
    let tree = project.path("plain");
    let cargo = |arguments: &[&str]| {
        let output = Command::new("cargo")
            .args(arguments)
            .current_dir(&tree)
            .env("CARGO_HOME", cache().join("cargo"))
            .env_remove("CARGO_TARGET_DIR")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        output.unwrap();
    };
    Command::new("cp").args(["-a"]).arg(project.path("repos/mini")).arg(&tree).status().unwrap();
    fs::copy(project.path("tasks/mini/tests/sums.rs"), tree.join("tests/sums.rs")).unwrap();
    cargo(&["test", "--no-run", "--offline"]);
    let source = fs::read_to_string(tree.join("src/lib.rs")).unwrap();
    let mut plain = 0.0;
    let mut trial_cost = 0.0;
    // Side by side: a few of one, a few of the other.
    let rounds = 3;
    for round in 0..rounds {
        let (controls, _) = kerf(&project, &format!("controls{round}"), "1", false);
        let (all, _) = kerf(&project, &format!("all{round}"), "1", true);
        trial_cost += (all - controls) / f64::from(trials * rounds);
        let before = used();
        for trial in 0..trials {
            // Both files fresh, as a trial has them.
            fs::write(
                tree.join("src/lib.rs"),
                source.replace("n + 1", &format!("n * 3 + {trial} - {trial}")),
            )
            .unwrap();
            fs::copy(project.path("tasks/mini/tests/sums.rs"), tree.join("tests/sums.rs")).unwrap();
            cargo(&["test", "--offline", "--no-fail-fast"]);
        }
        plain += (used() - before) / f64::from(trials * rounds);
    }
    println!(
        "a trial: {:.0} ms CPU; the same edit, build and test in place: {:.0} ms; beyond it {:.0} ms, {:.1} %",
        trial_cost * 1e3,
        plain * 1e3,
        (trial_cost - plain) * 1e3,
        (trial_cost / plain - 1.0) * 100.0
    );
}

/// Shown with `--ignored --nocapture`: trials a minute for one, two and four workers. One test of each trial computes for a
/// while: two that did would keep two cores busy with one worker too.
#[test]
#[ignore = "a measurement"]
fn what_more_workers_bring() {
    let trials = number("TRIALS", 12);
    let project = Project::new(&["mini"]);
    for trial in 0..trials {
        let lines = format!(
            "let mut x: u64 = 1;\nlet steps: u64 = if n == 4 {{ 400_000_000 }} else {{ 1 }};\n\
             for k in 0..steps {{\nx = x.wrapping_mul(31).wrapping_add(k);\n}}\n\
             if x == 7 {{ n }} else {{ n * 3 + {trial} - {trial} }}"
        );
        project.predict(&format!("m{trial:03}"), "mini", &body(&lines));
    }
    kerf(&project, "warm", "1", false);
    let mut base = None;
    for jobs in ["1", "2", "4"] {
        let controls = kerf(&project, &format!("controls{jobs}"), jobs, false);
        let (cpu, wall) = kerf(&project, &format!("all{jobs}"), jobs, true);
        let wall = wall - controls.1;
        let first = *base.get_or_insert(wall);
        println!(
            "--jobs {jobs}: {:.1} trials a minute, {:.2} × of one ({:.1} s CPU each)",
            f64::from(trials) * 60.0 / wall,
            first / wall,
            (cpu - controls.0) / f64::from(trials)
        );
    }
}

/// Shown with `--ignored --nocapture`: a trial on a warm snapshot beside a clone, cold build and test of the same, on a
/// crate with some thirty dependencies; they are fetched before anything is measured.
#[test]
#[ignore = "a measurement, and needs the registry"]
fn what_a_warm_snapshot_saves() {
    let project = Project::new(&["mini"]);
    let manifest = fs::read_to_string(project.path("repos/mini/Cargo.toml")).unwrap();
    let dependencies = "\n[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\nregex = \"1\"\n\
                        toml = \"0.8\"\nproptest = { version = \"1\", default-features = false, features = [\"std\"] }\n";
    project.write("repos/mini/Cargo.toml", &(manifest + dependencies));
    let home = cache().join("cargo");
    let cargo = |folder: &Path, arguments: &[&str]| {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).current_dir(folder).env("CARGO_HOME", &home).env_remove("CARGO_TARGET_DIR");
        assert!(cargo.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().code().is_some());
    };
    kerf(&Project::new(&["mini"]), "out", "1", false); // makes the cargo home
    fs::remove_file(project.path("repos/mini/Cargo.lock")).unwrap();
    cargo(&project.path("repos/mini"), &["generate-lockfile"]);
    cargo(&project.path("repos/mini"), &["fetch"]);
    let lock = fs::read_to_string(project.path("repos/mini/Cargo.lock")).unwrap();
    let packages = lock.matches("[[package]]").count() - 1;
    kerf(&project, "warm", "1", false);
    let trials = number("TRIALS", 5).min(20);
    for trial in 0..trials {
        project.predict(&format!("m{trial}"), "mini", &body(&format!("n * 2 + {trial} - {trial}")));
    }
    let controls = kerf(&project, "controls", "1", false);
    let all = kerf(&project, "all", "1", true);
    let warm = [(all.0 - controls.0) / f64::from(trials), (all.1 - controls.1) / f64::from(trials)];
    let (begun, before) = (Instant::now(), used());
    let cold = project.path("cold");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"])
            .args(arguments);
        assert!(
            git.current_dir(project.path("repos/mini")).stdout(Stdio::null()).status().unwrap().success()
        );
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "base"]);
    git(&["clone", "-q", ".", &cold.display().to_string()]);
    fs::copy(project.path("tasks/mini/tests/sums.rs"), cold.join("tests/sums.rs")).unwrap();
    cargo(&cold, &["test", "--offline", "--no-fail-fast"]);
    let (cold_cpu, cold_wall) = (used() - before, begun.elapsed().as_secs_f64());
    println!(
        "{packages} dependencies: a trial {:.2} s CPU, {:.2} s wall, its fail-to-pass confirmed; clone, cold build and test \
         {cold_cpu:.1} s CPU, {cold_wall:.1} s wall: {:.0} × the CPU, {:.0} × the wall time",
        warm[0],
        warm[1],
        cold_cpu / warm[0],
        cold_wall / warm[1]
    );
}
