//! Telling somebody: the user's own command gets the night's report as JSON on standard input.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use super::predict::start;
use crate::stats::nightly::NightReport;

/// Runs the command to its end. It is the user's own and runs outside the sandbox.
pub(super) fn tell(command: &str, report: &NightReport, folder: &Path) -> Result<(), String> {
    let json = serde_json::to_vec(report).map_err(|error| error.to_string())?;
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let variables = [
        ("KERF_NIGHT", report.night.clone()),
        ("KERF_VERDICT", report.verdict.name().to_owned()),
        ("KERF_WHY", report.why.clone()),
        ("KERF_FOLDER", folder.display().to_string()),
    ];
    // Its output must not mix with the report on standard output.
    let mut child = start(command, &variables, Stdio::piped(), Stdio::null(), Stdio::inherit())
        .map_err(|error| format!("`{command}` cannot be started: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that reads none of it is no failure.
        let _ = stdin.write_all(&json);
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{command}` ended with {status}")),
        Err(error) => Err(format!("`{command}`: {error}")),
    }
}
