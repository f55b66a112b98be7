//! mypy through its lines.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Call, Finding, Level, Linter, Reading, Way, in_tree, is_syntax_error, stopped};
use crate::patch::Tree;
use crate::sandbox::{Ended, StepOutput};

/// Row of [`super::LINTERS`].
pub(super) const MYPY: Linter = Linter {
    name: Cow::Borrowed("mypy"),
    languages: &["python"],
    settings: &["mypy.ini", ".mypy.ini"],
    detect: |tree| settings(tree).is_some(),
    way: Way::Tree { command: Call::Made(command), read },
    version: Some("PATH=\"$PWD/.venv/bin:$PWD/venv/bin:$PATH\" mypy --version"),
};

/// Its settings, wherever they stand.
fn settings(tree: &dyn Tree) -> Option<String> {
    let text = |path: &str| Some(String::from_utf8_lossy(&tree.blob(path)?.bytes).into_owned());
    let own = ["mypy.ini", ".mypy.ini"].iter().find_map(|path| text(path));
    let within = |path: &str, mark: &str| text(path).filter(|text| text.contains(mark));
    own.or_else(|| within("setup.cfg", "[mypy]")).or_else(|| within("pyproject.toml", "[tool.mypy]"))
}

/// Where the settings name no files, all that is there.
fn command(tree: &dyn Tree) -> String {
    let names = |line: &str| {
        let key = line.split('=').next().unwrap_or_default().trim();
        ["files", "packages", "modules"].contains(&key)
    };
    let own = settings(tree).is_some_and(|text| text.lines().any(names));
    let options = "--no-color-output --no-error-summary --show-error-codes --hide-error-context --no-pretty";
    let files = if own { "" } else { " ." };
    format!("PATH=\"$PWD/.venv/bin:$PWD/venv/bin:$PATH\" mypy {options}{files}")
}

fn read(output: &StepOutput) -> Reading {
    let unusable = |why| Reading { unusable: Some(why), ..Reading::default() };
    let text = String::from_utf8_lossy(&output.stdout);
    let findings: BTreeSet<Finding> = text.lines().filter_map(finding).collect();
    // 2: a file that is no Python stops it, and so does a mistake in how it was called.
    let broken = findings.iter().any(is_syntax_error);
    if let Some(why) = stopped(output, if broken { &[0, 1, 2] } else { &[0, 1] }) {
        return unusable(why);
    }
    if findings.is_empty() && output.ended != Ended::Exited(0) {
        return unusable(super::last_line(&output.stdout));
    }
    Reading { findings: findings.into_iter().collect(), build_failed: broken, unusable: None }
}

/// `a/b.py:3: error: Message  [code]`, with a column or without; notes belong to the error above them.
fn finding(line: &str) -> Option<Finding> {
    let (place, message) = line.split_once(": error: ")?;
    let mut parts = place.split(':');
    let (file, number) = (parts.next()?, parts.next()?);
    let (message, code) = match message.rsplit_once("  [") {
        Some((message, code)) => (message, code.trim_end_matches(']')),
        None => (message, "mypy"),
    };
    Some(Finding {
        tool: "mypy".to_owned(),
        rule: code.to_owned(),
        level: Level::Error,
        file: in_tree(file)?,
        line: number.parse().ok()?,
        message: message.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::{output, tree};

    #[test]
    fn lines_are_read() {
        let log = "a/b.py:3: error: Name \"x\" is not defined  [name-defined]\na/b.py:3: note: See there\n\
            a/c.py:4:9: error: Odd\nFound 2 errors\n";
        let reading = read(&output(log, "", 1));
        let shown: Vec<String> = reading
            .findings
            .iter()
            .map(|f| format!("{}:{} {} {}", f.file, f.line, f.rule, f.message))
            .collect();
        assert_eq!(shown, ["a/c.py:4 mypy Odd", "a/b.py:3 name-defined Name \"x\" is not defined"]);
        let broken = read(&output("a.py:1: error: invalid syntax  [syntax]\n", "", 2));
        assert!(broken.build_failed && broken.unusable.is_none());
        assert!(read(&output("", "usage: mypy", 2)).unusable.is_some());
        assert!(read(&output("", "sh: mypy: not found", 127)).unusable.is_some());
        assert_eq!(read(&output("", "", 0)), Reading::default());
    }

    #[test]
    fn its_settings_are_found() {
        type Case = (&'static [(&'static str, &'static str)], Option<bool>);
        let cases: [Case; 4] = [
            (&[("pyproject.toml", "[project]\n")], None),
            (&[("pyproject.toml", "[tool.mypy]\nstrict = true\n")], Some(true)),
            (&[("setup.cfg", "[mypy]\nfiles = src\n")], Some(false)),
            (&[("mypy.ini", "[mypy]\n")], Some(true)),
        ];
        for (files, all) in cases {
            let tree = tree(files);
            assert_eq!((MYPY.detect)(&tree), all.is_some(), "{files:?}");
            if let Some(all) = all {
                assert_eq!(command(&tree).ends_with(" ."), all, "{files:?}");
            }
        }
    }
}
