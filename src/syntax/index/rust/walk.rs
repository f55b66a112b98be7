//! One walk over a Rust file: scopes as they open and close, definitions, and how each name is to be followed.

use super::kind::{Fields, K, fields, kind};
use super::words::DEEPEST;
use crate::syntax::index::summary::{
    Binding, Entry, Members, Mention, Module, Names, Space, Summary, SymbolKind, Target, Ty, lines, words,
};
use crate::syntax::{Source, flag};

/// No mention.
pub(super) const NONE: u32 = u32::MAX;

/// A name that a scope knows.
pub(super) struct Bound {
    pub name: u32,
    pub definition: u32,
    /// First node that sees it.
    pub from: u32,
    pub value: bool,
}

/// A scope.
pub(super) struct Frame {
    pub end: u32,
    pub bound: Vec<Bound>,
    /// Variables outside are not seen.
    pub barrier: bool,
    /// It is a module, or a block that holds items.
    pub module: Option<u32>,
    /// It holds members of a type.
    pub members: Option<u32>,
}

/// Names in a pattern.
#[derive(Clone, Copy)]
pub(super) struct Pattern {
    pub end: u32,
    /// First node that sees them.
    pub from: u32,
    pub parameter: bool,
}

/// What tells a definition's type once it has been walked.
#[derive(Clone, Copy)]
pub(super) enum Told {
    Type(usize),
    Value(usize),
    Result(usize),
    Bounds(usize),
}

pub(super) struct Walk<'s> {
    pub source: &'s Source,
    pub text: &'s str,
    pub f: &'static Fields,
    pub names: Names<'s>,
    pub out: Summary,
    pub frames: Vec<Frame>,
    pub patterns: Vec<Pattern>,
    pub told: Vec<(u32, u32, Told)>,
    /// The mention of a node.
    pub mention_of: Vec<u32>,
    /// Where a macro's tokens or an attribute end.
    pub loose_until: u32,
    pub at: usize,
}

impl<'s> Walk<'s> {
    pub fn new(source: &'s Source, text: &'s str) -> Self {
        let mut names = Names::default();
        names.number("");
        Self {
            source,
            text,
            f: fields(),
            names,
            out: Summary { modules: vec![Module::default()], ..Summary::default() },
            frames: vec![Frame {
                end: source.nodes.len() as u32,
                bound: Vec::new(),
                barrier: true,
                module: Some(0),
                members: None,
            }],
            patterns: Vec::new(),
            told: Vec::new(),
            mention_of: vec![NONE; source.nodes.len()],
            loose_until: 0,
            at: 0,
        }
    }

    pub fn run(mut self) -> Summary {
        let count = self.source.nodes.len();
        while self.at < count {
            self.close(self.at as u32);
            let next = self.enter(self.at);
            self.at = next;
        }
        self.close(count as u32);
        self.out.lines = lines(self.source.bytes.as_ref());
        self.out.names = self.names.finish();
        self.out
    }

    fn close(&mut self, at: u32) {
        while let Some((_, definition, told)) = self.told.pop_if(|(end, ..)| *end <= at) {
            let entry = definition as usize;
            match told {
                Told::Type(node) => self.out.definitions[entry].ty = self.type_named(node),
                Told::Value(node) => self.out.definitions[entry].ty = self.type_of_value(node, DEEPEST),
                Told::Result(node) => self.out.definitions[entry].result = self.type_named(node),
                Told::Bounds(node) => {
                    let bounds = self.bounds(node);
                    self.out.bounds.extend(bounds.into_iter().map(|bound| (definition, bound)));
                }
            }
        }
        while self.patterns.pop_if(|pattern| pattern.end <= at).is_some() {}
        while self.frames.len() > 1 && self.frames.pop_if(|frame| frame.end <= at).is_some() {}
    }

    pub fn child(&self, node: usize, field: u16) -> Option<usize> {
        self.source.child_by_field(node, field)
    }

    pub fn kind(&self, node: usize) -> K {
        kind(self.source, node)
    }

    /// A name without `r#`, as a number.
    pub fn name(&mut self, node: usize) -> u32 {
        let text = self.text.get(self.source.range(node)).unwrap_or("");
        self.names.number(text.strip_prefix("r#").unwrap_or(text))
    }

    pub fn module(&self) -> u32 {
        self.frames.iter().rev().find_map(|frame| frame.module).unwrap_or(0)
    }

    pub fn this(&self) -> Option<u32> {
        self.frames.iter().rev().find_map(|frame| frame.members)
    }

    pub fn frame(&mut self, node: usize, barrier: bool) -> &mut Frame {
        let end = self.source.nodes[node].end;
        self.frames.push(Frame { end, bound: Vec::new(), barrier, module: None, members: None });
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub fn define(&mut self, node: usize, name: usize, symbol: SymbolKind) -> u32 {
        let at = self.source.range(name);
        let whole = self.source.grouped(node);
        let bytes = self.source.range(whole);
        let number = self.out.definitions.len() as u32;
        let name = self.name(name);
        let public = |child: usize| self.source.kind_name(child) == "visibility_modifier";
        let exported = self.source.children(node).any(public);
        self.out.definitions.push(Entry {
            name,
            kind: symbol,
            at: (at.start as u32, at.end as u32),
            whole: (bytes.start as u32, bytes.end as u32),
            exported,
            attributes: whole != node,
            owner: None,
            fixed: false,
            parameters: None,
            ty: Ty::Unknown,
            result: Ty::Unknown,
        });
        number
    }

    fn enter(&mut self, node: usize) -> usize {
        let kind = self.kind(node);
        let next = node + 1;
        let end = self.source.nodes[node].end as usize;
        self.begin_pattern(node);
        match kind {
            K::Function => self.function(node),
            K::Struct | K::Union => {
                let symbol = if kind == K::Struct { SymbolKind::Struct } else { SymbolKind::Union };
                let number = self.item(node, symbol);
                let frame = self.frame(node, true);
                frame.members = None;
                if let Some(number) = number {
                    self.type_members(number);
                }
            }
            K::Enum => {
                let number = self.item(node, SymbolKind::Enum);
                self.frame(node, true);
                if let Some(number) = number {
                    self.type_members(number);
                }
            }
            K::Trait => {
                let number = self.item(node, SymbolKind::Trait);
                self.frame(node, true);
                if let Some(number) = number {
                    self.type_members(number);
                }
            }
            K::Impl => {
                let inherits = self.child(node, self.f.of_trait).is_some();
                let number = self.out.types.len() as u32;
                self.out.types.push(Members {
                    definition: None,
                    of: None,
                    from: Vec::new(),
                    inherits,
                    held: Vec::new(),
                });
                self.frame(node, true).members = Some(number);
            }
            K::DeclarationList => self.implementation(node),
            K::Mod => self.module_item(node),
            K::Const | K::Static => {
                if let Some(number) = self.item(node, SymbolKind::Constant)
                    && let Some(ty) = self.child(node, self.f.kind)
                {
                    self.told.push((self.source.nodes[ty].end, number, Told::Type(ty)));
                }
                self.frame(node, true);
            }
            K::TypeItem | K::AssociatedType => {
                let number = self.item(node, SymbolKind::Alias);
                if let (Some(number), Some(ty)) = (number, self.child(node, self.f.kind)) {
                    self.told.push((end as u32, number, Told::Type(ty)));
                }
                self.frame(node, true);
            }
            K::MacroDefinition => {
                let number = self.item(node, SymbolKind::Macro);
                if let Some(entry) = number.map(|number| &mut self.out.definitions[number as usize]) {
                    entry.exported |= entry.attributes;
                }
                self.loose_until = end as u32;
            }
            K::Use => {
                super::uses::declaration(self, node);
                return end;
            }
            K::ExternCrate => {
                super::uses::extern_crate(self, node);
                return end;
            }
            K::Field | K::Variant => self.member(node, kind),
            K::Block => self.block(node),
            K::Closure | K::For | K::If | K::While | K::MatchArm => {
                self.frame(node, false);
            }
            K::Else => {
                // What `if let` bound is not seen here.
                if let Some(frame) = self.frames.last_mut() {
                    frame.bound.clear();
                }
            }
            K::TypeParameter | K::ConstParameter => self.type_parameter(node, kind),
            K::WherePredicate => self.where_predicate(node),
            K::TokenTree | K::Attribute => self.loose_until = self.loose_until.max(end as u32),
            K::Text => self.string(node),
            K::Identifier | K::TypeIdentifier | K::FieldIdentifier | K::ShorthandField | K::Keyword => {
                self.word(node, kind);
            }
            _ => {}
        }
        next
    }

    fn string(&mut self, node: usize) {
        let range = self.source.range(node);
        let Some(text) = self.text.get(range.clone()) else { return };
        for (word, start) in words(text, range.start) {
            let name = self.names.number(word);
            self.out.texts.push((name, start as u32));
        }
    }

    pub fn type_members(&mut self, definition: u32) {
        let number = self.out.types.len() as u32;
        let entry = Members {
            definition: Some(definition),
            of: None,
            from: Vec::new(),
            inherits: false,
            held: Vec::new(),
        };
        self.out.types.push(entry);
        if let Some(frame) = self.frames.last_mut() {
            frame.members = Some(number);
        }
    }

    /// A block; one with items in it is a module of its own.
    fn block(&mut self, node: usize) {
        let holds = self.source.children(node).any(|child| {
            let inner = self.source.ungrouped(child);
            let kind = self.kind(inner);
            matches!(
                kind,
                K::Function
                    | K::Struct
                    | K::Enum
                    | K::Union
                    | K::Trait
                    | K::Mod
                    | K::Const
                    | K::Static
                    | K::TypeItem
                    | K::MacroDefinition
                    | K::Use
                    | K::ExternCrate
            )
        });
        let around = self.module();
        let module = holds.then(|| {
            let number = self.out.modules.len() as u32;
            self.out.modules.push(Module { parent: Some(around), block: true, ..Module::default() });
            number
        });
        self.frame(node, false).module = module;
    }

    /// The root of a pattern opens it.
    fn begin_pattern(&mut self, node: usize) {
        let this = &self.source.nodes[node];
        let Some(parent) = self.source.parent(node) else { return };
        let above = self.kind(parent);
        let is_field = |field: u16| this.field == field && field != 0;
        let above_end = self.source.nodes[parent].end;
        let (from, parameter, told) = match above {
            K::Let if is_field(self.f.pattern) => {
                let ty = self.child(parent, self.f.kind).map(Told::Type);
                (above_end, false, ty.or_else(|| self.child(parent, self.f.value).map(Told::Value)))
            }
            K::Parameter if is_field(self.f.pattern) => {
                (node as u32, true, self.child(parent, self.f.kind).map(Told::Type))
            }
            K::ClosureParameters if this.is(flag::NAMED) && self.kind(node) != K::Parameter => {
                (node as u32, true, None)
            }
            K::For if is_field(self.f.pattern) => {
                let value = self.child(parent, self.f.value);
                (value.map_or(above_end, |value| self.source.nodes[value].end), false, None)
            }
            K::LetCondition if is_field(self.f.pattern) => (above_end, false, None),
            K::MatchPattern if !is_field(self.f.condition) => (node as u32, false, None),
            _ => return,
        };
        let mut whole = NONE;
        if self.kind(node) == K::Identifier {
            whole = node as u32;
        } else if self.source.kind_name(node) == "mut_pattern"
            && let Some(inner) = self.source.children(node).find(|child| self.kind(*child) == K::Identifier)
        {
            whole = inner as u32;
        }
        self.patterns.push(Pattern { end: this.end, from, parameter });
        if let (true, Some(told)) = (whole != NONE, told) {
            // Told to the definition that the pattern is going to make.
            self.told.push((above_end, self.out.definitions.len() as u32, told));
            if self.is_path_in_pattern(whole as usize) {
                self.told.pop();
            }
        }
    }

    /// By custom, variables begin with a small letter, and what patterns compare with does not.
    pub fn is_path_in_pattern(&self, node: usize) -> bool {
        let text = self.text.get(self.source.range(node)).unwrap_or("");
        text.chars().next().is_some_and(char::is_uppercase)
    }

    pub fn bind(&mut self, node: usize, pattern: Pattern) {
        let name = self.name(node);
        let place = self.frames.iter().rposition(|frame| frame.members.is_none()).unwrap_or(0);
        let place = if pattern.parameter { self.frames.len() - 1 } else { place };
        let known = self.frames[place]
            .bound
            .iter()
            .find(|bound| bound.name == name && bound.from == pattern.from && bound.value)
            .map(|bound| bound.definition);
        // A name bound again in another arm of the same pattern.
        if let Some(known) = known {
            self.mention(node, Target::Local(known), Space::Value);
            return;
        }
        let symbol = if pattern.parameter { SymbolKind::Parameter } else { SymbolKind::Local };
        let number = self.define(node, node, symbol);
        self.frames[place].bound.push(Bound { name, definition: number, from: pattern.from, value: true });
    }

    pub fn mention(&mut self, node: usize, target: Target, space: Space) -> u32 {
        let range = self.source.range(node);
        let name = self.name(node);
        let number = self.out.mentions.len() as u32;
        let loose = (self.at as u32) < self.loose_until;
        self.out.mentions.push(Mention {
            name,
            start: range.start as u32,
            end: range.end as u32,
            target,
            space,
            loose,
        });
        self.mention_of[node] = number;
        number
    }

    pub fn bind_import(&mut self, binding: Binding) {
        let number = self.out.imports.len() as u32;
        self.out.imports.push(binding);
        let module = self.module() as usize;
        self.out.modules[module].imports.push(number);
    }

    /// What a plain name means here, as far as this file tells.
    pub fn lookup(&self, name: u32, space: Space) -> Target {
        let at = self.at as u32;
        let mut hidden = false;
        for frame in self.frames.iter().rev() {
            for bound in frame.bound.iter().rev() {
                let fits = bound.name == name && bound.from <= at && bound.value == (space == Space::Value);
                if fits && !(hidden && bound.value) {
                    return Target::Local(bound.definition);
                }
            }
            if let Some(module) = frame.module {
                let module_entry = &self.out.modules[module as usize];
                if !module_entry.block || self.declares(module, name) {
                    break;
                }
            }
            hidden |= frame.barrier;
        }
        Target::Scope(self.module())
    }

    /// A block declares this name, before here or behind.
    fn declares(&self, module: u32, name: u32) -> bool {
        let module = &self.out.modules[module as usize];
        let imported = |import: &u32| self.out.imports[*import as usize].name == Some(name);
        module.items.iter().any(|(item, _)| *item == name) || module.imports.iter().any(imported)
    }
}
