//! The container backend, where an engine answers: the same promises as the namespaces sandbox, and what is its own.

use std::sync::Arc;
use std::time::Instant;

use kerf::sandbox::{ContainerSandbox, Image};

use super::*;
use crate::util::Engine;

/// A sandbox of an image with a small tree; none, said loudly, where no engine is.
fn sandbox() -> Option<(Engine, Arc<dyn Sandbox>)> {
    let engine = Engine::find("sessions in containers")?;
    let name = engine.image(&[("testbed/a", "old"), ("testbed/dir/b", "old"), ("testbed/c", "old")], &[]);
    let sandbox = of(&engine, &name).unwrap();
    Some((engine, sandbox))
}

fn of(engine: &Engine, name: &str) -> Result<Arc<dyn Sandbox>, String> {
    let image = Image { name: name.to_owned(), workdir: None, repository: "own".to_owned() };
    let sandbox = ContainerSandbox::new(engine.places.clone(), false, Arc::new(namespaces()));
    sandbox.in_image(&image).expect("images mean something here").map_err(|error| error.to_string())
}

fn nowhere() -> SessionSpec {
    spec(Path::new("/no/such/folder"))
}

#[test]
fn a_session_in_a_container_is_a_session() {
    let Some(engine) = Engine::find("sessions in containers") else { return };
    // An image of its own: other tests have containers too.
    let name = engine
        .image(&[("testbed/a", "old"), ("testbed/dir/b", "old"), ("testbed/c", "old"), ("own", "")], &[]);
    let sandbox = of(&engine, &name).unwrap();
    assert_eq!(engine.containers(&name), 0, "what was looked at is gone");
    let mut session = sandbox.open(&nowhere()).unwrap();
    assert_eq!(engine.containers(&name), 1);
    ends_as_shells_do(session.as_mut());
    keeps_streams_apart_or_in_order(session.as_mut());
    let bytes: Vec<u8> = (0..=255_u8).cycle().take(300_000).collect();
    let given = Step { stdin: Some(bytes.clone()), ..step("cat") };
    assert!(session.run(&given).unwrap().stdout == bytes);
    assert_eq!(sh(session.as_mut(), "cat; echo end").0, "end\n");
    // Variables.
    let own = BTreeMap::from([("B".to_owned(), "3 '4".to_owned())]);
    let output = session.run(&Step { environment: own, ..step("echo \"$B\"; env | grep -c KERF") }).unwrap();
    assert_eq!(text(&output), "3 '4\n0\n");
    // Files stay from step to step, and no longer.
    sh(session.as_mut(), "echo one >file; echo two >/tmp/file; rm -r dir");
    assert_eq!(sh(session.as_mut(), "cat file /tmp/file; ls").0, "one\ntwo\na\nc\nfile\n");
    drop(session);
    assert_eq!(engine.containers(&name), 0, "nothing is left");
    let mut next = sandbox.open(&nowhere()).unwrap();
    assert_eq!(sh(next.as_mut(), "ls; cat a").0, "a\nc\ndir\nold");
}

#[test]
fn output_is_capped_and_the_clock_goes_on_meanwhile() {
    let Some((_, sandbox)) = sandbox() else { return };
    let mut spec = nowhere();
    spec.limits.output_bytes = 1000;
    let mut session = sandbox.open(&spec).unwrap();
    let output = session.run(&step("seq 1 200000")).unwrap();
    let shown = text(&output);
    assert!(shown.starts_with("1\n2\n") && shown.ends_with("\n199999\n200000\n"), "{shown}");
    assert!(shown.contains(&format!("\n[kerf: {} bytes left out here]\n", output.cut_bytes)));
    let endless = Step { timeout: Duration::from_secs(2), ..step("while :; do echo y; done") };
    let output = session.run(&endless).unwrap();
    assert_eq!(output.ended, Ended::TimedOut);
    assert!(output.seconds < 20.0 && output.stdout.len() < 1100);
}

#[test]
fn patches_are_put_in_with_fresh_times() {
    let Some((_, sandbox)) = sandbox() else { return };
    let mut session = sandbox.open(&nowhere()).unwrap();
    let paths = ["a", "c", "dir/b", "deep/er/d", "none"].map(str::to_owned);
    session
        .put(&changes(&[
            ("a", Some("new\n")),
            ("dir/b", None),
            ("deep/er/d", Some("new\n")),
            ("never", None),
        ]))
        .unwrap();
    let before = session.stamps(&paths).unwrap();
    let shown =
        |found: &[Option<kerf::sandbox::Stamp>]| found.iter().map(Option::is_some).collect::<Vec<_>>();
    assert_eq!(shown(&before)[..2], [true, true]);
    let (printed, _) = sh(session.as_mut(), "cat a; find . -type f | sort; stat -c %Y a deep/er/d");
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[..4], ["new", "./a", "./c", "./deep/er/d"], "{printed}");
    assert!(lines[4..].iter().all(|time| time.parse::<u64>().unwrap() > 1_700_000_000), "{printed}");
    assert_eq!(session.stamps(&paths).unwrap(), before, "looking touches nothing");
    // What the image holds is found touched although it reads as before.
    sh(session.as_mut(), "cat c >x; rm c; mv x c; echo more >>deep/er/d");
    let after = session.stamps(&paths).unwrap();
    let touched: Vec<&String> = paths
        .iter()
        .zip(before.iter().zip(&after))
        .filter(|(_, (a, b))| a != b)
        .map(|(path, _)| path)
        .collect();
    assert_eq!(touched, ["c", "deep/er/d"]);
    let fixed = SessionSpec { newer_than: 4_000_000_000, ..nowhere() };
    let mut session = sandbox.open(&fixed).unwrap();
    session.put(&changes(&[("a", Some("new\n"))])).unwrap();
    assert_eq!(sh(session.as_mut(), "stat -c %Y a").0, "4000000001\n");
}

#[test]
fn what_a_payload_may_not() {
    let Some((engine, sandbox)) = sandbox() else { return };
    let mut session = sandbox.open(&nowhere()).unwrap();
    for (command, printed) in [
        ("grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | grep -v 0000000000000000", ""),
        ("grep -E '^NoNewPrivs' /proc/self/status", "NoNewPrivs:\t1\n"),
        ("ls /sys/class/net 2>/dev/null || sed 1,2d /proc/net/dev | tr -d ' ' | sed 's/:.*//'", "lo\n"),
        ("ls -d /proc/[0-9]* | sort | sed q", "/proc/1\n"),
        ("uname -n", "kerf\n"),
        ("find / -name '*.sock' -not -path '/proc/*' 2>/dev/null", ""),
        (
            "chmod 777 /proc/sys/kernel/panic 2>/dev/null; echo 1 2>/dev/null >/proc/sys/kernel/panic || echo no",
            "no\n",
        ),
        ("for k in 2 9 15; do kill -$k 1; done; echo lives", "lives\n"),
    ] {
        assert_eq!(sh(session.as_mut(), command).0, printed, "{command}");
    }
    let mark = format!("/kerf-container-{}", std::process::id());
    fs::write(format!("/tmp{mark}"), "secret").unwrap();
    assert_eq!(sh(session.as_mut(), &format!("cat /tmp{mark}")).1, Ended::Exited(1));
    fs::remove_file(format!("/tmp{mark}")).unwrap();
    let protections = sandbox.protections();
    for needed in ["capabilities", "netns", "nonewprivs", "pidns"] {
        assert!(protections.contains(&needed.to_owned()), "{protections:?} of {}", engine.info.version);
    }
    let origin = sandbox.origin();
    assert!(origin["image_digest"].starts_with("sha256:") && !origin["engine"].is_empty(), "{origin:?}");
    let network = SessionSpec { network: true, ..nowhere() };
    assert!(sandbox.open(&network).is_err(), "there is no way to ask for a network");
}

#[test]
fn a_step_and_all_it_started_end_together() {
    let Some((_, sandbox)) = sandbox() else { return };
    let mut session = sandbox.open(&nowhere()).unwrap();
    let mark = format!("98763.{}", std::process::id());
    let command =
        format!("trap '' TERM INT HUP; (setsid sleep {mark} &); sleep {mark} & echo started; sleep {mark}");
    let begin = Instant::now();
    let output = session.run(&Step { timeout: Duration::from_secs(2), ..step(&command) }).unwrap();
    assert_eq!((output.ended, text(&output).as_str()), (Ended::TimedOut, "started\n"));
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert_eq!(processes(&mark), Vec::<String>::new());
    let daemon = format!("setsid sleep {mark} >/dev/null 2>&1 & sleep 0.2");
    assert_eq!(sh(session.as_mut(), &daemon).1, Ended::Exited(0));
    assert_eq!(processes(&mark), Vec::<String>::new());
    // A payload that holds no stream open is waited for all the same.
    assert_eq!(sh(session.as_mut(), "exec >&- 2>&-; sleep 1; exit 3").1, Ended::Exited(3));
    assert_eq!(sh(session.as_mut(), "echo still here").0, "still here\n");
}

#[test]
fn limits_bind() {
    let Some((engine, sandbox)) = sandbox() else { return };
    let fences = sandbox.protections();
    let has = |name: &str| fences.contains(&name.to_owned());
    let mut spec = nowhere();
    (spec.limits.processes, spec.limits.memory_mb, spec.limits.disk_mb) = (40, 128, 48);
    let mut session = sandbox.open(&spec).unwrap();
    if has("cgroup-pids") {
        let command = "i=0; while [ $i -lt 200 ]; do sleep 30 & i=$((i+1)); done; echo all";
        let (printed, _) = sh(session.as_mut(), command);
        assert!(!printed.contains("all\n"), "200 processes of at most 40: {printed}");
    }
    if has("cgroup-memory") {
        let hog = step("x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done");
        let ended = session.run(&hog).unwrap().ended;
        // podman does not tell of it where the container's first process lives on.
        assert!(
            matches!(ended, Ended::OutOfMemory | Ended::Signalled(9)),
            "{ended:?} of {}",
            engine.info.version
        );
    }
    let one = sh(
        session.as_mut(),
        "dd if=/dev/zero of=/testbed/big bs=1048576 count=200 2>&1; stat -c %s /testbed/big",
    );
    let size: u64 = one.0.lines().last().unwrap().parse().unwrap();
    assert!(size <= 48 << 20, "one file: {one:?}");
    let many = "i=0; while [ $i -lt 60 ]; do dd if=/dev/zero of=f$i bs=1048576 count=10 2>/dev/null || exit 9; i=$((i+1)); done; sleep 50";
    let ended = session.run(&step(many)).unwrap().ended;
    let by_watch = has("upper-watch") && ended == Ended::OutOfMemory;
    assert!(by_watch || has("upper-limit") && ended == Ended::Exited(9), "{ended:?} with {fences:?}");
}

#[test]
fn whoever_breaks_the_container_gains_no_invalid_trial() {
    let Some((_, sandbox)) = sandbox() else { return };
    let mut harmed = 0;
    for attack in [
        "rm -f /bin/sh /usr/bin/sh",
        "rm -rf /.kerf; echo >/.kerf",
        "rm -rf /.kerf/step; mkdir -p /.kerf/step/x",
    ] {
        let mut session = sandbox.open(&nowhere()).unwrap();
        harmed += u32::from(sh(session.as_mut(), attack).1 == Ended::Exited(0));
        let output = session.run(&step("echo fine")).unwrap();
        let refused = matches!(output.ended, Ended::Exited(127 | 126)) && text(&output) != "fine\n";
        assert!(refused || text(&output) == "fine\n", "{attack}: {output:?}");
    }
    assert!(harmed > 0, "the attacks work");
}

#[test]
fn users_of_images_keep_their_rights_and_no_more() {
    let Some(engine) = Engine::find("images with a user of their own") else { return };
    let name = engine.image(&[("testbed/a", "old"), ("own", "users")], &["USER ann"]);
    let sandbox = of(&engine, &name).unwrap();
    let mut session = sandbox.open(&nowhere()).unwrap();
    assert_eq!(sh(session.as_mut(), "id -u; echo >/etc/passwd && echo no").0.lines().next(), Some("1234"));
    // The folder is root's, in which this user may make nothing: as it would be for a developer with this image.
    assert!(session.put(&changes(&[("new/file", Some("x"))])).is_err());
    session.put(&changes(&[("a", Some("new\n"))])).unwrap();
    assert_eq!(sh(session.as_mut(), "cat a; echo more >>a && cat a").0, "new\nnew\nmore\n");
}

#[test]
fn two_sessions_at_once_do_not_meet() {
    let Some((_, sandbox)) = sandbox() else { return };
    std::thread::scope(|scope| {
        for name in ["x", "y"] {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let mut session = sandbox.open(&nowhere()).unwrap();
                for _ in 0..3 {
                    let command = format!("echo {name} >a; echo {name} >/tmp/x; sleep 0.1; cat a /tmp/x");
                    assert_eq!(sh(session.as_mut(), &command).0, format!("{name}\n{name}\n"));
                }
            });
        }
    });
}

#[test]
fn an_image_that_cannot_be_had_is_refused_with_the_reason() {
    let Some(engine) = Engine::find("images that are missing") else { return };
    for (name, why) in [
        ("localhost/kerf-test:never-made", "kerf has no leave to pull it; allow it with --pull"),
        ("Not a name", "is no name of an image"),
    ] {
        let said = of(&engine, name).err().unwrap();
        assert!(said.contains(why), "{said}");
    }
    let name = engine.image(&[("elsewhere/a", "")], &["WORKDIR /"]);
    let image = Image { name, workdir: Some("/none".to_owned()), repository: "own".to_owned() };
    let sandbox = ContainerSandbox::new(engine.places.clone(), false, Arc::new(namespaces()));
    let said = sandbox.in_image(&image).unwrap().err().unwrap().to_string();
    assert!(said.contains("has no folder /none"), "{said}");
}
