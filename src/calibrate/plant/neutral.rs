//! `neutral`: the same program in other words.

use super::place::words;
use super::{ALL, At, Dice, Edit, Family, PYTHON, RUST, Row, SCRIPT, Site, SourceFile};

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: "neutral",
        grade: 'A',
        sub: "local renamed",
        families: ALL,
        site: Site::Statement,
        make: renamed,
    },
    Row {
        kind: "neutral",
        grade: 'A',
        sub: "imports in another order",
        families: RUST,
        site: Site::File,
        make: reordered,
    },
    Row {
        kind: "neutral",
        grade: 'B',
        sub: "imports in another order",
        families: SCRIPT,
        site: Site::File,
        make: reordered,
    },
    Row {
        kind: "neutral",
        grade: 'B',
        sub: "imports in another order",
        families: PYTHON,
        site: Site::File,
        make: reordered,
    },
    Row {
        kind: "neutral",
        grade: 'A',
        sub: "parentheses",
        families: ALL,
        site: Site::Statement,
        make: parentheses,
    },
    Row { kind: "neutral", grade: 'B', sub: "quotes", families: SCRIPT, site: Site::Statement, make: quotes },
    Row { kind: "neutral", grade: 'B', sub: "quotes", families: PYTHON, site: Site::Statement, make: quotes },
    Row {
        kind: "neutral",
        grade: 'A',
        sub: "type spelled longer",
        families: RUST,
        site: Site::Statement,
        make: longer,
    },
];

/// Replaces whole words.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
        let whole = !word(rest[..at].chars().next_back().or(out.chars().next_back().filter(|_| at == 0)))
            && !word(rest[at + old.len()..].chars().next());
        out.push_str(&rest[..at]);
        out.push_str(if whole { new } else { old });
        rest = &rest[at + old.len()..];
    }
    out + rest
}

fn renamed(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text().trim_start();
    let after = match at.family() {
        Family::Rust => text.strip_prefix("let mut ").or_else(|| text.strip_prefix("let "))?,
        Family::Script => ["const ", "let "].iter().find_map(|start| text.strip_prefix(start))?,
        Family::Python => text,
    };
    let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let next = after[name.len()..].trim_start();
    let assigned = next.starts_with("= ") || (at.family() != Family::Python && next.starts_with(": "));
    if name.len() < 3
        || !assigned
        || name.chars().next()?.is_numeric()
        || name.starts_with('_')
        || at.file.spoken.contains(&name)
    {
        return None;
    }
    let function = at.file.text.function(at.spot.block)?;
    let block = &at.file.text.blocks[function];
    // Only where the name means nothing else in the file: no field, no parameter, no other function's.
    let all = words(&at.file.content).filter(|word| *word == name).count();
    let new = dice.local(at.family());
    let mut edits = Vec::new();
    let mut seen = 0;
    for line in block.open + 1..block.close.min(at.file.text.lines.len()) {
        let here = &at.file.text.lines[line];
        let count = words(&here.text).filter(|word| *word == name).count();
        if count == 0 {
            continue;
        }
        let odd = ["\"", "'", "`", "//", "#", "!(", "{"].iter().any(|sign| here.text.contains(sign));
        let member = [format!(".{name}"), format!("{name}:"), format!("{name} =")]
            .iter()
            .any(|form| here.text.contains(form.as_str()));
        let define = line == at.spot.line;
        if !here.code || odd || member && !define || line < at.spot.line || at.file.changed.contains(&line) {
            return None;
        }
        seen += count;
        edits.push(Edit::replace(line, replaced(&here.text, &name, &new)));
    }
    // The change of the fix may lie between, but it may not use the name.
    (seen == all && edits.len() >= 2).then_some(edits)
}

fn import_lines(file: &SourceFile) -> Vec<usize> {
    let start = |text: &str| match file.text.family {
        Family::Rust => text.starts_with("use ") && text.ends_with(';'),
        Family::Script => {
            text.starts_with("import ") && text.contains(" from ") && text.ends_with([';', '\'', '"'])
        }
        Family::Python => {
            text.starts_with("import ")
                || text.starts_with("from ") && !text.ends_with(['(', '\\']) && !text.contains("__future__")
        }
    };
    (0..file.text.lines.len().min(file.tests_from))
        .filter(|line| {
            let here = &file.text.lines[*line];
            here.starts
                && here.block.is_none()
                && here.after.is_none()
                && start(&here.text)
                && !here.text.contains(['{', '#'])
        })
        .collect()
}

fn reordered(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let lines = import_lines(at.file);
    let pairs: Vec<usize> = lines
        .iter()
        .copied()
        .filter(|line| {
            let attribute =
                line.checked_sub(1).is_some_and(|above| at.file.text.lines[above].text.starts_with('#'));
            lines.contains(&(line + 1)) && !attribute
        })
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let line = *dice.pick(&pairs);
    let (first, second) = (at.file.text.lines[line].text.clone(), at.file.text.lines[line + 1].text.clone());
    // A long run of swaps as a sorter would make them.
    Some(vec![Edit { line, gone: 2, come: vec![second, first] }])
}

fn parentheses(at: &At, _: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text();
    if at.spot.end != at.spot.line + 1
        || text.contains(['"', '\'', '`', '#', '{', '|', '<'])
        || text.contains("//")
    {
        return None;
    }
    let end = text.trim_end().strip_suffix(';').unwrap_or(text.trim_end());
    let (start, keep) = match at.family() {
        Family::Python => (end.find(" = ")? + 3, true),
        Family::Rust | Family::Script => {
            let keep = ["let ", "const ", "return "].iter().any(|start| text.trim_start().starts_with(start));
            (end.find(" = ").map(|at| at + 3).or_else(|| end.find("return ").map(|at| at + 7))?, keep)
        }
    };
    let value = &end[start..];
    let operator =
        [" + ", " - ", " * ", " == ", " && ", " & ", " >> "].iter().any(|sign| value.contains(sign));
    let level = value.chars().try_fold(0_i32, |depth, c| match c {
        '(' | '[' => Some(depth + 1),
        ')' | ']' => (depth > 0).then_some(depth - 1),
        _ => Some(depth),
    });
    let simple = !value.contains([',', '=', '?'])
        && !value.contains(" for ")
        && !value.contains(" as ")
        && !value.contains("lambda");
    (keep && operator && level == Some(0) && simple).then(|| {
        vec![Edit::replace(at.spot.line, format!("{}({value}){}", &text[..start], &text[end.len()..]))]
    })
}

fn quotes(at: &At, _: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text();
    if at.spot.end != at.spot.line + 1 || text.contains(['`', '\\', '#']) || text.contains("//") {
        return None;
    }
    for (old, new) in [('\'', '"'), ('"', '\'')] {
        if text.matches(old).count() == 2 && !text.contains(new) {
            let open = text.find(old)?;
            // A prefix or a doubled mark makes another string of it.
            let plain = !text[..open].ends_with(|c: char| c.is_alphanumeric());
            return plain.then(|| vec![Edit::replace(at.spot.line, text.replace(old, &new.to_string()))]);
        }
    }
    None
}

const LONGER: &[(&str, &str)] = &[
    (": Vec<", ": std::vec::Vec<"),
    (": Option<", ": std::option::Option<"),
    (": String ", ": std::string::String "),
    (": Box<", ": std::boxed::Box<"),
];

fn longer(at: &At, _: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text();
    if text.contains("//")
        || !text.trim_start().starts_with("let ")
        || at.file.says("no_std")
        || at.file.says("alloc")
    {
        return None;
    }
    let (short, long) = LONGER.iter().find(|(short, _)| text.contains(short))?;
    Some(vec![Edit::replace(at.spot.line, text.replacen(short, long, 1))])
}
