//! Data sets of others: every form is read by the program itself, a large one in bounded memory, and what it cannot run is
//! said, not guessed.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::util::{Project, Ran, body, command, kerf_in, number};

/// A project without tasks of its own.
fn bare() -> Project {
    Project::new(&[])
}

fn swe_bench(id: &str) -> Value {
    json!({"instance_id": id, "repo": "o/r", "base_commit": "c".repeat(40), "language": "Rust",
        "patch": body("n * 2"), "test_patch": "", "problem_statement": "Double.",
        "FAIL_TO_PASS": "['tests/sums.rs::doubles']", "PASS_TO_PASS": ["a", "b"]})
}

#[test]
fn every_form_is_read_in_every_layout() {
    let project = bare();
    let multi = json!({"org": "o", "repo": "r", "number": 7, "lang": "rust", "base": {"sha": "d".repeat(40)},
        "resolved_issues": [{"title": "T", "body": "B"}], "fix_patch": "x", "test_patch": "y",
        "f2p_tests": {"a": {"run": "PASS", "test": "FAIL", "fix": "PASS"}}, "n2p_tests": {"b": {}}, "p2p_tests": {"c": {}}});
    let smith = json!({"instance_id": "s.1", "repo": "swesmith/o__r.1", "patch": "x", "FAIL_TO_PASS": ["a"], "PASS_TO_PASS": []});
    let package = json!({"instance_id": "p.1", "registry": "npm", "package": "@a/b", "base_version": "1.0.0",
        "gold_version": "1.0.1", "gold_paths": ["lib"], "test_paths": ["test"], "language": "JavaScript",
        "FAIL_TO_PASS": ["a"], "PASS_TO_PASS": 3, "install_extra": ["tape@5"]});
    let all = [swe_bench("i.1"), multi, smith, package];
    let lines = all.iter().fold(String::new(), |lines, one| lines + &one.to_string() + "\n");
    project.write("set.jsonl", &lines);
    fs::write(project.path("set.jsonl.zst"), zstd_of(lines.as_bytes())).unwrap();
    project.write("list.json", &serde_json::to_string_pretty(&all).unwrap());
    project.write("one.json", &serde_json::to_string_pretty(&all[0]).unwrap());
    let map: serde_json::Map<_, _> = ["a.1", "b.2"]
        .map(|id| {
            let mut one = swe_bench(id);
            one.as_object_mut().unwrap().remove("instance_id");
            (id.to_owned(), one)
        })
        .into_iter()
        .collect();
    project.write("map.json", &Value::Object(map).to_string());
    project.write(
        "poly.csv",
        "instance_id,repo,base_commit,language,F2P,P2P,test_command,patch\r\n\
         o__r-1,o/r,cccc,Java,\"['a -> b', \"\"it's\"\"]\",[],mvn test,\"two\r\nlines\"\r\n\
         o__r-2,o/r,cccc,Java,['a'],['b'],,\r\n",
    );
    project.write(
        "pro.csv",
        "repo,instance_id,base_commit,fail_to_pass,pass_to_pass,repo_language,before_repo_set_cmd,dockerhub_tag,selected_test_files_to_run\n\
         o/r,instance_o__r-1,cccc,\"[\"\"a\"\", 'b']\",nan,js,\"git reset --hard\ngit checkout x -- t\",o.r-1,['t.js']\n",
    );
    let mut said = String::new();
    for set in ["set.jsonl", "set.jsonl.zst", "list.json", "one.json", "map.json", "poly.csv", "pro.csv"] {
        let ran = project.kerf(&["task", "check", "--tasks", set]).ended(0);
        let tasks: Vec<&str> = ran.stdout.lines().filter(|line| !line.contains(" tasks read ")).collect();
        writeln!(said, "{set}\n  {}", tasks.join("\n  ")).unwrap();
    }
    insta::assert_snapshot!(said, @r"
    set.jsonl
      i.1  rust · 1 fail-to-pass, 2 pass-to-pass
      o/r:pr-7  rust · 2 fail-to-pass, 1 pass-to-pass
      p.1  javascript · 1 fail-to-pass, base pass-to-pass
      s.1  python · 1 fail-to-pass, 0 pass-to-pass
    set.jsonl.zst
      i.1  rust · 1 fail-to-pass, 2 pass-to-pass
      o/r:pr-7  rust · 2 fail-to-pass, 1 pass-to-pass
      p.1  javascript · 1 fail-to-pass, base pass-to-pass
      s.1  python · 1 fail-to-pass, 0 pass-to-pass
    list.json
      i.1  rust · 1 fail-to-pass, 2 pass-to-pass
      o/r:pr-7  rust · 2 fail-to-pass, 1 pass-to-pass
      p.1  javascript · 1 fail-to-pass, base pass-to-pass
      s.1  python · 1 fail-to-pass, 0 pass-to-pass
    one.json
      i.1  rust · 1 fail-to-pass, 2 pass-to-pass
    map.json
      a.1  rust · 1 fail-to-pass, 2 pass-to-pass
      b.2  rust · 1 fail-to-pass, 2 pass-to-pass
    poly.csv
      o__r-1  java · 2 fail-to-pass, 0 pass-to-pass
      o__r-2  java · 1 fail-to-pass, 1 pass-to-pass
    pro.csv
      instance_o__r-1  javascript · 2 fail-to-pass, 0 pass-to-pass
    ");
}

fn zstd_of(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

#[test]
fn what_is_no_data_set_is_told_apart() {
    let project = bare();
    let cases: &[(&str, &[u8], &str)] = &[
        ("a.parquet", b"PAR1\x15\x04", "is Parquet, which kerf does not read; make JSON Lines of it"),
        ("records.jsonl", br#"{"schema":"kerf/record/1"}"#, "holds no instances in a form that kerf reads"),
        ("numbers.json", b"[1, 2, 3]", "is no JSON object"),
        ("notes.txt", b"Dear reader,\nthis is prose.\n", "holds no instances in a form that kerf reads"),
        ("empty.jsonl", b"\n", "holds no instances in a form that kerf reads"),
        ("cut.jsonl.zst", &[0x28, 0xb5, 0x2f, 0xfd, 4], "cannot be read"),
        ("map.json", br#"{"a": 1, "b": {}}"#, "holds no instances in a form that kerf reads"),
    ];
    for (name, bytes, expected) in cases {
        fs::write(project.path(name), bytes).unwrap();
        let ran = project.kerf(&["task", "check", "--tasks", name]).ended(2);
        assert!(ran.stderr.contains(expected), "{name}: {}", ran.stderr);
    }
}

#[test]
fn a_bad_line_costs_its_task_and_is_named() {
    let project = bare();
    let mut wrong = swe_bench("wrong");
    wrong["repo"] = json!("../../etc/passwd");
    let mut kind = swe_bench("kind");
    kind["FAIL_TO_PASS"] = json!({"a": 1});
    let good = swe_bench("good").to_string();
    let text = format!("{}\n{good}\n{}\n{kind}\n{wrong}\n{good}\n", "[".repeat(100_000), &good[..50]);
    project.write("set.jsonl", &text);
    let ran = project.kerf(&["task", "check", "--tasks", "set.jsonl"]).ended(2);
    insta::assert_snapshot!(ran.stderr, @"
    set.jsonl:1: is no JSON object: invalid type: sequence, expected a map at line 1 column 0
    set.jsonl:3: is no JSON object: EOF while parsing a string at line 1 column 50 (the line is cut short)
    set.jsonl:4: field `FAIL_TO_PASS`: must be a list of names, or one in a string
    set.jsonl:5: field `repo`: is `../../etc/passwd`, not OWNER/NAME
    set.jsonl:6: field `id`: the id `good` is used twice in this suite (also set.jsonl:2)
    ");
    assert!(ran.stdout.contains("1 tasks read"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_run_is_invalid_and_says_why() {
    let project = bare();
    project.task("sound");
    let package = "[environment]\npackages = [\"tape@5\"]\n";
    project.task("package");
    project.edit("tasks/package/task.toml", "path:repos/mini", "crate:mini@..");
    project.edit("tasks/package/task.toml", "[environment]\n", package);
    project.task("old");
    project.edit("tasks/old/task.toml", "[environment]\n", "[environment]\ntoolchain = \"1.0.0-none\"\n");
    project.task("script");
    project.edit("tasks/script/task.toml", "\"rust\"", "\"zig\"");
    let ran = project.run().ended(0);
    insta::assert_snapshot!(project.records().table(), @r"
    old gold invalid/toolchain
    old empty invalid/toolchain
    package gold invalid/setup
    package empty invalid/setup
    script gold invalid/toolchain
    script empty invalid/toolchain
    sound gold resolved
    sound empty unresolved/tests_failed
    ");
    for expected in [
        "package: invalid: cannot get crate:mini@..: `..` is no name or version of a package",
        "script: invalid: no toolchain is known for language `zig`; this version runs tasks in rust, typescript",
        "rustup toolchain install 1.0.0-none",
    ] {
        assert!(ran.stderr.contains(expected), "{expected}\n{}", ran.stderr);
    }
}

#[test]
fn profiles_fill_what_is_left_out_and_are_part_of_the_task() {
    let project = Project::new(&["a"]);
    for line in
        ["command = \"cargo test --offline --no-fail-fast\"\n", "format = \"cargo\"\n", "setup = []\n"]
    {
        project.edit("tasks/a/task.toml", line, "");
    }
    let lock = |arguments: &[&str]| {
        let ran = project.kerf(&[&["task", "check"], arguments].concat()).ended(0);
        ran.stdout.lines().last().unwrap().to_owned()
    };
    let plain = lock(&[]);
    project.write(
        "own.toml",
        "[[profile]]\nmatch = \"path/mi*\"\ntest = \"cargo test --offline --no-fail-fast --tests\"\n\
         format = \"cargo\"\nsetup = []\nenvironment = { COLOUR = \"blue\" }\n",
    );
    let with_file = lock(&["--profiles", "own.toml"]);
    assert_ne!(plain, with_file, "a changed profile is a changed task");
    project.write("other.toml", "[[profile]]\nmatch = \"someone/*\"\ntest = \"false\"\n");
    assert_eq!(plain, lock(&["--profiles", "other.toml"]), "a profile that fills nothing changes nothing");
    fs::copy(project.path("own.toml"), project.path("tasks/profiles.toml")).unwrap();
    assert_eq!(with_file, lock(&[]), "a file in the suite's folder is found by itself");
    fs::remove_file(project.path("tasks/profiles.toml")).unwrap();

    let shown = project.kerf(&["task", "check", "--verbose", "--profiles", "own.toml"]).ended(0);
    insta::assert_snapshot!(shown.stdout.replace(&*project.folder().to_string_lossy(), "FOLDER"), @r"
    a  rust · 1 fail-to-pass, base pass-to-pass
        repo.source = path:FOLDER/repos/mini
        test.command = cargo test --offline --no-fail-fast --tests   (own.toml:1 path/mi*)
        test.format = cargo   (own.toml:1 path/mi*)
        environment.setup = nothing   (own.toml:1 path/mi*)
        environment.variables = COLOUR=blue   (own.toml:1 path/mi*)
    1 tasks read (lock db4ae3), 0 unreadable
    ");

    // A run does what the profile says: the test sees the variable, and the run key differs.
    project.edit(
        "tasks/a/tests/sums.rs",
        "fn doubles() {",
        "fn doubles() {\n    assert_eq!(std::env::var(\"COLOUR\").unwrap(), \"blue\");",
    );
    project.run().ended(0);
    assert!(
        project.records().table().contains("a gold invalid")
            || project.records().table().contains("a gold unresolved"),
        "{}",
        project.records().table()
    );
    project.write(
        "kerf.toml",
        "[run]\ntasks = \"tasks\"\npredictions = [\"predictions\"]\nprofiles = \"own.toml\"\nout = \"out\"\nmeasures = [\"pass\"]\n",
    );
    project.kerf(&["run"]).ended(0);
    insta::assert_snapshot!(project.records().table(), @r"
    a gold resolved
    a empty unresolved/tests_failed
    ");

    project.write("own.toml", "[[profile]]\nlanguage = \"rust\"\ntset = \"x\"\n");
    let ran = project.kerf(&["task", "check", "--profiles", "own.toml"]).ended(2);
    assert!(
        ran.stderr.contains("own.toml:3: is no file of profiles: unknown field `tset`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn both_spellings_of_an_id_find_their_task() {
    let project = bare();
    let multi = json!({"org": "o", "repo": "r", "number": 7, "lang": "rust", "base": {"sha": "d".repeat(40)},
        "fix_patch": "x", "test_patch": "y", "f2p_tests": ["a"]});
    project.write("set.jsonl", &multi.to_string());
    for id in ["o__r-7", "o/r:pr-7"] {
        let line = json!({"instance_id": id, "model_name_or_path": id, "model_patch": "p"});
        project.write("p.jsonl", &line.to_string());
        let out = id.replace('/', "_");
        let arguments = "run --tasks set.jsonl --predictions p.jsonl --measures pass --mirror nowhere/{owner}/{name} --out";
        let ran = project.kerf(&arguments.split(' ').chain([out.as_str()]).collect::<Vec<_>>());
        assert!(!ran.stderr.contains("name no task"), "{}", ran.stderr);
    }
}

/// Writes `count` instances of realistic sizes: patches of 2-30 kB, lists of 10-2,000 names. About 20 kB each.
fn large(path: &Path, count: u32) -> u64 {
    // A generator of its own: the same bytes on every machine.
    let mut state = 0x9e37_79b9_u64;
    let mut draw = |from: u64, to: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        from + state % (to - from)
    };
    let mut pool = String::new();
    while pool.len() < 64_000 {
        let (line, name) = (draw(1, 900), draw(1, 1 << 40));
        writeln!(pool, "@@ -{line},2 +{line},2 @@ fn f{name}() {{\n     let before = 1;\n-    \"{name}\\t\"\n+    g(\"{name}\")")
            .unwrap();
    }
    let mut out = BufWriter::new(fs::File::create(path).unwrap());
    for index in 0..count {
        let (from, size) = (draw(0, 30_000) as usize, draw(2_000, 30_000) as usize);
        let patch = format!("--- a/src/m{index}.rs\n+++ b/src/m{index}.rs\n{}", &pool[from..from + size]);
        // Most lists are short, a few very long.
        let most = if draw(0, 20) == 0 { 2_000 } else { 100 };
        let names: Vec<String> = (0..draw(10, most))
            .map(|test| format!("tests/test_module_{}.py::TestCase::test_{test}[a b-{index}]", test % 17))
            .collect();
        let mut line = json!({"instance_id": format!("owner__name-{index}"), "repo": "owner/name",
            "base_commit": format!("{index:040x}"), "language": "rust", "patch": patch,
            "test_patch": patch.get(..1500).unwrap(), "problem_statement": "It fails. ".repeat(80),
            "FAIL_TO_PASS": &names[..3], "PASS_TO_PASS": names, "version": "1.0"});
        if index % 2 == 0 {
            // As the sets publish them: a list inside a string.
            let list = line["PASS_TO_PASS"].to_string();
            line["PASS_TO_PASS"] = list.into();
        }
        writeln!(out, "{line}").unwrap();
    }
    out.flush().unwrap();
    fs::metadata(path).unwrap().len()
}

/// `KERF_INSTANCES=50000` makes about a gigabyte.
#[test]
fn a_large_set_is_read_in_bounded_memory() {
    let project = bare();
    let count = number("KERF_INSTANCES", 4_000);
    let bytes = large(&project.path("large.jsonl"), count);
    // What a set of any size may take: batches, and some hundred bytes an instance.
    let limit_kb = 90_000 + count * 2;
    assert!(u64::from(limit_kb) * 1000 < bytes, "the set is larger than what it may take");
    let script = format!("ulimit -d {limit_kb}; exec \"$0\" task check --tasks large.jsonl");
    let output = command("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_kerf")])
        .current_dir(project.folder())
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    let ran = Ran::new(&output).ended(0);
    assert!(ran.stdout.contains(&format!("\n{count} tasks read")), "{}", ran.stderr);
    assert_eq!(ran.stderr, "");
}

/// `KERF_DATA_SET` is the path where a large set is to be left, for measuring by hand.
#[test]
#[ignore = "writes a gigabyte; set KERF_DATA_SET"]
fn leave_a_large_set() {
    let path = std::env::var("KERF_DATA_SET").unwrap();
    large(Path::new(&path), number("KERF_INSTANCES", 50_000));
    kerf_in(Path::new("."), ["task", "check", "--tasks", &path]).ended(0);
}
