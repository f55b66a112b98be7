//! What one line of a cargo log says.
//!
//! In: a clean line. Out: a header, an announcement, a result, a summary, an error, or nothing. Nothing here knows
//! what came before.

use std::sync::LazyLock;

use super::super::Status;
use super::super::text::count;

/// The line with which cargo starts a test program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// A compiled test program.
    Binary {
        /// Path of its main file, as printed; old versions of cargo and `--verbose` leave it out.
        path: Option<String>,
        /// File name of the program without its hash: the crate's name.
        stem: String,
    },
    /// The doctests of a library crate.
    Doc {
        /// The crate's name.
        krate: String,
    },
}

/// Reads a header and gives what follows it on the line.
pub fn header(text: &str) -> Option<(Header, &str)> {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix("Doc-tests ") {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let (krate, rest) = rest.split_at(end);
        return (!krate.is_empty()).then(|| (Header::Doc { krate: krate.to_owned() }, rest));
    }
    let rest = text.strip_prefix("Running ")?;
    if let Some(command) = rest.strip_prefix('`') {
        let (command, rest) = command.split_once('`')?;
        let program = command.split(' ').find(|word| !word.contains('='))?;
        let stem = stem(program).filter(|_| slashes(program).contains("/deps/"))?;
        return Some((Header::Binary { path: None, stem }, rest));
    }
    let rest = rest.strip_prefix("unittests ").unwrap_or(rest);
    if let Some(open) = rest.find('(') {
        let close = open + rest[open..].find(')')?;
        let stem = stem(&rest[open + 1..close])?;
        let path = slashes(rest[..open].trim());
        let path = (!path.is_empty()).then_some(path);
        return Some((Header::Binary { path, stem }, &rest[close + 1..]));
    }
    let end = rest.find(' ').unwrap_or(rest.len());
    let stem = stem(&rest[..end])?;
    Some((Header::Binary { path: None, stem }, &rest[end..]))
}

/// `half` of `target/debug/deps/half-b1bdbad969213a78`.
fn stem(program: &str) -> Option<String> {
    let path = slashes(program);
    let name = path.rsplit('/').next()?;
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let (stem, hash) = name.rsplit_once('-')?;
    let hashed = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hashed && !stem.is_empty()).then(|| stem.to_owned())
}

fn slashes(path: &str) -> String {
    path.replace('\\', "/")
}

/// `running 3 tests`: how many.
pub fn running(text: &str) -> Option<usize> {
    let rest = text.trim().strip_prefix("running ")?;
    // libtest tells the seed of a shuffled order here.
    let rest = match rest.split_once(" (shuffle seed: ") {
        Some((rest, seed)) => seed.strip_suffix(')').and_then(count).map(|_| rest)?,
        None => rest,
    };
    count(rest.strip_suffix(" tests").or_else(|| rest.strip_suffix(" test"))?)
}

/// The last line of a test program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Ignored.
    pub ignored: usize,
    /// Benchmarks.
    pub measured: usize,
}

impl Summary {
    /// Tests that were announced.
    pub fn total(self) -> usize {
        [self.passed, self.failed, self.ignored, self.measured]
            .into_iter()
            .fold(0, |sum: usize, part| sum.saturating_add(part))
    }
}

/// `test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; …`.
pub fn summary(text: &str) -> Option<Summary> {
    let rest = text.strip_prefix("test result: ")?;
    let rest = rest.strip_prefix("ok. ").or_else(|| rest.strip_prefix("FAILED. "))?;
    let mut parts = rest.split(';').map(str::trim);
    let mut next = |word: &str| count(parts.next()?.strip_suffix(word)?.trim_end());
    let (passed, failed, ignored) = (next("passed")?, next("failed")?, next("ignored")?);
    Some(Summary { passed, failed, ignored, measured: next("measured").unwrap_or(0) })
}

/// Between a test's name and its result. Made once: there are millions of lines.
static RESULT: LazyLock<memchr::memmem::Finder<'static>> =
    LazyLock::new(|| memchr::memmem::Finder::new(b" ... "));

/// `test NAME ... REST`: both, NAME without the mark of its kind.
pub fn test(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("test ")?;
    let (name, rest) = match RESULT.find(rest.as_bytes()) {
        Some(at) => (&rest[..at], &rest[at + 5..]),
        None => (rest.strip_suffix(" ...")?, ""),
    };
    let name = without_kind(name.trim());
    (!name.is_empty() && !name.starts_with("result: ")).then_some((name, rest))
}

/// Drops what libtest and rustdoc say of a test's kind behind its name.
pub fn without_kind(name: &str) -> &str {
    for kind in [" - should panic", " - compile fail", " - compile"] {
        if let Some(name) = name.strip_suffix(kind) {
            return name.trim_end();
        }
    }
    name
}

/// `ok`, `FAILED <0.003s>`, `ignored, reason`: status and seconds.
pub fn result(text: &str) -> Option<(Status, Option<f64>)> {
    let text = text.trim();
    if !text.starts_with(['o', 'F', 'f', 'i', 'b']) {
        return None;
    }
    let (word, seconds) = timed(text);
    let status = match word {
        "ok" => Status::Passed,
        "FAILED" | "failed" => Status::Failed,
        "ignored" => Status::Skipped,
        "FAILED (time limit exceeded)" => Status::TimedOut,
        "FAILED (allowed)" => Status::Xfailed,
        _ if word.starts_with("ignored, ") => Status::Skipped,
        _ if word.starts_with("bench: ") && word.contains("ns/iter") => Status::Passed,
        _ => return None,
    };
    Some((status, seconds))
}

/// Splits off the `<0.012s>` that `--report-time` adds.
fn timed(text: &str) -> (&str, Option<f64>) {
    if !text.ends_with('>') {
        return (text, None);
    }
    if let Some(open) = text.rfind(" <")
        && let Some(inside) = text[open + 2..].strip_suffix("s>")
        && let Ok(seconds) = inside.trim().parse::<f64>()
        && seconds.is_finite()
    {
        return (text[..open].trim_end(), Some(seconds));
    }
    (text, None)
}

/// A doctest's name: `src/lib.rs - Foo::bar (line 12)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocName {
    /// File, with `/`.
    pub path: String,
    /// Item, empty for the docs of a crate or a page.
    pub item: String,
    /// Line in the file.
    pub line: Option<usize>,
}

/// Reads a doctest's name; the line may be lacking, as in many published lists.
pub fn doc_name(name: &str) -> Option<DocName> {
    let name = without_kind(name.trim());
    let (rest, line) = match name.rfind("(line ") {
        Some(at) => (name[..at].trim_end(), Some(count(name[at + 6..].strip_suffix(')')?)?)),
        None => (name, None),
    };
    let (path, item) = match rest.split_once(" - ") {
        Some(parts) => parts,
        None => (rest.strip_suffix(" -")?, ""),
    };
    let file = path.contains('.') && !path.contains(' ') && !path.contains("::");
    (file || line.is_some()).then(|| DocName { path: slashes(path), item: item.trim().to_owned(), line })
}

/// A line of cargo's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A target that does not compile or does not exist.
    Build(String),
    /// A test program failed; how to run it again: `-p core --test a`.
    Rerun(String),
    /// Anything else that begins with `error`.
    Other,
}

/// Reads an error of cargo or rustc.
pub fn error(text: &str) -> Option<Error> {
    if text.starts_with("error[E") {
        return Some(Error::Other);
    }
    let rest = text.strip_prefix("error: ")?;
    if let Some(rest) = rest.strip_prefix("could not compile `") {
        let (name, rest) = rest.split_once('`')?;
        let target = rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
        return Some(Error::Build(match target {
            Some((target, _)) => format!("{name} ({target})"),
            None => name.to_owned(),
        }));
    }
    for (lead, what) in [("no test target named `", "test"), ("no bin target named `", "bin")] {
        if let Some((name, _)) = rest.strip_prefix(lead).and_then(|rest| rest.split_once('`')) {
            return Some(Error::Build(format!("{what} \"{name}\"")));
        }
    }
    if let Some((name, _)) =
        rest.strip_prefix("failed to run custom build command for `").and_then(|rest| rest.split_once('`'))
    {
        return Some(Error::Build(format!("{name} (build script)")));
    }
    if let Some(rest) = rest
        .strip_prefix("test failed, to rerun pass ")
        .or_else(|| rest.strip_prefix("doctest failed, to rerun pass "))
    {
        // Cargo of before 2022 wrote '--test a' in straight quotes.
        return Some(Error::Rerun(rest.trim_matches(['`', '\'']).to_owned()));
    }
    let ending =
        rest.ends_with(" failed:") || rest.starts_with("test failed") || rest.starts_with("doctest failed");
    (!ending).then_some(Error::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(path: Option<&str>, stem: &str) -> Header {
        Header::Binary { path: path.map(str::to_owned), stem: stem.to_owned() }
    }

    #[test]
    fn headers_of_all_times() {
        let cases = [
            (
                "     Running unittests src/lib.rs (target/debug/deps/x-0123456789abcdef)",
                binary(Some("src/lib.rs"), "x"),
            ),
            (
                "     Running tests/a.rs (target/debug/deps/a_b-0123456789abcdef)",
                binary(Some("tests/a.rs"), "a_b"),
            ),
            ("     Running unittests (target/debug/deps/x-0123456789abcdef)", binary(None, "x")),
            ("     Running target/debug/deps/x-0123456789abcdef", binary(None, "x")),
            ("     Running `A=1 /r/target/debug/deps/x-0123456789abcdef --nocapture`", binary(None, "x")),
            (
                r"     Running tests\a.rs (target\debug\deps\a-0123456789abcdef.exe)",
                binary(Some("tests/a.rs"), "a"),
            ),
            ("   Doc-tests my_crate", Header::Doc { krate: "my_crate".to_owned() }),
        ];
        for (text, expected) in cases {
            assert_eq!(header(text).map(|(header, _)| header), Some(expected), "{text}");
        }
        for text in [
            "     Running `rustc --crate-name x target/debug/deps/libx-0123456789abcdef.rmeta`",
            "     Running the engine (fast)",
            "Running tests",
            "   Doc-tests ",
        ] {
            assert_eq!(header(text), None, "{text}");
        }
    }

    #[test]
    fn results() {
        let cases = [
            ("ok", Some((Status::Passed, None))),
            ("ok <0.012s>", Some((Status::Passed, Some(0.012)))),
            ("FAILED", Some((Status::Failed, None))),
            ("ignored", Some((Status::Skipped, None))),
            ("ignored, needs <a> net", Some((Status::Skipped, None))),
            ("bench:         123 ns/iter (+/- 4)", Some((Status::Passed, None))),
            ("okay", None),
            ("", None),
            ("test fake ... ok", None),
        ];
        for (text, expected) in cases {
            assert_eq!(result(text), expected, "{text}");
        }
    }

    #[test]
    fn names() {
        assert_eq!(test("test a::b - should panic ... ok"), Some(("a::b", "ok")));
        assert_eq!(test("test x ... "), Some(("x", "")));
        assert_eq!(test("test x ..."), Some(("x", "")));
        assert_eq!(test("test result: ok. 1 passed"), None);
        assert_eq!(test("test x has been running for over 60 seconds"), None);
        let doc = |path: &str, item: &str, line| {
            Some(DocName { path: path.to_owned(), item: item.to_owned(), line })
        };
        assert_eq!(doc_name("src/lib.rs - Foo::bar (line 12)"), doc("src/lib.rs", "Foo::bar", Some(12)));
        assert_eq!(doc_name("src/lib.rs - (line 3) - compile fail"), doc("src/lib.rs", "", Some(3)));
        assert_eq!(doc_name("src/lib.rs -"), doc("src/lib.rs", "", None));
        assert_eq!(doc_name("src/a.rs - a::B - compile"), doc("src/a.rs", "a::B", None));
        assert_eq!(doc_name("tests::adds"), None);
        assert_eq!(doc_name("advance - should panic"), None);
    }

    #[test]
    fn summaries_and_errors() {
        let text = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 4 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(summary(text), Some(Summary { passed: 3, failed: 1, ignored: 2, measured: 4 }));
        assert_eq!(summary("test result: ok. 3 passed; 1 fai"), None);
        assert_eq!(
            error("error: could not compile `x` (test \"a\") due to 1 previous error"),
            Some(Error::Build("x (test \"a\")".to_owned()))
        );
        assert_eq!(error("error: could not compile `x`"), Some(Error::Build("x".to_owned())));
        assert_eq!(
            error("error: test failed, to rerun pass `-p x --test a`"),
            Some(Error::Rerun("-p x --test a".to_owned()))
        );
        assert_eq!(
            error("error: test failed, to rerun pass '--lib'"),
            Some(Error::Rerun("--lib".to_owned()))
        );
        assert_eq!(error("error: 2 targets failed:"), None);
    }
}
