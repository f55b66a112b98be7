//! The sheet that raters read: per patch the statement, the units drawn, and the whole patch to look at.
//!
//! In: a [`Sample`]. Out: Markdown. Invariant: neither a model's name nor kerf's verdict stands in it, and text from
//! outside is no markup.

use std::fmt::Write as _;

use super::escape;
use crate::evaluate::label::{LabelItem, Sample};

/// Bytes of a patch or statement shown.
const MOST: usize = 24_000;

const HEAD: &str = "\
# Units to label

Read the statement, then judge each unit by itself: was it needed for what the statement asks, or does it belong to what
was? Write `relevant`, `irrelevant` or `unsure` into the column `label` of labels.csv (or the field of labels.jsonl), with a
remark in `note` if you like.

- *relevant*: without it the change would be wrong or incomplete; also a comment, a test or formatting on such an edit.
- *irrelevant*: the change would be as good without it: left-over prints, scratch files, reformatting, remarks elsewhere.
- *unsure*: you cannot tell. Do not guess.

Do not talk about items with other raters before all are done.
";

/// The whole sheet.
pub fn render(sample: &Sample) -> String {
    let mut out = HEAD.to_owned();
    let mut last: Option<(&str, &str)> = None;
    for (number, (item, _)) in sample.items.iter().enumerate() {
        let at = (item.task.as_str(), item.patch.as_str());
        if last.is_none_or(|(task, _)| task != at.0) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\n## Task {}\n\n", escape::markdown(&item.task));
            let statement = sample.statements.get(&item.task).map_or("", String::as_str);
            fenced(&mut out, "text", statement);
        }
        if last != Some(at) {
            let _ =
                write!(out, "\n### Patch {}\n\n<details><summary>the whole patch</summary>\n\n", item.patch);
            fenced(&mut out, "diff", sample.patches.get(&item.patch).map_or("", String::as_str));
            out.push_str("\n</details>\n");
        }
        one(&mut out, number + 1, item);
        last = Some(at);
    }
    out
}

fn one(out: &mut String, number: usize, item: &LabelItem) {
    let kind = super::diff_text::kind_name(item.kind);
    let entity = if item.entity.is_empty() {
        String::new()
    } else {
        format!(", in {}", escape::markdown(&item.entity.join(" > ")))
    };
    let _ = write!(
        out,
        "\n#### {number}. `{}`\n\n{} line {}{entity}: {kind}, weight {}\n\n",
        item.id,
        escape::markdown(&item.file),
        item.lines[0],
        item.weight
    );
    fenced(out, "diff", &item.shown);
    if item.old.trim().len() + item.new.trim().len() < 400
        && !item.old.trim().is_empty()
        && !item.new.trim().is_empty()
    {
        let (old, new) = (escape::markdown(item.old.trim()), escape::markdown(item.new.trim()));
        let _ = write!(out, "\nexactly: {old} → {new}\n");
    }
}

/// A code block that no text can leave; invisible characters are made visible, long texts cut.
fn fenced(out: &mut String, language: &str, text: &str) {
    let mut end = text.len().min(MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let shown: Vec<String> =
        text[..end].split('\n').map(|line| escape::terminal(&line.replace('\t', "    "))).collect();
    let longest = shown.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let _ = writeln!(out, "{fence}{language}\n{}\n{fence}", shown.join("\n"));
    if end < text.len() {
        let _ = writeln!(out, "\n{} more bytes not shown", text.len() - end);
    }
}
