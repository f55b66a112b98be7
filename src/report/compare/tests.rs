//! Comparisons as people see them.

use super::super::link::Link;
use super::*;
use crate::evaluate::Record;
use crate::evaluate::record::LintStatus;
use crate::stats::compare::{Options, compare};
use crate::stats::testing::trial;
use unicode_width::UnicodeWidthStr;

/// Sixty tasks; tonight nine of them fail and one is new, and debug prints are left in a third.
fn found() -> Comparison {
    let run = |tonight: bool| -> Vec<Record> {
        (0..60)
            .map(|place| {
                let resolved = if tonight { (9..40).contains(&place) || place == 50 } else { place < 40 };
                let signs: &[(&str, &str, u32)] =
                    if tonight && place % 3 == 0 { &[("debug", "B", 6)] } else { &[] };
                let one = trial("m", &format!("t{place:02}")).irrelevant(30, signs).lint(LintStatus::Clean);
                if resolved { one.resolved() } else { one }.cost(1.0).build()
            })
            .collect()
    };
    let options = Options { resamples: 500, baseline_name: "monday".to_owned(), ..Options::default() };
    let mut found = compare(&run(false), &run(true), &options);
    found.flips = flips::wanted(&found, 20);
    let (was, now) = (run(false), run(true));
    for flip in &mut found.flips {
        let of = |side: &[Record], is_now: bool| {
            let mut telling = flips::Telling::default();
            side.iter()
                .filter(|record| record.task == flip.task)
                .for_each(|record| telling.see(flip, is_now, record));
            telling
        };
        let (was, now) = (of(&was, false), of(&now, true));
        let (was, now) = (was.record().cloned(), now.record().cloned());
        flips::fill(flip, was.as_ref(), now.as_ref(), None, None);
    }
    found
}

fn header() -> Header {
    Header {
        baseline: "runs/monday".to_owned(),
        candidate: Some("runs/tuesday".to_owned()),
        suite: Some("demo".to_owned()),
        link: Some(Link::new("https://ci.example/7/{task}").unwrap()),
    }
}

fn at(width: usize) -> String {
    render(Format::Terminal, &header(), &found(), View { width, colour: false }).unwrap()
}

#[test]
fn on_a_terminal() {
    insta::assert_snapshot!("terminal_100", at(100));
    insta::assert_snapshot!("terminal_160", at(160));
    insta::assert_snapshot!("terminal_50", at(50));
}

#[test]
fn in_markdown() {
    insta::assert_snapshot!(
        "markdown",
        render(Format::Markdown, &header(), &found(), View { width: 0, colour: false }).unwrap()
    );
}

#[test]
fn for_machines() {
    let of = |format| render(format, &header(), &found(), View { width: 0, colour: false }).unwrap();
    let csv = of(Format::Csv);
    assert_eq!(csv.lines().count(), 1 + found().comparisons[0].metrics.len());
    assert!(csv.lines().nth(1).unwrap().starts_with("m,m@monday,resolved,true,60,"), "{csv}");
    insta::assert_snapshot!("junit", of(Format::Junit));
    insta::assert_snapshot!("github", of(Format::Github));
    let sarif: serde_json::Value = serde_json::from_str(&of(Format::Sarif)).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(sarif["runs"][0]["results"].as_array().unwrap().len() >= 9, "{sarif}");
}

#[test]
fn hostile_names_do_no_harm() {
    let name = "a|b`\x1b[31m\n::error::x,=1+1<&\"'>]]>@all";
    let run = |resolved: bool| -> Vec<Record> {
        (0..40)
            .map(|place| {
                let one = trial(name, &format!("{name}{place}"));
                if resolved { one.resolved() } else { one }.build()
            })
            .collect()
    };
    let mut found = compare(&run(true), &run(false), &Options { resamples: 50, ..Options::default() });
    found.flips = flips::wanted(&found, 20);
    for flip in &mut found.flips {
        (flip.file, flip.line) = (Some(name.to_owned()), Some(3));
    }
    for format in Format::NAMES.into_iter().filter_map(Format::from_name) {
        for width in [1, 60, 120] {
            let text = render(format, &header(), &found, View { width, colour: false }).unwrap();
            assert!(!text.chars().any(|c| c.is_control() && c != '\n' && c != '\r'), "{format:?}: {text:?}");
            match format {
                Format::Github => {
                    let command = |line: &str| line.starts_with("::error") || line.starts_with("::warning");
                    assert!(text.lines().all(command), "{text}");
                }
                Format::Markdown => {
                    assert!(text.len() <= super::super::markdown::LIMIT);
                    assert!(text.lines().any(|line| line.starts_with("| [`") || line.starts_with("| `")));
                }
                Format::Junit | Format::Svg => {
                    let mut reader = quick_xml::Reader::from_str(&text);
                    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
                }
                Format::Csv => {
                    let mut reader = csv::Reader::from_reader(text.as_bytes());
                    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
                    assert_eq!(rows.len(), found.comparisons[0].metrics.len());
                }
                Format::Json | Format::Sarif => {
                    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
                }
                Format::Terminal => {
                    let mut table = text.lines().filter(|line| line.starts_with("resolved  "));
                    assert!(width < 60 || table.all(|line| line.width() <= width));
                }
            }
        }
    }
}
