//! Scripts that a test command names: `./run-tests.sh`, `make check`.

/// Endings of scripts that run tests rather than being tested.
const ENDINGS: &[&str] = &["sh", "bash", "zsh", "mk", "bat", "cmd"];
/// Programs that read a file which the command does not name.
const IMPLIED: &[(&str, &[&str])] = &[
    ("make", &["Makefile", "makefile", "GNUmakefile"]),
    ("gmake", &["Makefile", "makefile", "GNUmakefile"]),
    ("just", &["justfile", ".justfile", "Justfile"]),
    ("task", &["Taskfile.yml", "Taskfile.yaml"]),
];

/// Paths, relative to the root, of scripts that the command may run. A word that is no file does no harm.
pub(in crate::evaluate) fn scripts(command: &str) -> Vec<String> {
    let separators = |c: char| c.is_whitespace() || "|&;<>()\"'`=".contains(c);
    let mut found = Vec::new();
    for word in command.split(separators).filter(|word| !word.is_empty() && !word.starts_with('-')) {
        for (program, files) in IMPLIED {
            if word.rsplit('/').next() == Some(*program) {
                found.extend(files.iter().map(|file| (*file).to_owned()));
            }
        }
        let path = word.trim_start_matches("./");
        let name = path.rsplit('/').next().unwrap_or(path);
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        if ENDINGS.contains(&ending) || stem.to_lowercase().contains("test") || ending.is_empty() {
            found.push(path.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn scripts_are_words_that_could_be_scripts() {
        let found =
            super::scripts("cd web && ./ci/check.sh --all; make check | tee src/main.rs run_tests.py");
        for path in ["ci/check.sh", "Makefile", "run_tests.py"] {
            assert!(found.iter().any(|known| known == path), "{path} {found:?}");
        }
        assert!(!found.iter().any(|known| known == "src/main.rs"));
    }
}
