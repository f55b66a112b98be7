//! The tree of the new side, parsed with the help of the old one.
//!
//! In: the old tree, both texts and what changed between them. Out: the tree that parsing the new text alone would give.
//! Recovery from errors depends on the way to them, so that a tree with errors is trusted only where all of them stand in
//! unchanged text and are the old tree's; any other is parsed from the text alone.

use std::ops::Range;

use tree_sitter::Tree;

use crate::syntax::{Language, error_places, parse_tree};

use super::lines::Hunk;
use super::rows::Rows;

/// Parses the new text; `None` only if the parser itself gives up.
pub(super) fn reparse(
    language: &'static Language,
    tree: &Tree,
    (old, new): (&[u8], &[u8]),
    hunks: &[Hunk],
) -> Option<Tree> {
    let errors = error_places(tree);
    let clear = |(_, place): &(u16, Range<usize>)| {
        let at = hunks.partition_point(|hunk| hunk.old.end < place.start);
        hunks.get(at).is_none_or(|hunk| place.end < hunk.old.start)
    };
    if !old.is_empty() && !new.is_empty() && errors.iter().all(clear) {
        let found = parse_tree(language, new, Some(&edited(tree, (old, new), hunks)));
        let kept: Vec<_> = errors.into_iter().map(|(kind, place)| (kind, shifted(hunks, place))).collect();
        if let Some(tree) = found.filter(|tree| error_places(tree) == kept) {
            return Some(tree);
        }
    }
    parse_tree(language, new, None)
}

/// Where unchanged old bytes are in the new text.
fn shifted(hunks: &[Hunk], place: Range<usize>) -> Range<usize> {
    let before = hunks.partition_point(|hunk| hunk.old.end <= place.start);
    let (old, new) = before.checked_sub(1).map_or((0, 0), |last| (hunks[last].old.end, hunks[last].new.end));
    place.start - old + new..place.end - old + new
}

/// A tree of the old text, told what changed.
fn edited(tree: &Tree, (old, new): (&[u8], &[u8]), hunks: &[Hunk]) -> Tree {
    let rows = Rows::new(old);
    let mut tree = tree.clone();
    // Edits from the last to the first: those before an edit leave its old place untouched.
    for hunk in hunks.iter().rev() {
        tree.edit(&rows.edit(hunk.old.clone(), &new[hunk.new.clone()]));
    }
    tree
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diff::lines;
    use crate::syntax::language_named;

    /// Kinds and bytes of all nodes.
    fn shape(tree: &Tree) -> Vec<(u16, Range<usize>, bool)> {
        let mut shape = Vec::new();
        let mut cursor = tree.walk();
        loop {
            let node = cursor.node();
            shape.push((node.kind_id(), node.byte_range(), node.is_missing()));
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return shape;
                }
            }
        }
    }

    /// The second tree with the help of the first, and alone.
    fn both(language: &str, old: &str, new: &str) -> [Vec<(u16, Range<usize>, bool)>; 2] {
        let language = language_named(language).unwrap();
        let (old, new) = (old.as_bytes(), new.as_bytes());
        let tree = parse_tree(language, old, None).unwrap();
        let (hunks, _) = lines::hunks(old, new);
        let hunks = lines::finer(old, new, &hunks);
        let alone = parse_tree(language, new, None).unwrap();
        [shape(&reparse(language, &tree, (old, new), &hunks).unwrap()), shape(&alone)]
    }

    const WORDS: [&str; 20] = [
        "fn f() { a(1); }\n",
        "let x = 1;\n",
        "const y = `a${b}c`;\n",
        "function g(x) { return x; }\n",
        "class C { m() {} }\n",
        "// note\n",
        "{\n",
        "}\n",
        "(",
        ")",
        "a",
        ",",
        "<T>",
        "=> ",
        "\"s t\"",
        "'",
        "/*",
        "\n",
        "if (x) { y(); }\n",
        "#[test]\n",
    ];

    fn soup() -> impl Strategy<Value = String> {
        proptest::collection::vec(proptest::sample::select(&WORDS[..]), 0..24)
            .prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn the_tree_is_the_one_of_the_text_alone(
            parts in (soup(), soup(), soup(), soup()),
            language in proptest::sample::select(&["rust", "typescript", "javascript"][..]),
        ) {
            let (head, old, new, tail) = parts;
            let [helped, alone] = both(language, &format!("{head}{old}{tail}"), &format!("{head}{new}{tail}"));
            prop_assert_eq!(helped, alone);
        }
    }

    #[test]
    fn an_error_far_from_a_change_is_taken_over() {
        let old = "class A {\n  m() { return 1; }\n}\n\nconst b = ;\n\nfunction c() { return 2; }\n";
        for (new, errors) in [
            (old.replace("return 1", "return 3"), true),
            (old.replace("= ;", "= 4;"), false),
            (old.replace("return 2; }", "return 2;"), true),
        ] {
            let [helped, alone] = both("typescript", old, &new);
            assert_eq!(helped, alone, "{new}");
            let error = |node: &(u16, Range<usize>, bool)| node.0 == u16::MAX || node.2;
            assert_eq!(alone.iter().any(error), errors, "{new}");
        }
    }
}
