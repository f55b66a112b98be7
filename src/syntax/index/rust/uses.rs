//! `use` and `extern crate`: every segment is a mention, every leaf binds a name.

use super::kind::K;
use super::walk::{NONE, Walk};
use crate::syntax::flag;
use crate::syntax::index::summary::{Binding, BindingKind, Space, Target};
use crate::syntax::rust::segments;

/// Lists in lists beyond this are no program.
const DEEPEST: usize = 64;

/// The names are handed on to others.
fn is_public(walk: &Walk, node: usize) -> bool {
    walk.source.children(node).any(|child| walk.source.kind_name(child) == "visibility_modifier")
}

/// It stands below `#[cfg(…)]`.
fn is_conditional(walk: &Walk, node: usize) -> bool {
    let source = walk.source;
    source
        .children(source.grouped(node))
        .filter(|child| source.nodes[*child].is(flag::ATTRIBUTE))
        .any(|attribute| segments(source, attribute).first().is_some_and(|word| word == "cfg"))
}

pub(super) fn declaration(walk: &mut Walk, node: usize) {
    let public = is_public(walk, node);
    let first = walk.out.imports.len();
    if let Some(argument) = walk.child(node, walk.f.argument) {
        tree(walk, argument, NONE, public, DEEPEST);
    }
    let conditional = is_conditional(walk, node);
    walk.out.imports[first..].iter_mut().for_each(|binding| binding.conditional = conditional);
}

pub(super) fn extern_crate(walk: &mut Walk, node: usize) {
    let public = is_public(walk, node);
    let Some(name) = walk.child(node, walk.f.name) else { return };
    let mention = walk.mention(name, Target::Scope(0), Space::Type);
    let alias = walk.child(node, walk.f.alias).unwrap_or(name);
    let name = Some(walk.name(alias));
    walk.bind_import(Binding { name, kind: BindingKind::Name, mention, public, conditional: false });
}

fn tree(walk: &mut Walk, node: usize, prefix: u32, public: bool, depth: usize) {
    if depth == 0 {
        return;
    }
    match walk.source.kind_name(node) {
        "scoped_use_list" => {
            let prefix = match walk.child(node, walk.f.path) {
                Some(before) => path(walk, before, prefix, Space::Type, depth - 1),
                None => prefix,
            };
            if let Some(list) = walk.child(node, walk.f.list) {
                tree(walk, list, prefix, public, depth - 1);
            }
        }
        "use_list" => {
            let listed: Vec<usize> = walk
                .source
                .children(node)
                .filter(|child| {
                    let child = &walk.source.nodes[*child];
                    child.is(flag::NAMED) && !child.is(flag::COMMENT)
                })
                .collect();
            for child in listed {
                tree(walk, child, prefix, public, depth - 1);
            }
        }
        "use_as_clause" => {
            let mention = match walk.child(node, walk.f.path) {
                Some(before) => path(walk, before, prefix, Space::Any, depth - 1),
                None => return,
            };
            let Some(alias) = walk.child(node, walk.f.alias) else { return };
            let name = Some(walk.name(alias));
            bind(walk, name, BindingKind::Name, mention, public);
        }
        "use_wildcard" => {
            let before = walk.source.children(node).find(|child| walk.source.nodes[*child].is(flag::NAMED));
            let mention = match before {
                Some(before) => path(walk, before, prefix, Space::Type, depth - 1),
                None => prefix,
            };
            bind(walk, None, BindingKind::Glob, mention, public);
        }
        "self" if prefix != NONE => {
            let name = walk.out.mentions.get(prefix as usize).map(|mention| mention.name);
            bind(walk, name, BindingKind::Name, prefix, public);
        }
        _ => {
            let mention = path(walk, node, prefix, Space::Any, depth - 1);
            let name = walk.out.mentions.get(mention as usize).map(|mention| mention.name);
            bind(walk, name, BindingKind::Name, mention, public);
        }
    }
}

fn bind(walk: &mut Walk, name: Option<u32>, kind: BindingKind, mention: u32, public: bool) {
    if mention != NONE {
        walk.bind_import(Binding { name, kind, mention, public, conditional: false });
    }
}

/// Mentions of a path's segments; the last one's number.
fn path(walk: &mut Walk, node: usize, prefix: u32, space: Space, depth: usize) -> u32 {
    if depth == 0 {
        return NONE;
    }
    match walk.kind(node) {
        K::ScopedIdentifier => {
            let before = match walk.child(node, walk.f.path) {
                Some(before) => path(walk, before, prefix, Space::Type, depth - 1),
                None => prefix,
            };
            let Some(name) = walk.child(node, walk.f.name) else { return NONE };
            if walk.kind(name) == K::Keyword {
                return keyword(walk, name, before);
            }
            let target = if before == NONE { Target::Scope(walk.module()) } else { Target::After(before) };
            walk.mention(name, target, space)
        }
        K::Keyword => keyword(walk, node, prefix),
        K::Identifier => {
            let target = if prefix == NONE { Target::Scope(walk.module()) } else { Target::After(prefix) };
            walk.mention(node, target, space)
        }
        _ => NONE,
    }
}

fn keyword(walk: &mut Walk, node: usize, before: u32) -> u32 {
    let text = walk.source.node_text(node);
    let module = walk.module();
    let target = match text.as_str() {
        "crate" => Target::Root,
        "self" => Target::Up(module, 0),
        _ => {
            let levels = match walk.out.mentions.get(before as usize).map(|mention| mention.target) {
                Some(Target::Up(_, levels)) => levels,
                _ => 0,
            };
            Target::Up(module, levels + 1)
        }
    };
    walk.mention(node, target, Space::Type)
}
