//! Node kinds of Rust's grammar that the walk asks about, as an enumeration.

use std::sync::OnceLock;

use crate::syntax::Source;
use crate::syntax::rust::RUST;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum K {
    Other,
    Function,
    Struct,
    Enum,
    Union,
    Trait,
    Impl,
    Mod,
    Const,
    Static,
    TypeItem,
    AssociatedType,
    MacroDefinition,
    Use,
    ExternCrate,
    Field,
    Variant,
    DeclarationList,
    Block,
    Closure,
    Parameter,
    ClosureParameters,
    Let,
    For,
    If,
    While,
    Else,
    LetCondition,
    MatchArm,
    MatchPattern,
    TypeParameter,
    WherePredicate,
    ConstParameter,
    Identifier,
    TypeIdentifier,
    FieldIdentifier,
    ShorthandField,
    Keyword,
    ScopedIdentifier,
    GenericType,
    BracketedType,
    QualifiedType,
    TokenTree,
    MacroInvocation,
    Attribute,
    FieldExpression,
    CallExpression,
    StructExpression,
    FieldInitializer,
    StructPattern,
    FieldPattern,
    TupleStructPattern,
    TypeBinding,
    RangePattern,
    Label,
    Text,
    ReferenceType,
    BoundType,
    Inner,
    SelfParameter,
    GenericFunction,
}

static TABLE: OnceLock<Vec<K>> = OnceLock::new();

fn of_name(name: &str) -> K {
    match name {
        "function_item" | "function_signature_item" => K::Function,
        "struct_item" => K::Struct,
        "enum_item" => K::Enum,
        "union_item" => K::Union,
        "trait_item" => K::Trait,
        "impl_item" => K::Impl,
        "mod_item" => K::Mod,
        "const_item" => K::Const,
        "static_item" => K::Static,
        "type_item" => K::TypeItem,
        "associated_type" => K::AssociatedType,
        "macro_definition" => K::MacroDefinition,
        "use_declaration" => K::Use,
        "extern_crate_declaration" => K::ExternCrate,
        "field_declaration" => K::Field,
        "enum_variant" => K::Variant,
        "declaration_list" => K::DeclarationList,
        "block" => K::Block,
        "closure_expression" => K::Closure,
        "parameter" => K::Parameter,
        "closure_parameters" => K::ClosureParameters,
        "let_declaration" => K::Let,
        "for_expression" => K::For,
        "if_expression" => K::If,
        "while_expression" => K::While,
        "else_clause" => K::Else,
        "let_condition" => K::LetCondition,
        "match_arm" => K::MatchArm,
        "match_pattern" => K::MatchPattern,
        "type_parameter" => K::TypeParameter,
        "where_predicate" => K::WherePredicate,
        "const_parameter" => K::ConstParameter,
        "identifier" => K::Identifier,
        "type_identifier" => K::TypeIdentifier,
        "field_identifier" => K::FieldIdentifier,
        "shorthand_field_identifier" => K::ShorthandField,
        "self" | "super" | "crate" => K::Keyword,
        "scoped_identifier" | "scoped_type_identifier" => K::ScopedIdentifier,
        "generic_type" | "generic_type_with_turbofish" => K::GenericType,
        "bracketed_type" => K::BracketedType,
        "qualified_type" => K::QualifiedType,
        "token_tree" | "token_tree_pattern" => K::TokenTree,
        "macro_invocation" => K::MacroInvocation,
        "attribute_item" | "inner_attribute_item" => K::Attribute,
        "field_expression" => K::FieldExpression,
        "call_expression" => K::CallExpression,
        "struct_expression" => K::StructExpression,
        "field_initializer" => K::FieldInitializer,
        "struct_pattern" => K::StructPattern,
        "field_pattern" => K::FieldPattern,
        "tuple_struct_pattern" => K::TupleStructPattern,
        "type_binding" => K::TypeBinding,
        "range_pattern" => K::RangePattern,
        "label" | "lifetime" => K::Label,
        "string_literal" | "raw_string_literal" => K::Text,
        "reference_type" => K::ReferenceType,
        "abstract_type" | "dynamic_type" => K::BoundType,
        "reference_expression" | "parenthesized_expression" => K::Inner,
        "self_parameter" => K::SelfParameter,
        "generic_function" => K::GenericFunction,
        _ => K::Other,
    }
}

/// Kinds by number.
pub(super) fn table() -> &'static [K] {
    TABLE.get_or_init(|| {
        let grammar = &RUST.kinds().grammar;
        (0..grammar.node_kind_count())
            .map(|id| {
                let named = grammar.node_kind_is_named(id as u16);
                grammar.node_kind_for_id(id as u16).filter(|_| named).map_or(K::Other, of_name)
            })
            .collect()
    })
}

/// Field numbers that the walk asks about.
pub(super) struct Fields {
    pub name: u16,
    pub path: u16,
    pub list: u16,
    pub alias: u16,
    pub argument: u16,
    pub kind: u16,
    pub of_trait: u16,
    pub body: u16,
    pub pattern: u16,
    pub value: u16,
    pub field: u16,
    pub function: u16,
    pub parameters: u16,
    pub result: u16,
    pub condition: u16,
    pub bounds: u16,
    pub left: u16,
    pub of_macro: u16,
}

static FIELDS: OnceLock<Fields> = OnceLock::new();

pub(super) fn fields() -> &'static Fields {
    FIELDS.get_or_init(|| Fields {
        name: RUST.field("name"),
        path: RUST.field("path"),
        list: RUST.field("list"),
        alias: RUST.field("alias"),
        argument: RUST.field("argument"),
        kind: RUST.field("type"),
        of_trait: RUST.field("trait"),
        body: RUST.field("body"),
        pattern: RUST.field("pattern"),
        value: RUST.field("value"),
        field: RUST.field("field"),
        function: RUST.field("function"),
        parameters: RUST.field("parameters"),
        result: RUST.field("return_type"),
        condition: RUST.field("condition"),
        bounds: RUST.field("bounds"),
        left: RUST.field("left"),
        of_macro: RUST.field("macro"),
    })
}

/// The kind of a node.
pub(super) fn kind(source: &Source, node: usize) -> K {
    table().get(source.nodes[node].kind as usize).copied().unwrap_or(K::Other)
}
