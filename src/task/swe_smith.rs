//! Instances of SWE-smith: SWE-bench's fields, with `patch` being what *brought the fault in*.
//!
//! The repository is a mirror below `swesmith/`, with one branch an instance. The branch holds the fault and lacks the
//! tests that show it; its last commit but one still has them. So gold is the patch turned round, and the tests come from
//! that commit.

use super::draft::Draft;
use super::object::Object;
use super::{PatchSource, Source, TaskProblem, swebench};

/// Owner of the mirrors.
const OWNER: &str = "swesmith/";

/// Whether an instance is of this set.
pub(super) fn is_form(object: &Object<'_>) -> bool {
    object.value("repo").and_then(serde_json::Value::as_str).is_some_and(|repo| repo.starts_with(OWNER))
}

/// Reads one instance.
pub(super) fn read(object: &Object<'_>) -> Result<Draft, TaskProblem> {
    let id = object.id("instance_id")?;
    let (owner, name) = object.repository("repo")?;
    let mut draft = swebench::common(object, id.clone(), Source::GitHub { owner, name })?;
    draft.task.commit = Some(object.owned("base_commit")?.unwrap_or_else(|| id.clone()));
    draft.task.gold = object.filled("patch")?.map(|patch| PatchSource::Text(turned_round(patch)));
    draft.task.tests = match object.owned("test_patch")? {
        Some(patch) => PatchSource::Text(patch),
        None => PatchSource::History { commit: format!("{id}~1") },
    };
    Ok(draft)
}

/// A unified diff that undoes `patch`.
fn turned_round(patch: &str) -> String {
    let mut out = String::with_capacity(patch.len());
    let mut added: Vec<&str> = Vec::new();
    let mut removed: Vec<&str> = Vec::new();
    let mut old_name: Option<&str> = None;
    // Lines that the present hunk still has on its two sides.
    let mut left = (0_usize, 0_usize);
    let mut last_was_added = false;
    for line in patch.split_inclusive('\n') {
        if left != (0, 0) || line.starts_with('\\') {
            match line.as_bytes().first() {
                Some(b'+') => {
                    left.1 = left.1.saturating_sub(1);
                    added.push(line);
                    last_was_added = true;
                    continue;
                }
                Some(b'-') => {
                    left.0 = left.0.saturating_sub(1);
                    removed.push(line);
                    last_was_added = false;
                    continue;
                }
                // It belongs to the line above it.
                Some(b'\\') if !added.is_empty() || !removed.is_empty() => {
                    if last_was_added {
                        added.push(line);
                    } else {
                        removed.push(line);
                    }
                    continue;
                }
                Some(b'\\') => {}
                _ => {
                    flush(&mut out, &mut added, &mut removed);
                    left = (left.0.saturating_sub(1), left.1.saturating_sub(1));
                }
            }
            out.push_str(line);
            continue;
        }
        flush(&mut out, &mut added, &mut removed);
        if let Some(header) = hunk(line) {
            let ((old, new), rest) = header;
            left = (count(old), count(new));
            out.extend(["@@ -", new, " +", old, " @@", rest]);
        } else if let Some(name) = line.strip_prefix("--- ") {
            old_name = Some(name);
        } else if let (Some(name), Some(old)) = (line.strip_prefix("+++ "), old_name.take()) {
            out.extend(["--- ", &swapped_prefix(name, "b/", "a/")]);
            out.extend(["+++ ", &swapped_prefix(old, "a/", "b/")]);
        } else {
            out.push_str(&swapped_header(line));
        }
    }
    flush(&mut out, &mut added, &mut removed);
    out
}

fn flush<'a>(out: &mut String, added: &mut Vec<&'a str>, removed: &mut Vec<&'a str>) {
    for (lines, sign) in [(added, '-'), (removed, '+')] {
        for line in lines.drain(..) {
            if line.starts_with('\\') {
                out.push_str(line);
            } else {
                out.push(sign);
                out.push_str(line.get(1..).unwrap_or_default());
                // Nothing may be glued to the last line of a patch.
                if !line.ends_with('\n') {
                    out.push('\n');
                }
            }
        }
    }
}

/// `1,2` and `3,4` of `@@ -1,2 +3,4 @@ heading`, and the heading with its line end.
fn hunk(line: &str) -> Option<((&str, &str), &str)> {
    let (old, rest) = line.strip_prefix("@@ -")?.split_once(" +")?;
    let (new, rest) = rest.split_once(" @@")?;
    Some(((old, new), rest))
}

fn count(range: &str) -> usize {
    range.split_once(',').map_or(Some(1), |(_, count)| count.parse().ok()).unwrap_or(0)
}

fn swapped_prefix(name: &str, from: &str, to: &str) -> String {
    name.strip_prefix(from).map_or_else(|| name.to_owned(), |rest| format!("{to}{rest}"))
}

fn swapped_header(line: &str) -> String {
    const PAIRS: &[(&str, &str)] = &[
        ("new file mode ", "deleted file mode "),
        ("old mode ", "new mode "),
        ("rename from ", "rename to "),
    ];
    for (one, other) in PAIRS {
        for (from, to) in [(one, other), (other, one)] {
            if let Some(rest) = line.strip_prefix(*from) {
                return format!("{to}{rest}");
            }
        }
    }
    if let Some((before, after)) = line.strip_prefix("index ").and_then(|rest| rest.split_once("..")) {
        let end = after.find([' ', '\r', '\n']).unwrap_or(after.len());
        let (after, mode) = after.split_at(end);
        return format!("index {after}..{before}{mode}");
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::turned_round;

    #[test]
    fn a_patch_turned_round_undoes_it() {
        let patch = "\
diff --git a/x.py b/x.py
index 111..222 100644
--- a/x.py
+++ b/x.py
@@ -1,4 +1,3 @@ def f():
 a
-b
--- c
+d
 e
diff --git a/n.py b/n.py
new file mode 100644
index 000..333
--- /dev/null
+++ b/n.py
@@ -0,0 +1 @@
+one
\\ No newline at end of file
";
        insta::assert_snapshot!(turned_round(patch), @r"
        diff --git a/x.py b/x.py
        index 222..111 100644
        --- a/x.py
        +++ b/x.py
        @@ -1,3 +1,4 @@ def f():
         a
        -d
        +b
        +-- c
         e
        diff --git a/n.py b/n.py
        deleted file mode 100644
        index 333..000
        --- a/n.py
        +++ /dev/null
        @@ -1 +0,0 @@
        -one
        \ No newline at end of file
        ");
        assert_eq!(turned_round(&turned_round(patch)), patch);
    }
}
