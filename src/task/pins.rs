//! What stands beside a suite: `quarantine.toml` and `suite.lock`.
//!
//! In: a suite's path. Out: which tasks are to be left out, with the reason, and what the suite was when it was proven
//! last. Both are TOML that people read and may edit. Of a suite in one file `NAME.jsonl` they are called
//! `NAME.quarantine.toml` and `NAME.suite.lock`.
//!
//! Invariant: an entry is about a task by id and hash; a task that was changed since is not left out in silence.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Suite, TaskProblem};

/// A task that is left out of runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quarantined {
    /// Task.
    pub id: String,
    /// Its hash when it was quarantined; any where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// The flaw, in one word.
    pub reason: String,
    /// The flaw in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// `quarantine.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quarantine {
    /// By id.
    #[serde(default, rename = "task")]
    pub tasks: Vec<Quarantined>,
}

/// What came of taking quarantined tasks out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenOut {
    /// Left out.
    pub left_out: Vec<Quarantined>,
    /// Ids of tasks that were changed since: still there.
    pub changed: Vec<String>,
}

/// `suite.lock`: the suite when it was proven last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiteLock {
    /// `kerf/suite-lock/1`.
    pub schema: String,
    /// Hash over all tasks.
    pub lock: String,
    /// Versions of the tools by language.
    #[serde(default)]
    pub toolchains: BTreeMap<String, Vec<String>>,
    /// Tasks by id.
    #[serde(default, rename = "task")]
    pub tasks: Vec<LockedTask>,
}

/// A task of a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedTask {
    /// Id.
    pub id: String,
    /// Hash.
    pub hash: String,
}

const LOCK_SCHEMA: &str = "kerf/suite-lock/1";

fn beside(suite: &Path, name: &str) -> PathBuf {
    if suite.is_dir() {
        return suite.join(name);
    }
    let stem = suite.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    suite.with_file_name(format!("{stem}.{name}"))
}

fn read<T: Default + serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, TaskProblem> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(TaskProblem::new(path, format!("cannot be read: {error}"))),
    };
    toml::from_str(&text).map(Some).map_err(|error| {
        let line = error.span().map(|span| text.get(..span.start).unwrap_or("").matches('\n').count() + 1);
        let problem = TaskProblem::new(path, format!("cannot be understood: {}", error.message()));
        line.map_or(problem.clone(), |line| problem.at(line))
    })
}

impl Quarantine {
    /// Where it stands.
    pub fn path(suite: &Path) -> PathBuf {
        beside(suite, "quarantine.toml")
    }

    /// That of a suite; an empty one where there is none.
    pub fn read(suite: &Path) -> Result<Self, TaskProblem> {
        Ok(read(&Self::path(suite))?.unwrap_or_default())
    }

    /// Takes its tasks out of a suite.
    pub fn take_out(&self, suite: &mut Suite) -> TakenOut {
        let mut taken = TakenOut::default();
        for entry in &self.tasks {
            let Some(task) = suite.task(&entry.id) else { continue };
            if entry.hash.as_ref().is_some_and(|hash| *hash != task.hash) {
                taken.changed.push(entry.id.clone());
            } else {
                suite.tasks.retain(|task| task.id != entry.id);
                taken.left_out.push(entry.clone());
            }
        }
        taken
    }

    /// Takes the entries of `checked` tasks from `found` and keeps all others.
    #[must_use]
    pub fn renewed(mut self, checked: &[String], found: Vec<Quarantined>) -> Self {
        self.tasks.retain(|entry| !checked.contains(&entry.id));
        self.tasks.extend(found);
        self.tasks.sort_by(|a, b| a.id.cmp(&b.id));
        self
    }

    /// The file's text.
    pub fn render(&self) -> String {
        let head = "# Tasks that kerf run leaves out. Written by kerf task validate; an entry goes when its task is\n\
                    # proven, and does not hold for a task that was changed since.\n";
        format!("{head}\n{}", toml::to_string(self).unwrap_or_default())
    }
}

impl SuiteLock {
    /// Where it stands.
    pub fn path(suite: &Path) -> PathBuf {
        beside(suite, "suite.lock")
    }

    /// That of a suite, if there is one.
    pub fn read(suite: &Path) -> Result<Option<Self>, TaskProblem> {
        read(&Self::path(suite))
    }

    /// Of a suite as it is now.
    pub fn of(suite: &Suite, toolchains: BTreeMap<String, Vec<String>>) -> Self {
        let tasks = suite.tasks.iter();
        Self {
            schema: LOCK_SCHEMA.to_owned(),
            lock: suite.lock(),
            toolchains,
            tasks: tasks.map(|task| LockedTask { id: task.id.clone(), hash: task.hash.clone() }).collect(),
        }
    }

    /// The file's text.
    pub fn render(&self) -> String {
        let head = "# The suite when it was proven last. Written by kerf task validate --write.\n";
        format!("{head}{}", toml::to_string(self).unwrap_or_default())
    }

    /// Where a suite is no longer what was locked, in at most one sentence.
    pub fn differences(&self, suite: &Suite) -> Option<String> {
        let locked: BTreeMap<&str, &str> =
            self.tasks.iter().map(|task| (task.id.as_str(), task.hash.as_str())).collect();
        let mut parts = Vec::new();
        let mut say = |what: &str, ids: Vec<&str>| {
            if !ids.is_empty() {
                let shown = ids.iter().take(5).copied().collect::<Vec<_>>().join(", ");
                let more = if ids.len() > 5 { ", …" } else { "" };
                parts.push(format!("{} {what} ({shown}{more})", ids.len()));
            }
        };
        let ids = |is: &dyn Fn(&str, &str) -> bool| -> Vec<&str> {
            suite.tasks.iter().filter(|t| is(&t.id, &t.hash)).map(|t| t.id.as_str()).collect()
        };
        say("changed", ids(&|id, hash| locked.get(id).is_some_and(|then| *then != hash)));
        say("added", ids(&|id, _| !locked.contains_key(id)));
        say("gone", locked.keys().filter(|id| suite.task(id).is_none()).copied().collect());
        (!parts.is_empty()).then(|| format!("suite.lock does not fit: tasks {}", parts.join(", ")))
    }

    /// Where tools are no longer those of the lock, one sentence a language.
    pub fn tool_differences(&self, now: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        let first = |versions: &[String]| {
            versions.first().and_then(|version| version.lines().next()).unwrap_or("none").to_owned()
        };
        let differs = now.iter().filter_map(|(language, versions)| {
            let then = self.toolchains.get(language)?;
            (then != versions).then(|| {
                format!(
                    "suite.lock does not fit: tools of {language} were {}, are {}",
                    first(then),
                    first(versions)
                )
            })
        });
        differs.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite(ids: &[&str]) -> Suite {
        let folder = tempfile::tempdir().unwrap();
        for id in ids {
            let task = folder.path().join(id);
            std::fs::create_dir_all(task.join("repo")).unwrap();
            let text = format!(
                "schema = \"kerf/task/1\"\nid = \"{id}\"\nlanguage = \"rust\"\n[repo]\nsource = \"path:repo\"\n[test]\nfail_to_pass = [\"a\"]\n"
            );
            std::fs::write(task.join("task.toml"), text).unwrap();
        }
        super::super::read_suite(folder.path()).unwrap()
    }

    #[test]
    fn quarantined_tasks_are_taken_out_unless_they_changed() {
        let mut suite = suite(&["a", "b", "c"]);
        let hash = suite.task("a").unwrap().hash.clone();
        let entry = |id: &str, hash: Option<String>| Quarantined {
            id: id.to_owned(),
            hash,
            reason: "flaky".to_owned(),
            why: String::new(),
        };
        let old = Quarantine { tasks: vec![entry("z", None)] };
        let found = vec![entry("b", Some("other".to_owned())), entry("a", Some(hash))];
        let quarantine = old.renewed(&["a".to_owned(), "b".to_owned()], found);
        let again: Quarantine = toml::from_str(&quarantine.render()).unwrap();
        assert_eq!(again, quarantine);
        let taken = again.take_out(&mut suite);
        assert_eq!((taken.left_out.len(), taken.changed), (1, vec!["b".to_owned()]));
        assert_eq!(suite.tasks.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn a_lock_names_what_changed() {
        let (one, two) = (suite(&["a", "b"]), suite(&["b", "c"]));
        let lock = SuiteLock::of(&one, BTreeMap::from([("rust".to_owned(), vec!["rustc 1\nx".to_owned()])]));
        let lock: SuiteLock = toml::from_str(&lock.render()).unwrap();
        assert_eq!(lock.differences(&one), None);
        assert_eq!(lock.differences(&two).unwrap(), "suite.lock does not fit: tasks 1 added (c), 1 gone (a)");
        let now = BTreeMap::from([("rust".to_owned(), vec!["rustc 2".to_owned()])]);
        assert_eq!(
            lock.tool_differences(&now),
            ["suite.lock does not fit: tools of rust were rustc 1, are rustc 2"]
        );
    }
}
