//! TypeScript, and TSX: the same language with JSX in place of type assertions by angle brackets. Two grammars, one set
//! of rules, shared with JavaScript.

use super::javascript::{bridges, row};
use super::language::Language;

/// The row of [`super::LANGUAGES`] without JSX.
pub static TYPESCRIPT: Language = row(
    "typescript",
    &["ts", "mts", "cts"],
    || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    bridges::TYPESCRIPT,
);

/// The row of [`super::LANGUAGES`] with JSX.
pub static TSX: Language = row("tsx", &["tsx"], || tree_sitter_typescript::LANGUAGE_TSX.into(), bridges::TSX);
