//! Uses and declarations of TypeScript and JavaScript.

use super::{Call, Shape, Use};
use crate::syntax::Source;
use crate::syntax::index::{Index, Symbol, SymbolKind};

/// The name of a key that is written out.
fn key(source: &Source, node: usize) -> Option<String> {
    let text = source.node_text(node);
    match source.kind_name(node) {
        "property_identifier"
        | "shorthand_property_identifier"
        | "identifier"
        | "private_property_identifier" => Some(text),
        "string" => Some(text.trim_matches(['\'', '"']).to_owned()),
        _ => None,
    }
}

pub(super) fn use_of(source: &Source, byte: usize) -> Use {
    let Some(leaf) = source.leaf_at(byte) else { return Use::Named };
    let mut node = leaf;
    while let Some(parent) = source.parent(node) {
        let field = source.nodes[node].field;
        let is = |wanted: &str| field != 0 && field == source.language.field(wanted);
        match source.kind_name(parent) {
            "member_expression" if is("property") => {}
            "nested_type_identifier" | "generic_type" if is("name") => {}
            "call_expression" if is("function") => return call(source, parent),
            "new_expression" if is("constructor") => return call(source, parent),
            "type_annotation" => return literal(source, parent),
            "implements_clause" => return implementation(source, parent),
            "arguments" | "return_statement" | "variable_declarator" | "pair" | "array" => return Use::Value,
            _ => return Use::Named,
        }
        node = parent;
    }
    Use::Named
}

fn call(source: &Source, node: usize) -> Use {
    let Some(list) = source.child_named(node, "arguments") else {
        // `new Foo`
        return Use::Call(Call { consumed: true, around: around(source, node), ..Call::default() });
    };
    if source.kind_name(list) != "arguments" {
        return Use::Named;
    }
    let parent = source.parent(node).map_or("", |parent| source.kind_name(parent));
    let consumed = !matches!(
        parent,
        "expression_statement"
            | "await_expression"
            | "return_statement"
            | "arrow_function"
            | "unary_expression"
    );
    // A promise is waited for elsewhere.
    let then = source.parent(node).is_some_and(|parent| {
        source.kind_name(parent) == "member_expression"
            && source.child_named(parent, "property").is_some_and(|name| {
                matches!(&source.bytes[source.range(name)], b"then" | b"catch" | b"finally")
            })
    });
    Use::Call(Call {
        arguments: source.elements(list).count() as u16,
        open: source.elements(list).any(|one| source.kind_name(one) == "spread_element"),
        by_path: false,
        consumed: consumed && !then,
        around: around(source, node),
    })
}

fn around(source: &Source, node: usize) -> Option<std::ops::Range<usize>> {
    let function = source.ancestors(node).skip(1).find(|node| {
        matches!(
            source.kind_name(*node),
            "function_declaration" | "function_expression" | "arrow_function" | "method_definition"
        )
    });
    function.map(|function| source.range(function))
}

/// An object literal for a variable of a written type.
fn literal(source: &Source, annotation: usize) -> Use {
    let variable = source.parent(annotation).filter(|up| source.kind_name(*up) == "variable_declarator");
    let value = variable.and_then(|variable| source.child_named(variable, "value"));
    let Some(object) = value.filter(|value| source.kind_name(*value) == "object") else { return Use::Named };
    let (mut given, mut open) = (Vec::new(), false);
    for one in source.elements(object) {
        let named = match source.kind_name(one) {
            "pair" => source.child_named(one, "key").and_then(|name| key(source, name)),
            "method_definition" => source.child_named(one, "name").and_then(|name| key(source, name)),
            "shorthand_property_identifier" => key(source, one),
            _ => None,
        };
        open |= named.is_none();
        given.extend(named);
    }
    Use::Parts { given, open, loose: true }
}

/// A class that says that it has what an interface asks for.
fn implementation(source: &Source, clause: usize) -> Use {
    let heritage = source.parent(clause);
    let class = heritage.and_then(|heritage| source.parent(heritage));
    let Some(body) = class.and_then(|class| source.child_named(class, "body")) else { return Use::Named };
    let extends = heritage.is_some_and(|heritage| {
        source.children(heritage).any(|one| source.kind_name(one) == "extends_clause")
    });
    let mut given = Vec::new();
    for one in source.elements(body) {
        let named = source.child_named(one, "name").and_then(|name| key(source, name));
        let count = source.child_named(one, "parameters").map(|list| source.elements(list).count() as u16);
        given.extend(named.map(|name| (name, count)));
    }
    Use::Implementation { given, open: extends, closed: false }
}

pub(super) fn shape(source: &Source, index: &Index, symbol: &Symbol) -> Shape {
    let mut shape = Shape::default();
    let item = source.leaf_at(symbol.name_range.start).and_then(|leaf| source.parent(leaf));
    let Some(item) = item else { return shape };
    match symbol.kind {
        SymbolKind::Function | SymbolKind::Method | SymbolKind::Constant => {
            shape.parameters = symbol.parameters;
            shape.wrapped = wrapped(source, item);
        }
        SymbolKind::Class => {
            // Several signatures are overloads: what fits one of them fits.
            let mut own = index.members(symbol.id).filter(|member| member.name == "constructor");
            let first = own.next();
            shape.parameters = first.filter(|_| own.next().is_none()).and_then(|one| one.parameters);
        }
        SymbolKind::Interface | SymbolKind::Alias => {
            let body = source.child_named(item, "body").or_else(|| source.child_named(item, "value"));
            let body =
                body.filter(|body| matches!(source.kind_name(*body), "interface_body" | "object_type"));
            let Some(body) = body else { return shape };
            let mut parts = Vec::new();
            for one in source.elements(body) {
                if !matches!(source.kind_name(one), "property_signature" | "method_signature") {
                    continue;
                }
                let must = !source.children(one).any(|one| source.node_text(one) == "?");
                let named = source.child_named(one, "name").and_then(|name| key(source, name));
                parts.extend(named.map(|name| (name, must)));
            }
            shape.asked = Some(parts.iter().map(|(name, must)| (name.clone(), *must, None)).collect());
            shape.parts = Some(parts);
        }
        _ => {}
    }
    shape
}

fn wrapped(source: &Source, item: usize) -> Vec<&'static str> {
    let function = match source.kind_name(item) {
        "variable_declarator" => source.child_named(item, "value"),
        _ => Some(item),
    };
    let Some(function) = function else { return Vec::new() };
    let is_async = source.children(function).any(|one| source.node_text(one) == "async");
    let result = source.child_named(function, "return_type").map(|result| source.node_text(result));
    let promised = result.is_some_and(|result| result.trim_start_matches([':', ' ']).starts_with("Promise"));
    if is_async || promised { vec!["Promise"] } else { Vec::new() }
}
