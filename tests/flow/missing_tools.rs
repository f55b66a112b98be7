//! A machine without Node and Python: those tasks are invalid and say what to install, the others stand.

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::util::{Project, Ran, body, command};

/// A folder with links to every program on the path but those that a name begins with.
fn path_without(folder: &Path, left_out: &[&str]) {
    let mut seen = BTreeSet::new();
    let path = std::env::var_os("PATH").unwrap_or_default();
    for entry in std::env::split_paths(&path).filter_map(|place| place.read_dir().ok()).flatten().flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if !left_out.iter().any(|prefix| text.starts_with(prefix)) && seen.insert(name.clone()) {
            symlink(entry.path(), folder.join(&name)).unwrap();
        }
    }
}

/// A task in another language, with a patch for it.
fn foreign(project: &Project, id: &str, language: &str, file: &str) {
    let task = format!(
        "schema = \"kerf/task/1\"\nid = \"{id}\"\nlanguage = \"{language}\"\n\n[repo]\nsource = \"path:repos/{id}\"\n\n\
         [environment]\nsetup = []\n\n[test]\ncommand = \"true\"\nformat = \"auto\"\nfail_to_pass = [\"x\"]\npass_to_pass = \"base\"\n"
    );
    let patch = format!("--- a/{file}\n+++ b/{file}\n@@ -1 +1 @@\n-old\n+new\n");
    project.write(&format!("repos/{id}/{file}"), "old\n");
    project.write(&format!("tasks/{id}/task.toml"), &task);
    project.write(&format!("tasks/{id}/statement.md"), "Make it new.\n");
    project.write(&format!("tasks/{id}/gold.patch"), &patch);
    project.write(&format!("tasks/{id}/tests.patch"), &patch.replace(file, &format!("tests/{file}")));
    project.write(&format!("repos/{id}/tests/{file}"), "old\n");
    project.predict("m", id, &patch);
}

#[test]
fn what_a_machine_lacks_is_named_and_the_rest_stands() {
    let project = Project::new(&["a"]);
    project.predict("m", "a", &body("n * 2"));
    foreign(&project, "front", "typescript", "app.ts");
    foreign(&project, "script", "python", "app.py");
    let programs = tempfile::tempdir().unwrap();
    path_without(programs.path(), &["node", "npm", "npx", "corepack", "python", "pip"]);

    let mut kerf = command(env!("CARGO_BIN_EXE_kerf"));
    kerf.args(Project::arguments("out")).current_dir(project.folder()).env("PATH", programs.path());
    let ran = Ran::new(&kerf.output().unwrap()).ended(0);
    insta::assert_snapshot!(project.records().table(), @r"
    a gold resolved
    a empty unresolved/tests_failed
    a m resolved
    front gold invalid/toolchain
    front empty invalid/toolchain
    front m invalid/toolchain
    script gold invalid/toolchain
    script empty invalid/toolchain
    script m invalid/toolchain
    ");
    for advice in ["apt-get install nodejs npm", "python3-venv"] {
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains(advice), "{advice}: {said}");
    }
}
