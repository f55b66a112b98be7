//! Members of classes, interfaces, enums and type literals.

use oxc_ast::AstKind;
use oxc_ast::ast::{BindingPattern, TSEnumMemberName};
use oxc_semantic::{AstNode, NodeId};
use oxc_span::GetSpan;

use super::read::{Reading, key};
use crate::syntax::index::summary::{Members, SymbolKind};

impl<'a> Reading<'a, '_> {
    /// Members of classes, interfaces, enums and type literals.
    pub(super) fn members(&mut self, node: &AstNode<'a>) {
        match node.kind() {
            AstKind::Class(class) => {
                let definition = class.id.as_ref().and_then(|id| self.defined.get(&id.span.start).copied());
                self.holder(node.id(), definition);
            }
            AstKind::TSInterfaceDeclaration(interface) => {
                let definition = self.defined.get(&interface.id.span.start).copied();
                self.holder(node.id(), definition);
            }
            AstKind::TSEnumDeclaration(declaration) => {
                let definition = self.defined.get(&declaration.id.span.start).copied();
                self.holder(node.id(), definition);
            }
            AstKind::TSTypeAliasDeclaration(alias) => {
                let definition = self.defined.get(&alias.id.span.start).copied();
                self.holder(node.id(), definition);
            }
            AstKind::MethodDefinition(method) => {
                if let Some((name, span)) = key(&method.key).filter(|_| !method.computed) {
                    let number = self.define(name, span, method.span, SymbolKind::Method);
                    let entry = &mut self.out.definitions[number as usize];
                    entry.fixed = method.r#static;
                    entry.attributes = !method.decorators.is_empty();
                    entry.parameters = Some(count(&method.value.params));
                    self.hold(node, number);
                }
            }
            AstKind::PropertyDefinition(property) => {
                if let Some((name, span)) = key(&property.key).filter(|_| !property.computed) {
                    let number = self.define(name, span, property.span, SymbolKind::Field);
                    let entry = &mut self.out.definitions[number as usize];
                    entry.fixed = property.r#static;
                    entry.attributes = !property.decorators.is_empty();
                    self.hold(node, number);
                }
            }
            AstKind::FormalParameter(parameter)
                if parameter.accessibility.is_some() || parameter.readonly =>
            {
                if let BindingPattern::BindingIdentifier(id) = &parameter.pattern {
                    let known = self.defined.get(&id.span.start).copied();
                    let number = self.define(id.name.as_str(), id.span, parameter.span, SymbolKind::Field);
                    if let Some(known) = known {
                        self.defined.insert(id.span.start, known);
                    }
                    self.hold(node, number);
                }
            }
            AstKind::TSPropertySignature(property) => {
                if let Some((name, span)) = key(&property.key).filter(|_| !property.computed) {
                    let number = self.define(name, span, property.span, SymbolKind::Field);
                    self.hold(node, number);
                }
            }
            AstKind::TSMethodSignature(method) => {
                if let Some((name, span)) = key(&method.key).filter(|_| !method.computed) {
                    let number = self.define(name, span, method.span, SymbolKind::Method);
                    self.out.definitions[number as usize].parameters = Some(count(&method.params));
                    self.hold(node, number);
                }
            }
            AstKind::TSEnumMember(member) => {
                let start = match &member.id {
                    TSEnumMemberName::Identifier(name) => name.span.start,
                    other => other.span().start,
                };
                if let Some(number) = self.defined.get(&start).copied() {
                    self.out.definitions[number as usize].exported = true;
                    self.hold(node, number);
                }
            }
            AstKind::Function(function) => {
                let number = function.id.as_ref().and_then(|id| self.defined.get(&id.span.start).copied());
                if let Some(number) = number {
                    self.out.definitions[number as usize].parameters = Some(count(&function.params));
                }
            }
            _ => {}
        }
    }

    pub(super) fn holder(&mut self, node: NodeId, definition: Option<u32>) {
        let number = self.out.types.len() as u32;
        self.out.types.push(Members {
            definition,
            of: None,
            from: Vec::new(),
            inherits: false,
            held: Vec::new(),
        });
        self.holders.insert(node, number);
    }

    /// The nearest class, interface, enum or named type literal around a member.
    pub(super) fn hold(&mut self, node: &AstNode<'a>, member: u32) {
        let nodes = self.semantic.nodes();
        let mut literals = 0;
        for above in nodes.ancestors(node.id()) {
            match above.kind() {
                AstKind::TSTypeLiteral(_) => literals += 1,
                AstKind::TSInterfaceDeclaration(_) if literals > 0 => return,
                AstKind::Class(_)
                | AstKind::TSInterfaceDeclaration(_)
                | AstKind::TSEnumDeclaration(_)
                | AstKind::TSTypeAliasDeclaration(_) => {
                    let named = matches!(above.kind(), AstKind::TSTypeAliasDeclaration(_));
                    if named != (literals == 1) {
                        return;
                    }
                    if let Some(holder) = self.holders.get(&above.id()).copied() {
                        self.out.types[holder as usize].held.push(member);
                        self.out.definitions[member as usize].owner =
                            self.out.types[holder as usize].definition;
                        self.out.definitions[member as usize].exported = true;
                    }
                    return;
                }
                AstKind::TSInterfaceBody(_)
                | AstKind::ClassBody(_)
                | AstKind::TSEnumBody(_)
                | AstKind::MethodDefinition(_)
                | AstKind::Function(_)
                | AstKind::FormalParameters(_)
                | AstKind::TSParenthesizedType(_) => {}
                _ => return,
            }
        }
    }
}

/// Least and most number of arguments.
pub(super) fn count(parameters: &oxc_ast::ast::FormalParameters) -> (u16, u16) {
    let optional =
        |parameter: &oxc_ast::ast::FormalParameter| parameter.optional || parameter.initializer.is_some();
    let least = parameters.items.iter().rposition(|one| !optional(one)).map_or(0, |at| at + 1);
    let most = if parameters.rest.is_some() { u16::MAX } else { parameters.items.len() as u16 };
    (least as u16, most)
}
