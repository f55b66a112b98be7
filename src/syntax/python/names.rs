//! Names: imports, definitions, tests.

use crate::syntax::language::flag;
use crate::syntax::{Definition, DefinitionKind, Import, Source};

fn is_field(source: &Source, node: usize, name: &str) -> bool {
    source.nodes[node].field != 0 && source.nodes[node].field == source.language.field(name)
}

/// `import a.b as c` is `["a", "b"]` as `c`; `from ..a import b` is `["..", "a", "b"]`.
pub(super) fn imports(source: &Source, node: usize) -> Vec<Import> {
    let range = source.range(node);
    let mut all = Vec::new();
    let words = |node: usize| -> Vec<String> {
        source
            .node_text(node)
            .split('.')
            .map(|word| word.trim().to_owned())
            .filter(|word| !word.is_empty())
            .collect()
    };
    let mut prefix: Vec<String> = Vec::new();
    let from = source.kind_name(node) != "import_statement";
    if source.kind_name(node) == "future_import_statement" {
        prefix.push("__future__".to_owned());
    } else if let Some(module) = source.child_named(node, "module_name") {
        if source.kind_name(module) == "relative_import" {
            let text = source.node_text(module);
            let dots: String =
                text.chars().filter(|c| !c.is_whitespace()).take_while(|c| *c == '.').collect();
            prefix.push(dots);
        }
        prefix.extend(words(module));
    }
    let mut push = |more: Vec<String>, alias: Option<String>| {
        let path: Vec<String> = prefix.iter().cloned().chain(more).collect();
        let alias = alias.filter(|alias| Some(alias) != path.last());
        all.push(Import { path, alias, range: range.clone(), is_mod_decl: false, public: false });
    };
    for child in source.children(node) {
        match source.kind_name(child) {
            "wildcard_import" => push(vec!["*".to_owned()], None),
            "aliased_import" => {
                let name = source.child_named(child, "name").map(words).unwrap_or_default();
                push(name, source.child_named(child, "alias").map(|alias| source.node_text(alias)));
            }
            "dotted_name" if is_field(source, child, "name") => {
                let path = words(child);
                // `import a.b` binds `a`.
                let alias = path.first().filter(|_| !from).cloned();
                push(path, alias);
            }
            _ => {}
        }
    }
    all
}

/// Attributes and names of keyword arguments are not the variables called alike.
pub(super) fn fixed(source: &Source, node: usize) -> bool {
    source.parent(node).is_some_and(|parent| match source.kind_name(parent) {
        "attribute" => is_field(source, node, "attribute"),
        "keyword_argument" => is_field(source, node, "name"),
        _ => false,
    })
}

/// `def test_…`, `class Test…`.
pub(super) fn is_test(source: &Source, node: usize) -> bool {
    let inner = source.ungrouped(node);
    let Some(name) = source.child_named(inner, "name").map(|name| source.node_text(name)) else {
        return false;
    };
    match source.kind_name(inner) {
        "function_definition" => name.starts_with("test"),
        "class_definition" => name.starts_with("Test"),
        _ => false,
    }
}

/// What holds a name: the nearest function, class or file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    File,
    Class,
    Function,
}

fn scope(source: &Source, node: usize) -> Scope {
    for above in source.ancestors(node).skip(1) {
        match source.kind_name(above) {
            "function_definition" | "lambda" => return Scope::Function,
            "class_definition" => return Scope::Class,
            _ => {}
        }
    }
    Scope::File
}

/// What a node defines.
pub(super) fn definition(source: &Source, node: usize) -> Option<Definition> {
    let kind = match source.kind_name(node) {
        "identifier" => return variable(source, node),
        "function_definition" if scope(source, node) == Scope::Class => DefinitionKind::Method,
        "function_definition" => DefinitionKind::Function,
        "class_definition" => DefinitionKind::Type,
        _ => return None,
    };
    let name = source.child_named(node, "name")?;
    let whole = source.grouped(node);
    Some(Definition {
        name: source.node_text(name),
        kind,
        name_range: source.range(name),
        range: source.range(whole),
        // Any other file may import what is not inside a function.
        exported: scope(source, node) != Scope::Function,
        has_attributes: source.children(whole).any(|child| source.nodes[child].is(flag::ATTRIBUTE)),
    })
}

/// Kinds that targets and parameters are made of.
const PATTERNS: &[&str] = &[
    "pattern_list",
    "tuple_pattern",
    "list_pattern",
    "list_splat_pattern",
    "dictionary_splat_pattern",
    "as_pattern_target",
    "typed_parameter",
    "default_parameter",
    "typed_default_parameter",
];

/// A name bound by an assignment, a parameter, a loop, `with`, `except` or `:=`.
fn variable(source: &Source, node: usize) -> Option<Definition> {
    let mut child = node;
    for above in source.ancestors(node).skip(1) {
        let bound = |name: &str| is_field(source, child, name);
        let (holds, parameter, inner) = match source.kind_name(above) {
            "assignment" | "for_statement" => (bound("left"), false, false),
            "for_in_clause" => (bound("left"), false, true),
            "named_expression" => (bound("name"), false, false),
            "as_pattern" | "except_clause" => (bound("alias"), false, false),
            "parameters" | "lambda_parameters" => (true, true, false),
            kind if PATTERNS.contains(&kind) => {
                if bound("type") || bound("value") {
                    return None;
                }
                child = above;
                continue;
            }
            _ => return None,
        };
        if !holds {
            return None;
        }
        let around = scope(source, node);
        let kind = match around {
            _ if parameter => DefinitionKind::Parameter,
            _ if inner => DefinitionKind::Local,
            Scope::Function => DefinitionKind::Local,
            Scope::Class => DefinitionKind::Field,
            Scope::File => DefinitionKind::Constant,
        };
        return Some(Definition {
            name: source.node_text(node),
            kind,
            name_range: source.range(node),
            range: source.range(above),
            // Callers may name parameters.
            exported: match kind {
                DefinitionKind::Parameter => source.kind_name(above) == "parameters",
                DefinitionKind::Local => false,
                _ => true,
            },
            has_attributes: false,
        });
    }
    None
}
