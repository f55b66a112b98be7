//! What a kind alone does not tell: declarations with a name of their own, tests, imports by call, semicolons that could
//! be left out, parentheses that only group, tags that do not match.

use tree_sitter::{Node, Tree};

use crate::syntax::language::{Above, flag};
use crate::syntax::{Source, TokenKind};

/// Functions that tests are written with.
const TESTS: &[&str] = &[
    "bench",
    "context",
    "describe",
    "fdescribe",
    "fit",
    "it",
    "specify",
    "suite",
    "test",
    "xdescribe",
    "xit",
    "xtest",
];

/// The letters, digits and signs of a name at a place.
fn word(text: &[u8], at: usize) -> &[u8] {
    let rest = text.get(at..).unwrap_or_default();
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80;
    &rest[..rest.iter().take_while(|byte| part(byte)).count()]
}

/// A node's flags, given the kinds above it.
pub(super) fn refine(node: &Node, text: &[u8], above: Above, flags: u32) -> u32 {
    let named = flag::ENTITY | flag::ITEM;
    match node.kind() {
        "variable_declarator" => {
            if entity_of_file(above) && plain_name(node) || function_valued(node) {
                flags
            } else {
                flags & !named
            }
        }
        "public_field_definition" | "field_definition" => {
            if function_valued(node) {
                flags
            } else {
                flags & !named
            }
        }
        "call_expression" => {
            let word = word(text, node.start_byte());
            let test = above[0] == "expression_statement" && TESTS.iter().any(|test| test.as_bytes() == word);
            let test = test && titled(node);
            let load = matches!(word, b"import" | b"require") && loads(node);
            let kept = (if test { named | flag::TEST } else { 0 }) | (if load { flag::LOAD } else { 0 });
            flags & !(named | flag::TEST | flag::LOAD) | flags & kept
        }
        "lexical_declaration" | "variable_declaration" => {
            let file = matches!(above[0], "program" | "export_statement");
            let requires =
                file && declared(node).is_some_and(|value| word(text, value.start_byte()) == b"require");
            if requires { flags } else { flags & !(flag::IMPORT | flag::ITEM) }
        }
        "export_statement" => {
            let import = node.child_by_field_name("source").is_some();
            let default = node.child_by_field_name("value").is_some();
            flags
                & !(if import { 0 } else { flag::IMPORT | flag::ITEM })
                & !(if default { 0 } else { flag::ENTITY })
                | (if default { flag::ITEM } else { 0 })
        }
        _ => flags,
    }
}

fn declared<'t>(declaration: &Node<'t>) -> Option<Node<'t>> {
    let declarator = declaration.named_child(0).filter(|child| child.kind() == "variable_declarator")?;
    declarator.child_by_field_name("value")
}

/// The declarator stands at the level of a file or namespace.
fn entity_of_file(above: Above) -> bool {
    match above[1] {
        "program" | "export_statement" | "ambient_declaration" => true,
        "statement_block" => matches!(above[2], "internal_module" | "module"),
        _ => false,
    }
}

fn plain_name(node: &Node) -> bool {
    node.child_by_field_name("name").is_some_and(|name| name.kind() == "identifier")
}

fn function_valued(node: &Node) -> bool {
    let function = |value: Node| {
        matches!(value.kind(), "arrow_function" | "function_expression" | "generator_function" | "class")
    };
    node.child_by_field_name("value").is_some_and(function)
}

/// A call with a title and something to run: `it("adds", () => …)`, `test.each(…)("…", …)`.
fn titled(node: &Node) -> bool {
    let Some(arguments) = node.child_by_field_name("arguments") else { return false };
    let title = arguments.named_child(0).map(|first| first.kind());
    matches!(title, Some("string" | "template_string" | "binary_expression" | "member_expression"))
        && arguments.named_child_count() > 1
}

/// `import("x")` or `require("x")`.
fn loads(node: &Node) -> bool {
    let direct = node.child_by_field_name("function");
    let direct = direct.is_some_and(|function| matches!(function.kind(), "import" | "identifier"));
    let path = node.child_by_field_name("arguments").and_then(|arguments| arguments.named_child(0));
    direct && path.is_some_and(|path| path.kind() == "string")
}

/// Words that go on with an expression on the next line.
const GOES_ON: &[&[u8]] =
    &[b"in", b"instanceof", b"as", b"satisfies", b"of", b"is", b"extends", b"implements"];
/// Words before a line break that take what follows with them.
const TAKES: &[&[u8]] = &[
    b"get",
    b"set",
    b"static",
    b"async",
    b"accessor",
    b"readonly",
    b"declare",
    b"abstract",
    b"type",
    b"let",
    b"public",
    b"private",
    b"protected",
    b"override",
    b"namespace",
    b"module",
    b"interface",
    b"enum",
    b"await",
    b"yield",
    b"of",
];

/// A semicolon after which a line break (or `}`, or the end) would end the statement all the same.
pub(super) fn optional_end(source: &Source, token: usize) -> bool {
    if source.text(token) != b";" || token == 0 {
        return false;
    }
    let leaf = source.tokens[token].node as usize;
    let Some(owner) = source.parent(leaf) else { return false };
    let in_list =
        |node: usize| source.parent(node).is_some_and(|list| source.nodes[list].is(flag::STATEMENT_LIST));
    let member = matches!(source.kind_name(owner), "class_body" | "interface_body" | "object_type");
    let last = source.nodes[owner].last as usize == token + 1;
    let statement = last && in_list(source.grouped(owner)) && source.kind_name(owner) != "empty_statement";
    let looped = last
        && matches!(
            source.kind_name(owner),
            "for_statement" | "while_statement" | "for_in_statement" | "if_statement" | "else_clause"
        );
    if looped || !(member || statement) || TAKES.contains(&source.text(token - 1)) {
        return false;
    }
    let Some(next) = source.tokens.get(token + 1) else { return true };
    let text = source.text(token + 1);
    if text == b"}" {
        return true;
    }
    let between =
        source.bytes.get(source.tokens[token].end as usize..next.start as usize).unwrap_or_default();
    let starts = next.kind == TokenKind::Word && !GOES_ON.contains(&text) || text == b"}" || text == b"@";
    starts && between.contains(&b'\n')
}

/// Braces around the one statement that a condition or loop has; a declaration keeps its scope.
fn lone_block(source: &Source, node: usize) -> bool {
    let parent = source.parent(node).map_or("", |parent| source.kind_name(parent));
    let holds = matches!(
        parent,
        "if_statement"
            | "else_clause"
            | "for_statement"
            | "for_in_statement"
            | "while_statement"
            | "do_statement"
    );
    let mut inner = source.children(node).map(|child| source.kind_name(child));
    let [Some("{"), Some(only), Some("}"), None] = std::array::from_fn(|_| inner.next()) else {
        return false;
    };
    let plain = matches!(
        only,
        "expression_statement"
            | "return_statement"
            | "throw_statement"
            | "break_statement"
            | "continue_statement"
            | "if_statement"
            | "for_statement"
            | "for_in_statement"
            | "while_statement"
    );
    holds && plain
}

/// What only groups: parentheses that are not the end of an optional chain, a string that would be a directive, a
/// sequence or function that would stand bare; braces around one statement.
pub(super) fn groups(source: &Source, node: usize) -> bool {
    match source.kind_name(node) {
        "parenthesized_expression" => {}
        "statement_block" => return lone_block(source, node),
        _ => return false,
    }
    let parent = source.parent(node).map_or("", |parent| source.kind_name(parent));
    let grouping = !matches!(
        parent,
        "member_expression"
            | "subscript_expression"
            | "call_expression"
            | "expression_statement"
            | "arrow_function"
            | "decorator"
            | "jsx_expression"
            | "export_statement"
    );
    let bare = source.children(node).any(|child| {
        matches!(source.kind_name(child), "sequence_expression" | "object" | "arrow_function" | "comment")
    });
    grouping && !bare
}

/// JSX elements whose end is called something else than their beginning: the grammar takes them, the language does not.
pub(super) fn faults(tree: &Tree, text: &[u8]) -> usize {
    let may_close = memchr::memmem::find(text, b"</").is_some();
    if !may_close {
        return 0;
    }
    let name = |node: Node| {
        let name = node.child_by_field_name("name");
        name.and_then(|name| text.get(name.byte_range())).unwrap_or_default()
    };
    let mut wrong = 0;
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.kind() == "jsx_element" {
            let (open, close) = (node.child_by_field_name("open_tag"), node.child_by_field_name("close_tag"));
            if let (Some(open), Some(close)) = (open, close) {
                wrong += usize::from(name(open) != name(close));
            }
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return wrong;
            }
        }
    }
}
