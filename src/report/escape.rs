//! Text from outside, made harmless for one kind of output each.
//!
//! Model names, test ids and paths come from predictions and repositories. In a terminal they must not move the
//! cursor, change colours or reverse the direction of writing; in Markdown they must not become markup, mentions or
//! links.
//!
//! Invariant: what comes out has one line, and no character that a reader cannot see.

use std::fmt::Write as _;

/// For terminals and plain text: control and invisible characters become `\n`, `\x1b`, `\u{202e}`.
pub fn terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        // Writing to a string cannot fail.
        let _ = match character {
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            '\0'..='\x1f' | '\x7f' => write!(out, "\\x{:02x}", character as u32),
            _ if is_invisible(character) => write!(out, "\\u{{{:x}}}", character as u32),
            _ => out.write_char(character),
        };
    }
    out
}

/// Characters beyond ASCII that show nothing or steer the display: C1 controls, soft hyphen, zero-width and
/// directional marks, line and paragraph separators, fillers, variation selectors, tags.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// For Markdown outside tables: a code span, in which nothing is markup, mention or link.
pub fn markdown(text: &str) -> String {
    let text = terminal(text);
    // A code span of blanks, or of nothing, is none.
    if text.is_empty() {
        return "`␀`".to_owned();
    }
    if text.trim().is_empty() {
        return format!("`{}`", text.replace(' ', "␠"));
    }
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    // One blank on either side is taken off again; it parts the text from the fence.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// For a cell of a Markdown table: as [`markdown`], with pipes that do not end the cell.
pub fn markdown_cell(text: &str) -> String {
    markdown(text).replace('|', "\\|")
}

/// A word for a POSIX shell, quoted where it must be. Control characters are made visible first, so that what is
/// copied from the screen is what stands there.
pub fn shell(text: &str) -> String {
    let text = terminal(text);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// For XML, in text and attributes: control characters made visible, for XML has none, and markup quoted.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in terminal(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// For a cell of CSV that a spreadsheet may open: what would be a formula there begins with an apostrophe. Numbers stay.
pub fn spreadsheet(text: &str) -> String {
    let text = terminal(text);
    let formula = text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err();
    if formula { format!("'{text}") } else { text }
}

/// One workflow command of GitHub (`::error file=…,line=…,title=…::message`), ended by a line feed.
pub fn workflow_command(
    kind: &str,
    title: &str,
    file: Option<&str>,
    line: Option<u64>,
    message: &str,
) -> String {
    let data = |text: &str| terminal(text).replace('%', "%25");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let file = file.map_or_else(String::new, |file| format!("file={},", property(file)));
    let line = line.filter(|_| !file.is_empty()).map_or_else(String::new, |line| format!("line={line},"));
    format!("::{kind} {file}{line}title={}::{}\n", property(title), data(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terminal_text_cannot_steer() {
        for (text, expected) in [
            ("gpt-5/ünïcode 模型", "gpt-5/ünïcode 模型"),
            ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
            ("a\nb\r\tc\0\u{7f}", "a\\nb\\r\\tc\\x00\\x7f"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("user\u{202e}nimda", "user\\u{202e}nimda"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
        ] {
            assert_eq!(terminal(text), expected);
        }
    }

    #[test]
    fn markdown_text_is_code() {
        for (text, expected) in [
            ("m", "`m`"),
            ("@everyone #12 <img src=x>", "`@everyone #12 <img src=x>`"),
            ("a`b", "``a`b``"),
            ("``", "``` `` ```"),
            ("", "`␀`"),
            ("  ", "`␠␠`"),
            ("a|b\n|c|", "`a|b\\n|c|`"),
        ] {
            assert_eq!(markdown(text), expected);
        }
        assert_eq!(markdown_cell("a|b`"), "`` a\\|b` ``");
    }

    #[test]
    fn shell_words_are_words() {
        for (text, expected) in [
            ("runs/demo", "runs/demo"),
            ("a b", "'a b'"),
            ("$(rm -rf ~)", "'$(rm -rf ~)'"),
            ("it's", r"'it'\''s'"),
            ("-rf", "'-rf'"),
            ("", "''"),
            ("a\nb", "'a\\nb'"),
        ] {
            assert_eq!(shell(text), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_invisible_comes_out(text in "\\PC*|[\\x00-\\x7f]*|(.|\\n){0,40}") {
            for out in [terminal(&text), markdown(&text), shell(&text)] {
                prop_assert!(!out.chars().any(|c| c.is_control() || is_invisible(c)), "{out:?}");
            }
        }

        #[test]
        fn a_fence_is_longer_than_any_run_within(text in "[`a|]{0,12}") {
            let out = markdown(&text);
            let fence = out.chars().take_while(|&c| c == '`').count();
            let inside = &out[fence..out.len() - fence];
            prop_assert!(!inside.contains(&"`".repeat(fence)));
        }
    }
}
