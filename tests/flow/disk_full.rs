//! A run folder on a full disk.
//!
//! The disk is a tmpfs in a mount namespace of the script's own, so that an ordinary user can have one too and nothing
//! stays mounted. Where the machine forbids even that, the check says so.

use std::process::Command;

use crate::util::{Project, Ran, body, command, without_machine};

/// In the project's folder: `$1` is kerf, the rest its arguments. `disk` is full when kerf runs first.
const SCRIPT: &str = r#"
set -e
mkdir disk
mount -t tmpfs -o size=128k,mode=755 none disk
head -c 1000000 /dev/zero > disk/filler 2>/dev/null || true
rm disk/filler
head -c "$ROOM" /dev/zero > disk/filler
set +e
"$@" > full.stdout 2> full.stderr
echo $? > full.code
set -e
mkdir full
cp -r disk/out/. full 2>/dev/null || true
rm disk/filler
set +e
"$@" > room.stdout 2> room.stderr
echo $? > room.code
mkdir room
cp -r disk/out/. room
"#;

/// How the script comes by the right to mount.
pub(super) fn unshare() -> Option<Vec<&'static str>> {
    let ways = [
        vec!["unshare", "--mount"],
        vec!["unshare", "--user", "--map-current-user", "--keep-caps", "--mount"],
    ];
    ways.into_iter().find(|way| {
        let mount =
            Command::new(way[0]).args(&way[1..]).args(["sh", "-c", "mount -t tmpfs none /mnt"]).output();
        mount.is_ok_and(|output| output.status.success())
    })
}

#[test]
fn a_full_disk_stops_the_run_and_room_lets_it_go_on() {
    let Some(way) = unshare() else {
        println!("not checked: neither root's mounts nor those of a user namespace are allowed here");
        return;
    };
    let project = Project::new(&["a", "b"]);
    for task in ["a", "b"] {
        project.predict("m1", task, &body("n + n"));
        project.predict("m2", task, &body("n * 3"));
    }
    project.run().ended(0);
    let expected = without_machine(&project.path("out"));

    let mut script = command(way[0]);
    script.args(&way[1..]).args(["sh", "-c", SCRIPT, "sh", env!("CARGO_BIN_EXE_kerf")]);
    // Room for run.json, some logs and a record or two.
    script.args(Project::arguments("disk/out")).current_dir(project.folder()).env("ROOM", "90112");
    Ran::new(&script.output().unwrap()).ended(0);
    let read = |name: &str| std::fs::read_to_string(project.path(name)).unwrap().trim().to_owned();

    assert_eq!(read("full.code"), "1", "{}", read("full.stderr"));
    let said = read("full.stderr");
    let message = said.lines().find(|line| line.starts_with("kerf: ")).unwrap();
    assert!(
        message.contains("the same command carries on") && message.contains("No space left on device"),
        "{said}"
    );
    assert!(message.contains("disk/out/"), "it names the place: {said}");
    assert_eq!(read("full.stdout"), "", "no table of half a run");
    let records = std::fs::read_to_string(project.path("full/records.jsonl")).unwrap();
    assert!(records.is_empty() || records.ends_with('\n'), "half a record: {records:?}");
    assert!(records.lines().count() < 8, "the disk was not full: {records}");
    for line in records.lines() {
        assert!(
            expected.contains(&serde_json::from_str::<serde_json::Value>(line).unwrap()["trial"].to_string())
        );
    }

    assert_eq!(read("room.code"), "0", "{}", read("room.stderr"));
    assert_eq!(without_machine(&project.path("room")), expected);
}
