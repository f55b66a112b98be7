//! Lists of tests on the command line: ids, or `@FILE` with many.

use crate::cli::exit::bad_input;

/// Reads the values of a list option. `@FILE` holds one id a line, or a JSON list; `@@…` is an id that begins with `@`.
pub(super) fn read(option: &str, values: &[String]) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    for value in values {
        match value.strip_prefix('@') {
            Some(id) if id.starts_with('@') => ids.push(id.to_owned()),
            Some(file) => ids.extend(read_file(option, file)?),
            None => ids.push(value.clone()),
        }
    }
    Ok(ids)
}

fn read_file(option: &str, file: &str) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        bad_input(format!("{option} @{file}: {error}; an id that begins with @ is written @@…"))
    })?;
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(&text)
            .map_err(|error| bad_input(format!("{option} @{file}: is no JSON list of strings: {error}")));
    }
    Ok(text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            format!("@{}", path.display())
        };
        let lines = file("lines", "a::b\n\nt.py::x[a b]\r\n");
        let json = file("json", r#" ["one", "two > three"]"#);
        let values = ["x".to_owned(), lines, json, "@@scope/pkg > works".to_owned()];
        let expected = ["x", "a::b", "t.py::x[a b]", "one", "two > three", "@scope/pkg > works"];
        assert_eq!(read("--fail-to-pass", &values).unwrap(), expected);
        let said = read("--fail-to-pass", &["@scope/pkg".to_owned()]).unwrap_err().to_string();
        assert!(said.contains("@@"), "{said}");
    }

    #[test]
    fn a_list_in_brackets_may_be_pytest_ids_only_if_it_is_json() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, "[not json").unwrap();
        assert!(read("--pass-to-pass", &[format!("@{}", path.display())]).is_err());
    }
}
