//! Reports of one small run, as people see them, and of runs that are odd.

use super::link::Link;
use super::{Calibration, RunHeader, View, json, markdown, terminal};
use crate::evaluate::Record;
use crate::evaluate::record::{LintStatus, Outcome, Reason};
use crate::stats::interval::Share;
use crate::stats::testing::{demo, trial};
use crate::stats::{Options, RunSummary, summarise};
use crate::task::Span;
use unicode_width::UnicodeWidthStr;

fn summary(records: &[Record]) -> RunSummary {
    summarise(records, &Options { seed: 1, resamples: 500 })
}

fn header() -> RunHeader {
    RunHeader {
        suite: "demo".to_owned(),
        lock: Some("3f9c1a77e0".to_owned()),
        tasks: 12,
        trials: 48,
        invalid: 1,
        sandbox: Some("namespaces".to_owned()),
        path: "runs/demo".to_owned(),
        link: Some(Link::new("https://ci.example/7/{task}/{model}").unwrap()),
    }
}

fn at(width: usize, records: &[Record]) -> String {
    terminal::render(&header(), &summary(records), None, View { width, colour: false })
}

#[test]
fn demo_on_a_usual_terminal() {
    insta::assert_snapshot!(at(100, &demo()), @"
    suite demo · 12 tasks (lock 3f9c1a) · 48 trials, 1 invalid · namespaces sandbox

    model         resolved         irrelevant edits                         lint         local → global
                  share    95 %    ratio      strict      in patches        clean                  pass
    focused       12/12  76–100     0.00        0.00             0 %        100 %             100 → 100
    sprawling     11/12   65–99     0.46        0.20           100 %         50 %              100 → 75
    careless       6/11   28–79     0.03 (9)    0.00 (9)        33 % (9)      0 % (9)    50 → 75 (4, 4)
    local-only     6/12   25–75     0.00        0.00             0 %        100 %               100 → 0

    (n): rests on n only, where others had nothing to measure
    spans: 5 local, 3 neighbour and 4 global tasks; no gap under 15 tasks on either side
    invalid, left out of every figure: careless 1 (sandbox 1; as failures 6/12)
    no prediction, counted as not resolved: careless 1
    controls: gold 12/12 resolved, empty 12/12 not resolved
    3 irrelevant units (31 tokens) in task-11 by sprawling: format 17 (A), comment 9 (B), scratch 5 (B)
      kerf report runs/demo --task task-11 --model sprawling
    metric error: not measured yet, so read small differences in irrelevant edits with care
    ");
}

#[test]
fn demo_on_a_narrow_terminal() {
    insta::assert_snapshot!(at(80, &demo()), @"
    suite demo · 12 tasks (lock 3f9c1a) · 48 trials, 1 invalid · namespaces sandbox

    model         resolved         irrelevant edits    lint         local → global
                  share    95 %           ratio        clean                  pass
    focused       12/12  76–100            0.00        100 %             100 → 100
    sprawling     11/12   65–99            0.46         50 %              100 → 75
    careless       6/11   28–79            0.03 (9)      0 % (9)    50 → 75 (4, 4)
    local-only     6/12   25–75            0.00        100 %               100 → 0

    no room for: irrelevant edits strict, irrelevant edits in patches
    (n): rests on n only, where others had nothing to measure
    spans: 5 local, 3 neighbour and 4 global tasks; no gap under 15 tasks on either
      side
    invalid, left out of every figure: careless 1 (sandbox 1; as failures 6/12)
    no prediction, counted as not resolved: careless 1
    controls: gold 12/12 resolved, empty 12/12 not resolved
    3 irrelevant units (31 tokens) in task-11 by sprawling: format 17 (A), comment 9
      (B), scratch 5 (B)   kerf report runs/demo --task task-11 --model sprawling
    metric error: not measured yet, so read small differences in irrelevant edits
      with care
    ");
    insta::assert_snapshot!(at(60, &demo()), @"
    suite demo · 12 tasks (lock 3f9c1a) · 48 trials, 1 invalid ·
      namespaces sandbox

    model         resolved         irrelevant edits    lint
                  share    95 %           ratio        clean
    focused       12/12  76–100            0.00        100 %
    sprawling     11/12   65–99            0.46         50 %
    careless       6/11   28–79            0.03 (9)      0 % (9)
    local-only     6/12   25–75            0.00        100 %

    no room for: irrelevant edits strict, irrelevant edits in
      patches, local → global pass
    (n): rests on n only, where others had nothing to measure
    spans: 5 local, 3 neighbour and 4 global tasks; no gap under
      15 tasks on either side
    invalid, left out of every figure: careless 1 (sandbox 1; as
      failures 6/12)
    no prediction, counted as not resolved: careless 1
    controls: gold 12/12 resolved, empty 12/12 not resolved
    3 irrelevant units (31 tokens) in task-11 by sprawling:
      format 17 (A), comment 9 (B), scratch 5 (B)
      kerf report runs/demo --task task-11 --model sprawling
    metric error: not measured yet, so read small differences in
      irrelevant edits with care
    ");
}

#[test]
fn demo_on_a_wide_terminal() {
    insta::assert_snapshot!(at(180, &demo()), @"
    suite demo · 12 tasks (lock 3f9c1a) · 48 trials, 1 invalid · namespaces sandbox

    model         resolved                    irrelevant edits                                                           lint         local → global    predictions
                  share    95 %  and clean    ratio           95 %  strict      upper      excess      in patches        clean                  pass    well formed
    focused       12/12  76–100      12/12     0.00      0.00–0.00    0.00       0.00         0.0             0 %        100 %             100 → 100          100 %
    sprawling     11/12   65–99       0/12     0.46      0.44–0.48    0.20       0.46        25.5           100 %         50 %              100 → 75           92 %
    careless       6/11   28–79       6/11     0.03 (9)  0.00–0.07    0.00 (9)   0.03 (9)     1.3 (9)        33 % (9)      0 % (9)    50 → 75 (4, 4)           91 % (11)
    local-only     6/12   25–75       6/12     0.00      0.00–0.00    0.00       0.00         0.0             0 %        100 %               100 → 0          100 %


    resolved up: 0.00 to 1.00
    │a                                                a focused (0.00, 1.00)
    │                     b                           b sprawling (0.46, 0.92)
    │                                                 c careless (0.03, 0.55)
    │dc                                               d local-only (0.00, 0.50)
    │
    │
    │
    │
    └──────────────────────────────────────────────
    irrelevant edits across: 0.00 to 1.00

    (n): rests on n only, where others had nothing to measure
    spans: 5 local, 3 neighbour and 4 global tasks; no gap under 15 tasks on either side
    invalid, left out of every figure: careless 1 (sandbox 1; as failures 6/12)
    no prediction, counted as not resolved: careless 1
    controls: gold 12/12 resolved, empty 12/12 not resolved
    3 irrelevant units (31 tokens) in task-11 by sprawling: format 17 (A), comment 9 (B), scratch 5 (B)   kerf report runs/demo --task task-11 --model sprawling
    metric error: not measured yet, so read small differences in irrelevant edits with care
    ");
}

#[test]
fn demo_in_markdown() {
    let share = |count| Share::independent(count, 300);
    let calibration = Calibration {
        on: "this suite".to_owned(),
        rules: "kerf/rules/3".to_owned(),
        grades: vec![("A".to_owned(), share(297), share(291)), ("B".to_owned(), share(288), share(276))],
        kinds: vec![("format".to_owned(), share(300), share(290))],
    };
    insta::assert_snapshot!(markdown::render(&header(), &summary(&demo()), Some(&calibration)), @"
    **kerf** · suite `demo` · 12 tasks (lock `3f9c1a`) · 48 trials, 1 invalid · `namespaces` sandbox

    > **invalid, left out of every figure: `careless` 1 (sandbox 1; as failures 6/12)**

    | model | resolved share | resolved 95 % | resolved 0 to 100 % | resolved and clean | irrelevant edits ratio | irrelevant edits 95 % | irrelevant edits strict | irrelevant edits upper | irrelevant edits excess | irrelevant edits in patches | lint clean | local → global pass | predictions well formed | predictions applied |
    | :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
    | `local-only` | **6/12** | 25–75 | ····────●────···· | 6/12 | 0.00 | 0.00–0.00 | 0.00 | 0.00 | 0.0 | 0 % | 100 % | **100 → 0** | 100 % | exact 12 |
    | `careless` | 6/11 | 28–79 | ····─────●────··· | 6/11 | 0.03 (9) | 0.00–0.07 | 0.00 (9) | 0.03 (9) | 1.3 (9) | 33 % (9) | **0 %** (9) | 50 → 75 (4, 4) | **91 %** (11) | exact 10, failed 1 |
    | `sprawling` | 11/12 | 65–99 | ··········─────●─ | **0/12** | **0.46** | 0.44–0.48 | **0.20** | **0.46** | **25.5** | **100 %** | 50 % | 100 → 75 | 92 % | recounted 12 |
    | `focused` | 12/12 | 76–100 | ············────● | 12/12 | 0.00 | 0.00–0.00 | 0.00 | 0.00 | 0.0 | 0 % | 100 % | 100 → 100 | 100 % | exact 12 |

    - (n): rests on n only, where others had nothing to measure
    - spans: 5 local, 3 neighbour and 4 global tasks; no gap under 15 tasks on either side
    - no prediction, counted as not resolved: `careless` 1
    - controls: gold 12/12 resolved, empty 12/12 not resolved
    - 3 irrelevant units (31 tokens) in `task-11` by `sprawling`: format 17 (A), comment 9 (B), scratch 5 (B) → `kerf report runs/demo --task task-11 --model sprawling`
    - metric error on edits planted in this suite: A 0.99 (0.97–1.00) precision, 0.97 (0.94–0.98) recall · B 0.96 (0.93–0.98) precision, 0.92 (0.88–0.95) recall (kerf calibrate)

    <details><summary>Models on a plane</summary>

    ```text
    resolved up: 0.00 to 1.00
    │a                                                a focused (0.00, 1.00)
    │                     b                           b sprawling (0.46, 0.92)
    │                                                 c careless (0.03, 0.55)
    │dc                                               d local-only (0.00, 0.50)
    │
    │
    │
    │
    └──────────────────────────────────────────────
    irrelevant edits across: 0.00 to 1.00
    ```

    </details>

    <details><summary>Error of the irrelevance metric</summary>

    Edits planted in this suite, `kerf/rules/3`; shares with 95 % ranges.

    | kind | precision | recall | plants |
    | :-- | --: | --: | --: |
    | `grade A` | 0.99 (0.97–1.00) | 0.97 (0.94–0.98) | 300 |
    | `grade B` | 0.96 (0.93–0.98) | 0.92 (0.88–0.95) | 300 |
    | `format` | 1.00 (0.99–1.00) | 0.97 (0.94–0.98) | 300 |

    </details>

    <details><summary>Heaviest irrelevant edits</summary>

    - 3 irrelevant units (31 tokens) in `task-11` by `sprawling`: format 17 (A), comment 9 (B), scratch 5 (B) · [details](https://ci.example/7/task-11/sprawling)
    - 3 irrelevant units (30 tokens) in `task-10` by `sprawling`: format 16 (A), comment 9 (B), scratch 5 (B) · [details](https://ci.example/7/task-10/sprawling)
    - 3 irrelevant units (29 tokens) in `task-09` by `sprawling`: format 15 (A), comment 9 (B), scratch 5 (B) · [details](https://ci.example/7/task-09/sprawling)
    - 3 irrelevant units (28 tokens) in `task-08` by `sprawling`: format 14 (A), comment 9 (B), scratch 5 (B) · [details](https://ci.example/7/task-08/sprawling)
    - 3 irrelevant units (27 tokens) in `task-07` by `sprawling`: format 13 (A), comment 9 (B), scratch 5 (B) · [details](https://ci.example/7/task-07/sprawling)
    - 3 irrelevant units (26 tokens) in `task-06` by `sprawling`: format 12 (A), comment 9 (B), scratch 5 (B) · [details](https://ci.example/7/task-06/sprawling)
    - 3 irrelevant units (25 tokens) in `task-05` by `sprawling`: format 11 (A), comment 9 (B), scratch 5 (B) · [details](https://ci.example/7/task-05/sprawling)
    - 3 irrelevant units (24 tokens) in `task-04` by `sprawling`: format 10 (A), comment 9 (B), scratch 5 (B) · [details](https://ci.example/7/task-04/sprawling)
    - 3 irrelevant units (23 tokens) in `task-03` by `sprawling`: comment 9 (B), format 9 (A), scratch 5 (B) · [details](https://ci.example/7/task-03/sprawling)
    - 3 irrelevant units (22 tokens) in `task-02` by `sprawling`: comment 9 (B), format 8 (A), scratch 5 (B) · [details](https://ci.example/7/task-02/sprawling)
    - 3 irrelevant units (21 tokens) in `task-01` by `sprawling`: comment 9 (B), format 7 (A), scratch 5 (B) · [details](https://ci.example/7/task-01/sprawling)
    - 3 irrelevant units (20 tokens) in `task-00` by `sprawling`: comment 9 (B), format 6 (A), scratch 5 (B) · [details](https://ci.example/7/task-00/sprawling)
    - 1 irrelevant unit (4 tokens) in `task-00` by `careless`: debug 4 (B) · [details](https://ci.example/7/task-00/careless)
    - 1 irrelevant unit (4 tokens) in `task-03` by `careless`: debug 4 (B) · [details](https://ci.example/7/task-03/careless)
    - 1 irrelevant unit (4 tokens) in `task-09` by `careless`: debug 4 (B) · [details](https://ci.example/7/task-09/careless)

    </details>
    ");
}

#[test]
fn only_pass_was_measured() {
    let records: Vec<Record> = (0..3)
        .map(|place| {
            let one = trial("m", &format!("t{place}"));
            if place == 0 { one.resolved() } else { one }.build()
        })
        .collect();
    insta::assert_snapshot!(at(80, &records), @"
    suite demo · 12 tasks (lock 3f9c1a) · 48 trials, 1 invalid · namespaces sandbox

    model    resolved                          predictions
         share  95 %         0 to 100 %    well formed  applied
    m      1/3  6–79  ·────●────────···          100 %  exact 3

    not measured: irrelevant edits, lint, local → global
    hardest: t1, resolved by 0 of 1 trial   kerf report runs/demo --task t1
    ");
}

#[test]
fn nothing_ran() {
    insta::assert_snapshot!(at(80, &[]), @"
    suite demo · 12 tasks (lock 3f9c1a) · 48 trials, 1 invalid · namespaces sandbox

    no predictions: only controls, or nothing, was run
    ");
}

#[test]
fn everything_was_invalid_or_missing() {
    let records = [
        trial("a", "t").invalid(Reason::Setup).build(),
        trial("b", "t").missing().build(),
        trial("gold", "t").outcome(Outcome::Unresolved).build(),
    ];
    insta::assert_snapshot!(at(80, &records), @"
    suite demo · 12 tasks (lock 3f9c1a) · 48 trials, 1 invalid · namespaces sandbox

    model    resolved                                     predictions
         share  95 %         0 to 100 %  and clean    well formed  applied
    b      0/1  0–79  ●─────────────···        0/1              –        –
    a        –     –                  –          –          100 %  exact 1

    not measured: irrelevant edits, lint, local → global
    invalid, left out of every figure: a 1 (setup 1; as failures 0/1)
    no prediction, counted as not resolved: b 1
    CONTROLS OFF: gold 0/1 resolved (not t)
    hardest: t, resolved by 0 of 1 trial   kerf report runs/demo --task t
    ");
}

/// Thirty models, some with names that would break a table.
fn hostile() -> Vec<Record> {
    let names = [
        "\x1b[31mred",
        "a|b`c`",
        "模型".repeat(60).leak(),
        "x".repeat(3000).leak(),
        "line\nbreak",
        "@all <img>",
    ];
    (0..30)
        .flat_map(|model| {
            let name = format!("{}{model}", names[model % names.len()]);
            [0, 1].map(|task| {
                let one = trial(&name, &format!("task|{task}\x07")).span(Span::Local).lint(LintStatus::Clean);
                one.irrelevant(10, &[("debug", "B", model as u32)]).build()
            })
        })
        .collect()
}

#[test]
fn hostile_names_stay_in_their_cells() {
    let summary = summary(&hostile());
    for width in [1, 40, 60, 80, 120, 200] {
        for colour in [false, true] {
            let text = terminal::render(&header(), &summary, None, View { width, colour });
            let plain = text.replace("\x1b[1;31m", "").replace("\x1b[1m", "").replace("\x1b[0m", "");
            assert!(colour || plain == text);
            assert!(!plain.chars().any(|c| c.is_control() && c != '\n'));
            let table: Vec<&str> =
                plain.lines().skip_while(|line| !line.starts_with("model")).take(32).collect();
            assert!(table.iter().all(|line| line.width() <= width.max(40)), "{width}: {table:#?}");
        }
    }
    let text = markdown::render(&header(), &summary, None);
    assert!(text.len() <= markdown::LIMIT);
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    assert_eq!(rows.len(), 32);
    assert!(rows.iter().all(|row| bars(row) == bars(rows[0])), "{rows:#?}");
}

#[test]
fn markdown_stays_small() {
    let records: Vec<Record> = (0..3000)
        .map(|model| {
            trial(&format!("{}{model}", "`|".repeat(60)), "t").irrelevant(5, &[("debug", "B", 3)]).build()
        })
        .collect();
    let text = markdown::render(&header(), &summarise(&records, &Options { seed: 1, resamples: 10 }), None);
    assert!(text.len() <= markdown::LIMIT, "{}", text.len());
    assert!(text.contains("more, better than these"));
}

#[test]
fn colour_marks_the_worst() {
    let text = terminal::render(&header(), &summary(&demo()), None, View { width: 100, colour: true });
    let red: Vec<&str> =
        text.split("\x1b[1;31m").skip(1).filter_map(|rest| rest.split('\x1b').next()).collect();
    assert!(red.contains(&"6/12") && red.contains(&"0.46"), "{red:?}");
}

#[test]
fn json_is_the_summary() {
    let summary = summary(&demo());
    let value: serde_json::Value = serde_json::from_str(&json::render(&summary).unwrap()).unwrap();
    assert_eq!(value["schema"], "kerf/summary/1");
    assert_eq!(value["models"].as_array().map(Vec::len), Some(4));
}
