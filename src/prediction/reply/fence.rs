//! Markdown code fences.
//!
//! A fence opens with at least three backticks or tildes and closes with at least as many at the same indentation:
//! in a fenced diff, a context line that holds a fence is indented by its mark, and must not close it.

/// A fenced block of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence<'a> {
    /// What stands behind the opening backticks, trimmed.
    pub info: &'a str,
    /// The lines between, with their newlines.
    pub content: &'a str,
    /// The last line with text before the opening, empty if there is none or it belongs to another fence.
    pub above: &'a str,
    /// Whether the fence is closed.
    pub closed: bool,
}

/// The fences of a text in order, and how many lines with text lie outside them.
pub fn fences(text: &str) -> (Vec<Fence<'_>>, usize) {
    let mut fences = Vec::new();
    let mut outside = 0;
    let mut above = "";
    let mut open: Option<(&str, &str, usize, &str)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim_end();
        match open {
            None => match opening(bare) {
                Some((mark, info)) => {
                    open = Some((mark, info, at, above));
                    above = "";
                }
                None if !bare.is_empty() => {
                    outside += 1;
                    above = bare;
                }
                None => {}
            },
            Some((mark, info, from, before)) => {
                if closes(bare, mark) {
                    fences.push(Fence { info, content: &text[from..start], above: before, closed: true });
                    open = None;
                }
            }
        }
    }
    if let Some((_, info, from, before)) = open {
        fences.push(Fence { info, content: &text[from..], above: before, closed: false });
    }
    (fences, outside)
}

/// Indentation with backticks, and the info behind.
fn opening(line: &str) -> Option<(&str, &str)> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[indent..];
    let mark = rest.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = rest.len() - rest.trim_start_matches(mark).len();
    let info = rest[length..].trim();
    (indent <= 3 && length >= 3 && !(mark == '`' && info.contains('`')))
        .then(|| (&line[..indent + length], info))
}

fn closes(line: &str, mark: &str) -> bool {
    let Some(rest) = line.strip_prefix(mark) else { return false };
    let letter = if mark.ends_with('~') { '~' } else { '`' };
    rest.trim_start_matches(letter).is_empty()
}

#[cfg(test)]
mod tests {
    use super::fences;

    #[test]
    fn fences_and_what_is_around_them() {
        let text = "Here:\n\n```diff\n+a\n ```\n```\nsrc/x.rs\n~~~~rust\n```\n~~~~\n```\nopen";
        let (found, outside) = fences(text);
        let short: Vec<_> = found.iter().map(|f| (f.info, f.content, f.above, f.closed)).collect();
        assert_eq!(
            short,
            [
                ("diff", "+a\n ```\n", "Here:", true),
                ("rust", "```\n", "src/x.rs", true),
                ("", "open", "", false),
            ]
        );
        assert_eq!(outside, 2);
        assert_eq!(fences("```\n```\n").1, 0);
    }
}
