//! `kerf context`: what depends on a symbol, or on what a patch changes; the context measures in records and reviews.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::util::{Project, Records, kerf_in};

const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", "[package]\nname = \"shop\"\n"),
    ("src/lib.rs", "pub mod money;\npub mod till;\n"),
    (
        "src/money.rs",
        "pub struct Money(i64);\n\nimpl Money {\n    pub fn double(&self) -> Self {\n        Self(self.0 * 2)\n    }\n}\n",
    ),
    (
        "src/till.rs",
        "use crate::money::Money;\n\npub fn pay(money: &Money) -> Money {\n    money.double()\n}\n\npub fn pay_all(all: &[Money]) {\n    for one in all {\n        pay(one);\n        one.double();\n    }\n}\n",
    ),
];

const PATCH: &str = "--- a/src/money.rs\n+++ b/src/money.rs\n@@ -4,3 +4,3 @@ impl Money {\n     pub fn double(&self) -> Self {\n-        Self(self.0 * 2)\n+        Self(self.0 * 3)\n     }\n";

fn repository(folder: &Path) {
    let repository = git2::Repository::init(folder).unwrap();
    for (path, text) in FILES {
        fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
        fs::write(folder.join(path), text).unwrap();
    }
    let mut index = repository.index().unwrap();
    index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).unwrap();
    let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
    let author = git2::Signature::new("a", "a@example.org", &git2::Time::new(0, 0)).unwrap();
    repository.commit(Some("HEAD"), &author, &author, "c", &tree, &[]).unwrap();
}

#[test]
fn what_depends_on_a_method_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    repository(folder.path());
    fs::write(folder.path().join("fix.patch"), PATCH).unwrap();
    let kerf = |arguments: &[&str]| kerf_in(folder.path(), [&["context"], arguments].concat());
    let shown = kerf(&["double"]).ended(0).stdout;
    insta::assert_snapshot!(shown, @r"
    method double  src/money.rs:4
    2 dependents in 1 file

    1 step
      function pay  src/till.rs:3  (1 import away)
          double at 4

    2 steps
      function pay_all  src/till.rs:7  (1 import away)
          pay at 9
    ");
    assert_eq!(kerf(&["fix.patch", "--repo", "."]).ended(0).stdout, shown);
    assert_eq!(kerf(&["src/money.rs:4"]).ended(0).stdout, shown);
    let all = kerf(&["double", "--possible"]).ended(0).stdout;
    assert!(all.contains("function pay_all  src/till.rs:7  (1 import away, possible)"), "{all}");
    let json: Value = serde_json::from_str(&kerf(&["double", "--json"]).ended(0).stdout).unwrap();
    assert_eq!(json["schema"], "kerf/context/1");
    assert_eq!(json["dependents"][1]["steps"], 2);
    let dot = kerf(&["double", "--dot"]).ended(0).stdout;
    assert!(dot.contains(r#""pay\nsrc/till.rs:3" -> "double\nsrc/money.rs:4";"#), "{dot}");
    let message = kerf(&["triple"]).ended(2).messages();
    assert!(message.contains("nothing in HEAD is called `triple`"), "{message}");
}

/// `file:line symbol` of each finding, then `why`, `rule` or what it is like.
fn places(found: &Value) -> Vec<String> {
    let text = |one: &Value, field: &str| one[field].as_str().unwrap_or_default().to_owned();
    let place = |one: &Value| format!("{}:{} {}", text(one, "file"), one["line"], text(one, "symbol"));
    let more = |one: &Value| {
        let like = one.get("like").map(|like| format!("like {}", place(like))).unwrap_or_default();
        let heuristic = if one["heuristic"] == true { " (heuristic)" } else { "" };
        format!("{}{}{like}{heuristic}", text(one, "why"), text(one, "rule"))
    };
    let list = found.as_array().into_iter().flatten();
    list.map(|one| format!("{} {}", place(one), more(one)).trim_end().to_owned()).collect()
}

/// The findings of a detail or review, a line each.
fn told(context: &Value) -> String {
    let mut lines = vec![format!("propagation {}", context["propagation"])];
    for kind in ["left_behind", "dangling", "invented", "reinvented"] {
        lines.extend(places(&context[kind]).into_iter().map(|place| format!("{kind} {place}")));
    }
    lines.join("\n")
}

#[test]
fn a_review_names_what_was_left_behind_and_what_is_made_up() {
    let folder = tempfile::tempdir().unwrap();
    repository(folder.path());
    let put = |file: &str, text: &str| fs::write(folder.path().join(file), text).unwrap();
    let review = || {
        let arguments = ["review", "--base", "HEAD", "--measures", "context", "--json"];
        let ran = kerf_in(folder.path(), arguments).ended(0);
        told(&serde_json::from_str::<Value>(&ran.stdout).unwrap()["context"])
    };
    let [money, till] = [FILES[2].1, FILES[3].1];
    put("src/money.rs", &money.replace("double", "twice"));
    put(
        "src/till.rs",
        &till.replace("        pay(one);", "        pay(one).halve();\n        crate::cash::count(one);"),
    );
    insta::assert_snapshot!(review(), @r"
    propagation 0.0
    left_behind src/till.rs:4 double `double` has another name now
    dangling src/till.rs:4 double
    invented src/till.rs:9 halve member (heuristic)
    invented src/till.rs:10 cash name (heuristic)
    ");
    put("src/till.rs", &till.replace("double", "twice"));
    insta::assert_snapshot!(review(), @"propagation 1.0");
}

const USER: &str = "\
//! What uses sums.

use crate::triple;

/// Nine times a number.
pub fn nonuple(n: i64) -> i64 {
    triple(triple(n))
}

/// The sum of a number's digits.
pub fn digits(n: i64) -> i64 {
    let mut rest = n.abs();
    let mut sum = 0;
    while rest > 0 {
        sum += rest % 10;
        rest /= 10;
    }
    sum
}
";

const AGAIN: &str = "
/// Adds up what a number is written with.
pub fn cross_sum(value: i64) -> i64 {
    let mut left = value.abs();
    let mut all = 0;
    while left > 0 {
        all += left % 10;
        left /= 10;
    }
    all
}
";

/// A patch of `src/lib.rs` and `src/user.rs`.
fn patch(edits: &[(&str, &str, &str)]) -> String {
    let lines = |text: &str, mark: char| -> Vec<String> {
        text.lines().map(|line| format!("{mark}{line}")).collect()
    };
    let file = |(file, before, after): &(&str, &str, &str)| -> Vec<String> {
        let (old, new) = (lines(before, '-'), lines(after, '+'));
        let head = format!("--- a/{file}\n+++ b/{file}\n@@ -1,{} +1,{} @@", old.len(), new.len());
        [vec![head], old, new].concat()
    };
    edits.iter().flat_map(file).map(|line| line + "\n").collect()
}

#[test]
fn records_count_what_details_name() {
    let project = Project::new(&["mini"]);
    let lib =
        format!("{}\npub mod user;\n", fs::read_to_string(project.path("repos/mini/src/lib.rs")).unwrap());
    project.write("repos/mini/src/lib.rs", &lib);
    project.write("repos/mini/src/user.rs", USER);
    let fixed = lib.replace("n + 1", "n * 2");
    let renamed = fixed.replace("fn triple", "fn threefold");
    let carried = USER.replace("triple", "threefold");
    let (lib_rs, user_rs) = ("src/lib.rs", "src/user.rs");
    project.predict("carried", "mini", &patch(&[(lib_rs, &lib, &renamed), (user_rs, USER, &carried)]));
    project.predict("left", "mini", &patch(&[(lib_rs, &lib, &renamed)]));
    let invented = lib.replace("n + 1", "crate::user::twofold(n) + user::nonuple(n).halved()");
    project.predict("made-up", "mini", &patch(&[(lib_rs, &lib, &invented)]));
    project.predict("again", "mini", &patch(&[(lib_rs, &lib, &format!("{fixed}{AGAIN}"))]));
    let run = |measures: &str| {
        let line = format!(
            "run --tasks tasks --predictions predictions --measures {measures} --jobs 2 --out {measures}"
        );
        project.kerf(&line.split(' ').collect::<Vec<_>>()).ended(0);
        let mut all = Vec::new();
        for model in ["gold", "carried", "left", "made-up", "again"] {
            let folder = project.path(measures);
            let record = Records::read(&folder).of(model, "mini").clone();
            let path = folder.join(format!("details/{}.json.zst", record["grade_key"].as_str().unwrap()));
            let detail = zstd::decode_all(fs::File::open(path).unwrap()).unwrap();
            let detail: Value = serde_json::from_slice(&detail).unwrap();
            let found = &detail["context"];
            for kind in ["dangling", "invented", "reinvented"] {
                assert_eq!(record["context"][kind], found[kind].as_array().unwrap().len(), "{model} {kind}");
            }
            assert_eq!(record["context"]["propagation"], found["propagation"], "{model}");
            all.push(format!("{model}: {}\n{}", record["outcome"], told(found)));
        }
        all.join("\n")
    };
    insta::assert_snapshot!(run("edits,context"), @r#"
    gold: "resolved"
    propagation null
    carried: "unresolved"
    propagation 1.0
    left: "unresolved"
    propagation 0.0
    left_behind src/user.rs:3 triple `triple` has another name now
    left_behind src/user.rs:7 triple `triple` has another name now
    dangling src/user.rs:3 triple
    dangling src/user.rs:7 triple
    made-up: "unresolved"
    propagation null
    invented src/lib.rs:5 twofold name (heuristic)
    again: "resolved"
    propagation null
    reinvented src/lib.rs:16 cross_sum like src/user.rs:11 digits
    "#);
    insta::assert_snapshot!(run("edits,lint,context"), @r#"
    gold: "resolved"
    propagation null
    carried: "unresolved"
    propagation 1.0
    left: "unresolved"
    propagation 0.0
    left_behind src/user.rs:3 triple `triple` has another name now
    left_behind src/user.rs:7 triple `triple` has another name now
    dangling src/user.rs:3 triple
    dangling src/user.rs:7 triple
    made-up: "unresolved"
    propagation null
    invented src/lib.rs:5 halved E0599
    invented src/lib.rs:5 twofold E0425
    again: "resolved"
    propagation null
    reinvented src/lib.rs:16 cross_sum like src/user.rs:11 digits
    "#);
}
