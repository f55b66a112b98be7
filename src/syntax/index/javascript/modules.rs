//! Imports and exports of both kinds of modules.

use oxc_ast::ast::{
    BindingPattern, Expression, ImportDeclarationSpecifier, ModuleExportName, ObjectPropertyKind,
};
use oxc_semantic::SymbolId;
use oxc_span::Span;

use super::read::{Known, Reading, key};
use crate::syntax::index::summary::{ExportOf, Space, SymbolKind, Target};

pub(super) fn export_name<'a>(name: &ModuleExportName<'a>) -> (&'a str, Span) {
    match name {
        ModuleExportName::IdentifierName(name) => (name.name.as_str(), name.span),
        ModuleExportName::IdentifierReference(name) => (name.name.as_str(), name.span),
        ModuleExportName::StringLiteral(name) => (name.value.as_str(), name.span),
    }
}

impl<'a> Reading<'a, '_> {
    pub(super) fn import_declaration(&mut self, import: &oxc_ast::ast::ImportDeclaration<'a>) {
        let request = self.request(import.source.value.as_str(), import.source.span);
        for specifier in import.specifiers.iter().flatten() {
            let (name, span, local) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(one) => {
                    let (name, span) = export_name(&one.imported);
                    (Some(name), span, &one.local)
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                    (Some("default"), one.local.span, &one.local)
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => {
                    (None, one.local.span, &one.local)
                }
            };
            let number = self.out.imports.len() as u32;
            let mention = self.mention(self.text(span), span, Target::Import(number), Space::Any);
            let number = self.import(request, name, mention);
            if let Some(symbol) = local.symbol_id.get() {
                self.known.insert(symbol, Known::Import(number));
            }
        }
    }

    pub(super) fn export_named(&mut self, export: &oxc_ast::ast::ExportNamedDeclaration<'a>) {
        if let Some(source) = &export.source {
            let request = self.request(source.value.as_str(), source.span);
            for specifier in &export.specifiers {
                let (name, span) = export_name(&specifier.local);
                let number = self.out.imports.len() as u32;
                let mention = self.mention(name, span, Target::Import(number), Space::Any);
                self.import(request, Some(name), mention);
                self.export(Some(export_name(&specifier.exported).0), ExportOf::Import(number));
            }
            return;
        }
        for specifier in &export.specifiers {
            let symbol = match &specifier.local {
                ModuleExportName::IdentifierReference(name) => name
                    .reference_id
                    .get()
                    .and_then(|id| self.semantic.scoping().get_reference(id).symbol_id()),
                _ => None,
            };
            let of = self.exported_symbol(symbol);
            self.export(Some(export_name(&specifier.exported).0), of);
        }
        let Some(declaration) = &export.declaration else { return };
        let mut bound: Vec<(&'a str, SymbolId)> = Vec::new();
        if let oxc_ast::ast::Declaration::VariableDeclaration(list) = declaration {
            for variable in &list.declarations {
                pattern_names(&variable.id, &mut bound);
            }
        } else if let Some(id) = declaration.id() {
            bound.extend(id.symbol_id.get().map(|symbol| (id.name.as_str(), symbol)));
        }
        for (name, symbol) in bound {
            let of = self.exported_symbol(Some(symbol));
            // What a namespace exports is no export of the file.
            if let ExportOf::Definition(number) = of
                && self.out.definitions[number as usize].owner.is_some()
            {
                continue;
            }
            self.export(Some(name), of);
        }
    }

    /// `const a = require("m")`, `const { b, c: d } = require("m")`, `const e = require("m").f`.
    pub(super) fn require_declaration(&mut self, id: &BindingPattern<'a>, init: &Expression<'a>) {
        let (request, name) = match init {
            Expression::StaticMemberExpression(member) => {
                (self.required(&member.object), Some(member.property.name.as_str()))
            }
            other => (self.required(other), None),
        };
        let Some(request) = request else { return };
        let bind = |this: &mut Self, id: &BindingPattern<'a>, name: Option<&'a str>| {
            if let BindingPattern::BindingIdentifier(id) = id
                && let Some(symbol) = id.symbol_id.get()
            {
                let number = this.import(request, name, u32::MAX);
                this.known.insert(symbol, Known::Import(number));
                // A variable that stands for an import is no definition of its own, but its name stays a place.
                this.mention(id.name.as_str(), id.span, Target::Import(number), Space::Any);
            }
        };
        match (id, name) {
            (BindingPattern::BindingIdentifier(_), name) => bind(self, id, name),
            (BindingPattern::ObjectPattern(pattern), None) => {
                for property in &pattern.properties {
                    if let Some((name, _)) = key(&property.key) {
                        bind(self, &property.value, Some(name));
                    }
                }
            }
            _ => {}
        }
    }

    /// `module.exports = …`, `exports.a = …`.
    pub(super) fn common_export(
        &mut self,
        member: &oxc_ast::ast::StaticMemberExpression<'a>,
        value: &Expression<'a>,
        whole: Span,
    ) {
        let free = |this: &Self, expression: &Expression<'a>, wanted: &str| match expression {
            Expression::Identifier(name) => name.name == wanted && this.symbol_of(expression).is_none(),
            _ => false,
        };
        let property = member.property.name.as_str();
        if free(self, &member.object, "module") && property == "exports" {
            if let Expression::ObjectExpression(object) = value {
                for property in &object.properties {
                    let ObjectPropertyKind::ObjectProperty(property) = property else { continue };
                    let Some((name, span)) = key(&property.key) else { continue };
                    let of = match self.exported_symbol(self.symbol_of(&property.value)) {
                        ExportOf::Nothing => {
                            ExportOf::Definition(self.define(name, span, property.span, SymbolKind::Field))
                        }
                        of => of,
                    };
                    self.export(Some(name), of);
                }
                return;
            }
            if let Some(request) = self.required(value) {
                self.export(Some("export="), ExportOf::From(request, None));
                return;
            }
            let of = self.exported_symbol(self.symbol_of(value));
            self.export(Some("export="), of);
            return;
        }
        let module_exports = match &member.object {
            Expression::StaticMemberExpression(inner) => {
                inner.property.name == "exports" && free(self, &inner.object, "module")
            }
            object => free(self, object, "exports"),
        };
        if module_exports {
            let of = match self.exported_symbol(self.symbol_of(value)) {
                ExportOf::Nothing => {
                    let span = member.property.span;
                    ExportOf::Definition(self.define(property, span, whole, SymbolKind::Constant))
                }
                of => of,
            };
            self.export(Some(property), of);
        }
    }

    /// The module that `require("m")` names.
    pub(super) fn required(&mut self, expression: &Expression<'a>) -> Option<u32> {
        let Expression::CallExpression(call) = expression else { return None };
        let Expression::Identifier(name) = &call.callee else { return None };
        let free = self.semantic.scoping().get_reference(name.reference_id()).symbol_id().is_none();
        if name.name != "require" || !free || call.arguments.len() != 1 {
            return None;
        }
        match call.arguments.first()?.as_expression()? {
            Expression::StringLiteral(text) => Some(self.request(text.value.as_str(), text.span)),
            _ => None,
        }
    }
}

/// Names that a pattern binds.
pub(super) fn pattern_names<'a>(pattern: &BindingPattern<'a>, bound: &mut Vec<(&'a str, SymbolId)>) {
    match pattern {
        BindingPattern::BindingIdentifier(id) => {
            bound.extend(id.symbol_id.get().map(|symbol| (id.name.as_str(), symbol)));
        }
        BindingPattern::ObjectPattern(object) => {
            for property in &object.properties {
                pattern_names(&property.value, bound);
            }
            if let Some(rest) = &object.rest {
                pattern_names(&rest.argument, bound);
            }
        }
        BindingPattern::ArrayPattern(array) => {
            for element in array.elements.iter().flatten() {
                pattern_names(element, bound);
            }
            if let Some(rest) = &array.rest {
                pattern_names(&rest.argument, bound);
            }
        }
        BindingPattern::AssignmentPattern(assignment) => pattern_names(&assignment.left, bound),
    }
}
