//! What can be said of a file without knowing its language's rules: which names it defines, and which it mentions.

use super::summary::{Entry, Mention, Module, Names, Space, Summary, SymbolKind, Target, Ty, lines, words};
use crate::syntax::{DefinitionKind, Source, flag};

fn symbol(kind: DefinitionKind) -> SymbolKind {
    match kind {
        DefinitionKind::Function => SymbolKind::Function,
        DefinitionKind::Method => SymbolKind::Method,
        DefinitionKind::Type => SymbolKind::Class,
        DefinitionKind::Constant => SymbolKind::Constant,
        DefinitionKind::Module => SymbolKind::Module,
        DefinitionKind::Macro => SymbolKind::Macro,
        DefinitionKind::Field => SymbolKind::Field,
        DefinitionKind::Variant => SymbolKind::Variant,
        DefinitionKind::Local => SymbolKind::Local,
        DefinitionKind::Parameter => SymbolKind::Parameter,
    }
}

/// Definitions by the language's row; every other name is a mention of whatever is called so.
pub(super) fn summarise(source: &Source) -> Option<Summary> {
    let text = std::str::from_utf8(&source.bytes).ok()?;
    let mut names = Names::default();
    names.number("");
    let mut out = Summary { modules: vec![Module::default()], ..Summary::default() };
    let mut defined = std::collections::BTreeSet::new();
    for found in source.definitions() {
        let Some(name) = text.get(found.name_range.clone()) else { continue };
        let number = out.definitions.len() as u32;
        let name = names.number(name);
        defined.insert(found.name_range.start);
        let kind = symbol(found.kind);
        if !kind.is_local() && !kind.is_member() {
            out.modules[0].items.push((name, number));
        }
        out.definitions.push(Entry {
            name,
            kind,
            at: (found.name_range.start as u32, found.name_range.end as u32),
            whole: (found.range.start as u32, found.range.end as u32),
            exported: found.exported,
            attributes: found.has_attributes,
            owner: None,
            fixed: false,
            parameters: None,
            ty: Ty::Unknown,
            result: Ty::Unknown,
        });
    }
    for token in &source.tokens {
        let node = &source.nodes[token.node as usize];
        let Some(token_text) = text.get(token.range()) else { continue };
        if node.is(flag::IDENTIFIER) {
            if !defined.contains(&token.range().start) {
                let name = names.number(token_text);
                out.mentions.push(Mention {
                    name,
                    start: token.start,
                    end: token.end,
                    target: Target::Name,
                    space: Space::Any,
                    loose: true,
                });
            }
        } else if node.is(flag::ATOM | flag::TEXT | flag::ERROR) && !node.is(flag::COMMENT) {
            for (word, start) in words(token_text, token.range().start) {
                let name = names.number(word);
                out.texts.push((name, start as u32));
            }
        }
    }
    out.lines = lines(&source.bytes);
    out.names = names.finish();
    Some(out)
}
