//! Indentation that Python refuses and the grammar takes.
//!
//! In: a tree and its text. Out: the number of statements that do not stand where their list stands, of blocks that are
//! empty or not deeper than their head, and of clauses that do not stand below their statement.
//!
//! Invariant: a program that Python reads has none.

use tree_sitter::{Node, Tree};

/// Statements with blocks.
const COMPOUND: &[&str] = &[
    "if_statement",
    "for_statement",
    "while_statement",
    "try_statement",
    "with_statement",
    "match_statement",
    "case_clause",
    "function_definition",
    "class_definition",
    "decorated_definition",
];
/// Parts of statements that begin a line of their own.
const CLAUSES: &[&str] = &[
    "elif_clause",
    "else_clause",
    "except_clause",
    "except_group_clause",
    "finally_clause",
    "function_definition",
    "class_definition",
];

/// The blanks before `at` on its line; `None` where other text stands there.
fn indentation(text: &[u8], at: usize) -> Option<&[u8]> {
    let before = text.get(..at)?;
    let line = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |feed| feed + 1);
    let blanks = &before[line..];
    blanks.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\x0c')).then_some(blanks)
}

/// Their number.
pub(super) fn faults(tree: &Tree, text: &[u8]) -> usize {
    let mut wrong = 0;
    let mut cursor = tree.walk();
    let mut waiting: Vec<(Node, &[u8])> = vec![(tree.root_node(), b"")];
    while let Some((node, outer)) = waiting.pop() {
        let list = matches!(node.kind(), "module" | "block");
        let mut expected: Option<&[u8]> = if node.kind() == "module" { Some(b"") } else { None };
        let mut count = 0;
        for child in node.children(&mut cursor) {
            let kind = child.kind();
            if !child.is_named() || kind == "comment" || child.is_error() {
                count += usize::from(child.is_error());
                continue;
            }
            count += 1;
            let own = indentation(text, child.start_byte());
            if list {
                match (own, expected) {
                    (Some(own), Some(expected)) => wrong += usize::from(own != expected),
                    (Some(own), None) => {
                        wrong += usize::from(own.len() <= outer.len());
                        expected = Some(own);
                    }
                    (None, _) => {}
                }
                if COMPOUND.contains(&kind) {
                    waiting.push((child, own.unwrap_or(outer)));
                }
            } else if kind == "block" {
                waiting.push((child, outer));
            } else if CLAUSES.contains(&kind) {
                wrong += usize::from(own.is_some_and(|own| own != outer));
                waiting.push((child, outer));
            }
        }
        wrong += usize::from(count == 0 && node.kind() == "block");
    }
    wrong
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Source, language_of};

    #[test]
    fn what_python_refuses_is_an_error() {
        for (text, expected) in [
            ("if a:\n    b()\n    c()\nelse:\n    d()\n", 0),
            ("if a:\n    b()\n  c()\n", 1),
            ("a()\n    b()\n", 1),
            ("if a:\nb()\n", 1),
            ("if a:\n    # nothing\nb()\n", 1),
            ("if a: b()\nc()\n", 0),
            ("@d\ndef f():\n    pass\n", 0),
            ("x = [\n  1,\n]\n", 0),
            ("try:\n\ta()\nexcept E:\n\tb()\n", 0),
            ("match a:\n    case 1:\n        b()\n    case _:\n        c()\n", 0),
            ("class A:\n    x = 1\n\n    # note\n    def f(self):\n        return \"\"\"\nx\n\"\"\"\n", 0),
        ] {
            let source = Source::parse(language_of("a.py").unwrap(), text.as_bytes()).unwrap();
            assert_eq!(source.error_count(), expected, "{text}");
        }
    }
}
