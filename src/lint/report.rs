//! Reports of any linter in the forms that linters share: SARIF and checkstyle.
//!
//! A task names the command that prints one: `sarif: COMMAND` or `checkstyle: COMMAND`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use super::{Call, Finding, Level, Linter, Reading, Way, in_tree, last_line};
use crate::sandbox::{Ended, StepOutput};

/// The linter that a task's entry gives; none where the entry is none of these.
pub(super) fn given(entry: &str) -> Option<Linter> {
    let (form, command) = entry.split_once(':')?;
    let read: fn(&StepOutput) -> Reading = match form {
        "sarif" => sarif,
        "checkstyle" => checkstyle,
        _ => return None,
    };
    let command = command.trim();
    (!command.is_empty()).then(|| Linter {
        name: Cow::Owned(entry.to_owned()),
        languages: &[],
        settings: &[],
        detect: |_| false,
        way: Way::Tree { command: Call::Given(command.to_owned()), read },
        version: None,
    })
}

/// Linters end with what code they like where there are findings: the report tells whether they worked.
fn unusable(output: &StepOutput) -> Reading {
    let said = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
    let why = match output.ended {
        Ended::TimedOut => "it did not end in time".to_owned(),
        Ended::OutOfMemory => "it ran out of memory".to_owned(),
        Ended::Exited(_) | Ended::Signalled(_) => last_line(said),
    };
    Reading { unusable: Some(why), ..Reading::default() }
}

fn sarif(output: &StepOutput) -> Reading {
    let text = String::from_utf8_lossy(&output.stdout);
    let parsed = text.find('{').and_then(|at| serde_json::from_str::<Value>(text[at..].trim_end()).ok());
    let Some(runs) = parsed.as_ref().and_then(|value| value.get("runs")?.as_array()) else {
        return unusable(output);
    };
    let mut findings = BTreeSet::new();
    for run in runs {
        let tool = run.pointer("/tool/driver/name").and_then(Value::as_str).unwrap_or("sarif");
        let rules = run.pointer("/tool/driver/rules").and_then(Value::as_array);
        for result in run.get("results").and_then(Value::as_array).into_iter().flatten() {
            findings.extend(result_of(tool, rules, result));
        }
    }
    Reading { findings: findings.into_iter().collect(), ..Reading::default() }
}

fn result_of(tool: &str, rules: Option<&Vec<Value>>, result: &Value) -> Option<Finding> {
    if result.get("suppressions").and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
        return None;
    }
    let id = result.get("ruleId").or_else(|| result.pointer("/rule/id")).and_then(Value::as_str);
    let index = result.get("ruleIndex").or_else(|| result.pointer("/rule/index")).and_then(Value::as_u64);
    let by_id = |rule: &&Value| id.is_some() && rule.get("id").and_then(Value::as_str) == id;
    let rule = index.and_then(|index| rules?.get(index as usize)).or_else(|| rules?.iter().find(by_id));
    let own = result.get("level").and_then(Value::as_str);
    let usual = rule.and_then(|rule| rule.pointer("/defaultConfiguration/level")).and_then(Value::as_str);
    let place = result.pointer("/locations/0/physicalLocation")?;
    let uri = place.pointer("/artifactLocation/uri")?.as_str()?;
    Some(Finding {
        tool: tool.to_owned(),
        rule: id.or_else(|| rule?.get("id")?.as_str()).unwrap_or(tool).to_owned(),
        level: level(own.or(usual).unwrap_or("warning")),
        file: in_tree(uri.trim_start_matches("file://"))?,
        line: place.pointer("/region/startLine").and_then(Value::as_u64).unwrap_or(1).max(1) as usize,
        message: first_line(result.pointer("/message/text").and_then(Value::as_str).unwrap_or_default()),
    })
}

fn level(name: &str) -> Level {
    match name {
        "error" | "fatal" => Level::Error,
        "note" | "none" | "info" | "ignore" => Level::Note,
        _ => Level::Warning,
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn checkstyle(output: &StepOutput) -> Reading {
    let text = String::from_utf8_lossy(&output.stdout);
    let Some(begin) = text.find("<?xml").or_else(|| text.find("<checkstyle")) else {
        return unusable(output);
    };
    let mut reader = quick_xml::Reader::from_str(&text[begin..]);
    let mut findings = BTreeSet::new();
    let mut file = None;
    let mut whole = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.name().as_ref() == "file" => {
                file = attribute(&tag, "name").as_deref().and_then(in_tree);
            }
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.name().as_ref() == "error" => {
                let Some(file) = file.clone() else { continue };
                let rule = attribute(&tag, "source").unwrap_or_else(|| "checkstyle".to_owned());
                findings.insert(Finding {
                    tool: rule.split(['.', ':']).next().unwrap_or("checkstyle").to_owned(),
                    level: level(&attribute(&tag, "severity").unwrap_or_default()),
                    line: attribute(&tag, "line").and_then(|line| line.parse().ok()).unwrap_or(1).max(1),
                    message: first_line(&attribute(&tag, "message").unwrap_or_default()),
                    rule,
                    file,
                });
            }
            Ok(Event::Empty(tag)) if tag.name().as_ref() == "checkstyle" => whole = true,
            Ok(Event::End(tag)) if tag.name().as_ref() == "checkstyle" => whole = true,
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    // A report that breaks off may lack what comes last: no clean bill.
    if whole {
        Reading { findings: findings.into_iter().collect(), ..Reading::default() }
    } else {
        unusable(output)
    }
}

fn attribute(tag: &BytesStart, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(
        found
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_or_else(|_| found.value.to_string(), Cow::into_owned),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::output;

    fn shown(reading: &Reading) -> Vec<String> {
        let show = |f: &Finding| {
            format!("{} {} {}:{} {} {}", f.level.name(), f.tool, f.file, f.line, f.rule, f.message)
        };
        reading.findings.iter().map(show).collect()
    }

    #[test]
    fn sarif_is_read() {
        let report = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"mylint","rules":[{"id":"R1","defaultConfiguration":{"level":"error"}}]}},"results":[
            {"ruleIndex":0,"message":{"text":"Bad.\nMore."},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a.c"},"region":{"startLine":4}}}]},
            {"ruleId":"R2","level":"note","message":{"text":"Hm"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"file:///kerf/tree/b.c"}}}]},
            {"ruleId":"R1","suppressions":[{"kind":"inSource"}],"message":{"text":"x"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a.c"}}}]}]}]}"#;
        assert_eq!(
            shown(&sarif(&output(&format!("hello\n{report}\n"), "", 3))),
            ["error mylint src/a.c:4 R1 Bad.", "note mylint b.c:1 R2 Hm"]
        );
        assert!(sarif(&output("", "not found", 127)).unusable.is_some());
        assert!(sarif(&output(&report[..200], "", 0)).unusable.is_some());
    }

    #[test]
    fn checkstyle_is_read() {
        let report = r#"<?xml version="1.0"?><checkstyle version="4.3"><file name="/kerf/tree/a.js">
            <error line="3" severity="warning" message="Say &quot;no&quot;" source="jshint.W033"/></file><file name="b.js"></file></checkstyle>"#;
        assert_eq!(
            shown(&checkstyle(&output(report, "", 1))),
            [r#"warning jshint a.js:3 jshint.W033 Say "no""#]
        );
        assert!(checkstyle(&output(&report[..120], "", 1)).unusable.is_some());
        assert!(checkstyle(&output("", "oops", 1)).unusable.is_some());
    }

    #[test]
    fn an_entry_gives_a_command() {
        let linter = given("sarif: mylint --json .").unwrap();
        let Way::Tree { command: Call::Given(command), .. } = linter.way else { panic!("not a command") };
        assert_eq!(command, "mylint --json .");
        for other in ["clippy", "sarif:", "xml: x"] {
            assert!(given(other).is_none(), "{other}");
        }
    }
}
