//! Typed fields of one instance of a data set: absent and null are the same, a wrong type is a problem that names file,
//! line and field.

use std::path::Path;

use serde_json::{Map, Value};

use super::TaskProblem;
use super::lists::names;

/// The fields of one instance.
pub(super) struct Object<'a> {
    pub fields: &'a Map<String, Value>,
    pub file: &'a Path,
    /// 1-based line at which it begins.
    pub line: usize,
    /// Its key, where the set is a map of instances.
    pub key: Option<&'a str>,
}

impl Object<'_> {
    /// A problem of the whole instance.
    pub fn problem(&self, message: impl Into<String>) -> TaskProblem {
        TaskProblem::new(self.file, message).at(self.line)
    }

    /// A problem of a field.
    pub fn wrong(&self, field: &str, message: impl Into<String>) -> TaskProblem {
        self.problem(message).field(field)
    }

    /// File and line.
    pub fn origin(&self) -> String {
        format!("{}:{}", self.file.display(), self.line)
    }

    /// The value of a field, unless it is absent or null.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    /// Whether the field is there and not null.
    pub fn has(&self, field: &str) -> bool {
        self.value(field).is_some()
    }

    /// The first of several spellings of a field that is there; the first of all where none is.
    pub fn either<'b>(&self, fields: &[&'b str]) -> &'b str {
        let first = fields.first().copied().unwrap_or_default();
        fields.iter().copied().find(|field| self.has(field)).unwrap_or(first)
    }

    /// A string.
    pub fn text(&self, field: &str) -> Result<Option<&str>, TaskProblem> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(field, "must be a string")),
        }
    }

    /// A string that is not blank.
    pub fn filled(&self, field: &str) -> Result<Option<&str>, TaskProblem> {
        Ok(self.text(field)?.filter(|text| !text.trim().is_empty()))
    }

    /// A string that is not blank, as the task holds it.
    pub fn owned(&self, field: &str) -> Result<Option<String>, TaskProblem> {
        Ok(self.filled(field)?.map(str::to_owned))
    }

    /// A string that must be there and not blank.
    pub fn needed(&self, field: &str) -> Result<&str, TaskProblem> {
        match self.text(field)? {
            None => Err(self.wrong(field, "is missing")),
            Some(text) if text.trim().is_empty() => Err(self.wrong(field, "is blank")),
            Some(text) => Ok(text),
        }
    }

    /// A list of names in any of its spellings; absent is empty.
    pub fn list(&self, field: &str) -> Result<Vec<String>, TaskProblem> {
        names(self.value(field))
            .ok_or_else(|| self.wrong(field, "must be a list of names, or one in a string"))
    }

    /// A list of names where the field is there at all.
    pub fn list_if_any(&self, field: &str) -> Result<Option<Vec<String>>, TaskProblem> {
        if self.has(field) { self.list(field).map(Some) } else { Ok(None) }
    }

    /// Shell commands: one as a string, or a list of them, run one after another.
    pub fn commands(&self, field: &str) -> Result<Option<String>, TaskProblem> {
        let joined = match self.value(field) {
            None => return Ok(None),
            // A string that reads as a list is one: CSV has no other way.
            Some(Value::String(text)) if !text.trim_start().starts_with('[') => text.clone(),
            Some(Value::String(text)) => {
                names(self.value(field)).map_or_else(|| text.clone(), |list| list.join(" ; "))
            }
            Some(_) => self.list(field)?.join(" ; "),
        };
        Ok(Some(joined).filter(|command| !command.trim().is_empty()))
    }

    /// `OWNER/NAME`.
    pub fn repository(&self, field: &str) -> Result<(String, String), TaskProblem> {
        let text = self.needed(field)?;
        match text.split_once('/') {
            Some((owner, name)) if is_part(owner) && is_part(name) => Ok((owner.to_owned(), name.to_owned())),
            _ => Err(self.wrong(field, format!("is `{}`, not OWNER/NAME", cut(text)))),
        }
    }

    /// An id, from its field or the key of the map.
    pub fn id(&self, field: &str) -> Result<String, TaskProblem> {
        let id = match (self.text(field)?, self.key) {
            (None, Some(key)) => key,
            _ => self.needed(field)?,
        };
        if id.chars().any(char::is_control) {
            return Err(self.wrong(field, "holds control characters"));
        }
        Ok(id.to_owned())
    }
}

/// Whether a word can be an owner or a repository: it becomes a part of paths and URLs.
fn is_part(word: &str) -> bool {
    !word.is_empty()
        && word != "."
        && word != ".."
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The beginning of a value, for a message.
pub(super) fn cut(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    text.chars().take(57).chain("...".chars()).collect()
}
