//! JavaScript with JSX, and what TypeScript and TSX share with it.
//!
//! In: nothing. Out: the row of [`super::LANGUAGES`], and [`row`], which makes a row for each grammar of the family: a
//! grammar that has no interfaces simply never shows their kinds.
//!
//! Invariant: no rule here asks which language of the family it is in.

mod imports;
mod names;
mod rules;

use std::sync::OnceLock;

use super::language::{EntityKind, Language, Naming};

/// The row of [`super::LANGUAGES`].
pub static JAVASCRIPT: Language =
    row("javascript", &["js", "jsx", "mjs", "cjs"], || tree_sitter_javascript::LANGUAGE.into());

const fn named(node: &'static str, label: &'static str) -> EntityKind {
    EntityKind { node, label, naming: Naming::Field("name") }
}

const ENTITIES: &[EntityKind] = &[
    named("function_declaration", "function"),
    named("generator_function_declaration", "function"),
    named("function_signature", "function"),
    named("class_declaration", "class"),
    named("abstract_class_declaration", "class"),
    named("interface_declaration", "interface"),
    named("type_alias_declaration", "type"),
    named("enum_declaration", "enum"),
    named("internal_module", "namespace"),
    named("module", "module"),
    named("method_definition", "method"),
    named("method_signature", "method"),
    named("abstract_method_signature", "method"),
    named("public_field_definition", "method"),
    EntityKind { node: "field_definition", label: "method", naming: Naming::Field("property") },
    EntityKind { node: "variable_declarator", label: "", naming: Naming::By(names::bound) },
    EntityKind { node: "export_statement", label: "", naming: Naming::By(names::default_export) },
    EntityKind { node: "call_expression", label: "", naming: Naming::By(names::test_title) },
];

/// A language of the family.
pub(super) const fn row(
    name: &'static str,
    endings: &'static [&'static str],
    grammar: fn() -> tree_sitter::Language,
) -> Language {
    Language {
        name,
        tier: 1,
        is_data: false,
        endings,
        grammar,
        containers: &[
            "program",
            "statement_block",
            "class_body",
            "interface_body",
            "object_type",
            "enum_body",
            "object",
            "array",
            "arguments",
            "formal_parameters",
            "named_imports",
            "export_clause",
            "object_pattern",
            "array_pattern",
            "switch_body",
            "switch_case",
            "switch_default",
            "type_parameters",
            "type_arguments",
            "tuple_type",
            "jsx_element",
            "jsx_opening_element",
            "jsx_self_closing_element",
        ],
        statement_lists: &[
            "program",
            "statement_block",
            "class_body",
            "switch_body",
            "switch_case",
            "switch_default",
            "jsx_element",
        ],
        bodies: &["class_static_block"],
        body_fields: &[
            ("function_declaration", "body"),
            ("generator_function_declaration", "body"),
            ("function_expression", "body"),
            ("generator_function", "body"),
            ("arrow_function", "body"),
            ("method_definition", "body"),
            ("variable_declarator", "value"),
            ("public_field_definition", "value"),
            ("field_definition", "value"),
            ("enum_assignment", "value"),
            ("pair", "value"),
        ],
        attributes: &["decorator"],
        wrappers: &[
            "export_statement",
            "ambient_declaration",
            "lexical_declaration",
            "variable_declaration",
            "expression_statement",
        ],
        own_bodies: &["arrow_function", "function_expression", "generator_function", "class"],
        entities: ENTITIES,
        items: &[],
        statements: &[
            "property_signature",
            "call_signature",
            "construct_signature",
            "index_signature",
            "enum_assignment",
            "public_field_definition",
            "field_definition",
            "switch_case",
            "switch_default",
        ],
        comments: &["comment", "html_comment"],
        atoms: &["string", "regex", "template_literal_type"],
        texts: &["jsx_text"],
        literals: &[
            "number",
            "true",
            "false",
            "null",
            "undefined",
            "string_fragment",
            "escape_sequence",
            "html_character_reference",
        ],
        identifiers: &[
            "identifier",
            "property_identifier",
            "shorthand_property_identifier",
            "shorthand_property_identifier_pattern",
            "type_identifier",
            "private_property_identifier",
            "statement_identifier",
        ],
        imports: &["import_statement", "export_statement", "lexical_declaration", "variable_declaration"],
        loads: &["call_expression"],
        tests: &["call_expression"],
        refined: &[
            "variable_declarator",
            "call_expression",
            "lexical_declaration",
            "variable_declaration",
            "export_statement",
            "public_field_definition",
            "field_definition",
        ],
        refine: rules::refine,
        opaque: &[],
        separators: &[",", ";"],
        trailing_separator: &[
            "class_body",
            "interface_body",
            "object_type",
            "enum_body",
            "object",
            "array",
            "arguments",
            "formal_parameters",
            "named_imports",
            "export_clause",
            "object_pattern",
            "array_pattern",
            "type_parameters",
            "type_arguments",
            "tuple_type",
        ],
        trailing_of_many: &[],
        optional_end: rules::optional_end,
        line_comment: "//",
        indentation: false,
        agreeing: &["jsx_opening_element", "jsx_closing_element"],
        contract: None,
        line_ends: &["program", "statement_block", "class_body", "switch_case", "switch_default"],
        file_like: &["statement_block"],
        tail_expressions: false,
        faults: rules::faults,
        runs_on_load: true,
        effects: &[
            "await",
            "new",
            "delete",
            "yield",
            "[",
            ".",
            "?.",
            "...",
            "++",
            "--",
            "=>",
            "`",
            "${",
            "in",
            "instanceof",
            "import",
        ],
        reexporting: &[],
        inline_tests: false,
        groups: rules::groups,
        fixed_name: |source, node| {
            matches!(
                source.kind_name(node),
                "property_identifier"
                    | "shorthand_property_identifier"
                    | "shorthand_property_identifier_pattern"
                    | "private_property_identifier"
            )
        },
        prelude: &[],
        doc_comment: |text| text.starts_with(b"/**") && !text.starts_with(b"/***") && text.len() > 4,
        read_imports: imports::read,
        read_definition: names::definition,
        is_test: |source, node| source.nodes[node].is(super::flag::TEST),
        ignored_names: &[
            "Array",
            "Error",
            "Map",
            "Object",
            "Promise",
            "Set",
            "arguments",
            "console",
            "undefined",
        ],
        table: OnceLock::new(),
    }
}
