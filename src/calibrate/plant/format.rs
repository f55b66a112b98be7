//! `format`: white space and optional punctuation.

use super::{ALL, At, BRACES, Dice, Edit, Family, Row, SCRIPT, Site};

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: "format",
        grade: 'A',
        sub: "trailing blanks",
        families: ALL,
        site: Site::Statement,
        make: trailing,
    },
    Row {
        kind: "format",
        grade: 'A',
        sub: "blank line added",
        families: ALL,
        site: Site::Statement,
        make: blank_added,
    },
    Row {
        kind: "format",
        grade: 'A',
        sub: "blank line removed",
        families: ALL,
        site: Site::Statement,
        make: blank_removed,
    },
    Row {
        kind: "format",
        grade: 'A',
        sub: "wider spacing",
        families: ALL,
        site: Site::Statement,
        make: wider,
    },
    Row {
        kind: "format",
        grade: 'A',
        sub: "call spread over lines",
        families: ALL,
        site: Site::Statement,
        make: spread,
    },
    Row {
        kind: "format",
        grade: 'A',
        sub: "call joined on a line",
        families: ALL,
        site: Site::Statement,
        make: joined,
    },
    Row {
        kind: "format",
        grade: 'A',
        sub: "body indented anew",
        families: BRACES,
        site: Site::Top,
        make: indented,
    },
    Row {
        kind: "format",
        grade: 'A',
        sub: "semicolon left out",
        families: SCRIPT,
        site: Site::Statement,
        make: semicolon,
    },
    Row {
        kind: "format",
        grade: 'A',
        sub: "blank line between items",
        families: ALL,
        site: Site::Top,
        make: blank_added,
    },
    Row {
        kind: "format",
        grade: 'A',
        sub: "statement indented otherwise",
        families: BRACES,
        site: Site::Statement,
        make: shifted,
    },
];

/// The statement is one line of code without strings or comments.
fn plain(at: &At) -> bool {
    let text = at.text();
    at.spot.end == at.spot.line + 1
        && !text.contains(['"', '\'', '`', '#', '\\'])
        && !text.contains("//")
        && !text.contains("/*")
}

fn trailing(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text();
    let next = at.file.text.lines.get(at.spot.line + 1)?;
    let open = text.ends_with('\\') || !next.code && at.family() != Family::Python;
    let clean = text.trim_end() == text && !text.contains("//") && !text.contains('#') && !open;
    let end = *dice.pick(&["  ", " ", "\t", "    "]);
    clean.then(|| vec![Edit::replace(at.spot.line, format!("{text}{end}"))])
}

fn blank_added(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let above = at.spot.line.checked_sub(1)?;
    let quiet = !at.file.text.lines[above].text.trim_start().starts_with(['/', '*', '#', '@']);
    quiet.then(|| vec![Edit::insert(at.spot.line, vec![String::new(); 1 + dice.below(2)])])
}

fn blank_removed(at: &At, _: &mut Dice) -> Option<Vec<Edit>> {
    let above = at.spot.line.checked_sub(1)?;
    let blank = at.file.text.lines[above].text.is_empty();
    blank.then(|| vec![Edit { line: above, gone: 1, come: Vec::new() }])
}

fn wider(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text();
    if !plain(at) {
        return None;
    }
    let signs = [" = ", " + ", " == ", " => ", " && ", " || ", ", "];
    let sign = *dice.pick(&signs);
    let place = text.trim_start().find(sign)? + at.indent().len();
    let wide = match sign {
        ", " => *dice.pick(&[",  ", ","]),
        " => " | " = " | " == " => *dice.pick(&["  =  ", " =  ", "  = "]),
        _ => return Some(vec![Edit::replace(at.spot.line, text.replacen(sign, &format!(" {sign} "), 1))]),
    };
    let wide = match sign {
        " => " => wide.replace('=', "=>"),
        " == " => wide.replace('=', "=="),
        _ => wide.to_owned(),
    };
    Some(vec![Edit::replace(
        at.spot.line,
        format!("{}{wide}{}", &text[..place], &text[place + sign.len()..]),
    )])
}

/// `f(a, b)` over several lines, perhaps with a last comma.
fn spread(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text();
    let (open, close) = (text.find('(')?, text.rfind(')')?);
    let one = text.matches('(').count() == 1 && text.matches(')').count() == 1 && open + 1 < close;
    let called = text[..open].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let first = text.trim_start().split(' ').next().unwrap_or("");
    let head = [
        "fn", "def", "function", "if", "for", "while", "class", "switch", "catch", "async", "pub", "assert",
        "del", "print",
    ];
    let inner = &text[open + 1..close];
    let odd =
        inner.contains(['|', '{', '[', '<', ':', '*']) || inner.contains("..") || inner.contains(" for ");
    if !plain(at)
        || !one
        || !called
        || odd
        || head.contains(&first)
        || text.contains("=>")
        || text.contains("lambda")
    {
        return None;
    }
    let step = if at.family() == Family::Script { "  " } else { "    " };
    let indent = at.indent();
    let mut lines = vec![text[..=open].to_owned()];
    let parts: Vec<&str> = inner.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let last_comma = dice.below(2) == 0;
    for (number, part) in parts.iter().enumerate() {
        let comma = if number + 1 < parts.len() || last_comma { "," } else { "" };
        lines.push(format!("{indent}{step}{part}{comma}"));
    }
    lines.push(format!("{indent}{}", &text[close..]));
    Some(vec![Edit { line: at.spot.line, gone: 1, come: lines }])
}

/// A call over several lines on one.
fn joined(at: &At, _: &mut Dice) -> Option<Vec<Edit>> {
    // In a block that is never closed a spot has no end.
    let lines: Vec<&str> =
        at.file.text.lines.get(at.spot.line..at.spot.end)?.iter().map(|line| line.text.as_str()).collect();
    let trimmed: Vec<&str> = lines.iter().copied().take_while(|line| !line.trim().is_empty()).collect();
    let bad = |line: &&str| {
        line.contains(['"', '\'', '`', '#', '\\', '{', '}', '|'])
            || line.contains("//")
            || line.contains("/*")
            || line.contains("!(")
    };
    let length: usize = trimmed.iter().map(|line| line.trim().len() + 1).sum();
    if trimmed.len() < 3 || trimmed.iter().any(bad) || length > 110 || !trimmed[0].trim_end().ends_with('(') {
        return None;
    }
    let last = trimmed[trimmed.len() - 1].trim();
    if !last.starts_with(')') {
        return None;
    }
    let inner: Vec<&str> = trimmed[1..trimmed.len() - 1].iter().map(|line| line.trim()).collect();
    let inner = inner.join(" ");
    let text = format!("{}{}{last}", trimmed[0].trim_end(), inner.trim_end_matches(','));
    Some(vec![Edit { line: at.spot.line, gone: trimmed.len(), come: vec![text] }])
}

/// Tabs for blanks, or another step, in the body of a whole item.
fn indented(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let style = dice.below(2);
    let range = at.spot.line..at.spot.end;
    if range.len() > 80 || at.file.changed.range(range.clone()).next().is_some() {
        return None;
    }
    let mut edits = Vec::new();
    for line in range {
        let here = &at.file.text.lines[line];
        let trimmed = here.text.trim_start();
        let indent = here.text.len() - trimmed.len();
        if !here.code || trimmed.starts_with(['/', '*', '\\']) || here.text[..indent].contains('\t') {
            if trimmed.is_empty() {
                continue;
            }
            return None;
        }
        if indent == 0 {
            continue;
        }
        let new = if style == 0 { "\t".repeat(indent.div_ceil(4)) } else { " ".repeat(indent + indent / 2) };
        edits.push(Edit::replace(line, format!("{new}{trimmed}")));
    }
    (edits.len() >= 2).then_some(edits)
}

fn semicolon(at: &At, _: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text();
    let next = at.file.text.lines.get(at.spot.line + 1)?.text.trim_start();
    let safe = next.starts_with(|c: char| c.is_alphabetic()) || next.starts_with('}');
    let starts = ["const ", "let ", "return "].iter().any(|start| text.trim_start().starts_with(start));
    let simple = plain(at)
        && safe
        && starts
        && text.ends_with([';'])
        && !text.ends_with(");;")
        && !next.starts_with("in");
    (simple && text.trim() != "return;")
        .then(|| vec![Edit::replace(at.spot.line, text.trim_end_matches(';').to_owned())])
}

fn shifted(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    if at.spot.end != at.spot.line + 1 || !at.file.text.lines[at.spot.line].code {
        return None;
    }
    let more = " ".repeat(1 + dice.below(4));
    Some(vec![Edit::replace(at.spot.line, format!("{more}{}", at.text()))])
}
