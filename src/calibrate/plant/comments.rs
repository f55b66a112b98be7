//! `comment`: words about code that the fix leaves alone.

use super::{ALL, At, BRACES, Dice, Edit, Family, PYTHON, Row, Site};

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: "comment",
        grade: 'B',
        sub: "narration above",
        families: ALL,
        site: Site::Statement,
        make: above,
    },
    Row {
        kind: "comment",
        grade: 'B',
        sub: "narration at the line end",
        families: ALL,
        site: Site::Statement,
        make: trailing,
    },
    Row {
        kind: "comment",
        grade: 'B',
        sub: "old comment deleted",
        families: ALL,
        site: Site::File,
        make: deleted,
    },
    Row {
        kind: "comment",
        grade: 'B',
        sub: "old comment reworded",
        families: ALL,
        site: Site::File,
        make: reworded,
    },
    Row {
        kind: "comment",
        grade: 'B',
        sub: "old comment wrapped anew",
        families: ALL,
        site: Site::File,
        make: wrapped,
    },
    Row {
        kind: "comment",
        grade: 'B',
        sub: "documentation of another item",
        families: BRACES,
        site: Site::Top,
        make: documented,
    },
    Row {
        kind: "comment",
        grade: 'B',
        sub: "docstring of another function",
        families: PYTHON,
        site: Site::File,
        make: docstring,
    },
];

const WORDS: &[&str] = &[
    "Prepare what is needed below",
    "Handle the usual path first",
    "NOTE: keep this as it was before",
    "TODO: revisit this later",
    "Make sure that everything is set up properly",
    "This step follows from the one before",
    "Check that nothing has gone wrong",
    "Finally, carry on with the rest",
    "Step 2: go on with the remaining work",
    "No changes required here",
];

fn sign(at: &At) -> &'static str {
    if at.family() == Family::Python { "#" } else { "//" }
}

/// The name of what the next line sets, unless the fix speaks of it.
fn subject(at: &At) -> Option<String> {
    let name = at.text().trim_start().split(|c: char| !(c.is_alphanumeric() || c == '_')).nth(1)?;
    (name.len() > 3 && !at.file.spoken.contains(name)).then(|| name.to_owned())
}

fn words(at: &At, dice: &mut Dice) -> String {
    match subject(at).filter(|_| dice.below(3) == 0) {
        Some(name) => format!("Update the {name} value"),
        None => (*dice.pick(WORDS)).to_owned(),
    }
}

/// The statement above is not the fix's, nor the one below.
fn apart(at: &At) -> bool {
    let from = at.spot.line.saturating_sub(2);
    at.file.changed.range(from..=at.spot.end.saturating_add(1)).next().is_none()
}

fn above(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (words, sign) = (words(at, dice), sign(at));
    let mut come = vec![format!("{}{sign} {words}", at.indent())];
    if dice.below(4) == 0 {
        come.push(format!("{}{sign} {}", at.indent(), WORDS[dice.below(WORDS.len())].to_lowercase()));
    }
    apart(at).then(|| vec![Edit::insert(at.spot.line, come)])
}

fn trailing(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text();
    let single = at.spot.end == at.spot.line + 1
        && text.trim_end().ends_with(|c: char| c.is_alphanumeric() || matches!(c, ';' | ')'));
    let free = !text.contains("//") && !text.contains(['#', '`']);
    (apart(at) && single && free)
        .then(|| vec![Edit::replace(at.spot.line, format!("{text}  {} {}", sign(at), words(at, dice)))])
}

/// Lines that are comments on their own, away from the fix, of prose.
fn old(at: &At, dice: &mut Dice) -> Option<usize> {
    let (text, sign) = (&at.file.text, sign(at));
    let is = |line: usize| {
        text.lines.get(line).is_some_and(|line| line.code && line.text.trim_start().starts_with(sign))
    };
    let found: Vec<usize> = (0..text.lines.len().min(at.file.tests_from))
        .filter(|line| {
            let words = text.lines[*line].text.trim_start();
            let prose = words.split_whitespace().count() > 3
                && !words.contains(['`', '(', ';', '=', '@', '[', '|'])
                && ![
                    "eslint",
                    "clippy",
                    "SPDX",
                    "Copyright",
                    "noqa",
                    "type:",
                    "pragma",
                    "!/",
                    "coding",
                    "License",
                    "http",
                    "prettier",
                    "istanbul",
                    "rustfmt",
                ]
                .iter()
                .any(|mark| words.contains(mark));
            let near = at.file.changed.range(line.saturating_sub(4)..line + 12).next().is_some();
            let named =
                super::place::words(words).any(|word| at.file.spoken.contains(word) && word.len() > 2);
            let alone = !is(line + 1) && (*line == 0 || !is(line - 1));
            is(*line) && prose && !near && alone && *line > 3 && !named
        })
        .collect();
    (!found.is_empty()).then(|| *dice.pick(&found))
}

fn deleted(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let line = old(at, dice)?;
    Some(vec![Edit { line, gone: 1, come: Vec::new() }])
}

fn reworded(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let line = old(at, dice)?;
    let text = &at.file.text.lines[line].text;
    let new = match dice.below(3) {
        0 => format!("{} (see above)", text.trim_end()),
        1 => text.replacen(" the ", " that ", 1),
        _ => text.trim_end().rsplit_once(' ')?.0.to_owned(),
    };
    (new != *text).then(|| vec![Edit::replace(line, new)])
}

fn wrapped(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let line = old(at, dice)?;
    let text = &at.file.text.lines[line].text;
    let trimmed = text.trim_start();
    let indent = &text[..text.len() - trimmed.len()];
    let sign = trimmed.split(' ').next()?;
    let half = trimmed.len() / 2;
    let cut = trimmed.get(half..)?.find(' ')? + half;
    (cut > sign.len()).then(|| {
        vec![Edit {
            line,
            gone: 1,
            come: vec![
                format!("{indent}{}", &trimmed[..cut]),
                format!("{indent}{sign} {}", trimmed[cut..].trim()),
            ],
        }]
    })
}

fn documented(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let first = at.text().split(' ').next()?;
    let item = [
        "fn",
        "pub",
        "struct",
        "enum",
        "export",
        "function",
        "const",
        "class",
        "interface",
        "type",
        "static",
        "async",
    ];
    if !item.contains(&first) {
        return None;
    }
    let words = *dice.pick(WORDS);
    let come = match at.family() {
        Family::Rust => vec![format!("/// {words}.")],
        Family::Script if dice.below(2) == 0 => vec![format!("/** {words}. */")],
        Family::Script => vec!["/**".to_owned(), format!(" * {words}."), " */".to_owned()],
        Family::Python => return None,
    };
    apart(at).then(|| vec![Edit::insert(at.spot.line, come)])
}

fn docstring(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let text = &at.file.text;
    let found: Vec<usize> = (0..text.lines.len().saturating_sub(1))
        .filter(|line| {
            let (here, next) = (&text.lines[*line], &text.lines[line + 1]);
            let head = here.starts
                && here.text.trim_start().starts_with("def ")
                && here.text.trim_end().ends_with("):");
            let bare = next.starts && !next.text.trim_start().starts_with(['"', '\'', 'r']);
            let end =
                text.blocks.iter().find(|block| block.open == *line).map_or(line + 1, |block| block.close);
            head && bare && at.file.changed.range(line.saturating_sub(3)..=end).next().is_none()
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    let line = *dice.pick(&found);
    let words = *dice.pick(WORDS);
    Some(vec![Edit::insert(line + 1, vec![format!("{}\"\"\"{words}.\"\"\"", text.indent(line + 1))])])
}
