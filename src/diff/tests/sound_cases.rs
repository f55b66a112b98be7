//! Rewrites in which units could not be taken back alone or together. What the units are does not matter here.

use super::*;

/// `name`, old, new.
const RUST: &[(&str, &str, &str)] = &[
    (
        "a value takes over what stood before it",
        "fn f() -> P {\n    let mut v = g();\n\n    if k == 0 {\n        let s = n(0);\n\n        return P {\n            v,\n            s\n        };\n    }\n\n    let mut e = true;\n\n    while v.len() < k {\n        e = false;\n    }\n\n    let s = if e { a(k) } else { b };\n\n    P {\n        v,\n        s\n    }\n}\n",
        "fn f() -> P {\n    P {\n        v: g(),\n        s: a(k),\n    }\n}\n",
    ),
    (
        "a statement becomes a value",
        "fn f(&self) -> u8 {\n    if a {\n        for t in &x {\n            g(t);\n        }\n    };\n    h(1)\n}\n",
        "fn f(&self) -> u8 {\n    let o = if a {\n        for t in &x {\n            g(t);\n        }\n        1\n    } else {\n        2\n    };\n    o\n}\n",
    ),
    ("a separator behind an alias", "use a::{\n    b, c,\n};\n", "use a::{b, c as d};\n"),
    (
        "imports joined",
        "mod tests {\n    use crate::system::SystemName;\n    use crate::world::World;\n}\n",
        "mod tests {\n    use crate::{\n        system::{IntoSystem, RunSystemOnce, SystemName},\n        world::World,\n    };\n}\n",
    ),
    (
        "a value is bound",
        "fn f(&self) -> R {\n    match x {\n        A => g(1),\n        B => {\n            h();\n            g(2)\n        }\n    }\n}\n",
        "fn f(&self) -> R {\n    let e = match x {\n        A => k(1),\n        B => {\n            h();\n            k(2)\n        }\n    };\n\n    Ok(e)\n}\n",
    ),
    (
        "if let to match",
        "fn f() -> u8 {\n    if let Some(x) = g() {\n        h(x)\n    } else {\n        k()\n    }\n}\n",
        "fn f() -> u8 {\n    match g() {\n        Some(x) => h(x),\n        None => {\n            k()\n        }\n    }\n}\n",
    ),
    (
        "a comma in a macro",
        "fn f() {\n    assert_eq!(a, b);\n    v = vec![1, 2];\n}\n",
        "fn f() {\n    assert_eq!(\n        a,\n        b,\n    );\n    v = vec![\n        1,\n        2, 3,\n    ];\n}\n",
    ),
    (
        "blocks with attributes gone",
        "fn f() -> R {\n    #[cfg(a)]\n    {\n        x().y()\n    }\n    #[cfg(not(a))]\n    {\n        z()\n    }\n}\n",
        "fn f() -> R {\n    x().w()\n}\n",
    ),
    (
        "blocks with attributes",
        "fn f() -> R {\n    x().w()\n}\n",
        "fn f() -> R {\n    #[cfg(a)]\n    {\n        x().y()\n    }\n\n    #[cfg(not(a))]\n    {\n        let full = z();\n        let text = String::from(full);\n        Ok(text.to_string())\n    }\n}\n",
    ),
    (
        "a value is bound and followed",
        "fn f() -> R {\n    timeout(d, async {\n        loop {\n            g();\n        }\n    })\n    .await\n    .map_err(|_| E)?\n}\n",
        "fn f() -> R {\n    let acquired = timeout(d, async {\n        loop {\n            g();\n            h();\n        }\n    })\n    .await\n    .map_err(|_| E)??;\n\n    done(acquired);\n\n    Ok(acquired)\n}\n",
    ),
    (
        "a binding given up",
        "fn f() -> R {\n    a();\n\n    let e = match x {\n        A => return b(1),\n        B => return b(2),\n        _ => return N,\n    };\n\n    let e = g(e)?;\n    Ok(e)\n}\n",
        "fn f() -> R {\n    a();\n\n    let e;\n    match x {\n        A => return b(1),\n        B => return b(2),\n        _ => return N,\n    }\n\n    let e = g(e)?;\n    Ok(e)\n}\n",
    ),
];

#[test]
fn every_set_of_units_can_go() {
    let mut wrong = Vec::new();
    for (name, old, new) in RUST {
        for (old, new) in [(old, new), (new, old)] {
            let files = [file("src/a.rs", Some(old.as_bytes()), Some(new.as_bytes()))];
            let diff = diff(&files);
            for seed in 0..8 {
                let found = invariants::violations(&files, &diff, seed);
                wrong.extend(found.into_iter().map(|line| format!("{name}: {line}")));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The lists of a version that was read with the help of an earlier one are those of its text alone.
#[test]
fn copied_lists_are_the_lists_of_the_text() {
    for (name, old, new) in RUST {
        for (old, new) in [(old, new), (new, old)] {
            let aligned = engine::aligned("src/a.rs", old, new).unwrap();
            let alone = crate::syntax::Source::parse(aligned.new.language, new.as_bytes()).unwrap();
            assert_eq!(aligned.new.tokens, alone.tokens, "{name}");
            assert_eq!(aligned.new.nodes, alone.nodes, "{name}");
        }
    }
}
