//! JSON, TOML, YAML: data, of which kerf knows the shape and nothing more. Keys are entities, so that a change is told by
//! where it is (`dependencies`, `serde`); nothing is a definition, so that nothing is unused.

use std::sync::OnceLock;

use super::Source;
use super::language::{EntityKind, Language, Naming, flag};

/// What is not the same of all three.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    endings: &'static [&'static str],
    grammar: fn() -> tree_sitter::Language,
    containers: &'static [&'static str],
    statement_lists: &'static [&'static str],
    entities: &'static [EntityKind],
    atoms: &'static [&'static str],
    literals: &'static [&'static str],
    trailing_separator: &'static [&'static str],
    line_comment: &'static str,
    indentation: bool,
    line_ends: &'static [&'static str],
}

const fn key(node: &'static str, name: fn(&Source, usize) -> Option<String>) -> EntityKind {
    EntityKind { node, label: "", naming: Naming::By(name) }
}

const fn data(shape: Shape) -> Language {
    Language {
        name: shape.name,
        tier: 3,
        is_data: true,
        endings: shape.endings,
        grammar: shape.grammar,
        bridges: &[],
        containers: shape.containers,
        statement_lists: shape.statement_lists,
        bodies: &[],
        body_fields: &[],
        attributes: &[],
        wrappers: &[],
        own_bodies: &[],
        entities: shape.entities,
        items: &[],
        statements: &[],
        comments: &["comment"],
        atoms: shape.atoms,
        texts: &[],
        literals: shape.literals,
        identifiers: &[],
        imports: &[],
        loads: &[],
        tests: &[],
        refined: &["bare_key", "quoted_key", "dotted_key"],
        // A table's name is no element of it.
        refine: |_, _, above, flags| {
            if above[0].starts_with("table") { flags & !flag::NAMED } else { flags }
        },
        opaque: &[],
        separators: &[","],
        trailing_separator: shape.trailing_separator,
        trailing_of_many: &[],
        optional_end: |_, _| false,
        line_comment: shape.line_comment,
        indentation: shape.indentation,
        agreeing: &[],
        contract: None,
        line_ends: shape.line_ends,
        block_ended: &[],
        file_like: &[],
        tail_expressions: false,
        faults: |_, _| 0,
        runs_on_load: false,
        effects: &[],
        reexporting: &[],
        inline_tests: false,
        groups: |_, _| false,
        fixed_name: |_, _| true,
        prelude: &[],
        doc_comment: |_| false,
        read_imports: |_, _| Vec::new(),
        read_definition: |_, _| None,
        is_test: |_, _| false,
        ignored_names: &[],
        table: OnceLock::new(),
    }
}

/// The row of [`super::LANGUAGES`]. Comments are read too, because settings of tools have them.
pub static JSON: Language = data(Shape {
    name: "json",
    endings: &["json", "jsonc", "webmanifest"],
    grammar: || tree_sitter_json::LANGUAGE.into(),
    containers: &["document", "object", "array"],
    statement_lists: &[],
    entities: &[key("pair", by_field)],
    atoms: &["string"],
    literals: &["number", "true", "false", "null"],
    trailing_separator: &[],
    line_comment: "//",
    indentation: false,
    line_ends: &[],
});

/// The row of [`super::LANGUAGES`]. A pair ends with its line.
pub static TOML: Language = data(Shape {
    name: "toml",
    endings: &["toml"],
    grammar: || tree_sitter_toml_ng::LANGUAGE.into(),
    containers: &["document", "table", "table_array_element", "array", "inline_table"],
    statement_lists: &["document", "table", "table_array_element"],
    entities: &[key("table", by_first), key("table_array_element", by_first), key("pair", by_first)],
    atoms: &["string", "quoted_key"],
    literals: &[
        "integer",
        "float",
        "boolean",
        "local_date",
        "local_date_time",
        "local_time",
        "offset_date_time",
    ],
    trailing_separator: &["array"],
    line_comment: "#",
    indentation: false,
    line_ends: &["document", "table", "table_array_element"],
});

/// The row of [`super::LANGUAGES`]. Indentation nests, as in Python.
pub static YAML: Language = data(Shape {
    name: "yaml",
    endings: &["yaml", "yml"],
    grammar: || tree_sitter_yaml::LANGUAGE.into(),
    containers: &["stream", "block_mapping", "block_sequence", "flow_mapping", "flow_sequence"],
    statement_lists: &["stream", "block_mapping", "block_sequence"],
    entities: &[key("block_mapping_pair", by_field), key("flow_pair", by_field)],
    atoms: &["block_scalar", "double_quote_scalar", "single_quote_scalar"],
    literals: &[
        "string_scalar",
        "boolean_scalar",
        "float_scalar",
        "integer_scalar",
        "null_scalar",
        "timestamp_scalar",
    ],
    trailing_separator: &["flow_mapping", "flow_sequence"],
    line_comment: "#",
    indentation: true,
    line_ends: &["stream", "block_mapping", "block_sequence"],
});

/// The key, without its quotes.
fn by_field(source: &Source, node: usize) -> Option<String> {
    Some(bare(&source.node_text(source.child_named(node, "key")?)))
}

/// A table's name and a pair's key come first, after brackets.
fn by_first(source: &Source, node: usize) -> Option<String> {
    let named = |child: &usize| matches!(source.kind_name(*child), "bare_key" | "quoted_key" | "dotted_key");
    Some(bare(&source.node_text(source.children(node).find(named)?)))
}

fn bare(text: &str) -> String {
    let text = text.trim();
    let quoted = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(text).to_owned()
}
