//! `mode`: only the file mode, the end-of-line style or the byte-order mark changes.

use crate::diff::UnitKind;
use crate::metric::relevance::{Facts, Grade, Mark, Sign};

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    if edit.kind != UnitKind::Mode || facts.topic.about_modes() {
        return None;
    }
    let file = facts.view.file(edit)?;
    // A symbolic link for a file is another content, not another mode.
    let link = |mode: &Option<String>| mode.as_deref().is_some_and(|mode| !mode.starts_with("100"));
    if link(&file.old_mode) || link(&file.new_mode) {
        return None;
    }
    let why = match (&file.old_mode, &file.new_mode) {
        (Some(old), Some(new)) if old != new => format!("only the file mode changes, {old} to {new}"),
        _ => "only end-of-line bytes or the byte-order mark change".to_owned(),
    };
    Some(Mark { sign: Sign::Mode, grade: Grade::A, evidence: vec![facts.at(unit, "")], why })
}
