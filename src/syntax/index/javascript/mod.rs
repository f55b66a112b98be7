//! JavaScript and TypeScript: scopes by oxc, imports as Node and the TypeScript compiler follow them.
//!
//! Where oxc gives up, or a file is nested so deeply that a recursive parser would be in danger, what tree-sitter sees is
//! taken: every name is a mention of whatever is called so.

mod link;
mod members;
mod modules;
mod read;
mod specifier;
mod types;

pub(super) use link::link;

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

use super::summary::Summary;
use crate::syntax::{Language, Source};

/// Nesting that any thread's stack bears.
const SHALLOW: usize = 80;
/// Nesting that [`STACK`] bears.
const DEEP: usize = 4000;
/// Bytes.
const STACK: usize = 512 << 20;

/// What a file says.
pub(super) fn summarise(path: &str, language: &'static Language, bytes: &[u8]) -> Option<Summary> {
    let text = std::str::from_utf8(bytes).ok()?;
    let depth = depth(text);
    let by_oxc = if depth <= SHALLOW {
        parse(path, language, text)
    } else if depth <= DEEP {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let handle = thread.spawn_scoped(scope, || parse(path, language, text));
            handle.ok().and_then(|handle| handle.join().ok()).flatten()
        })
    } else {
        None
    };
    by_oxc.or_else(|| specifier::summarise(&Source::parse(language, bytes)?))
}

fn parse(path: &str, language: &'static Language, text: &str) -> Option<Summary> {
    let mut kind = match language.name {
        "tsx" => SourceType::tsx(),
        "typescript" if path.contains(".d.") => SourceType::d_ts(),
        "typescript" => SourceType::ts(),
        _ => SourceType::jsx(),
    };
    if language.name == "javascript" {
        // A script and a module differ only in what they may hold.
        kind = kind.with_unambiguous(true);
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, kind).parse();
    if parsed.panicked {
        return None;
    }
    let semantic = SemanticBuilder::new().build(&parsed.program).semantic;
    Some(read::read(text, &semantic))
}

/// No less than how deep the syntax tree of a text can be: brackets and, at each level, words and signs since the last
/// separator or line that begins with a word.
fn depth(text: &str) -> usize {
    let mut levels: Vec<usize> = vec![0];
    let (mut sum, mut most) = (0usize, 0usize);
    let mut word = false;
    let mut line = false;
    for byte in text.bytes() {
        let is_word = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80;
        let open = levels.len();
        let Some(top) = levels.last_mut() else { return usize::MAX };
        match byte {
            b'(' | b'[' | b'{' => levels.push(0),
            b')' | b']' | b'}' if open > 1 => {
                sum -= *top;
                levels.pop();
            }
            b';' | b',' => {
                sum -= *top;
                *top = 0;
            }
            b'\n' => line = true,
            _ if is_word => {
                if line && !word {
                    sum -= *top;
                    *top = 0;
                }
                if !word {
                    *top += 1;
                    sum += 1;
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => {
                *top += 1;
                sum += 1;
            }
        }
        if !byte.is_ascii_whitespace() {
            line = false;
        }
        word = is_word;
        most = most.max(sum + levels.len());
    }
    most
}
