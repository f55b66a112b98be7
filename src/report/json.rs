//! The summary as JSON, for machines: schema `kerf/summary/1`, nothing left out, nothing added.

use crate::stats::RunSummary;

/// Pretty-printed, ended by a line feed.
pub fn render(summary: &RunSummary) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(summary)?;
    text.push('\n');
    Ok(text)
}
