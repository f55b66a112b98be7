//! From oxc's tree and scopes to a summary.

use std::collections::BTreeMap;

use oxc_ast::AstKind;
use oxc_ast::ast::{
    AssignmentTarget, ExportDefaultDeclarationKind, Expression, PropertyKey, TSModuleReference,
};
use oxc_semantic::{AstNode, NodeId, Semantic, SymbolFlags, SymbolId};
use oxc_span::{GetSpan, Span};

use super::modules::export_name;
use crate::syntax::index::summary::{
    Binding, BindingKind, Entry, Export, ExportOf, Mention, Module, Names, Request, Space, Summary,
    SymbolKind, Target, Ty, lines, words,
};

/// What a symbol of oxc's is here.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known {
    Definition(u32),
    Import(u32),
}

pub(super) struct Reading<'a, 's> {
    pub semantic: &'s Semantic<'a>,
    pub names: Names<'a>,
    pub out: Summary,
    pub known: BTreeMap<SymbolId, Known>,
    /// First byte of a name → mention.
    pub mentions: BTreeMap<u32, u32>,
    /// First byte of a definition's name → definition.
    pub defined: BTreeMap<u32, u32>,
    /// Node of a class, interface, enum → its members.
    pub holders: BTreeMap<NodeId, u32>,
    requests: BTreeMap<u32, u32>,
}

pub(super) fn read<'a>(text: &'a str, semantic: &Semantic<'a>) -> Summary {
    let mut names = Names::default();
    names.number("");
    let mut reading = Reading {
        semantic,
        names,
        out: Summary { modules: vec![Module::default()], ..Summary::default() },
        known: BTreeMap::new(),
        mentions: BTreeMap::new(),
        defined: BTreeMap::new(),
        holders: BTreeMap::new(),
        requests: BTreeMap::new(),
    };
    reading.symbols();
    for node in semantic.nodes().iter() {
        reading.imports(node);
    }
    for node in semantic.nodes().iter() {
        reading.node(node);
    }
    for node in semantic.nodes().iter() {
        reading.types(node);
    }
    reading.out.lines = lines(text.as_bytes());
    reading.out.names = reading.names.finish();
    reading.out
}

fn at(span: Span) -> (u32, u32) {
    (span.start, span.end)
}

/// The name of a key that is written out.
pub(super) fn key<'a>(key: &PropertyKey<'a>) -> Option<(&'a str, Span)> {
    match key {
        PropertyKey::StaticIdentifier(name) => Some((name.name.as_str(), name.span)),
        PropertyKey::PrivateIdentifier(name) => Some((name.name.as_str(), name.span)),
        PropertyKey::StringLiteral(text) => Some((text.value.as_str(), text.span)),
        _ => None,
    }
}

impl<'a> Reading<'a, '_> {
    pub fn define(&mut self, name: &'a str, span: Span, whole: Span, kind: SymbolKind) -> u32 {
        let number = self.out.definitions.len() as u32;
        let name = self.names.number(name);
        self.out.definitions.push(Entry {
            name,
            kind,
            at: at(span),
            whole: at(whole),
            exported: false,
            attributes: false,
            owner: None,
            fixed: false,
            parameters: None,
            ty: Ty::Unknown,
            result: Ty::Unknown,
        });
        self.defined.entry(span.start).or_insert(number);
        number
    }

    pub fn mention(&mut self, name: &'a str, span: Span, target: Target, space: Space) -> u32 {
        let number = self.out.mentions.len() as u32;
        let name = self.names.number(name);
        self.out.mentions.push(Mention {
            name,
            start: span.start,
            end: span.end,
            target,
            space,
            loose: false,
        });
        self.mentions.insert(span.start, number);
        number
    }

    /// Definitions and imports of all scopes.
    fn symbols(&mut self) {
        let scoping = self.semantic.scoping();
        let ids: Vec<SymbolId> = scoping.symbol_ids().collect();
        for id in ids {
            let flags = scoping.symbol_flags(id);
            // Names borrowed from the text live as long as the tree does.
            let declaration = scoping.symbol_declaration(id);
            let span = scoping.symbol_span(id);
            let name = self.text(span);
            if flags.intersects(SymbolFlags::Import | SymbolFlags::TypeImport) {
                continue;
            }
            let first = self.symbol(id, name, span, declaration, flags);
            self.known.insert(id, Known::Definition(first));
            for again in scoping.symbol_redeclarations(id) {
                if again.span != span {
                    self.symbol(id, name, again.span, again.declaration, again.flags);
                }
            }
        }
    }

    pub fn text(&self, span: Span) -> &'a str {
        let text: &'a str = self.semantic.source_text();
        text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    fn symbol(
        &mut self,
        id: SymbolId,
        name: &'a str,
        span: Span,
        declaration: NodeId,
        flags: SymbolFlags,
    ) -> u32 {
        let scoping = self.semantic.scoping();
        let nodes = self.semantic.nodes();
        let scope = scoping.symbol_scope_id(id);
        let holder = scoping.get_node_id(scope);
        let outside = matches!(
            nodes.kind(holder),
            AstKind::Program(_)
                | AstKind::TSModuleBlock(_)
                | AstKind::TSModuleDeclaration(_)
                | AstKind::TSGlobalDeclaration(_)
        );
        let parameter =
            matches!(nodes.kind(declaration), AstKind::FormalParameter(_) | AstKind::FormalParameterRest(_))
                || nodes
                    .ancestor_kinds(declaration)
                    .take(6)
                    .any(|kind| matches!(kind, AstKind::FormalParameter(_)))
                    && flags.contains(SymbolFlags::FunctionScopedVariable)
                    && !outside;
        let kind = if flags.intersects(SymbolFlags::Class) {
            SymbolKind::Class
        } else if flags.intersects(SymbolFlags::Enum) {
            SymbolKind::Enum
        } else if flags.intersects(SymbolFlags::Function) {
            SymbolKind::Function
        } else if flags.intersects(SymbolFlags::Interface) {
            SymbolKind::Interface
        } else if flags.intersects(SymbolFlags::TypeAlias) {
            SymbolKind::Alias
        } else if flags.intersects(SymbolFlags::EnumMember) {
            SymbolKind::Variant
        } else if flags.intersects(SymbolFlags::TypeParameter) {
            SymbolKind::TypeParameter
        } else if flags.intersects(SymbolFlags::NamespaceModule | SymbolFlags::ValueModule) {
            SymbolKind::Module
        } else if parameter {
            SymbolKind::Parameter
        } else if outside {
            SymbolKind::Constant
        } else {
            SymbolKind::Local
        };
        let mut whole = nodes.kind(declaration).span();
        for above in nodes.ancestor_kinds(declaration).take(2) {
            let grows =
                matches!(above, AstKind::ExportNamedDeclaration(_) | AstKind::ExportDefaultDeclaration(_))
                    || matches!(above, AstKind::VariableDeclaration(list) if list.declarations.len() == 1);
            if !grows {
                break;
            }
            whole = above.span();
        }
        let number = self.define(name, span, whole, kind);
        self.out.definitions[number as usize].attributes =
            matches!(nodes.kind(declaration), AstKind::Class(class) if !class.decorators.is_empty());
        let global =
            nodes.ancestor_kinds(declaration).any(|kind| matches!(kind, AstKind::TSGlobalDeclaration(_)));
        self.out.definitions[number as usize].exported = global;
        if outside && !matches!(nodes.kind(holder), AstKind::Program(_)) {
            let around = nodes.ancestors(holder).find_map(|node| match node.kind() {
                AstKind::TSModuleDeclaration(module) => Some(module.id.span().start),
                _ => None,
            });
            let own = match nodes.kind(holder) {
                AstKind::TSModuleDeclaration(module) => Some(module.id.span().start),
                _ => around,
            };
            let owner = own.and_then(|start| self.defined.get(&start).copied());
            self.out.definitions[number as usize].owner = owner.filter(|owner| *owner != number);
            // Whatever a declared namespace holds is seen from outside.
            self.out.definitions[number as usize].exported = true;
        } else if outside {
            let named = self.names.number(name);
            self.out.modules[0].items.push((named, number));
        }
        number
    }

    pub fn request(&mut self, text: &str, span: Span) -> u32 {
        if let Some(known) = self.requests.get(&span.start) {
            return *known;
        }
        let number = self.out.requests.len() as u32;
        self.out.requests.push(Request { text: text.to_owned(), start: span.start, end: span.end });
        self.requests.insert(span.start, number);
        number
    }

    /// An import: of one name of a module, or of the module.
    pub fn import(&mut self, request: u32, name: Option<&'a str>, mention: u32) -> u32 {
        let number = self.out.imports.len() as u32;
        let kind = if name.is_some() { BindingKind::Name } else { BindingKind::Whole };
        let name = name.map(|name| self.names.number(name));
        self.out.imports.push(Binding { name: None, kind, mention, public: false, conditional: false });
        self.out.import_of.push((request, name));
        number
    }

    pub fn export(&mut self, name: Option<&'a str>, of: ExportOf) {
        let name = name.map(|name| self.names.number(name));
        if let ExportOf::Definition(number) = of {
            self.mark_exported(number);
        }
        self.out.exports.push(Export { name, of });
    }

    /// A definition and what else is called so in the same scope.
    fn mark_exported(&mut self, number: u32) {
        let name = self.out.definitions[number as usize].name;
        for entry in &mut self.out.definitions {
            if entry.name == name
                && !entry.kind.is_local()
                && entry.owner.is_none()
                && !entry.kind.is_member()
            {
                entry.exported = true;
            }
        }
    }

    pub fn exported_symbol(&self, symbol: Option<SymbolId>) -> ExportOf {
        match symbol.and_then(|symbol| self.known.get(&symbol)) {
            Some(Known::Definition(number)) => ExportOf::Definition(*number),
            Some(Known::Import(number)) => ExportOf::Import(*number),
            None => ExportOf::Nothing,
        }
    }

    pub fn symbol_of(&self, expression: &Expression<'a>) -> Option<SymbolId> {
        match expression.get_inner_expression() {
            Expression::Identifier(name) => {
                self.semantic.scoping().get_reference(name.reference_id()).symbol_id()
            }
            Expression::ClassExpression(class) => class.id.as_ref()?.symbol_id.get(),
            Expression::FunctionExpression(function) => function.id.as_ref()?.symbol_id.get(),
            _ => None,
        }
    }

    /// Imports come first: what they bring may be used above them.
    fn imports(&mut self, node: &AstNode<'a>) {
        match node.kind() {
            AstKind::ImportDeclaration(import) => self.import_declaration(import),
            AstKind::TSImportEqualsDeclaration(import) => {
                if let TSModuleReference::ExternalModuleReference(module) = &import.module_reference {
                    let request = self.request(module.expression.value.as_str(), module.expression.span);
                    let number = self.import(request, None, u32::MAX);
                    if let Some(symbol) = import.id.symbol_id.get() {
                        self.known.insert(symbol, Known::Import(number));
                    }
                }
            }
            AstKind::VariableDeclarator(variable) => {
                if let Some(init) = &variable.init {
                    self.require_declaration(&variable.id, init);
                }
            }
            _ => {}
        }
    }

    fn node(&mut self, node: &AstNode<'a>) {
        match node.kind() {
            AstKind::IdentifierReference(name) => {
                let symbol = name
                    .reference_id
                    .get()
                    .and_then(|id| self.semantic.scoping().get_reference(id).symbol_id());
                let target = match symbol.and_then(|symbol| self.known.get(&symbol)) {
                    Some(Known::Definition(number)) => Target::Local(*number),
                    Some(Known::Import(number)) => Target::Import(*number),
                    None => Target::Name,
                };
                self.mention(name.name.as_str(), name.span, target, Space::Value);
            }
            AstKind::StaticMemberExpression(member) => {
                let property = &member.property;
                self.mention(
                    property.name.as_str(),
                    property.span,
                    Target::Member(Ty::Unknown),
                    Space::Value,
                );
            }
            AstKind::PrivateFieldExpression(member) => {
                let field = &member.field;
                self.mention(field.name.as_str(), field.span, Target::Member(Ty::Unknown), Space::Value);
            }
            AstKind::JSXMemberExpression(member) => {
                let property = &member.property;
                self.mention(
                    property.name.as_str(),
                    property.span,
                    Target::Member(Ty::Unknown),
                    Space::Value,
                );
            }
            AstKind::TSQualifiedName(name) => {
                self.mention(name.right.name.as_str(), name.right.span, Target::Name, Space::Type);
            }
            AstKind::JSXAttribute(attribute) => {
                if let oxc_ast::ast::JSXAttributeName::Identifier(name) = &attribute.name {
                    self.mention(name.name.as_str(), name.span, Target::Member(Ty::Unknown), Space::Any);
                }
            }
            AstKind::ObjectProperty(property) if !property.shorthand => {
                if let Some((name, span)) = key(&property.key) {
                    self.mention(name, span, Target::Member(Ty::Unknown), Space::Any);
                }
            }
            AstKind::BindingProperty(property) => {
                if let Some((name, span)) = key(&property.key) {
                    self.mention(name, span, Target::Member(Ty::Unknown), Space::Any);
                }
            }
            AstKind::StringLiteral(text) => self.words(text.span),
            AstKind::TemplateElement(text) => self.words(text.span),
            AstKind::JSXText(text) => self.words(text.span),
            AstKind::ExportNamedDeclaration(export) => self.export_named(export),
            AstKind::ExportAllDeclaration(export) => {
                let request = self.request(export.source.value.as_str(), export.source.span);
                let name = export.exported.as_ref().map(|name| export_name(name).0);
                self.export(name, ExportOf::From(request, None));
            }
            AstKind::ExportDefaultDeclaration(export) => {
                let of = match &export.declaration {
                    ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                        self.exported_symbol(function.id.as_ref().and_then(|id| id.symbol_id.get()))
                    }
                    ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                        self.exported_symbol(class.id.as_ref().and_then(|id| id.symbol_id.get()))
                    }
                    ExportDefaultDeclarationKind::TSInterfaceDeclaration(interface) => {
                        self.exported_symbol(interface.id.symbol_id.get())
                    }
                    other => {
                        let symbol = other.as_expression().and_then(|expression| match expression {
                            Expression::Identifier(_) => self.symbol_of(expression),
                            _ => None,
                        });
                        self.exported_symbol(symbol)
                    }
                };
                self.export(Some("default"), of);
            }
            AstKind::TSExportAssignment(export) => {
                let of = self.exported_symbol(self.symbol_of(&export.expression));
                self.export(Some("export="), of);
            }
            AstKind::ImportExpression(import) => {
                if let Expression::StringLiteral(text) = &import.source {
                    self.request(text.value.as_str(), text.span);
                }
            }
            AstKind::TSImportType(import) => {
                self.request(import.source.value.as_str(), import.source.span);
            }
            AstKind::CallExpression(call) => {
                if let Expression::Identifier(name) = &call.callee
                    && name.name == "require"
                    && let Some(Expression::StringLiteral(text)) =
                        call.arguments.first().and_then(|first| first.as_expression())
                {
                    self.request(text.value.as_str(), text.span);
                }
            }
            AstKind::AssignmentExpression(assignment) => {
                if let AssignmentTarget::StaticMemberExpression(member) = &assignment.left {
                    self.common_export(member, &assignment.right, assignment.span);
                }
            }
            _ => self.members(node),
        }
    }

    fn words(&mut self, span: Span) {
        let text = self.text(span);
        for (word, start) in words(text, span.start as usize) {
            let name = self.names.number(word);
            self.out.texts.push((name, start as u32));
        }
    }
}
