//! What a session gives: exit codes, streams, environment, files, time limits, an end.

use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

use super::*;

#[test]
fn exit_codes_and_signals() {
    let tree = tree(&[]);
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    ends_as_shells_do(session.as_mut());
}

#[test]
fn streams_merged_keep_their_order_and_apart_stay_apart() {
    let tree = tree(&[]);
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    keeps_streams_apart_or_in_order(session.as_mut());
}

#[test]
fn stdin_is_what_was_given() {
    let tree = tree(&[]);
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    let bytes: Vec<u8> = (0..=255_u8).cycle().take(300_000).collect();
    let given = Step { stdin: Some(bytes.clone()), ..step("cat") };
    assert_eq!(session.run(&given).unwrap().stdout, bytes);
    assert_eq!(sh(session.as_mut(), "cat; echo end").0, "end\n");
}

#[test]
fn environment_is_exactly_what_was_given() {
    let tree = tree(&[]);
    let mut spec = spec(tree.path());
    spec.environment = BTreeMap::from([("A".into(), "1".into()), ("B".into(), "2".into())]);
    let mut session = namespaces().open(&spec).unwrap();
    let own = BTreeMap::from([("B".to_owned(), "3 4".to_owned())]);
    // Read before the shell adds its own.
    let output =
        session.run(&Step { environment: own, ..step("tr '\\0' '\\n' </proc/$$/environ | sort") }).unwrap();
    let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    assert_eq!(text(&output), format!("A=1\nB=3 4\n{path}\n"));
}

#[test]
fn output_is_capped_in_the_middle() {
    let tree = tree(&[]);
    let mut spec = spec(tree.path());
    spec.limits.output_bytes = 1000;
    let mut session = namespaces().open(&spec).unwrap();
    let output = session.run(&step("seq 1 200000")).unwrap();
    let text = text(&output);
    assert!(text.starts_with("1\n2\n") && text.ends_with("\n199999\n200000\n"), "{text}");
    assert!(text.len() < 1100, "{}", text.len());
    assert!(text.contains(&format!("\n[kerf: {} bytes left out here]\n", output.cut_bytes)));
    assert_eq!(output.ended, Ended::Exited(0));
}

#[test]
fn lower_is_untouched_by_writes_and_deletes() {
    let tree = tree(&[("a", "old"), ("dir/b", "old"), ("c", "old")]);
    let command = "echo new >a; rm -r dir; mkdir dir; echo >dir/new; mv c d; chmod 600 d; ls; ls dir; cat a";
    let (text, ended) = once(&spec(tree.path()), command);
    assert_eq!((text.as_str(), ended), ("a\nd\ndir\nnew\nnew\n", Ended::Exited(0)));
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    assert_eq!(sh(session.as_mut(), "cat a dir/b c; ls").0, "oldoldolda\nc\ndir\n");
    // Canary: a writable session does change it.
    let writable = SessionSpec { access: Access::Writable, ..spec(tree.path()) };
    once(&writable, "echo new >a");
    assert_eq!(fs::read_to_string(tree.path().join("a")).unwrap(), "new\n");
}

#[test]
fn state_lasts_from_step_to_step_and_no_longer() {
    let tree = tree(&[]);
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    sh(session.as_mut(), "echo one >file; echo two >/tmp/file");
    assert_eq!(sh(session.as_mut(), "cat file /tmp/file; ls -d /tmp/home").0, "one\ntwo\n/tmp/home\n");
    assert_eq!(once(&spec(tree.path()), "ls; ls /tmp").0, "home\n");
}

#[test]
fn put_writes_with_fresh_times_and_payloads_may_rewrite() {
    let tree = tree(&[("src/a", "old"), ("src/b", "old"), ("keep", "old")]);
    let past = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
    fs::File::open(tree.path().join("src/a")).unwrap().set_modified(past).unwrap();
    let before = fs::metadata(tree.path().join("keep")).unwrap().mtime();
    for sandbox in [&namespaces() as &dyn Sandbox, &plain()] {
        let mut session = sandbox.open(&spec(tree.path())).unwrap();
        session
            .put(&changes(&[("src/a", Some("new\n")), ("src/b", None), ("deep/er/c", Some("new\n"))]))
            .unwrap();
        let (text, _) = sh(session.as_mut(), "cat src/a; find . -type f | sort; stat -c %Y src/a deep/er/c");
        let times: Vec<i64> = text.lines().skip(4).map(|line| line.parse().unwrap()).collect();
        assert_eq!(text.lines().take(4).collect::<Vec<_>>(), ["new", "./deep/er/c", "./keep", "./src/a"]);
        assert!(times.len() == 2 && times.iter().all(|time| *time >= before), "{}: {text}", sandbox.name());
        let (text, _) = sh(session.as_mut(), "echo more >>deep/er/c; rm src/a; cat deep/er/c");
        assert_eq!(text, "new\nmore\n");
    }
    assert_eq!(fs::read_to_string(tree.path().join("src/a")).unwrap(), "old");
}

#[test]
fn put_does_not_pass_links() {
    let tree = tree(&[("real/a", "old")]);
    std::os::unix::fs::symlink("real", tree.path().join("link")).unwrap();
    hand_over(tree.path()).unwrap();
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    let error = session.put(&changes(&[("link/a", Some("new"))])).unwrap_err().to_string();
    assert_eq!(error, "sandbox failed to write files: link/a: passes a symbolic link");
    // The session goes on.
    assert_eq!(sh(session.as_mut(), "cat real/a").0, "old");
}

#[test]
fn a_step_that_never_ends_is_ended_with_all_it_started() {
    let tree = tree(&[]);
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    let mark = format!("98765.{}", std::process::id());
    let command =
        format!("trap '' TERM INT HUP; (setsid sleep {mark} &); sleep {mark} & echo started; sleep {mark}");
    let begin = Instant::now();
    let output = session.run(&Step { timeout: Duration::from_millis(700), ..step(&command) }).unwrap();
    assert_eq!((output.ended, text(&output).as_str()), (Ended::TimedOut, "started\n"));
    assert!(output.seconds >= 0.7 && begin.elapsed() < Duration::from_secs(20));
    assert_eq!(processes(&mark), Vec::<String>::new());
    assert_eq!(
        sh(session.as_mut(), "ls -d /proc/[0-9]* | wc -l; echo still here").0.lines().last(),
        Some("still here")
    );
}

#[test]
fn daemons_do_not_outlive_their_step() {
    let tree = tree(&[]);
    let mark = format!("98764.{}", std::process::id());
    let command = format!("setsid sleep {mark} >/dev/null 2>&1 & sleep 0.2");
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    assert_eq!(sh(session.as_mut(), &command).1, Ended::Exited(0));
    assert_eq!(processes(&mark), Vec::<String>::new());
    // Canary: without the sandbox the daemon lives on.
    let mut session = plain().open(&spec(tree.path())).unwrap();
    sh(session.as_mut(), &command);
    let left = processes(&mark);
    assert_eq!(left.len(), 1, "the attack works where nothing stops it");
    for process in left {
        let process = nix::unistd::Pid::from_raw(process.parse().unwrap());
        nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGKILL).unwrap();
    }
}

#[test]
fn two_sessions_at_once_do_not_meet() {
    let tree = tree(&[("file", "old\n")]);
    let (mut a, mut b) =
        (namespaces().open(&spec(tree.path())).unwrap(), namespaces().open(&spec(tree.path())).unwrap());
    std::thread::scope(|scope| {
        for (session, name) in [(&mut a, "a"), (&mut b, "b")] {
            scope.spawn(move || {
                for _ in 0..5 {
                    let command =
                        format!("echo {name} >file; echo {name} >/tmp/x; sleep 0.05; cat file /tmp/x");
                    assert_eq!(sh(session.as_mut(), &command).0, format!("{name}\n{name}\n"));
                }
            });
        }
    });
}

#[test]
fn a_command_that_cannot_be_passed_is_an_error() {
    let tree = tree(&[]);
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    assert!(session.run(&step("echo \0")).is_err());
    assert_eq!(sh(session.as_mut(), "echo fine").0, "fine\n");
    let missing = SessionSpec { lower: tree.path().join("none"), ..spec(tree.path()) };
    assert!(namespaces().open(&missing).is_err());
    for bad in ["relative", "/", "/proc/1", "/a/../b"] {
        let bad = SessionSpec { read_only: vec![bad.into()], ..spec(tree.path()) };
        assert!(namespaces().open(&bad).is_err(), "{:?}", bad.read_only);
    }
}

#[test]
fn a_launcher_that_is_none_is_an_error_and_no_session() {
    let tree = tree(&[]);
    assert!(NamespacesSandbox::new("/bin/true".into()).open(&spec(tree.path())).is_err());
    assert!(NamespacesSandbox::new("/no/such/program".into()).open(&spec(tree.path())).is_err());
    assert!(!NamespacesSandbox::new("/bin/true".into()).probe().iter().any(|one| one.active));
}

#[test]
fn the_probe_says_what_is_active() {
    let sandbox = namespaces();
    for needed in
        ["mountns", "netns", "nonewprivs", "overlay", "pidns", "proc", "seccomp", "upper-limit", "userns"]
    {
        assert!(sandbox.protections().contains(&needed.to_owned()), "{needed}: {:?}", sandbox.probe());
    }
    for missing in sandbox.probe().iter().filter(|one| !one.active) {
        assert!(!missing.advice.is_empty(), "{missing:?}");
    }
    assert!(plain().protections().is_empty());
}

/// Shown with `--ignored --nocapture`: what a session costs, and that a thousand leave nothing behind.
#[test]
#[ignore = "a measurement"]
fn a_thousand_sessions() {
    let tree = tree(&[]);
    let fds = || fs::read_dir("/proc/self/fd").unwrap().count();
    let mounts = || fs::read_to_string("/proc/self/mountinfo").unwrap().lines().count();
    let groups = || {
        let kinds = fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten();
        let inner = kinds.flat_map(|kind| fs::read_dir(kind.path()).into_iter().flatten().flatten());
        let own = format!("-{}-", std::process::id());
        inner.filter(|entry| entry.file_name().to_string_lossy().contains(&own)).count()
    };
    let before = (fds(), mounts(), groups());
    let begin = Instant::now();
    let used = nix::sys::resource::UsageWho::RUSAGE_CHILDREN;
    for _ in 0..1000 {
        assert_eq!(once(&spec(tree.path()), "true").1, Ended::Exited(0));
    }
    assert_eq!((fds(), mounts(), groups()), before);
    let usage = nix::sys::resource::getrusage(used).unwrap();
    println!(
        "1000 sessions: {:?} wall, user {}, system {}",
        begin.elapsed(),
        usage.user_time(),
        usage.system_time()
    );
}

/// Processor time of children that ended, in seconds.
fn used() -> f64 {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN).unwrap();
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    seconds(usage.user_time()) + seconds(usage.system_time())
}

/// Shown with `--ignored --nocapture`: a session beside bubblewrap over an overlay mount, in turn.
#[test]
#[ignore = "a measurement; needs root for the overlay beside bubblewrap, and bubblewrap"]
#[allow(clippy::disallowed_methods, reason = "the other side of the comparison")]
fn what_a_launch_costs() {
    let tree = tree(&[]);
    let at = tree.path().display();
    let bubblewrap = format!(
        "mount -t tmpfs -o size=64m none /mnt && mkdir /mnt/u /mnt/w /mnt/m && \
         mount -t overlay -o lowerdir={at},upperdir=/mnt/u,workdir=/mnt/w none /mnt/m && \
         exec bwrap --unshare-all --die-with-parent --cap-drop ALL --ro-bind /usr /usr --symlink usr/bin /bin \
         --symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc --dev /dev --tmpfs /tmp --bind /mnt/m /tree \
         --chdir /tree /bin/sh -c true"
    );
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        let (before, begin) = (used(), Instant::now());
        assert_eq!(once(&spec(tree.path()), "true").1, Ended::Exited(0));
        ours.push((used() - before, begin.elapsed().as_secs_f64()));
        let (before, begin) = (used(), Instant::now());
        let mut command = std::process::Command::new("unshare");
        let status = command.args(["--mount", "sh", "-c", &bubblewrap]).status().unwrap();
        assert!(status.success(), "{bubblewrap}");
        theirs.push((used() - before, begin.elapsed().as_secs_f64()));
    }
    for (name, all) in [("kerf, all protections", &ours), ("bubblewrap with overlay", &theirs)] {
        let mean = all.iter().map(|one| one.0).sum::<f64>() / all.len() as f64;
        let fastest = all.iter().map(|one| one.1).fold(f64::INFINITY, f64::min);
        println!(
            "{name}: {:.1} ms CPU on average of {}, fastest {:.1} ms wall",
            mean * 1e3,
            all.len(),
            fastest * 1e3
        );
    }
}
