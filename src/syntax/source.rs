//! A parsed file: tokens and a flat tree.
//!
//! One walk over the parser's tree fills two lists. Strings and comments are one token each. Bytes under no leaf become
//! [`TokenKind::Error`] tokens, so that no edit can hide in a gap of the parser. An item is put together with the
//! attributes above it in a node of kerf's own ([`flag::GROUP`]).

use std::ops::Range;
use std::sync::Arc;

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
    /// The parser's tree.
    pub tree: tree_sitter::Tree,
    /// Tokens in order.
    pub tokens: Vec<Token>,
    /// The flat tree in the order of the text; the root is number 0.
    pub nodes: Vec<Node>,
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(hash: u64, word: u64) -> u64 {
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

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'\'' || byte >= 0x80
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
        let tree = parse_tree(language, &bytes, None)?;
        Some(Self::of_tree(language, bytes, tree, None))
    }

    /// Reads the lists from a tree of `bytes`; what an earlier version has in common with it is copied from there.
    pub(crate) fn of_tree(
        language: &'static Language,
        bytes: Arc<[u8]>,
        tree: tree_sitter::Tree,
        earlier: Option<Earlier>,
    ) -> Self {
        let mut builder = Builder::new(language, &bytes, earlier);
        builder.walk(&tree);
        let Builder { tokens, nodes, .. } = builder;
        Self { language, bytes, tree, tokens, nodes }
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

/// The same of a tree and its text. Strings and comments are not looked into.
pub(crate) fn error_count(language: &'static Language, tree: &tree_sitter::Tree, bytes: &[u8]) -> usize {
    let flags = &language.kinds().flags;
    let mut count = (language.faults)(tree, bytes);
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        count += usize::from(node.is_error() || node.is_missing());
        let atom = flags.get(node.kind_id() as usize).is_some_and(|flags| flags & flag::ATOM != 0);
        if node.has_error() && !atom && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return count;
            }
        }
    }
}

/// The parser's tree of a text, with the help of an edited tree of another version.
pub(crate) fn parse_tree(
    language: &'static Language,
    bytes: &[u8],
    old: Option<&tree_sitter::Tree>,
) -> Option<tree_sitter::Tree> {
    u32::try_from(bytes.len()).ok()?;
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&language.kinds().grammar).ok()?;
    parser.parse(bytes, old)
}

struct Builder<'a> {
    language: &'static Language,
    bytes: &'a [u8],
    tokens: Vec<Token>,
    nodes: Vec<Node>,
    /// Open nodes; groups are open until the item that they wait for has been closed.
    stack: Vec<u32>,
    /// All bytes before this one are tokens or white space.
    position: usize,
    /// Where to copy from.
    earlier: Option<Earlier<'a>>,
}

impl<'a> Builder<'a> {
    fn new(language: &'static Language, bytes: &'a [u8], earlier: Option<Earlier<'a>>) -> Self {
        let guess = bytes.len() / 4;
        Self {
            language,
            bytes,
            tokens: Vec::with_capacity(guess),
            nodes: Vec::with_capacity(guess * 2),
            stack: Vec::new(),
            position: 0,
            earlier,
        }
    }

    fn walk(&mut self, tree: &tree_sitter::Tree) {
        let kinds = self.language.kinds();
        let mut cursor = tree.walk();
        // Children still to come of the nodes above: looking for one behind the last is dearer than any other step.
        let mut coming: Vec<u32> = Vec::new();
        loop {
            let node = cursor.node();
            let (kind, start, end) = (node.kind_id(), node.start_byte(), node.end_byte());
            let mut flags = kinds.flags.get(kind as usize).copied().unwrap_or(flag::NAMED);
            // Only an empty node can be one that the parser made up.
            if kind == Source::ERROR || (start == end && node.is_missing()) {
                flags |= flag::ERROR;
            }
            if flags & flag::REFINED != 0 {
                flags = (self.language.refine)(&node, self.bytes, self.above(), flags);
            }
            if !self.stack.is_empty() {
                self.gap(start);
            }
            self.group_before(flags);
            let field = cursor.field_id().map_or(0, u16::from);
            if !self.copied(&node, kind, field, flags, start..end) {
                self.open(kind, field, flags);
                // Most nodes are leaves, and asking for the number of children is quicker than looking for one.
                let count = if flags & flag::ATOM == 0 { node.child_count() } else { 0 };
                if count > 0 && cursor.goto_first_child() {
                    coming.push(count - 1);
                    continue;
                }
                self.gap(start);
                self.leaf(start, end, flags);
                self.close_below_root();
            }
            loop {
                if let Some(count) = coming.last_mut().filter(|count| **count > 0) {
                    *count -= 1;
                    if cursor.goto_next_sibling() {
                        break;
                    }
                }
                coming.pop();
                if !cursor.goto_parent() {
                    self.gap(self.bytes.len());
                    while !self.stack.is_empty() {
                        self.close();
                    }
                    return;
                }
                let end = cursor.node().end_byte();
                self.gap(end);
                self.close_group();
                self.close_below_root();
            }
        }
    }

    /// The root stays open to the end of the file: it may end before it, and what follows is its own.
    fn close_below_root(&mut self) {
        if self.stack.len() > 1 {
            self.close();
        }
    }

    /// Copies a node with all below it from the earlier version, if it is there with the same text in the same place of
    /// the grammar.
    fn copied(
        &mut self,
        node: &tree_sitter::Node,
        kind: u16,
        field: u16,
        flags: u32,
        range: Range<usize>,
    ) -> bool {
        let found = self.earlier.as_mut().and_then(|earlier| earlier.find(node, kind, range.clone()));
        let Some((old, delta)) = found else { return false };
        let flags = self.placed(kind, field, flags);
        let Some(earlier) = &self.earlier else { return false };
        let source = earlier.source;
        let root = &source.nodes[old];
        let open = self.stack.iter().rev().map(|node| self.nodes[*node as usize].kind);
        let mut above = open.filter(|kind| *kind != Source::GROUP);
        let mut above_old = source
            .ancestors(old)
            .skip(1)
            .map(|node| source.nodes[node].kind)
            .filter(|kind| *kind != Source::GROUP);
        // Flags below may depend on the kinds of what is around.
        let alike = (0..3).all(|_| above.next() == above_old.next());
        if root.field != field || root.flags != flags || !alike {
            return false;
        }
        let nodes = (self.nodes.len() as u32).wrapping_sub(old as u32);
        let tokens = (self.tokens.len() as u32).wrapping_sub(root.first);
        let parent = self.stack.last().copied().unwrap_or_default();
        self.tokens.extend(source.tokens[root.tokens()].iter().map(|token| Token {
            start: token.start.wrapping_add(delta),
            end: token.end.wrapping_add(delta),
            node: token.node.wrapping_add(nodes),
            ..*token
        }));
        let copy = self.nodes.len();
        self.nodes.extend(source.nodes[old..root.end as usize].iter().map(|node| Node {
            parent: node.parent.wrapping_add(nodes),
            end: node.end.wrapping_add(nodes),
            first: node.first.wrapping_add(tokens),
            last: node.last.wrapping_add(tokens),
            ..*node
        }));
        self.nodes[copy].parent = parent;
        self.position = range.end;
        if flags & (flag::ATTRIBUTE | flag::COMMENT) == 0 {
            self.close_group();
        }
        true
    }

    /// A group that waits for an item when its parent ends is closed with it.
    fn close_group(&mut self) {
        if self.stack.last().is_some_and(|top| self.nodes[*top as usize].kind == Source::GROUP) {
            self.finish();
        }
    }

    /// Opens a group in front of the first attribute in a container.
    fn group_before(&mut self, flags: u32) {
        if flags & flag::NAMED == 0 {
            self.close_group();
        }
        let Some(top) = self.stack.last() else { return };
        if flags & flag::ATTRIBUTE != 0 && self.nodes[*top as usize].is(flag::CONTAINER) {
            self.open(Source::GROUP, 0, flag::GROUP | flag::NAMED);
        }
    }

    /// The flags of a node that is opened now.
    fn placed(&self, kind: u16, field: u16, mut flags: u32) -> u32 {
        if let Some(top) = self.stack.last() {
            let above = &self.nodes[*top as usize];
            flags |= above.flags & flag::IN_BODY;
            let body_field = self.language.kinds().body_field.get(above.kind as usize).copied().unwrap_or(0);
            let valued = field != 0 && field == body_field && flags & flag::OWN_BODY == 0;
            if above.is(flag::BODY) || valued {
                flags |= flag::IN_BODY;
            }
            let listed = above.is(flag::CONTAINER) && flags & flag::NAMED != 0 && kind != Source::GAP;
            if listed || flags & (flag::COMMENT | flag::ATTRIBUTE) != 0 {
                flags |= flag::ELEMENT;
            }
        }
        flags
    }

    fn open(&mut self, kind: u16, field: u16, flags: u32) {
        let flags = self.placed(kind, field, flags);
        let number = self.nodes.len() as u32;
        let parent = self.stack.last().copied().unwrap_or(number);
        let first = self.tokens.len() as u32;
        self.nodes.push(Node { kind, field, flags, parent, end: 0, first, last: first, hash: 0 });
        self.stack.push(number);
    }

    fn leaf(&mut self, start: usize, mut end: usize, flags: u32) {
        let start = start.max(self.position);
        if flags & flag::COMMENT != 0 {
            while end > start && matches!(self.bytes[end - 1], b'\n' | b'\r') {
                end -= 1;
            }
        }
        if start >= end {
            return;
        }
        let kind = if flags & flag::COMMENT != 0 {
            TokenKind::Comment
        } else if flags & flag::LITERAL != 0 {
            TokenKind::Literal
        } else if flags & flag::ERROR != 0 {
            TokenKind::Error
        } else if is_word(self.bytes[start]) {
            TokenKind::Word
        } else {
            TokenKind::Punct
        };
        // An error leaf may begin or end with white space, or hold nothing else.
        if flags & flag::ERROR != 0 {
            self.words(start, end);
        } else if flags & flag::TEXT != 0 {
            self.running_text(start, end);
        } else {
            self.token(start, end, kind);
        }
        self.position = end;
    }

    fn token(&mut self, start: usize, end: usize, kind: TokenKind) {
        let node = self.nodes.len() as u32 - 1;
        let hash = hash_bytes(kind as u64, &self.bytes[start..end]);
        self.tokens.push(Token { start: start as u32, end: end as u32, kind, node, hash });
    }

    /// Tokens for runs of visible bytes, each in the node opened last.
    fn words(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let visible = !self.bytes[at].is_ascii_whitespace();
            let stop = (at..end).find(|i| self.bytes[*i].is_ascii_whitespace() == visible).unwrap_or(end);
            if visible {
                self.token(at, stop, TokenKind::Error);
            }
            at = stop;
        }
    }

    /// Kinds of the open nodes, innermost first; groups of kerf's own left out.
    fn above(&self) -> super::Above {
        let mut kinds = [""; 3];
        let known = self.language.kinds();
        let open = self.stack.iter().rev().map(|node| self.nodes[*node as usize].kind);
        let named = open.filter(|kind| *kind != Source::GROUP);
        for (place, kind) in kinds.iter_mut().zip(named) {
            *place = known.name(kind).unwrap_or_default();
        }
        kinds
    }

    /// Words of running text. One blank, or a line break with the blanks around it, parts words and is no part of them;
    /// so is white space with a line break at either end. All other white space is text.
    fn running_text(&mut self, start: usize, end: usize) {
        let (mut word, mut at) = (start, start);
        while at < end {
            if !self.bytes[at].is_ascii_whitespace() {
                at += 1;
                continue;
            }
            let stop = (at..end).find(|i| !self.bytes[*i].is_ascii_whitespace()).unwrap_or(end);
            let run = &self.bytes[at..stop];
            let inside = at > start && stop < end;
            if run.contains(&b'\n') || (inside && run == b" ") {
                if word < at {
                    self.token(word, at, TokenKind::Literal);
                }
                word = stop;
            }
            at = stop;
        }
        if word < end {
            self.token(word, end, TokenKind::Literal);
        }
    }

    /// Visible bytes between the last token and `end` become tokens.
    fn gap(&mut self, end: usize) {
        if end <= self.position {
            return;
        }
        let gap = &self.bytes[self.position..end];
        if let Some(first) = gap.iter().position(|byte| !byte.is_ascii_whitespace()) {
            let mut at = self.position + first;
            while at < end {
                let stop = (at..end).find(|i| self.bytes[*i].is_ascii_whitespace()).unwrap_or(end);
                self.open(Source::GAP, 0, 0);
                self.token(at, stop, TokenKind::Error);
                self.finish();
                at = (stop..end).find(|i| !self.bytes[*i].is_ascii_whitespace()).unwrap_or(end);
            }
        }
        self.position = end;
    }

    fn finish(&mut self) {
        let Some(number) = self.stack.pop() else { return };
        let count = self.nodes.len() as u32;
        let last = self.tokens.len() as u32;
        let node = &self.nodes[number as usize];
        let (kind, first) = (node.kind, node.first);
        let mut hash = mix(SEED, u64::from(kind));
        if count == number + 1 {
            for token in &self.tokens[first as usize..last as usize] {
                hash = mix(hash, token.hash);
            }
        } else {
            let mut child = number + 1;
            while child < count {
                hash = mix(hash, self.nodes[child as usize].hash);
                child = self.nodes[child as usize].end;
            }
        }
        let node = &mut self.nodes[number as usize];
        node.end = count;
        node.last = last;
        node.hash = hash;
    }

    /// Closes the top node, and a group whose item it was.
    fn close(&mut self) {
        let Some(top) = self.stack.last() else { return };
        let closed = self.nodes[*top as usize].flags;
        self.finish();
        if closed & (flag::ATTRIBUTE | flag::COMMENT) == 0 {
            self.close_group();
        }
    }
}
