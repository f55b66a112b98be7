//! Rules of Rust, Go, Java, C, C++, PHP, Scala and Ruby readers that are nothing but patterns.
//!
//! In: nothing. Out: [`Rules`], one constant for each family.
//!
//! Invariant: patterns have the package's meaning; a dot that matches any character is meant.

use super::rules::{COLOUR, Join, PLAIN, Rules, STRIPPED};

pub(super) const CARGO: Rules = Rules {
    hints: &["test "],
    pass: &[r"test (\S+) ... ok"],
    fail: &[r"test (\S+) ... FAILED"],
    skip: &[r"test (\S+) ... ignored"],
    ..STRIPPED
};

pub(super) const GO: Rules = Rules {
    hints: &["--- ", "FAIL"],
    pass: &[r"--- PASS: (\S+)"],
    fail: &[r"--- FAIL: (\S+)", r"FAIL:?\s?(.+?)\s"],
    skip: &[r"--- SKIP: (\S+)"],
    join: Join::Strict,
    ..STRIPPED
};

pub(super) const GO_PARENT: Rules = Rules { join: Join::StrictParent, ..GO };

pub(super) const GRADLE: Rules = Rules {
    pass: &[
        r"^> Task :(\S+)$",
        r"^> Task :(\S+) UP-TO-DATE$",
        r"^> Task :(\S+) FROM-CACHE$",
        r"^(.+ > .+) PASSED$",
    ],
    fail: &[r"^> Task :(\S+) FAILED$", r"^(.+ > .+) FAILED$"],
    skip: &[r"^> Task :(\S+) SKIPPED$", r"^> Task :(\S+) NO-SOURCE$", r"^(.+ > .+) SKIPPED$"],
    join: Join::FailWins,
    ..PLAIN
};

pub(super) const GRADLE_NO_CACHE: Rules =
    Rules { pass: &[r"^> Task :(\S+)$", r"^> Task :(\S+) UP-TO-DATE$", r"^(.+ > .+) PASSED$"], ..GRADLE };

pub(super) const JIB: Rules = Rules { strip: true, join: Join::Strict, ..GRADLE };

pub(super) const OPENREFINE: Rules = Rules {
    pass: &[
        concat!(
            r"\[?(?:\x1B\[[0-9;]*m)?INFO(?:\x1B\[[0-9;]*m)?\]?\s+.*?Tests run:.*?[-]+ in ",
            r"(?:\x1B\[[0-9;]*m)?([a-zA-Z0-9_.]+)(?:\x1B\[[0-9;]*m)?"
        ),
        concat!(
            r"(?:\[\x1B\[[0-9;]*m)?INFO(?:\x1B\[[0-9;]*m)?\]?\s+([a-zA-Z0-9 \-_.]+?)\s+\.{3,}\s+",
            r"(?:\x1B\[[0-9;]*m)?SUCCESS"
        ),
    ],
    fail: &[
        concat!(
            r"\[?(?:\x1B\[[0-9;]*m)?ERROR(?:\x1B\[[0-9;]*m)?\]?\s+.*?Tests run:.*?[-]+ in ",
            r"(?:\x1B\[[0-9;]*m)?([a-zA-Z0-9_.]+)(?:\x1B\[[0-9;]*m)?"
        ),
        concat!(
            r"(?:\[\x1B\[[0-9;]*m)?INFO(?:\x1B\[[0-9;]*m)?\]?\s+([a-zA-Z0-9 \-_.]+?)\s+\.{3,}\s+",
            r"(?:\x1B\[[0-9;]*m)?FAILURE"
        ),
    ],
    join: Join::First,
    ..STRIPPED
};

pub(super) const KAFKA_UI: Rules = Rules {
    pass: &[
        r"\[INFO\]\s+Tests run:.*?in\s+([^\s]+)",
        r"\[INFO\]\s+([a-zA-Z0-9\-_.]+(?:\s+[0-9]+\.[0-9]+\.[^\s]+)?)\s+\.{3,}\s+SUCCESS",
    ],
    fail: &[
        r"\[ERROR\]\s+Tests run:.*?in\s+([^\s]+)",
        r"\[INFO\]\s+([a-zA-Z0-9\-_.]+(?:\s+[0-9]+\.[0-9]+\.[^\s]+)?)\s+\.{3,}\s+FAILURE",
    ],
    join: Join::First,
    ..STRIPPED
};

pub(super) const GRAYLOG: Rules = Rules { ansi: COLOUR, strip: false, ..KAFKA_UI };

pub(super) const CTEST: Rules = Rules {
    pass: &[r"^\d+/\d+\s*Test\s*#\d+:\s*(.*?)\s*\.+\s*Passed"],
    fail: &[r"^\d+/\d+\s*Test\s*#\d+:\s*(.*?)\s*\.+\s*\*+Failed"],
    ..STRIPPED
};

/// Times after `Failed` hide the failure.
pub(super) const CTEST_END: Rules =
    Rules { fail: &[r"^\d+/\d+\s*Test\s*#\d+:\s*(.*?)\s*\.+\s*\*+Failed$"], ..CTEST };

pub(super) const HALIDE: Rules = Rules {
    fail: &[
        r"^\d+/\d+\s*Test\s*#\d+:\s*(.*?)\s*\.+\s*\*+Failed",
        r"^\d+/\d+\s*Test\s*#\d+:\s*(.*?)\s*\.+\s*\*+Exception: Illegal",
        r"^\d+/\d+\s+Test\s+#\d+:\s+(.+?)\s+\.+\s*Subprocess\s+aborted\*+\s*Exception:",
        r"^\d+/\d+\s+Test\s+#\d+:\s+(.+?)\s+\.+\s*Child\s+aborted\*+\s*Exception:",
        r"^\d+/\d+\s*Test\s*#\d+:\s*(.*?)\s*\.+\s*\*+Exception: SegFault",
    ],
    ..CTEST
};

pub(super) const AUTOMAKE: Rules =
    Rules { pass: &[r"^PASS: (\S+)$"], fail: &[r"^FAIL: (\S+)$"], skip: &[r"^SKIP: (\S+)$"], ..STRIPPED };

pub(super) const PHP_SRC: Rules =
    Rules { pass: &[r".*?PASS.*?\s+(.*)"], fail: &[r".*?FAIL.*?\s+(.*)"], ..STRIPPED };

pub(super) const GTEST: Rules = Rules {
    pass: &[
        r"^\[       OK \] (\S+?)( \(.+\))?$",
        r"^\x1b\[0;32m\[       OK \] \x1b\[0m(\S+?)( \(.+\))?$",
        r"^\x1b\[92m---- Passed: (\S+?)\x1b\[0m$",
    ],
    fail: &[
        r"^\[  FAILED  \] (\S+?)( \(.+\))?$",
        r"^\x1b\[0;31m\[  FAILED  \] \x1b\[0m(\S+?)( \(.+\))?$",
        r"^\x1b\[91m\*\*\*\* FAILED: (\S+?)\x1b\[0m$",
    ],
    ..STRIPPED
};

pub(super) const VALKEY: Rules = Rules {
    hints: &["]: "],
    pass: &[r"^\[ok\]: (.+?)( \(.+\))?$"],
    fail: &[r"^\[err\]: (.+?)( \(.+\))?$", r"^\[exception\]: (.+?)( \(.+\))?$"],
    ..STRIPPED
};

pub(super) const REDIS: Rules = Rules { skip: &[r"^\[ignore\]: (.+?)( \(.+\))?$"], ..VALKEY };

pub(super) const SWIFT: Rules = Rules {
    pass: &[r"^(?:Test Case|Test Suite) '(.+?)' passed"],
    fail: &[r"^(?:Test Case|Test Suite) '(.+?)' failed"],
    join: Join::First,
    ..STRIPPED
};

pub(super) const MINITEST: Rules = Rules {
    pass: &[r"^(.+?)\s+=?\s*[\d.]+\s*(?:s\s*)?=\s*\.$", r"^\s*(.+?):\s+\.: \([\d.]+\)$"],
    fail: &[r"^(.+?)\s+=?\s*[\d.]+\s*(?:s\s*)?=\s*[FE]$", r"^\s*(.+?):\s+([.FE])$"],
    ..STRIPPED
};
