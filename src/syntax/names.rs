//! Questions about names and places, answered from a [`Source`]'s lists.

use std::ops::Range;

use super::language::{Naming, flag};
use super::{Source, TokenKind};

/// One imported path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Segments of the path; a glob ends in `*`.
    pub path: Vec<String>,
    /// The name that it gets here, where that differs from the last segment.
    pub alias: Option<String>,
    /// Bytes of the whole declaration.
    pub range: Range<usize>,
    /// It declares a module in a file of its own (`mod x;`) and does not import one.
    pub is_mod_decl: bool,
    /// It is exported again.
    pub public: bool,
}

impl Import {
    /// The name that it brings into scope; `None` for globs and `_`.
    pub fn name(&self) -> Option<&str> {
        let name = match &self.alias {
            Some(alias) => alias,
            None if self.path.last().is_some_and(|last| last == "self") => self.path.iter().rev().nth(1)?,
            None => self.path.last()?,
        };
        (name != "*" && name != "_").then_some(name.as_str())
    }
}

/// What is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DefinitionKind {
    /// A function without a receiver type.
    Function,
    /// A function inside a type.
    Method,
    /// A type, trait or alias.
    Type,
    /// A constant or global variable.
    Constant,
    /// A module.
    Module,
    /// A macro.
    Macro,
    /// A field.
    Field,
    /// A variant of an enumeration.
    Variant,
    /// A local variable.
    Local,
    /// A parameter.
    Parameter,
}

/// A place that gives a name a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: DefinitionKind,
    /// Bytes of the name.
    pub name_range: Range<usize>,
    /// Bytes of the whole definition, attributes included.
    pub range: Range<usize>,
    /// Other files may refer to it: public, or reached by other rules than by name (members of a trait).
    pub exported: bool,
    /// It has attributes or decorators, so that tools may refer to it.
    pub has_attributes: bool,
}

/// A name as it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier<'a> {
    /// The name.
    pub name: &'a str,
    /// Its bytes' range.
    pub range: Range<usize>,
}

impl Definition {
    /// A definition of a language whose packages are not followed: reached by more than its name, for all that kerf
    /// knows, and so never called unused.
    pub(super) fn reached(source: &Source, node: usize, name: usize, kind: DefinitionKind) -> Self {
        Self {
            name: source.node_text(name),
            kind,
            name_range: source.range(name),
            range: source.range(node),
            exported: true,
            has_attributes: true,
        }
    }
}

impl Source {
    /// The leaf that a byte belongs to: the token there, else the first one behind it.
    pub fn leaf_at(&self, byte: usize) -> Option<usize> {
        self.token_at(byte).map(|token| self.tokens[token].node as usize)
    }

    /// A node and its ancestors, innermost first.
    pub fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(node), |node| self.parent(*node))
    }

    /// Nodes that begin with a token, innermost first; none where there is no such token.
    pub fn starting(&self, token: usize) -> impl Iterator<Item = usize> + '_ {
        let leaf = self.tokens.get(token).map(|token| token.node as usize);
        let above = leaf.into_iter().flat_map(|leaf| self.ancestors(leaf));
        above.take_while(move |node| self.nodes[*node].first as usize == token)
    }

    /// The name of an entity (`fn bar`, `impl Display for Foo`); `None` if the node is none.
    pub fn entity_name(&self, node: usize) -> Option<String> {
        let node = self.ungrouped(node);
        let kind = self.nodes[node].kind;
        let row = *self.language.kinds().entity.get(kind as usize)?;
        let entity = self.language.entities.get(row as usize)?;
        let mut name = entity.label.to_owned();
        let one;
        let fields: &[(&str, &str)] = match entity.naming {
            Naming::Field(only) => {
                one = [("", only)];
                &one
            }
            Naming::Fields(fields) => fields,
            Naming::By(rule) => return rule(self, node),
        };
        let mut missing = false;
        for (before, field) in fields {
            let Some(child) = self.child_named(node, field) else {
                missing = true;
                continue;
            };
            let before = if missing { "" } else { before };
            for word in
                [(*before).to_owned(), self.squeezed(child)].into_iter().filter(|word| !word.is_empty())
            {
                name.push(' ');
                name.push_str(&word);
            }
        }
        Some(name)
    }

    /// A node's text without comments, white space only between words.
    fn squeezed(&self, node: usize) -> String {
        let mut text = String::new();
        let mut word = false;
        for token in self.nodes[node].tokens().filter(|token| self.tokens[*token].kind != TokenKind::Comment)
        {
            let is_word = self.tokens[token].kind == TokenKind::Word;
            if word && is_word {
                text.push(' ');
            }
            text.push_str(&String::from_utf8_lossy(self.text(token)));
            word = is_word;
        }
        text
    }

    /// The item inside a group, the entity inside a wrapper, or the node itself.
    pub fn ungrouped(&self, node: usize) -> usize {
        let mut inner = node;
        while self.nodes[inner].is(flag::GROUP | flag::WRAPPER) && !self.nodes[inner].is(flag::ENTITY) {
            let group = self.nodes[inner].is(flag::GROUP);
            let held = self.children(inner).find(|child| {
                let child = &self.nodes[*child];
                let beside = child.is(flag::ATTRIBUTE | flag::COMMENT);
                !beside && (group || child.is(flag::ENTITY | flag::WRAPPER))
            });
            let Some(held) = held else { break };
            inner = held;
        }
        let entity = self.nodes[inner].is(flag::ENTITY);
        if entity || !self.nodes[node].is(flag::WRAPPER | flag::GROUP) {
            return inner;
        }
        // A wrapper around something else is an item of its own.
        if !self.nodes[node].is(flag::GROUP) {
            return node;
        }
        let other = |child: &usize| !self.nodes[*child].is(flag::ATTRIBUTE | flag::COMMENT);
        self.children(node).find(other).unwrap_or(node)
    }

    /// The item with its attributes and what else goes with it, or the node itself.
    pub fn grouped(&self, node: usize) -> usize {
        let mut whole = node;
        while let Some(parent) = self.parent(whole) {
            let parent_flags = self.nodes[parent].flags;
            let group = parent_flags & flag::GROUP != 0;
            let wrapper = parent_flags & flag::WRAPPER != 0
                && self.nodes[whole].is(flag::ENTITY | flag::WRAPPER)
                && self.ungrouped(parent) == self.ungrouped(whole);
            if !group && !wrapper {
                break;
            }
            whole = parent;
        }
        whole
    }

    /// Names of the entities around a node, outermost first.
    pub fn entity_of(&self, node: usize) -> Vec<String> {
        let mut path: Vec<String> = Vec::new();
        let mut below: Option<usize> = None;
        for above in self.ancestors(node) {
            let here = &self.nodes[above];
            // A group or wrapper speaks for its entity to what is in it but beside the entity.
            let apart =
                below.is_none_or(|below| !self.nodes[below].is(flag::ENTITY | flag::WRAPPER | flag::GROUP));
            if here.is(flag::ENTITY) || (here.is(flag::GROUP | flag::WRAPPER) && apart) {
                path.extend(self.entity_name(above));
            }
            below = Some(above);
        }
        path.reverse();
        path
    }

    /// Names of the entities around a byte, outermost first. A comment or attribute counts to the item that it precedes.
    pub fn entity_at(&self, byte: usize) -> Vec<String> {
        let Some(leaf) = self.leaf_at(byte) else { return Vec::new() };
        self.entity_of(self.described(leaf))
    }

    /// For a documentation comment the item below it, else the node itself.
    pub fn described(&self, node: usize) -> usize {
        if !self.nodes[node].is(flag::COMMENT) || !(self.language.doc_comment)(&self.bytes[self.range(node)])
        {
            return node;
        }
        let Some(parent) = self.parent(node) else { return node };
        if self.nodes[parent].is(flag::GROUP) {
            return parent;
        }
        let mut next = self.nodes[node].end as usize;
        let end = self.nodes[parent].end as usize;
        while next < end && self.nodes[next].is(flag::COMMENT) {
            next = self.nodes[next].end as usize;
        }
        if next < end && self.nodes[self.ungrouped(next)].is(flag::ENTITY) { next } else { node }
    }

    /// Number of the smallest statement, item, field or arm around a node.
    pub fn statement_of(&self, node: usize) -> usize {
        self.ancestors(node).find(|node| self.is_statement(*node)).map_or(0, |node| self.grouped(node))
    }

    fn is_statement(&self, node: usize) -> bool {
        if self.nodes[node].flags & (flag::ITEM | flag::STATEMENT | flag::GROUP) != 0 {
            return true;
        }
        let listed = |parent: usize| self.nodes[parent].is(flag::STATEMENT_LIST);
        self.nodes[node].is(flag::NAMED) && self.parent(node).is_some_and(listed)
    }

    /// Bytes of the smallest statement, item, field or arm around a byte; of the file where there is none.
    pub fn statement_at(&self, byte: usize) -> Range<usize> {
        self.leaf_at(byte).map_or(0..self.bytes.len(), |leaf| self.range(self.statement_of(leaf)))
    }

    /// Bytes of the smallest item around a byte, attributes included; of the file where there is none.
    pub fn item_at(&self, byte: usize) -> Range<usize> {
        let item = |node: &usize| self.nodes[*node].flags & (flag::ITEM | flag::GROUP) != 0;
        let Some(leaf) = self.leaf_at(byte) else { return 0..self.bytes.len() };
        let found = self.ancestors(self.described(leaf)).find(item);
        found.map_or(0..self.bytes.len(), |node| self.range(self.grouped(node)))
    }

    /// All imports of the file.
    pub fn imports(&self) -> Vec<Import> {
        let declarations =
            (0..self.nodes.len()).filter(|node| self.nodes[*node].is(flag::IMPORT | flag::LOAD));
        declarations.flat_map(|node| (self.language.read_imports)(self, node)).collect()
    }

    /// All definitions of the file, locals included, in order.
    pub fn definitions(&self) -> Vec<Definition> {
        (0..self.nodes.len()).filter_map(|node| (self.language.read_definition)(self, node)).collect()
    }

    /// All names in the text, definitions included, in order; comments and strings hold none.
    pub fn identifiers(&self) -> Vec<Identifier<'_>> {
        let mut names = Vec::new();
        for token in &self.tokens {
            if !self.nodes[token.node as usize].is(flag::IDENTIFIER) {
                continue;
            }
            if let Ok(name) = std::str::from_utf8(&self.bytes[token.range()]) {
                names.push(Identifier { name, range: token.range() });
            }
        }
        names
    }

    /// A byte lies in an item that holds tests or is one.
    pub fn in_test_module(&self, byte: usize) -> bool {
        self.leaf_at(byte).is_some_and(|leaf| self.in_test(self.described(leaf)))
    }

    /// A node lies in an item that holds tests or is one.
    pub fn in_test(&self, node: usize) -> bool {
        self.ancestors(node)
            .filter(|node| self.nodes[*node].is(flag::GROUP | flag::TEST))
            .any(|node| (self.language.is_test)(self, node))
    }
}
