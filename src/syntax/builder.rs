//! The walk that reads the lists of a [`Source`] from the parser's tree.
//!
//! In: a tree, its bytes, and maybe an earlier version to copy from. Out: tokens and nodes. Invariant: every byte that
//! is no white space is in one token.

use std::ops::Range;

use super::earlier::Earlier;
use super::language::{Language, flag};
use super::source::{Node, SEED, Source, Token, TokenKind, hash_bytes, mix};

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'\'' || byte >= 0x80
}

/// The lists, half done.
pub(super) struct Builder<'a> {
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
    /// `earlier` is where to copy from.
    pub fn new(language: &'static Language, bytes: &'a [u8], earlier: Option<Earlier<'a>>) -> Self {
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

    /// Walks a tree once.
    pub fn read(mut self, tree: &tree_sitter::Tree) -> (Vec<Token>, Vec<Node>) {
        self.walk(tree);
        (self.tokens, self.nodes)
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
            // What the parser was shown as a name and is none: `import("x")`.
            if flags & flag::IDENTIFIER != 0 && start < end && self.bytes[end - 1] == b')' {
                flags ^= flag::IDENTIFIER | flag::LITERAL;
            }
            if flags & flag::REFINED != 0 {
                flags = (self.language.refine)(&node, self.bytes, self.above(), flags);
            }
            // What the parser was not shown goes with what stands behind it.
            let led = self.leads(start, flags) && node.child_count() > 0;
            if !led && !self.stack.is_empty() {
                self.gap(start);
            }
            self.group_before(flags);
            let field = cursor.field_id().map_or(0, u16::from);
            let put = flags & flag::NAMED == 0 && self.is_put(start..end);
            if !put && (led || !self.copied(&node, kind, field, flags, start..end)) {
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

    /// Bytes under no leaf stand in a list, before an element that is no comment. They go into it unless it is a leaf itself,
    /// whose tokens are its own.
    fn leads(&self, start: usize, flags: u32) -> bool {
        start > self.position
            && flags & (flag::NAMED | flag::COMMENT | flag::ATOM) == flag::NAMED
            && self.stack.last().is_some_and(|top| self.nodes[*top as usize].is(flag::CONTAINER))
            && self.bytes[self.position..start].iter().any(|byte| !byte.is_ascii_whitespace())
    }

    /// A sign that the parser was shown in place of white space.
    fn is_put(&self, range: Range<usize>) -> bool {
        !self.language.bridges.is_empty() && range.len() == 1 && self.bytes[range.start].is_ascii_whitespace()
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
