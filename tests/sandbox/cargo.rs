//! A trial as it will be: cargo builds in a writable session, tests in overlays above that build.

use std::time::Instant;

use super::*;

/// A tree with cargo at hand; none where this user cannot reach a toolchain, as an ordinary one may not root's.
#[allow(clippy::disallowed_methods, reason = "asks rustc where it lives")]
fn cargo_tree(files: &[(&str, &str)]) -> Option<(tempfile::TempDir, SessionSpec)> {
    let output = std::process::Command::new("rustc").args(["--print", "sysroot"]).output().ok()?;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if !output.status.success() || fs::read_dir(&sysroot).is_err() {
        return None;
    }
    let tree = tree(files);
    let mut spec = spec(tree.path());
    spec.limits = Limits { disk_mb: 1024, ..Limits::default() };
    spec.read_only = vec![sysroot.clone()];
    spec.environment = BTreeMap::from([
        ("PATH".into(), format!("{}:/usr/bin:/bin", sysroot.join("bin").display())),
        ("HOME".into(), "/tmp/home".into()),
        ("CARGO_HOME".into(), "/tmp/home/cargo".into()),
    ]);
    Some((tree, spec))
}

const MANIFEST: &str = "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

fn patient(command: &str) -> Step {
    Step { timeout: Duration::from_secs(300), ..step(command) }
}

#[test]
fn a_breaking_edit_fails_and_its_absence_passes() {
    let Some((_tree, spec)) = cargo_tree(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "pub fn two() -> u32 { 1 + 1 }\n"),
        ("tests/two.rs", "#[test]\nfn two_is_two() { assert_eq!(small::two(), 2); }\n"),
    ]) else {
        return;
    };
    let build = patient("cargo test --no-run --offline");
    let test = patient("cargo test --offline");

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

/// A crate with an inline test, built.
fn built() -> Option<(tempfile::TempDir, SessionSpec)> {
    let (tree, spec) = cargo_tree(&[("Cargo.toml", MANIFEST), ("src/lib.rs", &with_test("1 + 1"))])?;
    let writable = SessionSpec { access: Access::Writable, ..spec.clone() };
    let output =
        namespaces().open(&writable).unwrap().run(&patient("cargo test --no-run --offline")).unwrap();
    assert_eq!(output.ended, Ended::Exited(0), "{}", text(&output));
    Some((tree, spec))
}

fn with_test(sum: &str) -> String {
    format!("pub fn two() -> u32 {{ {sum} }}\n#[test]\nfn two_is_two() {{ assert_eq!(two(), 2); }}\n")
}

/// Whether the inline test passes with a breaking edit, after `first`, which stands for code of the patch that a test
/// command runs before cargo looks at the sources.
fn passes(spec: &SessionSpec, forget: &[String], first: &str) -> bool {
    let mut changes = changes(&[("src/lib.rs", Some(&with_test("1 + 2")))]);
    changes.extend(forget.iter().map(|path| (path.clone(), None)));
    let mut session = namespaces().open(spec).unwrap();
    session.put(&changes).unwrap();
    let output = session.run(&patient(&format!("{first}; cargo test --offline"))).unwrap();
    let text = text(&output);
    assert!(text.contains("test two_is_two ... "), "{text}");
    output.ended == Ended::Exited(0)
}

#[test]
fn times_set_back_do_not_bring_an_old_binary_back() {
    let Some((tree, spec)) = built() else { return };
    let back = "touch -d 2001-01-01 src/lib.rs";
    assert!(!passes(&spec, &[], "true"), "with honest times the edit is seen");
    assert!(passes(&spec, &[], back), "canary: with its time set back it is not, and the old binary passes");
    let changed = ["src/lib.rs".to_owned()];
    let stale = kerf::snapshot::Stale::read(tree.path()).of(tree.path(), changed.iter());
    let stale: Vec<String> = stale.into_iter().collect();
    assert!(!stale.is_empty());
    assert!(!passes(&spec, &stale, back), "what was built from it is forgotten: {stale:?}");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the clock is what this is about")]
fn a_clock_set_back_after_the_build_does_not_bring_an_old_binary_back() {
    let Some((_tree, spec)) = built() else { return };
    // As if the build had been an hour from now.
    let writable = SessionSpec { access: Access::Writable, ..spec.clone() };
    let later = "find target -exec touch -h -d '+1 hour' {} +";
    namespaces().open(&writable).unwrap().run(&patient(later)).unwrap();
    assert!(passes(&spec, &[], "true"), "canary: the present time lies before the build");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(!passes(&SessionSpec { newer_than: now + 3700, ..spec }, &[], "true"));
}
