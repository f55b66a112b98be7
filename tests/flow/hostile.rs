//! Patches that attack: the machine, other trials, the verdict. Each is a prediction, really run, with the outcome that it
//! must have and the harm that it must not do. The same patches are run once more with the protection off, where they do
//! their harm on a scratch folder: so each check can fail. Attacks by single system calls are in `tests/sandbox`.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::util::{Project, Ran, Records, body, command};

/// A file that a patch adds.
pub(super) fn created(path: &str, text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("+{line}\n")).collect();
    format!("--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{} @@\n{}", lines.len(), lines.concat())
}

/// What a forging function prints: what libtest would, had all tests passed.
pub(super) const FORGED: &str = "ok\\ntest doubles ... ok\\ntest one ... ok\\ntest triples ... ok\\n\\ntest result: ok. 3 passed; \
                      0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\\n\\n";

/// An attack that may succeed: with it `double` is right, without it wrong.
fn if_so(condition: &str) -> String {
    body(&format!("if {condition} {{ n * 2 }} else {{ n }}"))
}

pub(super) struct Attack {
    pub name: &'static str,
    pub patch: String,
    /// In the sandbox.
    contained: &'static str,
    /// Without it; none where it is not run without.
    free: Option<&'static str>,
}

fn attack(name: &'static str, patch: String, contained: &'static str, free: &'static str) -> Attack {
    Attack { name, patch, contained, free: Some(free) }
}

/// Attacks on the machine and on what a trial may not see.
fn on_the_machine(scratch: &Path, project: &Project, port: u16, victim: u32) -> Vec<Attack> {
    let at = |name: &str| scratch.join(name).display().to_string();
    let (abs, soft) = (at("absolute"), scratch.display());
    let writes = format!(
        "use std::fs;\nlet _ = fs::write({abs:?}, \"x\");\n\
         let _ = fs::write(\"../../../../../../../..{}\", \"x\");\nlet _ = fs::write(\"/proc/self/root{}\", \"x\");\n\
         let _ = fs::write(\"/proc/self/cwd/../../../../../../..{}\", \"x\");\n\
         let _ = std::os::unix::fs::symlink(\"{soft}\", \"link\");\nlet _ = fs::write(\"link/by-symlink\", \"x\");\n\
         let _ = fs::hard_link({victim:?}, \"hard\");\nlet _ = fs::write(\"hard\", \"x\");\nn * 2",
        at("by-dots"),
        at("by-proc"),
        at("by-cwd"),
        victim = at("victim"),
    );
    let read = |path: String| if_so(&format!("std::fs::read({path:?}).is_ok()"));
    let environment = "std::fs::read_dir(\"/proc\").unwrap().flatten().any(|entry| {\n\
         let all = std::fs::read(entry.path().join(\"environ\")).unwrap_or_default();\n\
         String::from_utf8_lossy(&all).contains(\"KERF_TEST_SECRET=\")\n})";
    let kill =
        format!("let _ = std::process::Command::new(\"kill\").args([\"-9\", \"{victim}\"]).status();\nn * 2");
    let (unresolved, resolved) = ("unresolved/tests_failed", "resolved");
    vec![
        attack("writes-outside", body(&writes), resolved, resolved),
        attack(
            "reads-gold",
            read(project.path("tasks/mini/gold.patch").display().to_string()),
            unresolved,
            resolved,
        ),
        attack(
            "reads-trials",
            read(project.path("predictions/fix/mini.diff").display().to_string()),
            unresolved,
            resolved,
        ),
        attack("reads-home", read(at("home/.netrc")), unresolved, resolved),
        attack("reads-environment", if_so(environment), unresolved, resolved),
        attack(
            "connects",
            if_so(&format!("std::net::TcpStream::connect((\"127.0.0.1\", {port})).is_ok()")),
            unresolved,
            resolved,
        ),
        attack("signals", body(&kill), resolved, resolved),
    ]
}

/// Attacks on the machine's room; all bounded, in case that they are not contained.
fn on_resources() -> Vec<Attack> {
    let forks = "let made: Vec<_> = (0..300)\n.map_while(|_| std::process::Command::new(\"sleep\").arg(\"9\").spawn().ok())\n\
                 .collect();\nlet enough = made.len() == 300;\nfor mut child in made {\nlet _ = child.kill();\n\
                 let _ = child.wait();\n}\nif enough { n * 2 } else { n }";
    let memory = "let held: Vec<Vec<u8>> = (0..1200).map(|_| vec![1_u8; 1 << 20]).collect();\n\
                  if held.iter().map(|one| one[7] as usize).sum::<usize>() == 1200 { n * 2 } else { n }";
    let fill = |files: usize, mb: usize| {
        if_so(&format!(
            "(0..{files}).all(|k| {{\nuse std::io::Write;\nlet block = vec![7_u8; 1 << 20];\n\
             std::fs::File::create(format!(\"fill{{k}}\")).is_ok_and(|mut f| (0..{mb}).all(|_| f.write_all(&block).is_ok()))\n}})"
        ))
    };
    let many = if_so("(0..20_000).all(|k| std::fs::File::create(format!(\"many{k}\")).is_ok())");
    let (unresolved, resolved) = ("unresolved/tests_failed", "resolved");
    vec![
        attack("forks", body(forks), unresolved, resolved),
        attack("memory", body(memory), "unresolved/resource", resolved),
        attack("one-file", fill(1, 300), unresolved, resolved),
        attack("many-files", fill(300, 1), unresolved, resolved),
        attack("million-files", many, unresolved, resolved),
    ]
}

/// Attacks on the verdict. What they do without protection is shown in `hostile_free`.
pub(super) fn on_the_verdict() -> Vec<Attack> {
    let only = |name, patch, contained| Attack { name, patch, contained, free: None };
    let print = format!("let _ = std::io::Write::write_all(&mut std::io::stdout(), b\"{FORGED}\");\n");
    let early = format!(
        "extern \"C\" fn early() {{\n{print}std::process::exit(0);\n}}\n#[used]\n#[link_section = \".init_array\"]\n\
         static EARLY: extern \"C\" fn() = early;\nn"
    );
    let runner = "#!/bin/sh\nprintf 'running 3 tests\\ntest doubles ... ok\\ntest one ... ok\\ntest triples ... ok\\n\\n'\n\
                  echo 'test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s'\n";
    let config = "[target.'cfg(all())']\nrunner = [\"sh\", \"/kerf/tree/runner.sh\"]\n";
    let easy = "#[test]\nfn doubles() {}\n#[test]\nfn one() {}\n#[test]\nfn triples() {}\n";
    let rewrites = format!("fn main() {{\n    std::fs::write(\"tests/sums.rs\", {easy:?}).unwrap();\n}}\n");
    let manifest = "--- a/Cargo.toml\n+++ b/Cargo.toml\n@@ -6,3 +6,8 @@\n [lib]\n test = false\n doctest = false\n+\n+[[test]]\n\
                    +name = \"sums\"\n+path = \"tests/own.rs\"\n+harness = false\n";
    let main = format!("fn main() {{\n    print!(\"\\nrunning 3 tests\\ntest triples ... {FORGED}\");\n}}\n");
    vec![
        only("forges", body(&format!("{print}std::process::exit(0)")), "unresolved/no_verdict"),
        only("exits-early", body(&early), "unresolved/no_verdict"),
        only(
            "kills-runner",
            body(&format!(
                "{print}let _ = std::process::Command::new(\"sh\").args([\"-c\", \"kill -9 $PPID; ps -o ppid= -p $PPID | xargs kill -9\"]).status();\nn"
            )),
            "unresolved/*",
        ),
        only(
            "own-runner",
            body("n").replace("+    n\n", "+    n + 3 - 3\n")
                + &created(".cargo/config.toml", config)
                + &created("runner.sh", runner),
            "unresolved/tests_failed",
        ),
        only(
            "no-harness",
            body("n * 1") + manifest + &created("tests/own.rs", &main),
            "unresolved/tests_failed",
        ),
        only(
            "easy-tests",
            body("n * 1")
                + &created("tests/easy.rs", easy)
                + "--- a/tests/sums.rs\n+++ /dev/null\n@@ -1,11 +0,0 @@\n-use mini::{double, triple};\n-\n-#[test]\n-fn triples() {\n-    assert_eq!(triple(2), 6);\n-}\n-\n-#[test]\n-fn one() {\n-    assert_eq!(double(1), 2);\n-}\n",
            "unresolved/tests_failed",
        ),
        only("build-script", body("n * 1") + &created("build.rs", &rewrites), "unresolved/no_verdict"),
        only(
            "git-hook",
            body("n * 2") + &created(".git/hooks/post-checkout", "#!/bin/sh\n"),
            "apply_failed/unsafe_path",
        ),
    ]
}

/// Lives until it is dropped or killed.
struct Victim(Child);

impl Victim {
    #[allow(clippy::zombie_processes, reason = "waited for when dropped")]
    fn new() -> Self {
        let child = Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
        Self(child)
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs into `out` with small limits and a secret in kerf's environment.
fn run(project: &Project, out: &str, more: &[&str]) -> Ran {
    let mut kerf = command(env!("CARGO_BIN_EXE_kerf"));
    kerf.args(Project::arguments(out)).args(["--limits", "memory=900,disk=200,processes=128"]).args(more);
    kerf.env("KERF_TEST_SECRET", "s3cret-in-the-environment").current_dir(project.folder());
    Ran::new(&kerf.output().unwrap()).ended(0)
}

fn harm(scratch: &Path) -> Vec<String> {
    let mut found: Vec<String> = ["absolute", "by-dots", "by-proc", "by-cwd", "by-symlink"]
        .into_iter()
        .filter(|name| scratch.join(name).exists())
        .map(str::to_owned)
        .collect();
    if fs::read_to_string(scratch.join("victim")).unwrap() != "old" {
        found.push("victim".to_owned());
    }
    found
}

#[track_caller]
fn outcome_is(records: &Records, model: &str, expected: &str) {
    let outcome = records.outcome(model, "mini");
    let fits = expected.strip_suffix('*').map_or(outcome == expected, |start| outcome.starts_with(start));
    assert!(fits, "{model}: {outcome}, not {expected}\n{}", records.of(model, "mini"));
}

#[test]
fn attacks_are_contained_and_would_not_be_otherwise() {
    let project = Project::new(&["mini"]);
    let scratch = tempfile::tempdir().unwrap();
    fs::set_permissions(scratch.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    fs::write(scratch.path().join("victim"), "old").unwrap();
    fs::create_dir(scratch.path().join("home")).unwrap();
    fs::write(scratch.path().join("home/.netrc"), "secret").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut victim = Victim::new();
    let mut attacks =
        on_the_machine(scratch.path(), &project, listener.local_addr().unwrap().port(), victim.0.id());
    attacks.extend(on_resources());
    attacks.extend(on_the_verdict());
    for attack in &attacks {
        project.predict(attack.name, "mini", &attack.patch);
    }
    project.predict("fix", "mini", &body("n * 2"));
    run(&project, "out", &[]);
    let records = project.records();
    let limited =
        records.of("fix", "mini")["environment"]["protections"].to_string().contains("cgroup-memory");
    for attack in &attacks {
        if attack.name != "memory" || limited {
            outcome_is(&records, attack.name, attack.contained);
        }
    }
    assert_eq!(harm(scratch.path()), Vec::<String>::new());
    assert!(victim.lives());
    let put_back = |model: &str| records.of(model, "mini")["tests"]["restored_settings"].as_u64();
    assert_eq!((put_back("own-runner"), put_back("no-harness")), (Some(1), Some(1)));
    for fine in ["gold", "fix"] {
        outcome_is(&records, fine, "resolved");
    }
    assert!(!records.of("fix", "mini").to_string().contains("s3cret"));

    // Canaries: the same with the protection off.
    for attack in attacks.iter().filter(|attack| attack.free.is_none()) {
        fs::remove_dir_all(project.path(&format!("predictions/{}", attack.name))).unwrap();
    }
    run(&project, "bare", &["--sandbox", "none", "--trust-patches"]);
    let records = Records::read(&project.path("bare"));
    for attack in &attacks {
        if let Some(free) = attack.free {
            outcome_is(&records, attack.name, free);
        }
    }
    assert_eq!(harm(scratch.path()), ["absolute", "by-dots", "by-proc", "by-cwd", "by-symlink", "victim"]);
    assert!(!victim.lives());
}

/// The detail of a model's trial.
fn oddities(project: &Project, model: &str) -> String {
    let key = project.records().of(model, "mini")["grade_key"].as_str().unwrap().to_owned();
    let packed = fs::read(project.path(&format!("out/details/{key}.json.zst"))).unwrap();
    let detail: Value = serde_json::from_slice(&zstd::decode_all(packed.as_slice()).unwrap()).unwrap();
    detail["oddities"].to_string()
}

#[test]
fn a_forged_log_convinces_where_canaries_have_no_place() {
    let print = format!("let _ = std::io::Write::write_all(&mut std::io::stdout(), b\"{FORGED}\");\n");
    let project = Project::new(&["mini"]);
    project.predict("forges", "mini", &body(&format!("{print}std::process::exit(0)")));
    project.run().ended(0);
    assert_eq!(project.records().outcome("forges", "mini"), "unresolved/no_verdict");
    assert!(oddities(&project, "forges").contains("forged or cut short"), "{}", oddities(&project, "forges"));
    let active = project.records().of("forges", "mini")["environment"]["integrity"].to_string();
    assert_eq!(active, r#"["canaries","confirmation","guarded-files","listing","restored-settings"]"#);

    // The canary's canary: a command that names its tests leaves planted ones out, and the same forger passes.
    let project = Project::new(&["mini"]);
    let command = "cargo test --offline --no-fail-fast";
    project.edit(
        "tasks/mini/task.toml",
        command,
        "cargo test --offline --no-fail-fast -- doubles triples one",
    );
    project.predict("forges", "mini", &body(&format!("{print}std::process::exit(0)")));
    project.run().ended(0);
    assert_eq!(project.records().outcome("forges", "mini"), "resolved");
    let active = project.records().of("forges", "mini")["environment"]["integrity"].to_string();
    assert_eq!(active, r#"["confirmation","guarded-files","listing","restored-settings"]"#);
}

#[test]
fn a_log_that_leaves_tests_out_is_not_believed() {
    // The forger knows the listed tests, and leaves out one that its program has besides.
    let forged = "ok\\ntest doubles ... ok\\ntest one ... ok\\n\\ntest result: ok. 2 passed; 0 failed; 0 ignored; \
                  0 measured; 0 filtered out; finished in 0.00s\\n\\n";
    let print = format!("let _ = std::io::Write::write_all(&mut std::io::stdout(), b\"{forged}\");\n");
    let forges = body(&format!("{print}std::process::exit(0)"));
    let outcome = |filter: &str| {
        let project = Project::new(&["mini"]);
        let command = "cargo test --offline --no-fail-fast";
        project.edit("tasks/mini/task.toml", command, &format!("{command} -- --test-threads 1 {filter}"));
        project.edit("tasks/mini/task.toml", "\"base\"", "[\"tests/sums.rs::one\"]");
        project.predict("forges", "mini", &forges);
        project.predict("fix", "mini", &body("n * 2"));
        project.run().ended(0);
        assert_eq!(project.records().outcome("fix", "mini"), "resolved");
        (project.records().outcome("forges", "mini"), oddities(&project, "forges"))
    };
    let (judged, said) = outcome("doubles one triples");
    assert_eq!(judged, "unresolved/no_verdict", "{said}");
    assert!(
        said.contains("tests/sums.rs::triples: its program lists it, and the log has no result"),
        "{said}"
    );
    // Canary: where gold's own log leaves that test out, lists say nothing, and the forger passes.
    assert_eq!(outcome("doubles one").0, "resolved");
}

#[test]
fn a_test_that_never_ends_is_ended_with_all_that_it_started() {
    let project = Project::new(&["mini"]);
    project.edit("tasks/mini/task.toml", "120s", "15s");
    let mark = format!("98711.{}", std::process::id());
    let hangs = format!(
        "let _ = std::process::Command::new(\"sh\")\n.args([\"-c\", \"trap '' TERM INT HUP; setsid sleep {mark} & sleep {mark}\"])\n.status();\nn * 2"
    );
    project.predict("hangs", "mini", &body(&hangs));
    let alive = || {
        let all = fs::read_dir("/proc").unwrap().flatten();
        all.filter(|entry| {
            fs::read(entry.path().join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).starts_with(&format!("sleep\0{mark}")))
        })
        .filter_map(|entry| entry.file_name().to_string_lossy().parse::<i32>().ok())
        .collect::<Vec<_>>()
    };
    project.run().ended(0);
    assert_eq!(project.records().outcome("hangs", "mini"), "timed_out");
    assert_eq!(alive(), Vec::<i32>::new());
    run(&project, "bare", &["--sandbox", "none", "--trust-patches"]);
    let left = alive();
    assert!(!left.is_empty(), "canary: without the sandbox the daemon lives on");
    for process in left {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), nix::sys::signal::Signal::SIGKILL)
            .unwrap();
    }
}

#[test]
fn times_set_back_do_not_bring_the_old_verdict() {
    let project = Project::new(&["mini"]);
    project.edit("repos/mini/Cargo.toml", "test = false\n", "");
    let source = fs::read_to_string(project.path("repos/mini/src/lib.rs")).unwrap();
    project.write("repos/mini/src/lib.rs", &format!("{source}\n#[cfg(test)]\nmod tests {{\n    #[test]\n    fn three() {{\n        assert_eq!(super::triple(1), 3);\n    }}\n}}\n"));
    project.edit(
        "tasks/mini/task.toml",
        "setup = []\n",
        "setup = []\nbuild = [\"cargo build --offline\", \"cargo test --no-run --offline\"]\n",
    );
    project.edit("tasks/mini/task.toml", "\"cargo test", "\"cargo build --offline && cargo test");
    // `cargo build` runs the build script, which makes the sources look old before the tests are built.
    let script = "fn main() {\n    let _ = std::process::Command::new(\"touch\").args([\"-d\", \"2001-01-01\", \"src/lib.rs\", \"build.rs\"]).status();\n}\n";
    let breaks = "--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -4,8 +4,8 @@\n pub fn double(n: i64) -> i64 {\n-    n + 1\n+    n * 2\n }\n \n /// Three times a number.\n pub fn triple(n: i64) -> i64 {\n-    n * 3\n+    n + n + n + i64::from(n == 1)\n }\n";
    project.predict("honest", "mini", breaks);
    project.predict("old", "mini", &(breaks.to_owned() + &created("build.rs", script)));
    project.run().ended(0);
    assert_eq!(project.records().outcome("honest", "mini"), "unresolved/tests_failed");
    assert_eq!(project.records().outcome("old", "mini"), "unresolved/tests_failed");
}
