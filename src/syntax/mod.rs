//! Languages as data, and files as token and node lists.
//!
//! In: a file's bytes and its [`Language`]. Out: a [`Source`]: every byte that is not white space belongs to exactly
//! one [`Token`], the tree is a flat list of [`Node`]s in the order of the text, and questions about names (`entity_at`,
//! `definitions`, `imports`, …) are answered from these lists.
//!
//! Invariant: tokens are in order, disjoint, and the bytes between them are white space; parse errors lose nothing.

mod bridge;
mod builder;
mod data;
mod earlier;
mod go;
pub mod index;
pub mod inline_tests;
mod java;
mod javascript;
mod language;
mod names;
mod python;
mod rust;
mod source;
mod typescript;

pub use bridge::{Bridge, Over, Put};
pub(crate) use bridge::{alike, read};
pub(crate) use earlier::Earlier;
pub use language::{
    Above, Contract, EntityKind, Kinds, LANGUAGES, Language, Naming, flag, grammar_of, language_named,
    language_of,
};
pub use names::{Definition, DefinitionKind, Identifier, Import};
pub use source::{Node, Source, Token, TokenKind};
pub(crate) use source::{error_count, error_nodes, error_places, hash_bytes, parse_readable};

#[cfg(test)]
mod bridge_cases;
#[cfg(test)]
mod language_cases;
#[cfg(test)]
mod tests;
