//! A comparison for people and machines: one file per kind of output, all from one [`Comparison`].
//!
//! In: a comparison with what its changed tasks rest on, and how the runs are called. Out: text.
//!
//! Invariants: nothing is computed here that is not in the comparison; text from outside is escaped; what is worst comes
//! first.

pub mod flips;
mod machine;
mod markdown;
mod rows;
mod terminal;
#[cfg(test)]
mod tests;

use super::link::Link;
use super::{View, svg};
use crate::stats::compare::Comparison;

/// How the compared runs are called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Path of the baseline, as the user typed it.
    pub baseline: String,
    /// Path of the candidate; none where models of one run are compared.
    pub candidate: Option<String>,
    /// Name of the suite.
    pub suite: Option<String>,
    /// Where details of tasks are kept; for Markdown.
    pub link: Option<Link>,
}

/// A kind of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal of the width given.
    Terminal,
    /// For a comment on a pull request.
    Markdown,
    /// `kerf/compare/1`.
    Json,
    /// One line a model and figure.
    Csv,
    /// A test case a model and figure; it fails where the figure regressed.
    Junit,
    /// SARIF 2.1.0: a result a task that got worse.
    Sarif,
    /// Workflow commands of GitHub.
    Github,
    /// The terminal report as a picture.
    Svg,
}

impl Format {
    /// All by name.
    pub const NAMES: [&str; 8] = ["terminal", "markdown", "json", "csv", "junit", "sarif", "github", "svg"];

    /// The format of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::Terminal,
            Self::Markdown,
            Self::Json,
            Self::Csv,
            Self::Junit,
            Self::Sarif,
            Self::Github,
            Self::Svg,
        ];
        Self::NAMES.iter().position(|known| *known == name).map(|place| all[place])
    }
}

/// The comparison in one format.
pub fn render(format: Format, header: &Header, found: &Comparison, view: View) -> serde_json::Result<String> {
    Ok(match format {
        Format::Terminal => terminal::render(header, found, view),
        Format::Markdown => markdown::render(header, found),
        Format::Json => serde_json::to_string_pretty(found)? + "\n",
        Format::Csv => machine::csv(found),
        Format::Junit => machine::junit(found),
        Format::Sarif => machine::sarif_log(found)?,
        Format::Github => machine::github(found),
        Format::Svg => svg::render(&terminal::render(header, found, View { width: 110, colour: true })),
    })
}
