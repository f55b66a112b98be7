//! A run that is killed or interrupted, and the same command afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use serde_json::Value;

use crate::util::{Project, Ran, Records, body, cache, command, files, number, without_machine};

const TASKS: [&str; 3] = ["a", "b", "c"];

/// Three tasks by so many models, every third of them wrong, and two controls.
fn project(models: u32) -> Project {
    let project = Project::new(&TASKS);
    for task in TASKS {
        for model in 0..models {
            let lines = format!("n * {} + {model} - {model}", if model % 3 == 2 { 3 } else { 2 });
            project.predict(&format!("m{model}"), task, &body(&lines));
        }
    }
    project
}

/// The program under a name of its own, by which its processes can be told from all others.
fn named_program(folder: &Path) -> PathBuf {
    let name = folder.join("kerf-to-be-killed");
    let program = env!("CARGO_BIN_EXE_kerf");
    fs::hard_link(program, &name).or_else(|_| fs::copy(program, &name).map(drop)).unwrap();
    name
}

/// Command lines of processes that hold `mark`.
fn processes(mark: &str) -> Vec<String> {
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok())
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(mark))
        .collect()
}

fn mounts(mark: &str) -> Vec<String> {
    let all = fs::read_to_string("/proc/self/mountinfo").unwrap();
    all.lines().filter(|line| line.contains(mark)).map(str::to_owned).collect()
}

/// Waits until `condition` holds, at most a minute; says whether it came to hold.
fn wait_until(mut condition: impl FnMut() -> bool) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(60) {
        if condition() {
            return true;
        }
        sleep(Duration::from_millis(20));
    }
    false
}

/// Begins the run in `out`, with a cache of its own.
fn begin(program: &Path, project: &Project, cache: &Path) -> Child {
    let mut command = command(program);
    command.args(Project::arguments("out")).current_dir(project.folder()).env("KERF_CACHE", cache);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Finished trials by id, with the time their tests took as they stand on disk.
fn finished(project: &Project) -> Vec<(String, Value)> {
    let records = Records::whole_lines(&project.path("out"));
    records.0.iter().map(|record| (record["trial"].as_str().unwrap().to_owned(), record.clone())).collect()
}

#[test]
fn killed_at_random_moments() {
    let kills = number("KILLS", 3);
    let models = 4 + kills / 2;
    let trials = 3 * (models + 2);
    let undisturbed = project(models);
    let begun = Instant::now();
    undisturbed.run().ended(0);
    let whole = begun.elapsed();
    let expected = without_machine(&undisturbed.path("out"));
    let planned: BTreeSet<String> = undisturbed.records().trials().into_iter().collect();
    assert_eq!(planned.len(), trials as usize);

    let disturbed = project(models);
    // A snapshot half built is among the things that a kill leaves behind.
    let own_cache = tempfile::tempdir_in(cache().parent().unwrap()).unwrap();
    let program = named_program(own_cache.path());
    let mark = program.to_string_lossy().into_owned();
    let seed = number("SEED", 1);
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(u64::from(seed));
    let mut kept: Vec<(String, Value)> = Vec::new();
    let mut landed = 0;
    for kill in 0..kills {
        let mut child = begin(&program, &disturbed, own_cache.path());
        let begun = Instant::now();
        let more = |than: usize| finished(&disturbed).len() > kept.len() + than;
        if kill * 3 < kills {
            // While the snapshot is built.
            let moment = whole.mul_f64(random.random_range(0.02..0.5));
            wait_until(|| begun.elapsed() >= moment || more(0));
        } else {
            // Some way further than the last time, and then a little.
            let further = random.random_range(0..=(trials / kills / 4)) as usize;
            wait_until(|| more(further) || child.try_wait().unwrap().is_some());
            sleep(Duration::from_millis(random.random_range(0..100)));
        }
        let moment = begun.elapsed();
        landed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let now = finished(&disturbed);
        println!(
            "kill {kill} after {moment:.2?} of about {whole:.2?}: {} of {trials} trials finished",
            now.len()
        );
        for (trial, record) in &now {
            assert!(planned.contains(trial), "{record}");
            assert_eq!(now.iter().filter(|(other, _)| other == trial).count(), 1, "doubled: {record}");
        }
        for old in &kept {
            assert!(now.contains(old), "lost or run again: {}", old.1);
        }
        kept = now;
        assert!(wait_until(|| processes(&mark).is_empty()), "left over: {:#?}", processes(&mark));
        assert!(mounts(&mark).is_empty(), "{:#?}", mounts(&mark));
    }
    assert!(landed * 2 > kills, "only {landed} of {kills} kills met a running kerf");

    let last = begin(&program, &disturbed, own_cache.path()).wait_with_output().unwrap();
    Ran::new(&last).ended(0);
    assert_eq!(without_machine(&disturbed.path("out")), expected);
    let records = disturbed.records().0;
    for (_, old) in &kept {
        assert!(records.contains(old), "lost or run again: {old}");
    }
    // Neither halves nor scraps: the same files as in an undisturbed run, and snapshots only.
    assert_eq!(files(&disturbed.path("out")), files(&undisturbed.path("out")));
    let scraps: Vec<_> = fs::read_dir(own_cache.path().join("snapshots"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(scraps.is_empty(), "half snapshots stay for ever: {scraps:?}");
}

#[test]
fn interrupted_by_the_user() {
    let project = project(4);
    let program = named_program(project.folder());
    let mark = program.to_string_lossy().into_owned();
    let child = begin(&program, &project, cache());
    let met = wait_until(|| !finished(&project).is_empty());
    assert!(met, "no trial finished within a minute");
    let pid = nix::unistd::Pid::from_raw(child.id().try_into().unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
    let begun = Instant::now();
    let ran = Ran::new(&child.wait_with_output().unwrap()).ended(130);
    assert!(begun.elapsed() < Duration::from_secs(20), "took {:?}", begun.elapsed());
    let kept = finished(&project);
    assert!(!kept.is_empty() && kept.len() < 18, "{} of 18 trials", kept.len());
    let said =
        format!("kerf: interrupted; {} of 18 trials are kept, the same command carries on", kept.len());
    assert!(ran.stderr.contains(&said), "{said}\n{}", ran.stderr);
    assert!(wait_until(|| processes(&mark).is_empty()), "left over: {:#?}", processes(&mark));
    let report = project.kerf(&["report", "out"]).ended(0);
    assert!(report.stderr.contains("this run is not complete"), "{}", report.stderr);

    let last = begin(&program, &project, cache()).wait_with_output().unwrap();
    Ran::new(&last).ended(0);
    let records = project.records();
    assert_eq!(records.0.len(), 18);
    for (_, old) in &kept {
        assert!(records.0.contains(old), "lost or run again: {old}");
    }
    assert_eq!(project.kerf(&["report", "out"]).ended(0).stderr, "");
}

#[test]
fn two_at_once_do_not_mix() {
    let project = project(4);
    let child = begin(Path::new(env!("CARGO_BIN_EXE_kerf")), &project, cache());
    assert!(wait_until(|| project.path("out/records.jsonl").exists()));
    let second = project.run();
    assert!(
        second.code != Some(0) && second.stderr.contains("is being written by another kerf"),
        "{:?} {}",
        second.code,
        second.stderr
    );
    Ran::new(&child.wait_with_output().unwrap()).ended(0);
    assert_eq!(project.records().0.len(), 18);
}
