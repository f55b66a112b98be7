//! References that lead nowhere because the patch deleted or renamed what they led to.
//!
//! In: a [`Patched`]. Out: places of the result. A reference of the base that led to a symbol which is now gone, renamed
//! or moved, whose text still stands, and to which the result has no answer, is dangling; so is a name that the patch
//! wrote in a file that had known it, where nothing answers it any more.
//!
//! Invariant: where something may answer (a new definition of the name, something outside the tree, a macro) nothing is
//! said.

use std::collections::BTreeSet;

use super::SymbolAt;
use super::declared::declarations;
use super::fate::Fate;
use super::guess::python_dangling;
use super::patched::{Patched, Side};
use crate::syntax::flag;
use crate::syntax::index::{Certainty, Symbol, SymbolKind};

/// Methods that a derive, or a trait of the standard library, may give.
const GIVEN: &[&str] = &[
    "as_mut",
    "as_ref",
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "cmp",
    "default",
    "deref",
    "deref_mut",
    "drop",
    "eq",
    "extend",
    "fmt",
    "from",
    "from_iter",
    "from_str",
    "ge",
    "gt",
    "hash",
    "index",
    "into",
    "into_iter",
    "iter",
    "le",
    "len",
    "lt",
    "max",
    "min",
    "ne",
    "next",
    "partial_cmp",
    "to_owned",
    "to_string",
    "toString",
    "try_from",
    "try_into",
];

/// References of the result to names that the patch took away, by file and line.
pub fn dangling(patched: &Patched) -> Vec<SymbolAt> {
    let mut found: BTreeSet<(String, usize, String)> = BTreeSet::new();
    for declaration in declarations(patched).iter().filter(|one| one.is_lost()) {
        let Some(lost) = patched.base.symbol(declaration.base) else { continue };
        if patched.is_replaced(Side::Base, lost.file, lost.name_range.start) || may_be_given(patched, &lost) {
            continue;
        }
        let mut known = BTreeSet::from([lost.file]);
        for reference in patched.uses(declaration.base) {
            known.insert(reference.file);
            let Fate::Kept(file, range) = patched.fate(reference.file, &reference.range) else { continue };
            if patched.is_broken(file) || answered(patched, file, range.start, &lost) {
                continue;
            }
            found.insert((file.to_owned(), line(patched, file, range.start), lost.name.to_owned()));
        }
        // What the patch itself wrote: only bare names, and only where the base had known this one.
        if lost.kind.is_member() {
            continue;
        }
        for reference in patched.result.references_named(lost.name) {
            let unknown = matches!(reference.certainty, Certainty::Unknown { external: false });
            let knew = known.contains(reference.file);
            if unknown && knew && wrote(patched, reference.file, reference.range.start) {
                found.insert((reference.file.to_owned(), reference.line, lost.name.to_owned()));
            }
        }
    }
    found.extend(python_dangling(patched).into_iter().map(|one| (one.file, one.line, one.symbol)));
    found.into_iter().map(|(file, line, symbol)| SymbolAt { symbol, file, line }).collect()
}

/// The result may have it from something that is not written out.
fn may_be_given(patched: &Patched, lost: &Symbol) -> bool {
    if lost.kind != SymbolKind::Method {
        return false;
    }
    let holder = |side, symbol: &Symbol| {
        let path = patched.source(side, symbol.file).map(|source| source.entity_at(symbol.name_range.start));
        let holder = path.and_then(|path| path.into_iter().rev().nth(1)).unwrap_or_default();
        let last = holder.split('<').next().unwrap_or("").rsplit([' ', ':']).next();
        last.map(str::to_owned).unwrap_or_default()
    };
    GIVEN.contains(&lost.name)
        || patched
            .result
            .definitions_named("deref")
            .any(|one| holder(Side::Result, &one) == holder(Side::Base, lost))
}

/// Something answers the name at a place of the result: anything certain, anything outside, or a definition that the
/// base did not have.
fn answered(patched: &Patched, file: &str, byte: usize, lost: &Symbol) -> bool {
    let answers = patched.answers(file, byte);
    // A place where no name is read any more (a comment, a macro that is not known) says nothing.
    if answers.is_empty() {
        return true;
    }
    answers.iter().any(|answer| match answer {
        Certainty::Resolved(_) | Certainty::Unknown { external: true } => true,
        Certainty::Ambiguous(many) => {
            !lost.kind.is_member() && lost.kind != SymbolKind::Method
                || many.iter().any(|id| patched.is_new(*id))
        }
        Certainty::Unknown { external: false } => false,
    })
}

/// The patch wrote these bytes.
fn wrote(patched: &Patched, file: &str, byte: usize) -> bool {
    let inside = patched.wrote(file, byte);
    let text = patched.source(Side::Result, file);
    // A field, key or member of this name is another matter, and in a macro's tokens it may be anything.
    inside
        && text.is_some_and(|source| {
            let before = source.bytes[..byte].trim_ascii_end();
            let leaf = source.leaf_at(byte);
            let plain = leaf.is_some_and(|leaf| {
                let name =
                    source.nodes[leaf].is(flag::IDENTIFIER) && !(source.language.fixed_name)(&source, leaf);
                name && source.ancestors(leaf).skip(1).all(|node| !source.nodes[node].is(flag::OPAQUE))
            });
            plain && !before.ends_with(b".") && !before.ends_with(b"::")
        })
}

fn line(patched: &Patched, file: &str, byte: usize) -> usize {
    patched.source(Side::Result, file).map_or(1, |source| {
        1 + memchr::memchr_iter(b'\n', &source.bytes[..byte.min(source.bytes.len())]).count()
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::both;
    use super::*;

    const RUST: &[(&str, &str)] = &[
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        ("src/lib.rs", "pub mod a;\npub mod b;\n"),
        (
            "src/a.rs",
            "pub struct Money(u32);\n\nimpl Money {\n    pub fn double(&self) -> u32 {\n        self.0 * 2\n    }\n}\n\npub fn half(x: u32) -> u32 {\n    x / 2\n}\n\npub const RATE: u32 = 3;\n",
        ),
        (
            "src/b.rs",
            "use crate::a::{half, Money};\n\npub fn pay(money: &Money) -> u32 {\n    assert_eq!(half(2), 1);\n    half(money.double()) + crate::a::RATE\n}\n",
        ),
    ];

    fn told(base: &[(&str, &str)], edits: &[(&str, Option<&str>)]) -> Vec<String> {
        both(base, edits, dangling)
            .iter()
            .map(|one| format!("{}:{} {}", one.file, one.line, one.symbol))
            .collect()
    }

    fn replaced(file: &str, from: &str, to: &str) -> String {
        let text = RUST.iter().find(|(path, _)| *path == file).unwrap().1;
        assert!(text.contains(from));
        text.replace(from, to)
    }

    #[test]
    fn what_is_renamed_in_one_file_dangles_in_others() {
        let a = replaced("src/a.rs", "half", "half_of");
        assert_eq!(
            told(RUST, &[("src/a.rs", Some(&a))]),
            ["src/b.rs:1 half", "src/b.rs:4 half", "src/b.rs:5 half"]
        );
        let b = replaced("src/b.rs", "half", "half_of");
        assert_eq!(told(RUST, &[("src/a.rs", Some(&a)), ("src/b.rs", Some(&b))]), Vec::<String>::new());
    }

    #[test]
    fn what_is_deleted_dangles_and_what_is_kept_for_others_does_not() {
        let a = |from: &str, to: &str| replaced("src/a.rs", from, to);
        let table: &[(String, &[&str])] = &[
            (a("pub const RATE: u32 = 3;\n", ""), &["src/b.rs:5 RATE"]),
            (a("    pub fn double(&self) -> u32 {\n        self.0 * 2\n    }\n", ""), &["src/b.rs:5 double"]),
            (a("pub fn double(&self) -> u32", "pub fn twice(&self) -> u32"), &["src/b.rs:5 double"]),
            (a("pub fn half(", "pub use self::halve as half;\n\npub fn halve("), &[]),
            (a("x / 2", "x >> 1"), &[]),
            (a("pub struct Money(u32);", "pub struct Coins(u32);\npub type Money = Coins;"), &[]),
        ];
        for (text, expected) in table {
            assert_eq!(told(RUST, &[("src/a.rs", Some(text))]), *expected, "{text}");
        }
    }

    #[test]
    fn what_moves_to_another_file_dangles_where_it_is_looked_for_in_the_old_one() {
        let half = "pub fn half(x: u32) -> u32 {\n    x / 2\n}\n";
        let a = replaced("src/a.rs", half, "");
        let c = format!("//! c\n\n{half}");
        let lib = "pub mod a;\npub mod b;\npub mod c;\n";
        let edits: [(&str, Option<&str>); 3] =
            [("src/a.rs", Some(&a)), ("src/c.rs", Some(&c)), ("src/lib.rs", Some(lib))];
        assert_eq!(told(RUST, &edits), ["src/b.rs:1 half", "src/b.rs:4 half", "src/b.rs:5 half"]);
        let carried =
            replaced("src/b.rs", "use crate::a::{half, Money};", "use crate::a::Money;\nuse crate::c::half;");
        let all = [edits[0], edits[1], edits[2], ("src/b.rs", Some(&carried[..]))];
        assert_eq!(told(RUST, &all), Vec::<String>::new());
    }

    #[test]
    fn typescript() {
        let base: &[(&str, &str)] = &[
            ("package.json", "{\"name\": \"x\"}"),
            (
                "src/a.ts",
                "export function half(x: number) {\n  return x / 2;\n}\n\nexport class Till {\n  pay() {}\n  close() {}\n}\n",
            ),
            (
                "src/b.ts",
                "import { half, Till } from './a';\n\nexport function f(till: Till) {\n  till.pay();\n  return half(2);\n}\n",
            ),
        ];
        let a = base[1].1;
        let table: &[(String, &[&str])] = &[
            (a.replace("half", "halve"), &["src/b.ts:1 half", "src/b.ts:5 half"]),
            (a.replace("  pay() {}\n", ""), &["src/b.ts:4 pay"]),
            (a.replace("  pay() {}\n", "  pay = () => {};\n"), &[]),
            (a.replace("export class", "class"), &[]),
        ];
        for (text, expected) in table {
            assert_eq!(told(base, &[("src/a.ts", Some(text))]), *expected, "{text}");
        }
        assert_eq!(
            told(base, &[("src/a.ts", None)]),
            ["src/b.ts:1 Till", "src/b.ts:1 half", "src/b.ts:3 Till", "src/b.ts:4 pay", "src/b.ts:5 half"]
        );
    }
}
