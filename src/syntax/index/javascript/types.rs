//! The types of values, as far as the text near them tells, and what members are looked up in.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    BindingPattern, Expression, JSXMemberExpressionObject, TSType, TSTypeAnnotation, TSTypeName,
};
use oxc_semantic::AstNode;
use oxc_span::Span;

use super::members::count;
use super::read::{Reading, key};
use crate::syntax::index::summary::{Target, Ty};

/// Expressions nested beyond this are not followed.
const DEEPEST: usize = 64;

impl<'a> Reading<'a, '_> {
    fn mention_at(&self, span: Span) -> Option<u32> {
        self.mentions.get(&span.start).copied()
    }

    fn definition_at(&self, span: Span) -> Option<u32> {
        self.defined.get(&span.start).copied()
    }

    /// Says where the members that a node names are looked up, and of what type its definition is.
    pub(super) fn types(&mut self, node: &AstNode<'a>) {
        match node.kind() {
            AstKind::StaticMemberExpression(member) => {
                let ty = self.type_of(node, &member.object, DEEPEST);
                self.target(member.property.span, Target::Member(ty));
            }
            AstKind::PrivateFieldExpression(member) => {
                let ty = self.type_of(node, &member.object, DEEPEST);
                self.target(member.field.span, Target::Member(ty));
            }
            AstKind::JSXMemberExpression(member) => {
                let object = match &member.object {
                    JSXMemberExpressionObject::IdentifierReference(name) => self.mention_at(name.span),
                    JSXMemberExpressionObject::MemberExpression(inner) => {
                        self.mention_at(inner.property.span)
                    }
                    JSXMemberExpressionObject::ThisExpression(_) => None,
                };
                let ty = object.map_or(Ty::Unknown, Ty::Value);
                self.target(member.property.span, Target::Member(ty));
            }
            AstKind::TSQualifiedName(name) => {
                if let Some(before) = self.type_name(&name.left) {
                    self.target(name.right.span, Target::After(before));
                }
            }
            AstKind::VariableDeclarator(variable) => {
                let BindingPattern::BindingIdentifier(id) = &variable.id else { return };
                let Some(number) = self.definition_at(id.span) else { return };
                let (ty, result) = match (&variable.type_annotation, &variable.init) {
                    (Some(annotation), _) => (self.annotated(node, annotation), Ty::Unknown),
                    (None, Some(init)) => (self.type_of(node, init, DEEPEST), self.returned(node, init)),
                    (None, None) => (Ty::Unknown, Ty::Unknown),
                };
                let parameters = match &variable.init {
                    Some(Expression::ArrowFunctionExpression(function)) => Some(count(&function.params)),
                    Some(Expression::FunctionExpression(function)) => Some(count(&function.params)),
                    _ => None,
                };
                let entry = &mut self.out.definitions[number as usize];
                (entry.ty, entry.result, entry.parameters) = (ty, result, parameters);
            }
            AstKind::FormalParameter(parameter) => {
                let BindingPattern::BindingIdentifier(id) = &parameter.pattern else { return };
                let ty = match (&parameter.type_annotation, &parameter.initializer) {
                    (Some(annotation), _) => self.annotated(node, annotation),
                    (None, Some(init)) => self.type_of(node, init, DEEPEST),
                    (None, None) => Ty::Unknown,
                };
                for entry in self.out.definitions.iter_mut().filter(|entry| entry.at.0 == id.span.start) {
                    entry.ty = ty;
                }
            }
            AstKind::PropertyDefinition(property) => {
                let Some(number) = key(&property.key).and_then(|(_, span)| self.definition_at(span)) else {
                    return;
                };
                let (ty, result) = match (&property.type_annotation, &property.value) {
                    (Some(annotation), _) => (self.annotated(node, annotation), Ty::Unknown),
                    (None, Some(value)) => (self.type_of(node, value, DEEPEST), self.returned(node, value)),
                    (None, None) => (Ty::Unknown, Ty::Unknown),
                };
                let entry = &mut self.out.definitions[number as usize];
                (entry.ty, entry.result) = (ty, result);
            }
            AstKind::TSPropertySignature(property) => {
                let number = key(&property.key).and_then(|(_, span)| self.definition_at(span));
                if let (Some(number), Some(annotation)) = (number, &property.type_annotation) {
                    self.out.definitions[number as usize].ty = self.annotated(node, annotation);
                }
            }
            AstKind::TSMethodSignature(method) => {
                let number = key(&method.key).and_then(|(_, span)| self.definition_at(span));
                if let (Some(number), Some(annotation)) = (number, &method.return_type) {
                    self.out.definitions[number as usize].result = self.annotated(node, annotation);
                }
            }
            AstKind::MethodDefinition(method) => {
                let number = key(&method.key).and_then(|(_, span)| self.definition_at(span));
                if let (Some(number), Some(annotation)) = (number, &method.value.return_type) {
                    let ty = self.annotated(node, annotation);
                    let entry = &mut self.out.definitions[number as usize];
                    // A getter is read as a field is.
                    if method.kind.is_accessor() { entry.ty = ty } else { entry.result = ty }
                }
            }
            AstKind::Function(function) => {
                let number = function.id.as_ref().and_then(|id| self.definition_at(id.span));
                if let (Some(number), Some(annotation)) = (number, &function.return_type) {
                    self.out.definitions[number as usize].result = self.annotated(node, annotation);
                }
            }
            AstKind::Class(class) => {
                let base = class.super_class.as_ref().and_then(|base| self.value_mention(base));
                if let Some(holder) = self.holders.get(&node.id()).copied() {
                    let members = &mut self.out.types[holder as usize];
                    members.inherits = class.super_class.is_some();
                    members.from.extend(base);
                }
            }
            AstKind::TSInterfaceDeclaration(interface) => {
                let bases: Vec<u32> = interface
                    .extends
                    .iter()
                    .filter_map(|heritage| self.value_mention(&heritage.expression))
                    .collect();
                if let Some(holder) = self.holders.get(&node.id()).copied() {
                    let members = &mut self.out.types[holder as usize];
                    members.inherits = !interface.extends.is_empty();
                    members.from.extend(bases);
                }
            }
            AstKind::TSTypeAliasDeclaration(alias) => {
                if let Some(number) = self.definition_at(alias.id.span) {
                    self.out.definitions[number as usize].ty = self.named(node, &alias.type_annotation);
                }
            }
            _ => {}
        }
    }

    fn target(&mut self, span: Span, target: Target) {
        if let Some(mention) = self.mention_at(span) {
            self.out.mentions[mention as usize].target = target;
        }
    }

    fn type_name(&self, name: &TSTypeName<'a>) -> Option<u32> {
        match name {
            TSTypeName::IdentifierReference(name) => self.mention_at(name.span),
            TSTypeName::QualifiedName(name) => self.mention_at(name.right.span),
            TSTypeName::ThisExpression(_) => None,
        }
    }

    /// The mention that a name or member expression ends with.
    fn value_mention(&self, expression: &Expression<'a>) -> Option<u32> {
        match expression {
            Expression::Identifier(name) => self.mention_at(name.span),
            Expression::StaticMemberExpression(member) => self.mention_at(member.property.span),
            Expression::PrivateFieldExpression(member) => self.mention_at(member.field.span),
            _ => None,
        }
    }

    fn annotated(&self, node: &AstNode<'a>, annotation: &TSTypeAnnotation<'a>) -> Ty {
        self.named(node, &annotation.type_annotation)
    }

    fn named(&self, node: &AstNode<'a>, ty: &TSType<'a>) -> Ty {
        match ty {
            TSType::TSTypeReference(reference) => {
                self.type_name(&reference.type_name).map_or(Ty::Unknown, Ty::Named)
            }
            TSType::TSThisType(_) => self.this(node),
            TSType::TSParenthesizedType(inner) => self.named(node, &inner.type_annotation),
            // `Foo | null`: the members are those of `Foo`.
            TSType::TSUnionType(union) => {
                let empty = |ty: &&TSType<'a>| {
                    !matches!(ty, TSType::TSNullKeyword(_) | TSType::TSUndefinedKeyword(_))
                };
                let mut rest = union.types.iter().filter(empty);
                match (rest.next(), rest.next()) {
                    (Some(only), None) => self.named(node, only),
                    _ => Ty::Unknown,
                }
            }
            _ => Ty::Unknown,
        }
    }

    /// What a function that is written out returns.
    fn returned(&self, node: &AstNode<'a>, value: &Expression<'a>) -> Ty {
        let annotation = match value {
            Expression::ArrowFunctionExpression(function) => function.return_type.as_ref(),
            Expression::FunctionExpression(function) => function.return_type.as_ref(),
            _ => None,
        };
        annotation.map_or(Ty::Unknown, |annotation| self.annotated(node, annotation))
    }

    /// The class whose instance, or which itself, `this` is at a node.
    fn this(&self, node: &AstNode<'a>) -> Ty {
        let nodes = self.semantic.nodes();
        for above in nodes.ancestors(node.id()) {
            match above.kind() {
                AstKind::Class(_) | AstKind::TSInterfaceDeclaration(_) => {
                    return self.holders.get(&above.id()).map_or(Ty::Unknown, |holder| Ty::This(*holder));
                }
                AstKind::Function(_)
                    if !matches!(nodes.parent_kind(above.id()), AstKind::MethodDefinition(_)) =>
                {
                    return Ty::Unknown;
                }
                _ => {}
            }
        }
        Ty::Unknown
    }

    fn type_of(&self, node: &AstNode<'a>, expression: &Expression<'a>, depth: usize) -> Ty {
        let Some(depth) = depth.checked_sub(1) else { return Ty::Unknown };
        match expression {
            Expression::ThisExpression(_) => self.this(node),
            Expression::Identifier(_)
            | Expression::StaticMemberExpression(_)
            | Expression::PrivateFieldExpression(_) => {
                self.value_mention(expression).map_or(Ty::Unknown, Ty::Value)
            }
            Expression::NewExpression(new) => self.value_mention(&new.callee).map_or(Ty::Unknown, Ty::Named),
            Expression::CallExpression(call) => {
                self.value_mention(&call.callee).map_or(Ty::Unknown, Ty::Returned)
            }
            Expression::ParenthesizedExpression(inner) => self.type_of(node, &inner.expression, depth),
            Expression::TSNonNullExpression(inner) => self.type_of(node, &inner.expression, depth),
            Expression::TSAsExpression(cast) => self.named(node, &cast.type_annotation),
            Expression::TSTypeAssertion(cast) => self.named(node, &cast.type_annotation),
            Expression::TSSatisfiesExpression(inner) => self.type_of(node, &inner.expression, depth),
            Expression::ChainExpression(chain) => match &chain.expression {
                oxc_ast::ast::ChainElement::StaticMemberExpression(member) => {
                    self.mention_at(member.property.span).map_or(Ty::Unknown, Ty::Value)
                }
                oxc_ast::ast::ChainElement::CallExpression(call) => {
                    self.value_mention(&call.callee).map_or(Ty::Unknown, Ty::Returned)
                }
                _ => Ty::Unknown,
            },
            _ => Ty::Unknown,
        }
    }
}
