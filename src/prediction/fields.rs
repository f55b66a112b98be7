//! Typed fields of a JSON object: absent and null are the same, another type is a problem that names the field.

use std::path::Path;

use serde_json::{Map, Value};

use super::{Cost, Problem};

/// Fields of one object, with the place that problems name.
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    file: &'a Path,
    line: usize,
}

impl<'a> Fields<'a> {
    /// Fields of `object`, which stands at `line` of `file`.
    pub fn new(object: &'a Map<String, Value>, file: &'a Path, line: usize) -> Self {
        Self { object, file, line }
    }

    /// Whether the field is there and not null.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A problem of a field.
    pub fn problem(&self, field: &str, message: impl Into<String>) -> Problem {
        Problem {
            file: self.file.to_owned(),
            line: self.line,
            field: Some(field.to_owned()),
            message: message.into(),
        }
    }

    /// Where the object stands.
    pub fn origin(&self) -> String {
        format!("{}:{}", self.file.display(), self.line)
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A string.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Problem> {
        self.typed(name, "a string", Value::as_str)
    }

    /// A string that must be there and not blank.
    pub fn needed_text(&self, name: &str) -> Result<&'a str, Problem> {
        match self.text(name)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            Some(_) => Err(self.problem(name, "is blank")),
            None => Err(self.problem(name, "is missing")),
        }
    }

    /// A whole number from 0.
    pub fn count(&self, name: &str) -> Result<Option<u64>, Problem> {
        self.typed(name, "a whole number from 0", |value| {
            // Some writers hold every number as a float.
            let whole =
                |float: f64| (float >= 0.0 && float.fract() == 0.0 && float < 9e15).then_some(float as u64);
            value.as_u64().or_else(|| value.as_f64().and_then(whole))
        })
    }

    /// A finite number from 0.
    pub fn amount(&self, name: &str) -> Result<Option<f64>, Problem> {
        self.typed(name, "a number from 0", |value| {
            value.as_f64().filter(|amount| amount.is_finite() && *amount >= 0.0)
        })
    }

    /// The sample; 0 where none is stated.
    pub fn sample(&self) -> Result<u32, Problem> {
        let sample = self.count("sample")?.unwrap_or(0);
        u32::try_from(sample).map_err(|_| self.problem("sample", "is too large"))
    }

    /// What the prediction cost.
    pub fn cost(&self) -> Result<Cost, Problem> {
        Ok(Cost {
            usd: self.amount("cost_usd")?,
            prompt_tokens: self.count("prompt_tokens")?,
            completion_tokens: self.count("completion_tokens")?,
            latency_s: self.amount("latency_s")?,
            steps: self.count("steps")?,
        })
    }

    fn typed<T>(
        &self,
        name: &str,
        wanted: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| {
                let found = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "a boolean",
                    Value::Number(_) => "another number",
                    Value::String(_) => "a string",
                    Value::Array(_) => "a list",
                    Value::Object(_) => "an object",
                };
                let found = if wanted.contains("number") || !value.is_number() { found } else { "a number" };
                self.problem(name, format!("must be {wanted}, not {found}"))
            }),
        }
    }
}
