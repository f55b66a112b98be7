//! Words that data sets use for the same thing: languages, and log parsers by format.

/// The language as kerf names it: lower case, the usual short names written out.
pub(super) fn language(word: &str) -> String {
    let word = word.trim().to_lowercase();
    let known = match word.as_str() {
        "js" | "node" | "nodejs" => "javascript",
        "ts" | "tsx" => "typescript",
        "py" | "python3" => "python",
        "golang" => "go",
        "rs" => "rust",
        "c++" | "cxx" => "cpp",
        "c#" | "cs" => "csharp",
        "rb" => "ruby",
        "kt" => "kotlin",
        _ => return word,
    };
    known.to_owned()
}

/// The format of kerf that a data set's name of a log parser stands for, where there is one.
pub(super) fn format(parser: &str) -> Option<&'static str> {
    // Some sets hold a parser's source text here.
    if parser.len() > 60 || parser.contains('\n') {
        return None;
    }
    let word = parser.trim().to_lowercase().replace('_', "-");
    let word = word.trim_start_matches("parse-log-").trim_end_matches("-json");
    let format = match word {
        "cargo" | "cargo-test" => "cargo",
        "nextest" | "cargo-nextest" => "nextest",
        "junit" | "junit-xml" => "junit",
        // Repositories of SWE-bench whose tests pytest runs, each under a name of its own there.
        "pytest" | "pytest-v2" | "pytest-options" | "astroid" | "astropy" | "flask" | "marshmallow"
        | "matplotlib" | "pvlib" | "pydicom" | "pylint" | "pyvista" | "requests" | "scikit" | "seaborn"
        | "sphinx" | "sqlfluff" | "xarray" => "pytest",
        "unittest" | "django" => "unittest",
        "jest" => "jest",
        "vitest" => "vitest",
        "mocha" => "mocha",
        "tap" | "tape" => "tap",
        "node" | "node-test" => "node",
        "go" | "gotest" | "go-test" => "go",
        _ => return None,
    };
    Some(format)
}

#[cfg(test)]
mod tests {
    use super::{format, language};

    #[test]
    fn words_of_several_sets_mean_the_same() {
        for (word, expected) in
            [("Rust", "rust"), ("ts", "typescript"), ("JS", "javascript"), ("golang", "go"), ("Zig", "zig")]
        {
            assert_eq!(language(word), expected);
        }
        for (word, expected) in [
            ("parse_log_pytest_v2", Some("pytest")),
            ("vitest-json", Some("vitest")),
            ("jest_json", Some("jest")),
            ("cargo-test", Some("cargo")),
            ("parse_log_gotest", Some("go")),
            ("parse_log_astropy", Some("pytest")),
            ("parse_log_redis", None),
            ("def parser(log):\n    return pytest", None),
        ] {
            assert_eq!(format(word), expected, "{word}");
        }
    }
}
