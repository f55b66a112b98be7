//! What must hold for every pair of texts whatever.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use proptest::prelude::*;

use super::*;
use crate::patch::{Blob, TreeChanges};

/// The files of one side as [`revert`] reports them.
fn tree(files: &[ChangedFile], new: bool) -> TreeChanges {
    let mut changes = TreeChanges::new();
    for file in files.iter().filter(|file| file.old != file.new) {
        let (here, there) = if new { (&file.new, &file.old) } else { (&file.old, &file.new) };
        if let Some(side) = there {
            changes.entry(side.path.clone()).or_insert(None);
        }
        if let Some(side) = here {
            changes.insert(side.path.clone(), Some(Blob { mode: side.mode, bytes: side.bytes.to_vec() }));
        }
    }
    changes
}

/// Checks order, disjointness, byte-exactness and that each unit can go alone.
pub(super) fn hold(files: &[ChangedFile], diff: &Diff) {
    assert_eq!(violations(files, diff, 7), Vec::<String>::new());
}

/// All invariants that do not hold, in words.
pub(super) fn violations(files: &[ChangedFile], diff: &Diff, seed: u64) -> Vec<String> {
    let mut wrong = Vec::new();
    let all: BTreeSet<usize> = (0..diff.units.len()).collect();
    let (before, after) = (tree(files, false), tree(files, true));
    if revert(diff, &BTreeSet::new()) != after {
        wrong.push("no unit reverted is not the result".to_owned());
    }
    if revert(diff, &all) != before {
        wrong.push("all units reverted is not the base".to_owned());
    }
    for (index, file) in diff.files.iter().enumerate() {
        let mut changes: Vec<&Change> =
            diff.units.iter().filter(|unit| !unit.file_level).flat_map(|unit| &unit.changes).collect();
        changes.retain(|change| change.file == index);
        changes.sort_by_key(|change| (change.new[0], change.old[0]));
        let (mut old, mut new) = (0, 0);
        for change in &changes {
            if change.new[0] < new || change.old[0] < old || change.new[1] > file.new_bytes.len() {
                wrong.push(format!("{:?}: out of order: {change:?}", file.new));
            }
            (old, new) = (change.old[1], change.new[1]);
        }
    }
    // Subsets by a plain generator of numbers: each unit alone, all but each, and random halves.
    let mut state = seed | 1;
    let mut coin = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 63 == 1
    };
    let mut sets: Vec<(BTreeSet<usize>, bool)> = Vec::new();
    if diff.units.len() <= 150 {
        sets.extend(all.iter().map(|unit| (BTreeSet::from([*unit]), true)));
    }
    for _ in 0..8 {
        sets.push((all.iter().copied().filter(|_| coin()).collect(), false));
    }
    let mut limits: BTreeMap<&String, usize> = BTreeMap::new();
    for tree in [&before, &after] {
        for (path, blob) in tree {
            let count = blob.as_ref().map_or(0, |blob| errors(path, &blob.bytes));
            let limit = limits.entry(path).or_default();
            *limit = (*limit).max(count);
        }
    }
    for (set, alone) in sets {
        let closed = closure(diff, &set);
        let result = revert(diff, &closed);
        for (path, blob) in &result {
            let Some(blob) = blob else { continue };
            let limit = limits.get(path).copied().unwrap_or(0);
            if errors(path, &blob.bytes) > limit {
                let what = if alone { "alone" } else { "set" };
                wrong.push(format!("{path}: {what} {set:?} adds a parse error"));
            }
        }
    }
    wrong
}

fn soup() -> impl Strategy<Value = String> {
    let words = vec![
        "fn f() { a(1); }\n",
        "fn g(x: u8) -> u8 { x }\n",
        "let x = 1;\n",
        "// note\n",
        "/// doc\n",
        "use a::b;\n",
        "{\n",
        "}\n",
        "a",
        ",",
        "(",
        ")",
        "\n\n",
        "    ",
        "if x { y(); }\n",
        "\"s t\"",
        "#[test]\n",
        "struct S { a: u8 }\n",
        "\r\n",
        "é",
        "/*",
        "'",
        "match x { A => 1, B => 2 }\n",
    ];
    proptest::collection::vec(proptest::sample::select(words), 0..24).prop_map(|words| words.concat())
}

fn other_soup() -> impl Strategy<Value = String> {
    let words = vec![
        "function f() {\n  a(1);\n}\n",
        "const x = (y) => y\n",
        "import { a, b } from \"m\";\n",
        "const e = <p a={1}>Hello  you</p>;\n",
        "<b>\n  x {y} z\n</b>",
        "`t ${x} u`",
        "return\n",
        "it('x', () => {});\n",
        "class A {\n  @d f() {}\n}\n",
        "def f(x):\n    a(x)\n",
        "if x:\n    y()\n",
        "    z()\n",
        "else:\n",
        "from a import b, c\n",
        "x = (1,)\n",
        "\"\"\"doc\"\"\"\n",
        "# note\n",
        "// note\n",
        "a",
        ";",
        ",",
        "(",
        ")",
        "{",
        "}",
        "\n\n",
        "  ",
        "\t",
    ];
    proptest::collection::vec(proptest::sample::select(words), 0..24).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn texts_come_back(old in soup(), new in soup(), seed in any::<u64>()) {
        let files = [file("src/a.rs", Some(old.as_bytes()), Some(new.as_bytes()))];
        let diff = diff(&files);
        let wrong: Vec<String> =
            violations(&files, &diff, seed).into_iter().filter(|line| !line.contains("parse error")).collect();
        prop_assert_eq!(wrong, Vec::<String>::new());
    }

    #[test]
    fn texts_of_other_languages_come_back(old in other_soup(), new in other_soup(), seed in any::<u64>()) {
        for path in ["a.tsx", "a.js", "a.py"] {
            let files = [file(path, Some(old.as_bytes()), Some(new.as_bytes()))];
            let diff = diff(&files);
            let wrong: Vec<String> =
                violations(&files, &diff, seed).into_iter().filter(|line| !line.contains("parse error")).collect();
            prop_assert_eq!(wrong, Vec::<String>::new());
        }
    }

    #[test]
    fn bytes_come_back(old in proptest::collection::vec(any::<u8>(), 0..120), new in proptest::collection::vec(any::<u8>(), 0..120)) {
        for path in ["a.rs", "a.txt", "a.ts", "a.tsx", "a.js", "a.py"] {
            let files = [file(path, Some(&old), Some(&new))];
            let diff = diff(&files);
            let wrong: Vec<String> =
                violations(&files, &diff, 3).into_iter().filter(|line| !line.contains("parse error")).collect();
            prop_assert_eq!(wrong, Vec::<String>::new());
        }
    }

    #[test]
    fn the_order_of_files_means_nothing(texts in proptest::collection::vec((soup(), soup()), 1..4)) {
        let mut files: Vec<ChangedFile> = texts
            .iter()
            .enumerate()
            .map(|(i, (old, new))| {
                let (old, new) = (Some(old.as_bytes()), Some(new.as_bytes()));
                file(&format!("src/{i}.rs"), old.filter(|_| i != 1), new.filter(|_| i != 2))
            })
            .collect();
        let forward = diff(&files);
        files.reverse();
        prop_assert_eq!(forward, diff(&files));
    }
}

/// Pairs of files from a folder `DIR/NAME.old`, `DIR/NAME.new` named by `KERF_DIFF_PAIRS`, checked one by one. Where
/// `NAME` has an ending of a language, it is read in that, else as Rust.
#[test]
#[ignore = "needs a folder of file pairs"]
fn real_pairs_hold() {
    let Some(folder) = option_env!("KERF_DIFF_PAIRS") else { return };
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    // Processor time of the process: other work on the machine does not count.
    let cpu = || {
        let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF).unwrap();
        let (user, system) = (usage.user_time(), usage.system_time());
        (user.tv_sec() + system.tv_sec()) * 1000 + (user.tv_usec() + system.tv_usec()) / 1000
    };
    let (mut parsing, mut diffing, mut slowest) = (0, 0, 0);
    let mut wrong = 0;
    let mut units = 0;
    let mut pairs = 0;
    let mut coarse = 0;
    for old in names.iter().filter(|path| path.extension().is_some_and(|end| end == "old")) {
        let (a, b) = (fs::read(old).unwrap(), fs::read(old.with_extension("new")).unwrap());
        let stem = old.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let path = if crate::syntax::grammar_of(&stem).is_some() { stem } else { "src/a.rs".to_owned() };
        let files = [file(&path, Some(&a), Some(&b))];
        let start = cpu();
        for bytes in [&a, &b] {
            drop(crate::syntax::Source::parse(crate::syntax::grammar_of(&path).unwrap(), &bytes[..]));
        }
        let middle = cpu();
        let diff = diff(&files);
        let took = cpu() - middle;
        (parsing, diffing, slowest) = (parsing + middle - start, diffing + took, slowest.max(took));
        if took > 10 * (middle - start).max(50) {
            println!("{}: {took} ms, both sides read in {} ms", old.display(), middle - start);
        }
        units += diff.units.len();
        pairs += 1;
        coarse += usize::from(diff.files[0].coarse);
        for line in violations(&files, &diff, 11) {
            wrong += 1;
            println!("{}: {line}", old.display());
        }
    }
    println!(
        "{coarse} coarse; ms of processor time: both sides read {parsing}, diff {diffing}, slowest {slowest}"
    );
    println!("{pairs} pairs, {units} units, {wrong} violations");
    assert_eq!(wrong, 0);
}
