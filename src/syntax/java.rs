//! Java: diff and grading. Names are read so that edits are known to need each other; they all count as reached from
//! elsewhere, because packages are not followed and frameworks call what nobody names.

use std::sync::OnceLock;

use super::Source;
use super::language::{EntityKind, Language, Naming};
use super::names::{Definition, DefinitionKind, Import};

const fn named(node: &'static str, label: &'static str) -> EntityKind {
    EntityKind { node, label, naming: Naming::Field("name") }
}

/// The row of [`super::LANGUAGES`].
pub static JAVA: Language = Language {
    name: "java",
    tier: 3,
    is_data: false,
    endings: &["java"],
    grammar: || tree_sitter_java::LANGUAGE.into(),
    bridges: &[],
    containers: &[
        "program",
        "class_body",
        "interface_body",
        "annotation_type_body",
        "enum_body",
        "enum_body_declarations",
        "block",
        "constructor_body",
        "switch_block",
        "switch_block_statement_group",
        "argument_list",
        "formal_parameters",
        "type_parameters",
        "array_initializer",
        "annotation_argument_list",
        "modifiers",
    ],
    statement_lists: &[
        "program",
        "class_body",
        "interface_body",
        "annotation_type_body",
        "enum_body_declarations",
        "block",
        "constructor_body",
        "switch_block",
        "switch_block_statement_group",
        "modifiers",
    ],
    bodies: &["block", "constructor_body"],
    body_fields: &[("lambda_expression", "body")],
    attributes: &[],
    wrappers: &[],
    own_bodies: &["lambda_expression"],
    entities: &[
        named("class_declaration", "class"),
        named("interface_declaration", "interface"),
        named("enum_declaration", "enum"),
        named("record_declaration", "record"),
        named("annotation_type_declaration", "@interface"),
        named("method_declaration", "method"),
        named("constructor_declaration", "constructor"),
        named("compact_constructor_declaration", "constructor"),
        EntityKind { node: "field_declaration", label: "field", naming: Naming::By(field_name) },
        EntityKind { node: "constant_declaration", label: "field", naming: Naming::By(field_name) },
        named("enum_constant", "constant"),
    ],
    items: &["import_declaration", "package_declaration"],
    statements: &["switch_rule"],
    comments: &["line_comment", "block_comment"],
    atoms: &["string_literal", "character_literal"],
    texts: &[],
    literals: &[
        "decimal_integer_literal",
        "hex_integer_literal",
        "octal_integer_literal",
        "binary_integer_literal",
        "decimal_floating_point_literal",
        "hex_floating_point_literal",
        "true",
        "false",
        "null_literal",
    ],
    identifiers: &["identifier", "type_identifier"],
    imports: &["import_declaration"],
    loads: &[],
    tests: &["method_declaration"],
    refined: &[],
    refine: |_, _, _, flags| flags,
    opaque: &[],
    separators: &[","],
    trailing_separator: &["array_initializer", "enum_body"],
    trailing_of_many: &[],
    optional_end: |_, _| false,
    line_comment: "//",
    indentation: false,
    agreeing: &[],
    contract: None,
    line_ends: &[],
    block_ended: &[],
    file_like: &[],
    tail_expressions: false,
    faults: |_, _| 0,
    runs_on_load: false,
    effects: &["new", "throw", "++", "--", "=", "["],
    reexporting: &[],
    inline_tests: false,
    groups: |_, _| false,
    fixed_name: |source, node| {
        source.parent(node).is_some_and(|parent| match source.kind_name(parent) {
            "field_access" => source.nodes[node].field == source.language.field("field"),
            "method_invocation" => source.nodes[node].field == source.language.field("name"),
            _ => false,
        })
    },
    prelude: &[],
    doc_comment: |text| text.starts_with(b"/**") && text.len() > 4,
    read_imports,
    read_definition,
    is_test,
    ignored_names: &["Integer", "List", "Map", "Object", "Override", "String", "super", "this"],
    table: OnceLock::new(),
};

/// `field width`.
fn field_name(source: &Source, node: usize) -> Option<String> {
    let name = source.child_named(source.child_named(node, "declarator")?, "name")?;
    Some(format!("field {}", source.node_text(name)))
}

/// `import a.b.C;`, `import static a.b.C.d;`, `import a.b.*;`.
fn read_imports(source: &Source, node: usize) -> Vec<Import> {
    let text = source.node_text(node);
    let words = text.trim_start_matches("import").trim_end_matches(';').trim();
    let path: Vec<String> =
        words.trim_start_matches("static ").split('.').map(|word| word.trim().to_owned()).collect();
    vec![Import { path, alias: None, range: source.range(node), is_mod_decl: false, public: false }]
}

fn read_definition(source: &Source, node: usize) -> Option<Definition> {
    let kind = match source.kind_name(node) {
        "class_declaration"
        | "interface_declaration"
        | "enum_declaration"
        | "record_declaration"
        | "annotation_type_declaration" => DefinitionKind::Type,
        "method_declaration" => DefinitionKind::Method,
        "field_declaration" | "constant_declaration" => DefinitionKind::Field,
        "enum_constant" => DefinitionKind::Variant,
        _ => return None,
    };
    let name = source
        .child_named(node, "name")
        .or_else(|| source.child_named(source.child_named(node, "declarator")?, "name"))?;
    Some(Definition::reached(source, node, name, kind))
}

/// A method with `@Test` or one of its kin among its modifiers.
fn is_test(source: &Source, node: usize) -> bool {
    const MARKS: [&str; 5] =
        ["@Test", "@ParameterizedTest", "@RepeatedTest", "@TestFactory", "@TestTemplate"];
    let modifiers = source.children(source.ungrouped(node)).find(|one| source.kind_name(*one) == "modifiers");
    modifiers.is_some_and(|list| {
        source.children(list).any(|one| {
            let text = source.node_text(one);
            let name = text.split(['(', ' ', '\n']).next().unwrap_or_default();
            MARKS.contains(&name)
        })
    })
}
