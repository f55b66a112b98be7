//! What more irrelevant edits may not do.

use proptest::prelude::*;

use super::*;
use crate::metric::figures::{Mode, figures};

const OLD: &str = "fn f(x: u8) -> u8 {\n    x + 1\n}\n\nfn g(a: u8) -> u8 {\n    let b = a;\n    b\n}\n\nfn h() {\n    f(1);\n\n    g(2);\n}\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn more_clutter_never_looks_better(
        fix in proptest::sample::select(vec!["x + 2", "x.saturating_add(1)", "x + 1"]),
        before in proptest::sample::select(vec!["    g(2);\n", "    // Second.\n    g(2);\n", "    g( 2 );\n"]),
        comment in any::<bool>(),
        file in proptest::sample::select(vec!["repro.py", "notes.md", "a.rs.orig", ""]),
        gold in any::<bool>(),
    ) {
        let plain = OLD.replace("x + 1", fix).replace("    g(2);\n", before);
        let more = if comment { plain.replace("    let b = a;\n", "    let b = a;\n\n    // Gives it back.\n\n") } else { plain.clone() };
        let measure = |new: &str, file: &str| {
            let mut files = vec![("src/a.rs", OLD, new)];
            if !file.is_empty() {
                files.push((file, "", "print(1)\n"));
            }
            let right = OLD.replace("x + 1", "x + 2");
            let right = [("src/a.rs", OLD, right.as_str())];
            let (diff, found) = judge_with(&files, Some("Wrong."), gold.then_some(&right[..]));
            figures(&diff, &found, Mode::Trial)
        };
        let (a, b) = (measure(&plain, ""), measure(&more, file));
        prop_assert!(b.excess >= a.excess);
        if let Some(upper) = a.upper {
            prop_assert!(b.upper.is_some_and(|other| other >= upper - 1e-12), "{:?} {:?}", a.upper, b.upper);
        }
    }
}
