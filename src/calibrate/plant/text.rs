//! What a planter knows of a file: lines, brackets and blocks, read from the text alone.
//!
//! In: text and family of language. Out: for every line whether it begins in code, which bracket it lies in, and what
//! kind of block that is. Rough on purpose: it shares nothing with the grammars that the measured rules use.

/// How a language is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Braces, `fn`.
    Rust,
    /// Braces; JavaScript, TypeScript, TSX.
    Script,
    /// Indentation.
    Python,
}

/// The family of a file by its ending.
pub fn family_of(path: &str) -> Option<Family> {
    match path.rsplit_once('.')?.1 {
        "rs" => Some(Family::Rust),
        "ts" | "tsx" | "js" | "jsx" | "mjs" | "cjs" | "mts" | "cts" => Some(Family::Script),
        "py" => Some(Family::Python),
        _ => None,
    }
}

/// What a bracket encloses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A function's body.
    Function,
    /// Statements of a loop, branch or block.
    Statements,
    /// Items of a class, implementation or module.
    Items,
    /// Anything else: arguments, fields, literals.
    Other,
}

/// An enclosed stretch.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// Line (0-based) of its opening.
    pub open: usize,
    /// Line of its close.
    pub close: usize,
    /// The block around it.
    pub parent: Option<usize>,
}

/// A line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Without its line feed.
    pub text: String,
    /// It begins in code, not in a string or comment.
    pub code: bool,
    /// Its first word is code, not a comment; false for a blank line.
    pub starts: bool,
    /// Innermost block at its first byte.
    pub block: Option<usize>,
    /// Innermost block at its end.
    pub after: Option<usize>,
}

/// A file's text.
#[derive(Debug, Clone)]
pub struct Text {
    /// Family.
    pub family: Family,
    /// Lines.
    pub lines: Vec<Line>,
    /// Blocks.
    pub blocks: Vec<Block>,
}

/// Where a lexer is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Code,
    Line,
    Block(u32),
    /// Until this text: a string that may run over lines.
    Until(&'static str, bool),
    /// A raw string of Rust with so many marks.
    Raw(usize),
}

/// Beginnings of lines that go on with the statement above.
const GOES_ON: &[&str] = &[
    ".", "?", ")", "}", "]", "else", "||", "&&", "+", "-", "*", ":", "=", "|", "&", "#", "<", ">", ",",
    "elif", "except", "finally", "case", "default", "catch", "where", "@", "//", "\"", "'", "super",
];

impl Text {
    /// Reads a text.
    pub fn read(family: Family, text: &str) -> Self {
        let mut read = Self { family, lines: Vec::new(), blocks: Vec::new() };
        match family {
            Family::Python => read.python(text),
            Family::Rust | Family::Script => read.braces(text),
        }
        read
    }

    fn braces(&mut self, text: &str) {
        let mut open: Vec<usize> = Vec::new();
        let mut state = In::Code;
        // Text since the last end of a statement: what a brace belongs to.
        let mut head = String::new();
        for (number, line) in text.lines().enumerate() {
            let begins = state == In::Code;
            let block = open.last().copied();
            let bytes: Vec<char> = line.chars().collect();
            let mut at = 0;
            while at < bytes.len() {
                let rest = |word: &str| bytes[at..].iter().copied().take(word.len()).eq(word.chars());
                let c = bytes[at];
                match state {
                    In::Line => break,
                    In::Block(depth) => {
                        if rest("*/") {
                            at += 1;
                            state = if depth == 1 { In::Code } else { In::Block(depth - 1) };
                        } else if self.family == Family::Rust && rest("/*") {
                            at += 1;
                            state = In::Block(depth + 1);
                        }
                    }
                    In::Until(end, escapes) => {
                        if escapes && c == '\\' {
                            at += 1;
                        } else if rest(end) {
                            state = In::Code;
                        }
                    }
                    In::Raw(marks) => {
                        let closed = c == '"'
                            && bytes[at + 1..].iter().take(marks).filter(|c| **c == '#').count() == marks;
                        if closed {
                            at += marks;
                            state = In::Code;
                        }
                    }
                    In::Code => {
                        if rest("//") {
                            state = In::Line;
                            break;
                        } else if rest("/*") {
                            state = In::Block(1);
                            at += 1;
                        } else if c == '"' {
                            state = In::Until("\"", true);
                        } else if c == '`' && self.family == Family::Script {
                            state = In::Until("`", true);
                        } else if c == '\'' && self.family == Family::Script {
                            state = In::Until("'", true);
                        } else if c == '\'' {
                            // A character; a lifetime has no second mark.
                            if bytes.get(at + 1) == Some(&'\\') {
                                at += 2;
                                while at < bytes.len() && bytes[at] != '\'' {
                                    at += 1;
                                }
                            } else if bytes.get(at + 2) == Some(&'\'') {
                                at += 2;
                            }
                        } else if c == '/' && self.family == Family::Script && before_regex(&head) {
                            let mut set = false;
                            at += 1;
                            while at < bytes.len() && (set || bytes[at] != '/') {
                                match bytes[at] {
                                    '\\' => at += 1,
                                    '[' => set = true,
                                    ']' => set = false,
                                    _ => {}
                                }
                                at += 1;
                            }
                        } else if c == 'r'
                            && self.family == Family::Rust
                            && !head.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                            && matches!(bytes.get(at + 1), Some('"' | '#'))
                        {
                            let marks = bytes[at + 1..].iter().take_while(|c| **c == '#').count();
                            if bytes.get(at + 1 + marks) == Some(&'"') {
                                at += 1 + marks;
                                state = In::Raw(marks);
                            }
                        } else if matches!(c, '{' | '(' | '[') {
                            let kind = if c == '{' { kind_of(self.family, &head) } else { Kind::Other };
                            self.blocks.push(Block {
                                kind,
                                open: number,
                                close: usize::MAX,
                                parent: open.last().copied(),
                            });
                            open.push(self.blocks.len() - 1);
                        } else if matches!(c, '}' | ')' | ']')
                            && let Some(closed) = open.pop()
                        {
                            self.blocks[closed].close = number;
                        }
                        let fresh = matches!(c, ';' | '{' | '}');
                        if fresh {
                            head.clear();
                        } else {
                            head.push(c);
                        }
                    }
                }
                at += 1;
            }
            if state == In::Line {
                state = In::Code;
            }
            // Strings of these ends do not run over lines, but for Rust's.
            if let In::Until(end, _) = state
                && end != "`"
                && self.family == Family::Script
            {
                state = In::Code;
            }
            head.push(' ');
            let trimmed = line.trim_start();
            self.lines.push(Line {
                text: line.to_owned(),
                code: begins,
                starts: begins
                    && !trimmed.is_empty()
                    && !trimmed.starts_with("//")
                    && !trimmed.starts_with("/*"),
                block,
                after: open.last().copied(),
            });
        }
    }

    fn python(&mut self, text: &str) {
        let mut state = In::Code;
        let mut brackets = 0_usize;
        // Open blocks with the indentation of their heads.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut pending: Option<(usize, Kind, usize)> = None;
        for (number, line) in text.lines().enumerate() {
            let begins = state == In::Code;
            let inside = brackets > 0;
            let trimmed = line.trim_start();
            let indent = line.len() - trimmed.len();
            let blank = trimmed.is_empty() || trimmed.starts_with('#');
            if begins && !inside && !blank {
                if let Some((head, kind, at)) = pending.take()
                    && indent > at
                {
                    let parent = open.last().map(|(block, _)| *block);
                    self.blocks.push(Block { kind, open: head, close: usize::MAX, parent });
                    open.push((self.blocks.len() - 1, at));
                }
                while let Some((block, at)) = open.last().copied() {
                    if indent > at {
                        break;
                    }
                    self.blocks[block].close = number;
                    open.pop();
                }
            }
            let bytes = line.as_bytes();
            let mut at = 0;
            while at < bytes.len() {
                let rest = |word: &str| bytes[at..].starts_with(word.as_bytes());
                if let In::Until(end, escapes) = state {
                    if escapes && bytes[at] == b'\\' {
                        at += 1;
                    } else if rest(end) {
                        at += end.len() - 1;
                        state = In::Code;
                    }
                } else {
                    if bytes[at] == b'#' {
                        break;
                    }
                    let quotes = ["\"\"\"", "'''", "\"", "'"];
                    if let Some(quote) = quotes.into_iter().find(|quote| rest(quote)) {
                        at += quote.len() - 1;
                        state = In::Until(quote, true);
                    } else if matches!(bytes[at], b'(' | b'[' | b'{') {
                        brackets += 1;
                    } else if matches!(bytes[at], b')' | b']' | b'}') {
                        brackets = brackets.saturating_sub(1);
                    }
                }
                at += 1;
            }
            if matches!(state, In::Until("\"" | "'", _)) {
                state = In::Code;
            }
            let code_end = trimmed.split('#').next().unwrap_or("").trim_end();
            if state == In::Code && brackets == 0 && code_end.ends_with(':') && !blank {
                let first = trimmed.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
                let kind = match first {
                    "def" | "async" => Kind::Function,
                    "class" => Kind::Items,
                    _ => Kind::Statements,
                };
                pending =
                    Some((number, kind, if begins && !inside { indent } else { indent.saturating_sub(1) }));
            }
            self.lines.push(Line {
                text: line.to_owned(),
                code: begins && !inside,
                starts: begins && !inside && !blank,
                block: open.last().map(|(block, _)| *block),
                after: open.last().map(|(block, _)| *block),
            });
        }
        let count = self.lines.len();
        for (block, _) in open {
            self.blocks[block].close = count;
        }
    }

    /// The outermost function around a block that is no wrapper of the whole file.
    pub fn function(&self, block: usize) -> Option<usize> {
        let chain = std::iter::successors(Some(block), |block| self.blocks[*block].parent);
        chain.filter(|block| self.blocks[*block].kind == Kind::Function).last()
    }

    /// A statement of a function begins at this line and the one before has ended.
    pub fn statement(&self, line: usize) -> Option<usize> {
        let here = self.lines.get(line)?;
        let block = here.block?;
        if !here.starts || !matches!(self.blocks[block].kind, Kind::Function | Kind::Statements) {
            return None;
        }
        let function = self.function(block)?;
        let text = here.text.trim_start();
        if GOES_ON.iter().any(|start| text.starts_with(start)) {
            return None;
        }
        let before = (0..line).rev().find(|line| !self.lines[*line].text.trim().is_empty())?;
        let last = self.lines[before].text.trim_end();
        let ended = match self.family {
            Family::Python => !last.ends_with('\\'),
            Family::Rust | Family::Script => {
                let code = last.split(" //").next().unwrap_or("").trim_end();
                code.ends_with(';')
                    || code.ends_with('}')
                    || before == self.blocks[block].open && code.ends_with('{')
            }
        };
        // The docstring stays first.
        let first = self.family == Family::Python
            && self.lines[self.blocks[block].open..line]
                .iter()
                .all(|line| !line.starts || line.text.trim_end().ends_with(':'));
        (ended
            && !first
            && (self.lines[before].block.is_some() || before == self.blocks[block].open)
            && self.blocks[function].open < line)
            .then_some(block)
    }

    /// An item begins at this line: top level, or `None` where one may not be put.
    pub fn top_item(&self, line: usize) -> bool {
        let Some(here) = self.lines.get(line) else { return false };
        let blank_above = line > 0 && self.lines[line - 1].text.trim().is_empty();
        let unindented =
            !here.text.starts_with([' ', '\t', '}', ')', ']', '#', '@', '/', '*', '.', '"', '\'']);
        here.starts && here.block.is_none() && blank_above && unindented && {
            let before = (0..line).rev().find(|line| !self.lines[*line].text.trim().is_empty());
            before.is_none_or(|before| {
                let last = self.lines[before].text.trim_end();
                self.family == Family::Python || last.ends_with(['}', ';'])
            })
        }
    }

    /// The indentation of a line.
    pub fn indent(&self, line: usize) -> &str {
        let text = &self.lines[line].text;
        &text[..text.len() - text.trim_start().len()]
    }
}

fn before_regex(head: &str) -> bool {
    let head = head.trim_end();
    head.is_empty()
        || head.ends_with(['(', ',', '=', ':', '[', '!', '&', '|', '?', '{', '}', ';', '+', '>'])
        || head.ends_with("return")
}

/// What a brace opens, by the text before it since the last statement.
fn kind_of(family: Family, head: &str) -> Kind {
    let head = head.trim();
    let word =
        |word: &str| head.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|other| other == word);
    let first =
        head.split(|c: char| !(c.is_alphanumeric() || c == '_')).find(|word| !word.is_empty()).unwrap_or("");
    match family {
        Family::Rust => {
            if word("macro_rules") || head.ends_with('!') {
                return Kind::Other;
            }
            if word("fn") && !head.ends_with('=') {
                return Kind::Function;
            }
            if word("impl")
                || word("trait")
                || first == "mod"
                || head.starts_with("pub mod")
                || word("extern")
            {
                return Kind::Items;
            }
            if word("struct") || word("enum") || word("union") || word("match") || word("use") {
                return Kind::Other;
            }
            let opens = ["if", "else", "for", "while", "loop", "unsafe"].iter().any(|start| word(start));
            // `if x == Point { … }` cannot be, so a brace behind a condition is its block.
            if opens || head.ends_with("=>") || head.ends_with('|') || head.is_empty() {
                Kind::Statements
            } else {
                Kind::Other
            }
        }
        Family::Script => {
            if word("class") || word("interface") || word("enum") || word("namespace") || word("declare") {
                return if word("class") { Kind::Items } else { Kind::Other };
            }
            if word("switch") || word("import") || word("export") && head.ends_with("export") {
                return Kind::Other;
            }
            if head.ends_with("=>") || word("function") && head.ends_with(')') {
                return Kind::Function;
            }
            let branch = ["if", "for", "while", "catch", "with"].contains(&first)
                || head.starts_with("else")
                || ["try", "finally", "do", "else"].contains(&head.rsplit(' ').next().unwrap_or(""));
            if branch && !head.ends_with(['=', '(', ',', ':']) {
                return Kind::Statements;
            }
            let method = head.ends_with(')') || word("function") || head.contains("): ");
            if method && !head.ends_with(['=', '(', ',', '?']) && !head.starts_with("return") {
                Kind::Function
            } else {
                Kind::Other
            }
        }
        Family::Python => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(family: Family, text: &str) -> Vec<String> {
        let read = Text::read(family, text);
        (0..read.lines.len())
            .filter(|line| read.statement(*line).is_some())
            .map(|line| read.lines[line].text.trim().to_owned())
            .collect()
    }

    #[test]
    fn statements_are_found_in_all_families() {
        let rust = "use a;\n\nimpl X {\n    fn f(&self) -> u8 {\n        let a = \"{\";\n        if a {\n            b(r#\"}\"#);\n        }\n        match x {\n            1 => 2,\n        }\n    }\n}\n";
        assert_eq!(statements(Family::Rust, rust), ["let a = \"{\";", "if a {", "b(r#\"}\"#);", "match x {"]);
        let script = "export function f(a) {\n  const b = {\n    c: 1,\n  };\n  if (/[{]/.test(a)) {\n    return `{`;\n  }\n  return b;\n}\n";
        assert_eq!(
            statements(Family::Script, script),
            ["const b = {", "if (/[{]/.test(a)) {", "return `{`;", "return b;"]
        );
        let python = "class A:\n    def f(self):\n        \"\"\"Doc.\"\"\"\n        x = (1,\n             2)\n        if x:\n            y = 1\n            return y\n        return x\n";
        assert_eq!(statements(Family::Python, python), ["x = (1,", "if x:", "return y", "return x"]);
    }
}
