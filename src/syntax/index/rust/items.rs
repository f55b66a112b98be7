//! Items of a Rust file, and what they hold.

use super::kind::K;
use super::walk::{Bound, NONE, Told, Walk};
use crate::syntax::flag;
use crate::syntax::index::summary::{Declared, Module, Space, SymbolKind, Target};

impl Walk<'_> {
    /// An item: a member of the type around it, or an item of the module or block.
    pub(super) fn item(&mut self, node: usize, symbol: SymbolKind) -> Option<u32> {
        let name = self.child(node, self.f.name)?;
        let holder = self.frames.iter().rev().find(|frame| frame.module.is_some() || frame.members.is_some());
        let members = holder.and_then(|frame| frame.members);
        let symbol = match (members, symbol) {
            (Some(_), SymbolKind::Function) => SymbolKind::Method,
            (Some(_), SymbolKind::Alias) => SymbolKind::AssociatedType,
            (_, symbol) => symbol,
        };
        let number = self.define(node, name, symbol);
        if let Some(members) = members {
            let holder = &mut self.out.types[members as usize];
            holder.held.push(number);
            let inherited = holder.inherits || holder.definition.is_some();
            let owner = holder.definition;
            let entry = &mut self.out.definitions[number as usize];
            entry.exported |= inherited;
            entry.owner = owner;
        } else {
            let module = self.module() as usize;
            let name = self.out.definitions[number as usize].name;
            self.out.modules[module].items.push((name, number));
            let owner = self.out.modules[module].definition;
            self.out.definitions[number as usize].owner = owner;
        }
        Some(number)
    }

    /// The body of an implementation: its head has been walked.
    pub(super) fn implementation(&mut self, node: usize) {
        let Some(parent) = self.source.parent(node) else { return };
        if self.kind(parent) == K::Trait {
            let bounds = self.child(parent, self.f.bounds).map_or(Vec::new(), |bounds| self.bounds(bounds));
            if let Some(number) = self.this() {
                self.out.types[number as usize].from = bounds;
            }
            return;
        }
        if self.kind(parent) != K::Impl {
            return;
        }
        let of = self.child(parent, self.f.kind).map_or(NONE, |node| self.type_mention(node));
        let from = self.child(parent, self.f.of_trait).map_or(NONE, |node| self.type_mention(node));
        if let Some(number) = self.this() {
            let members = &mut self.out.types[number as usize];
            members.of = Some(of).filter(|of| *of != NONE);
            members.from.extend(Some(from).filter(|from| *from != NONE));
        }
    }

    /// Mentions of the traits in a list of bounds that has been walked.
    pub(super) fn bounds(&self, list: usize) -> Vec<u32> {
        let mentions = self.source.children(list).map(|child| self.type_mention(child));
        mentions.filter(|mention| *mention != NONE).collect()
    }

    pub(super) fn function(&mut self, node: usize) {
        let number = self.item(node, SymbolKind::Function);
        self.frame(node, true);
        let Some(number) = number else { return };
        let (mut count, mut fixed) = (0u16, true);
        let parameters = self.child(node, self.f.parameters);
        for child in parameters.into_iter().flat_map(|list| self.source.children(list)) {
            match self.kind(child) {
                K::SelfParameter => fixed = false,
                K::Other if !self.source.nodes[child].is(flag::NAMED) => {}
                K::Attribute => {}
                _ if self.source.nodes[child].is(flag::COMMENT) => {}
                _ => count = count.saturating_add(1),
            }
        }
        let entry = &mut self.out.definitions[number as usize];
        entry.parameters = Some((count, count));
        entry.fixed = fixed;
        if let Some(result) = self.child(node, self.f.result) {
            self.told.push((self.source.nodes[result].end, number, Told::Result(result)));
        }
    }

    pub(super) fn module_item(&mut self, node: usize) {
        let number = self.item(node, SymbolKind::Module);
        let around = self.module();
        let Some(number) = number else { return };
        if self.child(node, self.f.body).is_some() {
            let module = self.out.modules.len() as u32;
            self.out.modules.push(Module {
                parent: Some(around),
                definition: Some(number),
                ..Module::default()
            });
            self.frame(node, true).module = Some(module);
            return;
        }
        let mut inline = Vec::new();
        let mut at = Some(around);
        while let Some(module) = at {
            let module = &self.out.modules[module as usize];
            if let Some(definition) = module.definition {
                inline.push(self.definition_text(definition));
            }
            at = module.parent;
        }
        inline.reverse();
        let whole = self.text.get(self.source.range(self.source.grouped(node))).unwrap_or("");
        let path = super::attribute_path(whole);
        let name = self.definition_text(number);
        self.out.declared.push(Declared { definition: number, module: around, inline, name, path });
    }

    pub(super) fn definition_text(&self, number: u32) -> String {
        let (start, end) = self.out.definitions[number as usize].at;
        let text = self.text.get(start as usize..end as usize).unwrap_or("");
        text.strip_prefix("r#").unwrap_or(text).to_owned()
    }

    pub(super) fn member(&mut self, node: usize, kind: K) {
        let Some(name) = self.child(node, self.f.name) else { return };
        let Some(holder) = self.this() else { return };
        let variant = kind == K::Variant;
        let number = self.define(node, name, if variant { SymbolKind::Variant } else { SymbolKind::Field });
        let owner = self.out.types[holder as usize].definition;
        let entry = &mut self.out.definitions[number as usize];
        entry.owner = owner;
        entry.exported |= variant;
        self.out.types[holder as usize].held.push(number);
        if variant {
            self.frame(node, false);
            self.type_members(number);
            if let Some(body) = self.child(node, self.f.body) {
                let elements = self.source.children(body).filter(|child| {
                    let child = &self.source.nodes[*child];
                    child.is(flag::NAMED) && !child.is(flag::COMMENT | flag::ATTRIBUTE)
                });
                let count = elements.count() as u16;
                self.out.definitions[number as usize].parameters = Some((count, count));
            }
        } else if let Some(ty) = self.child(node, self.f.kind) {
            self.told.push((self.source.nodes[node].end, number, Told::Type(ty)));
        }
    }

    /// `T: Trait` behind `where`: a bound as good as one beside the parameter.
    pub(super) fn where_predicate(&mut self, node: usize) {
        let left = self.child(node, self.f.left).filter(|left| self.kind(*left) == K::TypeIdentifier);
        let (Some(left), Some(bounds)) = (left, self.child(node, self.f.bounds)) else { return };
        let name = self.name(left);
        if let Target::Local(number) = self.lookup(name, Space::Type)
            && self.out.definitions[number as usize].kind == SymbolKind::TypeParameter
        {
            self.told.push((self.source.nodes[node].end, number, Told::Bounds(bounds)));
        }
    }

    pub(super) fn type_parameter(&mut self, node: usize, kind: K) {
        let Some(name) = self.child(node, self.f.name) else { return };
        let number = self.define(node, name, SymbolKind::TypeParameter);
        let name = self.out.definitions[number as usize].name;
        let value = kind == K::ConstParameter;
        if let Some(bounds) = self.child(node, self.f.bounds) {
            self.told.push((self.source.nodes[node].end, number, Told::Bounds(bounds)));
        }
        let from = node as u32;
        if let Some(frame) = self.frames.last_mut() {
            frame.bound.push(Bound { name, definition: number, from, value });
            if value {
                // A constant parameter is also named where types stand.
                frame.bound.push(Bound { name, definition: number, from, value: false });
            }
        }
    }
}
