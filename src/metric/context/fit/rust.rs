//! Uses and declarations of Rust.

use super::{Call, Shape, Use};
use crate::syntax::index::{Index, Symbol, SymbolKind};
use crate::syntax::{Source, flag};

/// Macros of the standard library whose arguments are expressions.
const EXPRESSIONS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "format",
    "panic",
    "print",
    "println",
    "todo",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// Children that mean something.
fn elements(source: &Source, node: usize) -> impl Iterator<Item = usize> + '_ {
    source.children(node).filter(|child| {
        let child = &source.nodes[*child];
        child.is(flag::NAMED) && !child.is(flag::COMMENT | flag::ATTRIBUTE)
    })
}

fn name(source: &Source, node: usize) -> Option<String> {
    source.child_named(node, "name").map(|name| source.node_text(name))
}

pub(super) fn sure_in_macro(source: &Source, byte: usize) -> bool {
    let Some(leaf) = source.leaf_at(byte) else { return false };
    let outer = source.ancestors(leaf).find(|node| source.kind_name(*node) == "macro_invocation");
    let of = outer.and_then(|outer| source.child_named(outer, "macro")).map(|of| source.node_text(of));
    if !of.is_some_and(|of| EXPRESSIONS.contains(&of.rsplit("::").next().unwrap_or(""))) {
        return false;
    }
    let token = source.nodes[leaf].first as usize;
    let before = token.checked_sub(1).map_or(&b""[..], |token| source.text(token));
    let after = source.text(token + 1);
    // Behind a dot or a path the name was followed by its type; a small name alone may be one that a closure in there
    // brings, and one before `=` is an argument's.
    match before {
        b"." | b"::" => true,
        b"|" => false,
        _ if source.bytes[byte].is_ascii_uppercase() => after != b"=",
        _ => matches!(after, b"(" | b"::"),
    }
}

pub(super) fn use_of(source: &Source, byte: usize) -> Use {
    let Some(leaf) = source.leaf_at(byte) else { return Use::Named };
    let is_value = matches!(source.kind_name(leaf), "identifier" | "field_identifier");
    let mut node = leaf;
    let mut by_path = false;
    while let Some(parent) = source.parent(node) {
        let field = source.nodes[node].field;
        let is = |wanted: &str| field != 0 && field == source.language.field(wanted);
        match source.kind_name(parent) {
            "scoped_identifier" | "scoped_type_identifier" if is("name") => by_path = true,
            "scoped_identifier" | "scoped_type_identifier" => return arms(source, parent),
            "generic_function" if is("function") => {}
            "generic_type" | "generic_type_with_turbofish" if is("type") => {}
            "field_expression" if is("field") => {}
            "call_expression" if is("function") => return call(source, parent, by_path),
            "struct_expression" if is("name") => return parts(source, parent),
            "struct_pattern" if is("type") => return parts(source, parent),
            "tuple_struct_pattern" if is("type") => {
                let given = elements(source, parent).skip(1);
                let open =
                    elements(source, parent).any(|one| source.kind_name(one) == "remaining_field_pattern");
                let call = Call { arguments: given.count() as u16, open, ..Call::default() };
                return Use::Call(call);
            }
            "impl_item" if is("trait") => return implementation(source, parent),
            "token_tree" => return in_macro(source, leaf),
            kind if kind.starts_with("use_") || kind.starts_with("scoped_use") => return Use::Named,
            "let_declaration" | "arguments" | "return_expression" | "field_initializer" if is_value => {
                return Use::Value;
            }
            _ => return Use::Named,
        }
        node = parent;
    }
    Use::Named
}

fn call(source: &Source, node: usize, by_path: bool) -> Use {
    let Some(list) = source.child_named(node, "arguments") else { return Use::Named };
    let parent = source.parent(node).unwrap_or(node);
    let kind = source.kind_name(parent);
    let dropped = kind == "let_declaration"
        && source.child_named(parent, "pattern").is_some_and(|pattern| source.node_text(pattern) == "_");
    // What a closure gives may be anything to what takes it.
    let consumed = !dropped
        && !matches!(
            kind,
            "expression_statement" | "closure_expression" | "block" | "try_expression" | "await_expression"
        );
    Use::Call(Call {
        arguments: elements(source, list).count() as u16,
        open: false,
        by_path,
        consumed,
        around: around(source, node),
    })
}

/// The function around a node.
fn around(source: &Source, node: usize) -> Option<std::ops::Range<usize>> {
    let function = source.ancestors(node).find(|node| source.kind_name(*node) == "function_item")?;
    Some(source.range(function))
}

/// A call among the tokens of a macro.
fn in_macro(source: &Source, leaf: usize) -> Use {
    let token = source.nodes[leaf].first as usize;
    if source.text(token + 1) != b"(" {
        return Use::Named;
    }
    let Some(bracket) = source.tokens.get(token + 1) else { return Use::Named };
    let Some(tree) = source.parent(bracket.node as usize) else { return Use::Named };
    let mut arguments = 0;
    let mut pending = false;
    let mut generic = false;
    for child in source.children(tree).skip(1) {
        let range = source.range(child);
        match &source.bytes[range] {
            b"," => {
                arguments += u16::from(pending);
                pending = false;
            }
            b")" => {}
            text => {
                // A comma between angle brackets or bars is no separator.
                generic |= matches!(text, b"<" | b"|" | b"||");
                pending = true;
            }
        }
    }
    arguments += u16::from(pending);
    let by_path = token.checked_sub(1).is_some_and(|before| source.text(before) == b"::");
    Use::Call(Call { arguments, open: generic, by_path, consumed: true, around: None })
}

fn parts(source: &Source, node: usize) -> Use {
    let list = source.child_named(node, "body").unwrap_or(node);
    let (mut given, mut open) = (Vec::new(), false);
    for one in elements(source, list) {
        match source.kind_name(one) {
            "field_initializer" => {
                given.extend(source.child_named(one, "field").map(|field| source.node_text(field)));
            }
            "shorthand_field_initializer" => given.push(source.node_text(one)),
            "field_pattern" => {
                let name = source.child_named(one, "name").map(|name| source.node_text(name));
                given.push(name.unwrap_or_else(|| source.node_text(one)));
            }
            "base_field_initializer" | "remaining_field_pattern" => open = true,
            _ => {}
        }
    }
    // `..` in a pattern is no element of its own in some grammars.
    open |= source.children(list).any(|one| source.node_text(one) == "..");
    Use::Parts { given, open, loose: false }
}

fn implementation(source: &Source, node: usize) -> Use {
    let Some(body) = source.child_named(node, "body") else { return Use::Named };
    let (mut given, mut open) = (Vec::new(), false);
    for one in elements(source, body) {
        let one = source.ungrouped(one);
        match source.kind_name(one) {
            "macro_invocation" => open = true,
            _ => given.extend(name(source, one).map(|name| (name, parameters(source, one)))),
        }
    }
    Use::Implementation { given, open, closed: !open }
}

/// Number of parameters of a function without its receiver.
fn parameters(source: &Source, function: usize) -> Option<u16> {
    let list = source.child_named(function, "parameters")?;
    Some(elements(source, list).filter(|one| source.kind_name(*one) != "self_parameter").count() as u16)
}

/// The arms of a match in whose pattern, and at its top, an enumeration is named; no arms where one takes all.
fn arms(source: &Source, path: usize) -> Use {
    let mut node = path;
    while let Some(parent) = source.parent(node) {
        match source.kind_name(parent) {
            "tuple_struct_pattern" | "struct_pattern" if source.children(parent).next() == Some(node) => {}
            "or_pattern" => {}
            "match_pattern" => {
                let block = source.ancestors(parent).find(|node| source.kind_name(*node) == "match_block");
                return block.map_or(Use::Named, |block| arms_of(source, block));
            }
            _ => return Use::Named,
        }
        node = parent;
    }
    Use::Named
}

fn arms_of(source: &Source, block: usize) -> Use {
    let mut named = Vec::new();
    for arm in elements(source, block).map(|arm| source.ungrouped(arm)) {
        let Some(pattern) = source.child_named(arm, "pattern") else { return Use::Named };
        if source.child_named(pattern, "condition").is_some() {
            continue;
        }
        let mut open = vec![pattern];
        let mut any = false;
        while let Some(one) = open.pop() {
            match source.kind_name(one) {
                "match_pattern" | "or_pattern" => {
                    any = true;
                    let inner: Vec<usize> = elements(source, one).collect();
                    if inner.is_empty() {
                        return Use::Named;
                    }
                    open.extend(inner);
                }
                "scoped_identifier" => named.extend(name(source, one)),
                "tuple_struct_pattern" | "struct_pattern" => {
                    let of = source.child_named(one, "type");
                    let text = of.map(|of| source.node_text(of)).unwrap_or_default();
                    named.push(text.rsplit("::").next().unwrap_or("").trim().to_owned());
                }
                "identifier" if source.node_text(one).starts_with(char::is_uppercase) => {
                    named.push(source.node_text(one));
                }
                // A binding, `_`, or something unknown takes all.
                _ => return Use::Named,
            }
        }
        if !any {
            return Use::Named;
        }
    }
    named.sort();
    named.dedup();
    Use::Arms(named)
}

pub(super) fn shape(source: &Source, _: &Index, symbol: &Symbol) -> Shape {
    let mut shape = Shape { exact_value: true, ..Shape::default() };
    let item = source.leaf_at(symbol.name_range.start).and_then(|leaf| source.parent(leaf));
    let Some(item) = item else { return shape };
    match symbol.kind {
        SymbolKind::Function | SymbolKind::Method => {
            shape.parameters = symbol.parameters;
            shape.receiver = symbol.kind == SymbolKind::Method && !symbol.fixed;
            shape.wrapped = wrapped(source, item);
        }
        SymbolKind::Struct | SymbolKind::Variant | SymbolKind::Union => {
            let Some(body) = source.child_named(item, "body") else { return shape };
            if source.kind_name(body) == "ordered_field_declaration_list" {
                let count = source
                    .children(body)
                    .filter(|one| source.nodes[*one].field == source.language.field("type"))
                    .count() as u16;
                shape.parameters = Some((count, Some(count)));
            } else if symbol.kind != SymbolKind::Union && !conditional(source, body) {
                let fields = elements(source, body).map(|one| source.ungrouped(one));
                shape.parts = Some(fields.filter_map(|one| Some((name(source, one)?, true))).collect());
            }
        }
        SymbolKind::Enum => {
            let body = source.child_named(item, "body").filter(|body| !conditional(source, *body));
            shape.variants = body.map(|body| {
                elements(source, body).filter_map(|one| name(source, source.ungrouped(one))).collect()
            });
        }
        SymbolKind::Trait => {
            let body = source.child_named(item, "body").filter(|body| !conditional(source, *body));
            shape.asked = body.map(|body| {
                let items = elements(source, body).map(|one| source.ungrouped(one));
                items
                    .filter_map(|one| {
                        let must = match source.kind_name(one) {
                            "function_signature_item" => true,
                            "const_item" => source.child_named(one, "value").is_none(),
                            "associated_type" => !source.node_text(one).contains('='),
                            _ => false,
                        };
                        Some((name(source, one)?, must, parameters(source, one)))
                    })
                    .collect()
            });
        }
        _ => {}
    }
    shape
}

/// Parts are there under a condition, or by a macro.
fn conditional(source: &Source, list: usize) -> bool {
    let text = &source.bytes[source.range(list)];
    memchr::memmem::find(text, b"#[cfg").is_some() || memchr::memmem::find(text, b"!(").is_some()
}

fn wrapped(source: &Source, function: usize) -> Vec<&'static str> {
    let mut found = Vec::new();
    if source.children(function).any(|one| {
        source.kind_name(one) == "function_modifiers"
            && source.node_text(one).split_whitespace().any(|word| word == "async")
    }) {
        found.push("Future");
    }
    let result = source.child_named(function, "return_type").map(|result| source.node_text(result));
    let head = result.as_deref().and_then(|result| result.split('<').next()).unwrap_or("");
    match head.rsplit("::").next().unwrap_or("").trim() {
        "Option" => found.push("Option"),
        "Result" => found.push("Result"),
        _ => {}
    }
    found
}
