//! Damaged files of instances: nothing panics, the rest is read, every problem names its place.

use std::path::Path;

use proptest::prelude::*;

use super::{Suite, read_suite};

/// A line of each form.
const LINES: &[&str] = &[
    r#"{"instance_id":"a-1","repo":"o/r","base_commit":"c","language":"Rust","FAIL_TO_PASS":"['a - should panic', \"b\\n\"]","PASS_TO_PASS":["x"],"patch":"diff","image":"i","eval_script":"s","log_parser":"parse_log_cargo","eval_type":"pass_and_fail"}"#,
    r#"{"instance_id":"a-2","repo":"o/r","base_commit":"c","FAIL_TO_PASS":["é"],"PASS_TO_PASS":"base","test_cmds":["pytest -rA","true"],"log_parser":"pytest","docker_image":"i","gold_commit":"d","test_files":["t"],"src_files":["s"],"timeout_s":9}"#,
    r#"{"org":"o","repo":"r","number":7,"lang":"go","base":{"label":"l","ref":"m","sha":"c"},"resolved_issues":[{"number":1,"title":"t","body":null}],"fix_patch":"p","test_patch":"q","fixed_tests":{},"p2p_tests":{"a":{"run":"PASS","test":"PASS","fix":"PASS"}},"f2p_tests":{"name":["b"],"fix":["PASS"]},"s2p_tests":{},"n2p_tests":{}}"#,
    r#"{"instance_id":"a-4","repo":"o/r","base_commit":"c","language":"Java","F2P":"['a -> b']","P2P":"[]","test_command":"mvn test","Dockerfile":"FROM x","modified_nodes":"[]","task_category":"Bug Fix"}"#,
    r#"{"instance_id":"instance_o__r-5","repo":"o/r","base_commit":"c","repo_language":"js","fail_to_pass":"['a']","pass_to_pass":"[\"b\"]","before_repo_set_cmd":"git reset\ngit checkout","selected_test_files_to_run":"['t.js']","dockerhub_tag":"o.r","requirements":"r","interface":"i"}"#,
    r#"{"instance_id":"o__r.1.f","repo":"swesmith/o__r.1","patch":"--- a/x\n+++ b/x\n@@ -1 +1,2 @@ f\n-a\n+b\n+c\n\\ No newline at end of file\n","FAIL_TO_PASS":["a"],"PASS_TO_PASS":[],"image_name":"i"}"#,
    r#"{"instance_id":"crate-7","registry":"crate","package":"p","base_version":"1.0.0","gold_version":"1.0.1","gold_paths":["src"],"test_paths":["tests"],"FAIL_TO_PASS":["a"],"PASS_TO_PASS":12,"language":"Rust","test_cmd":"cargo test","install_extra":"['x@1']"}"#,
];

/// Values that stand where another kind is wanted.
const ODD: &[&str] = &[
    "null",
    "true",
    "-1",
    "1e400",
    "123456789012345678901234567890",
    "0.5",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"../..\"",
    "\"a/b/c\"",
    "\"['a\"",
    "\"['\\\\x\"",
    "[]",
    "[1,[2,{\"a\":[]}]]",
    "{}",
    "{\"sha\":[],\"name\":[1]}",
    "\"base\"",
    "\"@@ -1,9 +1 @@\\n+\\n\\\\ No\"",
];

/// One thing that happens to a text.
#[derive(Debug, Clone)]
enum Damage {
    Cut(prop::sample::Index),
    Byte(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Double(prop::sample::Index, prop::sample::Index),
    Nest(prop::sample::Index, usize, bool),
    /// The value after some colon becomes another.
    Value(prop::sample::Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = || any::<prop::sample::Index>();
    prop_oneof![
        at().prop_map(Damage::Cut),
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (at(), prop::sample::select(b"\0\"\\{}[],:'\n\r\xff\xef".to_vec()))
            .prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (at(), prop::collection::vec(any::<u8>(), 0..9)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (at(), at()).prop_map(|(from, to)| Damage::Double(from, to)),
        (at(), 1..3000_usize, any::<bool>()).prop_map(|(at, depth, list)| Damage::Nest(at, depth, list)),
        (at(), 0..ODD.len()).prop_map(|(at, which)| Damage::Value(at, which)),
        (at(), 0..ODD.len()).prop_map(|(at, which)| Damage::Value(at, which)),
    ]
}

fn apply(damage: &Damage, text: &mut Vec<u8>) {
    if text.is_empty() {
        return;
    }
    let length = text.len();
    match damage {
        Damage::Cut(at) => text.truncate(at.index(length)),
        Damage::Byte(at, byte) => text[at.index(length)] = *byte,
        Damage::Insert(at, bytes) => {
            let at = at.index(length);
            text.splice(at..at, bytes.iter().copied());
        }
        Damage::Double(from, to) => {
            let (from, to) = (from.index(length), to.index(length));
            let copy = text[from.min(to)..from.max(to)].to_vec();
            text.splice(from..from, copy);
        }
        Damage::Nest(at, depth, list) => {
            let at = at.index(length);
            text.splice(at..at, if *list { "[" } else { "{\"a\":" }.repeat(*depth).into_bytes());
        }
        Damage::Value(at, which) => {
            let colons: Vec<usize> = (0..length - 1).filter(|at| text[*at..].starts_with(b"\":")).collect();
            let Some(at) = colons.get(at.index(colons.len().max(1))) else { return };
            let rest = &text[at + 2..];
            let end = rest.windows(2).position(|pair| pair == b",\"").unwrap_or(rest.len().saturating_sub(1));
            text.splice(at + 2..at + 2 + end, ODD[*which].bytes());
        }
    }
}

/// Reads a file of these bytes, and every task of it.
fn read(name: &str, bytes: &[u8]) -> Option<Suite> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let suite = read_suite(&path).inspect_err(|problem| assert_eq!(problem.file, path)).ok()?;
    for task in &suite.tasks {
        let loaded = task.load().unwrap();
        assert_eq!(loaded.test.fail_to_pass.len(), task.fail_to_pass);
        assert_eq!((loaded.origin, loaded.hash), (task.origin(), task.hash.clone()));
    }
    for problem in &suite.problems {
        assert_eq!(problem.file, path);
        assert!(problem.line.is_some(), "{problem}");
    }
    Some(suite)
}

fn csv_of(lines: &[&str]) -> Vec<u8> {
    let rows: Vec<serde_json::Map<String, serde_json::Value>> =
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let columns: Vec<&String> = rows.iter().flat_map(serde_json::Map::keys).collect();
    let columns: std::collections::BTreeSet<&String> = columns.into_iter().collect();
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(&columns).unwrap();
    for row in &rows {
        let cell = |name: &&String| match row.get(*name) {
            None | Some(serde_json::Value::Null) => String::new(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        };
        out.write_record(columns.iter().map(cell)).unwrap();
    }
    out.into_inner().unwrap()
}

#[test]
fn undamaged_every_form_is_read_from_every_layout() {
    let lines = LINES.join("\n");
    let list = format!("[{}]", LINES.join(",\n"));
    for (name, text) in
        [("a.jsonl", lines.into_bytes()), ("a.json", list.into_bytes()), ("a.csv", csv_of(LINES))]
    {
        let suite = read(name, &text).unwrap();
        assert_eq!(suite.problems, [], "{name}");
        assert_eq!(suite.tasks.len(), LINES.len(), "{name}");
    }
}

#[test]
fn a_file_that_changes_after_it_was_read_gives_no_other_task() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    std::fs::write(&path, LINES.join("\n")).unwrap();
    let suite = read_suite(&path).unwrap();
    std::fs::write(&path, LINES.join("\n").replace("should panic", "shall panic!")).unwrap();
    let problem = suite.task("a-1").unwrap().load().unwrap_err().to_string();
    assert!(problem.ends_with("a.jsonl:1: `a-1` has changed since the suite was read"), "{problem}");
    assert!(suite.task("a-2").unwrap().load().is_ok() || cfg!(not(unix)));
    std::fs::remove_file(&path).unwrap();
    assert!(suite.task("a-2").unwrap().load().unwrap_err().to_string().contains("cannot be read again"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_damaged_line_costs_its_own_task_only(which in 0..LINES.len(), damages in prop::collection::vec(damage(), 1..4)) {
        let mut line = LINES[which].as_bytes().to_vec();
        for damage in &damages {
            apply(damage, &mut line);
        }
        line.retain(|byte| *byte != b'\n');
        let first = br#"{"instance_id":"first","repo":"o/r","base_commit":"c","FAIL_TO_PASS":["a"]}"#;
        let last = br#"{"instance_id":"last","repo":"o/r","base_commit":"c","FAIL_TO_PASS":["a"]}"#;
        let text = [&first[..], &line, &last[..]].join(&b'\n');
        let suite = read("a.jsonl", &text).unwrap();
        prop_assert!(suite.task("first").is_some() && suite.task("last").is_some());
        let blank = line.iter().all(u8::is_ascii_whitespace);
        prop_assert_eq!(suite.tasks.len() + suite.problems.len(), if blank { 2 } else { 3 });
        for problem in &suite.problems {
            prop_assert_eq!(problem.line, Some(2), "{}", problem);
        }
    }

    #[test]
    fn damaged_files_of_every_layout_are_read_to_their_end(layout in 0..4_usize, damages in prop::collection::vec(damage(), 1..6)) {
        let (name, mut text) = match layout {
            0 => ("a.jsonl", LINES.join("\n").into_bytes()),
            1 => ("a.json", format!("[{}]", LINES.join(",\n")).into_bytes()),
            2 => {
                let members: Vec<String> = LINES.iter().enumerate().map(|(at, line)| format!("\"k{at}\": {line}")).collect();
                ("a.json", format!("{{\n{}}}", members.join(",\n")).into_bytes())
            }
            _ => ("a.csv", csv_of(LINES)),
        };
        for damage in &damages {
            apply(damage, &mut text);
        }
        read(name, &text);
        // Packed, and with a name that says nothing.
        read("set", &zstd::encode_all(text.as_slice(), 1).unwrap());
    }

    #[test]
    fn bytes_of_any_kind_are_no_panic(name in "[ab]\\.(jsonl|json|csv|gz|zst|x)", text in prop::collection::vec(any::<u8>(), 0..300)) {
        read(&name, &text);
    }

    #[test]
    fn profiles_of_any_kind_are_no_panic(text in "(\\[\\[profile\\]\\]\n)?(match|language|test|timeout|environment|setup) = [\"'\\[{][ -~]{0,20}[\"'\\]}]") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.toml");
        std::fs::write(&path, text).unwrap();
        if let Err(problem) = super::Profiles::with_files(std::slice::from_ref(&path)) {
            prop_assert_eq!(problem.file.as_path(), Path::new(&path));
        }
    }
}
