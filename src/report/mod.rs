//! report

pub mod diff_text;
