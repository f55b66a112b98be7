//! A parsed file: tokens and a flat tree.
//!
//! One walk over the parser's tree fills two lists. Strings and comments are one token each. Bytes under no leaf become
//! [`TokenKind::Error`] tokens, so that no edit can hide in a gap of the parser. An item is put together with the
//! attributes above it in a node of kerf's own ([`flag::GROUP`]).

use std::ops::Range;
use std::sync::Arc;

use super::bridge::read;
use super::builder::Builder;
use super::earlier::Earlier;
use super::language::{Language, flag};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    /// A name or a keyword.
    Word,
    /// A number, string, character.
    Literal,
    /// Brackets, operators, separators.
    Punct,
    /// A comment, without the line break that ends it.
    Comment,
    /// Bytes that the parser gave no leaf.
    Error,
}

/// A leaf of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What it is.
    pub kind: TokenKind,
    /// Its leaf in [`Source::nodes`].
    pub node: u32,
    /// Hash of kind and text.
    pub hash: u64,
}

impl Token {
    /// Its bytes' range.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A node of the flat tree; children follow their parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Kind number in the grammar, [`Source::GROUP`] or [`Source::GAP`].
    pub kind: u16,
    /// Field number in the parent, 0 for none.
    pub field: u16,
    /// Bits of [`flag`].
    pub flags: u32,
    /// Parent's number; the root is its own.
    pub parent: u32,
    /// One past the last node below this one.
    pub end: u32,
    /// First token.
    pub first: u32,
    /// One past the last token.
    pub last: u32,
    /// Hash of kinds and texts below, white space aside.
    pub hash: u64,
}

impl Node {
    /// Token numbers.
    pub fn tokens(&self) -> Range<usize> {
        self.first as usize..self.last as usize
    }

    /// It has this bit.
    pub fn is(&self, bit: u32) -> bool {
        self.flags & bit != 0
    }
}

/// A parsed file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Language.
    pub language: &'static Language,
    /// Content.
    pub bytes: Arc<[u8]>,
    /// What the parser was given in their place, if anything.
    read: Option<Vec<u8>>,
    /// The parser's tree.
    pub tree: tree_sitter::Tree,
    /// Tokens in order.
    pub tokens: Vec<Token>,
    /// The flat tree in the order of the text; the root is number 0.
    pub nodes: Vec<Node>,
}

/// Where hashes begin.
pub(super) const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// One word more in a hash.
pub(super) fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash.rotate_left(23) ^ word) * u128::from(SEED | 1);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A 64-bit hash of bytes; equal texts are compared byte by byte where it matters.
pub(crate) fn hash_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = mix(SEED ^ seed, bytes.len() as u64);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        hash = mix(hash, u64::from_le_bytes(word));
    }
    let mut word = [0; 8];
    let rest = chunks.remainder();
    word[..rest.len()].copy_from_slice(rest);
    mix(hash, u64::from_le_bytes(word))
}

impl Source {
    /// Kind number of error nodes in every grammar.
    pub const ERROR: u16 = u16::MAX;
    /// Kind number of a node that joins an item with its attributes.
    pub const GROUP: u16 = u16::MAX - 2;
    /// Kind number of bytes under no leaf.
    pub const GAP: u16 = u16::MAX - 3;

    /// Parses `bytes`. `None` only if the parser itself gives up (more than 4 GiB, or a grammar that it cannot load).
    pub fn parse(language: &'static Language, bytes: impl Into<Arc<[u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        let read = read(language.bridges, &bytes);
        let tree = parse_readable(language, read.as_deref().unwrap_or(&bytes), None)?;
        Some(Self::of_tree(language, bytes, read, tree, None))
    }

    /// Reads the lists from a tree of `bytes`, which the parser was given as `read` where it cannot read them as they are;
    /// what an earlier version has in common with it is copied from there.
    pub(crate) fn of_tree(
        language: &'static Language,
        bytes: Arc<[u8]>,
        read: Option<Vec<u8>>,
        tree: tree_sitter::Tree,
        earlier: Option<Earlier>,
    ) -> Self {
        let (tokens, nodes) = Builder::new(language, &bytes, earlier).read(&tree);
        Self { language, bytes, read, tree, tokens, nodes }
    }

    /// The text that the parser was given.
    pub(crate) fn readable(&self) -> &[u8] {
        self.read.as_deref().unwrap_or(&self.bytes)
    }

    /// A token's text.
    pub fn text(&self, token: usize) -> &[u8] {
        self.tokens.get(token).map_or(&[], |token| &self.bytes[token.range()])
    }

    /// A node's bytes, from its first token to its last.
    pub fn range(&self, node: usize) -> Range<usize> {
        let node = &self.nodes[node];
        if node.first == node.last {
            let at =
                self.tokens.get(node.first as usize).map_or(self.bytes.len(), |token| token.start as usize);
            return at..at;
        }
        self.tokens[node.first as usize].start as usize..self.tokens[node.last as usize - 1].end as usize
    }

    /// A node's text, lossily decoded.
    pub fn node_text(&self, node: usize) -> String {
        String::from_utf8_lossy(&self.bytes[self.range(node)]).into_owned()
    }

    /// Numbers of a node's children.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[node].end as usize;
        let mut next = node + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next = self.nodes[child].end as usize;
                child
            })
        })
    }

    /// The child under a field number.
    pub fn child_by_field(&self, node: usize, field: u16) -> Option<usize> {
        (field != 0).then(|| self.children(node).find(|child| self.nodes[*child].field == field)).flatten()
    }

    /// The child under a field, by the name that the grammar gives it.
    pub fn child_named(&self, node: usize, field: &str) -> Option<usize> {
        self.child_by_field(node, self.language.field(field))
    }

    /// Numbers of a node's children that mean something: named ones that are no comments.
    pub fn elements(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.children(node).filter(|child| {
            let child = &self.nodes[*child];
            child.is(flag::NAMED) && !child.is(flag::COMMENT)
        })
    }

    /// A node's parent, `None` for the root.
    pub fn parent(&self, node: usize) -> Option<usize> {
        (node != 0).then(|| self.nodes[node].parent as usize)
    }

    /// A node's kind by name.
    pub fn kind_name(&self, node: usize) -> &'static str {
        match self.nodes[node].kind {
            Self::GROUP => "item with attributes",
            Self::GAP => "gap",
            kind => self.language.kinds().name(kind).unwrap_or("ERROR"),
        }
    }

    /// The token that holds `byte`, else the first one behind it; `None` behind the last.
    pub fn token_at(&self, byte: usize) -> Option<usize> {
        let index = self.tokens.partition_point(|token| (token.end as usize) <= byte);
        (index < self.tokens.len()).then_some(index)
    }

    /// Number of parse errors: error nodes, made-up tokens, and what the grammar lets pass though the language does not.
    pub fn error_count(&self) -> usize {
        error_count(self.language, &self.tree, &self.bytes)
    }
}

/// The same of a tree and its text.
pub(crate) fn error_count(language: &'static Language, tree: &tree_sitter::Tree, bytes: &[u8]) -> usize {
    // What is in a string or comment is in no list.
    let flags = &language.kinds().flags;
    let atom = |node: &tree_sitter::Node| {
        flags.get(node.kind_id() as usize).is_some_and(|flags| flags & flag::ATOM != 0)
    };
    error_nodes(tree, |node| !atom(node)) + (language.faults)(tree, bytes)
}

/// Number of error nodes and made-up tokens of a tree; what is sound, or not to be entered, is passed by.
pub(crate) fn error_nodes(tree: &tree_sitter::Tree, enters: impl Fn(&tree_sitter::Node) -> bool) -> usize {
    let mut count = 0;
    each_error(tree, enters, |_| count += 1);
    count
}

/// Kinds and bytes of all error nodes and made-up tokens of a tree, in order.
pub(crate) fn error_places(tree: &tree_sitter::Tree) -> Vec<(u16, Range<usize>)> {
    let mut places = Vec::new();
    each_error(tree, |_| true, |node| places.push((node.kind_id(), node.byte_range())));
    places
}

fn each_error(
    tree: &tree_sitter::Tree,
    enters: impl Fn(&tree_sitter::Node) -> bool,
    mut found: impl FnMut(&tree_sitter::Node),
) {
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            found(&node);
        }
        if node.has_error() && enters(&node) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// The parser's tree of a text that it can read (see [`read`]), with the help of an edited tree of another version.
pub(crate) fn parse_readable(
    language: &'static Language,
    text: &[u8],
    old: Option<&tree_sitter::Tree>,
) -> Option<tree_sitter::Tree> {
    u32::try_from(text.len()).ok()?;
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&language.kinds().grammar).ok()?;
    parser.parse(text, old)
}
