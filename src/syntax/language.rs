//! What kerf knows about a programming language, as data.
//!
//! A language is one row of [`LANGUAGES`] and one file that holds the row. The row names node kinds of a tree-sitter
//! grammar; [`Language::kinds`] turns the names into flags per kind number once. Nothing outside a language's own file
//! asks which language it is looking at.

use std::sync::OnceLock;

use super::Source;
use super::names::{Definition, Import};

/// How an entity kind is named.
#[derive(Debug, Clone, Copy)]
pub enum Naming {
    /// By the text of a field.
    Field(&'static str),
    /// By several fields with words between: `(word before, field)`; a word is left out where a field before it is
    /// absent (`impl Display for Foo`, `impl Foo`).
    Fields(&'static [(&'static str, &'static str)]),
}

/// A node kind that is a named part of a program.
#[derive(Debug, Clone, Copy)]
pub struct EntityKind {
    /// Node kind.
    pub node: &'static str,
    /// Word in front of its name (`fn`, `impl`).
    pub label: &'static str,
    /// How it is named.
    pub naming: Naming,
}

/// A row of [`LANGUAGES`].
pub struct Language {
    /// Lower case.
    pub name: &'static str,
    /// 1: every measure; 2: all but propagation; 3: diff and grading.
    pub tier: u8,
    /// File endings without the dot.
    pub endings: &'static [&'static str],
    /// The grammar.
    pub grammar: fn() -> tree_sitter::Language,
    /// List-like kinds: their named children are elements, the pieces that edit units are made of.
    pub containers: &'static [&'static str],
    /// Of these, kinds whose elements are statements or items, complete without a separator.
    pub statement_lists: &'static [&'static str],
    /// Kinds that hold what an item does, as against its head.
    pub bodies: &'static [&'static str],
    /// `(kind, field)` whose child is a body too (`const_item`'s value).
    pub body_fields: &'static [(&'static str, &'static str)],
    /// Kinds that stand before the item which they belong to (attributes, decorators).
    pub attributes: &'static [&'static str],
    /// Entities.
    pub entities: &'static [EntityKind],
    /// Kinds that `item_at` finds beside entities.
    pub items: &'static [&'static str],
    /// Kinds that `statement_at` finds beside items and children of statement lists.
    pub statements: &'static [&'static str],
    /// Comments.
    pub comments: &'static [&'static str],
    /// Kinds read as one token although the grammar takes them apart (strings).
    pub atoms: &'static [&'static str],
    /// Leaf kinds that are literals.
    pub literals: &'static [&'static str],
    /// Leaf kinds that are names.
    pub identifiers: &'static [&'static str],
    /// Import declarations.
    pub imports: &'static [&'static str],
    /// Kinds whose content is not parsed further (macro calls): punctuation in them is never optional.
    pub opaque: &'static [&'static str],
    /// Separators between elements of a container.
    pub separators: &'static [&'static str],
    /// Containers in which a separator before the closing bracket means nothing.
    pub trailing_separator: &'static [&'static str],
    /// A comment that ends with its line.
    pub line_comment: &'static str,
    /// White space before a token means something (indentation).
    pub indentation: bool,
    /// A comment's text is documentation of the item below it.
    pub doc_comment: fn(&[u8]) -> bool,
    /// Reads an import declaration, given its node number in [`Source::nodes`].
    pub read_imports: fn(&Source, usize) -> Vec<Import>,
    /// Reads what a node defines, if anything, given its node number.
    pub read_definition: fn(&Source, usize) -> Option<Definition>,
    /// The item (given by node number, with its attributes) holds tests or is one.
    pub is_test: fn(&Source, usize) -> bool,
    /// Words that are never names to resolve (`self`, `Some`), sorted.
    pub ignored_names: &'static [&'static str],
    /// Filled at first use.
    pub table: OnceLock<Kinds>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Language").field(&self.name).finish()
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// All languages with a grammar.
pub static LANGUAGES: &[&Language] = &[&super::rust::RUST];

/// The language of a file by its path, `None` where there is no grammar.
pub fn language_of(path: &str) -> Option<&'static Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, ending) = name.rsplit_once('.')?;
    let ending = ending.to_ascii_lowercase();
    (!stem.is_empty())
        .then(|| LANGUAGES.iter().find(|language| language.endings.contains(&ending.as_str())).copied())
        .flatten()
}

/// The language called `name`.
pub fn language_named(name: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.name == name).copied()
}

/// Flags of a node kind.
pub mod flag {
    /// List-like.
    pub const CONTAINER: u32 = 1;
    /// A container of statements or items.
    pub const STATEMENT_LIST: u32 = 1 << 1;
    /// A body.
    pub const BODY: u32 = 1 << 2;
    /// An attribute.
    pub const ATTRIBUTE: u32 = 1 << 3;
    /// A named part.
    pub const ENTITY: u32 = 1 << 4;
    /// An item.
    pub const ITEM: u32 = 1 << 5;
    /// A statement.
    pub const STATEMENT: u32 = 1 << 6;
    /// A comment.
    pub const COMMENT: u32 = 1 << 7;
    /// One token.
    pub const ATOM: u32 = 1 << 8;
    /// A literal.
    pub const LITERAL: u32 = 1 << 9;
    /// A name.
    pub const IDENTIFIER: u32 = 1 << 10;
    /// An import declaration.
    pub const IMPORT: u32 = 1 << 11;
    /// Not parsed inside.
    pub const OPAQUE: u32 = 1 << 12;
    /// A container that ignores a last separator.
    pub const TRAILING: u32 = 1 << 13;
    /// A separator.
    pub const SEPARATOR: u32 = 1 << 14;
    /// Named in the grammar.
    pub const NAMED: u32 = 1 << 15;
    /// An item with its attributes: a node that kerf adds.
    pub const GROUP: u32 = 1 << 16;
    /// Direct child of a container, an attribute or a comment: what edit units are made of. Set per node.
    pub const ELEMENT: u32 = 1 << 17;
    /// A parse error or a token that the parser made up. Set per node.
    pub const ERROR: u32 = 1 << 18;
    /// Under a body. Set per node.
    pub const IN_BODY: u32 = 1 << 19;
}

/// Flags per kind number, and entity rows.
#[derive(Debug)]
pub struct Kinds {
    /// By kind number.
    pub flags: Vec<u32>,
    /// Index into [`Language::entities`] by kind number, `u8::MAX` where there is none.
    pub entity: Vec<u8>,
    /// `(kind name, field number)` pairs of [`Language::body_fields`], by kind number; 0 where there is none.
    pub body_field: Vec<u16>,
    /// The grammar.
    pub grammar: tree_sitter::Language,
}

impl Language {
    /// Kind flags, computed once.
    pub fn kinds(&'static self) -> &'static Kinds {
        self.table.get_or_init(|| {
            let grammar = (self.grammar)();
            let count = grammar.node_kind_count();
            let mut kinds = Kinds {
                flags: vec![0; count],
                entity: vec![u8::MAX; count],
                body_field: vec![0; count],
                grammar: grammar.clone(),
            };
            for id in 0..count {
                let number = id as u16;
                let Some(name) = grammar.node_kind_for_id(number) else { continue };
                let named = grammar.node_kind_is_named(number);
                kinds.flags[id] = self.flags_of(name, named);
                if !named {
                    continue;
                }
                if let Some(row) = self.entities.iter().position(|entity| entity.node == name) {
                    kinds.entity[id] = row as u8;
                }
                for (kind, field) in self.body_fields {
                    if *kind == name {
                        kinds.body_field[id] = grammar.field_id_for_name(field).map_or(0, u16::from);
                    }
                }
            }
            kinds
        })
    }

    fn flags_of(&self, name: &str, named: bool) -> u32 {
        if !named {
            return if self.separators.contains(&name) { flag::SEPARATOR } else { 0 };
        }
        let entity = self.entities.iter().any(|entity| entity.node == name);
        [
            (self.containers.contains(&name), flag::CONTAINER),
            (self.statement_lists.contains(&name), flag::STATEMENT_LIST),
            (self.bodies.contains(&name), flag::BODY),
            (self.attributes.contains(&name), flag::ATTRIBUTE),
            (entity, flag::ENTITY | flag::ITEM),
            (self.items.contains(&name), flag::ITEM),
            (self.statements.contains(&name), flag::STATEMENT),
            (self.comments.contains(&name), flag::COMMENT | flag::ATOM),
            (self.atoms.contains(&name), flag::ATOM | flag::LITERAL),
            (self.literals.contains(&name), flag::LITERAL),
            (self.identifiers.contains(&name), flag::IDENTIFIER),
            (self.imports.contains(&name), flag::IMPORT | flag::ITEM),
            (self.opaque.contains(&name), flag::OPAQUE),
            (self.trailing_separator.contains(&name), flag::TRAILING),
        ]
        .into_iter()
        .filter_map(|(holds, bit)| holds.then_some(bit))
        .fold(flag::NAMED, |all, bit| all | bit)
    }

    /// The number of a field in this grammar, 0 if it has none of that name.
    pub fn field(&'static self, name: &str) -> u16 {
        self.kinds().grammar.field_id_for_name(name).map_or(0, u16::from)
    }
}
