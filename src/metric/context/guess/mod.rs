//! Names that nothing defines, as far as the tree's own text tells: for languages of which no compiler was asked.
//!
//! In: a [`Patched`]. Out: [`Invented`], marked heuristic. Only what the patch wrote is looked at: names that a module,
//! type or file of the tree does not hold, calls of bare names that nothing brings into scope, modules that are not there,
//! and packages that no manifest, lockfile or standard library names.
//!
//! Invariant: where something out of sight may define a name (a macro, a glob, a base class or trait from outside, a
//! condition, an attribute set at run time) nothing is said.

mod javascript;
mod known;
mod python;
mod rust;

pub(super) use python::dangling as python_dangling;

use std::collections::BTreeSet;

use super::Invented;
use super::patched::{Patched, Side};
use crate::syntax::{Source, language_of};

/// What a language's rules find in a file.
type Find = fn(&Patched, &str, &Source) -> Vec<Guess>;

/// A name that nothing defines.
struct Guess {
    byte: usize,
    symbol: String,
    /// `member`, `name`, `module` or `package`.
    rule: &'static str,
}

/// Languages by name, the compilers and checkers that know better, and the rules.
const RULES: &[(&[&str], &[&str], Find)] = &[
    (&["rust"], &["clippy"], rust::find),
    (&["typescript", "tsx"], &["tsc"], javascript::find),
    (&["javascript"], &[], javascript::find),
    (&["python"], &["mypy"], python::find),
];

/// Names that nothing defines in the changed files of languages for which none of `judged` speaks.
pub fn invented_by_text(patched: &Patched, judged: &BTreeSet<String>) -> Vec<Invented> {
    let mut found: Vec<Invented> = Vec::new();
    for pair in patched.diff.files.iter().filter(|pair| !pair.binary) {
        let Some(path) = pair.new.as_deref() else { continue };
        let Some(language) = language_of(path) else { continue };
        let rules = RULES.iter().find(|(languages, checkers, _)| {
            languages.contains(&language.name) && !checkers.iter().any(|name| judged.contains(*name))
        });
        let (Some((_, _, find)), Some(source)) = (rules, patched.source(Side::Result, path)) else {
            continue;
        };
        if patched.is_broken(path) {
            continue;
        }
        let mut said: BTreeSet<String> = BTreeSet::new();
        let mut guesses = find(patched, path, &source);
        guesses.sort_by_key(|guess| guess.byte);
        for Guess { byte, symbol, rule } in guesses {
            if patched.is_replaced(Side::Result, path, byte) || !said.insert(symbol.clone()) {
                continue;
            }
            let line = 1 + memchr::memchr_iter(b'\n', &source.bytes[..byte.min(source.bytes.len())]).count();
            found.push(Invented {
                file: path.to_owned(),
                line,
                symbol,
                rule: rule.to_owned(),
                heuristic: true,
            });
        }
    }
    found.sort();
    found
}

/// Names of the file's language can be told.
pub(super) fn knows(path: &str) -> bool {
    language_of(path)
        .is_some_and(|language| RULES.iter().any(|(languages, ..)| languages.contains(&language.name)))
}

/// Texts of files of the result by the end of their name, joined.
fn texts(patched: &Patched, wanted: impl Fn(&str) -> bool) -> String {
    let mut all = String::new();
    for path in patched.paths().iter().filter(|path| wanted(path.rsplit('/').next().unwrap_or(path))) {
        if let Some(blob) = patched.blob(path) {
            all.push_str(&String::from_utf8_lossy(&blob));
            all.push('\n');
        }
    }
    all
}

/// A file's name ends so.
fn ends(name: &str, ending: &str) -> bool {
    name.ends_with(ending)
}

/// The node above a node, and the field that it stands in there.
fn above(source: &Source, node: usize) -> Option<(usize, &'static str, u16)> {
    let parent = source.parent(node)?;
    Some((parent, source.kind_name(parent), source.nodes[node].field))
}

fn is_field(source: &Source, field: u16, name: &str) -> bool {
    field != 0 && field == source.language.field(name)
}

#[cfg(test)]
mod tests {
    use super::super::testing::both;
    use super::*;

    fn told(base: &[(&str, &str)], edits: &[(&str, Option<&str>)]) -> Vec<String> {
        both(base, edits, |patched| invented_by_text(patched, &BTreeSet::new()))
            .iter()
            .map(|one| format!("{}:{} {} ({})", one.file, one.line, one.symbol, one.rule))
            .collect()
    }

    const RUST: &[(&str, &str)] = &[
        ("Cargo.toml", "[package]\nname = \"shop\"\n\n[dependencies]\nserde-json = \"1\"\n"),
        ("src/lib.rs", "pub mod money;\npub mod safe;\npub mod till;\n"),
        ("src/safe.rs", "pub struct Lock;\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n"),
        (
            "src/money.rs",
            "#[derive(Debug, Clone)]\npub struct Money {\n    pub cents: i64,\n}\n\nimpl Money {\n    pub fn double(&self) -> Self {\n        Self { cents: self.cents * 2 }\n    }\n}\n\npub fn half(x: i64) -> i64 {\n    x / 2\n}\n",
        ),
        (
            "src/till.rs",
            "use crate::money::Money;\n\npub fn pay(money: &Money) -> i64 {\n    money.cents\n}\n",
        ),
    ];

    /// What is found when the body of `pay` is this.
    fn in_rust(uses: &str, body: &str) -> Vec<String> {
        let text = format!(
            "use crate::money::Money;\n{uses}\npub fn pay(money: &Money) -> i64 {{\n    {body}\n}}\n"
        );
        told(RUST, &[("src/till.rs", Some(&text))])
    }

    #[test]
    fn rust_names_that_are_not_there() {
        let table: &[(&str, &str, &[&str])] = &[
            ("", "money.triple()", &["src/till.rs:4 triple (member)"]),
            ("", "money.pence", &["src/till.rs:4 pence (member)"]),
            ("", "Money { cents: 1, pence: 2 }.cents", &["src/till.rs:4 pence (member)"]),
            ("", "Money::zero().cents", &["src/till.rs:4 zero (member)"]),
            ("", "crate::money::third(1)", &["src/till.rs:4 third (name)"]),
            ("use crate::money::third;", "third(1)", &["src/till.rs:2 third (name)"]),
            ("", "third(money.cents)", &["src/till.rs:4 third (name)"]),
            ("", "decimal::round(money.cents)", &["src/till.rs:4 decimal (package)"]),
            ("use decimal::Round;", "money.cents", &["src/till.rs:2 decimal (package)"]),
            ("use crate::cash::Coin;", "money.cents", &["src/till.rs:2 cash (name)"]),
            ("use crate::safe::Key;", "money.cents", &["src/till.rs:2 Key (name)"]),
        ];
        for (uses, body, expected) in table {
            assert_eq!(in_rust(uses, body), *expected, "{uses} {body}");
        }
    }

    #[test]
    fn rust_names_that_may_be_there() {
        for (uses, body) in [
            ("", "money.double().cents"),
            ("", "money.clone().cents"),
            ("", "crate::money::half(money.cents)"),
            ("use serde_json::Value;", "serde_json::from_str(\"1\").unwrap_or(money.cents)"),
            ("use std::cmp::max;", "max(money.cents, 3)"),
            ("use std::cmp::*;", "min(money.cents, 3)"),
            ("use std::{cmp::max, collections::BTreeMap};", "max(money.cents, 3)"),
            ("use std::{cmp, mem};", "cmp::max(money.cents, mem::size_of::<u8>() as i64)"),
            ("", "my_macro!(money.nothing())"),
            ("", "let f = |x: i64| x; f(money.cents)"),
            ("", "Some(money.cents).unwrap_or_default()"),
            ("", "String::new().len() as i64 + i64::from(3u8) + Vec::<u8>::new().len() as i64"),
        ] {
            assert_eq!(in_rust(uses, body), Vec::<String>::new(), "{uses} {body}");
        }
        // What is implemented by a macro, a derive or a trait from outside may have any method.
        for head in [
            "#[derive(Parser)]\npub struct Money",
            "impl outside::Shown for Money {}\n\npub struct Money",
            "impl std::ops::Deref for Money {\n    type Target = i64;\n    fn deref(&self) -> &i64 {\n        &self.cents\n    }\n}\n\npub struct Money",
            "make!(Money);\n\npub struct Money",
        ] {
            let money = RUST[3].1.replace("#[derive(Debug, Clone)]\npub struct Money", head);
            let base = [RUST[0], RUST[1], RUST[2], ("src/money.rs", &money[..]), RUST[4]];
            let till =
                "use crate::money::Money;\n\npub fn pay(money: &Money) -> i64 {\n    money.shown()\n}\n";
            assert_eq!(told(&base, &[("src/till.rs", Some(till))]), Vec::<String>::new(), "{head}");
        }
    }

    const TS: &[(&str, &str)] = &[
        ("package.json", "{\"name\": \"shop\", \"dependencies\": {\"left-pad\": \"1\"}}"),
        (
            "src/money.ts",
            "export class Money {\n  cents = 0;\n  double(): Money {\n    return this;\n  }\n}\n\nexport function half(x: number): number {\n  return x / 2;\n}\n\nexport enum Kind {\n  In,\n  Out,\n}\n",
        ),
        (
            "src/till.ts",
            "import { Money } from './money';\n\nexport function pay(money: Money) {\n  return money.cents;\n}\n",
        ),
    ];

    fn in_typescript(uses: &str, body: &str) -> Vec<String> {
        let text = format!(
            "import {{ Money }} from './money';\n{uses}\nexport function pay(money: Money) {{\n  {body}\n}}\n"
        );
        told(TS, &[("src/till.ts", Some(&text))])
    }

    #[test]
    fn typescript_names_that_are_not_there() {
        let table: &[(&str, &str, &[&str])] = &[
            ("", "return money.triple();", &["src/till.ts:4 triple (member)"]),
            ("import { third } from './money';", "return third(1);", &["src/till.ts:2 third (name)"]),
            ("import * as all from './money';", "return all.third(1);", &["src/till.ts:4 third (name)"]),
            (
                "import { Kind } from './money';",
                "return Kind.Sideways;",
                &["src/till.ts:4 Sideways (member)"],
            ),
            ("import { x } from './nowhere';", "return x;", &["src/till.ts:2 ./nowhere (module)"]),
            ("import { x } from 'right-pad';", "return x;", &["src/till.ts:2 right-pad (package)"]),
            ("", "return roundHalf(money.cents);", &["src/till.ts:4 roundHalf (name)"]),
        ];
        for (uses, body, expected) in table {
            assert_eq!(in_typescript(uses, body), *expected, "{uses} {body}");
        }
    }

    #[test]
    fn typescript_names_that_may_be_there() {
        for (uses, body) in [
            ("import { half } from './money';", "return half(money.double().cents);"),
            ("import pad from 'left-pad';", "return pad(money.cents);"),
            ("import { readFile } from 'node:fs/promises';", "return readFile('x');"),
            ("import fs from 'fs';", "return fs.nothing();"),
            ("import data from './data.json';", "return money.toString();"),
            ("", "return parseInt('3') + structuredClone(money).cents;"),
            ("", "const f = () => 1; return f();"),
            ("", "return (money as any).anything();"),
        ] {
            let text = format!(
                "import {{ Money }} from './money';\n{uses}\nexport function pay(money: Money) {{\n  {body}\n}}\n"
            );
            let base = [TS[0], TS[1], TS[2], ("src/data.json", "{}")];
            assert_eq!(told(&base, &[("src/till.ts", Some(&text))]), Vec::<String>::new(), "{uses} {body}");
        }
    }

    const PYTHON: &[(&str, &str)] = &[
        ("pyproject.toml", "[project]\nname = \"shop\"\ndependencies = [\"requests\"]\n"),
        ("shop/__init__.py", ""),
        (
            "shop/money.py",
            "class Money:\n    def __init__(self, cents):\n        self.cents = cents\n\n    def double(self):\n        return Money(self.cents * 2)\n\n\ndef half(x):\n    return x // 2\n",
        ),
        ("shop/till.py", "from .money import Money\n\n\ndef pay(money):\n    return money.cents\n"),
    ];

    #[test]
    fn python_names() {
        let table: &[(&str, &str, &[&str])] = &[
            ("from .money import third", "third(money.cents)", &["shop/till.py:2 third (name)"]),
            ("from shop import money as m", "m.third(1)", &["shop/till.py:5 third (name)"]),
            ("from .cash import Coin", "Coin()", &["shop/till.py:2 .cash (module)"]),
            ("import pendulum_x", "pendulum_x.now()", &["shop/till.py:2 pendulum_x (package)"]),
            ("", "round_half(money.cents)", &["shop/till.py:5 round_half (name)"]),
            ("", "Money(3).triple()", &["shop/till.py:5 triple (member)"]),
            ("from .money import half", "half(money.cents)", &[]),
            ("import requests, os.path", "requests.get(os.path.join('a'))", &[]),
            ("from shop import money as m", "m.half(1)", &[]),
            ("", "[x for x in range(3)] + list(map(str, money.anything()))", &[]),
            ("try:\n    import ujson\nexcept ImportError:\n    ujson = None", "ujson", &[]),
        ];
        for (uses, body, expected) in table {
            let text = format!("from .money import Money\n{uses}\n\ndef pay(money):\n    return {body}\n");
            assert_eq!(told(PYTHON, &[("shop/till.py", Some(&text))]), *expected, "{uses} {body}");
        }
    }

    #[test]
    fn python_names_that_were_taken_away() {
        let told = |edits: &[(&str, Option<&str>)]| -> Vec<String> {
            let found = both(PYTHON, edits, python_dangling);
            found.iter().map(|one| format!("{}:{} {}", one.file, one.line, one.symbol)).collect()
        };
        let money = PYTHON[2].1.replace("class Money", "class Coins").replace("return Money", "return Coins");
        assert_eq!(told(&[("shop/money.py", Some(&money))]), ["shop/till.py:1 Money"]);
        let left = PYTHON[2].1.replace("class Money", "class Coins");
        assert_eq!(
            told(&[("shop/money.py", Some(&left))]),
            ["shop/money.py:6 Money", "shop/till.py:1 Money"]
        );
        assert_eq!(told(&[("shop/money.py", None)]), ["shop/till.py:1 .money"]);
        // A name that an import brings from elsewhere under another is no use of it.
        let taken = PYTHON[3].1.replace("from .money import Money", "from .money import Money as _Money");
        let taken = format!("{taken}\n\n_Money(3)\n");
        assert_eq!(told(&[("shop/till.py", Some(&taken))]), Vec::<String>::new());
        let till = PYTHON[3].1.replace("Money", "Coins");
        assert_eq!(
            told(&[("shop/money.py", Some(&money)), ("shop/till.py", Some(&till))]),
            Vec::<String>::new()
        );
    }
}
