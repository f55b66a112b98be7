//! What kerf knows about a programming language, as data.
//!
//! A language is one row of [`LANGUAGES`] and one file that holds the row. The row names node kinds of a tree-sitter
//! grammar; [`Language::kinds`] turns the names into flags per kind number once. Nothing outside a language's own file
//! asks which language it is looking at.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::Source;
use super::bridge::Bridge;
use super::names::{Definition, Import};

/// How an entity kind is named.
#[derive(Debug, Clone, Copy)]
pub enum Naming {
    /// By the text of a field.
    Field(&'static str),
    /// By several fields with words between: `(word before, field)`; a word is left out where a field before it is
    /// absent (`impl Display for Foo`, `impl Foo`).
    Fields(&'static [(&'static str, &'static str)]),
    /// By a rule of the language: the whole name, label included.
    By(fn(&Source, usize) -> Option<String>),
}

/// Kinds of a node's parent and grandparents, nearest first; empty above the root.
pub type Above = [&'static str; 3];

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

/// Node kinds of declarations whose members others must implement, and of what implements them (traits).
#[derive(Debug, Clone, Copy)]
pub struct Contract {
    /// Declares members.
    pub declared: &'static str,
    /// Implements them.
    pub implemented: &'static str,
    /// Its field that names what it implements; absent where it implements nothing.
    pub field: &'static str,
    /// The field that a declared member has where there is a default.
    pub body: &'static str,
}

/// A row of [`LANGUAGES`].
pub struct Language {
    /// Lower case.
    pub name: &'static str,
    /// 1: every measure; 2: all but propagation; 3: diff and grading.
    pub tier: u8,
    /// Data, no program: it has a shape and keys, and neither names nor behaviour.
    pub is_data: bool,
    /// File endings without the dot.
    pub endings: &'static [&'static str],
    /// The grammar.
    pub grammar: fn() -> tree_sitter::Language,
    /// What the grammar has no rule for, and what it is told in its place.
    pub bridges: &'static [Bridge],
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
    /// Kinds that hold one declaration and words about it (`export …`, Python's decorated definitions): where that is an
    /// entity, they go with it.
    pub wrappers: &'static [&'static str],
    /// Kinds with a body of their own inside: as a `body_fields` child their heads stay heads (arrow functions).
    pub own_bodies: &'static [&'static str],
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
    /// Leaf kinds of running text (JSX text): words; runs of white space other than one blank or a line break with its
    /// indentation belong to the words beside them.
    pub texts: &'static [&'static str],
    /// Leaf kinds that are literals.
    pub literals: &'static [&'static str],
    /// Leaf kinds that are names.
    pub identifiers: &'static [&'static str],
    /// Import declarations.
    pub imports: &'static [&'static str],
    /// Kinds that import without being declarations (`import("x")`); `read_imports` is asked about them.
    pub loads: &'static [&'static str],
    /// Kinds, beside items with attributes, that `is_test` is asked about.
    pub tests: &'static [&'static str],
    /// Kinds whose flags depend on more than the kind: [`Language::refine`] is asked.
    pub refined: &'static [&'static str],
    /// The flags of such a node, given the text, the kinds above it and the flags of its kind.
    pub refine: fn(&tree_sitter::Node, &[u8], Above, u32) -> u32,
    /// Kinds whose content is not parsed further (macro calls): punctuation in them is never optional.
    pub opaque: &'static [&'static str],
    /// Separators between elements of a container.
    pub separators: &'static [&'static str],
    /// Containers in which a separator before the closing bracket means nothing.
    pub trailing_separator: &'static [&'static str],
    /// Of these, containers in which it means nothing only after another separator (`(a,)` is no `(a)`).
    pub trailing_of_many: &'static [&'static str],
    /// Punctuation that ends a statement and could be left out where it stands, given its token number; asked only where
    /// its neighbours are unchanged.
    pub optional_end: fn(&Source, usize) -> bool,
    /// A comment that ends with its line.
    pub line_comment: &'static str,
    /// White space before a token means something (indentation).
    pub indentation: bool,
    /// Kinds whose names have to agree with another place (tags): none is replaced without the other.
    pub agreeing: &'static [&'static str],
    /// Where the language insists that what is declared is implemented.
    pub contract: Option<Contract>,
    /// Lists in which a line break may end a statement.
    pub line_ends: &'static [&'static str],
    /// Where a line break may end a statement: what needs none, for it ends with a block, and the blocks.
    pub block_ended: &'static [&'static str],
    /// Statement lists that hold whatever a file may hold.
    pub file_like: &'static [&'static str],
    /// A block's last expression is its value and stands without a terminator.
    pub tail_expressions: bool,
    /// Errors that the grammar lets pass (indentation, tags that do not match): their number.
    pub faults: fn(&tree_sitter::Tree, &[u8]) -> usize,
    /// Loading a file runs it: imports may have effects, and so have the values of constants.
    pub runs_on_load: bool,
    /// Words and signs, beside calls, that may have effects in an expression.
    pub effects: &'static [&'static str],
    /// Files whose imports are what others import from them (`__init__.py`).
    pub reexporting: &'static [&'static str],
    /// Runners collect marked tests from files of code.
    pub inline_tests: bool,
    /// The parentheses of a node only group.
    pub groups: fn(&Source, usize) -> bool,
    /// A name that is more than the local of the same name: a field, a key, a keyword argument.
    pub fixed_name: fn(&Source, usize) -> bool,
    /// Types in scope everywhere, with the paths that they could be spelled with.
    pub prelude: &'static [(&'static str, &'static [&'static str])],
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
pub static LANGUAGES: &[&Language] = &[
    &super::rust::RUST,
    &super::typescript::TYPESCRIPT,
    &super::typescript::TSX,
    &super::javascript::JAVASCRIPT,
    &super::python::PYTHON,
    &super::go::GO,
    &super::java::JAVA,
    &super::data::JSON,
    &super::data::TOML,
    &super::data::YAML,
];

/// The programming language of a file by its path, `None` where there is no grammar, or where it is data.
pub fn language_of(path: &str) -> Option<&'static Language> {
    grammar_of(path).filter(|language| !language.is_data)
}

/// The language of a file by its path, data included; `None` where there is no grammar.
pub fn grammar_of(path: &str) -> Option<&'static Language> {
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
    /// Goes with the entity inside.
    pub const WRAPPER: u32 = 1 << 20;
    /// Has a body of its own.
    pub const OWN_BODY: u32 = 1 << 21;
    /// Holds a name that has to agree with another place.
    pub const AGREES: u32 = 1 << 28;
    /// Running text.
    pub const TEXT: u32 = 1 << 22;
    /// An import that is no declaration.
    pub const LOAD: u32 = 1 << 23;
    /// May be a test.
    pub const TEST: u32 = 1 << 24;
    /// Flags depend on more than the kind.
    pub const REFINED: u32 = 1 << 25;
    /// A container that ignores a last separator after another one.
    pub const TRAILING_OF_MANY: u32 = 1 << 26;
    /// A list in which a line break may end a statement.
    pub const LINES: u32 = 1 << 27;
}

/// Flags per kind number, and entity rows.
#[derive(Debug)]
pub struct Kinds {
    /// By kind number.
    pub flags: Vec<u32>,
    /// Names by kind number; empty where the grammar has none.
    pub names: Vec<Box<str>>,
    /// Field numbers by name.
    pub fields: FxHashMap<Box<str>, u16>,
    /// Index into [`Language::entities`] by kind number, `u8::MAX` where there is none.
    pub entity: Vec<u8>,
    /// `(kind name, field number)` pairs of [`Language::body_fields`], by kind number; 0 where there is none.
    pub body_field: Vec<u16>,
    /// The grammar.
    pub grammar: tree_sitter::Language,
}

impl Kinds {
    /// A kind's name; `None` for numbers that are not the grammar's.
    pub fn name(&self, kind: u16) -> Option<&str> {
        let own = self.names.get(kind as usize).map(|name| &**name).filter(|name| !name.is_empty());
        own.or((kind == Source::ERROR).then_some("ERROR"))
    }
}

impl Language {
    /// Kind flags, computed once.
    pub fn kinds(&'static self) -> &'static Kinds {
        self.table.get_or_init(|| {
            let grammar = (self.grammar)();
            let count = grammar.node_kind_count();
            let mut kinds = Kinds {
                flags: vec![0; count],
                names: vec![Box::default(); count],
                fields: FxHashMap::default(),
                entity: vec![u8::MAX; count],
                body_field: vec![0; count],
                grammar: grammar.clone(),
            };
            for number in 1..=grammar.field_count() as u16 {
                kinds.fields.extend(grammar.field_name_for_id(number).map(|name| (name.into(), number)));
            }
            for id in 0..count {
                let number = id as u16;
                let Some(name) = grammar.node_kind_for_id(number) else { continue };
                kinds.names[id] = name.into();
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
            (self.trailing_of_many.contains(&name), flag::TRAILING_OF_MANY),
            (self.wrappers.contains(&name), flag::WRAPPER),
            (self.own_bodies.contains(&name), flag::OWN_BODY),
            (self.texts.contains(&name), flag::TEXT | flag::LITERAL),
            (self.loads.contains(&name), flag::LOAD),
            (self.tests.contains(&name), flag::TEST),
            (self.refined.contains(&name), flag::REFINED),
            (self.agreeing.contains(&name), flag::AGREES),
            (self.line_ends.contains(&name), flag::LINES),
        ]
        .into_iter()
        .filter_map(|(holds, bit)| holds.then_some(bit))
        .fold(flag::NAMED, |all, bit| all | bit)
    }

    /// The number of a field in this grammar, 0 if it has none of that name.
    pub fn field(&'static self, name: &str) -> u16 {
        self.kinds().fields.get(name).copied().unwrap_or(0)
    }
}
