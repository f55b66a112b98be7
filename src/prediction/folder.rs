//! Predictions in a folder: `MODEL/TASK.diff` or `.patch` for diffs, `MODEL/TASK.reply` for replies. A sample other
//! than the first is `TASK@N`. Files of other kinds (a README) are left alone.

use std::path::{Path, PathBuf};

use super::{Body, Cost, Prediction, PredictionError, Problem, ReadPredictions};

/// Reads all predictions below `folder`; models and tasks in the order of their names.
pub fn read(folder: &Path) -> Result<ReadPredictions, PredictionError> {
    let mut read = ReadPredictions::default();
    for model in entries(folder)? {
        let name = model.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') || !model.is_dir() {
            if kind(&model).is_some() {
                read.problems
                    .push(problem(&model, "lies beside the models' folders; expected MODEL/TASK.diff"));
            }
            continue;
        }
        for file in entries(&model)? {
            let Some(kind) = kind(&file).filter(|_| file.is_file()) else { continue };
            one(&file, kind, &name, &mut read)?;
        }
    }
    Ok(read)
}

/// What an extension says of a file.
#[derive(Clone, Copy)]
enum Kind {
    Patch,
    Reply,
}

fn kind(path: &Path) -> Option<Kind> {
    match path.extension()?.to_str()? {
        "diff" | "patch" => Some(Kind::Patch),
        "reply" => Some(Kind::Reply),
        _ => None,
    }
}

fn one(file: &Path, kind: Kind, model: &str, read: &mut ReadPredictions) -> Result<(), PredictionError> {
    let Some(stem) = file.file_stem().and_then(|stem| stem.to_str()) else {
        read.problems.push(problem(file, "has a name that is not UTF-8"));
        return Ok(());
    };
    let (task, sample) = match stem.rsplit_once('@') {
        None => (stem, 0),
        Some((task, digits)) => match digits.parse() {
            Ok(sample) if !task.is_empty() => (task, sample),
            _ => {
                read.problems.push(problem(file, "must end in @N, N the sample's number, or have no @"));
                return Ok(());
            }
        },
    };
    let bytes = std::fs::read(file).map_err(|source| PredictionError::io(file, source))?;
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].split(|byte| *byte == b'\n').count();
        let message = "is not UTF-8; such bytes were replaced, and the prediction is read without them";
        read.problems.push(Problem { line, ..problem(file, message) });
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    });
    read.predictions.push(Prediction {
        task: task.to_owned(),
        model: model.to_owned(),
        scaffold: None,
        sample,
        body: match kind {
            Kind::Patch => Body::Patch(text),
            Kind::Reply => Body::Reply(text),
        },
        cost: Cost::default(),
        origin: file.display().to_string(),
    });
    Ok(())
}

fn problem(file: &Path, message: &str) -> Problem {
    Problem { file: file.to_owned(), line: 1, field: None, message: message.to_owned() }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, PredictionError> {
    let error = |source| PredictionError::io(folder, source);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(error)? {
        paths.push(entry.map_err(error)?.path());
    }
    paths.sort();
    Ok(paths)
}
