//! biome: its rules over the tree through its annotations for code hosts, its formatter file by file.
//!
//! Its JSON gives places as byte offsets and is called unstable by its makers; the annotations give lines.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::package::{Package, ends};
use super::{
    Call, Finding, Level, Linter, Reading, Way, in_tree, is_syntax_error, last_line, quote, stopped,
};
use crate::patch::Tree;
use crate::sandbox::StepOutput;

const SETTINGS: &[&str] = &["biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc"];

/// Row of [`super::LINTERS`].
pub(super) const BIOME: Linter = Linter {
    name: Cow::Borrowed("biome"),
    languages: &["typescript", "javascript"],
    settings: SETTINGS,
    detect: |tree| is_used(tree) && is_on(tree, "linter"),
    way: Way::Tree { command: Call::Made(command), read },
    version: Some(VERSION),
};

/// Row of [`super::LINTERS`].
pub(super) const BIOME_FORMAT: Linter = Linter {
    name: Cow::Borrowed("biome-format"),
    languages: &["typescript", "javascript"],
    settings: SETTINGS,
    detect: |tree| is_used(tree) && is_on(tree, "formatter"),
    way: Way::Format { command: format, list: None },
    version: Some(VERSION),
};

const VERSION: &str = "node_modules/.bin/biome --version";

fn is_used(tree: &dyn Tree) -> bool {
    SETTINGS.iter().any(|name| tree.blob(name).is_some()) || Package::of(tree).needs("@biomejs/biome")
}

/// Whether a part of it is not switched off.
fn is_on(tree: &dyn Tree, part: &str) -> bool {
    let text = SETTINGS.iter().find_map(|name| tree.blob(name));
    let parsed = text
        .and_then(|blob| json5::from_str::<serde_json::Value>(&String::from_utf8_lossy(&blob.bytes)).ok());
    parsed.is_none_or(|value| value.get(part).and_then(|part| part.get("enabled")) != Some(&false.into()))
}

fn command(_: &dyn Tree) -> String {
    "node_modules/.bin/biome lint --reporter=github --colors=off --max-diagnostics=none .".to_owned()
}

fn format(_: &dyn Tree, path: &str) -> Option<String> {
    let endings = ["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "css", "graphql"];
    ends(path, &endings)
        .then(|| format!("node_modules/.bin/biome format --colors=off --stdin-file-path={}", quote(path)))
}

fn read(output: &StepOutput) -> Reading {
    let unusable = |why| Reading { unusable: Some(why), ..Reading::default() };
    if let Some(why) = stopped(output, &[0, 1]) {
        return unusable(why);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let findings: BTreeSet<Finding> = text.lines().filter_map(finding).collect();
    // Settings that it cannot read, say: it fails and names no place.
    if findings.is_empty() && output.ended != crate::sandbox::Ended::Exited(0) {
        return unusable(last_line(&output.stderr));
    }
    let build_failed = findings.iter().any(is_syntax_error);
    Reading { findings: findings.into_iter().collect(), build_failed, unusable: None }
}

/// `::error title=lint/a/b,file=src/a.ts,line=2,…::Message`.
fn finding(line: &str) -> Option<Finding> {
    let (level, rest) = line.strip_prefix("::")?.split_once(' ')?;
    let (attributes, message) = rest.split_once("::")?;
    let attribute = |name: &str| {
        attributes
            .split(',')
            .filter_map(|one| one.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, v)| plain(v))
    };
    Some(Finding {
        tool: "biome".to_owned(),
        rule: attribute("title")?,
        level: match level {
            "error" => Level::Error,
            "warning" => Level::Warning,
            _ => Level::Note,
        },
        file: in_tree(&attribute("file")?)?,
        line: attribute("line")?.parse().ok()?,
        message: plain(message).lines().next().unwrap_or_default().to_owned(),
    })
}

/// A text without the escapes of annotations.
fn plain(text: &str) -> String {
    [("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
        .iter()
        .fold(text.to_owned(), |text, (code, letter)| text.replace(code, letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::{output, tree};

    #[test]
    fn annotations_are_read() {
        let log = "::error title=lint/suspicious/noDoubleEquals,file=/kerf/tree/src/a.ts,line=2,endLine=2,col=9,endColumn=11::Using == may be unsafe%2C 100%25.\n\
            noise\n::warning title=lint/style/useConst,file=src/b.ts,line=7,endLine=7,col=1,endColumn=2::Only once.\n";
        let reading = read(&output(log, "", 1));
        let shown: Vec<String> = reading
            .findings
            .iter()
            .map(|f| format!("{}:{} {} {}", f.file, f.line, f.rule, f.message))
            .collect();
        assert_eq!(
            shown,
            [
                "src/b.ts:7 lint/style/useConst Only once.",
                "src/a.ts:2 lint/suspicious/noDoubleEquals Using == may be unsafe, 100%.",
            ]
        );
        assert!(!reading.build_failed);
        let broken = "::error title=parse,file=src/b.ts,line=1::Expected an expression\n";
        assert!(read(&output(broken, "", 1)).build_failed);
        assert!(read(&output("", "cannot read biome.json", 1)).unusable.is_some());
        assert!(read(&output("", "sh: not found", 127)).unusable.is_some());
    }

    #[test]
    fn parts_that_are_off_are_not_asked() {
        let tree = tree(&[("biome.jsonc", "{ // no\n \"formatter\": { \"enabled\": false } }")]);
        assert!((BIOME.detect)(&tree) && !(BIOME_FORMAT.detect)(&tree));
    }
}
