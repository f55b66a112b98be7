//! Python.
//!
//! Indentation is no token: statements carry it in the white space before them. What the grammar lets pass there,
//! [`layout`] counts as errors.

mod layout;
mod names;

use std::sync::OnceLock;

use super::Source;
use super::language::{Above, EntityKind, Language, Naming, flag};

/// The row of [`super::LANGUAGES`].
pub static PYTHON: Language = Language {
    name: "python",
    tier: 2,
    is_data: false,
    endings: &["py", "pyi"],
    grammar: || tree_sitter_python::LANGUAGE.into(),
    bridges: &[],
    containers: &[
        "module",
        "block",
        "argument_list",
        "parameters",
        "list",
        "set",
        "dictionary",
        "tuple",
        "import_from_statement",
        "future_import_statement",
        "import_statement",
        "type_parameter",
    ],
    statement_lists: &["module", "block"],
    bodies: &[],
    body_fields: &[("function_definition", "body"), ("assignment", "right"), ("lambda", "body")],
    attributes: &["decorator"],
    wrappers: &["decorated_definition", "expression_statement"],
    own_bodies: &["lambda"],
    entities: &[
        EntityKind { node: "function_definition", label: "def", naming: Naming::Field("name") },
        EntityKind { node: "class_definition", label: "class", naming: Naming::Field("name") },
        EntityKind { node: "type_alias_statement", label: "type", naming: Naming::Field("left") },
        EntityKind { node: "assignment", label: "const", naming: Naming::Field("left") },
    ],
    items: &[],
    statements: &[],
    comments: &["comment"],
    atoms: &["string_content"],
    texts: &[],
    literals: &["integer", "float", "true", "false", "none", "string_start", "string_end", "ellipsis"],
    identifiers: &["identifier"],
    imports: &["import_statement", "import_from_statement", "future_import_statement"],
    loads: &[],
    tests: &["function_definition", "class_definition"],
    refined: &["assignment"],
    refine,
    opaque: &[],
    separators: &[","],
    trailing_separator: &[
        "argument_list",
        "parameters",
        "list",
        "set",
        "dictionary",
        "import_from_statement",
        "list_pattern",
        "type_parameter",
    ],
    trailing_of_many: &["tuple", "tuple_pattern", "subscript"],
    optional_end: |_, _| false,
    line_comment: "#",
    indentation: true,
    agreeing: &[],
    contract: None,
    line_ends: &["module", "block"],
    block_ended: &[],
    file_like: &[],
    tail_expressions: false,
    faults: layout::faults,
    runs_on_load: true,
    effects: &["await", "yield", "[", ".", "@", "+", "*", "/", "%", "<", ">", "==", "in", ":="],
    reexporting: &["__init__.py"],
    inline_tests: false,
    groups,
    fixed_name: names::fixed,
    prelude: &[],
    doc_comment: |_| false,
    read_imports: names::imports,
    read_definition: names::definition,
    is_test: names::is_test,
    ignored_names: &["cls", "dict", "int", "len", "list", "print", "range", "self", "set", "str", "super"],
    table: OnceLock::new(),
};

/// Assignments are entities where they give a name of the file its value.
fn refine(node: &tree_sitter::Node, _: &[u8], above: Above, flags: u32) -> u32 {
    let file = above[0] == "expression_statement" && above[1] == "module";
    let plain = node.child_by_field_name("left").is_some_and(|left| left.kind() == "identifier");
    if file && plain { flags } else { flags & !(flag::ENTITY | flag::ITEM) }
}

/// Parentheses around an expression that could stand without them.
fn groups(source: &Source, node: usize) -> bool {
    let bare = |child: usize| matches!(source.kind_name(child), "yield" | "named_expression" | "comment");
    source.kind_name(node) == "parenthesized_expression" && !source.children(node).any(bare)
}
