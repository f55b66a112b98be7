//! A trial as it will be: cargo builds in a writable session, tests in overlays above that build.

use std::time::Instant;

use super::*;

#[test]
#[allow(clippy::disallowed_methods, reason = "asks rustc where it lives")]
fn a_breaking_edit_fails_and_its_absence_passes() {
    let Ok(output) = std::process::Command::new("rustc").args(["--print", "sysroot"]).output() else {
        return;
    };
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if !output.status.success() || fs::read_dir(&sysroot).is_err() {
        return; // an ordinary user may not reach root's toolchain
    }
    let tree = tree(&[
        ("Cargo.toml", "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"),
        ("src/lib.rs", "pub fn two() -> u32 { 1 + 1 }\n"),
        ("tests/two.rs", "#[test]\nfn two_is_two() { assert_eq!(small::two(), 2); }\n"),
    ]);
    let mut spec = spec(tree.path());
    spec.limits = Limits { disk_mb: 1024, ..Limits::default() };
    spec.read_only = vec![sysroot.clone()];
    spec.environment = BTreeMap::from([
        ("PATH".into(), format!("{}:/usr/bin:/bin", sysroot.join("bin").display())),
        ("HOME".into(), "/tmp/home".into()),
        ("CARGO_HOME".into(), "/tmp/home/cargo".into()),
    ]);
    let build = Step { timeout: Duration::from_secs(300), ..step("cargo test --no-run --offline") };
    let test = Step { timeout: Duration::from_secs(300), ..step("cargo test --offline") };

    let writable = SessionSpec { access: Access::Writable, ..spec.clone() };
    let output = namespaces().open(&writable).unwrap().run(&build).unwrap();
    assert_eq!(output.ended, Ended::Exited(0), "{}", text(&output));

    let mut session = namespaces().open(&spec).unwrap();
    let output = session.run(&test).unwrap();
    assert_eq!(output.ended, Ended::Exited(0), "{}", text(&output));
    assert!(text(&output).contains("test two_is_two ... ok"));
    assert!(!text(&output).contains("Compiling"), "the build is reused: {}", text(&output));

    let mut session = namespaces().open(&spec).unwrap();
    session.put(&changes(&[("src/lib.rs", Some("pub fn two() -> u32 { 1 + 2 }\n"))])).unwrap();
    let output = session.run(&test).unwrap();
    assert_eq!(output.ended, Ended::Exited(101), "{}", text(&output));
    assert!(text(&output).contains("test two_is_two ... FAILED"));

    // Shown with --nocapture: what a session costs beside the same command in the same tree.
    for round in 0..5 {
        let begin = Instant::now();
        let mut session = namespaces().open(&spec).unwrap();
        let opened = begin.elapsed();
        let inside = session.run(&test).unwrap().seconds;
        drop(session);
        let whole = begin.elapsed();
        let begin = Instant::now();
        let mut bare = plain().open(&writable).unwrap();
        let outside = bare.run(&test).unwrap().seconds;
        println!(
            "round {round}: open {opened:.1?}, step {:.1} ms, whole {whole:.1?}; in place {:.1} ms, whole {:.1?}",
            inside * 1e3,
            outside * 1e3,
            begin.elapsed()
        );
    }
}
