//! The graph of files on small trees.

use super::{Cache, Graph, Index};
use crate::patch::memory::Files;

fn read(tree: &Files) -> Graph {
    let alone = Index::graph_of(tree, &mut Cache::default());
    // Without the names that no import needs it comes out the same.
    assert_eq!(&alone, Index::read(tree, &mut Cache::default()).graph());
    alone
}

fn workspace() -> Files {
    Files::of(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"core\", \"app\"]\n"),
        ("core/Cargo.toml", "[package]\nname = \"the-core\"\nautoexamples = false\n"),
        (
            "core/src/lib.rs",
            "mod money;\npub mod book;\n#[path = \"odd/place.rs\"]\nmod odd;\npub use money::Money;\n",
        ),
        ("core/src/money.rs", "mod cents;\npub struct Money;\n"),
        ("core/src/money/cents.rs", "use super::Money;\n"),
        ("core/src/book/mod.rs", "use crate::Money;\nmod page;\nmod inner { mod deep; }\n"),
        ("core/src/book/page.rs", "use super::{Cache, Graph, Index};\n"),
        ("core/src/book/inner/deep.rs", "use crate::odd;\n"),
        ("core/src/odd/place.rs", "fn f() {}\n"),
        ("core/src/lost.rs", "use crate::Money;\n"),
        ("core/examples/e.rs", "fn main() {}\n"),
        ("app/Cargo.toml", "[package]\nname = \"app\"\n[[bin]]\nname = \"x\"\npath = \"src/odd_main.rs\"\n"),
        ("app/src/odd_main.rs", "use the_core::{book, Money};\nuse std::fmt;\n"),
        ("app/tests/t.rs", "use the_core::Money as M;\n"),
    ])
}

#[test]
fn imports_lead_to_the_file_that_holds_the_name() {
    let graph = read(&workspace());
    let table: &[(&str, &[&str])] = &[
        ("core/src/lib.rs", &["core/src/book/mod.rs", "core/src/money.rs", "core/src/odd/place.rs"]),
        ("core/src/money.rs", &["core/src/money/cents.rs"]),
        ("core/src/money/cents.rs", &["core/src/money.rs"]),
        (
            "core/src/book/mod.rs",
            &["core/src/book/inner/deep.rs", "core/src/book/page.rs", "core/src/money.rs"],
        ),
        ("core/src/book/page.rs", &["core/src/book/mod.rs"]),
        ("core/src/book/inner/deep.rs", &["core/src/odd/place.rs"]),
        ("app/src/odd_main.rs", &["core/src/book/mod.rs", "core/src/money.rs"]),
        ("app/tests/t.rs", &["core/src/money.rs"]),
        ("core/src/lost.rs", &[]),
    ];
    for (file, expected) in table {
        assert_eq!(graph.imports(file).collect::<Vec<_>>(), *expected, "{file}");
    }
}

#[test]
fn distances_go_either_way() {
    let graph = read(&workspace());
    let table = [
        ("core/src/money.rs", "core/src/money.rs", Some(0)),
        ("core/src/book/page.rs", "core/src/money.rs", Some(2)),
        ("app/tests/t.rs", "core/src/money/cents.rs", Some(2)),
        ("core/src/lost.rs", "core/src/lib.rs", None),
        ("no/such.rs", "core/src/lib.rs", None),
    ];
    for (from, to, expected) in table {
        assert_eq!(graph.distance(from, to), expected, "{from} {to}");
        assert_eq!(graph.distance(to, from), expected, "{to} {from}");
    }
}

#[test]
fn files_that_no_build_reaches_are_known() {
    let graph = read(&workspace());
    let reachable = graph.reachable();
    let lost: Vec<&str> = graph.files().filter(|file| !reachable.contains(*file)).collect();
    assert_eq!(lost, ["core/examples/e.rs", "core/src/lost.rs"]);
}

#[test]
fn modules_that_declare_each_other_end() {
    let tree = Files::of(&[
        ("Cargo.toml", "[package]\nname = \"a\"\n"),
        ("src/lib.rs", "#[path = \"lib.rs\"]\nmod again;\npub use self::x::y;\npub use self::y as x;\n"),
    ]);
    assert_eq!(read(&tree).files().count(), 1);
}

fn typescript() -> Files {
    Files::of(&[
        ("package.json", r#"{"name": "shop", "main": "dist/start.js", "workspaces": ["packages/*"]}"#),
        (
            "tsconfig.json",
            "{ // aliases\n \"extends\": \"./tsconfig.base.json\", \"compilerOptions\": {\"strict\": true,} }",
        ),
        (
            "tsconfig.base.json",
            r##"{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"], "#money": ["src/money/index.ts"]}}}"##,
        ),
        (
            "src/start.ts",
            "import { cart } from './cart.js';\nimport type { Money } from \"#money\";\nimport './theme.css';\n",
        ),
        (
            "src/cart.ts",
            "export * from '@/money';\nimport React from 'react';\nconst lazy = () => import('./view');\n",
        ),
        ("src/money/index.ts", "export { cents } from './cents';\n"),
        (
            "src/money/cents.ts",
            "import tools from '@shop/tools';\nimport { deep } from '@shop/tools/deep';\n",
        ),
        ("src/view.tsx", "import { x } from './nowhere';\nconst y = require('../legacy/old');\n"),
        ("src/theme.css", ""),
        ("legacy/old.js", "module.exports = 1;\n"),
        (
            "packages/tools/package.json",
            r#"{"name": "@shop/tools", "exports": {".": "./dist/index.js", "./deep": {"import": "./dist/deep.mjs"}}}"#,
        ),
        ("packages/tools/src/index.ts", ""),
        ("packages/tools/src/deep.ts", ""),
        ("test/cart.test.ts", "import { cart } from '../src/cart';\n"),
        ("repro.mjs", "import './src/cart.ts';\n"),
    ])
}

#[test]
fn specifiers_lead_to_files() {
    let graph = read(&typescript());
    let table: &[(&str, &[&str])] = &[
        ("src/start.ts", &["src/cart.ts", "src/money/index.ts"]),
        ("src/cart.ts", &["src/money/index.ts", "src/view.tsx"]),
        ("src/money/index.ts", &["src/money/cents.ts"]),
        ("src/money/cents.ts", &["packages/tools/src/deep.ts", "packages/tools/src/index.ts"]),
        ("src/view.tsx", &["legacy/old.js"]),
        ("test/cart.test.ts", &["src/cart.ts"]),
    ];
    for (file, expected) in table {
        assert_eq!(graph.imports(file).collect::<Vec<_>>(), *expected, "{file}");
    }
    let reachable = graph.reachable();
    assert!(reachable.contains("src/start.ts") && reachable.contains("legacy/old.js"));
    assert!(!reachable.contains("repro.mjs"));
}

#[test]
fn modules_of_python_lead_to_files() {
    let graph = read(&Files::of(&[
        ("pyproject.toml", "[project]\nname = 'shop'\n[project.scripts]\nshop = 'shop.cli:main'\n"),
        ("src/shop/__init__.py", "from .cart import Cart\nfrom shop import money\n"),
        ("src/shop/cart.py", "import os\nfrom shop.money.cents import half\nfrom . import view as v\n"),
        ("src/shop/view.py", "from .. import nothing\n"),
        ("src/shop/cli.py", "import shop.cart\n"),
        ("src/shop/money/__init__.py", ""),
        ("src/shop/money/cents.py", "from ..view import *\n"),
        ("tests/test_cart.py", "from shop import Cart\nimport helper\n"),
        ("tests/helper.py", ""),
        ("repro.py", "import shop\n"),
    ]));
    let table: &[(&str, &[&str])] = &[
        ("src/shop/__init__.py", &["src/shop/cart.py", "src/shop/money/__init__.py"]),
        ("src/shop/cart.py", &["src/shop/money/cents.py", "src/shop/view.py"]),
        ("src/shop/cli.py", &["src/shop/cart.py"]),
        ("src/shop/money/cents.py", &["src/shop/view.py"]),
        ("tests/test_cart.py", &["src/shop/__init__.py", "tests/helper.py"]),
    ];
    for (file, expected) in table {
        assert_eq!(graph.imports(file).collect::<Vec<_>>(), *expected, "{file}");
    }
    let reachable = graph.reachable();
    assert!(reachable.contains("src/shop/cli.py") && !reachable.contains("repro.py"));
}
