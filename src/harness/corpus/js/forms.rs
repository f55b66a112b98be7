//! One project in all forms of a runner's output: the ids agree, and so do the statuses.

use super::*;

/// Statuses with the root of the project known.
fn statuses(name: &str, root: &str) -> Statuses {
    let context = ReadContext { packages: vec![], root: Some(root.to_owned()) };
    let log = bytes(name);
    let format = OURS.iter().find(|format| name.starts_with(format.name())).unwrap();
    let all = read_in(*format, &log, &context).statuses();
    // Titles that end in a duration are compared as lists are. Forged tests and files that stand for their tests aside.
    all.into_iter()
        .filter(|(id, _)| id.contains(" > ") && !id.contains("forged") && !id.contains("fake"))
        .map(|(id, status)| (ids::normal(&id), status))
        .collect()
}

/// What JSON alone tells.
fn told_by_text(mut all: Statuses) -> Statuses {
    for status in all.values_mut() {
        *status = match *status {
            Status::Xfailed => Status::Passed,
            Status::Xpassed => Status::Failed,
            other => other,
        };
    }
    all
}

#[test]
fn jest_verbose_and_json() {
    for (version, root) in [("29.7.0", "/tmp/jsl/j29"), ("30.5.2", "/tmp/jsl/j30")] {
        let text = statuses(&format!("jest-{version}-verbose"), root);
        let mut json = told_by_text(statuses(&format!("jest-{version}-json"), root));
        // A file with a broken hook is told tersely even in verbose text.
        json.retain(|id, status| !(id.starts_with("test/hooks") && status.holds()));
        assert_eq!(text, json, "{version}");
    }
}

#[test]
fn vitest_verbose_tree_and_json() {
    for (version, root) in [("3.2.7", "/tmp/jsl/v3"), ("4.1.12", "/tmp/jsl/v4")] {
        let json = statuses(&format!("vitest-{version}-json"), root);
        let mut verbose = statuses(&format!("vitest-{version}-verbose"), root);
        verbose.retain(|_, status| *status != Status::Errored);
        assert_eq!(verbose, json, "{version}");
    }
    let mut tree = statuses("vitest-4.1.12-tree", "");
    tree.retain(|_, status| *status != Status::Errored);
    assert_eq!(tree, statuses("vitest-4.1.12-json", "/tmp/jsl/v4"));
    // Version 1 names no skipped tests in verbose text.
    let mut json = statuses("vitest-1.6.1-json", "/tmp/jsl/v1");
    json.retain(|_, status| *status != Status::Skipped);
    let mut verbose = statuses("vitest-1.6.1-verbose", "");
    verbose.retain(|_, status| *status != Status::Errored);
    assert_eq!(verbose, json);
}

#[test]
fn terse_text_tells_nothing_else_than_json() {
    for (terse, json, root) in [
        ("jest-29.7.0-default", "jest-29.7.0-json", "/tmp/jsl/j29"),
        ("jest-30.5.2-default", "jest-30.5.2-json", "/tmp/jsl/j30"),
        ("vitest-1.6.1-default", "vitest-1.6.1-json", "/tmp/jsl/v1"),
        ("vitest-3.2.7-default", "vitest-3.2.7-json", "/tmp/jsl/v3"),
        ("vitest-4.1.12-default", "vitest-4.1.12-json", "/tmp/jsl/v4"),
    ] {
        let whole = told_by_text(statuses(json, root));
        let mut terse = statuses(terse, root);
        terse.retain(|_, status| *status != Status::Errored);
        assert!(!terse.is_empty());
        for (id, status) in &terse {
            assert_eq!(whole.get(id), Some(status), "{id}");
        }
        // Every failure is named.
        for (id, _) in whole.iter().filter(|(_, status)| **status == Status::Failed) {
            assert!(terse.contains_key(id), "{id}");
        }
    }
}

#[test]
fn mocha_spec_and_json() {
    for (version, root) in [("10.8.2", "/tmp/jsl/m10"), ("11.8.0", "/tmp/jsl/m11")] {
        let flat = |id: &str| id.replace("::", " ");
        let all = |name: String| -> Statuses {
            let context = ReadContext { packages: vec![], root: Some(root.to_owned()) };
            let mut out = Statuses::new();
            for test in read_in(Format::Mocha, &bytes(&name), &context).tests {
                // Text names no files; JSON joins suites by blanks.
                let id = test
                    .id
                    .strip_prefix("test/")
                    .and_then(|id| Some(id.split_once(" > ")?.1))
                    .unwrap_or(&test.id);
                let id = flat(&ids::normal(id));
                out.entry(id).and_modify(|s| *s = s.worst(test.status)).or_insert(test.status);
            }
            out
        };
        assert_eq!(all(format!("mocha-{version}-spec")), all(format!("mocha-{version}-json")), "{version}");
    }
}

#[test]
fn node_spec_and_tap() {
    for (spec, tap) in [
        ("node-20.20.2-spec", "tap-13-node-20.20.2"),
        ("node-20.20.2-crash", "tap-13-node-20.20.2-crash"),
        ("node-20.20.2-crash", "node-20.20.2-color"),
    ] {
        let mut tap = statuses(tap, "/tmp/jsl/n20");
        tap.remove("parent");
        assert_eq!(statuses(spec, "/tmp/jsl/n20"), tap, "{spec}");
    }
}

/// A log with every line changed.
fn lines(log: &[u8], mut change: impl FnMut(usize, &str) -> String) -> Vec<u8> {
    let text = String::from_utf8_lossy(log);
    text.lines().enumerate().map(|(at, line)| change(at, line)).collect::<String>().into_bytes()
}

#[test]
fn line_ends_stamps_colours_and_prefixes_change_nothing() {
    for (format, name) in ours() {
        let log = bytes(&name);
        let plain = read(format, &log);
        let shown = show(&plain);
        let variants = [
            ("crlf", lines(&log, |_, line| format!("{line}\r\n"))),
            ("stamps", lines(&log, |at, line| format!("2026-11-23T10:00:{:02}.1234567Z {line}\n", at % 60))),
            ("mark", [b"\xef\xbb\xbf".as_slice(), &log].concat()),
            ("bold", lines(&log, |_, line| format!("\u{1b}[1m{line}\u{1b}[22m\n"))),
            (
                "progress",
                lines(
                    &log,
                    |_, line| if line.is_empty() { "\n".to_owned() } else { format!("1 of 2\r{line}\n") },
                ),
            ),
        ];
        for (variant, changed) in variants {
            assert_eq!(show(&read(format, &changed)), shown, "{name} {variant}");
        }
        if log.contains(&b'\0') || name.contains("turbo") || name.contains("pnpm") {
            continue;
        }
        let prefixed = lines(&log, |_, line| format!("@ws/app:test: {line}\n"));
        assert_eq!(show(&read(format, &prefixed)), shown, "{name} turbo");
        assert_eq!(detect(&prefixed).map(|found| found.0), Some(format), "{name} turbo");
    }
}

#[test]
fn a_log_twice_says_the_same() {
    for (format, name) in ours() {
        let log = bytes(&name);
        let once = read(format, &log).statuses();
        let twice = read(format, &[log.as_slice(), &log].concat()).statuses();
        for (id, status) in &twice {
            // A log that was cut may join its last line to the first of the next.
            if let Some(before) = once.get(id) {
                assert!(!status.holds() || before.holds() || *before == Status::Unreached, "{name} {id}");
            }
        }
        let lost = once.iter().filter(|(id, status)| status.holds() && !twice.contains_key(*id)).count();
        assert_eq!(lost, 0, "{name}");
    }
}
