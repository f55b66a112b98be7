//! Unified diffs in a text: bare, or in fences; and whether they are exactly as the format has it.

use super::super::hunk_header::HunkHeader;
use super::fence::fences;
use super::{Edits, Extracted};

/// Lines that git writes between `diff --git` and the hunks.
const HEADERS: [&str; 18] = [
    "diff ",
    "index ",
    "--- ",
    "+++ ",
    "old mode ",
    "new mode ",
    "new file mode ",
    "deleted file mode ",
    "similarity index ",
    "dissimilarity index ",
    "rename from ",
    "rename to ",
    "copy from ",
    "copy to ",
    "Binary files ",
    "Index: ",
    "======",
    "\\ No newline",
];

/// Whether the first line with text begins a diff.
pub fn starts_with_diff(text: &str) -> bool {
    let start = text.trim_start_matches(['\n', '\r', ' ']);
    start.starts_with("diff --git ") || begins(start)
}

/// Whether a diff begins anywhere in the text.
pub fn occurs(text: &str) -> bool {
    text.match_indices("diff --git ").chain(text.match_indices("--- ")).any(|(at, _)| {
        let line_start = at == 0 || text.as_bytes()[at - 1] == b'\n';
        line_start && (text[at..].starts_with("diff --git ") || begins(&text[at..]))
    })
}

/// `---`, `+++`, `@@` on three lines.
fn begins(text: &str) -> bool {
    let mut lines = text.lines();
    ["--- ", "+++ ", "@@"].iter().all(|start| lines.next().is_some_and(|line| line.starts_with(start)))
}

/// The text itself as a diff.
pub fn bare(text: &str) -> Extracted {
    Extracted::new(Edits::Unified(text.to_owned()), faults(text))
}

/// The diffs of all fences that hold one, joined.
pub fn fenced(text: &str) -> Option<Extracted> {
    let (fences, outside) = fences(text);
    let named = |info: &str| matches!(info.split_whitespace().next(), Some("diff" | "patch" | "udiff"));
    let (diffs, others): (Vec<_>, Vec<_>) = fences
        .into_iter()
        .partition(|fence| occurs(fence.content) || (named(fence.info) && fence.content.contains("@@ -")));
    if diffs.is_empty() {
        return None;
    }
    let mut diff = String::new();
    let mut notes = Vec::new();
    for fence in &diffs {
        if !diff.is_empty() && !diff.ends_with('\n') {
            diff.push('\n');
        }
        diff.push_str(fence.content);
        if !fence.closed {
            notes.push("a fence is not closed".to_owned());
        }
    }
    if outside > 0 || !others.is_empty() {
        notes.push("text around the diff".to_owned());
    }
    notes.extend(faults(&diff));
    Some(Extracted::new(Edits::Unified(diff), notes))
}

/// What in a text is not as the format of unified diffs has it.
fn faults(text: &str) -> Vec<String> {
    let lines: Vec<&str> =
        text.split_inclusive('\n').map(|line| line.trim_end_matches(['\n', '\r'])).collect();
    let mut faults = Vec::new();
    let mut around = None;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        if line.starts_with("@@") {
            let counted = HunkHeader::parse(line.as_bytes()).and_then(|header| count(&lines, at, header));
            if let Some(next) = counted {
                at = next;
            } else {
                faults.push(format!("line {at}: the counts of the hunk are wrong"));
                let ends = |line: &&str| line.starts_with("@@") || line.starts_with("diff --git ");
                at += lines[at..].iter().take_while(|line| !ends(line)).count();
            }
        } else if *line == "GIT binary patch" {
            let ends = |line: &&str| line.starts_with("diff --git ");
            at += lines[at..].iter().take_while(|line| !ends(line)).count();
        } else if !HEADERS.iter().any(|start| line.starts_with(start)) {
            around.get_or_insert(at);
        }
    }
    if let Some(line) = around {
        faults.push(format!("line {line}: text around the diff"));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        faults.push("the last line has no newline".to_owned());
    }
    faults
}

/// The index after a hunk whose body fits its counts, and after which no more body follows.
fn count(lines: &[&str], mut at: usize, header: HunkHeader) -> Option<usize> {
    let (mut old, mut new) = (header.old_count, header.new_count);
    while old > 0 || new > 0 {
        let (from_old, from_new) = match lines.get(at)?.as_bytes().first() {
            None | Some(b' ') => (1, 1),
            Some(b'-') => (1, 0),
            Some(b'+') => (0, 1),
            Some(b'\\') => (0, 0),
            Some(_) => return None,
        };
        old = old.checked_sub(from_old)?;
        new = new.checked_sub(from_new)?;
        at += 1;
    }
    let next = lines.get(at).copied().unwrap_or_default();
    let header = next.starts_with("--- ") && lines.get(at + 1).is_some_and(|line| line.starts_with("+++ "));
    let more = next.starts_with(['+', '-', ' ']) && !header && next != "-- ";
    (!more).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::super::{Edits, from_patch, from_reply};

    const DIFF: &str = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n";

    #[test]
    fn well_formed_or_not() {
        let git = format!("diff --git a/x b/x\nindex 1..2 100644\n{DIFF}");
        let cases = [
            (DIFF.to_owned(), true),
            (git.clone(), true),
            (git.clone() + &git.replace("/x", "/y"), true),
            (DIFF.trim_end().to_owned(), false),
            (format!("\n{DIFF}"), false),
            (format!("{DIFF}\nThat is all.\n"), false),
            (DIFF.replace("-1,2", "-1,3"), false),
            (DIFF.replace("+1,2", "+1,1"), false),
            (format!("{DIFF}+more\n"), false),
            (DIFF.replace(" a\n", ""), false),
            (format!("{DIFF}\\ No newline at end of file\n"), true),
            (format!("```diff\n{DIFF}```\n"), false),
        ];
        for (text, expected) in cases {
            let found = from_patch(&text).unwrap();
            assert_eq!(found.well_formed, expected, "{text}\n{:?}", found.notes);
        }
    }

    #[test]
    fn diffs_of_a_reply() {
        let other = DIFF.replace("/x", "/y");
        let cases = [
            (format!("```diff\n{DIFF}```\n"), DIFF.to_owned(), true),
            (format!("Look:\n```diff\n{DIFF}```\n"), DIFF.to_owned(), false),
            (format!("```\n{DIFF}```\n\nand\n\n```patch\n{other}```\n"), DIFF.to_owned() + &other, false),
            (format!("```diff\n{DIFF}"), DIFF.to_owned(), false),
            (format!("Bare:\n\n{DIFF}\nDone."), format!("Bare:\n\n{DIFF}\nDone."), false),
            (format!("```sh\nls\n```\n```diff\n{DIFF}```\n"), DIFF.to_owned(), false),
        ];
        for (text, diff, well_formed) in cases {
            let found = from_reply(&text).unwrap();
            assert_eq!(found.edits, Edits::Unified(diff), "{text}");
            assert_eq!(found.well_formed, well_formed, "{text}\n{:?}", found.notes);
        }
    }

    #[test]
    fn prose_is_malformed() {
        for text in ["No changes detected by git", "--- \n", "I cannot do that.\n\n- one\n- two\n"] {
            assert!(from_patch(text).is_err(), "{text}");
        }
        assert!(from_patch(" \n").is_ok());
        assert!(from_reply("").is_err());
    }
}
