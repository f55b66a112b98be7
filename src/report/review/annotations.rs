//! For code hosts: irrelevant units, lint findings and cross-file findings as remarks on lines.

use std::collections::BTreeMap;

use super::{files, grade, lines, reach, sign};
use crate::evaluate::review::Review;
use crate::lint::Level;
use crate::report::annotation::{Annotation, Loudness};

/// All remarks, worst first.
pub fn annotations(review: &Review) -> Vec<Annotation> {
    let mut found = Vec::new();
    for file in files(review) {
        for unit in &file.irrelevant {
            found.push(Annotation {
                file: file.path.to_owned(),
                lines: lines(review, unit),
                loudness: Loudness::Warning,
                rule: format!("irrelevant/{}", sign(unit)),
                title: format!("irrelevant edit: {} (grade {})", sign(unit), grade(unit)),
                message: format!("{} ({} tokens)", unit.why, unit.weight),
            });
        }
    }
    if let Some(lint) = &review.lint {
        for finding in lint.new.iter().chain(&lint.suppressions) {
            found.push(Annotation {
                file: finding.file.clone(),
                lines: Some([finding.line, finding.line]),
                loudness: match finding.level {
                    Level::Note => Loudness::Note,
                    Level::Warning => Loudness::Warning,
                    Level::Error => Loudness::Error,
                },
                rule: format!("lint/{}", finding.rule),
                title: format!("new lint finding: {}", finding.rule),
                message: finding.message.clone(),
            });
        }
        for line in &lint.unformatted_lines {
            found.push(Annotation {
                file: line.file.clone(),
                lines: Some([line.line, line.line]),
                loudness: Loudness::Note,
                rule: "lint/unformatted".to_owned(),
                title: "unformatted line".to_owned(),
                message: "the repository's formatter would alter this changed line".to_owned(),
            });
        }
    }
    if let Some(context) = &review.context {
        for one in reach(context) {
            found.push(Annotation {
                file: one.file.to_owned(),
                lines: Some([one.line, one.line]),
                loudness: Loudness::Warning,
                rule: format!("context/{}", one.rule),
                title: format!("{} name", one.rule.replace('_', " ")),
                message: format!("`{}` {}", one.symbol, one.what),
            });
        }
    }
    found
}

/// The rules of these remarks, with what they mean.
pub fn rules(annotations: &[Annotation]) -> BTreeMap<String, String> {
    annotations.iter().map(|one| (one.rule.clone(), one.title.clone())).collect()
}
