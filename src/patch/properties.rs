//! Properties of patches: what is written comes back, and no text makes anything panic.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::{FIVE, Files, files, numbers, outcome};
use super::{ApplyError, Blob, Overlaid, Rung, Tree, apply, parse, render};
use crate::prediction::reply;

/// Text of few different lines, so that hunks have several possible places; some without a last newline.
fn text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("a"),
        Just("b"),
        Just("  c"),
        Just(""),
        Just("d\r"),
        Just("-- e"),
        Just("++ f"),
        Just("ü")
    ];
    (proptest::collection::vec(line, 0..24), any::<bool>()).prop_map(|(lines, open)| {
        let text = lines.iter().fold(String::new(), |text, line| text + line + "\n");
        // The library that writes diffs takes a lone carriage return for a line end.
        if open && !text.ends_with("\r\n") {
            text.strip_suffix('\n').unwrap_or(&text).to_owned()
        } else {
            text
        }
    })
}

fn change() -> impl Strategy<Value = (String, Option<String>, Option<String>)> {
    let path = prop_oneof![Just("a"), Just("d/b"), Just("d/with blank"), Just("ö"), Just("q\"t")];
    (path, proptest::option::of(text()), proptest::option::of(text()))
        .prop_map(|(path, old, new)| (path.to_owned(), old, new))
}

proptest! {
    #[test]
    fn what_is_rendered_applies_exactly(edits in proptest::collection::vec(change(), 1..4)) {
        let mut tree = Files::default();
        let mut changes = BTreeMap::new();
        for (path, old, new) in edits {
            let blob = |text: String| Blob { mode: 0o100_644, bytes: text.into_bytes() };
            tree.blobs.remove(&path);
            if let Some(old) = old {
                tree.blobs.insert(path.clone(), blob(old));
            }
            changes.insert(path, new.map(blob));
        }
        changes.retain(|path, new| tree.blob(path) != *new);
        let patch = render(&tree, &changes);
        match apply(&tree, patch.as_bytes()) {
            Ok(applied) => {
                prop_assert_eq!(applied.rung, Rung::Exact, "{}", patch);
                prop_assert_eq!(applied.changes, changes);
            }
            Err(error) => prop_assert!(changes.is_empty() && error == ApplyError::Empty, "{error}\n{patch}"),
        }
    }

    #[test]
    fn unified_diffs_of_similar_apply(old in text(), new in text()) {
        let diff = similar::TextDiff::from_lines(old.as_str(), new.as_str());
        let patch = diff.unified_diff().header("a/n", "b/n").to_string();
        let tree = files(&[("n", &old)]);
        match apply(&tree, patch.as_bytes()) {
            Ok(applied) => prop_assert_eq!(applied.changes["n"].as_ref().unwrap().bytes.clone(), new.into_bytes()),
            Err(error) => prop_assert!(old == new && error == ApplyError::Empty, "{error}\n{patch}"),
        }
    }

    #[test]
    fn shifted_files_take_the_same_change(old in text(), new in text(), above in 1..5_usize) {
        prop_assume!(old != new);
        // Lines that occur nowhere else keep the hunks off the ends of the file.
        let guard = "g1\ng2\ng3\n";
        let wrap = |text: &str| format!("{guard}{text}{}h1\nh2\nh3\n", if text.is_empty() || text.ends_with('\n') { "" } else { "\n" });
        let (old, new) = (wrap(&old), wrap(&new));
        prop_assume!(old != new);
        let patch = similar::TextDiff::from_lines(old.as_str(), new.as_str()).unified_diff().context_radius(60).header("a/n", "b/n").to_string();
        let pad = "pad\n".repeat(above);
        let found = outcome(&files(&[("n", &format!("{pad}{old}"))]), &patch.replace("@@ -1,", "@@ -2,").replace("+1,", "+2,"));
        let rung = if above == 1 { "Exact" } else { "Offset" };
        prop_assert_eq!(found, format!("{rung} n={:?}", pad + &new));
    }

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = apply(&files(&[("n", "a\nb\n")]), &bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = reply::from_reply(&text);
    }

    #[test]
    fn nothing_panics_on_broken_patches(
        cuts in proptest::collection::vec((0..400_usize, prop_oneof![Just("\n"), Just("@@"), Just("-"), Just("+"), Just(" "), Just("9"), Just("\\"), Just("--- a/n\n"), Just("diff --git ")]), 1..6),
        end in 0..400_usize,
    ) {
        let mut patch = format!("diff --git a/n b/n\nindex 1..2 100644\n{FIVE}diff --git a/b b/b\nGIT binary patch\nliteral 3\nKcmWgT\n\n{}", FIVE.replace("/n", "/m"));
        for (at, insert) in cuts {
            let at = at.min(patch.len());
            patch.insert_str(at, insert);
        }
        patch.truncate(end);
        let tree = files(&[("n", &numbers(1..=10)), ("m", &numbers(1..=10))]);
        if let Ok(applied) = apply(&tree, patch.as_bytes()) {
            let after = Overlaid { base: &tree, changes: &applied.changes };
            prop_assert!(after.paths().len() <= 4);
            for (path, blob) in &applied.changes {
                prop_assert_ne!(&tree.blob(path), blob);
            }
        }
        let _ = parse(patch.as_bytes());
        let _ = reply::from_patch(&patch);
    }
}
