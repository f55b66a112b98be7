//! Imports: `import … from`, `export … from`, `import x = require()`, `require()`, `import()`.
//!
//! A path is the module's text and the name taken from it: `["./a", "default"]`, `["./a", "b"]`, `["./a", "*"]` for all
//! of it. An import that brings no name has the alias `_`.

use crate::syntax::language::flag;
use crate::syntax::{Import, Source};

/// Reads a declaration or call, given its node number.
pub(super) fn read(source: &Source, node: usize) -> Vec<Import> {
    let mut found =
        Found { source, range: source.range(source.grouped(node)), public: false, all: Vec::new() };
    match source.kind_name(node) {
        "import_statement" => found.import(node),
        "export_statement" => found.export(node),
        "lexical_declaration" | "variable_declaration" => found.declaration(node),
        _ => found.call(node),
    }
    found.all
}

struct Found<'s> {
    source: &'s Source,
    range: std::ops::Range<usize>,
    public: bool,
    all: Vec<Import>,
}

impl Found<'_> {
    fn field(&self, node: usize, name: &str) -> Option<usize> {
        self.source.child_named(node, name)
    }

    fn child(&self, node: usize, kind: &str) -> Option<usize> {
        self.source.children(node).find(|child| self.source.kind_name(*child) == kind)
    }

    /// A string's text without its quotes.
    fn module(&self, string: usize) -> String {
        let text = self.source.node_text(string);
        text.trim_matches(|c| matches!(c, '"' | '\'' | '`')).to_owned()
    }

    fn push(&mut self, module: &str, name: Option<&str>, alias: Option<String>) {
        let mut path = vec![module.to_owned()];
        path.extend(name.map(str::to_owned));
        let alias = alias.filter(|alias| Some(alias) != path.last());
        let (range, public) = (self.range.clone(), self.public);
        self.all.push(Import { path, alias, range, is_mod_decl: false, public });
    }

    fn import(&mut self, node: usize) {
        if let Some(clause) = self.child(node, "import_require_clause") {
            let name = self.child(clause, "identifier").map(|name| self.source.node_text(name));
            if let (Some(string), Some(name)) = (self.field(clause, "source"), name) {
                let module = self.module(string);
                self.push(&module, Some("*"), Some(name));
            }
            return;
        }
        let Some(string) = self.field(node, "source") else { return };
        let module = self.module(string);
        let Some(clause) = self.child(node, "import_clause") else {
            self.push(&module, None, Some("_".to_owned()));
            return;
        };
        let parts: Vec<usize> = self.source.children(clause).collect();
        for part in parts {
            match self.source.kind_name(part) {
                "identifier" => self.push(&module, Some("default"), Some(self.source.node_text(part))),
                "namespace_import" => {
                    let name = self.child(part, "identifier").map(|name| self.source.node_text(name));
                    self.push(&module, Some("*"), name);
                }
                "named_imports" => self.specifiers(part, "import_specifier", &module),
                _ => {}
            }
        }
    }

    fn specifiers(&mut self, list: usize, kind: &str, module: &str) {
        let specifiers: Vec<usize> =
            self.source.children(list).filter(|child| self.source.kind_name(*child) == kind).collect();
        for specifier in specifiers {
            let Some(name) = self.field(specifier, "name") else { continue };
            let name = self.module(name);
            let alias = self.field(specifier, "alias").map(|alias| self.module(alias));
            self.push(module, Some(&name), alias);
        }
    }

    fn export(&mut self, node: usize) {
        let Some(string) = self.field(node, "source") else { return };
        let module = self.module(string);
        self.public = true;
        if let Some(clause) = self.child(node, "export_clause") {
            self.specifiers(clause, "export_specifier", &module);
        } else if let Some(namespace) = self.child(node, "namespace_export") {
            let name = self.source.children(namespace).last().map(|name| self.module(name));
            self.push(&module, Some("*"), name);
        } else {
            self.push(&module, Some("*"), None);
        }
    }

    /// `const a = require("m")`, `const { b, c: d } = require("m")`, `const e = require("m").f`.
    fn declaration(&mut self, node: usize) {
        let declarators: Vec<usize> = self
            .source
            .children(node)
            .filter(|child| self.source.kind_name(*child) == "variable_declarator")
            .collect();
        for declarator in declarators {
            let (Some(name), Some(value)) = (self.field(declarator, "name"), self.field(declarator, "value"))
            else {
                continue;
            };
            let (call, member) = match self.source.kind_name(value) {
                "member_expression" => (self.field(value, "object"), self.field(value, "property")),
                _ => (Some(value), None),
            };
            let Some(module) = call.and_then(|call| self.called(call)) else { continue };
            let member = member.map(|member| self.source.node_text(member));
            match (self.source.kind_name(name), &member) {
                ("identifier", _) => {
                    let alias = Some(self.source.node_text(name));
                    self.push(&module, Some(member.as_deref().unwrap_or("*")), alias);
                }
                ("object_pattern", None) => self.pattern(name, &module),
                _ => self.push(&module, None, Some("_".to_owned())),
            }
        }
    }

    fn pattern(&mut self, pattern: usize, module: &str) {
        let parts: Vec<usize> = self.source.children(pattern).collect();
        for part in parts {
            match self.source.kind_name(part) {
                "shorthand_property_identifier_pattern" => {
                    let name = self.source.node_text(part);
                    self.push(module, Some(&name), None);
                }
                "pair_pattern" => {
                    let (key, value) = (self.field(part, "key"), self.field(part, "value"));
                    if let (Some(key), Some(value)) = (key, value) {
                        let key = self.module(key);
                        self.push(module, Some(&key), Some(self.source.node_text(value)));
                    }
                }
                _ => {}
            }
        }
    }

    /// The module that a call loads.
    fn called(&self, node: usize) -> Option<String> {
        self.source.nodes[node].is(flag::LOAD).then_some(())?;
        let arguments = self.field(node, "arguments")?;
        self.child(arguments, "string").map(|string| self.module(string))
    }

    /// A call outside declarations that are imports themselves.
    fn call(&mut self, node: usize) {
        let declared =
            self.source.ancestors(node).take(4).any(|above| self.source.nodes[above].is(flag::IMPORT));
        if let (false, Some(module)) = (declared, self.called(node)) {
            self.push(&module, None, Some("_".to_owned()));
        }
    }
}
