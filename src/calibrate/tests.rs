//! A small library with a fix: what is planted is told apart.

use super::plant::{Dice, Distance, FILE_KINDS, Ground, LINE_KINDS, plant};
use super::*;
use crate::patch::memory::Files;
use crate::patch::{Blob, TreeChanges};

const BASE: &str = "use std::fmt;\nuse std::mem;\n\n/// Adds.\npub fn add(a: u32, b: u32) -> u32 {\n    let first = a + 1;\n    let second = b + first;\n    let third = second * 2;\n    mem::drop(third);\n    if a > b {\n        mem::drop(a);\n        mem::drop(b);\n    }\n    second\n}\n\n/// Shows the value in a way that people like.\npub fn show(f: &mut fmt::Formatter) -> fmt::Result {\n    // Something that is always written first here\n    let text = 'x';\n    f.write_char(text)?;\n    f.write_char(text)\n}\n\n/// Writes.\npub fn write(f: &mut fmt::Formatter) -> fmt::Result {\n    let words = 3 * 4;\n    mem::drop(words);\n    f.write_char('y')\n}\n";

fn base() -> Files {
    let other = BASE.replace("add", "sum").replace("show", "tell");
    Files::of(&[
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        ("src/lib.rs", "mod a;\nmod b;\n"),
        ("src/a.rs", BASE),
        ("src/b.rs", &other),
    ])
}

fn gold() -> TreeChanges {
    let text = BASE.replace("b + first", "b.wrapping_add(first)");
    [("src/a.rs".to_owned(), Some(Blob { mode: 0o100_644, bytes: text.into_bytes() }))].into()
}

#[test]
fn every_kind_is_planted_and_the_same_seed_plants_the_same() {
    let (base, gold) = (base(), gold());
    let ground = Ground::new(&base, &gold);
    for kind in LINE_KINDS.iter().chain(FILE_KINDS).chain(&["legitimate"]) {
        let planted =
            |seed| Distance::ALL.map(|distance| plant(&ground, kind, distance, &mut Dice::new(seed, "x")));
        assert!(planted(1).iter().any(Option::is_some), "{kind}");
        assert_eq!(planted(1), planted(1), "{kind}");
    }
}

#[test]
fn plants_are_found_and_the_fix_is_left_alone() {
    let (base, statement) = (base(), String::new());
    let cases = [Case { task: "t".to_owned(), base: &base, gold: gold(), statement, allow: None }];
    let run = || calibrate(&cases, Wanted { seed: 3, plants: 8 }, "r", &mut |_| {});
    let found = run();
    assert_eq!(found, run());
    assert_eq!((found.own[0].count, found.own[1].count), (0, 0), "{:#?}", found.wrong);
    for grade in &found.grades {
        assert!(grade.recall.n >= 8 && grade.precision.n >= 8, "{grade:?}");
        assert!(grade.recall.value > Some(0.8), "{:#?}", found.wrong);
        assert!(grade.precision.value > Some(0.9), "{:#?}", found.wrong);
    }
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(read(&text).as_ref(), Ok(&found));
    assert!(read(&text.replace("kerf/calibrate/1", "kerf/calibrate/9")).is_err());
}
