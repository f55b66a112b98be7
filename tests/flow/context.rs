//! `kerf context`: what depends on a symbol, or on what a patch changes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::util::kerf_in;

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
