//! File mode, ends of lines, byte-order mark: no token of the program.

use super::super::Sign;
use super::super::facts::Facts;
use super::Found;
use crate::diff::UnitKind;

/// Holds unless statement or scope names the file.
pub fn sign(facts: &Facts, unit: usize) -> Option<Found> {
    let path = facts.path(unit);
    if facts.kind(unit) != UnitKind::Mode || facts.names_file(path) {
        return None;
    }
    let file = facts.file(unit);
    // A symbolic link that becomes a file is more than a mode.
    let kind = |mode: &Option<String>| mode.as_ref().map(|mode| mode.get(..3).map(str::to_owned));
    if kind(&file.old_mode) != kind(&file.new_mode)
        || facts.states_any(&["chmod", "executable", "crlf", "bom"])
    {
        return None;
    }
    let what = facts.unit(unit).entity.first().map_or("file mode", String::as_str);
    Some(Found::proven(Sign::Mode, format!("only the {what} of `{path}` differs")).firm())
}
