//! Names: what declarators, default exports and tests are called, and what a node defines.

use crate::syntax::language::flag;
use crate::syntax::{Definition, DefinitionKind, Source};

/// `function f` for a name bound to a function, `class C` to a class, `const A` to anything else.
pub(super) fn bound(source: &Source, node: usize) -> Option<String> {
    source.nodes[node].is(flag::ENTITY).then_some(())?;
    let name = source.node_text(source.child_named(node, "name")?);
    let label = match source.child_named(node, "value").map(|value| source.kind_name(value)) {
        Some("arrow_function" | "function_expression" | "generator_function") => "function",
        Some("class") => "class",
        _ => "const",
    };
    Some(format!("{label} {name}"))
}

/// `export default` of an expression.
pub(super) fn default_export(source: &Source, node: usize) -> Option<String> {
    let unnamed = source.nodes[node].is(flag::ENTITY);
    unnamed.then(|| "export default".to_owned())
}

/// `it adds two numbers`.
pub(super) fn test_title(source: &Source, node: usize) -> Option<String> {
    source.nodes[node].is(flag::ENTITY).then_some(())?;
    let first = source.nodes[node].first as usize;
    let word = String::from_utf8_lossy(source.text(first)).into_owned();
    let arguments = source.child_named(node, "arguments")?;
    let named =
        |child: &usize| source.nodes[*child].is(flag::NAMED) && !source.nodes[*child].is(flag::COMMENT);
    let title = source.node_text(source.children(arguments).find(named)?);
    Some(format!("{word} {}", title.trim_matches(|c| matches!(c, '"' | '\'' | '`'))))
}

/// What a node defines.
pub(super) fn definition(source: &Source, node: usize) -> Option<Definition> {
    let here = &source.nodes[node];
    if here.end == node as u32 + 1 {
        return if here.is(flag::IDENTIFIER) { variable(source, node) } else { None };
    }
    let kind = match source.kind_name(node) {
        "function_declaration" | "generator_function_declaration" | "function_signature" => {
            DefinitionKind::Function
        }
        "class_declaration"
        | "abstract_class_declaration"
        | "interface_declaration"
        | "type_alias_declaration"
        | "enum_declaration" => DefinitionKind::Type,
        "internal_module" | "module" => DefinitionKind::Module,
        "method_definition" | "method_signature" | "abstract_method_signature" => DefinitionKind::Method,
        "public_field_definition" | "field_definition" | "property_signature" => DefinitionKind::Field,
        "enum_assignment" => DefinitionKind::Variant,
        _ => return None,
    };
    let name = source.child_named(node, "name").or_else(|| source.child_named(node, "property"))?;
    let whole = source.grouped(node);
    let member = matches!(kind, DefinitionKind::Method | DefinitionKind::Field | DefinitionKind::Variant);
    let attributes = [node, whole]
        .iter()
        .any(|node| source.children(*node).any(|child| source.nodes[child].is(flag::ATTRIBUTE)));
    Some(Definition {
        name: source.node_text(name),
        kind,
        name_range: source.range(name),
        range: source.range(whole),
        exported: if member { !hidden(source, node, name) } else { exported(source, whole) },
        has_attributes: attributes,
    })
}

/// A member that only its class reaches.
fn hidden(source: &Source, node: usize, name: usize) -> bool {
    source.kind_name(name) == "private_property_identifier"
        || source.children(node).any(|child| {
            source.kind_name(child) == "accessibility_modifier" && source.node_text(child) == "private"
        })
}

/// Children of a file looked at to tell a module from a script.
const LOOKED_AT: usize = 64;

/// Other files may refer to a declaration: it is exported, or its file is a script, whose names are everybody's. An
/// export list is a reference like any other.
fn exported(source: &Source, whole: usize) -> bool {
    let Some(parent) = source.parent(whole) else { return true };
    match source.kind_name(whole) {
        "export_statement" | "ambient_declaration" => return true,
        _ => {}
    }
    match source.kind_name(parent) {
        "program" => !is_module(source),
        "export_statement" | "ambient_declaration" => true,
        _ => false,
    }
}

fn is_module(source: &Source) -> bool {
    source.children(0).take(LOOKED_AT).any(|child| match source.kind_name(child) {
        "import_statement" | "export_statement" => true,
        _ => source.nodes[child].is(flag::IMPORT),
    })
}

/// Kinds that patterns are made of.
const PATTERNS: &[&str] = &[
    "object_pattern",
    "array_pattern",
    "rest_pattern",
    "pair_pattern",
    "assignment_pattern",
    "object_assignment_pattern",
];

/// A name bound by a declaration, a parameter, a loop or `catch`.
fn variable(source: &Source, node: usize) -> Option<Definition> {
    let own = source.kind_name(node);
    if own == "property_identifier" {
        // A variant without a value is nothing but its name.
        let list = source.parent(node).filter(|list| source.kind_name(*list) == "enum_body")?;
        return Some(found(source, node, DefinitionKind::Variant, source.range(node), list != 0));
    }
    if !matches!(own, "identifier" | "shorthand_property_identifier_pattern" | "type_identifier") {
        return None;
    }
    let mut child = node;
    for above in source.ancestors(node).skip(1) {
        let name = |wanted: &str| source.nodes[child].field == source.language.field(wanted);
        let (holds, kind) = match source.kind_name(above) {
            "variable_declarator" => (name("name"), declared_kind(source, above, child == node)),
            "required_parameter" | "optional_parameter" => (name("pattern"), DefinitionKind::Parameter),
            "formal_parameters" => (true, DefinitionKind::Parameter),
            "arrow_function" => (name("parameter"), DefinitionKind::Parameter),
            "catch_clause" => (name("parameter"), DefinitionKind::Local),
            "for_in_statement" => {
                let declares = source.child_named(above, "kind").is_some();
                (declares && name("left"), DefinitionKind::Local)
            }
            "type_parameter" => (name("name"), DefinitionKind::Parameter),
            kind if PATTERNS.contains(&kind) => {
                // Keys and default values bind nothing.
                if name("key") || name("right") {
                    return None;
                }
                child = above;
                continue;
            }
            _ => return None,
        };
        if !holds || (own == "type_identifier" && kind != DefinitionKind::Parameter) {
            return None;
        }
        let whole = if kind == DefinitionKind::Parameter || kind == DefinitionKind::Local {
            above
        } else {
            source.grouped(above)
        };
        let whole = match source.kind_name(whole) {
            "variable_declarator" => declaration_of(source, whole),
            _ => whole,
        };
        let open = !matches!(kind, DefinitionKind::Parameter | DefinitionKind::Local)
            && source
                .parent(whole)
                .is_some_and(|list| source.nodes[list].is(flag::STATEMENT_LIST) || list == 0)
            && exported(source, whole);
        return Some(found(source, node, kind, source.range(whole), open));
    }
    None
}

/// The declaration around a declarator if that is its only one.
fn declaration_of(source: &Source, declarator: usize) -> usize {
    let Some(parent) = source.parent(declarator) else { return declarator };
    let many =
        source.children(parent).filter(|child| source.kind_name(*child) == "variable_declarator").count();
    if many == 1 { parent } else { declarator }
}

fn declared_kind(source: &Source, declarator: usize, plain: bool) -> DefinitionKind {
    let value = source.child_named(declarator, "value").map(|value| source.kind_name(value));
    match value {
        Some("arrow_function" | "function_expression" | "generator_function") if plain => {
            DefinitionKind::Function
        }
        Some("class") if plain => DefinitionKind::Type,
        _ => {
            let list = source
                .ancestors(declarator)
                .skip(1)
                .find(|node| source.nodes[*node].is(flag::STATEMENT_LIST));
            let file = list.is_some_and(|list| {
                list == 0
                    || source
                        .parent(list)
                        .is_some_and(|owner| matches!(source.kind_name(owner), "internal_module" | "module"))
            });
            if file { DefinitionKind::Constant } else { DefinitionKind::Local }
        }
    }
}

fn found(
    source: &Source,
    node: usize,
    kind: DefinitionKind,
    range: std::ops::Range<usize>,
    exported: bool,
) -> Definition {
    Definition {
        name: source.node_text(node),
        kind,
        name_range: source.range(node),
        range,
        exported,
        has_attributes: false,
    }
}
