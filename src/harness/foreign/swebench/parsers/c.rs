//! doctest, the C++ library, in its XML form.
//!
//! In: a part of a log. Out: a status for each subcase, or the exception that broken XML raises.
//!
//! Invariant: a subcase without expressions has passed.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Map, Part, Word};
use crate::harness::foreign::Raised;

/// An open element.
enum Open {
    Case(String),
    Sub { name: String, at: usize, passed: bool },
    Other,
}

pub(super) fn doctest(part: &Part<'_>) -> Result<Map, Raised> {
    const END: &str = "</doctest>";
    let mut map = Map::default();
    let Some(start) = part.text.find("<doctest") else { return Ok(map) };
    let broken = |what: &str| Raised::new("ParseError", format!("the XML is broken: {what}"));
    let length = part.text[start..].find(END).ok_or_else(|| broken("it does not end"))?;
    let xml = &part.text[start..start + length + END.len()];
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Open> = Vec::new();
    let mut results: Vec<(usize, String, bool)> = Vec::new();
    loop {
        let at = part.at + start + reader.buffer_position() as usize;
        match reader.read_event().map_err(|error| broken(&error.to_string()))? {
            Event::Start(element) => {
                let name = attribute(&element, "name").map_err(|error| broken(&error))?;
                let success = attribute(&element, "success").map_err(|error| broken(&error))?;
                let name = name.unwrap_or_else(|| "None".to_owned());
                let element = match element.name().as_ref() {
                    "TestCase" if !open.is_empty() => Open::Case(name),
                    "SubCase" => Open::Sub { name, at, passed: true },
                    "Expression" => {
                        if success.as_deref() != Some("true") {
                            for other in &mut open {
                                if let Open::Sub { passed, .. } = other {
                                    *passed = false;
                                }
                            }
                        }
                        Open::Other
                    }
                    _ => Open::Other,
                };
                open.push(element);
            }
            Event::End(_) => {
                if let Some(Open::Sub { name, at, passed }) = open.pop() {
                    for case in &open {
                        if let Open::Case(case) = case {
                            results.push((at, format!("{case} > {name}"), passed));
                        }
                    }
                }
            }
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                if !name.starts_with('#') && !["amp", "lt", "gt", "apos", "quot"].contains(&name) {
                    return Err(broken("an entity that is not known"));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !open.is_empty() {
        return Err(broken("an element is not closed"));
    }
    // Python meets an outer subcase before those in it.
    results.sort_by_key(|(at, ..)| *at);
    for (at, name, passed) in results {
        map.put(name, if passed { Word::Passed } else { Word::Failed }, at);
    }
    Ok(map)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let mut found = None;
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        if attribute.key.as_ref() == name {
            found = Some(value.into_owned());
        }
    }
    Ok(found)
}
