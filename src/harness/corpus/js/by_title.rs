//! Logs of runners that name no files, and all that is read from each.

use super::*;

#[test]
fn mocha_11_8_0_spec() {
    check(
        "mocha-11.8.0-spec",
        r#"
   3 passed    each a b is
   4 passed    each x - y is
   5 failed    each [z] is
   6 passed    each a > b is
   7 passed    each ✔ tick is
   8 passed    each 100% is
   9 skipped   skipped one
  10 skipped   pending one
  11 skipped   skips itself
  12 failed    times out
  13 passed    fine
  15 passed    outer > slow
  16 passed    outer > takes a while (5ms)
  17 passed    outer > waits (7ms)
  18 passed    outer > same
  20 passed    outer > inner > adds
  24 failed    outer > inner > fails
  27 failed    other > same
  28 passed    other > twin
  29 passed    other > twin
  30 passed    other > 1) looks like a failure
  31 passed    other > - looks pending
  34 skipped   skipped suite > in it
  37 passed    retries > flaky
  38 failed    retries > never holds
  41 errored   all > "before all" hook for "one"
  41 unreached all > one
  44 errored   named > "before all" hook: the database for "one"
  44 unreached named > one
  47 errored   each > "before each" hook for "one"
  47 unreached each > one
  50 passed    after > one
  51 errored   after > "after all" hook for "one"
  54 passed    after each > one
  55 errored   after each > "after each" hook for "one"
  58 passed    outer > same
  60 failed    outer > inner > adds
  61 passed    outer > inner > fails
incomplete: ? 27 of ?
unread: 22     ✔ fake two
"#,
    );
}

#[test]
fn mocha_10_8_2_dot() {
    check(
        "mocha-10.8.2-dot",
        r#"
  12 failed    each [z] is
  21 failed    times out
  26 failed    outer > inner > fails
  39 failed    other > same
  51 failed    retries > never holds
  63 errored   all > "before all" hook for "one"
  63 unreached all > one
  69 errored   named > "before all" hook: the database for "one"
  69 unreached named > one
  75 errored   each > "before each" hook for "one"
  75 unreached each > one
  81 errored   after > "after all" hook for "one"
  87 errored   after each > "after each" hook for "one"
  93 failed    outer > inner > adds
incomplete: ? 7 of ?
odd: line 8: quiet output, 24 tests are not named
unread: 4 fake two
"#,
    );
}

#[test]
fn mocha_10_8_2_broken() {
    check(
        "mocha-10.8.2-broken",
        "
incomplete: /tmp/jsl/m10/broken/b.js 0 of ?
not built: /tmp/jsl/m10/broken/b.js
",
    );
}

#[test]
fn mocha_11_8_0_crash() {
    check(
        "mocha-11.8.0-crash",
        "
   3 passed    each a b is
   4 passed    each x - y is
   5 failed    each [z] is
   6 passed    each a > b is
   7 passed    each ✔ tick is
   8 passed    each 100% is
   9 skipped   skipped one
  10 skipped   pending one
  11 skipped   skips itself
  12 failed    times out
  14 passed    outer > slow
  15 passed    outer > takes a while (5ms)
  16 passed    outer > waits (7ms)
  17 passed    outer > same
  19 passed    outer > inner > adds
  23 failed    outer > inner > fails
  26 failed    other > same
  27 passed    other > twin
  28 passed    other > twin
  29 passed    other > 1) looks like a failure
  30 passed    other > - looks pending
  33 skipped   skipped suite > in it
  36 passed    retries > flaky
  37 failed    retries > never holds
  40 unreached crash > first
incomplete: ? 25 of ?
unread: 21     ✔ fake two
unread: 40 first
",
    );
}

#[test]
fn node_20_20_2_spec() {
    check(
        "node-20.20.2-spec",
        "
   2 passed    fake
   7 passed    outer > inner > adds
   8 failed    outer > inner > fails
  28 passed    outer > takes a while (5ms)
  29 passed    outer > same
  32 failed    other > same
  51 passed    other > twin
  52 passed    other > twin
  54 passed    each a b is
  55 passed    each x - y is
  56 failed    each [z] is
  72 passed    each a > b is
  73 passed    each ✔ tick is
  74 passed    each #1 # SKIP no is
  75 passed    each 100% is
  76 skipped   skipped one
  77 xpassed   todo one
  78 xfailed   todo that fails
  88 skipped   skips itself
  89 skipped   with reason
  90 skipped   skipped suite
  92 passed    parent > child one
  93 failed    parent > child two
 114 timed_out times out
 118 failed    all > one
 121 failed    all > two
 137 failed    each > one
 165 errored   /tmp/jsl/n20/test/broken.test.js
 168 passed    /tmp/jsl/n20/test/empty.test.js
 170 passed    outer > same
 172 failed    outer > inner > adds
 191 passed    outer > inner > fails
incomplete: /tmp/jsl/n20/test/broken.test.js 0 of ?
not built: /tmp/jsl/n20/test/broken.test.js
odd: line 200: the end tells 31 tests and 8 suites, 40 were printed
odd: line 200: the end tells 15 pass, 16 were printed
",
    );
}

#[test]
fn node_20_20_2_crash() {
    check(
        "node-20.20.2-crash",
        "
   2 passed    outer > same
   4 failed    outer > inner > adds
  23 passed    outer > inner > fails
  26 errored   /tmp/jsl/n20/crash/b.test.js
incomplete: /tmp/jsl/n20/crash/b.test.js 0 of ?
not built: /tmp/jsl/n20/crash/b.test.js
",
    );
}

#[test]
fn node_20_20_2_good() {
    check(
        "node-20.20.2-good",
        "
   2 passed    suite > x
   3 passed    suite > y
   6 passed    parent > child
",
    );
}

#[test]
fn tap_13_node_20_20_2() {
    check(
        "tap-13-node-20.20.2",
        "
   9 passed    outer > inner > adds
  14 failed    outer > inner > fails
  50 passed    outer > takes a while (5ms)
  55 passed    outer > same
  71 failed    other > same
  95 passed    other > twin
 100 passed    other > twin
 115 passed    each a b is
 120 passed    each x - y is
 125 failed    each [z] is
 146 passed    each a > b is
 151 passed    each ✔ tick is
 156 passed    each #1 # SKIP no is
 161 passed    each 100% is
 166 skipped   skipped one
 171 xpassed   todo one
 176 xfailed   todo that fails
 193 skipped   skips itself
 198 skipped   with reason
 203 skipped   skipped suite
 210 passed    parent > child one
 215 failed    parent > child two
 241 failed    parent
 250 timed_out times out
 260 failed    all > one
 269 failed    all > two
 298 failed    each > one
 340 errored   /tmp/jsl/n20/test/broken.test.js
 351 passed    /tmp/jsl/n20/test/empty.test.js
 357 passed    outer > same
 363 failed    outer > inner > adds
 387 passed    outer > inner > fails
incomplete: /tmp/jsl/n20/test/broken.test.js 0 of ?
not built: /tmp/jsl/n20/test/broken.test.js
",
    );
}

#[test]
fn tap_13_node_20_20_2_good() {
    check(
        "tap-13-node-20.20.2-good",
        "
   4 passed    suite > x
   9 passed    suite > y
  21 passed    parent > child
  26 passed    parent
",
    );
}

#[test]
fn tap_13_tape_5_10_2() {
    check(
        "tap-13-tape-5.10.2",
        "
   3 passed    first group > should be strictly equal
   4 passed    first group > two is two
   5 failed    first group > one is two
   5 failed    first group
  23 passed    console > a # b
  23 passed    console
  24 passed    console > x - y
  26 skipped   inner > later
  27 xfailed   inner > todo fails
  27 xfailed   inner
  35 passed    a remark > after remark
  35 passed    a remark
  37 passed    nested > should be truthy
  37 passed    nested
  39 passed    same > should be truthy
  39 passed    same
  41 passed    throws > once
  42 failed    throws > plan != count
  42 failed    throws
unread: 21 ok 7 fake
",
    );
}

#[test]
fn tap_13_tape_5_10_2_crash() {
    check(
        "tap-13-tape-5.10.2-crash",
        "
   3 passed    dies > alive
   3 unreached dies
incomplete: ? 1 of ?
",
    );
}

#[test]
fn tap_13_mocha() {
    check(
        "tap-13-mocha",
        r#"
   1 passed    each a b is
   2 passed    each x - y is
   3 failed    each [z] is
   8 passed    each a > b is
   9 passed    each ✔ tick is
  10 passed    each 100% is
  11 skipped   skipped one
  12 skipped   pending one
  13 skipped   skips itself
  14 failed    times out
  19 passed    fine
  20 passed    outer slow
  21 passed    outer takes a while (5ms)
  22 passed    outer waits (7ms)
  23 passed    outer same
  24 passed    outer inner adds
  28 failed    outer inner fails
  33 failed    other same
  38 passed    other twin
  39 passed    other twin
  40 passed    other 1) looks like a failure
  41 passed    other - looks pending
  42 skipped   skipped suite in it
  43 passed    retries flaky
  44 failed    retries never holds
  49 failed    all "before all" hook for "one"
  54 failed    named "before all" hook: the database for "one"
  59 failed    each "before each" hook for "one"
  64 passed    after one
  65 failed    after "after all" hook for "one"
  70 passed    after each one
  71 failed    after each "after each" hook for "one"
  76 passed    outer same
  77 failed    outer inner adds
  82 passed    outer inner fails
unread: 27 ok 7 fake
"#,
    );
}
