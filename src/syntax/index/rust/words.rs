//! What each word of a Rust file is: a name in a pattern, a segment of a path, a member, a token of a macro.

use super::kind::K;
use super::walk::{NONE, Walk};
use crate::syntax::index::summary::{Space, Target, Ty};
use crate::syntax::{TokenKind, flag};

/// Paths and expressions nested beyond this are no program.
pub(super) const DEEPEST: usize = 64;

impl<'s> Walk<'s> {
    pub fn word(&mut self, node: usize, kind: K) {
        let Some(parent) = self.source.parent(node) else { return };
        let above = self.kind(parent);
        let field = self.source.nodes[node].field;
        let is = |wanted: u16| field == wanted && wanted != 0;
        if (node as u32) < self.loose_until && above != K::Attribute {
            self.token(node);
            return;
        }
        match (above, kind) {
            // Names of items were read with them.
            (
                K::Function
                | K::Struct
                | K::Enum
                | K::Union
                | K::Trait
                | K::Mod
                | K::Const
                | K::Static
                | K::TypeItem
                | K::AssociatedType
                | K::MacroDefinition
                | K::Field
                | K::Variant
                | K::TypeParameter
                | K::ConstParameter,
                _,
            ) if is(self.f.name) => {}
            (K::Label, _) => {}
            (K::ScopedIdentifier, _) if is(self.f.name) => self.segment(node, parent),
            (K::ScopedIdentifier, _) if kind != K::Keyword => self.plain(node, Space::Type),
            (_, K::Keyword) => self.keyword(node),
            (K::MacroInvocation, _) if is(self.f.of_macro) => self.plain(node, Space::Macro),
            (K::FieldExpression, _) if is(self.f.field) => {
                let ty = self
                    .child(parent, self.f.value)
                    .map_or(Ty::Unknown, |value| self.type_of_value(value, DEEPEST));
                let called = self.source.parent(parent).is_some_and(|above| {
                    let of = self.source.nodes[parent].field;
                    of == self.f.function
                        && matches!(self.kind(above), K::CallExpression | K::GenericFunction)
                });
                self.mention(node, Target::Member(ty), if called { Space::Value } else { Space::Any });
            }
            (K::FieldInitializer, K::FieldIdentifier) => {
                let literal =
                    self.source.ancestors(parent).take(4).find(|up| self.kind(*up) == K::StructExpression);
                self.field_of(node, literal.and_then(|literal| self.child(literal, self.f.name)));
            }
            (K::FieldPattern, K::FieldIdentifier | K::ShorthandField) => {
                let whole = self.source.parent(parent).filter(|up| self.kind(*up) == K::StructPattern);
                let of = whole.and_then(|whole| self.child(whole, self.f.kind));
                if kind == K::ShorthandField
                    && let Some(pattern) = self.patterns.last().copied()
                {
                    self.bind(node, pattern);
                }
                self.field_of(node, of);
            }
            (K::TypeBinding, _) if is(self.f.name) => {
                self.mention(node, Target::Member(Ty::Unknown), Space::Type);
            }
            (_, K::FieldIdentifier) => {
                self.mention(node, Target::Name, Space::Any);
            }
            (_, K::TypeIdentifier) | (K::GenericType | K::StructPattern | K::StructExpression, _) => {
                self.plain(node, Space::Type);
            }
            (K::TupleStructPattern, _) if is(self.f.kind) => self.plain(node, Space::Value),
            (above, _) => match self.patterns.last().copied() {
                Some(pattern)
                    if above != K::RangePattern
                        && above != K::GenericFunction
                        && !self.is_path_in_pattern(node) =>
                {
                    self.bind(node, pattern);
                }
                _ => self.plain(node, Space::Value),
            },
        }
    }

    fn field_of(&mut self, node: usize, of: Option<usize>) {
        let mention = of.map_or(NONE, |of| self.type_mention(of));
        let target = if mention == NONE { Target::Name } else { Target::After(mention) };
        self.mention(node, target, Space::Any);
    }

    /// A name by itself, or the first of a path.
    fn plain(&mut self, node: usize, space: Space) {
        let name = self.name(node);
        let text = self.text.get(self.source.range(node)).unwrap_or("");
        let target = match (text, self.this()) {
            ("Self", Some(this)) => Target::This(this),
            ("Self", None) => Target::Name,
            _ => self.lookup(name, space),
        };
        self.mention(node, target, space);
    }

    /// A later segment of a path.
    fn segment(&mut self, node: usize, path: usize) {
        let before = self.child(path, self.f.path).map_or(NONE, |before| self.type_mention(before));
        let qualified = self.child(path, self.f.path);
        let target = match qualified {
            None => Target::Scope(0),
            Some(_) if before == NONE => Target::Name,
            Some(_) => Target::After(before),
        };
        let path_field = self.source.nodes[path].field;
        let above = self.source.parent(path);
        let prefix = above.is_some_and(|above| self.kind(above) == K::ScopedIdentifier)
            && path_field == self.f.path
            && path_field != 0;
        let space = if prefix || self.kind(node) == K::TypeIdentifier {
            Space::Type
        } else if above.is_some_and(|above| self.kind(above) == K::MacroInvocation) {
            Space::Macro
        } else if above.is_some_and(|above| {
            matches!(self.kind(above), K::StructExpression | K::StructPattern | K::GenericType)
        }) {
            Space::Type
        } else {
            Space::Value
        };
        if self.kind(node) == K::Keyword {
            self.keyword(node);
            return;
        }
        self.mention(node, target, space);
    }

    /// `self`, `super`, `crate` in a path; `self` as a value is no name.
    pub fn keyword(&mut self, node: usize) {
        let in_path = self.source.parent(node).is_some_and(|parent| {
            matches!(self.kind(parent), K::ScopedIdentifier)
                || self.source.kind_name(parent).starts_with("scoped_use")
                || matches!(
                    self.source.kind_name(parent),
                    "use_wildcard" | "use_as_clause" | "use_declaration"
                )
        });
        if !in_path {
            return;
        }
        let text = self.text.get(self.source.range(node)).unwrap_or("");
        let target = match text {
            "crate" => Target::Root,
            "self" => Target::Up(self.module(), 0),
            _ => {
                let before = self.source.parent(node).and_then(|parent| self.child(parent, self.f.path));
                let before = before.filter(|before| *before != node).map(|before| self.type_mention(before));
                let levels = before.and_then(|before| match self.out.mentions.get(before as usize)?.target {
                    Target::Up(_, levels) => Some(levels),
                    _ => None,
                });
                Target::Up(self.module(), levels.unwrap_or(0) + 1)
            }
        };
        self.mention(node, target, Space::Type);
    }

    /// A name among the tokens of a macro or an attribute.
    fn token(&mut self, node: usize) {
        let token = self.source.nodes[node].first as usize;
        let is_comment = |token: &usize| self.source.tokens[*token].kind == TokenKind::Comment;
        let after = (token + 1..self.source.tokens.len()).find(|token| !is_comment(token));
        let after = after.map_or(&b""[..], |after| self.text_of(after));
        let previous = self.token_before(token);
        let before = previous.map_or(&b""[..], |before| self.text_of(before));
        if self.kind(node) == K::Keyword {
            let name = self.text.get(self.source.range(node));
            match name.filter(|_| after == b"::" && before != b"::") {
                Some("crate") => self.mention(node, Target::Root, Space::Type),
                Some("self") => self.mention(node, Target::Up(self.module(), 0), Space::Type),
                Some("super") => self.mention(node, Target::Up(self.module(), 1), Space::Type),
                _ => NONE,
            };
            return;
        }
        let name = self.name(node);
        let (target, space) = match before {
            b"." => match self.before_dot(previous.unwrap_or(0)) {
                Ty::Unknown => (Target::Name, Space::Any),
                ty => (Target::Member(ty), if after == b"(" { Space::Value } else { Space::Any }),
            },
            b"::" => {
                let of = previous.and_then(|colons| self.token_before(colons));
                let of = of.map(|of| self.source.tokens[of].node as usize);
                let space = match after {
                    b"::" => Space::Type,
                    b"!" => Space::Macro,
                    _ => Space::Value,
                };
                match of.map(|of| self.mention_of[of]).filter(|of| *of != NONE) {
                    Some(of) => (Target::After(of), space),
                    None => (Target::Name, Space::Any),
                }
            }
            _ => match self.lookup(name, Space::Value) {
                Target::Scope(_) => (self.lookup(name, Space::Type), Space::Any),
                found => (found, Space::Any),
            },
        };
        self.mention(node, target, space);
    }

    fn text_of(&self, token: usize) -> &'s [u8] {
        self.source.text(token)
    }

    /// The token before, comments aside.
    fn token_before(&self, token: usize) -> Option<usize> {
        (0..token).rev().find(|token| self.source.tokens[*token].kind != TokenKind::Comment)
    }

    /// The type of what stands before a dot among a macro's tokens: a name, a member, or a call of one.
    fn before_dot(&self, dot: usize) -> Ty {
        let Some(last) = self.token_before(dot) else { return Ty::Unknown };
        let leaf = self.source.tokens[last].node as usize;
        let mention = |leaf: usize| Some(self.mention_of[leaf]).filter(|found| *found != NONE);
        match self.text_of(last) {
            b"self" => self.this().map_or(Ty::Unknown, Ty::This),
            b")" => {
                let list = self.source.ancestors(leaf).find(|up| self.kind(*up) == K::TokenTree);
                let called = list.and_then(|list| self.token_before(self.source.nodes[list].first as usize));
                let called = called.map(|token| self.source.tokens[token].node as usize);
                called.and_then(mention).map_or(Ty::Unknown, Ty::Returned)
            }
            _ => mention(leaf).map_or(Ty::Unknown, Ty::Value),
        }
    }

    /// The mention that a path or type ends with.
    pub fn type_mention(&self, node: usize) -> u32 {
        let mut at = node;
        for _ in 0..DEEPEST {
            let next = match self.kind(at) {
                K::ScopedIdentifier => self.child(at, self.f.name),
                K::GenericType | K::ReferenceType => self.child(at, self.f.kind),
                K::QualifiedType => self.child(at, self.f.alias),
                K::BracketedType => {
                    let named = |child: &usize| self.source.nodes[*child].is(flag::NAMED);
                    self.source.children(at).find(named)
                }
                _ => return self.mention_of[at],
            };
            let Some(next) = next else { return NONE };
            at = next;
        }
        NONE
    }

    pub fn type_named(&self, node: usize) -> Ty {
        let mut at = node;
        for _ in 0..DEEPEST {
            match self.kind(at) {
                K::ReferenceType => match self.child(at, self.f.kind) {
                    Some(inner) => at = inner,
                    None => return Ty::Unknown,
                },
                K::BoundType => {
                    let inner = self.source.children(at).find(|child| {
                        matches!(self.kind(*child), K::TypeIdentifier | K::ScopedIdentifier | K::GenericType)
                    });
                    match inner {
                        Some(inner) => at = inner,
                        None => return Ty::Unknown,
                    }
                }
                K::TypeIdentifier | K::ScopedIdentifier | K::GenericType => break,
                _ => return Ty::Unknown,
            }
        }
        let mention = self.type_mention(at);
        match self.out.mentions.get(mention as usize).map(|mention| mention.target) {
            Some(Target::This(this)) => Ty::This(this),
            Some(_) => Ty::Named(mention),
            None => Ty::Unknown,
        }
    }

    /// The type of an expression that has been walked.
    pub fn type_of_value(&self, node: usize, depth: usize) -> Ty {
        if depth == 0 {
            return Ty::Unknown;
        }
        let mention = |node: usize| Some(self.type_mention(node)).filter(|found| *found != NONE);
        match self.kind(node) {
            K::Keyword => {
                let is_self = self.text.get(self.source.range(node)) == Some("self");
                self.this().filter(|_| is_self).map_or(Ty::Unknown, Ty::This)
            }
            K::Identifier | K::ScopedIdentifier => mention(node).map_or(Ty::Unknown, Ty::Value),
            K::FieldExpression => {
                self.child(node, self.f.field).and_then(mention).map_or(Ty::Unknown, Ty::Value)
            }
            K::CallExpression => {
                let Some(mut function) = self.child(node, self.f.function) else { return Ty::Unknown };
                if self.kind(function) == K::GenericFunction {
                    let Some(inner) = self.child(function, self.f.function) else { return Ty::Unknown };
                    function = inner;
                }
                let called = match self.kind(function) {
                    K::FieldExpression => self.child(function, self.f.field),
                    K::Identifier | K::ScopedIdentifier => Some(function),
                    _ => None,
                };
                called.and_then(mention).map_or(Ty::Unknown, Ty::Returned)
            }
            K::StructExpression => match self.child(node, self.f.name) {
                Some(name) => self.type_named(name),
                None => Ty::Unknown,
            },
            K::Inner => {
                let inner =
                    self.source.children(node).filter(|child| self.source.nodes[*child].is(flag::NAMED));
                let inner = inner.filter(|child| self.source.kind_name(*child) != "mutable_specifier").last();
                inner.map_or(Ty::Unknown, |inner| self.type_of_value(inner, depth - 1))
            }
            _ => Ty::Unknown,
        }
    }
}
