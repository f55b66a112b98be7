//! `debug`: prints that were left behind, and code commented out.

use super::{ALL, At, Dice, Edit, Family, RUST, Row, SCRIPT, Site};

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: "debug",
        grade: 'B',
        sub: "marked print",
        families: ALL,
        site: Site::Statement,
        make: marked,
    },
    Row {
        kind: "debug",
        grade: 'B',
        sub: "print of a local",
        families: ALL,
        site: Site::Statement,
        make: local,
    },
    Row { kind: "debug", grade: 'B', sub: "dbg!", families: RUST, site: Site::Statement, make: dbg },
    Row {
        kind: "debug",
        grade: 'B',
        sub: "debugger",
        families: SCRIPT,
        site: Site::Statement,
        make: debugger,
    },
    Row {
        kind: "debug",
        grade: 'B',
        sub: "code commented out beside",
        families: ALL,
        site: Site::Statement,
        make: commented,
    },
];

fn inserted(at: &At, line: &str) -> Vec<Edit> {
    vec![Edit::insert(at.spot.line, line.lines().map(|line| format!("{}{line}", at.indent())).collect())]
}

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn marked(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let number = dice.below(90);
    let line = match at.family() {
        Family::Rust => *dice.pick(&[
            "println!(\"DEBUG: reached step {}\", NN);",
            "eprintln!(\"[debug] here NN\");",
            "eprintln!(\"DEBUG NN\");",
            "println!(\">>> before call NN\");",
            "eprintln!(\n    \"DEBUG: step {} of {}\",\n    NN,\n    7\n);",
        ]),
        Family::Script => *dice.pick(&[
            "console.log('DEBUG: reached', NN);",
            "console.log(`DEBUG NN`);",
            "console.error('[debug] step NN');",
            "console.log('>>> here', NN);",
            "console.debug('step NN');",
        ]),
        Family::Python => *dice.pick(&[
            "print(\"DEBUG: reached\", NN)",
            "print(f\"DEBUG NN\")",
            "print('>>> here', NN)",
            "import pdb; pdb.set_trace()",
            "breakpoint()",
        ]),
    };
    Some(inserted(at, &line.replace("NN", &number.to_string())))
}

/// A local that the line above has set.
fn subject(at: &At) -> Option<String> {
    let above = at.spot.line.checked_sub(1)?;
    let text = at.file.text.lines.get(above).filter(|line| line.starts)?.text.trim_start();
    let rest =
        ["let mut ", "let ", "const "].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty() && rest[name.len()..].starts_with(" = ")).then_some(name)
}

fn local(at: &At, _: &mut Dice) -> Option<Vec<Edit>> {
    let name = subject(at)?;
    // Where the project prints anyway, one more print is no sign.
    let prints = ["println!", "print!", "eprint", "console.", "print("]
        .iter()
        .any(|sign| at.file.content.contains(sign));
    if prints {
        return None;
    }
    let line = match at.family() {
        Family::Rust => format!("println!(\"{name} = {{:?}}\", {name});"),
        Family::Script => format!("console.log('{name}', {name});"),
        Family::Python => format!("print(\"{name}:\", {name})"),
    };
    Some(inserted(at, &line))
}

fn dbg(at: &At, _: &mut Dice) -> Option<Vec<Edit>> {
    Some(inserted(at, &format!("dbg!(&{});", subject(at)?)))
}

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn debugger(at: &At, _: &mut Dice) -> Option<Vec<Edit>> {
    Some(inserted(at, "debugger;"))
}

/// A line of the file as a comment, as if it had been tried.
fn commented(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let text = at.text().trim();
    let code = match at.family() {
        Family::Python => text.contains('(') && text.contains(" = ") && text.ends_with(')'),
        Family::Rust | Family::Script => text.ends_with(';') && text.contains(['(', '=']),
    };
    let apart = at
        .file
        .changed
        .range(at.spot.line.saturating_sub(2)..=at.spot.end.saturating_add(1))
        .next()
        .is_none();
    let sign = if at.family() == Family::Python { "# " } else { "// " };
    let copies = if at.family() == Family::Python {
        text.replace(" = ", " = old_")
    } else {
        text.replacen('(', "(old_", usize::from(dice.below(2) == 0))
    };
    (code && apart && !text.contains("//") && at.spot.end == at.spot.line + 1)
        .then(|| inserted(at, &format!("{sign}{copies}")))
}
