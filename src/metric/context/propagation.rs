//! How far a patch carries what it changes: of the references to what it declared anew, those that follow.
//!
//! `propagation` = references edited, removed, or still fitting ÷ all references, over the base's references to every
//! symbol whose declaration the patch changed (name, parameters, result, visibility, fields, variants). A reference fits
//! where it leads to the symbol and its arguments, parts, arms or members are those of the new declaration. A result that
//! is now wrapped (`Option`, `Result`, `Promise`, `async`) or no longer is fits where nothing is done with it, or where the
//! function around was edited too.
//!
//! Invariant: only references of which the index is sure are counted; what did not fit before is no one's fault now.

use super::declared::{Declaration, declarations};
use super::fate::Fate;
use super::fit::{self, Use};
use super::patched::{Patched, Side};
use super::{Left, Propagation};
use crate::syntax::index::{Certainty, Reference, Symbol, below, inner_folder};

/// Counts references to changed declarations, and those that were carried along.
pub fn propagation(patched: &Patched) -> Propagation {
    let mut found = Propagation::default();
    for declaration in declarations(patched) {
        let Some(old) = patched.base.symbol(declaration.base) else { continue };
        if fit::rules(old.file).is_none() || patched.is_replaced(Side::Base, old.file, old.name_range.start) {
            continue;
        }
        for reference in patched.uses(declaration.base) {
            found.references += 1;
            match left_behind(patched, &declaration, &old, &reference) {
                Some(left) => found.left.push(left),
                None => found.carried += 1,
            }
        }
    }
    found.left.sort();
    found.left.dedup();
    found
}

fn left_behind(
    patched: &Patched,
    declaration: &Declaration,
    old: &Symbol,
    reference: &Reference,
) -> Option<Left> {
    let Fate::Kept(file, range) = patched.fate(reference.file, &reference.range) else { return None };
    let (before, after) = (patched.source(Side::Base, reference.file)?, patched.source(Side::Result, file)?);
    let line = 1 + memchr::memchr_iter(b'\n', &after.bytes[..range.start.min(after.bytes.len())]).count();
    let left = |why: String| Some(Left { symbol: old.name.to_owned(), file: file.to_owned(), line, why });
    let answers = patched.answers(file, range.start);
    let leads = answers.iter().find(|one| leads_to(Some(*one), declaration)).or(answers.first());
    let new = declaration.result.and_then(|id| patched.result.symbol(id));
    let Some(new) = new.filter(|_| !declaration.renamed || leads_to(leads, declaration)) else {
        let elsewhere = match leads {
            // Where no name is read any more, the word is the new one's alias, or no reference at all.
            None | Some(Certainty::Resolved(_) | Certainty::Unknown { external: true }) => true,
            // The members of this name that other types had before are no answer.
            Some(Certainty::Ambiguous(many)) => many.iter().any(|id| patched.is_new(*id)),
            Some(Certainty::Unknown { external: false }) => false,
        };
        let what = if declaration.renamed { "has another name now" } else { "is gone" };
        return if elsewhere { None } else { left(format!("`{}` {what}", old.name)) };
    };
    if matches!(leads, Some(Certainty::Unknown { external: false }))
        && (declaration.moved || old.exported && !new.exported)
    {
        return left(format!("`{}` cannot be reached from here", old.name));
    }
    if old.exported && !new.exported && !sees_private(&new, file) {
        return left(format!("`{}` is private now", old.name));
    }
    let (used_before, used) =
        (fit::use_of(reference.file, &before, reference.range.start), fit::use_of(file, &after, range.start));
    let shape_of = |side, symbol: &Symbol| {
        let index = if side == Side::Base { patched.base } else { patched.result };
        patched.source(side, symbol.file).map(|source| fit::shape(symbol.file, &source, index, symbol))
    };
    let (asked_before, asked) = (shape_of(Side::Base, old)?, shape_of(Side::Result, &new)?);
    if fit::misfit(reference.file, &used_before, &asked_before).is_some() {
        return None;
    }
    if let Some(why) = fit::misfit(file, &used, &asked) {
        return left(why);
    }
    let handed_on = asked.exact_value && used == Use::Value && asked.parameters != asked_before.parameters;
    if handed_on {
        return left("handed on as a value, with other parameters".to_owned());
    }
    if let (Use::Call(call), Use::Call(was)) = (&used, &used_before)
        && call.consumed
        && unwrapped_differs(&asked_before.wrapped, &asked.wrapped)
        && was.around.as_ref().is_some_and(|around| !patched.touched(reference.file, around))
    {
        return left("what it gives is wrapped otherwise".to_owned());
    }
    None
}

/// From or to a plain value; from one wrapping to another much goes on as before (`?`, `map`, `unwrap`).
fn unwrapped_differs(before: &[&str], after: &[&str]) -> bool {
    before.is_empty() != after.is_empty()
}

fn leads_to(leads: Option<&Certainty>, declaration: &Declaration) -> bool {
    match (leads, declaration.result) {
        (Some(Certainty::Resolved(id)), Some(result)) => *id == result,
        (Some(Certainty::Ambiguous(many)), Some(result)) => many.contains(&result),
        _ => false,
    }
}

/// A file may use what is private to another: it is that file, or a module inside its own.
fn sees_private(symbol: &Symbol, file: &str) -> bool {
    symbol.file == file || inner_folder(symbol.file).is_some_and(|folder| below(file, &folder).is_some())
}

#[cfg(test)]
mod tests {
    use super::super::testing::both;
    use super::*;

    /// `carried/all` and what was left behind, of one edit.
    fn told(base: &[(&str, &str)], edits: &[(&str, Option<&str>)]) -> String {
        let found = both(base, edits, propagation);
        let left: Vec<String> = found
            .left
            .iter()
            .map(|one| format!("{}:{} {}: {}", one.file, one.line, one.symbol, one.why))
            .collect();
        let share = found.share().map_or("null".to_owned(), |share| format!("{share:.2}"));
        format!("{share} of {}: {}", found.references, left.join("; "))
    }

    const MONEY: &str = "pub fn half(x: u32) -> u32 {\n    x / 2\n}\n";
    const USES: &str = "use crate::a::half;\n\npub fn one() -> u32 {\n    half(1)\n}\n\npub fn two() -> u32 {\n    let x = half(2);\n    assert_eq!(half(2), 1);\n    x + 1\n}\n";

    fn rust(a: &str, b: &str, new_a: &str, new_b: &str) -> String {
        let base = [
            ("Cargo.toml", "[package]\nname = \"x\"\n"),
            ("src/lib.rs", "mod a;\nmod b;\n"),
            ("src/a.rs", a),
            ("src/b.rs", b),
        ];
        told(&base, &[("src/a.rs", Some(new_a)), ("src/b.rs", Some(new_b))])
    }

    #[test]
    fn a_function_of_rust() {
        let table: &[(&str, &str, &str)] = &[
            // Only its body: nothing was declared anew.
            ("x / 2", "x >> 1", "null of 0: "),
            ("x: u32", "x: u64", "1.00 of 4: "),
            (
                "x: u32",
                "x: u32, up: bool",
                "0.25 of 4: src/b.rs:4 half: called with 1 arguments, takes 2; src/b.rs:8 half: called with 1 arguments, takes 2; src/b.rs:9 half: called with 1 arguments, takes 2",
            ),
            (
                "-> u32 {\n    x / 2",
                "-> Option<u32> {\n    Some(x / 2)",
                "0.75 of 4: src/b.rs:8 half: what it gives is wrapped otherwise",
            ),
            (
                "half",
                "halve",
                "0.00 of 4: src/b.rs:1 half: `half` has another name now; src/b.rs:4 half: `half` has another name now; src/b.rs:8 half: `half` has another name now; src/b.rs:9 half: `half` has another name now",
            ),
            (
                "pub fn",
                "fn",
                "0.00 of 4: src/b.rs:1 half: `half` is private now; src/b.rs:4 half: `half` is private now; src/b.rs:8 half: `half` is private now; src/b.rs:9 half: `half` is private now",
            ),
        ];
        for (from, to, expected) in table {
            assert_eq!(rust(MONEY, USES, &MONEY.replace(from, to), USES), *expected, "{to}");
        }
        let carried = USES.replace("half(1)", "half(1, true)").replace("half(2)", "half(2, false)");
        assert_eq!(rust(MONEY, USES, &MONEY.replace("x: u32", "x: u32, up: bool"), &carried), "1.00 of 4: ");
        let renamed = USES.replace("half", "halve");
        assert_eq!(rust(MONEY, USES, &MONEY.replace("half", "halve"), &renamed), "1.00 of 4: ");
    }

    #[test]
    fn types_of_rust() {
        let a = "pub struct Fee {\n    pub rate: u32,\n}\n\npub enum Kind {\n    In,\n    Out,\n}\n\npub trait Shown {\n    fn show(&self) -> String;\n}\n";
        let b = "use crate::a::{Fee, Kind, Shown};\n\nimpl Shown for Fee {\n    fn show(&self) -> String {\n        String::new()\n    }\n}\n\npub fn sign(kind: &Kind) -> i32 {\n    match kind {\n        Kind::In => 1,\n        Kind::Out => -1,\n    }\n}\n\npub fn fee() -> Fee {\n    Fee { rate: 2 }\n}\n";
        let table: &[(&str, &str, &str)] = &[
            (
                "    pub rate: u32,\n",
                "    pub rate: u32,\n    pub least: u32,\n",
                "0.75 of 4: src/b.rs:17 Fee: without `least`",
            ),
            (
                "    Out,\n",
                "    Out,\n    Void,\n",
                "0.50 of 4: src/b.rs:11 Kind: no arm for `Void`; src/b.rs:12 Kind: no arm for `Void`",
            ),
            (
                "    fn show(&self) -> String;\n",
                "    fn show(&self) -> String;\n    fn name(&self) -> String;\n",
                "0.50 of 2: src/b.rs:3 Shown: without `name`",
            ),
            (
                "    fn show(&self) -> String;\n",
                "    fn show(&self) -> String;\n    fn name(&self) -> String {\n        self.show()\n    }\n",
                "1.00 of 2: ",
            ),
            (
                "    fn show(&self) -> String;\n",
                "    fn show(&self, wide: bool) -> String;\n",
                "0.50 of 2: src/b.rs:3 Shown: `show` has other parameters",
            ),
        ];
        for (from, to, expected) in table {
            assert_eq!(rust(a, b, &a.replace(from, to), b), *expected, "{to}");
        }
    }

    #[test]
    fn typescript() {
        let a = "export function half(x: number): number {\n  return x / 2;\n}\n\nexport interface Fee {\n  rate: number;\n}\n\nexport class Till {\n  constructor(readonly name: string) {}\n}\n";
        let b = "import { half, Fee, Till } from './a';\n\nconst fee: Fee = { rate: 1 };\n\nexport function pay() {\n  const till = new Till('a');\n  return half(fee.rate) + 1;\n}\n";
        let base = [("src/a.ts", a), ("src/b.ts", b)];
        let table: &[(&str, &str, &str)] = &[
            ("x: number)", "x: number, up = false)", "1.00 of 2: "),
            (
                "x: number)",
                "x: number, up: boolean)",
                "0.50 of 2: src/b.ts:7 half: called with 1 arguments, takes 2",
            ),
            (
                "export function half(x: number): number",
                "export async function half(x: number): Promise<number>",
                "0.50 of 2: src/b.ts:7 half: what it gives is wrapped otherwise",
            ),
            (
                "  rate: number;\n",
                "  rate: number;\n  least: number;\n",
                "0.50 of 2: src/b.ts:3 Fee: without `least`",
            ),
            ("  rate: number;\n", "  rate: number;\n  least?: number;\n", "1.00 of 2: "),
            (
                "readonly name: string",
                "readonly name: string, readonly open: boolean",
                "0.50 of 2: src/b.ts:6 Till: called with 1 arguments, takes 2",
            ),
        ];
        for (from, to, expected) in table {
            assert_eq!(told(&base, &[("src/a.ts", Some(&a.replace(from, to)))]), *expected, "{to}");
        }
    }

    /// The old name stands on as the one under which the new is known outside.
    #[test]
    fn a_new_name_under_the_old_one() {
        let a = "export function half(x: number): number {\n  return x / 2;\n}\n";
        let base = [
            ("src/a.ts", a),
            ("src/index.ts", "export { half } from './a';\n"),
            ("src/b.ts", "import { half } from './a';\n\nexport const one = half(2);\n"),
        ];
        let halve = a.replace("half", "halve");
        let table: &[(&str, &str, &str)] = &[
            (
                "export { halve as half } from './a';\n",
                "import { halve as half } from './a';\n\nexport const one = half(2);\n",
                "1.00 of 3: ",
            ),
            (
                "export { half } from './a';\n",
                "import { halve } from './a';\n\nexport const one = halve(2);\n",
                "0.67 of 3: src/index.ts:1 half: `half` has another name now",
            ),
        ];
        for (index, b, expected) in table {
            let edits =
                [("src/a.ts", Some(&halve[..])), ("src/index.ts", Some(index)), ("src/b.ts", Some(b))];
            assert_eq!(told(&base, &edits), *expected, "{index}");
        }
        let lib = "mod a;\nmod b;\n\npub use a::half;\n";
        let base = [
            ("Cargo.toml", "[package]\nname = \"x\"\n"),
            ("src/lib.rs", lib),
            ("src/a.rs", MONEY),
            ("src/b.rs", USES),
        ];
        let halve = MONEY.replace("half", "halve");
        let renamed = lib.replace("a::half", "a::halve as half");
        let uses = USES.replace("a::half", "a::halve as half");
        let edits =
            [("src/a.rs", Some(&halve[..])), ("src/lib.rs", Some(&renamed)), ("src/b.rs", Some(&uses))];
        assert_eq!(told(&base, &edits), "1.00 of 5: ");
    }

    /// A method among the tokens of a macro counts where the type of what it is called on is known.
    #[test]
    fn methods_in_macros() {
        let a = "pub struct Till(u32);\n\nimpl Till {\n    pub fn open() -> Till {\n        Till(1)\n    }\n\n    pub fn count(&self) -> u32 {\n        self.0\n    }\n}\n";
        let b = "use crate::a::Till;\n\npub fn f(till: &Till, any: impl Outside) {\n    assert_eq!(till.count(), any.count());\n    assert!(Till::open().count() > 0);\n}\n";
        let renamed = a.replace("count", "total");
        let left = "0.00 of 2: src/b.rs:4 count: `count` has another name now; src/b.rs:5 count: `count` has another name now";
        assert_eq!(rust(a, b, &renamed, b), left);
        let carried = b.replace("till.count", "till.total").replace(").count", ").total");
        assert_eq!(rust(a, b, &renamed, &carried), "1.00 of 2: ");
    }
}
