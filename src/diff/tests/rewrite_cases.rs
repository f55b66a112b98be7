//! Elements that are written anew, and what beside them or in them stays a unit of its own.

use super::*;

/// A statement rewritten as a whole takes in neither the method before it nor the comments in it.
#[test]
fn a_rewritten_method_is_apart_from_the_next() {
    let old = "class Q {\n  order(by: E, way: W = 'asc'): Q {\n    const key = { by: expr(by), way };\n    return this.and(key);\n  }\n\n  \
               group(by: string[], made: Made): Q {\n    return this.with({\n      type: 'group',\n      by,\n      \
               made: entries(made).map(([name, text]) => ({\n        name,\n        aggregate: parse(text),\n      })),\n    });\n  }\n}\n";
    let new = "class Q {\n  order(by: E, way: W = 'asc', nulls?: N): Q {\n    const key = { by: expr(by), way, nulls };\n    return this.and(key);\n  }\n\n  \
               group(by: string[], made: Made): Q {\n    // Parse all\n    const parsed = entries(made).map(([column, source]) => {\n      \
               return {\n        name: column,\n        aggregate: parse(source),\n      };\n    });\n    \
               // Add the step\n    return this.with({ type: 'group', by, made: parsed });\n  }\n}\n";
    let shown = show(&of_path("src/a.ts", old, new));
    let own = [
        ("signature [class Q/method order]", "-> , nulls?: N"),
        ("body [class Q/method order]", "-> , nulls needs"),
        ("comment [class Q/method group]", "-> // Parse all"),
        ("comment [class Q/method group]", "-> // Add the step"),
    ];
    for (kind, text) in own {
        let is = |unit: &String| unit.starts_with(kind) && unit.contains(text) && !unit.contains('|');
        assert!(shown.iter().any(is), "{kind} {text}: {shown:#?}");
    }
}

/// The same in a class so long that its doubtful units cannot be tried one by one: what is safe stays apart all the same.
#[test]
fn a_rewritten_method_of_a_long_class() {
    let other =
        |i: usize| format!("  other{i}(a: number): number {{\n    return this.given(a, {i});\n  }}\n\n");
    let others: String = (0..110).map(other).collect();
    let class = |method: &str| format!("class Q {{\n{others}{method}}}\n");
    let old = class(
        "  group(by: string[], made: Made): Q {\n    return this.with({\n      type: 'group',\n      by,\n      \
         made: entries(made).map(([name, text]) => ({\n        name,\n        aggregate: parse(text),\n      })),\n    });\n  }\n",
    );
    let new = class(
        "  group(by: string[], made: Made): Q {\n    // Parse all\n    const parsed = entries(made).map(([column, source]) => {\n      \
         return {\n        name: column,\n        aggregate: parse(source),\n      };\n    });\n    \
         // Add the step\n    return this.with({ type: 'group', by, made: parsed });\n  }\n",
    );
    let shown = show(&of_path("src/a.ts", &old, &new));
    for text in ["-> // Parse all", "-> // Add the step"] {
        let is = |unit: &String| unit.starts_with("comment") && unit.contains(text);
        assert!(shown.iter().any(is), "{text}: {shown:#?}");
    }
}

/// What the grammar cannot read goes back as a whole: a half of it has errors that neither side has. `of_path` checks that.
#[test]
fn a_declaration_with_errors_goes_back_together() {
    let old = "export declare const a: {\n    fees?: x#Fees<undefined> | undefined;\n    id: 1;\n    name: \"A\";\n    \
               made: {\n        readonly first: \"x\";\n        readonly last: \"y\";\n    };\n    custom?: Record<string, unknown> | undefined;\n    \
               formatters?: undefined;\n    \
               serializers?: x#Serializers<undefined, x#Serializable> | undefined;\n};\n";
    let new = "export declare const a: x#Prettify<{\n    id: 1;\n    name: \"A\";\n    \
               made: {\n        readonly first: \"x\";\n        readonly last: \"y\";\n    };\n    \
               serializers?: x#Serializers<undefined, x#Serializable>;\n}, {\n    \
               [key in keyof T]: T[key];\n}>;\n";
    assert!(errors("src/a.ts", new.as_bytes()) > 0);
    assert_eq!(of_path("src/a.d.ts", old, new).units.len(), 1);
}

/// Where what the grammar cannot read is in two elements, one of them new, both go back together: one alone has it twice.
#[test]
fn what_has_errors_in_two_elements_goes_back_together() {
    let (old, new) = (include_str!("texts/create.old.tsx"), include_str!("texts/create.new.tsx"));
    assert_eq!(errors("src/a.tsx", new.as_bytes()), 2);
    assert_eq!(of_path("src/a.tsx", old, new).units.len(), 1);
}

/// A rewrite that no element holds, and that there is no money to try, takes in a comment that what comes back would be
/// put behind; `of_path` checks that.
#[test]
fn a_comment_at_the_end_of_a_line_goes_with_the_rewrite_around_it() {
    of_path("src/a.d.ts", include_str!("texts/walk.old.d.ts"), include_str!("texts/walk.new.d.ts"));
}

/// The same where a file's content moved away and the comment would end up in front of what is there now.
#[test]
fn a_comment_in_front_of_what_moved_away_goes_with_it() {
    let method =
        |i: usize| format!("    pub fn number{i}(&self) -> usize {{\n        self.0.len() + {i}\n    }}\n\n");
    let methods: String = (0..100).map(method).collect();
    let old = format!(
        "use std::fmt;\n\n/// A list.\npub struct List(Vec<u8>);\n\n// This goes when the trait is stable.\nimpl List {{\n{methods}}}\n"
    );
    of(&old, "pub use self::{\n    item::Item,\n    list::List,\n};\n\nmod item;\nmod list;\n");
}

/// The value at the end of a block comes back before the bracket of a new block, which may itself go, and is then followed
/// by a statement.
#[test]
fn a_value_does_not_come_back_into_a_block_that_may_go() {
    let old = "fn f(x: u8) {\n    let a = one(x);\n    two(a);\n    three(a + 1);\n    last(x)\n}\n";
    let new = "fn f(x: u8) {\n    {\n        let a = one(x);\n        two(a);\n        three(a + 1);\n    }\n    done(vec![1], 2);\n}\n";
    let diff = of(old, new);
    for a in 0..diff.units.len() {
        for b in 0..a {
            let closed: Vec<usize> = closure(&diff, &BTreeSet::from([a, b])).into_iter().collect();
            let text = without(&diff, &closed);
            assert_eq!(errors("src/a.rs", text.as_bytes()), 0, "{a} {b}: {text}");
        }
    }
}

/// Of two doubtful units, and of a doubtful and a safe one, some set has both, and some set each without the other.
#[test]
fn sets_have_every_two_together_and_apart() {
    for (doubtful, safe) in [(1, 2), (1, 9), (2, 1), (3, 0), (4, 3), (11, 0), (36, 20)] {
        let draft = |unit: usize| {
            let draft = units::Draft::of_file(0, UnitKind::Body, Role::Code, "");
            units::Draft { safe: unit >= doubtful, ..draft }
        };
        let drafts: Vec<units::Draft> = (0..doubtful + safe).map(draft).collect();
        let sets = check::sets(&drafts);
        assert!(sets.len() <= 9, "{doubtful} {safe}: {}", sets.len());
        for a in 0..doubtful {
            for b in (a + 1)..drafts.len() {
                let some = |has_a: bool, has_b: bool| {
                    sets.iter().any(|set| set.contains(&a) == has_a && set.contains(&b) == has_b)
                };
                assert!(
                    some(true, true) && some(true, false) && some(false, true),
                    "{doubtful} {safe}: {a} {b}"
                );
            }
        }
    }
}
