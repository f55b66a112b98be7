//! Whether a use of a name still fits what the name declares: number of arguments, members named, variants covered.
//!
//! A language plugs in with one row of [`RULES`] and a file that reads uses and declarations; what fits what is decided
//! here.
//!
//! Invariant: what is not understood fits.

mod javascript;
mod rust;

use std::ops::Range;

use crate::syntax::index::{Index, Symbol};
use crate::syntax::{Source, language_of};

/// How a language's uses and declarations are read.
pub(super) struct Rules {
    /// Languages by name.
    languages: &'static [&'static str],
    /// A name among the tokens of a macro, of which it is known that they are an expression.
    pub sure_in_macro: fn(&Source, usize) -> bool,
    /// How the name at a byte is used.
    use_of: fn(&Source, usize) -> Use,
    /// What a symbol asks of its uses.
    shape: fn(&Source, &Index, &Symbol) -> Shape,
    /// A name that is called must be called with no fewer and no more arguments; else more are borne.
    strict: bool,
}

static RULES: &[Rules] = &[
    Rules {
        languages: &["rust"],
        sure_in_macro: rust::sure_in_macro,
        use_of: rust::use_of,
        shape: rust::shape,
        strict: true,
    },
    Rules {
        languages: &["typescript", "tsx"],
        sure_in_macro: |_, _| false,
        use_of: javascript::use_of,
        shape: javascript::shape,
        strict: true,
    },
    Rules {
        languages: &["javascript"],
        sure_in_macro: |_, _| false,
        use_of: javascript::use_of,
        shape: javascript::shape,
        strict: false,
    },
];

/// The rules for a file; none for a language without.
pub(super) fn rules(path: &str) -> Option<&'static Rules> {
    let language = language_of(path)?;
    RULES.iter().find(|rules| rules.languages.contains(&language.name))
}

/// How a name is used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Use {
    /// Named, and nothing more is known.
    #[default]
    Named,
    /// Called.
    Call(Call),
    /// Handed on as a value.
    Value,
    /// Parts by name: a literal or a pattern.
    Parts {
        /// Their names.
        given: Vec<String>,
        /// There may be more.
        open: bool,
        /// Only what must be given counts: others may belong to what it extends.
        loose: bool,
    },
    /// Something that is to have what it asks for: names with numbers of parameters.
    Implementation {
        given: Vec<(String, Option<u16>)>,
        /// There may be more.
        open: bool,
        /// Of what is not asked for nothing may be there.
        closed: bool,
    },
    /// Arms over its variants.
    Arms(Vec<String>),
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Call {
    pub arguments: u16,
    /// There may be more or fewer (`...rest`).
    pub open: bool,
    /// The receiver may be the first argument (`Type::method(value)`).
    pub by_path: bool,
    /// Something is done with what it gives.
    pub consumed: bool,
    /// The function around it.
    pub around: Option<Range<usize>>,
}

/// What a declaration asks of its uses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shape {
    /// Least and most number of arguments.
    pub parameters: Option<(u16, Option<u16>)>,
    /// It has a receiver.
    pub receiver: bool,
    /// Parts by name, and whether they must be given.
    pub parts: Option<Vec<(String, bool)>>,
    /// What an implementation must (or may) have, with numbers of parameters.
    pub asked: Option<Vec<(String, bool, Option<u16>)>>,
    /// Variants.
    pub variants: Option<Vec<String>>,
    /// What its result is wrapped in (`Option`, `Result`, `Promise`).
    pub wrapped: Vec<&'static str>,
    /// Calling it as a value with other parameters is an error.
    pub exact_value: bool,
}

/// Reads the use of the name at a byte.
pub(super) fn use_of(path: &str, source: &Source, byte: usize) -> Use {
    rules(path).map_or(Use::Named, |rules| (rules.use_of)(source, byte))
}

/// Reads what a symbol asks for.
pub(super) fn shape(path: &str, source: &Source, index: &Index, symbol: &Symbol) -> Shape {
    rules(path).map_or_else(Shape::default, |rules| (rules.shape)(source, index, symbol))
}

/// Why a use does not fit a shape; none where it does. `path` is the file of the use.
pub(super) fn misfit(path: &str, used: &Use, shape: &Shape) -> Option<String> {
    let strict = rules(path).is_some_and(|rules| rules.strict);
    match used {
        Use::Call(call) => {
            let (least, most) = shape.parameters.filter(|_| !call.open)?;
            let extra = u16::from(call.by_path && shape.receiver);
            let (least, most) = (least + extra, most.map(|most| most + extra));
            let fits = call.arguments >= least && (!strict || most.is_none_or(|most| call.arguments <= most));
            let wanted = match most {
                Some(most) if most == least => least.to_string(),
                Some(most) => format!("{least} to {most}"),
                None => format!("at least {least}"),
            };
            (!fits).then(|| format!("called with {} arguments, takes {wanted}", call.arguments))
        }
        Use::Parts { given, open, loose } => {
            let parts = shape.parts.as_ref()?;
            let missing = parts.iter().find(|(name, must)| *must && !open && !given.contains(name));
            if let Some((name, _)) = missing {
                return Some(format!("without `{name}`"));
            }
            let known = |name: &&String| parts.iter().any(|(part, _)| part == *name);
            let extra = given.iter().find(|name| !loose && !known(name))?;
            Some(format!("with `{extra}`, which is not there"))
        }
        Use::Implementation { given, open, closed } => {
            let asked = shape.asked.as_ref()?;
            for (name, must, parameters) in asked {
                match given.iter().find(|(own, _)| own == name) {
                    None if *must && !open => return Some(format!("without `{name}`")),
                    Some((_, Some(own))) if parameters.is_some_and(|wanted| *closed && wanted != *own) => {
                        return Some(format!("`{name}` has other parameters"));
                    }
                    _ => {}
                }
            }
            let known = |(name, _): &&(String, Option<u16>)| asked.iter().any(|(own, ..)| own == name);
            let extra = given.iter().find(|one| *closed && !known(one))?;
            Some(format!("with `{}`, which is not asked for", extra.0))
        }
        Use::Arms(arms) => {
            let missing = shape.variants.as_ref()?.iter().find(|variant| !arms.contains(variant))?;
            Some(format!("no arm for `{missing}`"))
        }
        Use::Value | Use::Named => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The use of the name that stands right behind `^` in a text.
    fn used(path: &str, text: &str) -> Use {
        let at = text.find('^').unwrap();
        let text = text.replacen('^', "", 1);
        let source = Source::parse(language_of(path).unwrap(), text.into_bytes()).unwrap();
        use_of(path, &source, at)
    }

    fn told(path: &str, text: &str) -> String {
        match used(path, text) {
            Use::Named => "named".to_owned(),
            Use::Value => "value".to_owned(),
            Use::Call(call) => format!(
                "call {}{}{}{}",
                call.arguments,
                if call.open { " open" } else { "" },
                if call.by_path { " by path" } else { "" },
                if call.consumed { " consumed" } else { "" },
            ),
            Use::Parts { given, open, .. } => {
                format!("parts {}{}", given.join(" "), if open { " open" } else { "" })
            }
            Use::Implementation { given, .. } => {
                let all: Vec<String> =
                    given.iter().map(|(name, count)| format!("{name} {count:?}")).collect();
                format!("implementation {}", all.join(", "))
            }
            Use::Arms(arms) => format!("arms {}", arms.join(" ")),
        }
    }

    #[test]
    fn uses_in_rust() {
        let table: &[(&str, &str)] = &[
            ("fn f() { ^a(1, 2); }", "call 2"),
            ("fn f() { let x = ^a(1, g(2, 3)); }", "call 2 consumed"),
            ("fn f() { b::^a::<u8>(1); }", "call 1 by path"),
            ("fn f() { b.^a(1, 2, /* three */); }", "call 2"),
            ("fn f() { b.iter().map(^a); }", "value"),
            ("use b::^a;", "named"),
            ("fn f(x: ^A) {}", "named"),
            ("fn f() { ^A { x: 1, y }; }", "parts x y"),
            ("fn f() { ^A { x: 1, ..y }; }", "parts x open"),
            ("fn f() { let ^A { x, .. } = y; }", "parts x open"),
            ("impl ^T for A { fn a(&self, x: u8) {} const B: u8 = 1; }", "implementation a Some(1), B None"),
            ("fn f() { match x { ^E::A => 1, E::B(_) => 2 } }", "arms A B"),
            ("fn f() { match x { ^E::A => 1, _ => 2 } }", "named"),
            ("fn f() { match x { Some(^E::A) => 1, None => 2 } }", "named"),
            ("fn f() { assert_eq!(^a(1, (2, 3)), 4); }", "call 2 consumed"),
            ("fn f() { assert_eq!(b::^a(), 4); }", "call 0 by path consumed"),
        ];
        for (text, expected) in table {
            assert_eq!(told("a.rs", text), *expected, "{text}");
        }
    }

    #[test]
    fn names_in_macros() {
        let table: &[(&str, bool)] = &[
            ("fn f() { assert_eq!(^a(1), 2); }", true),
            ("fn f() { assert!(x.^a(1)); }", true),
            ("fn f() { assert!(x.iter().any(|^a| 1)); }", false),
            ("fn f() { assert_eq!(x, ^a); }", false),
            ("fn f() { assert_eq!(x, ^A); }", true),
            ("fn f() { println!(\"{A}\", ^A = 3); }", false),
            ("fn f() { println!(\"{}\", ^a::b); }", true),
            ("fn f() { println!(\"{a}\", ^a = 3); }", false),
            ("fn f() { made_up!(^a(1)); }", false),
        ];
        for (text, expected) in table {
            let at = text.find('^').unwrap();
            let source =
                Source::parse(language_of("a.rs").unwrap(), text.replacen('^', "", 1).into_bytes()).unwrap();
            assert_eq!(rust::sure_in_macro(&source, at), *expected, "{text}");
        }
    }

    #[test]
    fn uses_in_typescript() {
        let table: &[(&str, &str)] = &[
            ("^a(1, 2);", "call 2"),
            ("const x = ^a(1);", "call 1 consumed"),
            ("b.^a(...c);", "call 1 open"),
            ("const x = new ^A(1);", "call 1 consumed"),
            ("b.map(^a);", "value"),
            ("import { ^a } from './b';", "named"),
            ("const x: ^A = { p: 1, q };", "parts p q"),
            ("const x: ^A = { p: 1, ...q };", "parts p open"),
            ("const x: ^A = y;", "named"),
            ("class B implements ^A { m(x: number) {} p = 1; }", "implementation m Some(1), p None"),
            ("async function f() { const x = await ^a(1); }", "call 1"),
        ];
        for (text, expected) in table {
            assert_eq!(told("a.ts", text), *expected, "{text}");
        }
    }

    #[test]
    fn what_fits() {
        let call = |arguments, by_path| Use::Call(Call { arguments, by_path, ..Call::default() });
        let takes =
            |least, most, receiver| Shape { parameters: Some((least, most)), receiver, ..Shape::default() };
        let table = [
            ("a.rs", call(1, false), takes(1, Some(1), false), true),
            ("a.rs", call(1, false), takes(2, Some(2), false), false),
            ("a.rs", call(2, true), takes(1, Some(1), true), true),
            ("a.rs", call(1, true), takes(1, Some(1), true), false),
            ("a.ts", call(3, false), takes(1, None, false), true),
            ("a.ts", call(3, false), takes(1, Some(2), false), false),
            ("a.js", call(3, false), takes(1, Some(2), false), true),
            ("a.js", call(0, false), takes(1, Some(2), false), false),
        ];
        for (path, used, shape, fits) in table {
            assert_eq!(misfit(path, &used, &shape).is_none(), fits, "{path} {used:?} {shape:?}");
        }
    }
}
