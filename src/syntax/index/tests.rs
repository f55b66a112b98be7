//! What names lead to, on small trees. A mark `/*1*/` stands before a name; a table says what it leads to.

use super::{Cache, Certainty, Index};
use crate::patch::memory::Files;

/// What the name behind a mark leads to: `file:line name`, candidates joined by ` | `, `external` or `unknown`.
fn leads(index: &Index, files: &[(&str, &str)], mark: &str) -> String {
    let (file, at) = files
        .iter()
        .find_map(|(file, text)| text.find(mark).map(|at| (*file, at + mark.len())))
        .unwrap_or_else(|| panic!("no mark {mark}"));
    let show = |id| {
        let found = index.symbol(id).expect("a definition of this index");
        if found.name == found.file {
            return found.file.to_owned();
        }
        format!("{}:{} {}", found.file, found.line, found.name)
    };
    let Some(reference) = index.references_in(file).find(|found| found.range.start == at) else {
        return "no reference".to_owned();
    };
    match reference.certainty {
        Certainty::Resolved(id) => show(id),
        Certainty::Ambiguous(many) => {
            format!("? {}", many.into_iter().map(show).collect::<Vec<_>>().join(" | "))
        }
        Certainty::Unknown { external: true } => "external".to_owned(),
        Certainty::Unknown { external: false } => "unknown".to_owned(),
    }
}

#[track_caller]
pub(super) fn check(files: &[(&str, &str)], table: &[(&str, &str)]) {
    let index = Index::read(&Files::of(files), &mut Cache::default());
    let found: Vec<(&str, String)> =
        table.iter().map(|(mark, _)| (*mark, leads(&index, files, mark))).collect();
    let expected: Vec<(&str, String)> = table.iter().map(|(mark, to)| (*mark, (*to).to_owned())).collect();
    assert_eq!(found, expected);
}

const WORKSPACE: &[(&str, &str)] = &[
    ("Cargo.toml", "[workspace]\nmembers = [\"core\", \"app\"]\n"),
    ("core/Cargo.toml", "[package]\nname = \"the-core\"\n"),
    (
        "core/src/lib.rs",
        "pub mod money;\nmod book;\npub use book::{Book as Ledger, page::*};\npub use /*1*/money::/*2*/Money;\n#[macro_export]\nmacro_rules! cents { () => {} }\n",
    ),
    (
        "core/src/money.rs",
        "pub struct Money { pub cents: i64, }\nimpl Money {\n    pub fn new(cents: i64) -> Self { Self { /*a*/cents: /*b*/cents } }\n    pub fn double(&self) -> Money { let other = self./*c*/cents * 2; Money::/*d*/new(/*e*/other) }\n    pub fn len(&self) -> usize { self./*f*/double()./*g*/cents as usize }\n}\npub trait Show { fn show(&self); fn twice(&self) { self./*h*/show(); self.show() } }\nimpl Show for Money { fn show(&self) {} }\n",
    ),
    (
        "core/src/book.rs",
        "use super::/*i*/Money as M;\npub struct Book(M);\npub mod page { pub fn turn() {} pub enum Side { Left, Right } }\nfn f(x: &/*j*/M, any: impl Fn()) { x./*k*/double(); x./*l*/twice(); any./*m*/double(); page::/*n*/turn(); }\n",
    ),
    ("app/Cargo.toml", "[package]\nname = \"app\"\n"),
    (
        "app/src/main.rs",
        "use the_core::{/*o*/Ledger, Side::{self, Left}, money};\nuse std::fmt::/*p*/Display;\nfn main() {\n    let side = Side::/*q*/Right;\n    if let Some(side) = Some(1) { /*r*/side; } else { /*s*/side; }\n    match side { /*t*/Left => {}, other => { /*u*/other; } }\n    the_core::/*v*/cents!();\n    println!(\"{}\", /*w*/side);\n    money::/*x*/Money::/*y*/nothing();\n    let side = /*z*/side;\n    /*A*/turn();\n    the_core::/*B*/turn();\n    /*C*/Vec::new();\n}\n",
    ),
];

#[test]
fn names_of_rust_lead_to_definitions() {
    check(
        WORKSPACE,
        &[
            ("/*1*/", "core/src/lib.rs:1 money"),
            ("/*2*/", "core/src/money.rs:1 Money"),
            ("/*a*/", "core/src/money.rs:1 cents"),
            ("/*b*/", "core/src/money.rs:3 cents"),
            ("/*c*/", "core/src/money.rs:1 cents"),
            ("/*d*/", "core/src/money.rs:3 new"),
            ("/*e*/", "core/src/money.rs:4 other"),
            ("/*f*/", "core/src/money.rs:4 double"),
            ("/*g*/", "core/src/money.rs:1 cents"),
            ("/*h*/", "core/src/money.rs:7 show"),
            ("/*i*/", "core/src/money.rs:1 Money"),
            ("/*j*/", "core/src/money.rs:1 Money"),
            ("/*k*/", "core/src/money.rs:4 double"),
            ("/*l*/", "core/src/money.rs:7 twice"),
            ("/*m*/", "? core/src/money.rs:4 double"),
            ("/*n*/", "core/src/book.rs:3 turn"),
            ("/*o*/", "core/src/book.rs:2 Book"),
            ("/*p*/", "external"),
            ("/*q*/", "core/src/book.rs:3 Right"),
            ("/*r*/", "app/src/main.rs:5 side"),
            ("/*s*/", "app/src/main.rs:4 side"),
            ("/*t*/", "core/src/book.rs:3 Left"),
            ("/*u*/", "app/src/main.rs:6 other"),
            ("/*v*/", "core/src/lib.rs:6 cents"),
            ("/*w*/", "? app/src/main.rs:4 side"),
            ("/*x*/", "core/src/money.rs:1 Money"),
            ("/*y*/", "unknown"),
            ("/*z*/", "app/src/main.rs:4 side"),
            ("/*A*/", "unknown"),
            ("/*B*/", "core/src/book.rs:3 turn"),
            ("/*C*/", "unknown"),
        ],
    );
}

#[test]
fn references_go_both_ways() {
    let index = Index::read(&Files::of(WORKSPACE), &mut Cache::default());
    let money = index.definitions_named("Money").next().expect("a definition");
    let places: Vec<String> =
        index.references_to(money.id).map(|found| format!("{}:{}", found.file, found.line)).collect();
    assert_eq!(
        places,
        [
            "app/src/main.rs:9",
            "core/src/book.rs:1",
            "core/src/lib.rs:4",
            "core/src/money.rs:2",
            "core/src/money.rs:4",
            "core/src/money.rs:4",
            "core/src/money.rs:8",
            "core/src/book.rs:2",
            "core/src/book.rs:4",
            "core/src/money.rs:3",
            "core/src/money.rs:3",
        ]
    );
    assert_eq!(index.enclosing("core/src/money.rs", 60).map(|found| found.name), Some("new"));
    assert_eq!(index.members(money.id).map(|found| found.name).collect::<Vec<_>>(), ["cents"]);
    assert_eq!(index.importers_of("core/src/money.rs").count(), 3);
}

#[test]
fn nothing_that_names_a_word_is_left_out() {
    let files = [
        (
            "src/lib.rs",
            "#[serde(default = \"half\")]\nstruct A;\nmacro_rules! m { () => { half() } }\nfn f() { g!(half); \"by half\"; }\n// half\n",
        ),
        ("src/broken.rs", "fn )( half {{ \n"),
        ("setup.toml", "entry = \"half\"\nhalfway = 1\n"),
        ("notes.md", "behalf\n"),
    ];
    let tree = Files::of(&files);
    let index = Index::read(&tree, &mut Cache::default());
    let places: Vec<String> =
        index.references_named("half").map(|found| format!("{}:{}", found.file, found.line)).collect();
    assert_eq!(places, ["src/broken.rs:1", "src/lib.rs:3", "src/lib.rs:4", "src/lib.rs:1", "src/lib.rs:4"]);
    assert_eq!(index.other_files_naming(&tree, "half"), ["setup.toml"]);
}

#[test]
fn equal_files_are_read_once() {
    let mut cache = Cache::default();
    Index::read(&Files::of(WORKSPACE), &mut cache);
    let known = cache.len();
    let mut changed = WORKSPACE.to_vec();
    changed[3].1 = "pub struct Money;\n";
    let index = Index::read(&Files::of(&changed), &mut cache);
    assert_eq!(cache.len(), known + 1);
    assert_eq!(index.definitions_named("double").count(), 0);
}

const PACKAGES: &[(&str, &str)] = &[
    ("package.json", r#"{"name": "shop", "workspaces": ["packages/*"]}"#),
    ("tsconfig.json", r#"{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"]}}}"#),
    (
        "src/money.ts",
        "export class Money {\n  constructor(private cents: number) {}\n  get whole(): Money { return this./*a*/cents ? this : this; }\n  double(): Money { return new /*b*/Money(this.cents); }\n  static zero = new Money(0);\n}\nexport interface Show { show(): void }\nexport enum Side { Left, Right }\nexport namespace Deep { export const inner = 1; }\nexport default function price() {}\nexport type Alias = Show;\n",
    ),
    (
        "src/index.ts",
        "export * from './money';\nexport { /*c*/Money as Coin, default as cost } from '@/money';\nexport * as all from './money';\n",
    ),
    (
        "src/app.tsx",
        "import { /*d*/Coin, Side, cost as c, all } from '.';\nimport * as money from './money.js';\nimport tool, { helper } from '@shop/tools';\nimport React from 'react';\nfunction f(x: Coin, show: money./*e*/Alias, any: any) {\n  x./*f*/double()./*g*/whole; show./*h*/show(); any./*i*/double();\n  /*j*/Side./*k*/Right; money./*l*/Money./*m*/zero; all.Deep./*n*/inner;\n  const x2 = new /*o*/Coin(1); x2./*p*/double(); /*q*/c(); /*r*/tool; /*s*/helper; /*t*/React;\n  { const c = 1; /*u*/c; }\n  return <View.Part a={/*v*/x} />;\n}\nconst View = { Part: 1 };\n",
    ),
    ("packages/tools/package.json", r#"{"name": "@shop/tools", "main": "dist/index.js"}"#),
    (
        "packages/tools/src/index.js",
        "const old = require('./old');\nconst { used: mine } = require('./old');\nmodule.exports = tool;\nfunction tool() { old./*w*/used(); /*x*/mine; }\nmodule.exports.helper = () => 1;\n",
    ),
    ("packages/tools/src/old.js", "exports.used = function () {};\n"),
];

#[test]
fn names_of_typescript_and_javascript_lead_to_definitions() {
    check(
        PACKAGES,
        &[
            ("/*a*/", "src/money.ts:2 cents"),
            ("/*b*/", "src/money.ts:1 Money"),
            ("/*c*/", "src/money.ts:1 Money"),
            ("/*d*/", "src/money.ts:1 Money"),
            ("/*e*/", "src/money.ts:11 Alias"),
            ("/*f*/", "src/money.ts:4 double"),
            ("/*g*/", "src/money.ts:3 whole"),
            ("/*h*/", "src/money.ts:7 show"),
            ("/*i*/", "? src/money.ts:4 double"),
            ("/*j*/", "src/money.ts:8 Side"),
            ("/*k*/", "src/money.ts:8 Right"),
            ("/*l*/", "src/money.ts:1 Money"),
            ("/*m*/", "src/money.ts:5 zero"),
            ("/*n*/", "src/money.ts:9 inner"),
            ("/*o*/", "src/money.ts:1 Money"),
            ("/*p*/", "src/money.ts:4 double"),
            ("/*q*/", "src/money.ts:10 price"),
            ("/*r*/", "packages/tools/src/index.js:4 tool"),
            ("/*s*/", "packages/tools/src/index.js:5 helper"),
            ("/*t*/", "external"),
            ("/*u*/", "src/app.tsx:9 c"),
            ("/*v*/", "src/app.tsx:5 x"),
            ("/*w*/", "packages/tools/src/old.js:1 used"),
            ("/*x*/", "packages/tools/src/old.js:1 used"),
        ],
    );
}

#[test]
fn what_is_nested_too_deeply_is_still_read() {
    for text in [
        format!("export const x = {}1{};", "(".repeat(20_000), ")".repeat(20_000)),
        format!("export const x = {}1;", "- ".repeat(20_000)),
        format!("export const x = {}a;", "a + ".repeat(20_000)),
        format!("export const x = {};", "typeof ".repeat(3_000) + "1"),
        format!("export const x = a{};", ".b()".repeat(1_500)),
    ] {
        let index = Index::read(&Files::of(&[("a.ts", &text)]), &mut Cache::default());
        assert_eq!(index.definitions_named("x").count(), 1, "{}", &text[..40]);
    }
}

#[test]
fn bounds_behind_where_and_the_tokens_of_macros() {
    let files: &[(&str, &str)] = &[
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        (
            "src/lib.rs",
            "pub trait Hook { fn finish(&mut self); fn name(&self) -> Till; }\npub struct Till { pub cents: i64 }\nimpl Till { pub fn open() -> Till { todo!() }\npub fn count(&self) -> i64 { assert!(self./*a*/cents == 1); 1 } }\nimpl Hook for Till { fn finish(&mut self) {} fn name(&self) -> Till { Till::open() } }\npub enum Kind { In, Out }\nmod deep { pub fn far() {} }\n",
        ),
        (
            "src/b.rs",
            "use crate::{Hook, Till};\nfn f<T, U: Hook>(t: &mut T, u: U, any: impl Fn())\nwhere\n    T: Hook + Copy,\n{\n    t./*b*/finish();\n    assert_eq!(t./*c*/name()./*d*/count(), u./*e*/name()./*f*/cents);\n    println!(\"{}\", Till::/*g*/open()./*h*/count());\n    dbg!(crate::/*i*/Kind::/*j*/Out, crate::deep::/*k*/far(), any./*l*/count());\n}\n",
        ),
    ];
    let files: Vec<(&str, &str)> = files.to_vec();
    let lib = format!("{}mod b;\n", files[1].1);
    let files = [files[0], ("src/lib.rs", &lib[..]), files[2]];
    check(
        &files,
        &[
            ("/*a*/", "? src/lib.rs:2 cents"),
            ("/*b*/", "src/lib.rs:1 finish"),
            ("/*c*/", "? src/lib.rs:1 name"),
            ("/*d*/", "? src/lib.rs:4 count"),
            ("/*e*/", "? src/lib.rs:1 name"),
            ("/*f*/", "? src/lib.rs:2 cents"),
            ("/*g*/", "? src/lib.rs:3 open"),
            ("/*h*/", "? src/lib.rs:4 count"),
            ("/*i*/", "? src/lib.rs:6 Kind"),
            ("/*j*/", "? src/lib.rs:6 Out"),
            ("/*k*/", "? src/lib.rs:7 far"),
            ("/*l*/", "? src/lib.rs:4 count"),
        ],
    );
}

/// What is imported in some builds only does not hide what a list of all names brings in the others.
#[test]
fn an_import_below_a_condition_hides_nothing() {
    let files: &[(&str, &str)] = &[
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        (
            "src/lib.rs",
            "mod node;\nmod util;\n#[cfg(node)]\nuse node::{req, only};\nuse node::sure;\nuse util::*;\nfn f() { /*a*/req(); /*b*/only(); /*c*/sure(); }\n",
        ),
        ("src/node.rs", "pub fn req() {}\npub fn only() {}\npub fn sure() {}\n"),
        ("src/util.rs", "pub fn req() {}\npub fn sure() {}\n"),
    ];
    check(
        files,
        &[
            ("/*a*/", "? src/node.rs:1 req | src/util.rs:1 req"),
            ("/*b*/", "src/node.rs:2 only"),
            ("/*c*/", "src/node.rs:3 sure"),
        ],
    );
}
