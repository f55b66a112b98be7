//! Folders of logs, as harnesses write them.
//!
//! In: a folder. Out: one [`Found`] a log, by path, with what its place and the report beside it tell.
//!
//! Two layouts are known by the names of their files: `MODEL/INSTANCE/test_output.txt` beside `report.json` (swebench),
//! and `ORG/REPO/…/pr-N/fix-patch-run.log` beside `test-patch-run.log`, `run.log` and `report.json` (multi-swe-bench).
//! In a folder with neither, every `.log` and `.txt` file is a log and its name the instance's.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use crate::harness::Lists;

/// A log of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The log with the patch.
    pub log: PathBuf,
    /// The log of base with the test patch.
    pub test_log: Option<PathBuf>,
    /// The log of base.
    pub run_log: Option<PathBuf>,
    /// Its instance.
    pub instance: String,
    /// Its model, where the folder tells.
    pub model: Option<String>,
    /// The harness's verdict, where its report is there.
    pub published: Option<bool>,
    /// The lists that the report repeats.
    pub lists: Option<Lists>,
}

/// Finds all logs below a folder, by path.
pub(super) fn find(root: &Path) -> anyhow::Result<Vec<Found>> {
    let walk = ignore::WalkBuilder::new(root).standard_filters(false).sort_by_file_path(Ord::cmp).build();
    let mut files = Vec::new();
    for entry in walk {
        let entry = entry.with_context(|| format!("cannot list {}", root.display()))?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.push(entry.into_path());
        }
    }
    let mut found = Vec::new();
    for file in &files {
        match file.file_name().and_then(|name| name.to_str()) {
            Some("test_output.txt") => found.push(swebench(file)),
            Some("fix-patch-run.log") => found.push(multi_swe_bench(file)),
            _ => {}
        }
    }
    if found.is_empty() {
        let is_log = |file: &&PathBuf| file.extension().is_some_and(|end| end == "log" || end == "txt");
        found.extend(files.iter().filter(is_log).map(|log| Found {
            log: log.clone(),
            instance: text(log.file_stem()),
            ..Found::default()
        }));
    }
    found.sort_by(|a, b| a.log.cmp(&b.log));
    Ok(found)
}

fn text(name: Option<&std::ffi::OsStr>) -> String {
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn report(log: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(log.with_file_name("report.json")).ok()?).ok()
}

fn swebench(log: &Path) -> Found {
    let instance = text(log.parent().and_then(Path::file_name));
    let model = log.parent().and_then(Path::parent).and_then(Path::file_name).map(|name| text(Some(name)));
    let entry = report(log).and_then(|report| report.get(&instance).cloned());
    let published = entry.as_ref().and_then(|entry| entry.get("resolved")).and_then(Value::as_bool);
    let names = |list: &str| -> Option<Vec<String>> {
        let split = entry.as_ref()?.get("tests_status")?.get(list)?;
        let mut names = Vec::new();
        for side in ["success", "failure"] {
            for name in split.get(side)?.as_array()? {
                names.push(name.as_str()?.to_owned());
            }
        }
        Some(names)
    };
    let lists = names("FAIL_TO_PASS")
        .zip(names("PASS_TO_PASS"))
        .map(|(fail_to_pass, pass_to_pass)| Lists { fail_to_pass, pass_to_pass });
    Found { log: log.to_owned(), instance, model, published, lists, ..Found::default() }
}

fn multi_swe_bench(log: &Path) -> Found {
    // ORG/REPO/evals/pr-N/fix-patch-run.log
    let folders: Vec<String> = log.ancestors().skip(1).take(4).map(|path| text(path.file_name())).collect();
    let instance = match folders.as_slice() {
        [number, _, repo, org] if !repo.is_empty() && !org.is_empty() => format!("{org}/{repo}:{number}"),
        [number, ..] => number.clone(),
        [] => String::new(),
    };
    let beside = |name: &str| Some(log.with_file_name(name)).filter(|path| path.is_file());
    let report = report(log);
    let published = report.as_ref().and_then(|report| report.get("valid")).and_then(Value::as_bool);
    Found {
        log: log.to_owned(),
        test_log: beside("test-patch-run.log"),
        run_log: beside("run.log"),
        instance,
        model: None,
        published,
        lists: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn a_folder_as_swebench_leaves_it() {
        let folder = tempfile::tempdir().unwrap();
        let report = r#"{"o__r-1": {"resolved": true, "tests_status": {
            "FAIL_TO_PASS": {"success": ["a"], "failure": ["b"]}, "PASS_TO_PASS": {"success": [], "failure": ["c"]}}}}"#;
        write(folder.path(), "run/model-x/o__r-1/test_output.txt", "x");
        write(folder.path(), "run/model-x/o__r-1/report.json", report);
        write(folder.path(), "run/model-x/o__r-2/test_output.txt", "x");
        write(folder.path(), "run/model-x/o__r-2/run_instance.log", "x");
        let found = find(folder.path()).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].instance.as_str(), found[0].model.as_deref()), ("o__r-1", Some("model-x")));
        let lists = found[0].lists.as_ref().unwrap();
        assert_eq!((lists.fail_to_pass.len(), lists.pass_to_pass.len()), (2, 1));
        assert_eq!((found[0].published, found[1].published), (Some(true), None));
    }

    #[test]
    fn a_folder_as_multi_swe_bench_leaves_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| format!("work/clap-rs/clap/evals/pr-12/{name}");
        for name in ["fix-patch-run.log", "test-patch-run.log", "run.log"] {
            write(folder.path(), &at(name), "x");
        }
        write(folder.path(), &at("report.json"), r#"{"valid": false}"#);
        let found = find(folder.path()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].instance.as_str(), found[0].published), ("clap-rs/clap:pr-12", Some(false)));
        assert!(found[0].test_log.is_some() && found[0].run_log.is_some());
    }

    #[test]
    fn a_folder_of_plain_logs() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a.log", "x");
        write(folder.path(), "sub/b.txt", "x");
        write(folder.path(), "c.json", "x");
        let names: Vec<String> =
            find(folder.path()).unwrap().into_iter().map(|found| found.instance).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
