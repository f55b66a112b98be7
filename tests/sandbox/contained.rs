//! What a payload cannot do, with canaries.

use std::net::TcpListener;

use super::payload::attack;
use super::*;

fn refused(name: &str) -> String {
    attack(&namespaces(), |_| (), name).0
}

#[test]
fn system_calls_of_attackers_are_refused() {
    for (name, word) in [
        ("ptrace", "EPERM"),
        ("setuid", "EPERM"),
        ("setgid-create", "EPERM"),
        ("setuid-mknod", "EPERM"),
        ("device", "EPERM"),
        ("unshare", "EPERM"),
        ("clone", "EPERM"),
        ("clone3", "ENOSYS"),
        ("mount", "EPERM"),
        ("io_uring", "EPERM"),
        ("bpf", "EPERM"),
        ("keyctl", "EPERM"),
        ("x32", "ENOSYS"),
        ("vsock", "EPERM"),
        ("alg", "EPERM"),
        ("packet", "EPERM"),
    ] {
        assert_eq!(refused(name), word, "{name}");
    }
    // Canaries: nothing but the sandbox stands against these.
    for name in ["ptrace", "setuid", "setgid-create", "setuid-mknod", "clone"] {
        assert_eq!(attack(&plain(), |_| (), name).0, "done", "{name}");
    }
}

#[test]
fn the_network_is_a_loopback_of_its_own() {
    assert_eq!(refused("loopback"), "hello");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    for (address, word) in [(host.as_str(), "ECONNREFUSED"), ("192.0.2.1:80", "ENETUNREACH")] {
        let set =
            |spec: &mut SessionSpec| drop(spec.environment.insert("KERF_ADDRESS".into(), address.into()));
        assert_eq!(attack(&namespaces(), set, "connect").0, word, "{address}");
    }
    // Canary: with the network on, the host's listener is there.
    let set = |spec: &mut SessionSpec| {
        spec.environment.insert("KERF_ADDRESS".into(), host.clone());
        spec.network = true;
    };
    assert_eq!(attack(&namespaces(), set, "connect").0, "done");
}

#[test]
fn the_view_holds_nothing_of_the_host() {
    let secret = tempfile::tempdir().unwrap();
    let file = secret.path().join("secret");
    fs::write(&file, "secret").unwrap();
    let tree = tree(&[]);
    let read = format!("cat {}", file.display());
    let mut outside = plain().open(&spec(tree.path())).unwrap();
    assert_eq!(sh(outside.as_mut(), &read).0, "secret");

    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    assert_eq!(sh(session.as_mut(), &read).1, Ended::Exited(1));
    let roots = "bin dev etc home kerf lib lib32 lib64 libx32 nix proc root run sbin tmp usr var";
    for name in sh(session.as_mut(), "ls -A /").0.lines() {
        assert!(roots.split(' ').any(|known| known == name), "{name} is in the view");
    }
    for (command, printed) in [
        ("ls -A /home /root /run /kerf", "/home:\n\n/kerf:\ntree\n\n/root:\n\n/run:\n"),
        ("ls /old /lower /upper /new 2>/dev/null", ""),
        ("cat /etc/shadow /proc/1/environ /proc/1/mem 2>/dev/null", ""),
        ("ls /proc/1/fd /proc/1/root/ /proc/1/cwd/ 2>/dev/null", ""),
        ("hostname 2>/dev/null || cat /proc/sys/kernel/hostname", "kerf\n"),
        ("ls -d /proc/[0-9]* | sort | head -1", "/proc/1\n"),
        ("grep -E '^(CapEff|CapPrm|CapBnd|CapAmb|CapInh):' /proc/self/status | grep -v 0000000000000000", ""),
        ("grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status", "NoNewPrivs:\t1\nSeccomp:\t2\n"),
    ] {
        assert_eq!(sh(session.as_mut(), command).0, printed, "{command}");
    }
}

#[test]
fn writing_outside_the_tree_fails() {
    let shown = tree(&[("file", "old")]);
    let tree = tree(&[]);
    let mut spec = spec(tree.path());
    spec.read_only = vec![shown.path().to_owned(), "/no/such/path".into()];
    let path = shown.path().display();
    let attacks = [
        format!("echo new >{path}/file"),
        format!("rm {path}/file"),
        format!("ln {path}/file hard && echo new >hard"),
        format!("ln -s {path}/file soft && echo new >soft"),
        format!("echo new >/proc/self/root/{path}/file"),
        "echo >/usr/file".to_owned(),
        "echo >/etc/passwd".to_owned(),
        "echo >/file".to_owned(),
        "echo >../file".to_owned(),
        "echo >/home/file".to_owned(),
        "chmod 777 /dev/null".to_owned(),
        "echo 1 >/proc/sys/kernel/panic".to_owned(),
        "echo 1 >/proc/sys/user/max_user_namespaces".to_owned(),
    ];
    let mut session = namespaces().open(&spec).unwrap();
    for attack in &attacks {
        assert_ne!(sh(session.as_mut(), attack).1, Ended::Exited(0), "{attack}");
    }
    assert_eq!(fs::read_to_string(shown.path().join("file")).unwrap(), "old");
    // Writable where the spec says so; and canary.
    spec.writable = vec![shown.path().to_owned()];
    assert_eq!(once(&spec, &attacks[0]).1, Ended::Exited(0));
    assert_eq!(fs::read_to_string(shown.path().join("file")).unwrap(), "new\n");
}

#[test]
fn init_cannot_be_killed() {
    let (word, ended) = attack(&namespaces(), |_| (), "kill-init");
    assert!(word.starts_with("survived"), "{word}");
    assert_eq!(ended, Ended::Exited(0));
}

#[test]
fn forks_are_bounded() {
    let few = |spec: &mut SessionSpec| spec.limits.processes = 40;
    let (word, _) = attack(&namespaces(), few, "forks");
    let (made, error) = word.split_once(' ').unwrap_or((&word, ""));
    assert!(made.parse::<u32>().unwrap() <= 40 && error == "EAGAIN", "{word}");
    // Canary: with more allowed it reaches its bound; and nobody is left.
    let many = |spec: &mut SessionSpec| spec.limits.processes = 2048;
    assert_eq!(attack(&namespaces(), many, "forks").0, "300");
}

#[test]
fn disk_is_bounded() {
    let small = |spec: &mut SessionSpec| spec.limits.disk_mb = 32;
    let (word, _) = attack(&namespaces(), small, "fill");
    let made = word.strip_prefix("ENOSPC after ").unwrap_or_else(|| panic!("{word}"));
    assert!((20..=32).contains(&made.parse::<u32>().unwrap()), "{word}");
    assert_eq!(attack(&namespaces(), small, "files").0, "ENOSPC");
    let large = |spec: &mut SessionSpec| spec.limits.disk_mb = 512;
    assert_eq!(attack(&namespaces(), large, "fill").0, "done", "canary");
}

#[test]
fn memory_is_bounded_where_a_group_can_be_had() {
    if !namespaces().protections().contains(&"cgroup-memory".to_owned()) {
        return;
    }
    let small = |spec: &mut SessionSpec| spec.limits.memory_mb = 256;
    assert_eq!(attack(&namespaces(), small, "memory").1, Ended::OutOfMemory);
    let large = |spec: &mut SessionSpec| spec.limits.memory_mb = 2048;
    assert_eq!(attack(&namespaces(), large, "memory").0, "done 1200", "canary");
}
