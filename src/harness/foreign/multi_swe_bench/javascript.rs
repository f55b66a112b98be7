//! JavaScript and TypeScript: rules of mocha, jest and vitest readers, and the readers that follow suites.
//!
//! In: a text. Out: sets. Nearly every repository has patterns of its own for the same few symbols.
//!
//! Invariant: as in `rules`; readers that follow suites name a test by its suites and title.

use std::collections::BTreeMap;

use super::rules::{COLOUR, Join, PLAIN, Rules, STRIPPED, read, tidy};
use super::sets::Sets;
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{at_start, group, search};
use crate::harness::foreign::text::{indent, splitlines, strip};

const TICK: &str = r"\s*[✔✓]\s+(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$";
const CROSS: &str = r"\s*[×✗]\s+(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$";
const NUMBER: &str = r"\s*\d+\)\s+(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$";
const NUMBER_FIRST: &str = r"^\s*\d+\)\s+(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$";
const SKIP_WORD: &str = r"SKIP:?\s?(.+?)\s";

pub(super) const LIGHTHOUSE: Rules = Rules {
    ansi: COLOUR,
    search: true,
    pass: &[r"PASS:?\s+([^\(]+)", TICK],
    fail: &[r"FAIL:?\s+([^\(]+)", CROSS, NUMBER],
    skip: &[r"SKIP:?\s+([^\(]+)"],
    join: Join::FailWins,
    ..PLAIN
};

/// Looked for from the start of stripped lines, for `prism` and its like.
pub(super) const PRISM: Rules =
    Rules { strip: true, fail: &[r"FAIL:?\s+([^\(]+)", CROSS, NUMBER_FIRST], ..LIGHTHOUSE };

pub(super) const NEXT: Rules = Rules {
    fail: &[r"FAIL:?\s+([^\(]+)", r"\s*[×✗✖]\s+(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$", NUMBER_FIRST],
    ..PRISM
};

pub(super) const QUARTO: Rules = Rules {
    pass: &[r"PASS:?\s+([^\(]+)", TICK, r"^(.*?)(?:\s*\.\.\.)\s+ok(?:\W|$)"],
    fail: &[r"FAIL:?\s+([^\(]+)", CROSS, NUMBER_FIRST, r"^(.*?)(?:\s*\.\.\.)\s+FAILED(?:\W|$)"],
    ..PRISM
};

pub(super) const KATEX: Rules = Rules {
    pass: &[
        r"^PASS:?\s+(.+?)(?:\s+\(\d+(?:\.\d+)?\s*(?:ms|s)\))?$",
        r"✓\s+(\d+.*?)\s+\(\d+ms\)",
        r"^\s*[✓✔]\s+(.+)$",
    ],
    fail: &[
        r"^FAIL:?\s+(.+?)(?:\s+\(\d+(?:\.\d+)?\s*(?:ms|s)\))?$",
        r"✕\s+(\d+.*?)\s+\(\d+ms\)",
        r"^\s*[×✗]\s+(.+)$",
    ],
    skip: &[SKIP_WORD],
    join: Join::FailWins,
    ..PLAIN
};

pub(super) const JEST: Rules = Rules {
    pass: &[r"^PASS:?\s+(.+?)(?:\s+\(\d+(\.\d+)?s\))?$", r"✓\s+(\d+.*?)\s+\(\d+ms\)", r"^\s*[✓✔]\s+(.+)$"],
    fail: &[r"^FAIL:?\s+(.+?)(?:\s+\(\d+(\.\d+)?s\))?$", r"✕\s+(\d+.*?)\s+\(\d+ms\)", r"^\s*[×✗]\s+(.+)$"],
    ..KATEX
};

pub(super) const REACT: Rules = Rules {
    strip: true,
    pass: &[r"^PASS:?\s+([^\(]+)", r"^[\s]*[✔✓]\s+(.*?)(?:\s+\([\d\.]+\s*\w+\))?$"],
    fail: &[r"^FAIL:?\s+([^\(]+)", r"✕\s+(\d+.*?)\s+\(\d+ms\)", r"^\s*[×✗]\s+(.+)$"],
    ..KATEX
};

pub(super) const KIT: Rules = Rules {
    pass: &[r"^PASS:?\s+([^\(]+)", r"^\s*[✔✓]\s+(?:\d+\s+)?(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$"],
    fail: &[r"^FAIL:?\s+([^\(]+)", r"\s*[×✗✘]\s+(?:\d+\s+)?(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$"],
    ..KATEX
};

pub(super) const METAMASK: Rules = Rules {
    pass: &[
        r"^PASS:?\s+([^\(]+)",
        r"^\s*[✓✔]\s+\d+\s+\[.*?\]\s+›\s+(.+?)\s+\(\d+ms\)$",
        r"^\s*[✓✔]\s+(.+?)(?:\s+\d+ms)?$",
    ],
    fail: &[
        r"^FAIL:?\s+([^\(]+)",
        r"^\s*[×✗✘]\s+\d+\s+\[.*?\]\s+›\s+(.+?)\s+\(\d+ms\)$",
        r"^\s*[×✗]\s+(.+?)(?:\s+\d+ms)?$",
    ],
    ..KATEX
};

pub(super) const CALYPSO: Rules =
    Rules { pass: &[r"PASS:?\s?(.+?)\s"], fail: &[r"FAIL:?\s?(.+?)\s"], ..KATEX };

pub(super) const SWAGGER: Rules = Rules {
    ansi: COLOUR,
    strip: true,
    strip_name: true,
    pass: &[r"^PASS:?\s+([^\(]+)", TICK],
    fail: &[r"^FAIL:?\s+([^\(]+)", CROSS, NUMBER],
    skip: &[SKIP_WORD],
    join: Join::FailWins,
    ..PLAIN
};

pub(super) const PAYLOAD: Rules = Rules {
    pass: &[r"^\[PASS\]:?\s+(.+?)(?:\s+\(\d+(?:\.\d+)?\s*(?:ms|s)\))?$", TICK],
    fail: &[r"^\[FAIL\]:?\s+(.+?)(?:\s+\(\d+(?:\.\d+)?\s*(?:ms|s)\))?$", CROSS, NUMBER],
    ..SWAGGER
};

pub(super) const LEXICAL: Rules = Rules {
    pass: &[
        r"^PASS:?\s+(.+?)(?:\s+\(\d+(?:\.\d+)?\s*(?:ms|s)\))?$",
        r"^\s*[✔✓]\s+(?:\d+\s+)?(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$",
    ],
    fail: &[
        r"^FAIL:?\s+(.+?)(?:\s+\(\d+(?:\.\d+)?\s*(?:ms|s)\))?$",
        r"\s*[×✗✘✖]\s+(?:\d+\s+)?(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$",
        NUMBER,
    ],
    skip: &[SKIP_WORD, r"^[\s]*[-]\s+(.*?)(?:\s+\([\d\.]+\s*\w+\))?$"],
    ..SWAGGER
};

pub(super) const HOOK_FORM: Rules = Rules {
    pass: &[r"^PASS:?\s+([^\(]+)", r"^[\s]*[✔✓]\s+(.*?)(?:\s+\([\d\.]+\s*\w+\))?$"],
    fail: &[r"^FAIL:?\s+([^\(]+)", r"^[\s]*[✖✘]\s+(.*?)(?:\s+\([\d\.]+\s*\w+\))?$"],
    skip: &[SKIP_WORD, r"^[\s]*[-]\s+(.*?)(?:\s+\([\d\.]+\s*\w+\))?$"],
    ..SWAGGER
};

pub(super) const INSOMNIA: Rules = Rules {
    pass: &[
        r"^✓ (.+?)(?:\s\(\d+\s+tests\))?(?:\s*\(?\d*\.?\d+\s*\w+\)?)?$",
        r"^PASS (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$",
    ],
    fail: &[r"^FAIL (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$"],
    ..STRIPPED
};

pub(super) const AXIOS: Rules = Rules {
    pass: &[r"^✔ (.+?)(?:\s\(\d*\.?\d*\s*\w+\))?$"],
    fail: &[r"^\d+\) (.+?)(?:\s\(\d*\.?\d*\s*\w+\))?$"],
    ..STRIPPED
};

pub(super) const OPENMCT: Rules = Rules {
    ansi: COLOUR,
    strip: true,
    strip_name: true,
    pass: &[r"^[\s]*[✔✓]\s+(.*?)(?:\s+\([\d\.]+\s*\w+\))?$"],
    fail: &[r"^[\s]*✖\s+(.*?)(?:\s+\([\d\.]+\s*\w+\))?$", r"^\s*\d+\)\s*(.+)$"],
    skip: &[r"^\s*-\s+(.*)$"],
    join: Join::FailuresFirst,
    ..PLAIN
};

pub(super) const VSCODE: Rules = Rules {
    fail: &[
        r"^[\s]*✖\s+(.*?)(?:\s+\([\d\.]+\s*\w+\))?$",
        r#"^\s*\d+\)\s*\".*? hook for \"(.*?)\"$"#,
        r"^\s*\d+\)\s*(.+)$",
    ],
    ..OPENMCT
};

pub(super) const SVELTE: Rules = Rules {
    pass: &[r"^✓ (.+?)(?:\s*\d*\.?\d+\s*(?:ms|s|m))?$"],
    fail: &[r"^× (.+?)(?:\s*\d*\.?\d+\s*(?:ms|s|m))?$"],
    ..STRIPPED
};

pub(super) const COMMANDER: Rules = Rules {
    pass: &[r"^PASS (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$", r"\x1b\[90m\s+(.+?\.js)\x1b\[0m\s+\x1b\[36m✓\x1b\[0m"],
    fail: &[r"^FAIL (.+?)$", r"\x1b\[90m\s+(.+?\.js)\x1b\[0m\s+\x1b\[31m✖\x1b\[0m"],
    ..STRIPPED
};

/// Files only.
pub(super) const ZOD: Rules = Rules {
    pass: &[r"^PASS (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$"],
    fail: &[r"^FAIL (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$"],
    ..STRIPPED
};

pub(super) const REDUX: Rules = Rules {
    pass: &[r"^PASS (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$", r"^✓ (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$"],
    fail: &[r"^FAIL (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$", r"^\d+\) (.+?)(?:\s\(\d*\.?\d*\s*\w+\))?$"],
    ..STRIPPED
};

pub(super) const TYPESCRIPT: Rules = Rules {
    ansi: COLOUR,
    pass: &[r"^\s*[✔✓]\s+(.*?)(?::\s*\d+ms)?$"],
    fail: &[r"^\s*[✘×𐄂]\s+(.*?)(?::\s*\d+ms)?$"],
    join: Join::First,
    ..PLAIN
};

pub(super) const NUXT: Rules = Rules { pass: &[r"^✓\s+(.+?)\s"], fail: &[r"^❯\s+(.+?)\s"], ..STRIPPED };

pub(super) const TRPC: Rules = Rules {
    pass: &[
        r"@trpc/tests:test-ci: \[0\]\s+\x1b\[32m✓\x1b\[39m\s+([^\s]+)",
        r"\[0\]\s+\x1b\[32m✓\x1b\[39m\s+\x1b\[32m\|tests\|\x1b\[39m\s+([^\s]+)",
    ],
    fail: &[
        r"@trpc/tests:test-ci: \[0\]\s+\x1b\[33m❯\x1b\[39m\s+([^\s]+)",
        r"\[0\]\s+\x1b\[33m❯\x1b\[39m\s+\x1b\[32m\|tests\|\x1b\[39m\s+([^\s]+)",
    ],
    ..STRIPPED
};

pub(super) const VUE: Rules = Rules { pass: &[r"^√ (.+)$"], fail: &[r"^× (.+)$"], ..STRIPPED };

/// `prism` and its like: one more test that stands for all. Python forbids what the package does where a test that is
/// to be ignored failed.
pub(super) fn with_total(text: &str, rules: &Rules, ignored: &[&str]) -> Result<Sets, Raised> {
    let mut sets = read(text, rules);
    if ignored.iter().any(|name| sets.failed.contains_key(*name)) {
        return Err(Raised::new("RuntimeError", "a set changed while it was gone through"));
    }
    total(&mut sets);
    Ok(sets)
}

fn total(sets: &mut Sets) {
    match sets.failed.values().copied().max() {
        Some(at) => sets.failed.insert("ToTal_Test".to_owned(), at),
        None => sets.passed.insert("ToTal_Test".to_owned(), sets.passed.values().copied().max().unwrap_or(0)),
    };
}

/// As `prism`, with names cut where two blanks follow their first word.
pub(super) fn next(text: &str) -> Sets {
    let cut = at_start(r"^(\S+)\s{2,}");
    let mut sets = read(text, &NEXT);
    for set in [&mut sets.passed, &mut sets.failed] {
        *set = std::mem::take(set)
            .into_iter()
            .map(|(name, at)| (group(cut, &name).unwrap_or(strip(&name)).to_owned(), at))
            .collect();
    }
    total(&mut sets);
    sets
}

/// File lines of jest, of lines that are not too long.
pub(super) fn carbon(text: &str) -> Sets {
    let colour = search(r"\x1b\[[0-9;]*m");
    let [pass, fail, skip] = [r"PASS:?\s+([^\(]+)", r"FAIL:?\s+([^\(]+)", r"SKIP:?\s+([^\(]+)"].map(search);
    let mut sets = Sets::default();
    for (at, line) in splitlines(text) {
        let line = tidy(line, Some(colour), false);
        if line.chars().count() >= 300 {
            continue;
        }
        if let Some(name) = group(pass, &line).map(strip)
            && !sets.failed.contains_key(name)
        {
            sets.passed.insert(name.to_owned(), at);
        }
        if let Some(name) = group(fail, &line).map(strip) {
            sets.passed.remove(name);
            sets.failed.insert(name.to_owned(), at);
        }
        if let Some(name) = group(skip, &line) {
            sets.skipped.insert(name.to_owned(), at);
        }
    }
    sets
}

/// react-jsonschema-form: patterns may begin anywhere, and a bundler's `built in` is no test.
pub(super) fn rjsf(text: &str) -> Sets {
    const RULES: Rules = Rules {
        search: true,
        pass: &[r"^PASS:?\s+([^\(]+)", r"\s*[✓✔]\s+(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$"],
        fail: &[r"^FAIL:?\s+([^\(]+)", r"\s*[×✗✖✘]\s+(.*?)(?:\s*\(\d+(?:\.\d+)?\s*(?:ms|s)\))?\s*$", NUMBER],
        skip: &[],
        ..SWAGGER
    };
    let mut sets = read(text, &RULES);
    sets.passed.retain(|name, _| !name.contains("built in"));
    sets
}

/// Patterns of jest's verbose form: a file that passed, one that failed, a test that passed, one that failed.
pub(super) const DAYJS: [&str; 4] = [
    r"^PASS (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$",
    r"^FAIL (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$",
    r"^✓ (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$",
    r"^✕ (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$",
];
pub(super) const DARKREADER: [&str; 4] = [
    r"^PASS (\S+)(\s*\(.+\))?$",
    r"^FAIL (\S+)(\s*\(.+\))?$",
    r"^✓ (.+?)(\s+\(.+\))?$",
    r"^✕ (.+?)(\s+\(.+\))?$",
];

/// jest's verbose form: files, and tests qualified by file. A test before any file is an exception.
pub(super) fn by_file(text: &str, patterns: &[&'static str; 4]) -> Result<Sets, Raised> {
    let [file_passed, file_failed, passed, failed] = patterns.map(at_start);
    let mut sets = Sets::default();
    let mut file: Option<String> = None;
    for (at, line) in splitlines(text) {
        let line = strip(line);
        if let Some(name) = group(file_passed, line) {
            file = Some(name.to_owned());
            sets.passed.insert(name.to_owned(), at);
        }
        if let Some(name) = group(file_failed, line) {
            file = Some(name.to_owned());
            sets.failed.insert(name.to_owned(), at);
        }
        for (pattern, set) in [(&passed, &mut sets.passed), (&failed, &mut sets.failed)] {
            let Some(title) = group(pattern, line) else { continue };
            let Some(file) = &file else {
                return Err(Raised::new("ValueError", format!("a test before any file: {line}")));
            };
            set.insert(format!("{file}:{title}"), at);
        }
    }
    Ok(sets)
}

/// mocha's tree, each line a step in it: every indentation gets the level after that of the next smaller one when it is
/// first seen, and keeps it.
pub(super) fn tree(text: &str, pattern: &'static str, between: &str, sets: &mut Sets) {
    let pattern = at_start(pattern);
    let mut levels: BTreeMap<usize, usize> = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    for (at, line) in splitlines(text) {
        let Some(found) = pattern.captures(line) else { continue };
        let (Some(spaces), Some(name)) = (found.get(1), found.get(3)) else { continue };
        let name = strip(name.as_str());
        if name.is_empty() {
            continue;
        }
        let depth = spaces.as_str().chars().count();
        let above = levels.range(..depth).next_back().map_or(0, |(_, level)| level + 1);
        let level = *levels.entry(depth).or_insert(above);
        path.truncate(level);
        path.push(name.to_owned());
        match found.get(2).map(|status| status.as_str()) {
            None => {}
            Some(status) if status.ends_with(')') => {
                sets.failed.insert(path.join(between), at);
            }
            Some(_) => {
                sets.passed.insert(path.join(between), at);
            }
        }
    }
}

/// Old releases of async print nodeunit's ticks instead.
pub(super) fn caolan_async(text: &str, number: u64) -> Sets {
    let mut sets = Sets::default();
    if number <= 1142 {
        let passed = search(r"(?m)^✔\s+(.+)$");
        let failed = search(r"(?m)\[31m✖\s+(.+?)(?:\[39m|$)");
        for (pattern, set) in [(passed, &mut sets.passed), (failed, &mut sets.failed)] {
            for name in pattern.captures_iter(text).filter_map(|found| found.get(1)) {
                set.insert(format!("test-async.js:{}", strip(name.as_str())), name.start());
            }
        }
    }
    tree(text, r"^(\s*)(?:(✓|[0-9]+\))\s+)?(.*?)(?:\s+\([0-9]+ms\))?$", ":", &mut sets);
    sets
}

/// node's TAP with subtests.
pub(super) fn zx(text: &str) -> Sets {
    let subtest = at_start(r"^(\s*)# Subtest:\s*(.+)");
    let result = at_start(r"^\s*(ok|not ok)\s+\d+\s+-\s+(.+)");
    let mut sets = Sets::default();
    let mut stack: Vec<String> = Vec::new();
    for (at, line) in splitlines(text) {
        if let Some(found) = subtest.captures(line) {
            stack.truncate(found[1].chars().count() / 4);
            stack.push(strip(&found[2]).to_owned());
        } else if let Some(found) = result.captures(line) {
            let above = stack.split_last().map_or(&[][..], |(_, above)| above);
            let name =
                above.iter().map(String::as_str).chain([strip(&found[2])]).collect::<Vec<_>>().join(":");
            let set = if &found[1] == "ok" { &mut sets.passed } else { &mut sets.failed };
            set.insert(name, at);
        }
    }
    sets
}

/// node's spec reporter.
pub(super) fn marked(text: &str) -> Sets {
    let suite = at_start(r"^▶ (.+)$");
    let passed = at_start(r"^✔ (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$");
    let failed = at_start(r"^✖ (.+?)(?:\s\(\d*\.?\d+\s*\w+\))?$");
    let mut sets = Sets::default();
    let mut stack: Vec<&str> = Vec::new();
    for (at, line) in splitlines(text) {
        let depth = indent(line);
        let line = strip(line);
        if let Some(title) = group(suite, line) {
            if depth == 0 {
                stack.clear();
            }
            stack.push(title);
            continue;
        }
        let (title, set) = if let Some(title) = group(passed, line) {
            (title, &mut sets.passed)
        } else if let Some(title) = group(failed, line) {
            (title, &mut sets.failed)
        } else {
            continue;
        };
        let above = stack.join(":");
        let name = match stack[..] {
            [only] if only == title => title.to_owned(),
            _ if above.is_empty() => title.to_owned(),
            _ => format!("{above}:{title}"),
        };
        set.insert(name, at);
    }
    sets
}
