//! Putting lists back into tasks.
//!
//! In: a task as it was read and its proven lists. Out: the text of its `task.toml` with these lists and everything
//! else, comments and layout too, as it was; or the line of a JSONL file.

use serde_json::{Map, Value};
use toml_edit::{Array, DocumentMut, Item, value};

/// Lists to be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLists<'a> {
    /// Fail-to-pass.
    pub fail_to_pass: &'a [String],
    /// Pass-to-pass; none keeps what is written (`"base"`).
    pub pass_to_pass: Option<&'a [String]>,
}

/// A `task.toml` with other lists.
pub fn with_lists(text: &str, lists: &NewLists) -> Result<String, toml_edit::TomlError> {
    let mut document: DocumentMut = text.parse()?;
    if document.get("test").is_none() {
        document["test"] = toml_edit::table();
    }
    let mut put = |name: &str, tests: &[String]| {
        let old: Option<Vec<&str>> = document["test"]
            .get(name)
            .and_then(Item::as_array)
            .and_then(|array| array.iter().map(toml_edit::Value::as_str).collect());
        // A list that says the same already keeps its comments.
        if old.is_none_or(|old| old != tests) {
            document["test"][name] = value(array(tests));
        }
    };
    put("fail_to_pass", lists.fail_to_pass);
    if let Some(tests) = lists.pass_to_pass {
        put("pass_to_pass", tests);
    }
    Ok(document.to_string())
}

fn array(tests: &[String]) -> Array {
    let mut array = Array::new();
    for test in tests {
        let mut entry = toml_edit::Value::from(test.as_str());
        entry.decor_mut().set_prefix("\n    ");
        array.push_formatted(entry);
    }
    if !tests.is_empty() {
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    }
    array
}

/// A line of a data set with other lists; everything else as it was. None where the line is no object.
pub fn line_with_lists(line: &str, lists: &NewLists) -> Option<String> {
    let mut object: Map<String, Value> = serde_json::from_str(line).ok()?;
    let list = |tests: &[String]| Value::Array(tests.iter().map(|test| test.as_str().into()).collect());
    object.insert("FAIL_TO_PASS".to_owned(), list(lists.fail_to_pass));
    if let Some(tests) = lists.pass_to_pass {
        object.insert("PASS_TO_PASS".to_owned(), list(tests));
    }
    serde_json::to_string(&object).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_layout_stay() {
        let text = "# a task\nid = \"x\"   # its name\n\n[test]\ncommand = \"cargo test\"\n# old\nfail_to_pass = [\"a\"]\npass_to_pass = \"base\"\n";
        let lists = NewLists { fail_to_pass: &["b".to_owned(), "c \"d\"".to_owned()], pass_to_pass: None };
        insta::assert_snapshot!(with_lists(text, &lists).unwrap(), @r#"
        # a task
        id = "x"   # its name

        [test]
        command = "cargo test"
        # old
        fail_to_pass = [
            "b",
            'c "d"',
        ]
        pass_to_pass = "base"
        "#);
        let same = NewLists { fail_to_pass: &["a".to_owned()], pass_to_pass: None };
        assert_eq!(with_lists(text, &same).unwrap(), text);
    }

    #[test]
    fn a_line_keeps_its_other_fields() {
        let line = r#"{"instance_id":"a","FAIL_TO_PASS":"['x']","patch":"p","PASS_TO_PASS":[]}"#;
        let lists = NewLists { fail_to_pass: &["y".to_owned()], pass_to_pass: Some(&["z".to_owned()]) };
        assert_eq!(
            line_with_lists(line, &lists).unwrap(),
            r#"{"instance_id":"a","FAIL_TO_PASS":["y"],"patch":"p","PASS_TO_PASS":["z"]}"#
        );
    }
}
