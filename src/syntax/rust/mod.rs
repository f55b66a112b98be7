//! Rust.

mod bridges;

use std::sync::OnceLock;

use super::language::{Contract, EntityKind, Language, Naming, flag};
use super::names::{Definition, DefinitionKind, Import};
use super::{Source, TokenKind};

const fn named(node: &'static str, label: &'static str) -> EntityKind {
    EntityKind { node, label, naming: Naming::Field("name") }
}

/// The row of [`super::LANGUAGES`].
pub static RUST: Language = Language {
    name: "rust",
    tier: 1,
    is_data: false,
    endings: &["rs"],
    grammar: || tree_sitter_rust::LANGUAGE.into(),
    bridges: bridges::BRIDGES,
    containers: &[
        "source_file",
        "declaration_list",
        "block",
        "match_block",
        "field_declaration_list",
        "enum_variant_list",
        "field_initializer_list",
        "use_list",
        "arguments",
        "parameters",
        "array_expression",
        "type_parameters",
        "where_clause",
    ],
    statement_lists: &["source_file", "declaration_list", "block"],
    bodies: &["block"],
    body_fields: &[("const_item", "value"), ("static_item", "value"), ("macro_definition", "right")],
    attributes: &["attribute_item"],
    wrappers: &[],
    own_bodies: &[],
    entities: &[
        named("function_item", "fn"),
        named("function_signature_item", "fn"),
        named("struct_item", "struct"),
        named("enum_item", "enum"),
        named("union_item", "union"),
        named("trait_item", "trait"),
        named("mod_item", "mod"),
        named("const_item", "const"),
        named("static_item", "static"),
        named("type_item", "type"),
        named("associated_type", "type"),
        named("macro_definition", "macro"),
        EntityKind {
            node: "impl_item",
            label: "impl",
            naming: Naming::Fields(&[("", "trait"), ("for", "type")]),
        },
    ],
    items: &["use_declaration", "extern_crate_declaration", "foreign_mod_item"],
    statements: &[
        "field_declaration",
        "enum_variant",
        "match_arm",
        "let_declaration",
        "expression_statement",
    ],
    comments: &["line_comment", "block_comment"],
    atoms: &["string_literal", "raw_string_literal", "char_literal"],
    texts: &[],
    literals: &["integer_literal", "float_literal", "boolean_literal"],
    identifiers: &[
        "identifier",
        "type_identifier",
        "field_identifier",
        "shorthand_field_identifier",
        "metavariable",
    ],
    imports: &["use_declaration", "extern_crate_declaration", "mod_item"],
    loads: &[],
    tests: &[],
    refined: &[],
    refine: |_, _, _, flags| flags,
    opaque: &["token_tree", "token_tree_pattern"],
    separators: &[","],
    trailing_separator: &[
        "match_arm",
        "field_declaration_list",
        "enum_variant_list",
        "field_initializer_list",
        "use_list",
        "arguments",
        "parameters",
        "array_expression",
        "type_parameters",
        "type_arguments",
        "where_clause",
        "ordered_field_declaration_list",
        "closure_parameters",
        "tuple_struct_pattern",
        "struct_pattern",
        "slice_pattern",
    ],
    trailing_of_many: &["tuple_expression", "tuple_type", "tuple_pattern"],
    optional_end: |_, _| false,
    line_comment: "//",
    indentation: false,
    agreeing: &[],
    contract: Some(Contract {
        declared: "trait_item",
        implemented: "impl_item",
        field: "trait",
        body: "body",
    }),
    line_ends: &[],
    block_ended: &[],
    file_like: &[],
    tail_expressions: true,
    faults: |_, _| 0,
    runs_on_load: false,
    effects: &["?", "await", "!", "return", "break", "yield", "unsafe", "*", "["],
    reexporting: &[],
    inline_tests: true,
    groups: |source, node| source.kind_name(node) == "parenthesized_expression",
    fixed_name: |source, node| {
        matches!(source.kind_name(node), "field_identifier" | "shorthand_field_identifier")
    },
    prelude: &[
        ("Vec", &["std::vec", "alloc::vec"]),
        ("String", &["std::string", "alloc::string"]),
        ("Box", &["std::boxed", "alloc::boxed"]),
        ("Option", &["std::option", "core::option"]),
        ("Result", &["std::result", "core::result"]),
    ],
    doc_comment,
    read_imports,
    read_definition,
    is_test,
    ignored_names: &["Err", "None", "Ok", "Option", "Result", "Some", "String", "Vec"],
    table: OnceLock::new(),
};

fn doc_comment(text: &[u8]) -> bool {
    let line = text.starts_with(b"///") && !text.starts_with(b"////");
    let block = text.starts_with(b"/**") && !text.starts_with(b"/***") && text.len() > 4;
    line || block
}

fn has_child(source: &Source, node: usize, kind: &str) -> bool {
    source.children(node).any(|child| source.kind_name(child) == kind)
}

fn read_imports(source: &Source, node: usize) -> Vec<Import> {
    let range = source.range(source.grouped(node));
    let public = has_child(source, node, "visibility_modifier");
    let name_of = |field: &str| source.child_named(node, field).map(|child| source.node_text(child));
    let mut imports = Vec::new();
    match source.kind_name(node) {
        "mod_item" => {
            let inline = source.child_named(node, "body").is_some();
            if let (false, Some(name)) = (inline, name_of("name")) {
                imports.push(Import { path: vec![name], alias: None, range, is_mod_decl: true, public });
            }
        }
        "extern_crate_declaration" => {
            if let Some(name) = name_of("name") {
                let alias = name_of("alias");
                imports.push(Import { path: vec![name], alias, range, is_mod_decl: false, public });
            }
        }
        _ => {
            let mut paths = Vec::new();
            if let Some(argument) = source.child_named(node, "argument") {
                use_paths(source, argument, &[], DEEPEST, &mut paths);
            }
            imports.extend(paths.into_iter().map(|(path, alias)| Import {
                path,
                alias,
                range: range.clone(),
                is_mod_decl: false,
                public,
            }));
        }
    }
    imports
}

/// Segments of a plain path such as `crate::a::b`.
pub(super) fn segments(source: &Source, node: usize) -> Vec<String> {
    let words = source.nodes[node].tokens().filter(|token| source.tokens[*token].kind == TokenKind::Word);
    words.map(|token| String::from_utf8_lossy(source.text(token)).into_owned()).collect()
}

/// Lists in lists beyond this are no program.
const DEEPEST: usize = 64;

type Paths = Vec<(Vec<String>, Option<String>)>;

fn use_paths(source: &Source, node: usize, prefix: &[String], depth: usize, found: &mut Paths) {
    if depth == 0 {
        return;
    }
    let field = |name: &str| source.child_named(node, name);
    let mut path = prefix.to_vec();
    match source.kind_name(node) {
        "scoped_use_list" => {
            path.extend(field("path").map(|child| segments(source, child)).unwrap_or_default());
            if let Some(list) = field("list") {
                use_paths(source, list, &path, depth - 1, found);
            }
        }
        "use_list" => {
            for child in source.children(node) {
                let listed = source.nodes[child].is(flag::NAMED) && !source.nodes[child].is(flag::COMMENT);
                if listed {
                    use_paths(source, child, prefix, depth - 1, found);
                }
            }
        }
        "use_as_clause" => {
            path.extend(field("path").map(|child| segments(source, child)).unwrap_or_default());
            found.push((path, field("alias").map(|child| source.node_text(child))));
        }
        "use_wildcard" => {
            path.extend(segments(source, node));
            path.push("*".to_owned());
            found.push((path, None));
        }
        _ => {
            path.extend(segments(source, node));
            if !path.is_empty() {
                found.push((path, None));
            }
        }
    }
}

fn read_definition(source: &Source, node: usize) -> Option<Definition> {
    if !source.nodes[node].is(flag::NAMED) || source.nodes[node].end == node as u32 + 1 {
        return local(source, node);
    }
    let method = || {
        let list = source.parent(source.grouped(node)).and_then(|list| source.parent(list));
        list.is_some_and(|owner| matches!(source.kind_name(owner), "impl_item" | "trait_item"))
    };
    let kind = match source.kind_name(node) {
        "function_item" | "function_signature_item" if method() => DefinitionKind::Method,
        "function_item" | "function_signature_item" => DefinitionKind::Function,
        "struct_item" | "enum_item" | "union_item" | "trait_item" | "type_item" | "associated_type" => {
            DefinitionKind::Type
        }
        "const_item" | "static_item" => DefinitionKind::Constant,
        "mod_item" => DefinitionKind::Module,
        "macro_definition" => DefinitionKind::Macro,
        "field_declaration" => DefinitionKind::Field,
        "enum_variant" => DefinitionKind::Variant,
        _ => return None,
    };
    let name = source.child_named(node, "name")?;
    let whole = source.grouped(node);
    Some(Definition {
        name: source.node_text(name),
        kind,
        name_range: source.range(name),
        range: source.range(whole),
        exported: exported(source, node, kind),
        has_attributes: whole != node,
    })
}

/// Public, or a member of a trait or of its implementation, or a variant: reached by more than its name.
fn exported(source: &Source, node: usize, kind: DefinitionKind) -> bool {
    if has_child(source, node, "visibility_modifier") || kind == DefinitionKind::Variant {
        return true;
    }
    if kind == DefinitionKind::Macro {
        return source.grouped(node) != node;
    }
    let Some(list) = source.parent(source.grouped(node)) else { return false };
    let Some(owner) = source.parent(list) else { return false };
    match source.kind_name(owner) {
        "trait_item" | "foreign_mod_item" => true,
        "impl_item" => source.child_named(owner, "trait").is_some(),
        _ => false,
    }
}

/// A name bound by `let` or by a parameter.
fn local(source: &Source, node: usize) -> Option<Definition> {
    if source.kind_name(node) != "identifier" {
        return None;
    }
    let pattern = source.language.field("pattern");
    let mut child = node;
    for above in source.ancestors(node).skip(1) {
        let kind = match source.kind_name(above) {
            "let_declaration" | "for_expression" | "let_condition" => DefinitionKind::Local,
            "parameter" | "closure_parameters" => DefinitionKind::Parameter,
            "tuple_pattern" | "mut_pattern" | "ref_pattern" | "reference_pattern" | "captured_pattern"
            | "slice_pattern" => {
                child = above;
                continue;
            }
            "tuple_struct_pattern" if source.nodes[child].field == 0 => {
                child = above;
                continue;
            }
            _ => return None,
        };
        let bound = source.nodes[child].field == pattern || source.kind_name(above) == "closure_parameters";
        if !bound {
            return None;
        }
        return Some(Definition {
            name: source.node_text(node),
            kind,
            name_range: source.range(node),
            range: source.range(above),
            exported: false,
            has_attributes: false,
        });
    }
    None
}

/// `#[cfg(test)]`, `#[test]`, `#[tokio::test]`, `#[test_case(…)]`, `#[bench]`.
fn is_test(source: &Source, group: usize) -> bool {
    let attributes = source.children(group).filter(|child| source.nodes[*child].is(flag::ATTRIBUTE));
    attributes.into_iter().any(|attribute| {
        let words = segments(source, attribute);
        let mut words = words.iter().map(String::as_str);
        match words.next() {
            Some("cfg") => words.next() == Some("test") || is_cfg_of_test(source, attribute),
            Some("test" | "bench" | "test_case" | "rstest" | "proptest" | "quickcheck") => true,
            Some(_) => {
                let range = source.range(attribute);
                let text = String::from_utf8_lossy(&source.bytes[range]);
                let path = text.trim_start_matches("#[").split(['(', ']', '=']).next().unwrap_or("");
                path.trim().rsplit("::").next() == Some("test")
            }
            None => false,
        }
    })
}

/// `#[cfg(all(test, …))]`; `not(test)` and `any(test, …)` also hold outside tests.
fn is_cfg_of_test(source: &Source, attribute: usize) -> bool {
    let words = segments(source, attribute);
    words.get(1).is_some_and(|word| word == "all")
        && words.iter().any(|word| word == "test")
        && !words.iter().any(|word| word == "not" || word == "any")
}
