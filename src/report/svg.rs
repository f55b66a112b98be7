//! A terminal report as a picture: text in SVG, so that it can be searched and copied.
//!
//! In: text as a terminal would get it, with bold and red at most. Out: SVG with one `<text>` a line.
//!
//! Invariant: every character of the text is there; nothing is loaded from elsewhere.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::escape;

/// Width of a character in pixels.
const CHARACTER: f64 = 7.8;

/// Height of a line in pixels.
const LINE: f64 = 18.0;

/// Around the text, in pixels.
const EDGE: f64 = 16.0;

/// Text with the sequences of [`super::View::colour`] as SVG.
pub fn render(text: &str) -> String {
    let lines: Vec<Vec<(&str, String)>> = text.lines().map(spans).collect();
    let columns = lines.iter().map(|line| line.iter().map(|(_, text)| text.width()).sum::<usize>()).max();
    let width = 2.0 * EDGE + CHARACTER * columns.unwrap_or(0) as f64;
    let height = 2.0 * EDGE + LINE * lines.len() as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\">\n<style>text{{font:13px ui-monospace,Menlo,Consolas,'DejaVu Sans \
         Mono',monospace;fill:#d8dee9;white-space:pre}}.bold{{font-weight:bold}}.bad{{font-weight:bold;\
         fill:#ff7b72}}</style>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#161b22\"/>\n"
    );
    for (row, line) in lines.iter().enumerate() {
        let (y, mut column) = (EDGE + LINE * (row as f64 + 0.72), 0);
        for (class, text) in line {
            // Words are placed one by one, so that columns hold with any font.
            for (at, word) in words(text) {
                let x = EDGE + CHARACTER * (column + at) as f64;
                let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
                // Writing to a string cannot fail.
                let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\"{class}>{}</text>", escape::xml(word));
            }
            column += text.width();
        }
    }
    out.push_str("</svg>\n");
    out
}

/// A line cut at its sequences, each part with its class.
fn spans(line: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut class = "";
    for (place, part) in line.split('\x1b').enumerate() {
        let mut text = part;
        if place > 0 {
            for (sequence, meaning) in [("[1;31m", "bad"), ("[1m", "bold"), ("[0m", "")] {
                if let Some(rest) = part.strip_prefix(sequence) {
                    (class, text) = (meaning, rest);
                }
            }
        }
        if !text.is_empty() {
            found.push((class, text.to_owned()));
        }
    }
    found
}

/// Runs of text between two blanks or more, with their column.
fn words(text: &str) -> Vec<(usize, &str)> {
    let (mut found, mut column, mut rest) = (Vec::new(), 0, text);
    while !rest.is_empty() {
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        column += blanks;
        rest = &rest[blanks..];
        let end = rest.find("  ").unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if !word.is_empty() {
            found.push((column, word));
        }
        column += word.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text() {
        let svg = render("suite <a&b>\n\x1b[1mmodel\x1b[0m   6/12  \x1b[1;31m0.65\x1b[0m");
        let texts: Vec<&str> = svg.lines().filter(|line| line.starts_with("<text")).collect();
        insta::assert_snapshot!(texts.join("\n"), @r#"
        <text x="16.0" y="29.0">suite &lt;a&amp;b&gt;</text>
        <text x="16.0" y="47.0" class="bold">model</text>
        <text x="78.4" y="47.0">6/12</text>
        <text x="125.2" y="47.0" class="bad">0.65</text>
        "#);
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    }
}
