//! The package's log parsers, by name.
//!
//! In: a [`Part`] of a log. Out: a [`Map`] of names to statuses, or the exception that Python would raise. One row in
//! [`REGISTRY`] for each name; what a parser gets wrong it gets wrong here too.
//!
//! Invariant: offsets in a map are offsets into the whole decoded log.

#![allow(
    clippy::unnecessary_wraps,
    reason = "all rows of the registry have one type, and some parsers can fail"
)]

mod blocks;
mod c;
mod java;
mod javascript;
mod json;
mod lines;
mod p5js;
pub(in crate::harness::foreign) mod python;
mod quarto;
mod suites;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;

use super::{Spec, Word};
use crate::harness::Format;
use crate::harness::foreign::Raised;

/// A part of a log that a parser is to read.
#[derive(Clone, Copy)]
pub(in crate::harness::foreign) struct Part<'a> {
    /// Its text.
    pub text: &'a str,
    /// Where it begins in the whole log.
    pub at: usize,
    /// The instance, by which a few parsers choose.
    pub spec: &'a Spec,
}

/// A status and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::harness::foreign) struct Entry {
    pub word: Word,
    /// Byte offset into the whole decoded log.
    pub at: usize,
    /// Place of the name among all names, by when each was first seen.
    pub order: usize,
}

/// Statuses by name, as a Python dictionary keeps them: the last word wins, the first place stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::harness::foreign) struct Map(BTreeMap<String, Entry>);

impl Map {
    pub fn put(&mut self, name: impl Into<String>, word: Word, at: usize) {
        let order = self.0.len();
        match self.0.entry(name.into()) {
            MapEntry::Vacant(place) => {
                place.insert(Entry { word, at, order });
            }
            MapEntry::Occupied(mut place) => {
                let entry = place.get_mut();
                entry.word = word;
                entry.at = at;
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn word(&self, name: &str) -> Option<&Word> {
        self.0.get(name).map(|entry| &entry.word)
    }

    pub fn entries(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.0.iter()
    }

    pub fn into_entries(self) -> impl Iterator<Item = (String, Entry)> {
        self.0.into_iter()
    }

    /// Names from this one on, in the order of names.
    pub fn from(&self, name: &str) -> impl Iterator<Item = (&String, &Entry)> {
        self.0.range::<str, _>((std::ops::Bound::Included(name), std::ops::Bound::Unbounded))
    }
}

/// A parser.
pub(in crate::harness::foreign) type Parse = fn(&Part<'_>) -> Result<Map, Raised>;

const REGISTRY: [(&str, Parse); 57] = [
    ("parse_log_pytest", python::pytest),
    ("parse_log_pytest_options", python::pytest_options),
    ("parse_log_django", python::django),
    ("parse_log_pytest_v2", python::pytest_v2),
    ("parse_log_seaborn", python::seaborn),
    ("parse_log_sympy", python::sympy),
    ("parse_log_matplotlib", python::matplotlib),
    ("parse_log_astroid", python::pytest),
    ("parse_log_flask", python::pytest),
    ("parse_log_marshmallow", python::pytest),
    ("parse_log_pvlib", python::pytest),
    ("parse_log_pyvista", python::pytest),
    ("parse_log_sqlfluff", python::pytest),
    ("parse_log_xarray", python::pytest),
    ("parse_log_pydicom", python::pytest_options),
    ("parse_log_requests", python::pytest_options),
    ("parse_log_pylint", python::pytest_options),
    ("parse_log_astropy", python::pytest_v2),
    ("parse_log_scikit", python::pytest_v2),
    ("parse_log_sphinx", python::pytest_v2),
    ("parse_log_calypso", suites::calypso),
    ("parse_log_bpmn_js", blocks::bpmn_js),
    ("parse_log_carbon", javascript::carbon),
    ("parse_log_eslint", blocks::eslint),
    ("parse_log_grommet", blocks::grommet),
    ("parse_log_highlightjs", javascript::highlightjs),
    ("parse_log_lighthouse", suites::lighthouse),
    ("parse_log_next", suites::next),
    ("parse_log_openlayers", blocks::openlayers),
    ("parse_log_prismjs", json::prismjs),
    ("parse_log_quarto_cli", quarto::quarto_cli),
    ("parse_log_chart_js", blocks::chart_js),
    ("parse_log_marked", javascript::marked),
    ("parse_log_p5js", p5js::p5js),
    ("parse_log_react_pdf", javascript::carbon),
    ("parse_log_jest", lines::jest),
    ("parse_log_jest_json", lines::jest_json),
    ("parse_log_vitest", lines::vitest),
    ("parse_log_karma", javascript::karma),
    ("parse_log_tap", lines::tap),
    ("parse_log_immutable_js", lines::immutable_js),
    ("parse_log_redis", lines::redis),
    ("parse_log_jq", lines::jq),
    ("parse_log_doctest", c::doctest),
    ("parse_log_micropython_test", lines::micropython),
    ("parse_log_googletest", lines::googletest),
    ("parse_log_gotest", lines::gotest),
    ("parse_log_maven", java::maven),
    ("parse_log_ant", lines::ant),
    ("parse_log_gradle_custom", java::gradle),
    ("parse_log_phpunit", javascript::phpunit),
    ("parse_log_minitest", lines::minitest),
    ("parse_log_cucumber", lines::cucumber),
    ("parse_log_ruby_unit", lines::ruby_unit),
    ("parse_log_rspec_transformed_json", lines::rspec),
    ("parse_log_jekyll", lines::jekyll),
    ("parse_log_cargo", lines::cargo),
];

/// Names of all parsers, in the package's order.
pub fn parsers() -> impl Iterator<Item = &'static str> {
    REGISTRY.iter().map(|(name, _)| *name)
}

pub(in crate::harness::foreign) fn by_name(name: &str) -> Option<Parse> {
    REGISTRY.iter().find(|(known, _)| *known == name).map(|(_, parse)| *parse)
}

/// The parser for a format of kerf's, where an instance names none. For nextest, JUnit XML, mocha, node's own runner
/// and unittest the package has none; users of it would reach for the nearest: cargo's (which reads nothing of
/// nextest), ant's (nothing of XML), highlight.js's for mocha's ticks, TAP for node, Django's for unittest.
pub fn parser_for(format: Format) -> &'static str {
    match format {
        Format::Cargo | Format::Nextest => "parse_log_cargo",
        Format::Junit => "parse_log_ant",
        Format::Jest => "parse_log_jest",
        Format::Vitest => "parse_log_vitest",
        Format::Mocha => "parse_log_highlightjs",
        Format::Node | Format::Tap => "parse_log_tap",
        Format::Pytest => "parse_log_pytest",
        Format::Unittest => "parse_log_django",
        Format::Go => "parse_log_gotest",
    }
}
