//! For a pull request: under the size that code hosts take, whatever the change holds.

use std::fmt::Write as _;

use super::{carried, files, grade, headline, lines, lint_line, reach, sign, subject};
use crate::evaluate::review::Review;
use crate::report::escape;
use crate::report::figures::plural;
use crate::report::markdown::LIMIT;
use crate::report::table::shorten;

/// Columns of one text.
const TEXT: usize = 240;

/// Bytes kept for what follows the table.
const TAIL: usize = 16_000;

/// The whole review.
pub fn render(review: &Review) -> String {
    let code = |text: &str| escape::markdown(&shorten(text, 80));
    let mut out = format!("**kerf review** · {}\n\n", subject(review, &code));
    // Writing to a string cannot fail.
    if let Some(headline) = headline(review) {
        let _ = write!(out, "{headline}\n\n");
    }
    let files = files(review);
    let mut cut = 0_u64;
    if files.iter().any(|file| !file.irrelevant.is_empty()) {
        out.push_str("| | place | tokens | why |\n| :-- | :-- | --: | :-- |\n");
    }
    for file in &files {
        for unit in &file.irrelevant {
            let place = match lines(review, unit) {
                None => file.path.to_owned(),
                Some([first, _]) => format!("{}:{first}", file.path),
            };
            let row = format!(
                "| {} {} | {} | {} | {} |\n",
                grade(unit),
                sign(unit),
                escape::markdown_cell(&shorten(&place, TEXT)),
                unit.weight,
                escape::markdown_cell(&shorten(&unit.why, TEXT))
            );
            cut += u64::from(!push(&mut out, &row, LIMIT - TAIL));
        }
    }
    if cut > 0 {
        let _ = write!(out, "\n{} not shown\n", plural(cut, "more unit"));
    }
    if let Some(lint) = &review.lint {
        let _ = write!(out, "\n{}\n\n", lint_line(lint));
        for finding in lint.new.iter().chain(&lint.suppressions) {
            let at = escape::markdown(&shorten(&format!("{}:{}", finding.file, finding.line), TEXT));
            let text = escape::markdown(&shorten(&format!("{} {}", finding.rule, finding.message), TEXT));
            push(&mut out, &format!("- {at} {text}\n"), LIMIT - 1000);
        }
        for tool in &lint.unusable {
            let (name, why) = (escape::markdown(&tool.tool), escape::markdown(&shorten(&tool.why, TEXT)));
            push(&mut out, &format!("- {name}: {why}\n"), LIMIT - 1000);
        }
    }
    if let Some(context) = &review.context {
        if let Some(carried) = carried(context) {
            push(&mut out, &format!("\n{carried}\n\n"), LIMIT - 1000);
        }
        for one in reach(context) {
            let place = escape::markdown(&shorten(&format!("{}:{}", one.file, one.line), TEXT));
            let symbol = escape::markdown(&shorten(one.symbol, 80));
            let what = escape::markdown(&shorten(&one.what, TEXT));
            push(&mut out, &format!("- {place} {symbol} {what}\n"), LIMIT - 1000);
        }
    }
    out
}

/// Appends a part if it fits.
fn push(out: &mut String, part: &str, limit: usize) -> bool {
    let fits = out.len() + part.len() <= limit;
    if fits {
        out.push_str(part);
    }
    fits
}
