//! `unused`: additions that nothing refers to.

use super::{ALL, At, Dice, Edit, Family, PYTHON, RUST, Row, SCRIPT, Site};

pub(super) const ROWS: &[Row] = &[
    Row { kind: "unused", grade: 'A', sub: "variable", families: ALL, site: Site::Statement, make: variable },
    Row {
        kind: "unused",
        grade: 'A',
        sub: "private function",
        families: ALL,
        site: Site::Top,
        make: function,
    },
    Row {
        kind: "unused",
        grade: 'A',
        sub: "private constant",
        families: ALL,
        site: Site::Top,
        make: constant,
    },
    Row { kind: "unused", grade: 'A', sub: "private type", families: ALL, site: Site::Top, make: kind },
    Row { kind: "unused", grade: 'A', sub: "import", families: RUST, site: Site::File, make: import },
    Row { kind: "unused", grade: 'B', sub: "import", families: SCRIPT, site: Site::File, make: import },
    Row { kind: "unused", grade: 'B', sub: "import", families: PYTHON, site: Site::File, make: import },
    Row {
        kind: "unused",
        grade: 'B',
        sub: "exported function",
        families: ALL,
        site: Site::Top,
        make: exported,
    },
    Row {
        kind: "unused",
        grade: 'A',
        sub: "inner function",
        families: ALL,
        site: Site::Statement,
        make: inner,
    },
    Row { kind: "unused", grade: 'A', sub: "private method", families: RUST, site: Site::File, make: method },
];

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn one(at: &At, lines: &[String]) -> Option<Vec<Edit>> {
    let indent = at.indent().to_owned();
    let come =
        lines.iter().map(|line| if line.is_empty() { String::new() } else { format!("{indent}{line}") });
    Some(vec![Edit::insert(at.spot.line, come.collect())])
}

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn variable(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let name = dice.local(at.family());
    let value = *dice.pick(&["0", "1", "42", "\"pending\"", "3.5"]);
    let line = match at.family() {
        Family::Rust => match dice.below(3) {
            0 => format!("let {name} = {value};"),
            1 => format!("let {name}: usize = {};", dice.below(90)),
            _ => format!("let {name}: Option<u32> = None;"),
        },
        Family::Script => match dice.below(3) {
            0 => format!("const {name} = {value};"),
            1 => format!("let {name} = {value};"),
            _ => format!("const {name} = [1, 2, 3];"),
        },
        Family::Python => match dice.below(3) {
            0 => format!("{name} = {value}"),
            1 => format!("{name} = None"),
            _ => format!("{name} = [1, 2]"),
        },
    };
    one(at, &[line])
}

fn body(at: &At, dice: &mut Dice, name: &str, before: &str) -> Vec<String> {
    let number = dice.below(9) + 2;
    let mut lines = match at.family() {
        Family::Rust => vec![
            format!("{before}fn {name}(value: usize) -> usize {{"),
            format!("    let doubled = value * {number};"),
            "    doubled + 1".to_owned(),
            "}".to_owned(),
        ],
        Family::Script => {
            let typed = at.file.typed();
            let (value, result) = if typed { ("value: number", ": number") } else { ("value", "") };
            vec![
                format!("{before}function {name}({value}){result} {{"),
                format!("  const doubled = value * {number};"),
                "  return doubled + 1;".to_owned(),
                "}".to_owned(),
            ]
        }
        Family::Python => {
            vec![
                format!("{before}def {name}(value):"),
                format!("    doubled = value * {number}"),
                "    return doubled + 1".to_owned(),
            ]
        }
    };
    lines.push(String::new());
    lines
}

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn function(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let mut name = dice.local(at.family());
    if at.family() == Family::Python {
        name = format!("_{name}");
    }
    let mut lines = body(at, dice, &name, "");
    if at.family() == Family::Python {
        lines.push(String::new());
    }
    one(at, &lines)
}

fn exported(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let name = dice.local(at.family());
    let before = match at.family() {
        Family::Rust => "pub ",
        // CommonJS has no such word.
        Family::Script if at.file.says("export") => "export ",
        Family::Script => return None,
        Family::Python => "",
    };
    let mut lines = body(at, dice, &name, before);
    if at.family() == Family::Python {
        lines.push(String::new());
    }
    one(at, &lines)
}

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn inner(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let name = dice.local(at.family());
    let lines = body(at, dice, &name, "");
    one(at, &lines[..lines.len() - 1])
}

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn constant(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let name = dice.name("upper");
    let value = dice.below(1000) + 10;
    let line = match at.family() {
        Family::Rust => format!("const {name}: usize = {value};"),
        Family::Script => format!("const {name} = {value};"),
        Family::Python => format!("_{name} = {value}"),
    };
    one(at, &[line, String::new()])
}

#[allow(clippy::unnecessary_wraps, reason = "one signature for all ways")]
fn kind(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let name = dice.name("type");
    let lines: Vec<String> = match at.family() {
        Family::Rust => match dice.below(3) {
            0 => vec![format!("struct {name} {{"), "    size: usize,".to_owned(), "}".to_owned()],
            1 => vec![
                format!("enum {name} {{"),
                "    First,".to_owned(),
                "    Second,".to_owned(),
                "}".to_owned(),
            ],
            _ => vec![format!("type {name} = Vec<u8>;")],
        },
        Family::Script if at.file.typed() => match dice.below(2) {
            0 => vec![format!("interface {name} {{"), "  size: number;".to_owned(), "}".to_owned()],
            _ => vec![format!("type {name} = string | number;")],
        },
        Family::Script => vec![
            format!("class {name} {{"),
            "  size() {".to_owned(),
            "    return 3;".to_owned(),
            "  }".to_owned(),
            "}".to_owned(),
        ],
        Family::Python => vec![format!("class _{name}:"), "    size = 3".to_owned(), String::new()],
    };
    one(at, &[lines, vec![String::new()]].concat())
}

fn method(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    // In an inherent implementation: before one of its functions.
    let text = &at.file.text;
    let lines: Vec<usize> = (1..text.lines.len().min(at.file.tests_from))
        .filter(|line| {
            let here = &text.lines[*line];
            let Some(block) = here.block else { return false };
            let head = text.lines[text.blocks[block].open].text.trim_start();
            let inherent = head.starts_with("impl") && !head.contains(" for ") && head.ends_with('{');
            let starts = ["pub fn ", "fn "].iter().any(|start| here.text.trim_start().starts_with(start));
            inherent && here.starts && starts && text.lines[line - 1].text.trim().is_empty()
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    let line = *dice.pick(&lines);
    let indent = text.indent(line).to_owned();
    let name = dice.name("snake");
    let number = dice.below(9) + 1;
    let come = vec![
        format!("{indent}fn {name}(&self) -> usize {{"),
        format!("{indent}    {number}"),
        format!("{indent}}}"),
        String::new(),
    ];
    Some(vec![Edit::insert(line, come)])
}

fn import(at: &At, dice: &mut Dice) -> Option<Vec<Edit>> {
    let text = &at.file.text;
    let start = match at.family() {
        Family::Rust => "use ",
        Family::Script | Family::Python => "import ",
    };
    let plain = |line: &usize| {
        let here = &text.lines[*line];
        let next = text.lines.get(line + 1).is_none_or(|next| next.code);
        here.starts && here.block.is_none() && here.text.starts_with(start) && next && here.after.is_none()
    };
    let lines: Vec<usize> = (0..text.lines.len().min(at.file.tests_from)).filter(plain).collect();
    let common = at.family() == Family::Script && lines.is_empty();
    let requires: Vec<usize> = (0..text.lines.len())
        .filter(|line| {
            text.lines[*line].block.is_none()
                && text.lines[*line].text.contains("= require(")
                && text.lines[*line].text.ends_with(';')
        })
        .collect();
    let line = if common {
        if requires.is_empty() {
            return None;
        }
        *dice.pick(&requires)
    } else if lines.is_empty() {
        return None;
    } else {
        *dice.pick(&lines)
    };
    let (name, come) = match at.family() {
        Family::Rust => *dice.pick(&[
            ("HashMap", "use std::collections::HashMap;"),
            ("BTreeSet", "use std::collections::BTreeSet;"),
            ("PathBuf", "use std::path::PathBuf;"),
            ("Duration", "use std::time::Duration;"),
            ("VecDeque", "use std::collections::VecDeque;"),
            ("Rc", "use std::rc::Rc;"),
        ]),
        Family::Script if common => *dice.pick(&[
            ("fs", "const fs = require('fs');"),
            ("os", "const os = require('os');"),
            ("util", "const util = require('util');"),
        ]),
        Family::Script => *dice.pick(&[
            ("readFileSync", "import { readFileSync } from 'fs';"),
            ("path", "import path from 'path';"),
            ("os", "import * as os from 'node:os';"),
            ("inspect", "import { inspect } from 'util';"),
        ]),
        Family::Python => *dice.pick(&[
            ("os", "import os"),
            ("json", "import json"),
            ("sys", "import sys"),
            ("Optional", "from typing import Optional"),
            ("defaultdict", "from collections import defaultdict"),
        ]),
    };
    (!at.file.says(name)).then(|| vec![Edit::insert(line, vec![come.to_owned()])])
}
