//! Edits that a fix needs, planted beside the irrelevant ones so that precision means something.

use super::place::{Distance, SourceFile};
use super::{Dice, Edit, Family, Ground, Plant};

type Make = fn(&SourceFile, usize, &mut Dice) -> Option<Vec<Edit>>;

/// Each makes edits at a line of the fix.
const WAYS: &[(&str, Make)] = &[
    ("comment above the fix", above),
    ("comment at the fix's line end", trailing),
    ("helper that the fix uses", helper),
    ("constant that the fix uses", constant),
    ("import that the fix uses", import),
    ("indentation in a new block", wrapped),
    ("behaviour elsewhere", behaviour),
    ("behaviour elsewhere", behaviour),
];

/// One legitimate plant.
pub(super) fn plant(ground: &Ground, dice: &mut Dice) -> Option<Plant> {
    let files = ground.files_at(Distance::File);
    for _ in 0..12 {
        if files.is_empty() {
            return None;
        }
        let file = *dice.pick(&files);
        let (sub, make) = *dice.pick(WAYS);
        let own: Vec<usize> = file
            .changed
            .iter()
            .copied()
            .filter(|line| {
                *line < file.tests_from && file.text.statement(*line).is_some() && brought(file, *line)
            })
            .collect();
        if own.is_empty() {
            continue;
        }
        let line = *dice.pick(&own);
        let Some(edits) = make(file, line, dice) else { continue };
        let (planted, _) = super::super::apply::lines(&file.content, edits.iter().map(|edit| (0, edit)));
        if super::place::sound(&file.path, &planted) {
            let distance = Distance::List;
            return Some(Plant {
                kind: "legitimate",
                grade: None,
                sub,
                distance,
                path: file.path.clone(),
                edits,
                whole: None,
            });
        }
    }
    None
}

/// The line stands in the result only, so that what is beside it is beside an edit.
fn brought(file: &SourceFile, line: usize) -> bool {
    file.brought.contains(&line)
}

/// A one-line statement `NAME = VALUE` of the fix, cut before and behind the value.
fn assignment(file: &SourceFile, line: usize) -> Option<(String, String, String)> {
    let text = &file.text.lines[line].text;
    let end = text.trim_end().strip_suffix(';').unwrap_or(text.trim_end());
    let starts = ["let ", "const ", "return "].iter().any(|start| text.trim_start().starts_with(start));
    if !(starts || file.text.family == Family::Python) || text.contains("//") || text.contains('#') {
        return None;
    }
    let at = end.find(" = ").map(|at| at + 3).or_else(|| end.find("return ").map(|at| at + 7))?;
    let value = &end[at..];
    let depth = value.chars().fold(0_i32, |depth, c| match c {
        '(' | '[' | '{' => depth + 1,
        ')' | ']' | '}' => depth - 1,
        _ => depth,
    });
    let whole = depth == 0 && !value.is_empty() && !value.ends_with([',', '(', '=', '+', '|', '&', '?']);
    (whole && (text.trim_end().ends_with(';') || file.text.family == Family::Python))
        .then(|| (end[..at].to_owned(), value.to_owned(), text[end.len()..].to_owned()))
}

fn sign(file: &SourceFile) -> &'static str {
    if file.text.family == Family::Python { "#" } else { "//" }
}

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn above(file: &SourceFile, line: usize, _: &mut Dice) -> Option<Vec<Edit>> {
    Some(vec![Edit::insert(
        line,
        vec![format!("{}{} The bound matters here.", file.text.indent(line), sign(file))],
    )])
}

fn trailing(file: &SourceFile, line: usize, _: &mut Dice) -> Option<Vec<Edit>> {
    let text = &file.text.lines[line].text;
    let plain = !text.contains("//") && !text.contains(['#', '`']) && text.trim_end().ends_with([';', ')']);
    let ends = file.text.lines.get(line + 1).is_some_and(|next| next.code);
    (plain && ends)
        .then(|| vec![Edit::replace(line, format!("{text}  {} as the callers expect", sign(file)))])
}

/// Top-level line where an item can go.
fn top(file: &SourceFile) -> Option<usize> {
    file.tops().first().map(|spot| spot.line)
}

fn helper(file: &SourceFile, line: usize, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (before, value, after) = assignment(file, line)?;
    let at = top(file).filter(|at| line.abs_diff(*at) > 1)?;
    let name = dice.local(file.text.family);
    let typed = file.typed();
    let item = match file.text.family {
        Family::Rust => vec![
            format!("fn {name}<T>(value: T) -> T {{"),
            "    value".to_owned(),
            "}".to_owned(),
            String::new(),
        ],
        Family::Script if typed => vec![
            format!("function {name}<T>(value: T): T {{"),
            "  return value;".to_owned(),
            "}".to_owned(),
            String::new(),
        ],
        Family::Script => vec![
            format!("function {name}(value) {{"),
            "  return value;".to_owned(),
            "}".to_owned(),
            String::new(),
        ],
        Family::Python => {
            vec![format!("def {name}(value):"), "    return value".to_owned(), String::new(), String::new()]
        }
    };
    Some(vec![Edit::insert(at, item), Edit::replace(line, format!("{before}{name}({value}){after}"))])
}

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn constant(file: &SourceFile, line: usize, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (before, value, after) = assignment(file, line)?;
    let at = top(file).filter(|at| line.abs_diff(*at) > 1)?;
    let name = dice.name("upper");
    let (item, used) = match file.text.family {
        Family::Rust => (
            format!("const {name}: bool = true;"),
            format!("if {name} {{ {value} }} else {{ Default::default() }}"),
        ),
        Family::Script => (format!("const {name} = true;"), format!("{name} ? ({value}) : undefined")),
        Family::Python => (format!("{name} = True"), format!("({value}) if {name} else None")),
    };
    Some(vec![
        Edit::insert(at, vec![item, String::new()]),
        Edit::replace(line, format!("{before}{used}{after}")),
    ])
}

fn import(file: &SourceFile, line: usize, _: &mut Dice) -> Option<Vec<Edit>> {
    let (before, value, after) = assignment(file, line)?;
    let start = if file.text.family == Family::Rust { "use " } else { "import " };
    let lines = &file.text.lines;
    let at = (0..lines.len()).find(|line| {
        let here = &lines[*line];
        here.starts && here.block.is_none() && here.after.is_none() && here.text.starts_with(start)
    })?;
    let (item, name) = match file.text.family {
        Family::Rust => ("use std::convert::identity;", "identity"),
        Family::Script => ("import { structuredClone as copied } from 'node:util';", "copied"),
        Family::Python => ("from copy import deepcopy", "deepcopy"),
    };
    (!file.says(name) && line.abs_diff(at) > 1).then(|| {
        vec![
            Edit::insert(at, vec![item.to_owned()]),
            Edit::replace(line, format!("{before}{name}({value}){after}")),
        ]
    })
}

/// A statement of the base goes into a new block.
fn wrapped(file: &SourceFile, line: usize, dice: &mut Dice) -> Option<Vec<Edit>> {
    let block = file.text.statement(line)?;
    let near = file.statements(Distance::List).into_iter().find(|spot| spot.block == block)?;
    let lines = &file.text.lines[near.line..near.end];
    let quiet = lines.iter().all(|line| line.code || line.text.trim().is_empty());
    let binds = ["let ", "const ", "fn ", "function ", "return", "class ", "def "]
        .iter()
        .any(|start| lines[0].text.trim_start().starts_with(start));
    let closed = file.text.family == Family::Python
        || lines
            .iter()
            .rev()
            .find(|line| !line.text.trim().is_empty())?
            .text
            .trim_end()
            .ends_with([';', '}']);
    if !quiet
        || binds
        || !closed
        || near.end - near.line > 12
        || lines.iter().any(|line| line.text.contains('`'))
    {
        return None;
    }
    let condition = dice.local(file.text.family);
    let (open, close) = match file.text.family {
        Family::Rust => (format!("if {condition}() {{"), Some("}")),
        Family::Script => (format!("if ({condition}()) {{"), Some("}")),
        Family::Python => (format!("if {condition}():"), None),
    };
    let step = if file.text.family == Family::Script { "  " } else { "    " };
    let indent = file.text.indent(near.line).to_owned();
    let mut come = vec![format!("{indent}{open}")];
    come.extend(lines.iter().map(|line| {
        if line.text.trim().is_empty() { String::new() } else { format!("{step}{}", line.text) }
    }));
    come.extend(close.map(|close| format!("{indent}{close}")));
    Some(vec![Edit { line: near.line, gone: near.end - near.line, come }])
}

/// Another comparison, number or operator somewhere else: perhaps needless, but never proven so.
fn behaviour(file: &SourceFile, _: usize, dice: &mut Dice) -> Option<Vec<Edit>> {
    const SWAPS: &[(&str, &str)] = &[
        (" < ", " <= "),
        (" == ", " != "),
        (" + 1", " + 2"),
        (" - 1", " - 2"),
        (" && ", " || "),
        (" > ", " >= "),
        (" and ", " or "),
        (" === ", " !== "),
        ("true", "false"),
        ("True", "False"),
    ];
    let mut spots = [Distance::List, Distance::Function, Distance::File]
        .map(|distance| file.statements(distance))
        .concat();
    dice.shuffle(&mut spots);
    spots.into_iter().take(60).find_map(|spot| {
        let text = &file.text.lines[spot.line].text;
        let quiet = !text.contains("//") && !text.contains(['"', '\'', '`', '#']);
        let (old, new) = SWAPS.iter().find(|(old, _)| text.contains(old)).filter(|_| quiet)?;
        Some(vec![Edit::replace(spot.line, text.replacen(old, new, 1))])
    })
}
