//! Patches that attack through tools that run code of the tree: install scripts, linter settings, linter plugins, compiler
//! wrappers. In kerf's runs they write nothing on the machine; the same patches with the same commands and no kerf do.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::hostile::created;
use crate::util::{Project, Records, body, files, kerf_in};

/// A stand-in for eslint that does what matters here: it runs the settings of the folder that it is started in.
const ESLINT: &str = "\
#!/usr/bin/env node
const path = require('path');
if (process.argv.includes('--version')) { console.log('v9.0.0'); process.exit(0); }
import(path.resolve('eslint.config.mjs')).then(() => console.log('[]'), () => process.exit(2));
";

const PACKAGE: &str = "\
{
  \"name\": \"front\",
  \"version\": \"1.0.0\",
  \"scripts\": {
    \"test\": \"node --test\"
  }
}
";

const TEST: &str = "\
const test = require('node:test');
const assert = require('node:assert');
const { double } = require('../app.js');
test('doubles', () => assert.equal(double(4), 8));
";

/// What set-up and tests run in the task: an installation first, as many projects have it.
const COMMAND: &str =
    "npm install --offline --no-audit --no-fund >/dev/null 2>&1; node --test --test-reporter spec tests/";

fn writes(file: &Path) -> String {
    format!(
        "import fs from 'fs';\ntry {{ fs.writeFileSync({:?}, 'x'); }} catch {{}}\n",
        file.display().to_string()
    )
}

fn rewritten(path: &str, old: &str, new: &str) -> String {
    let lines = |text: &str, sign: char| {
        text.lines().map(|line| format!("{sign}{line}\n")).collect::<Vec<_>>().concat()
    };
    let (from, to) = (old.lines().count(), new.lines().count());
    format!("--- a/{path}\n+++ b/{path}\n@@ -1,{from} +1,{to} @@\n{}{}", lines(old, '-'), lines(new, '+'))
}

fn fix() -> String {
    rewritten("app.js", "exports.double = (n) => n + 1;\n", "exports.double = (n) => n * 2;\n")
}

fn front(project: &Project) {
    project.write("repos/front/package.json", PACKAGE);
    project.write("repos/front/app.js", "exports.double = (n) => n + 1;\n");
    project.write("repos/front/tests/app.test.js", TEST);
    project.write("repos/front/lint/plugin.mjs", "export default {};\n");
    project.write("repos/front/eslint.config.mjs", "import './lint/plugin.mjs';\nexport default [];\n");
    project.write("repos/front/node_modules/.bin/eslint", ESLINT);
    let eslint = project.path("repos/front/node_modules/.bin/eslint");
    fs::set_permissions(eslint, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let task = format!(
        "schema = \"kerf/task/1\"\nid = \"front\"\nlanguage = \"javascript\"\n\n[repo]\nsource = \"path:repos/front\"\n\n\
         [environment]\nsetup = []\nbuild = []\n\n[test]\ncommand = \"{COMMAND}\"\nformat = \"node\"\ntimeout = \"60s\"\n\
         fail_to_pass = [\"doubles\"]\npass_to_pass = []\n\n[lint]\ncommands = [\"eslint\"]\n"
    );
    project.write("tasks/front/task.toml", &task);
    project.write("tasks/front/statement.md", "`double` must double any number.\n");
    project.write("tasks/front/gold.patch", &fix());
}

/// Applies a patch to a copy of a repository and runs a command there, with nothing around it.
fn free(project: &Project, repository: &str, patch: &str, command: &str) {
    let folder = tempfile::tempdir().unwrap();
    let from = project.path(&format!("repos/{repository}"));
    for file in files(&from) {
        let target = folder.path().join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
    fs::write(folder.path().join("attack.patch"), patch).unwrap();
    let command = format!("git apply attack.patch && {{ {command}; }}");
    let output = Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().unwrap();
    println!("{command}: {output:?}");
}

fn open_folder() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::set_permissions(scratch.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    scratch
}

#[test]
fn install_scripts_and_linter_settings_of_javascript_do_no_harm() {
    let project = Project::new(&[]);
    front(&project);
    let scratch = open_folder();
    let at = |name: &str| scratch.path().join(name);
    let installs = PACKAGE.replace(
        "\"test\": \"node --test\"",
        "\"postinstall\": \"node evil.mjs\",\n    \"test\": \"node --test\"",
    );
    let config = "import './lint/plugin.mjs';\nexport default [];\n";
    let attacks = [
        (
            "postinstall",
            rewritten("package.json", PACKAGE, &installs) + &created("evil.mjs", &writes(&at("postinstall"))),
        ),
        ("config", rewritten("eslint.config.mjs", config, &format!("{}{config}", writes(&at("config"))))),
        (
            "plugin",
            rewritten(
                "lint/plugin.mjs",
                "export default {};\n",
                &format!("{}export default {{}};\n", writes(&at("plugin"))),
            ),
        ),
    ];
    for (name, patch) in &attacks {
        project.predict(name, "front", &(patch.clone() + &fix()));
    }
    project.predict("fix", "front", &fix());
    let arguments = "run --tasks tasks --predictions predictions --measures pass,lint --jobs 2 --out out";
    kerf_in(project.folder(), arguments.split(' ')).ended(0);
    let records = Records::read(&project.path("out"));
    for (name, _) in attacks.iter().chain([&("fix", String::new())]) {
        assert_eq!(records.outcome(name, "front"), "resolved", "{}", records.of(name, "front"));
        // The linter ran, and found what it finds without the attack.
        assert_eq!(records.of(name, "front")["lint"]["status"], "clean", "{}", records.of(name, "front"));
    }
    let harm = || attacks.iter().map(|(name, _)| *name).filter(|name| at(name).exists()).collect::<Vec<_>>();
    assert_eq!(harm(), Vec::<&str>::new());
    // Canaries.
    for (_, patch) in &attacks {
        free(&project, "front", patch, &format!("{COMMAND}; node_modules/.bin/eslint ."));
    }
    assert_eq!(harm(), ["postinstall", "config", "plugin"]);
}

#[test]
fn compiler_wrappers_and_build_scripts_do_no_harm_to_linters() {
    let project = Project::new(&["mini"]);
    let scratch = open_folder();
    let at = |name: &str| scratch.path().join(name);
    let wrapper = format!("#!/bin/sh\necho x >{} 2>/dev/null\nexec \"$@\"\n", at("wrapper").display());
    let script = format!(
        "fn main() {{\n    let _ = std::fs::write({:?}, \"x\");\n}}\n",
        at("script").display().to_string()
    );
    let executable = created("wrap.sh", &wrapper)
        .replace("--- /dev/null", "diff --git a/wrap.sh b/wrap.sh\nnew file mode 100755\n--- /dev/null");
    let attacks = [
        ("wrapper", created(".cargo/config.toml", "[build]\nrustc-wrapper = \"./wrap.sh\"\n") + &executable),
        ("script", created("build.rs", &script)),
    ];
    for (name, patch) in &attacks {
        project.predict(name, "mini", &(patch.clone() + &body("n * 2")));
    }
    let mut arguments = Project::arguments("out");
    let measures = arguments.iter().position(|word| *word == "pass").unwrap();
    arguments[measures] = "pass,lint";
    kerf_in(project.folder(), arguments).ended(0);
    let records = project.records();
    for (name, _) in &attacks {
        assert_eq!(records.outcome(name, "mini"), "resolved", "{}", records.of(name, "mini"));
    }
    let harm = || attacks.iter().map(|(name, _)| *name).filter(|name| at(name).exists()).collect::<Vec<_>>();
    assert_eq!(harm(), Vec::<&str>::new());
    for (_, patch) in &attacks {
        free(&project, "mini", patch, "cargo check --offline");
    }
    assert_eq!(harm(), ["wrapper", "script"]);
}
