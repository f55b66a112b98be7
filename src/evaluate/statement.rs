//! A problem statement from a commit message.
//!
//! In: a message. Out: subject and body without what is for the repository's own book-keeping. References to issues
//! (`Closes #12`) stay: they are part of what was asked.

/// Keys of lines at the end of a message that say who and where, not what.
const TRAILERS: &[&str] = &[
    "acked-by",
    "approved-by",
    "cc",
    "change-id",
    "co-authored-by",
    "co-committed-by",
    "git-svn-id",
    "helped-by",
    "on-behalf-of",
    "pr-url",
    "pull-request",
    "reported-by",
    "reviewed-by",
    "reviewed-on",
    "signed-off-by",
    "suggested-by",
    "tested-by",
];

/// A statement below so many characters says little.
const SHORT: usize = 30;

fn is_trailer(line: &str) -> bool {
    let picked = line.trim().to_lowercase();
    if picked.starts_with("(cherry picked from commit ") {
        return true;
    }
    line.split_once(':').is_some_and(|(key, _)| TRAILERS.contains(&key.trim().to_lowercase().as_str()))
}

/// The subject without the number of its pull request: `Fix it (#12)` is `Fix it`.
fn subject(line: &str) -> &str {
    let line = line.trim_end();
    let number = line.strip_suffix(')').and_then(|rest| rest.rsplit_once("(#"));
    match number {
        Some((before, digits)) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            before.trim_end()
        }
        _ => line,
    }
}

/// The statement; empty where the message holds nothing else than book-keeping.
pub fn from_message(message: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in message.lines().filter(|line| !is_trailer(line)) {
        let line = if lines.is_empty() { subject(line) } else { line.trim_end() };
        let blank_twice = line.is_empty() && lines.last().is_none_or(|last| last.is_empty());
        if !blank_twice {
            lines.push(line);
        }
    }
    let text = lines.join("\n");
    let text = text.trim();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

/// What a reader of the statement should know: that it is short, or that it names files of the test patch.
pub fn warnings<'a>(statement: &str, test_files: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found = Vec::new();
    let length = statement.trim().chars().count();
    if length < SHORT {
        found.push(format!("the statement has {length} characters: it may say too little"));
    }
    let words: Vec<&str> = statement
        .split(|c: char| !(c.is_alphanumeric() || "_-./".contains(c)))
        .map(|word| word.trim_matches('.'))
        .collect();
    for path in test_files {
        let name = path.rsplit('/').next().unwrap_or(path);
        if words.iter().any(|word| *word == path || *word == name) {
            found.push(format!("the statement names {path}, a file of the test patch"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn book_keeping_is_taken_off_and_the_rest_stays() {
        for (message, expected) in [
            ("Fix rounding (#842)\n", "Fix rounding\n"),
            ("Fix (#1) twice (#2)", "Fix (#1) twice\n"),
            (
                "Fix rounding\n\n\nHalf goes to even.\n\nCloses #12\nSigned-off-by: A <a@b>\nCo-authored-by: B <b@c>\n",
                "Fix rounding\n\nHalf goes to even.\n\nCloses #12\n",
            ),
            ("Fix\n\nFixes: #3\n(cherry picked from commit abc)\n", "Fix\n\nFixes: #3\n"),
            ("Note: this stays\n", "Note: this stays\n"),
            ("\n\nSigned-off-by: A <a@b>\n", ""),
            ("(#12)", ""),
        ] {
            assert_eq!(from_message(message), expected, "{message}");
        }
    }

    #[test]
    fn short_and_leaking_statements_are_told() {
        let files = ["tests/rounding.rs", "src/lib.rs"];
        let long = "See what goes wrong in tests/rounding.rs.";
        assert_eq!(
            warnings(long, files.into_iter()),
            ["the statement names tests/rounding.rs, a file of the test patch"]
        );
        assert_eq!(
            warnings("Fix it\n", files.into_iter()),
            ["the statement has 6 characters: it may say too little"]
        );
        assert!(warnings("Rounding of halves goes the wrong way.", files.into_iter()).is_empty());
    }
}
