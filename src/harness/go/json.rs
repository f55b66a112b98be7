//! One event of `go test -json`.
//!
//! In: a line. Out: an event, or nothing where the line is no JSON, as with the output of the compiler before Go 1.24.

use std::borrow::Cow;

use serde::Deserialize;

/// An event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event<'t> {
    /// `run`, `pass`, `output`, …
    #[serde(borrow)]
    pub action: Cow<'t, str>,
    /// Import path; absent for events of a build.
    #[serde(borrow, default)]
    pub package: Option<Cow<'t, str>>,
    /// Test; absent for events of a package.
    #[serde(borrow, default)]
    pub test: Option<Cow<'t, str>>,
    /// Seconds.
    #[serde(default)]
    pub elapsed: Option<f64>,
    /// What was printed.
    #[serde(borrow, default)]
    pub output: Option<Cow<'t, str>>,
    /// The build without which the package could not run.
    #[serde(borrow, default)]
    pub failed_build: Option<Cow<'t, str>>,
}

/// Whether a line looks like an event.
pub fn is_event(text: &str) -> bool {
    text.starts_with('{')
        && text.contains("\"Action\":\"")
        && (text.contains("\"Package\":\"") || text.contains("\"ImportPath\":\""))
}

/// Reads an event.
pub fn event(text: &str) -> Option<Event<'_>> {
    if is_event(text) { serde_json::from_str(text.trim_end()).ok() } else { None }
}
