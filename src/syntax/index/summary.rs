//! What one file's text says about names, before other files are known.
//!
//! In: nothing but the text (and the language), so that a summary is the same in every tree. Out: definitions, mentions of
//! names with how each is to be followed, imports, modules. Names are numbers into [`Summary::names`].

use std::ops::Range;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// What is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SymbolKind {
    /// A function outside types.
    Function,
    /// A function inside a type.
    Method,
    /// A struct.
    Struct,
    /// An enumeration.
    Enum,
    /// A union.
    Union,
    /// A trait.
    Trait,
    /// Another name of a type.
    Alias,
    /// A type inside a trait or its implementation.
    AssociatedType,
    /// A class.
    Class,
    /// An interface.
    Interface,
    /// A constant, static or other variable outside functions.
    Constant,
    /// A module, namespace, or a file as one.
    Module,
    /// A macro.
    Macro,
    /// A field or property.
    Field,
    /// A variant of an enumeration.
    Variant,
    /// A type parameter.
    TypeParameter,
    /// A variable inside a function.
    Local,
    /// A parameter.
    Parameter,
    /// A label of a loop or block.
    Label,
}

impl SymbolKind {
    /// No other file, and no other function, can refer to it.
    pub fn is_local(self) -> bool {
        matches!(self, Self::TypeParameter | Self::Local | Self::Parameter | Self::Label)
    }

    /// Reached through a value or type (`x.name`, `Type::name`) and not by its bare name.
    pub fn is_member(self) -> bool {
        matches!(self, Self::Method | Self::Field | Self::Variant | Self::AssociatedType)
    }

    /// It can stand where a type does.
    pub(crate) fn is_type(self) -> bool {
        matches!(
            self,
            Self::Struct
                | Self::Enum
                | Self::Union
                | Self::Trait
                | Self::Alias
                | Self::AssociatedType
                | Self::Class
                | Self::Interface
                | Self::Module
                | Self::Variant
                | Self::TypeParameter
        )
    }

    /// As shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Method => "method",
            Self::Struct => "struct",
            Self::Enum => "enum",
            Self::Union => "union",
            Self::Trait => "trait",
            Self::Alias => "type",
            Self::AssociatedType => "associated type",
            Self::Class => "class",
            Self::Interface => "interface",
            Self::Constant => "constant",
            Self::Module => "module",
            Self::Macro => "macro",
            Self::Field => "field",
            Self::Variant => "variant",
            Self::TypeParameter => "type parameter",
            Self::Local => "local",
            Self::Parameter => "parameter",
            Self::Label => "label",
        }
    }
}

/// Where a name is looked up; what stands in one space does not hide what stands in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Space {
    Type,
    Value,
    Macro,
    /// A name in an import: whatever it finds.
    Any,
}

/// The type of a value, as far as the text near it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ty {
    Unknown,
    /// The type that a mention names.
    Named(u32),
    /// The type around it: of `self`, of `Self`; a number into [`Summary::types`].
    This(u32),
    /// The type of the value that a mention leads to.
    Value(u32),
    /// What calling that which a mention leads to gives.
    Returned(u32),
}

/// How a mention is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a definition of this file.
    Local(u32),
    /// Looked up from a module of this file outwards.
    Scope(u32),
    /// Inside what an earlier mention leads to (`a::b`).
    After(u32),
    /// A member of a value.
    Member(Ty),
    /// `Self`.
    This(u32),
    /// The root of the crate (`crate`).
    Root,
    /// So many modules up from a module (`super`).
    Up(u32, u32),
    /// What an import brings; a number into [`Summary::imports`].
    Import(u32),
    /// By its name alone.
    Name,
}

/// A definition.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub name: u32,
    pub kind: SymbolKind,
    /// Bytes of the name.
    pub at: (u32, u32),
    /// Bytes of the whole.
    pub whole: (u32, u32),
    pub exported: bool,
    pub attributes: bool,
    /// The definition around it, if that is a type or a module.
    pub owner: Option<u32>,
    /// A method or field of the class itself, not of its instances; a function without receiver.
    pub fixed: bool,
    /// Least and most number of arguments, receiver left out; `u16::MAX` for any number.
    pub parameters: Option<(u16, u16)>,
    /// Of a variable or field: its type.
    pub ty: Ty,
    /// Of a function: what it returns.
    pub result: Ty,
}

/// A name where it is used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention {
    pub name: u32,
    pub start: u32,
    pub end: u32,
    pub target: Target,
    pub space: Space,
    /// Where it stands (a macro's tokens) other rules may hold, so that an answer is never certain.
    pub loose: bool,
}

/// A module, or a block that holds items.
#[derive(Debug, Clone, Default)]
pub(crate) struct Module {
    pub parent: Option<u32>,
    /// A block: what it does not hold is looked up in its parent.
    pub block: bool,
    pub definition: Option<u32>,
    /// Name → definition.
    pub items: Vec<(u32, u32)>,
    /// Numbers into [`Summary::imports`].
    pub imports: Vec<u32>,
}

/// A name that an import brings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Binding {
    /// The name here; none for all names of what is imported, or for none.
    pub name: Option<u32>,
    pub kind: BindingKind,
    /// The mention that leads to what is imported.
    pub mention: u32,
    /// Others may import it from here.
    pub public: bool,
    /// It is there in some builds only, so that what it would hide may be meant.
    pub conditional: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindingKind {
    /// One name.
    Name,
    /// All names.
    Glob,
    /// The module as a value.
    Whole,
}

/// A file that a module declaration stands for (`mod x;`).
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    pub definition: u32,
    pub module: u32,
    /// Names of the inline modules around it.
    pub inline: Vec<String>,
    pub name: String,
    /// Text of a path attribute.
    pub path: Option<String>,
}

/// A type with its members: an implementation, a trait, a class.
#[derive(Debug, Clone)]
pub(crate) struct Members {
    /// The type itself where it is defined here.
    pub definition: Option<u32>,
    /// Else the mention that names it.
    pub of: Option<u32>,
    /// The trait, the base class.
    pub from: Vec<u32>,
    /// The trait or base was given, whether or not a mention names it.
    pub inherits: bool,
    pub held: Vec<u32>,
}

/// A module specifier (`"./a"`), or a dotted path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub text: String,
    pub start: u32,
    pub end: u32,
}

/// What a file hands on.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    /// The name for others; none for all names.
    pub name: Option<u32>,
    pub of: ExportOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExportOf {
    /// What a definition of this file is.
    Definition(u32),
    /// What an import of this file brings.
    Import(u32),
    /// A name (none: all, or the module as a whole) of another file, by request.
    From(u32, Option<u32>),
    /// A value without a name.
    Nothing,
}

/// What is known of a file by its text alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Summary {
    pub names: Vec<Box<str>>,
    pub definitions: Vec<Entry>,
    pub mentions: Vec<Mention>,
    /// Words in strings and in what could not be parsed: name and first byte.
    pub texts: Vec<(u32, u32)>,
    pub modules: Vec<Module>,
    pub imports: Vec<Binding>,
    pub declared: Vec<Declared>,
    pub types: Vec<Members>,
    /// Bounds of type parameters: definition and mention.
    pub bounds: Vec<(u32, u32)>,
    pub requests: Vec<Request>,
    /// Of an import by request: the request, and the name there; none for the module as a whole.
    pub import_of: Vec<(u32, Option<u32>)>,
    pub exports: Vec<Export>,
    /// First bytes of lines.
    pub lines: Vec<u32>,
}

impl Summary {
    /// 1-based line of a byte.
    pub fn line(&self, byte: u32) -> usize {
        self.lines.partition_point(|start| *start <= byte).max(1)
    }

    /// A name's text.
    pub fn text(&self, name: u32) -> &str {
        self.names.get(name as usize).map_or("", |name| name)
    }
}

/// First bytes of lines.
pub(crate) fn lines(bytes: &[u8]) -> Vec<u32> {
    let breaks = memchr::memchr_iter(b'\n', bytes).map(|at| at as u32 + 1);
    std::iter::once(0).chain(breaks).collect()
}

/// Gives names their numbers.
#[derive(Default)]
pub(crate) struct Names<'t>(IndexSet<&'t str, FxBuildHasher>);

impl<'t> Names<'t> {
    pub fn number(&mut self, name: &'t str) -> u32 {
        self.0.insert_full(name).0 as u32
    }

    pub fn finish(self) -> Vec<Box<str>> {
        self.0.into_iter().map(Box::from).collect()
    }
}

/// Words of a text that could be names, each with its first byte.
pub(crate) fn words(text: &str, from: usize) -> impl Iterator<Item = (&str, usize)> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80;
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !is_word(bytes[at]) {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        (start < at).then(|| (&text[start..at], from + start))
    })
}

/// A range of bytes.
pub(crate) fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}
