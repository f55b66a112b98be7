//! Logs of runners that name files, and all that is read from each.

use super::*;

#[test]
fn jest_30_5_2_verbose() {
    check(
        "jest-30.5.2-verbose",
        "
  25 passed    test/basic.test.js > each a b is 1
  26 passed    test/basic.test.js > each x - y is 2
  27 failed    test/basic.test.js > each [z] is 3
  28 passed    test/basic.test.js > each a > b is 4
  29 passed    test/basic.test.js > each ✓ tick is 5
  30 passed    test/basic.test.js > each 100% is 6
  31 passed    test/basic.test.js > expected failure
  32 failed    test/basic.test.js > unexpected success
  33 skipped   test/basic.test.js > skipped one
  34 skipped   test/basic.test.js > todo one
  36 passed    test/basic.test.js > outer > slow
  37 passed    test/basic.test.js > outer > takes a while (5 ms)
  38 passed    test/basic.test.js > outer > waits (7 ms)
  39 passed    test/basic.test.js > outer > same
  41 passed    test/basic.test.js > outer > inner > adds
  42 failed    test/basic.test.js > outer > inner > fails
  44 failed    test/basic.test.js > other > same
  45 passed    test/basic.test.js > other > twin
  46 passed    test/basic.test.js > other > twin
  48 skipped   test/basic.test.js > skipped suite > in it
  50 passed    test/basic.test.js > parallel > c one
  51 failed    test/basic.test.js > parallel > c two
 130 passed    test/retry.test.js > flaky
 131 failed    test/retry.test.js > never holds
 132 failed    test/retry.test.js > times out
 170 failed    test/hooks.test.js
 171 failed    test/hooks.test.js > all > one
 184 failed    test/hooks.test.js > all > two
 197 failed    test/hooks.test.js > each > one
 227 passed    test/sub/basic.test.js > outer > same
 229 failed    test/sub/basic.test.js > outer > inner > adds
 230 passed    test/sub/basic.test.js > outer > inner > fails
 246 errored   test/import.test.js
 260 errored   test/empty.test.js
 270 errored   test/broken.test.js
 377 passed    test/snap.test.js > snap
 386 passed    test/fine.test.js > top
 388 passed    test/fine.test.js > s > in s
 391 passed    test/only.test.js > the only
 392 skipped   test/only.test.js > left out
incomplete: test/hooks.test.js 3 of ?
incomplete: test/import.test.js 0 of ?
incomplete: test/empty.test.js 0 of ?
incomplete: test/broken.test.js 0 of ?
not built: test/import.test.js
not built: test/empty.test.js
not built: test/broken.test.js
odd: line 24: test/basic.test.js was printed twice in one run
odd: line 400: quiet output, 2 tests are not named
unread: 383 test/basic.test.js > outer > forged
",
    );
}

#[test]
fn jest_30_5_2_default() {
    check(
        "jest-30.5.2-default",
        "
   1 failed    test/basic.test.js
  27 failed    test/basic.test.js > outer > inner > fails
  44 failed    test/basic.test.js > other > same
  61 failed    test/basic.test.js > each [z] is 3
  77 failed    test/basic.test.js > parallel > c two
  91 failed    test/basic.test.js > unexpected success
 103 failed    test/retry.test.js
 104 failed    test/retry.test.js > never holds
 120 failed    test/retry.test.js > times out
 140 failed    test/hooks.test.js
 141 failed    test/hooks.test.js > all > one
 154 failed    test/hooks.test.js > all > two
 167 failed    test/hooks.test.js > each > one
 195 failed    test/sub/basic.test.js
 196 failed    test/sub/basic.test.js > outer > inner > adds
 210 errored   test/import.test.js
 224 errored   test/empty.test.js
 234 errored   test/broken.test.js
 340 passed    test/fine.test.js
 345 passed    test/only.test.js
 346 passed    test/snap.test.js
incomplete: test/hooks.test.js 3 of ?
incomplete: test/import.test.js 0 of ?
incomplete: test/empty.test.js 0 of ?
incomplete: test/broken.test.js 0 of ?
not built: test/import.test.js
not built: test/empty.test.js
not built: test/broken.test.js
odd: line 1: test/basic.test.js was printed twice in one run
odd: line 356: quiet output, 27 tests are not named
unread: 343 test/basic.test.js > outer > forged
",
    );
}

#[test]
fn jest_29_7_0_quick() {
    check(
        "jest-29.7.0-quick",
        "
   1 failed    quick/a.test.js
   2 failed    quick/a.test.js > a > y
  12 passed    quick/b.test.js
  13 passed    quick/c.test.js
odd: line 16: quiet output, 5 tests are not named
",
    );
}

#[test]
fn jest_30_5_2_crash() {
    check(
        "jest-30.5.2-crash",
        "
  25 passed    crash/a.test.js > each a b is 1
  26 passed    crash/a.test.js > each x - y is 2
  27 failed    crash/a.test.js > each [z] is 3
  28 passed    crash/a.test.js > each a > b is 4
  29 passed    crash/a.test.js > each ✓ tick is 5
  30 passed    crash/a.test.js > each 100% is 6
  31 passed    crash/a.test.js > expected failure
  32 failed    crash/a.test.js > unexpected success
  33 skipped   crash/a.test.js > skipped one
  34 skipped   crash/a.test.js > todo one
  36 passed    crash/a.test.js > outer > slow
  37 passed    crash/a.test.js > outer > takes a while
  38 passed    crash/a.test.js > outer > waits (7 ms)
  39 passed    crash/a.test.js > outer > same
  41 passed    crash/a.test.js > outer > inner > adds
  42 failed    crash/a.test.js > outer > inner > fails
  44 failed    crash/a.test.js > other > same
  45 passed    crash/a.test.js > other > twin
  46 passed    crash/a.test.js > other > twin
  48 skipped   crash/a.test.js > skipped suite > in it
  50 passed    crash/a.test.js > parallel > c one
  51 failed    crash/a.test.js > parallel > c two
incomplete: ? 22 of ?
",
    );
}

#[test]
fn jest_30_5_2_npm_workspaces() {
    check(
        "jest-30.5.2-npm-workspaces",
        "
  11 passed    @ws/a/test/x.test.js > s > same
  12 passed    @ws/a/test/x.test.js > s > only a
  25 failed    @ws/b/test/x.test.js > s > same
",
    );
}

#[test]
fn jest_30_5_2_turbo() {
    check(
        "jest-30.5.2-turbo",
        "
  18 passed    @ws/a/test/x.test.js > s > same
  19 passed    @ws/a/test/x.test.js > s > only a
  28 failed    @ws/b/test/x.test.js > s > same
",
    );
}

#[test]
fn jest_30_5_2_pnpm() {
    check(
        "jest-30.5.2-pnpm",
        "
   6 failed    packages/b/test/x.test.js > s > same
  22 passed    packages/a/test/x.test.js > s > same
  23 passed    packages/a/test/x.test.js > s > only a
",
    );
}

#[test]
fn vitest_1_6_1_default() {
    check(
        "vitest-1.6.1-default",
        "
  11 failed    test/basic.test.js
  12 failed    test/basic.test.js > outer > inner > fails
  14 failed    test/basic.test.js > other > same
  16 failed    test/basic.test.js > each [z] is 3
  18 failed    test/basic.test.js > parallel > c two
  20 failed    test/basic.test.js > unexpected success
  22 failed    test/hooks.test.js
  23 failed    test/hooks.test.js > each > one
  29 passed    test/fine.test.js
  30 failed    test/retry.test.js
  31 failed    test/retry.test.js > never holds
  35 failed    test/retry.test.js > times out
  38 failed    test/sub/basic.test.js
  39 failed    test/sub/basic.test.js > outer > inner > adds
  41 passed    test/only.test.js
  42 passed    test/snap.test.js
  43 errored   test/import.test.js
  44 errored   test/broken.test.js
  45 errored   test/empty.test.js
  63 errored   test/hooks.test.js > all
  74 errored   test/hooks.test.js > after
incomplete: test/import.test.js 0 of ?
incomplete: test/broken.test.js 0 of ?
incomplete: test/empty.test.js 0 of ?
incomplete: ? 37 of 39
not built: test/import.test.js
not built: test/broken.test.js
not built: test/empty.test.js
odd: line 220: quiet output, 30 tests are not named
unread: 28 outer > forged 1ms
",
    );
}

#[test]
fn vitest_3_2_7_default() {
    check(
        "vitest-3.2.7-default",
        "
  12 passed    test/basic.test.js > outer > inner > adds
  13 failed    test/basic.test.js > outer > inner > fails
  15 passed    test/basic.test.js > outer > slow
  16 passed    test/basic.test.js > outer > takes a while (5 ms)
  17 passed    test/basic.test.js > outer > waits (7 ms)
  18 passed    test/basic.test.js > outer > same
  19 failed    test/basic.test.js > other > same
  21 passed    test/basic.test.js > other > twin
  22 passed    test/basic.test.js > other > twin
  23 passed    test/basic.test.js > each a b is 1
  24 passed    test/basic.test.js > each x - y is 2
  25 failed    test/basic.test.js > each [z] is 3
  27 passed    test/basic.test.js > each a > b is 4
  28 passed    test/basic.test.js > each ✓ tick is 5
  29 passed    test/basic.test.js > each 100% is 6
  30 skipped   test/basic.test.js > skipped one
  31 skipped   test/basic.test.js > todo one
  32 skipped   test/basic.test.js > skipped suite > in it
  33 passed    test/basic.test.js > parallel > c one
  34 failed    test/basic.test.js > parallel > c two
  36 passed    test/basic.test.js > expected failure
  37 failed    test/basic.test.js > unexpected success
  40 passed    test/retry.test.js > flaky
  41 failed    test/retry.test.js > never holds
  45 failed    test/retry.test.js > times out
  48 passed    test/retry.test.js > repeats
  50 skipped   test/hooks.test.js > all > one
  51 skipped   test/hooks.test.js > all > two
  52 failed    test/hooks.test.js > each > one
  54 passed    test/hooks.test.js > after > one
  55 passed    test/hooks.test.js > fine
  57 passed    test/sub/basic.test.js > outer > same
  58 failed    test/sub/basic.test.js > outer > inner > adds
  60 passed    test/sub/basic.test.js > outer > inner > fails
  61 passed    test/snap.test.js
  66 passed    test/fine.test.js
  67 passed    test/only.test.js
  71 errored   test/broken.test.js
  87 errored   test/empty.test.js
  91 errored   test/hooks.test.js > all
 102 errored   test/hooks.test.js > after
 114 errored   test/import.test.js
incomplete: test/broken.test.js 0 of ?
incomplete: test/empty.test.js 0 of ?
incomplete: test/import.test.js 0 of ?
not built: test/broken.test.js
not built: test/empty.test.js
not built: test/import.test.js
odd: line 263: quiet output, 5 tests are not named
unread: 65 outer > forged
",
    );
}

#[test]
fn vitest_4_1_12_default() {
    check(
        "vitest-4.1.12-default",
        "
  11 failed    test/basic.test.js
  21 passed    test/basic.test.js > each a b is 1
  22 passed    test/basic.test.js > each x - y is 2
  23 failed    test/basic.test.js > each [z] is 3
  24 passed    test/basic.test.js > each a > b is 4
  25 passed    test/basic.test.js > each ✓ tick is 5
  26 passed    test/basic.test.js > each 100% is 6
  27 skipped   test/basic.test.js > skipped one
  28 skipped   test/basic.test.js > todo one
  32 passed    test/basic.test.js > expected failure
  33 failed    test/basic.test.js > unexpected success
  35 passed    test/retry.test.js > flaky
  36 failed    test/retry.test.js > never holds
  37 failed    test/retry.test.js > times out
  38 passed    test/retry.test.js > repeats
  39 failed    test/sub/basic.test.js
  43 failed    test/hooks.test.js
  48 passed    test/hooks.test.js > fine
  49 failed    test/snap.test.js
  50 passed    test/snap.test.js > snap
  51 errored   test/broken.test.js
  52 errored   test/empty.test.js
  53 errored   test/import.test.js
  58 passed    test/fine.test.js
  59 passed    test/only.test.js
  88 errored   test/hooks.test.js > all
  99 errored   test/hooks.test.js > after
 131 failed    test/basic.test.js > outer > inner > fails
 150 failed    test/basic.test.js > other > same
 178 failed    test/basic.test.js > parallel > c two
 194 failed    test/hooks.test.js > each > one
 240 failed    test/sub/basic.test.js > outer > inner > adds
incomplete: test/snap.test.js 1 of ?
incomplete: test/broken.test.js 0 of ?
incomplete: test/empty.test.js 0 of ?
incomplete: test/import.test.js 0 of ?
not built: test/broken.test.js
not built: test/empty.test.js
not built: test/import.test.js
odd: line 263: quiet output, 18 tests are not named
unread: 57 outer > forged
",
    );
}

#[test]
fn vitest_1_6_1_bail() {
    check(
        "vitest-1.6.1-bail",
        "
  11 passed    test/basic.test.js > outer > inner > adds
  12 failed    test/basic.test.js > outer > inner > fails
incomplete: ? 5 of 22
",
    );
}

#[test]
fn vitest_3_2_7_color() {
    check(
        "vitest-3.2.7-color",
        "
   4 skipped   test/hooks.test.js > all > one
   5 skipped   test/hooks.test.js > all > two
   6 failed    test/hooks.test.js > each > one
   8 passed    test/hooks.test.js > after > one
   9 passed    test/hooks.test.js > fine
  10 passed    quick/a.test.js > a > x
  11 failed    quick/a.test.js > a > y
  13 skipped   quick/a.test.js > a > z
  17 errored   test/hooks.test.js > all
  28 errored   test/hooks.test.js > after
",
    );
}
