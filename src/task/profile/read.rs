//! The form of `profiles.toml`: rows as written, checked and compiled.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use globset::GlobBuilder;
use serde::Deserialize;
use toml::Spanned;

use super::{Fields, Row};
use crate::task::TaskProblem;
use crate::task::kerf_toml::{duration, line_of};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    profile: Vec<Spanned<Written>>,
}

/// A row as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    r#match: Option<String>,
    language: Option<String>,
    setup: Option<Vec<String>>,
    build: Option<Vec<String>>,
    test: Option<String>,
    format: Option<String>,
    toolchain: Option<String>,
    timeout: Option<String>,
    packages: Option<Vec<String>>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    image: Option<String>,
    workdir: Option<String>,
}

/// Reads the rows of a file.
pub(super) fn rows(file: &Path, text: &str, from_user: bool) -> Result<Vec<Arc<Row>>, TaskProblem> {
    let document: Document = toml::from_str(text).map_err(|error| {
        let problem = TaskProblem::new(file, format!("is no file of profiles: {}", error.message()));
        match error.span() {
            Some(span) => problem.at(line_of(text, span.start)),
            None => problem,
        }
    })?;
    document
        .profile
        .into_iter()
        .map(|written| {
            let line = line_of(text, written.span().start);
            row(file, line, from_user, written.into_inner()).map(Arc::new)
        })
        .collect()
}

fn row(file: &Path, line: usize, from_user: bool, written: Written) -> Result<Row, TaskProblem> {
    let problem = |field: &str, message: String| TaskProblem::new(file, message).at(line).field(field);
    if written.r#match.is_none() && written.language.is_none() {
        let message = "is missing, and so is `language`: say whom the row is for".to_owned();
        return Err(problem("match", message));
    }
    let pattern = match &written.r#match {
        None => None,
        Some(text) => {
            let glob = GlobBuilder::new(text).literal_separator(true).case_insensitive(true).build();
            let glob = glob.map_err(|error| {
                problem("match", format!("is `{text}`, no glob on OWNER/NAME: {}", error.kind()))
            })?;
            let fixed = text.chars().filter(|c| !['*', '?', '[', ']', '{', '}', '!'].contains(c)).count();
            // A name without wildcards beats every pattern.
            let exact = fixed == text.chars().count();
            Some((glob.compile_matcher(), if exact { usize::MAX } else { fixed + 1 }))
        }
    };
    let timeout = match &written.timeout {
        None => None,
        Some(text) => Some(
            duration(text).ok_or_else(|| problem("timeout", format!("is `{text}`; write 90s, 15m or 1h")))?,
        ),
    };
    for (name, value) in &written.environment {
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if name.is_empty() || !plain || name.as_bytes()[0].is_ascii_digit() || value.contains('\0') {
            return Err(problem("environment", format!("holds `{name}`, which is no variable")));
        }
    }
    let said = [
        ("toolchain", &written.toolchain),
        ("test", &written.test),
        ("image", &written.image),
        ("workdir", &written.workdir),
    ];
    for (field, text) in said {
        if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
            return Err(problem(field, "is blank: leave it out".to_owned()));
        }
    }
    let place = if from_user { format!("{}:{line}", file.display()) } else { file.display().to_string() };
    let whom: Vec<&str> =
        [written.r#match.as_deref(), written.language.as_deref()].into_iter().flatten().collect();
    Ok(Row {
        label: format!("{place} {}", whom.join(" ")),
        from_user,
        pattern,
        language: written.language.map(|word| crate::task::words::language(&word)),
        fields: Fields {
            setup: written.setup,
            build: written.build,
            test: written.test,
            format: written.format,
            toolchain: written.toolchain,
            timeout,
            packages: written.packages,
            variables: written.environment,
            image: written.image,
            workdir: written.workdir,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_name_file_line_and_field() {
        let cases = [
            ("[[profile]]\ntest = 'x'", "p.toml:1: field `match`: is missing, and so is `language`"),
            ("\n[[profile]]\nmatch = '{'", "p.toml:2: field `match`: is `{`, no glob"),
            ("[[profile]]\nlanguage = 'go'\ntimeout = '5'", "p.toml:1: field `timeout`: is `5`"),
            (
                "[[profile]]\nlanguage = 'go'\ntset = '5'",
                "p.toml:3: is no file of profiles: unknown field `tset`",
            ),
            ("[[profile]]\nlanguage = 3", "p.toml:2: is no file of profiles: invalid type"),
            ("[[profile]]\nlanguage = 'go'\nenvironment = {'A=B' = 'x'}", "which is no variable"),
            ("[[profile]", "p.toml:1: is no file of profiles"),
            ("[[profile]]\nlanguage = 'go'\ntoolchain = ''", "field `toolchain`: is blank"),
        ];
        for (text, expected) in cases {
            let said = rows(Path::new("p.toml"), text, true).unwrap_err().to_string();
            assert!(said.contains(expected), "{said}\n  does not contain\n{expected}");
        }
    }
}
