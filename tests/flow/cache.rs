//! The cache of snapshots: listed, pruned, verified; damaged, full, read-only, shared by two.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::disk_full::unshare;
use crate::util::{Project, Ran, body, command, without_machine};

fn kerf(project: &Project, cache: &str, arguments: &[&str]) -> Command {
    let mut kerf = command(env!("CARGO_BIN_EXE_kerf"));
    kerf.args(arguments).current_dir(project.folder()).env("KERF_CACHE", project.path(cache));
    kerf
}

fn ran(project: &Project, arguments: &[&str]) -> Ran {
    Ran::new(&kerf(project, "cache", arguments).output().unwrap())
}

fn entries(project: &Project) -> Vec<Value> {
    let listed: Value =
        serde_json::from_str(&ran(project, &["cache", "list", "--json"]).ended(0).stdout).unwrap();
    listed["entries"].as_array().unwrap().clone()
}

#[test]
fn snapshots_are_listed_verified_pruned_and_built_anew_where_damaged() {
    let project = Project::new(&["mini"]);
    project.predict("fix", "mini", &body("n * 2"));
    assert_eq!(entries(&project).len(), 0);
    ran(&project, &Project::arguments("out")).ended(0);
    let listed = entries(&project);
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["state"], &listed[0]["in_use"]), (&Value::from("whole"), &Value::from(false)));
    assert!(listed[0]["bytes"].as_u64().unwrap() > 1_000_000, "{listed:?}");
    assert!(ran(&project, &["cache", "verify"]).ended(0).stdout.contains("1 snapshot, 0 not as built"));

    // A changed file is found; a damaged entry is built anew by the next run, which comes out the same.
    let key = listed[0]["key"].as_str().unwrap().to_owned();
    fs::write(project.path(&format!("cache/snapshots/{key}/tree/src/lib.rs")), "//\n").unwrap();
    let told = ran(&project, &["cache", "verify", "--remove"]).ended(6).stdout;
    assert!(told.contains("its files are not as they were built; removed"), "{told}");
    fs::create_dir_all(project.path(&format!("cache/snapshots/{key}/tree"))).unwrap();
    fs::write(project.path(&format!("cache/snapshots/{key}/meta.json.zst")), "no zstd").unwrap();
    assert!(entries(&project)[0]["state"].as_str().unwrap().starts_with("damaged: meta.json.zst"));
    ran(&project, &Project::arguments("again")).ended(0);
    assert_eq!(without_machine(&project.path("again")), without_machine(&project.path("out")));
    assert!(ran(&project, &["cache", "verify"]).ended(0).stdout.contains("0 not as built"));

    // Another tree, and room for one snapshot only: the one not used for longest goes.
    project.edit("repos/mini/src/lib.rs", "//! Sums.", "//! Sums of all kinds.");
    let room = [&Project::arguments("other")[..], &["--cache-size", "1M"]].concat();
    ran(&project, &room).ended(0);
    let left = entries(&project);
    assert!(left.len() == 1 && left[0]["key"] != key.as_str(), "{left:?}");
    assert!(ran(&project, &["cache", "prune", "--all"]).ended(0).stdout.contains("1 snapshot removed"));
    assert_eq!(entries(&project).len(), 0);
    assert_eq!(ran(&project, &["cache", "prune", "--size", "much"]).code, Some(2));
}

#[test]
fn two_kerfs_on_one_cache_build_a_snapshot_once_and_agree() {
    let project = Project::new(&["mini"]);
    project.predict("fix", "mini", &body("n * 2"));
    let begin = |out: &str| {
        let mut kerf = kerf(&project, "cache", &Project::arguments(out));
        kerf.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = [begin("first"), begin("second")];
    for child in both {
        Ran::new(&child.wait_with_output().unwrap()).ended(0);
    }
    assert_eq!(without_machine(&project.path("first")), without_machine(&project.path("second")));
    assert_eq!(entries(&project).len(), 1);
}

/// `$1` is kerf, the rest its arguments; the cache is a disk of its own.
const SMALL: &str = r#"
set -e
mkdir cache
mount -t tmpfs -o size=1m,mode=755 none cache
set +e
"$@" > full.stdout 2> full.stderr
echo $? > full.code
set -e
mount -o remount,size=1g cache
set +e
"$@" > room.stdout 2> room.stderr
echo $? > room.code
mount -o remount,ro cache
"$@" --out read-only > ro.stdout 2> ro.stderr
echo $? > ro.code
sed -i 's/Sums/Other sums/' repos/mini/src/lib.rs
"$@" --out cannot > cannot.stdout 2> cannot.stderr
echo $? > cannot.code
"#;

#[test]
fn a_cache_that_is_full_or_read_only_is_told_and_nothing_is_lost() {
    let Some(way) = unshare() else {
        println!("not checked: neither root's mounts nor those of a user namespace are allowed here");
        return;
    };
    let project = Project::new(&["mini"]);
    project.predict("fix", "mini", &body("n * 2"));
    let mut script = command(way[0]);
    script.args(&way[1..]).args(["sh", "-c", SMALL, "sh", env!("CARGO_BIN_EXE_kerf")]);
    script
        .args(&Project::arguments("out")[..7])
        .current_dir(project.folder())
        .env("KERF_CACHE", project.path("cache"));
    Ran::new(&script.output().unwrap()).ended(0);
    let read = |name: &str| fs::read_to_string(project.path(name)).unwrap().trim().to_owned();
    let all = |name: &str| format!("{} {}", read(&format!("{name}.stdout")), read(&format!("{name}.stderr")));
    // Nothing could be built: every trial is invalid, with the reason.
    assert_eq!(read("full.code"), "5", "{}", all("full"));
    assert!(all("full").contains("No space left on device"), "{}", all("full"));
    assert_eq!(read("room.code"), "0", "{}", all("room"));
    // What is built can be used from a disk that cannot be written; what is not cannot, and that is said.
    assert_eq!(read("ro.code"), "0", "{}", all("ro"));
    assert_eq!(read("cannot.code"), "5", "{}", all("cannot"));
    assert!(all("cannot").contains("Read-only file system"), "{}", all("cannot"));
}
