//! Go: diff and grading. Names are read so that edits are known to need each other; they all count as reached from
//! elsewhere, because packages are not followed.

use std::sync::OnceLock;

use super::Source;
use super::language::{EntityKind, Language, Naming, flag};
use super::names::{Definition, DefinitionKind, Import};

const fn named(node: &'static str, label: &'static str) -> EntityKind {
    EntityKind { node, label, naming: Naming::Field("name") }
}

/// The row of [`super::LANGUAGES`].
pub static GO: Language = Language {
    name: "go",
    tier: 3,
    is_data: false,
    endings: &["go"],
    grammar: || tree_sitter_go::LANGUAGE.into(),
    bridges: &[],
    containers: &[
        "source_file",
        "statement_list",
        "argument_list",
        "parameter_list",
        "type_parameter_list",
        "field_declaration_list",
        "interface_type",
        "literal_value",
        "import_spec_list",
        "const_declaration",
        "var_spec_list",
        "type_declaration",
        "expression_switch_statement",
        "type_switch_statement",
        "select_statement",
    ],
    statement_lists: &[
        "source_file",
        "statement_list",
        "field_declaration_list",
        "interface_type",
        "import_spec_list",
        "var_spec_list",
    ],
    bodies: &["block"],
    body_fields: &[("const_spec", "value"), ("var_spec", "value")],
    attributes: &[],
    wrappers: &[],
    own_bodies: &["func_literal"],
    entities: &[
        named("function_declaration", "func"),
        EntityKind { node: "method_declaration", label: "func", naming: Naming::By(method) },
        named("type_spec", "type"),
        named("type_alias", "type"),
        named("const_spec", "const"),
        named("var_spec", "var"),
    ],
    items: &["import_declaration", "package_clause"],
    statements: &[
        "field_declaration",
        "method_elem",
        "expression_case",
        "type_case",
        "default_case",
        "communication_case",
    ],
    comments: &["comment"],
    atoms: &["interpreted_string_literal", "raw_string_literal", "rune_literal"],
    texts: &[],
    literals: &["int_literal", "float_literal", "imaginary_literal", "true", "false", "nil", "iota"],
    identifiers: &["identifier", "field_identifier", "type_identifier", "package_identifier", "label_name"],
    imports: &["import_declaration"],
    loads: &[],
    tests: &["function_declaration"],
    refined: &["const_spec", "var_spec", "type_spec", "type_alias"],
    refine: |_, _, above, flags| {
        // Only what stands in the file itself is a named part of it.
        let file = above.contains(&"source_file");
        if file { flags } else { flags & !(flag::ENTITY | flag::ITEM) }
    },
    opaque: &[],
    separators: &[","],
    trailing_separator: &[
        "argument_list",
        "parameter_list",
        "literal_value",
        "type_parameter_list",
        "type_arguments",
    ],
    trailing_of_many: &[],
    optional_end: |_, _| false,
    line_comment: "//",
    indentation: false,
    agreeing: &[],
    contract: None,
    line_ends: &[
        "source_file",
        "statement_list",
        "field_declaration_list",
        "interface_type",
        "import_spec_list",
        "var_spec_list",
        "const_declaration",
        "type_declaration",
    ],
    block_ended: &[],
    file_like: &[],
    tail_expressions: false,
    faults: |_, _| 0,
    runs_on_load: true,
    effects: &["<-", "go", "defer", "panic", "*", "["],
    reexporting: &[],
    inline_tests: false,
    groups: |source, node| source.kind_name(node) == "parenthesized_expression",
    fixed_name: |source, node| source.kind_name(node) == "field_identifier",
    prelude: &[],
    doc_comment: |_| false,
    read_imports,
    read_definition,
    is_test,
    ignored_names: &[
        "append", "bool", "byte", "error", "float64", "int", "int64", "len", "make", "new", "nil", "rune",
        "string", "true", "uint64",
    ],
    table: OnceLock::new(),
};

fn text(source: &Source, node: usize, field: &str) -> Option<String> {
    Some(source.node_text(source.child_named(node, field)?))
}

/// `func (Ring).Push`.
fn method(source: &Source, node: usize) -> Option<String> {
    let receiver = text(source, node, "receiver")?;
    // The last word is the type; a type's own parameters say nothing of which method it is.
    let of = receiver.trim_matches(['(', ')']).split('[').next()?.split([' ', '*']).next_back()?.to_owned();
    Some(format!("func ({of}).{}", text(source, node, "name")?))
}

/// Each path with its alias; what an import without one binds is the path's last part, by convention.
fn read_imports(source: &Source, node: usize) -> Vec<Import> {
    let specs: Vec<usize> = source
        .children(node)
        .flat_map(|child| {
            let listed = source.kind_name(child) == "import_spec_list";
            if listed { source.children(child).collect() } else { vec![child] }
        })
        .filter(|child| source.kind_name(*child) == "import_spec")
        .collect();
    specs
        .into_iter()
        .filter_map(|spec| {
            let path = text(source, spec, "path")?.trim_matches(['"', '`']).to_owned();
            let alias = text(source, spec, "name");
            Some(Import {
                path: path.split('/').map(str::to_owned).collect(),
                alias,
                range: source.range(spec),
                is_mod_decl: false,
                public: false,
            })
        })
        .collect()
}

fn read_definition(source: &Source, node: usize) -> Option<Definition> {
    let kind = match source.kind_name(node) {
        "function_declaration" => DefinitionKind::Function,
        "method_declaration" | "method_elem" => DefinitionKind::Method,
        "type_spec" | "type_alias" => DefinitionKind::Type,
        "const_spec" | "var_spec" => DefinitionKind::Constant,
        "field_declaration" => DefinitionKind::Field,
        _ => return None,
    };
    let name = source.child_named(node, "name")?;
    Some(Definition::reached(source, node, name, kind))
}

/// `func TestX`, `func BenchmarkX`, `func FuzzX`, `func ExampleX`.
fn is_test(source: &Source, node: usize) -> bool {
    text(source, source.ungrouped(node), "name").is_some_and(|name| {
        ["Test", "Benchmark", "Fuzz", "Example"].iter().any(|start| name.starts_with(start))
    })
}
