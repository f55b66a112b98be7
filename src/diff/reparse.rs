//! The tree of the new side, parsed with the help of the old one.
//!
//! In: the old tree, both texts and what changed between them. Out: the tree that parsing the new text alone would give.
//! Recovery from errors depends on the way to them, so that a tree with errors is trusted only where all of them stand in
//! unchanged text and are the old tree's; any other is parsed from the text alone.

use std::ops::Range;

use tree_sitter::Tree;

use crate::syntax::{Language, alike, error_places, parse_readable};

use super::lines::Hunk;
use super::rows::Rows;

/// Parses the new text, both as the parser can read them; `None` only if the parser itself gives up.
pub(super) fn reparse(
    language: &'static Language,
    tree: &Tree,
    (old, new): (&[u8], &[u8]),
    hunks: &[Hunk],
) -> Option<Tree> {
    let errors = error_places(tree).into_iter();
    let kept: Option<Vec<_>> = errors.map(|(kind, place)| Some((kind, shifted(hunks, place)?))).collect();
    if let Some(kept) = kept
        && !old.is_empty()
        && !new.is_empty()
        && !hunks.iter().any(|hunk| commented_out(language, hunk, new))
        && alike(old, new, hunks.iter().map(|hunk| (hunk.old.clone(), hunk.new.clone())))
    {
        let found = parse_readable(language, new, Some(&edited(tree, (old, new), hunks)));
        if let Some(tree) = found.filter(|tree| error_places(tree) == kept) {
            return Some(tree);
        }
    }
    parse_readable(language, new, None)
}

/// So many line comments in the place of something else make a long row.
const ROW: usize = 128;

/// Behind a part that is taken over, the parser looks through a row of comments once for each of them, as long as that
/// part does not fit what follows: of a file that was commented out, with the square of its length.
fn commented_out(language: &Language, hunk: &Hunk, new: &[u8]) -> bool {
    let lines = || new[hunk.new.clone()].split(|byte| *byte == b'\n');
    let comment = |line: &&[u8]| line.trim_ascii_start().starts_with(language.line_comment.as_bytes());
    !hunk.old.is_empty() && !language.line_comment.is_empty() && lines().filter(comment).nth(ROW).is_some()
}

/// Where unchanged old bytes are in the new text; `None` where a change is at or in them.
fn shifted(hunks: &[Hunk], place: Range<usize>) -> Option<Range<usize>> {
    let next = hunks.partition_point(|hunk| hunk.old.end < place.start);
    let (old, new) = next.checked_sub(1).map_or((0, 0), |last| (hunks[last].old.end, hunks[last].new.end));
    let clear = hunks.get(next).is_none_or(|hunk| place.end < hunk.old.start);
    clear.then(|| place.start - old + new..place.end - old + new)
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
    use crate::syntax::{language_named, read};

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

    /// The first tree, the second with its help, and the second alone.
    fn trees(language: &str, old: &str, new: &str) -> [Tree; 3] {
        let language = language_named(language).unwrap();
        let (old, new) = (old.as_bytes(), new.as_bytes());
        let (hunks, _) = lines::hunks(old, new);
        let hunks = lines::finer(old, new, &hunks);
        let readable = |text: &[u8]| read(language.bridges, text).unwrap_or_else(|| text.to_vec());
        let (old, new) = (readable(old), readable(new));
        let first = parse_readable(language, &old, None).unwrap();
        let helped = reparse(language, &first, (&old, &new), &hunks).unwrap();
        [first, helped, parse_readable(language, &new, None).unwrap()]
    }

    const WORDS: [&str; 26] = [
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
        "interface A<in out B> { c: D\n",
        "<E>(): F\n",
        "in2: G\n",
        "export type * from 'h';\n",
        "out I",
        "a(str![b]);\n",
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
            let (old, new) = (format!("{head}{old}{tail}"), format!("{head}{new}{tail}"));
            let [_, helped, alone] = trees(language, &old, &new);
            prop_assert_eq!(shape(&helped), shape(&alone));
        }
    }

    #[test]
    fn a_tree_is_taken_over_where_its_errors_are_the_first_ones() {
        let function = |i: usize| format!("function c{i}(x) {{\n  return x * {i};\n}}\n\n");
        let rest: String = (0..20).map(function).collect();
        let old = format!("class A {{\n  m() {{ return 1; }}\n}}\n\nconst b = ;\n\n{rest}");
        for (what, new, taken) in [
            ("change far from the error", old.replace("return 1", "return 3"), true),
            ("error mended", old.replace("= ;", "= 4;"), false),
            ("another error", old.replace("m() {", "m( {"), false),
        ] {
            let [first, helped, alone] = trees("typescript", &old, &new);
            assert_eq!(shape(&helped), shape(&alone), "{what}");
            // What is below a node that is taken over stands at the same place in memory.
            let last = |tree: &Tree| {
                let root = tree.root_node();
                root.child(root.child_count() - 1)?.child(0).map(|node| node.id())
            };
            assert_eq!(last(&first) == last(&helped), taken, "{what}");
        }
    }
}
