//! Follows the names of all Rust files of a tree.

use std::collections::BTreeMap;

use rustc_hash::FxBuildHasher;

use super::modules::{ModuleId, Modules};
use crate::syntax::index::link::Linking;
use crate::syntax::index::summary::{BindingKind, Entry, Space, SymbolKind, Target, Ty};
use crate::syntax::index::{Answer, DefinitionId, Parts};

/// Chains of imports, aliases and types longer than this are given up.
const DEEPEST: usize = 48;

/// Crates that every program can name.
const STANDARD: &[&str] = &["alloc", "core", "proc_macro", "std", "test"];

/// What a name leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    definitions: Vec<DefinitionId>,
    /// It leads out of the tree.
    external: bool,
}

impl Found {
    fn one(id: DefinitionId) -> Self {
        Self { definitions: vec![id], external: false }
    }

    fn outside() -> Self {
        Self { definitions: Vec::new(), external: true }
    }

    fn is_nothing(&self) -> bool {
        self.definitions.is_empty() && !self.external
    }

    fn single(&self) -> Option<DefinitionId> {
        match self.definitions[..] {
            [one] if !self.external => Some(one),
            _ => None,
        }
    }
}

/// What a module holds, by name number among all names.
#[derive(Default)]
struct Content {
    items: BTreeMap<u32, Vec<u32>>,
    imports: BTreeMap<u32, Vec<u32>>,
    globs: Vec<u32>,
}

/// What members are looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Type(DefinitionId),
    /// An implementation for a type outside the tree.
    Block(u32, u32),
}

type Seen = indexmap::IndexMap<(ModuleId, u32, Space, bool), Option<Found>, FxBuildHasher>;

struct Linker<'a> {
    parts: &'a Parts,
    modules: Modules,
    contents: BTreeMap<ModuleId, Content>,
    module_of: BTreeMap<DefinitionId, u32>,
    /// Members of types: `true` where a trait's implementation gives them.
    members: BTreeMap<(DefinitionId, u32), Vec<(DefinitionId, bool)>>,
    /// Traits that a type has, supertraits of a trait, bounds of a parameter.
    traits: BTreeMap<DefinitionId, Vec<DefinitionId>>,
    /// Macros of a crate: root file and name.
    macros: BTreeMap<(u32, u32), Vec<DefinitionId>>,
    seen: Seen,
    answers: Vec<Vec<Option<Found>>>,
    open: Vec<(u32, u32)>,
}

/// Fills the answers of all Rust files.
pub(crate) fn link(linking: &mut Linking) {
    let parts = linking.parts;
    let modules = Modules::read(linking.tree, parts, linking.graph);
    let mut linker = Linker {
        parts,
        modules,
        contents: BTreeMap::new(),
        module_of: BTreeMap::new(),
        members: BTreeMap::new(),
        traits: BTreeMap::new(),
        macros: BTreeMap::new(),
        seen: Seen::default(),
        answers: vec![Vec::new(); parts.paths.len()],
        open: Vec::new(),
    };
    for file in linking.files {
        linker.answers[*file as usize] = vec![None; parts.summary(*file).mentions.len()];
        linker.read(*file);
    }
    for file in linking.files {
        linker.read_types(*file);
    }
    for file in linking.files.iter().copied() {
        let mentions = if linking.names { parts.summary(file).mentions.len() } else { 0 };
        for number in 0..mentions as u32 {
            let found = linker.follow(file, number);
            // What a macro makes of its tokens is not known.
            if found.is_nothing()
                && !parts.summary(file).mentions[number as usize].loose
                && let Some(holder) = linker.lacking(file, number)
            {
                linking.lacks.insert((file, number), holder);
            }
            let answer = linker.answer(file, number, found, linking);
            linking.answers[file as usize][number as usize] = answer;
        }
        for binding in &parts.summary(file).imports {
            let mut mention = binding.mention;
            while let Some(target) = parts.summary(file).mentions.get(mention as usize).map(|one| one.target)
            {
                if let Some(id) = linker.follow(file, mention).definitions.first() {
                    linking.graph.link(parts.path(file), parts.path(linker.text_of(*id)));
                    break;
                }
                match target {
                    Target::After(before) => mention = before,
                    _ => break,
                }
            }
        }
    }
}

impl Linker<'_> {
    /// The module or type that does not hold what a mention looks for in it.
    fn lacking(&mut self, file: u32, number: u32) -> Option<DefinitionId> {
        let mention = self.parts.summary(file).mentions.get(number as usize)?;
        match mention.target {
            Target::After(before) => self.follow(file, before).single(),
            Target::Member(ty) => match self.holder(file, ty, DEEPEST)? {
                Holder::Type(id) => Some(id),
                Holder::Block(..) => None,
            },
            _ => None,
        }
    }

    /// The file that a module's text is in, or that holds a definition.
    fn text_of(&self, id: DefinitionId) -> u32 {
        self.modules.content(id).unwrap_or(id.file)
    }

    fn answer(&self, file: u32, number: u32, found: Found, linking: &mut Linking) -> Answer {
        let mention = &self.parts.summary(file).mentions[number as usize];
        if found.external && found.definitions.is_empty() {
            return Answer::External;
        }
        if found.is_nothing() {
            return match mention.target {
                Target::Member(_) => Answer::Members,
                Target::Name => Answer::Named,
                _ => Answer::Unknown,
            };
        }
        if found.external {
            linking.lists.push(found.definitions);
            return Answer::Among(linking.lists.len() as u32 - 1);
        }
        linking.among(found.definitions)
    }

    fn read(&mut self, file: u32) {
        let summary = self.parts.summary(file);
        for (number, module) in summary.modules.iter().enumerate() {
            let mut content = Content::default();
            for (name, item) in &module.items {
                let name = self.parts.global(file, *name);
                content.items.entry(name).or_default().push(*item);
                let entry = &summary.definitions[*item as usize];
                if entry.kind == SymbolKind::Macro {
                    let root = self.modules.root(file);
                    let id = DefinitionId { file, number: *item };
                    self.macros.entry((root, name)).or_default().push(id);
                }
            }
            for import in &module.imports {
                let binding = &summary.imports[*import as usize];
                match (binding.kind, binding.name) {
                    (BindingKind::Glob, _) => content.globs.push(*import),
                    (_, Some(name)) if summary.text(name) != "_" => {
                        content.imports.entry(self.parts.global(file, name)).or_default().push(*import);
                    }
                    _ => {}
                }
            }
            if let Some(definition) = module.definition {
                self.module_of.insert(DefinitionId { file, number: definition }, number as u32);
            }
            self.contents.insert((file, number as u32), content);
        }
    }

    fn read_types(&mut self, file: u32) {
        let summary = self.parts.summary(file);
        for (definition, mention) in &summary.bounds {
            if let Some(bound) = self.follow(file, *mention).single() {
                self.traits.entry(DefinitionId { file, number: *definition }).or_default().push(bound);
            }
        }
        for number in 0..summary.types.len() as u32 {
            let members = &summary.types[number as usize];
            let Some(Holder::Type(holder)) = self.this(file, number, DEEPEST) else { continue };
            for from in &members.from {
                if let Some(found) = self.follow(file, *from).single() {
                    self.traits.entry(holder).or_default().push(found);
                }
            }
            for member in &members.held {
                let id = DefinitionId { file, number: *member };
                let name = self.parts.global(file, summary.definitions[*member as usize].name);
                self.members.entry((holder, name)).or_default().push((id, members.inherits));
            }
        }
    }

    /// The type that a group of members belongs to.
    fn this(&mut self, file: u32, number: u32, depth: usize) -> Option<Holder> {
        let members = self.parts.summary(file).types.get(number as usize)?;
        if let Some(definition) = members.definition {
            return Some(Holder::Type(DefinitionId { file, number: definition }));
        }
        let found = members.of.map(|of| self.follow(file, of)).unwrap_or_default();
        match found.single().and_then(|id| self.behind(id, depth)) {
            Some(id) => Some(Holder::Type(id)),
            None => Some(Holder::Block(file, number)),
        }
    }

    /// The type that an alias stands for.
    fn behind(&mut self, id: DefinitionId, depth: usize) -> Option<DefinitionId> {
        let entry = self.parts.entry(id)?;
        match entry.kind {
            SymbolKind::Alias if depth > 0 => match self.holder(id.file, entry.ty, depth - 1)? {
                Holder::Type(id) => Some(id),
                Holder::Block(..) => None,
            },
            SymbolKind::Alias | SymbolKind::AssociatedType => None,
            _ => Some(id),
        }
    }

    /// Follows a mention, once.
    fn follow(&mut self, file: u32, number: u32) -> Found {
        if let Some(Some(known)) = self.answers[file as usize].get(number as usize) {
            return known.clone();
        }
        let Some(mention) = self.parts.summary(file).mentions.get(number as usize).copied() else {
            return Found::default();
        };
        if self.open.contains(&(file, number)) || self.open.len() > DEEPEST {
            return Found::default();
        }
        self.open.push((file, number));
        let name = self.parts.global(file, mention.name);
        let mut found = match mention.target {
            Target::Local(number) => Found::one(DefinitionId { file, number }),
            Target::Scope(module) => {
                let mut found = self.named((file, module), name, mention.space);
                if found.is_nothing() && mention.space == Space::Macro {
                    found = self.macro_of(file, name);
                }
                if found.is_nothing() && mention.loose {
                    found = self.macro_of(file, name);
                }
                found
            }
            Target::After(before) => {
                let before = self.follow(file, before);
                self.inside(&before, name, mention.space)
            }
            Target::Member(ty) => match self.holder(file, ty, DEEPEST) {
                Some(holder) => self.member(holder, name, mention.space, DEEPEST),
                None => Found::default(),
            },
            Target::This(this) => match self.this(file, this, DEEPEST) {
                Some(Holder::Type(id)) => Found::one(id),
                _ => Found::default(),
            },
            Target::Root => Found::one(DefinitionId::of_file(self.modules.root(file))),
            Target::Up(module, levels) => self.up((file, module), levels),
            Target::Import(_) | Target::Name => Found::default(),
        };
        found.definitions.sort_unstable();
        found.definitions.dedup();
        self.open.pop();
        self.answers[file as usize][number as usize] = Some(found.clone());
        found
    }

    /// The module so many modules above the named one around a module.
    fn up(&mut self, from: ModuleId, levels: u32) -> Found {
        let is_block = |(file, module): ModuleId| self.parts.summary(file).modules[module as usize].block;
        let mut at = from;
        let mut left = levels;
        for _ in 0..DEEPEST * 4 {
            if !is_block(at) {
                if left == 0 {
                    return Found::one(self.definition_of(at));
                }
                left -= 1;
            }
            match self.modules.above(at, self.parts) {
                Some(above) => at = above,
                None => return Found::default(),
            }
        }
        Found::default()
    }

    fn definition_of(&self, (file, module): ModuleId) -> DefinitionId {
        match self.parts.summary(file).modules[module as usize].definition {
            Some(number) => DefinitionId { file, number },
            None => DefinitionId::of_file(file),
        }
    }

    /// The module that a definition is.
    fn module(&self, id: DefinitionId) -> Option<ModuleId> {
        if id.number == DefinitionId::FILE {
            return Some((id.file, 0));
        }
        match self.modules.content(id) {
            Some(file) => Some((file, 0)),
            None => self.module_of.get(&id).map(|module| (id.file, *module)),
        }
    }

    /// A name as seen from inside a module.
    fn named(&mut self, from: ModuleId, name: u32, space: Space) -> Found {
        let mut at = from;
        for _ in 0..DEEPEST {
            let found = self.held(at, name, space, true);
            if !found.is_nothing() {
                return found;
            }
            let block = self.parts.summary(at.0).modules[at.1 as usize].block;
            let outward = block || space == Space::Macro;
            match self.modules.above(at, self.parts).filter(|_| outward) {
                Some(above) => at = above,
                None => break,
            }
        }
        if space == Space::Value || space == Space::Macro {
            return Found::default();
        }
        let text = self.parts.name(name);
        if let Some(root) = self.modules.crates.get(text) {
            return Found::one(DefinitionId::of_file(*root));
        }
        if STANDARD.contains(&text) { Found::outside() } else { Found::default() }
    }

    /// What a module itself holds under a name; `inner` where what is private there is seen.
    fn held(&mut self, module: ModuleId, name: u32, space: Space, inner: bool) -> Found {
        let key = (module, name, space, inner);
        if let Some(known) = self.seen.get(&key) {
            // Asked again while it is looked for: a circle of imports.
            return known.clone().unwrap_or_default();
        }
        self.seen.insert(key, None);
        let found = self.look(module, name, space, inner);
        self.seen.insert(key, Some(found.clone()));
        found
    }

    fn look(&mut self, module: ModuleId, name: u32, space: Space, inner: bool) -> Found {
        let file = module.0;
        let summary = self.parts.summary(file);
        let Some(content) = self.contents.get(&module) else { return Found::default() };
        let fits = |entry: &Entry| {
            (inner || entry.exported || entry.kind == SymbolKind::Macro) && stands(entry.kind, space)
        };
        let items = content.items.get(&name).into_iter().flatten();
        let items = items.filter(|number| fits(&summary.definitions[**number as usize]));
        let definitions: Vec<DefinitionId> =
            items.map(|number| DefinitionId { file, number: *number }).collect();
        if !definitions.is_empty() && space != Space::Any {
            return Found { definitions, external: false };
        }
        let mut found = Found { definitions, external: false };
        let mut certain = !found.is_nothing();
        let imports = content.imports.get(&name).cloned().unwrap_or_default();
        let globs = content.globs.clone();
        for import in imports {
            let binding = &summary.imports[import as usize];
            if !inner && !binding.public {
                continue;
            }
            let brought = self.brought(file, binding.mention, space);
            certain |= !binding.conditional && !brought.is_nothing();
            found.definitions.extend(brought.definitions);
            found.external |= brought.external;
        }
        if certain {
            return found;
        }
        for import in globs {
            let binding = &summary.imports[import as usize];
            if !inner && !binding.public {
                continue;
            }
            let of = self.follow(file, binding.mention);
            for id in of.definitions {
                let brought = match self.module(id) {
                    Some(target) => {
                        let inner = self.is_inside(module, target);
                        self.held(target, name, space, inner)
                    }
                    None => self.inside(&Found::one(id), name, space),
                };
                found.definitions.extend(brought.definitions);
                found.external |= brought.external;
            }
        }
        found.definitions.sort_unstable();
        found.definitions.dedup();
        found
    }

    fn is_inside(&self, module: ModuleId, outer: ModuleId) -> bool {
        let mut at = Some(module);
        for _ in 0..DEEPEST * 2 {
            match at {
                Some(one) if one == outer => return true,
                Some(one) => at = self.modules.above(one, self.parts),
                None => return false,
            }
        }
        false
    }

    /// What an import brings of one space.
    fn brought(&mut self, file: u32, number: u32, space: Space) -> Found {
        let Some(mention) = self.parts.summary(file).mentions.get(number as usize).copied() else {
            return Found::default();
        };
        let name = self.parts.global(file, mention.name);
        match mention.target {
            Target::After(before) if space != Space::Any => {
                let before = self.follow(file, before);
                self.inside(&before, name, space)
            }
            Target::Scope(module) => {
                let found = self.named((file, module), name, space);
                let first = matches!(space, Space::Type | Space::Any);
                if found.is_nothing() && first { Found::outside() } else { found }
            }
            _ => self.follow(file, number),
        }
    }

    /// A name inside what a path led to.
    fn inside(&mut self, before: &Found, name: u32, space: Space) -> Found {
        let mut found = Found { definitions: Vec::new(), external: before.external };
        for id in &before.definitions {
            let one = match self.module(*id) {
                Some(module) => {
                    let mut one = self.held(module, name, space, true);
                    if one.is_nothing() && matches!(space, Space::Macro | Space::Any) && module.1 == 0 {
                        one = self.macro_exported(module.0, name);
                    }
                    one
                }
                None => match self.behind(*id, DEEPEST) {
                    Some(id) => self.member(Holder::Type(id), name, space, DEEPEST),
                    None => Found::default(),
                },
            };
            found.definitions.extend(one.definitions);
            found.external |= one.external;
        }
        found
    }

    fn macro_exported(&self, root: u32, name: u32) -> Found {
        let all = self.macros.get(&(root, name)).into_iter().flatten();
        let exported = all.filter(|id| self.parts.entry(**id).is_some_and(|entry| entry.exported));
        Found { definitions: exported.copied().collect(), external: false }
    }

    /// A macro that the modules around do not hold: by `#[macro_use]`, whichever of the crate is called so.
    fn macro_of(&self, file: u32, name: u32) -> Found {
        let root = self.modules.root(file);
        let found = self.macros.get(&(root, name)).cloned().unwrap_or_default();
        Found { definitions: found, external: false }
    }

    /// What members of a value or type of this kind are looked up in.
    fn holder(&mut self, file: u32, ty: Ty, depth: usize) -> Option<Holder> {
        let depth = depth.checked_sub(1)?;
        match ty {
            Ty::Unknown => None,
            Ty::This(this) => self.this(file, this, depth),
            Ty::Named(mention) => {
                let id = self.follow(file, mention).single()?;
                self.behind(id, depth).map(Holder::Type)
            }
            Ty::Value(mention) => {
                let id = self.follow(file, mention).single()?;
                let entry = self.parts.entry(id)?;
                match entry.kind {
                    SymbolKind::Local | SymbolKind::Parameter | SymbolKind::Constant | SymbolKind::Field => {
                        self.holder(id.file, entry.ty, depth)
                    }
                    SymbolKind::Struct => Some(Holder::Type(id)),
                    SymbolKind::Variant => {
                        entry.owner.map(|number| Holder::Type(DefinitionId { file: id.file, number }))
                    }
                    _ => None,
                }
            }
            Ty::Returned(mention) => {
                let id = self.follow(file, mention).single()?;
                let entry = self.parts.entry(id)?;
                match entry.kind {
                    SymbolKind::Function | SymbolKind::Method => self.holder(id.file, entry.result, depth),
                    SymbolKind::Struct => Some(Holder::Type(id)),
                    SymbolKind::Variant => {
                        entry.owner.map(|number| Holder::Type(DefinitionId { file: id.file, number }))
                    }
                    _ => None,
                }
            }
        }
    }

    fn member(&mut self, holder: Holder, name: u32, space: Space, depth: usize) -> Found {
        let Some(depth) = depth.checked_sub(1) else { return Found::default() };
        let id = match holder {
            Holder::Type(id) => id,
            Holder::Block(file, number) => {
                // Of a type outside, only this implementation and its trait are known; the type's own members come first.
                let _ = (file, number);
                return Found::default();
            }
        };
        let of = self.members.get(&(id, name)).cloned().unwrap_or_default();
        let parts = self.parts;
        let fits = |(id, _): &&(DefinitionId, bool)| {
            parts.entry(*id).is_some_and(|entry| member_stands(entry.kind, space))
        };
        let of: Vec<&(DefinitionId, bool)> = of.iter().filter(fits).collect();
        let own: Vec<DefinitionId> =
            of.iter().filter(|(_, inherited)| !inherited).map(|(id, _)| *id).collect();
        if !own.is_empty() {
            return Found { definitions: own, external: false };
        }
        if !of.is_empty() {
            return Found { definitions: of.iter().map(|(id, _)| *id).collect(), external: false };
        }
        let mut found = Found::default();
        for from in self.traits.get(&id).cloned().unwrap_or_default() {
            if from != id {
                found.definitions.extend(self.member(Holder::Type(from), name, space, depth).definitions);
            }
        }
        found.definitions.sort_unstable();
        found.definitions.dedup();
        found
    }
}

/// A definition of this kind is found in this space.
fn stands(kind: SymbolKind, space: Space) -> bool {
    match space {
        Space::Any => true,
        Space::Type => kind.is_type(),
        Space::Value => matches!(
            kind,
            SymbolKind::Function
                | SymbolKind::Method
                | SymbolKind::Constant
                | SymbolKind::Struct
                | SymbolKind::Variant
                | SymbolKind::Field
        ),
        Space::Macro => kind == SymbolKind::Macro,
    }
}

/// A member of this kind is found in this space: fields and methods do not hide each other.
fn member_stands(kind: SymbolKind, space: Space) -> bool {
    match space {
        Space::Any => matches!(kind, SymbolKind::Field | SymbolKind::Variant),
        Space::Type => matches!(kind, SymbolKind::AssociatedType | SymbolKind::Variant),
        Space::Value => matches!(kind, SymbolKind::Method | SymbolKind::Constant | SymbolKind::Variant),
        Space::Macro => false,
    }
}
