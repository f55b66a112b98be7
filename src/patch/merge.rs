//! Three-way merge of one file's content.
//!
//! In: the content that a patch was made against, the content it makes of it, and the content at hand. Out: both
//! changes joined, or nothing where they conflict. The merge is libgit2's, the same that `git merge` does.

/// A first line that all three sides share, so that no side and no result is ever empty.
const ANCHOR: &[u8] = b"\x01kerf merge anchor\n";

/// Joins the change from `base` to `theirs` with the one from `base` to `ours`; `None` on a conflict.
pub fn three_way(base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
    if ours == base || ours == theirs {
        return Some(theirs.to_vec());
    }
    if theirs == base {
        return Some(ours.to_vec());
    }
    if [base, ours, theirs].iter().any(|side| side.contains(&0)) {
        return None;
    }
    let [base, ours, theirs] = [base, ours, theirs].map(|side| [ANCHOR, side].concat());
    let input = |content| {
        let mut input = git2::MergeFileInput::new();
        input.content(content);
        input
    };
    // Starts the library, which the merge itself does not.
    git2::Oid::hash_object(git2::ObjectType::Blob, &[]).ok()?;
    let merged = git2::merge_file(&input(&base), &input(&ours), &input(&theirs), None).ok()?;
    if !merged.is_automergeable() {
        return None;
    }
    merged.content().strip_prefix(ANCHOR).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::three_way;

    #[test]
    fn merges() {
        let base = "a\nb\nc\nd\ne\nf\ng\n";
        let cases = [
            (base, "A\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nd\ne\nf\nG\n", Some("A\nb\nc\nd\ne\nf\nG\n")),
            (base, base, "a\n", Some("a\n")),
            (base, "a\n", base, Some("a\n")),
            (base, "A\nb\nc\nd\ne\nf\ng\n", "B\nb\nc\nd\ne\nf\ng\n", None),
            (base, "", "a\nb\nc\nd\ne\nf\nG\n", None),
            ("", "x\n", "y\n", None),
            (base, "A\nb\nc\nd\ne\nf\ng", "a\nb\nc\nD\ne\nf\ng\n", Some("A\nb\nc\nD\ne\nf\ng")),
        ];
        for (base, ours, theirs, expected) in cases {
            let found = three_way(base.as_bytes(), ours.as_bytes(), theirs.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{ours:?} {theirs:?}");
        }
    }
}
