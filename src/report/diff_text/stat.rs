//! Units and weight of a diff by entity and by kind.
//!
//! In: a [`Diff`]. Out: two tables with aligned columns and a total. Nothing is cut, so that they can be read by column.

use std::collections::BTreeMap;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::kind_name;
use crate::diff::{Diff, UnitKind};
use crate::report::escape;

/// Units and weight by file and entity, and by kind, as two small tables.
pub fn stat(diff: &Diff) -> String {
    let mut entities: BTreeMap<(usize, &[String]), Row> = BTreeMap::new();
    let mut kinds: BTreeMap<UnitKind, Row> = BTreeMap::new();
    let mut total = Row::default();
    for unit in &diff.units {
        let file = unit.changes.first().map_or(0, |change| change.file);
        let entity: &[String] = if unit.file_level { &[] } else { &unit.entity };
        for row in
            [entities.entry((file, entity)).or_default(), kinds.entry(unit.kind).or_default(), &mut total]
        {
            row.count += 1;
            row.weight += u64::from(unit.weight);
            *row.kinds.entry(unit.kind).or_default() += 1;
        }
    }
    let names: Vec<String> = entities.keys().map(|(file, entity)| name(diff, *file, entity)).collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0).max("entity".len());
    let mut out = format!(" units  weight  entity{}  kinds\n", " ".repeat(width - "entity".len()));
    for ((_, row), name) in entities.iter().zip(&names) {
        let pad = " ".repeat(width - name.width());
        let _ = writeln!(out, "{}  {name}{pad}  {}", row.figures(), row.kinds());
    }
    let _ = writeln!(out, "{}  total\n", total.figures());
    out.push_str(" units  weight  kind\n");
    for (kind, row) in &kinds {
        let _ = writeln!(out, "{}  {}", row.figures(), kind_name(*kind));
    }
    let _ = writeln!(out, "{}  total", total.figures());
    out
}

#[derive(Default)]
struct Row {
    count: usize,
    weight: u64,
    kinds: BTreeMap<UnitKind, usize>,
}

impl Row {
    fn figures(&self) -> String {
        format!("{:>6}  {:>6}", self.count, self.weight)
    }

    fn kinds(&self) -> String {
        let kinds = self.kinds.iter().map(|(kind, count)| match count {
            1 => kind_name(*kind).to_owned(),
            count => format!("{} {count}", kind_name(*kind)),
        });
        kinds.collect::<Vec<_>>().join(", ")
    }
}

fn name(diff: &Diff, file: usize, entity: &[String]) -> String {
    let pair = diff.files.get(file);
    let path = pair.and_then(|pair| pair.new.as_deref().or(pair.old.as_deref())).unwrap_or("");
    let mut name = escape::terminal(path);
    for part in entity {
        let _ = write!(name, " › {}", escape::terminal(part));
    }
    name
}
