//! Tells the forms of prediction files apart and reads them.
//!
//! JSONL is read line by line, so that a large file needs no more memory than its predictions; a list or a map is
//! read whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use super::fields::Fields;
use super::{PredictionError, Problem, ReadPredictions, folder, multi_swe_bench, swe_bench};
use crate::task::json;

/// Reads predictions from a file (JSONL, JSON list, JSON map id → prediction; SWE-bench's or Multi-SWE-bench's
/// fields) or from a folder (`MODEL/TASK.diff`).
///
/// # Errors
/// [`PredictionError`] if the file cannot be opened, or is a single JSON value that is broken. Anything smaller is a
/// [`Problem`] in the result.
pub fn read(path: &Path) -> Result<ReadPredictions, PredictionError> {
    let io = |source| PredictionError::io(path, source);
    let mut read = if path.is_dir() {
        folder::read(path)?
    } else {
        let mut file = BufReader::new(File::open(path).map_err(io)?);
        if is_lines(path, &mut file).map_err(io)? {
            let file = BufReader::new(File::open(path).map_err(io)?);
            lines(path, file).map_err(io)?
        } else {
            let mut bytes = Vec::new();
            File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(io)?;
            whole(path, &bytes)?
        }
    };
    unite(&mut read);
    Ok(read)
}

/// Whether a file holds one object a line: by its extension, else by its first line.
fn is_lines(path: &Path, file: &mut impl BufRead) -> std::io::Result<bool> {
    if path.extension().is_some_and(|extension| extension == "jsonl" || extension == "ndjson") {
        return Ok(true);
    }
    let mut line = Vec::new();
    while file.read_until(b'\n', &mut line)? > 0 && line.iter().all(u8::is_ascii_whitespace) {
        line.clear();
    }
    let object = json::from_slice::<Value>(without_mark(&line));
    Ok(object.is_ok_and(|value| {
        value.as_object().is_some_and(|object| {
            ["instance_id", "fix_patch", "model_patch"].iter().any(|field| object.contains_key(*field))
        })
    }))
}

/// Without the byte-order mark that some editors write.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn lines(path: &Path, mut file: impl BufRead) -> std::io::Result<ReadPredictions> {
    let mut read = ReadPredictions::default();
    let mut bytes = Vec::new();
    let mut line = 0;
    loop {
        bytes.clear();
        if file.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(read);
        }
        line += 1;
        let text = if line == 1 { without_mark(&bytes) } else { &bytes }.trim_ascii();
        if text.is_empty() {
            continue;
        }
        match parse_line(text) {
            Ok((value, lossy)) => {
                if lossy {
                    read.problems.push(problem(path, line, "is not UTF-8; such bytes were replaced"));
                }
                entry(path, line, None, &value, &mut read);
            }
            Err(why) => read.problems.push(problem(path, line, &why)),
        }
    }
}

/// The value of a line, and whether bytes had to be replaced.
fn parse_line(bytes: &[u8]) -> Result<(Value, bool), String> {
    let text = String::from_utf8_lossy(bytes);
    let lossy = matches!(text, std::borrow::Cow::Owned(_));
    json::from_slice(text.as_bytes()).map(|value| (value, lossy)).map_err(|error| {
        if error.is_eof() {
            format!("is cut short at column {}; the prediction is left out", error.column())
        } else {
            format!("is not JSON ({error}); the prediction is left out")
        }
    })
}

fn whole(path: &Path, bytes: &[u8]) -> Result<ReadPredictions, PredictionError> {
    let mut read = ReadPredictions::default();
    let text = String::from_utf8_lossy(without_mark(bytes));
    if matches!(text, std::borrow::Cow::Owned(_)) {
        read.problems.push(problem(path, 1, "is not UTF-8; such bytes were replaced"));
    }
    let value: Value = json::from_slice(text.as_bytes()).map_err(|error| PredictionError::Json {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
        why: error.to_string(),
    })?;
    match &value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                entry(path, index + 1, None, item, &mut read);
            }
        }
        Value::Object(object) if object.contains_key("instance_id") || object.contains_key("fix_patch") => {
            entry(path, 1, None, &value, &mut read);
        }
        Value::Object(object) => {
            for (index, (key, item)) in object.iter().enumerate() {
                entry(path, index + 1, Some(key), item, &mut read);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            read.problems.push(problem(path, 1, "must be a list or a map of predictions"));
        }
    }
    Ok(read)
}

/// Reads one prediction of whichever form.
fn entry(path: &Path, line: usize, key: Option<&str>, value: &Value, read: &mut ReadPredictions) {
    let Some(object) = value.as_object() else {
        read.problems.push(problem(path, line, "must be an object with the fields of a prediction"));
        return;
    };
    let fields = Fields::new(object, path, line);
    let model = path.file_stem().unwrap_or_default().to_string_lossy();
    let one = if multi_swe_bench::is_form(&fields) {
        multi_swe_bench::read(&fields, key, &model)
    } else {
        swe_bench::read(&fields, key, &model)
    };
    match one {
        Ok(prediction) => read.predictions.push(prediction),
        Err(problem) => read.problems.push(problem),
    }
}

/// Joins identical predictions and reports different ones under one identity; the first of them stays.
fn unite(read: &mut ReadPredictions) {
    let mut seen = BTreeMap::new();
    let problems = &mut read.problems;
    read.predictions.retain(|prediction| {
        let identity =
            (prediction.task.clone(), prediction.model.clone(), prediction.scaffold.clone(), prediction.sample);
        let Some((first, origin)) = seen.get(&identity) else {
            seen.insert(identity, (prediction.body.clone(), prediction.origin.clone()));
            return true;
        };
        if *first != prediction.body {
            let (file, line) = place(&prediction.origin);
            let message = format!(
                "task {:?}, model {:?}, sample {} is predicted otherwise at {origin}; give samples numbers; this one is left out",
                prediction.task, prediction.model, prediction.sample
            );
            problems.push(Problem { file: file.into(), line, field: None, message });
        }
        false
    });
}

/// `FILE:LINE`, or `FILE`, which is its first line.
fn place(origin: &str) -> (&str, usize) {
    let parts = origin.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    parts.unwrap_or((origin, 1))
}

fn problem(file: &Path, line: usize, message: &str) -> Problem {
    Problem { file: file.to_owned(), line, field: None, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Body, Prediction};
    use super::*;

    fn read_text(name: &str, text: impl AsRef<[u8]>) -> ReadPredictions {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        read(&path).unwrap()
    }

    fn short(prediction: &Prediction) -> String {
        let (kind, text) = match &prediction.body {
            Body::Patch(text) => ("patch", text),
            Body::Reply(text) => ("reply", text),
        };
        format!("{} {} {} {kind} {text:?}", prediction.task, prediction.model, prediction.sample)
    }

    fn problems(read: &ReadPredictions) -> Vec<String> {
        read.problems
            .iter()
            .map(|problem| {
                format!("{} {} {}", problem.line, problem.field.as_deref().unwrap_or("-"), problem.message)
            })
            .collect()
    }

    #[test]
    fn forms() {
        let one = r#"{"instance_id":"t","model_name_or_path":"m","model_patch":"p"}"#;
        let multi = r#"{"org":"o","repo":"r","number":7,"fix_patch":"p","extra":{"deep":[1]}}"#;
        let cases = [
            ("a.jsonl", format!("{one}\n"), "t m 0 patch \"p\""),
            ("a.jsonl", format!("\u{feff}{one}"), "t m 0 patch \"p\""),
            ("a.json", format!("[{one}]"), "t m 0 patch \"p\""),
            ("a.json", format!("[\n{one}\n]"), "t m 0 patch \"p\""),
            ("a.json", one.to_owned(), "t m 0 patch \"p\""),
            ("a.json", format!("{{\"t\":{one}}}"), "t m 0 patch \"p\""),
            ("live.json", r#"{"t":{"model_patch":"p"}}"#.to_owned(), "t live 0 patch \"p\""),
            ("x.jsonl", multi.to_owned(), "o__r-7 x 0 patch \"p\""),
            ("x.jsonl", r#"{"id":"o/r:pr-7","fix_patch":"p"}"#.to_owned(), "o__r-7 x 0 patch \"p\""),
            (
                "x.json",
                r#"{"o/r:pr-7":{"fix_patch":null,"model_patch":"p","org":"o","number":7,"repo":"r"}}"#
                    .to_owned(),
                "o__r-7 x 0 patch \"\"",
            ),
            (
                "pro.json",
                r#"[{"instance_id":"t","patch":"p","prefix":"gpt"}]"#.to_owned(),
                "t gpt 0 patch \"p\"",
            ),
            (
                "pro.json",
                "[\n{\"instance_id\":\"t\",\n\"model_patch\":\"p\",\"prefix\":\"\"}]".to_owned(),
                "t pro 0 patch \"p\"",
            ),
            (
                "poly.jsonl",
                r#"{"instance_id":"t","model_patch":"\ud800p"}"#.to_owned(),
                "t poly 0 patch \"\u{fffd}p\"",
            ),
            ("live.json", "{\n \"t\": {\n \"model_patch\": \"p\"}\n}".to_owned(), "t live 0 patch \"p\""),
            (
                "a.jsonl",
                r#"{"instance_id":"t","model_patch":null,"sample":3}"#.to_owned(),
                "t a 3 patch \"\"",
            ),
            (
                "a.jsonl",
                r#"{"instance_id":"t","reply":"hello","sample":1.0}"#.to_owned(),
                "t a 1 reply \"hello\"",
            ),
        ];
        for (name, text, expected) in cases {
            let read = read_text(name, &text);
            assert_eq!(read.predictions.iter().map(short).collect::<Vec<_>>(), [expected], "{text}");
            assert!(read.problems.is_empty(), "{text}: {:?}", read.problems);
        }
    }

    #[test]
    fn one_bad_line_costs_only_itself() {
        let text = concat!(
            r#"{"instance_id":"a","model_name_or_path":"m","model_patch":"p"}"#,
            "\n",
            r#"{"instance_id":"b","model_name_or_path":"m","model_pa"#,
            "\n",
            r#"{"instance_id":"c","model_name_or_path":"m","model_patch":["p"]}"#,
            "\n",
            r#"{"model_name_or_path":"m","model_patch":"p"}"#,
            "\n",
            r#"[1]"#,
            "\n\n",
            r#"{"instance_id":"d","model_name_or_path":"m","model_patch":"p","sample":-1}"#,
            "\n",
            r#"{"instance_id":"e","model_name_or_path":"m","model_patch":"p"}"#,
        );
        let read = read_text("a.jsonl", text);
        assert_eq!(read.predictions.iter().map(|one| one.task.as_str()).collect::<Vec<_>>(), ["a", "e"]);
        insta::assert_snapshot!(problems(&read).join("\n"), @"
        2 - is cut short at column 53; the prediction is left out
        3 model_patch must be a string, not a list
        4 instance_id is missing
        5 - must be an object with the fields of a prediction
        7 sample must be a whole number from 0, not another number
        ");
    }

    #[test]
    fn twins_are_one_and_rivals_a_problem() {
        let line = |patch: &str| {
            format!("{{\"instance_id\":\"a\",\"model_name_or_path\":\"m\",\"model_patch\":\"{patch}\"}}\n")
        };
        let read = read_text("a.jsonl", line("p") + &line("p") + &line("q"));
        assert_eq!(read.predictions.iter().map(short).collect::<Vec<_>>(), ["a m 0 patch \"p\""]);
        assert_eq!(read.problems.len(), 1);
        assert_eq!(read.problems[0].line, 3);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_told() {
        let read = read_text("a.jsonl", b"{\"instance_id\":\"a\",\"model_patch\":\"\xff\"}\n");
        assert_eq!(read.predictions.iter().map(short).collect::<Vec<_>>(), ["a a 0 patch \"\u{fffd}\""]);
        assert_eq!(read.problems.len(), 1);
    }

    #[test]
    fn folders() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("m/deep")).unwrap();
        for (name, text) in [
            ("m/t.diff", "d"),
            ("m/t@1.patch", "p"),
            ("m/EXPECTED.md", "no reply"),
            ("m/v.reply", "r"),
            ("m/x@y.diff", "?"),
            ("m/notes.txt", "?"),
            ("loose.diff", "?"),
            ("README.txt", "?"),
        ] {
            fs::write(root.join(name), text).unwrap();
        }
        let read = read(root).unwrap();
        insta::assert_snapshot!(read.predictions.iter().map(short).collect::<Vec<_>>().join("\n"), @r#"
        t m 0 patch "d"
        t m 1 patch "p"
        v m 0 reply "r"
        "#);
        assert_eq!(read.problems.len(), 2, "{:?}", read.problems);
    }

    #[test]
    fn nothing_to_read_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read(&folder.path().join("none")), Err(PredictionError::Io { .. })));
        let path = folder.path().join("a.json");
        fs::write(&path, "[{\"instance_id\":").unwrap();
        assert!(matches!(read(&path), Err(PredictionError::Json { line: 1, .. })));
    }

    #[test]
    fn hashes_tell_bodies_apart() {
        let read = read_text(
            "a.jsonl",
            "{\"instance_id\":\"a\",\"model_patch\":\"p\"}\n{\"instance_id\":\"b\",\"reply\":\"p\"}\n",
        );
        let hashes: Vec<String> = read.predictions.iter().map(Prediction::hash).collect();
        assert_eq!(hashes[0].len(), 16);
        assert_ne!(hashes[0], hashes[1]);
    }
}
