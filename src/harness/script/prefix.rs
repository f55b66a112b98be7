//! Prefixes that runners of many packages and CI services put before each line.
//!
//! In: a log. Out: its lines by package. A prefix counts only where the log shows it more than once, since titles and
//! messages look like one now and then.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::text::Log;
use super::Text;

/// Lines of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream<'l> {
    /// Name or folder of the package, where lines carry one.
    pub package: Option<&'l str>,
    /// Its lines.
    pub lines: Vec<Text<'l>>,
}

static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[^\t]{1,80}\t[^\t]{1,80}\t)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?")
        .expect("a constant")
});
/// turbo: `@scope/pkg:test: …`; pnpm: `packages/pkg test: …`; yarn: `[pkg]: …`.
static PACKAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:(@?[\w.\-]+(?:/[\w.\-]+)?):test(?::[\w.\-]+)*:(?: |$)|((?:[\w.\-]+/)*[\w.\-]+) test(?::[\w.\-]+)*[:$](?: |$)|\[(@?[\w.\-]+(?:/[\w.\-]+)?)\]:(?: |$))",
    )
    .expect("a constant")
});
static LERNA: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(@?[\w.\-]+(?:/[\w.\-]+)?):(?: |$)").expect("a constant"));

/// Without the time stamp of a CI service.
fn unstamped(text: &str) -> &str {
    let bytes = text.as_bytes();
    // Most lines have none: a digit or a tab tells before the pattern is tried.
    if !bytes.first().is_some_and(u8::is_ascii_digit) && !bytes.contains(&b'\t') {
        return text;
    }
    STAMP.find(text).map_or(text, |found| &text[found.end()..])
}

fn tagged(text: &str, lerna: bool) -> Option<(&str, &str)> {
    if !text.contains(':') && !text.contains('$') || text.starts_with(' ') {
        return None;
    }
    let found = PACKAGE.captures(text).or_else(|| if lerna { LERNA.captures(text) } else { None })?;
    let package = found.iter().skip(1).flatten().next()?;
    Some((package.as_str(), &text[found.get(0)?.end()..]))
}

/// The streams of a log, in the order of their first lines.
pub fn streams<'l>(log: &'l Log<'_>) -> Vec<Stream<'l>> {
    let mut lines: Vec<Text<'l>> = Vec::with_capacity(log.lines.len());
    for line in &log.lines {
        let text = unstamped(&line.text);
        match lines.last_mut() {
            // Of pieces that overwrite each other the last one with any text is what a terminal shows.
            Some(last) if last.number == line.number => {
                if !text.is_empty() {
                    last.text = text;
                }
            }
            _ => lines.push(Text { number: line.number, text }),
        }
    }
    let lerna = lines
        .iter()
        .any(|line| line.text.starts_with("lerna ") || line.text.contains("Lerna (powered by Nx)"));
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &lines {
        if let Some((package, _)) = tagged(line.text, lerna) {
            *times.entry(package).or_default() += 1;
        }
    }
    times.retain(|_, times| *times > 1);
    if times.is_empty() {
        return vec![Stream { package: None, lines }];
    }
    let mut out: Vec<Stream<'l>> = Vec::new();
    let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for line in lines {
        let (package, text) = match tagged(line.text, lerna) {
            Some((package, text)) if times.contains_key(package) => (Some(package), text),
            _ => (None, line.text),
        };
        let place = *places.entry(package).or_insert_with(|| {
            out.push(Stream { package, lines: Vec::new() });
            out.len() - 1
        });
        out[place].lines.push(Text { number: line.number, text });
    }
    out
}

/// Lines looked at from each end of a log to tell its format.
const SAMPLE: usize = 3000;

/// Lines near both ends of a log, without prefixes of any kind: enough to tell a format by.
pub fn sample<'l>(log: &'l Log<'_>) -> impl Iterator<Item = &'l str> {
    let all = log.lines.len();
    let tail = all.saturating_sub(SAMPLE).max(SAMPLE.min(all));
    log.lines[..SAMPLE.min(all)].iter().chain(&log.lines[tail..]).map(|line| {
        let text = unstamped(&line.text);
        tagged(text, false).map_or(text, |(_, text)| text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Shown = (Option<String>, Vec<(usize, String)>);

    fn shown(log: &str) -> Vec<Shown> {
        let log = Log::new(log.as_bytes());
        streams(&log)
            .into_iter()
            .map(|stream| {
                let lines = stream.lines.iter().map(|line| (line.number, line.text.to_owned())).collect();
                (stream.package.map(str::to_owned), lines)
            })
            .collect()
    }

    #[test]
    fn packages_are_told_apart() {
        let owned =
            |lines: &[(usize, &str)]| lines.iter().map(|(n, t)| (*n, (*t).to_owned())).collect::<Vec<_>>();
        assert_eq!(
            shown("@s/a:test: PASS x\nb:test: PASS y\n@s/a:test:   ✓ z\nb:test:\nTests: 1\n"),
            [
                (Some("@s/a".into()), owned(&[(1, "PASS x"), (3, "  ✓ z")])),
                (Some("b".into()), owned(&[(2, "PASS y"), (4, "")])),
                (None, owned(&[(5, "Tests: 1")])),
            ]
        );
        assert_eq!(
            shown("packages/a test$ jest\npackages/a test: PASS x\n"),
            [(Some("packages/a".into()), owned(&[(1, "jest"), (2, "PASS x")]))]
        );
        assert_eq!(
            shown("2026-11-23T10:00:00.1234567Z PASS x\njob\tstep\t2026-11-23T10:00:00Z   ✓ y\n1 test: z\n"),
            [(None, owned(&[(1, "PASS x"), (2, "  ✓ y"), (3, "1 test: z")]))]
        );
    }
}
