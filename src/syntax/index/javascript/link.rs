//! Follows the names of all JavaScript and TypeScript files of a tree.

use std::collections::BTreeMap;

use super::specifier::{self, Project};
use crate::syntax::index::link::Linking;
use crate::syntax::index::summary::{ExportOf, SymbolKind, Target, Ty};
use crate::syntax::index::{Answer, DefinitionId, Parts};

/// Chains of exports, aliases and types longer than this are given up.
const DEEPEST: usize = 40;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    definitions: Vec<DefinitionId>,
    external: bool,
}

impl Found {
    fn one(id: DefinitionId) -> Self {
        Self { definitions: vec![id], external: false }
    }

    fn single(&self) -> Option<DefinitionId> {
        match self.definitions[..] {
            [one] if !self.external => Some(one),
            _ => None,
        }
    }
}

/// Where a specifier leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    File(u32),
    Outside,
    Nowhere,
}

struct Linker<'a> {
    parts: &'a Parts,
    goals: BTreeMap<(u32, u32), Goal>,
    exports: BTreeMap<(u32, u32), Vec<ExportOf>>,
    stars: BTreeMap<u32, Vec<ExportOf>>,
    members: BTreeMap<(DefinitionId, u32), Vec<DefinitionId>>,
    bases: BTreeMap<DefinitionId, Vec<(u32, u32)>>,
    /// Types with a base that is not known.
    open_ended: BTreeMap<DefinitionId, bool>,
    answers: Vec<Vec<Option<Found>>>,
    open: Vec<(u32, u32)>,
    default: Option<u32>,
    whole: Option<u32>,
}

/// Fills the answers, edges and roots of all files of the family.
pub(crate) fn link(linking: &mut Linking) {
    let parts = linking.parts;
    let project = Project::read(linking.tree);
    let mut linker = Linker {
        parts,
        goals: BTreeMap::new(),
        exports: BTreeMap::new(),
        stars: BTreeMap::new(),
        members: BTreeMap::new(),
        bases: BTreeMap::new(),
        open_ended: BTreeMap::new(),
        answers: vec![Vec::new(); parts.paths.len()],
        open: Vec::new(),
        default: parts.global_of("default"),
        whole: parts.global_of("export="),
    };
    for file in linking.files.iter().copied() {
        let path = parts.path(file);
        if specifier::is_root(path, &project) {
            linking.graph.roots.insert(path.to_owned());
        }
        for (number, request) in parts.summary(file).requests.iter().enumerate() {
            let target = project.find(path, &request.text);
            if let Some(target) = &target {
                linking.graph.link(path, target);
            }
            let goal = match target.as_deref().map(|target| parts.file(target)) {
                Some(Some(target)) => Goal::File(target),
                Some(None) => Goal::Nowhere,
                None if request.text.starts_with(['.', '/', '#', '@', '~'])
                    && !Project::is_package(&request.text) =>
                {
                    Goal::Nowhere
                }
                None => Goal::Outside,
            };
            linker.goals.insert((file, number as u32), goal);
        }
        if linking.names {
            linker.read(file);
            linker.answers[file as usize] = vec![None; parts.summary(file).mentions.len()];
        }
    }
    if !linking.names {
        return;
    }
    for file in linking.files.iter().copied() {
        for number in 0..parts.summary(file).mentions.len() as u32 {
            let found = linker.follow(file, number);
            let answer = match (found.external, found.definitions.is_empty()) {
                (true, true) => Answer::External,
                (true, false) => {
                    linking.lists.push(found.definitions);
                    Answer::Among(linking.lists.len() as u32 - 1)
                }
                (false, true) => {
                    if let Some(holder) = linker.lacking(file, number) {
                        linking.lacks.insert((file, number), holder);
                    }
                    continue;
                }
                (false, false) => linking.among(found.definitions),
            };
            linking.answers[file as usize][number as usize] = answer;
        }
    }
}

impl Linker<'_> {
    fn read(&mut self, file: u32) {
        let summary = self.parts.summary(file);
        for export in &summary.exports {
            match export.name {
                Some(name) => {
                    let name = self.parts.global(file, name);
                    self.exports.entry((file, name)).or_default().push(export.of);
                }
                None => self.stars.entry(file).or_default().push(export.of),
            }
        }
        for members in &summary.types {
            let Some(holder) = members.definition.map(|number| DefinitionId { file, number }) else {
                continue;
            };
            for member in &members.held {
                let entry = &summary.definitions[*member as usize];
                let name = self.parts.global(file, entry.name);
                let id = DefinitionId { file, number: *member };
                self.members.entry((holder, name)).or_default().push(id);
            }
            let bases = members.from.iter().map(|mention| (file, *mention));
            self.bases.entry(holder).or_default().extend(bases);
            if members.inherits && members.from.is_empty() {
                self.open_ended.insert(holder, true);
            }
        }
        for (number, entry) in summary.definitions.iter().enumerate() {
            let Some(owner) = entry.owner else { continue };
            if summary.definitions[owner as usize].kind == SymbolKind::Module {
                let owner = DefinitionId { file, number: owner };
                let name = self.parts.global(file, entry.name);
                let id = DefinitionId { file, number: number as u32 };
                self.members.entry((owner, name)).or_default().push(id);
            }
        }
    }

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
        let found = match mention.target {
            Target::Local(number) => Found::one(DefinitionId { file, number }),
            Target::Import(import) => self.imported(file, import, DEEPEST),
            Target::After(before) => match self.follow(file, before).single() {
                Some(id) => self.inside(id, name),
                None => Found::default(),
            },
            Target::Member(ty) => self.member_of(file, ty, name),
            Target::Scope(_) | Target::This(_) | Target::Root | Target::Up(..) | Target::Name => {
                Found::default()
            }
        };
        self.open.pop();
        self.answers[file as usize][number as usize] = Some(found.clone());
        found
    }

    fn imported(&mut self, file: u32, import: u32, depth: usize) -> Found {
        let Some((request, name)) = self.parts.summary(file).import_of.get(import as usize).copied() else {
            return Found::default();
        };
        match self.goals.get(&(file, request)) {
            Some(Goal::File(target)) => match name {
                Some(name) => self.exported(*target, self.parts.global(file, name), depth),
                None => self.whole(*target, depth),
            },
            Some(Goal::Outside) => Found { definitions: Vec::new(), external: true },
            Some(Goal::Nowhere) | None => Found::default(),
        }
    }

    /// The file, namespace, enumeration, class or interface that does not hold what a mention looks for in it, where all
    /// that could is written in the tree.
    fn lacking(&mut self, file: u32, number: u32) -> Option<DefinitionId> {
        let mention = self.parts.summary(file).mentions.get(number as usize).copied()?;
        let holder = match mention.target {
            Target::Import(import) => {
                let (request, name) = self.parts.summary(file).import_of.get(import as usize).copied()?;
                let own = name.map(|name| self.parts.global(file, name))
                    == Some(self.parts.global(file, mention.name));
                match self.goals.get(&(file, request)) {
                    Some(Goal::File(target)) if own => DefinitionId::of_file(*target),
                    _ => return None,
                }
            }
            Target::After(before) => self.follow(file, before).single()?,
            Target::Member(ty) => {
                let whole = match ty {
                    Ty::Value(mention) => self.follow(file, mention).single(),
                    _ => None,
                };
                let is_whole = |id: &DefinitionId| {
                    let kind = self.parts.entry(*id).map(|entry| entry.kind);
                    kind.is_none_or(|kind| matches!(kind, SymbolKind::Module | SymbolKind::Enum))
                };
                match whole.filter(is_whole) {
                    Some(id) => id,
                    None => self.holder(file, ty, DEEPEST)?.0,
                }
            }
            _ => return None,
        };
        self.is_closed(holder, DEEPEST).then_some(holder)
    }

    /// All that a file exports, or a type has, is written in the tree.
    fn is_closed(&mut self, id: DefinitionId, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        if id.number == DefinitionId::FILE {
            let assigned = self.whole.is_some_and(|whole| self.exports.contains_key(&(id.file, whole)));
            let any = !self.parts.summary(id.file).exports.is_empty();
            let stars = self.stars.get(&id.file).cloned().unwrap_or_default();
            return any
                && !assigned
                && stars.into_iter().all(|star| match star {
                    ExportOf::From(request, _) => match self.goals.get(&(id.file, request)) {
                        Some(Goal::File(target)) => {
                            *target == id.file || self.is_closed(DefinitionId::of_file(*target), depth)
                        }
                        _ => false,
                    },
                    _ => false,
                });
        }
        let merged = self.merged(id);
        merged.into_iter().all(|one| {
            let kind = self.parts.entry(one).map(|entry| entry.kind);
            let open = self.open_ended.contains_key(&one)
                || !matches!(
                    kind,
                    Some(SymbolKind::Class | SymbolKind::Interface | SymbolKind::Enum | SymbolKind::Module)
                );
            let bases = self.bases.get(&one).cloned().unwrap_or_default();
            !open
                && bases.into_iter().all(|(file, mention)| {
                    self.follow(file, mention)
                        .single()
                        .is_some_and(|base| base != one && self.is_closed(base, depth))
                })
        })
    }

    /// A module as a value: what it assigns to `module.exports`, else the file.
    fn whole(&mut self, file: u32, depth: usize) -> Found {
        let assigned = self.whole.and_then(|whole| self.exports.get(&(file, whole)).cloned());
        match assigned {
            Some(assigned) => self.all(file, &assigned, depth),
            None => Found::one(DefinitionId::of_file(file)),
        }
    }

    fn all(&mut self, file: u32, exports: &[ExportOf], depth: usize) -> Found {
        let mut found = Found::default();
        for of in exports {
            let one = self.export(file, *of, depth);
            found.definitions.extend(one.definitions);
            found.external |= one.external;
        }
        found.definitions.sort_unstable();
        found.definitions.dedup();
        found
    }

    fn export(&mut self, file: u32, of: ExportOf, depth: usize) -> Found {
        let Some(depth) = depth.checked_sub(1) else { return Found::default() };
        match of {
            ExportOf::Definition(number) => Found::one(DefinitionId { file, number }),
            ExportOf::Import(import) => self.imported(file, import, depth),
            ExportOf::From(request, name) => match (self.goals.get(&(file, request)), name) {
                (Some(Goal::File(target)), None) => self.whole(*target, depth),
                (Some(Goal::File(target)), Some(name)) => {
                    self.exported(*target, self.parts.global(file, name), depth)
                }
                (Some(Goal::Outside), _) => Found { definitions: Vec::new(), external: true },
                (Some(Goal::Nowhere) | None, _) => Found::default(),
            },
            ExportOf::Nothing => Found::default(),
        }
    }

    /// What a file exports under a name.
    fn exported(&mut self, file: u32, name: u32, depth: usize) -> Found {
        let Some(depth) = depth.checked_sub(1) else { return Found::default() };
        if let Some(exports) = self.exports.get(&(file, name)).cloned() {
            return self.all(file, &exports, depth);
        }
        if Some(name) == self.default {
            // By the interplay of both kinds of modules.
            return match self.whole.and_then(|whole| self.exports.get(&(file, whole)).cloned()) {
                Some(assigned) => self.all(file, &assigned, depth),
                None => Found::default(),
            };
        }
        let mut found = Found::default();
        for star in self.stars.get(&file).cloned().unwrap_or_default() {
            let ExportOf::From(request, _) = star else { continue };
            match self.goals.get(&(file, request)) {
                Some(Goal::File(target)) => {
                    let one = self.exported(*target, name, depth);
                    found.definitions.extend(one.definitions);
                    found.external |= one.external && found.definitions.is_empty();
                }
                Some(Goal::Outside) => found.external = true,
                Some(Goal::Nowhere) | None => {}
            }
        }
        // Of a name that the tree's own files give, what lies outside is no rival in practice; without one it may be there.
        found.external &= found.definitions.is_empty();
        found.definitions.sort_unstable();
        found.definitions.dedup();
        if found.definitions.is_empty()
            && let Some(assigned) = self.whole.and_then(|whole| self.exports.get(&(file, whole)).cloned())
            && let Some(id) = self.all(file, &assigned, depth).single()
        {
            return self.inside(id, name);
        }
        found
    }

    /// A name inside a module, namespace, enumeration or class.
    fn inside(&mut self, id: DefinitionId, name: u32) -> Found {
        if id.number == DefinitionId::FILE {
            return self.exported(id.file, name, DEEPEST);
        }
        let Some(entry) = self.parts.entry(id) else { return Found::default() };
        match entry.kind {
            SymbolKind::Module | SymbolKind::Enum => self.listed(id, name, None),
            SymbolKind::Class => self.inherited(id, name, Some(true), DEEPEST),
            // A function or constant with a namespace of the same name.
            SymbolKind::Function | SymbolKind::Constant | SymbolKind::Interface => {
                let merged = self.merged(id);
                let modules = merged.into_iter().filter(|other| {
                    self.parts.entry(*other).is_some_and(|entry| entry.kind == SymbolKind::Module)
                });
                let found: Vec<Found> = modules.map(|other| self.listed(other, name, None)).collect();
                found.into_iter().find(|found| !found.definitions.is_empty()).unwrap_or_default()
            }
            _ => Found::default(),
        }
    }

    /// Definitions of the same name in the same place: declarations that the language merges.
    fn merged(&self, id: DefinitionId) -> Vec<DefinitionId> {
        let summary = self.parts.summary(id.file);
        let Some(entry) = summary.definitions.get(id.number as usize) else { return Vec::new() };
        if entry.kind.is_local() || entry.kind.is_member() {
            return vec![id];
        }
        let same = summary.definitions.iter().enumerate().filter(|(_, other)| {
            other.name == entry.name
                && other.owner == entry.owner
                && !other.kind.is_local()
                && !other.kind.is_member()
        });
        same.map(|(number, _)| DefinitionId { file: id.file, number: number as u32 }).collect()
    }

    /// Members of this very type; of several under one name (overloads, a getter with its setter) the first.
    fn listed(&self, id: DefinitionId, name: u32, fixed: Option<bool>) -> Found {
        let all = self.members.get(&(id, name)).into_iter().flatten();
        let fits = |member: &&DefinitionId| {
            fixed.is_none_or(|fixed| self.parts.entry(**member).is_some_and(|entry| entry.fixed == fixed))
        };
        match all.filter(fits).min() {
            Some(first) => Found::one(*first),
            None => Found::default(),
        }
    }

    fn inherited(&mut self, id: DefinitionId, name: u32, fixed: Option<bool>, depth: usize) -> Found {
        let Some(depth) = depth.checked_sub(1) else { return Found::default() };
        for one in self.merged(id) {
            let own = self.listed(one, name, fixed);
            if !own.definitions.is_empty() {
                return own;
            }
        }
        let mut found = Found::default();
        for one in self.merged(id) {
            for (file, mention) in self.bases.get(&one).cloned().unwrap_or_default() {
                if let Some(base) = self.follow(file, mention).single().filter(|base| *base != id) {
                    found.definitions.extend(self.inherited(base, name, fixed, depth).definitions);
                }
            }
        }
        found.definitions.sort_unstable();
        found.definitions.dedup();
        found
    }

    /// A member of a value.
    fn member_of(&mut self, file: u32, ty: Ty, name: u32) -> Found {
        if let Ty::Value(mention) = ty
            && let Some(id) = self.follow(file, mention).single()
        {
            let found = self.inside(id, name);
            if !found.definitions.is_empty() || found.external {
                return found;
            }
        }
        match self.holder(file, ty, DEEPEST) {
            Some((id, this)) => {
                let fixed = if this { None } else { Some(false) };
                self.inherited(id, name, fixed, DEEPEST)
            }
            None => Found::default(),
        }
    }

    /// The class or interface that a value is of; `true` for `this`, which may also be the class itself.
    fn holder(&mut self, file: u32, ty: Ty, depth: usize) -> Option<(DefinitionId, bool)> {
        let depth = depth.checked_sub(1)?;
        match ty {
            Ty::Unknown => None,
            Ty::This(holder) => {
                let number = self.parts.summary(file).types.get(holder as usize)?.definition?;
                Some((DefinitionId { file, number }, true))
            }
            Ty::Named(mention) => {
                let id = self.follow(file, mention).single()?;
                self.named(id, depth).map(|id| (id, false))
            }
            Ty::Value(mention) => {
                let id = self.follow(file, mention).single()?;
                let entry = self.parts.entry(id)?;
                let holds = matches!(
                    entry.kind,
                    SymbolKind::Local
                        | SymbolKind::Parameter
                        | SymbolKind::Constant
                        | SymbolKind::Field
                        | SymbolKind::Method
                );
                if holds { self.holder(id.file, entry.ty, depth) } else { None }
            }
            Ty::Returned(mention) => {
                let id = self.follow(file, mention).single()?;
                let entry = self.parts.entry(id)?;
                // Which of several overloads is called is not known.
                let overloaded = self.merged(id).len() > 1;
                if overloaded || entry.result == Ty::Unknown {
                    return None;
                }
                self.holder(id.file, entry.result, depth)
            }
        }
    }

    /// The class, interface or literal behind a type's name.
    fn named(&mut self, id: DefinitionId, depth: usize) -> Option<DefinitionId> {
        let entry = self.parts.entry(id)?;
        match entry.kind {
            SymbolKind::Class | SymbolKind::Interface => Some(id),
            SymbolKind::Alias if entry.ty == Ty::Unknown => Some(id),
            SymbolKind::Alias => self.holder(id.file, entry.ty, depth).map(|(id, _)| id),
            // An interface of the same name may stand behind a constant.
            SymbolKind::Constant | SymbolKind::Function => self.merged(id).into_iter().find(|other| {
                self.parts
                    .entry(*other)
                    .is_some_and(|entry| matches!(entry.kind, SymbolKind::Class | SymbolKind::Interface))
            }),
            _ => None,
        }
    }
}
