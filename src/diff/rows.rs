//! Rows and columns of bytes, as the parser wants them for an edit.

use tree_sitter::Point;

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Rows(Vec<usize>);

impl Rows {
    /// Finds the lines of a text.
    pub fn new(text: &[u8]) -> Self {
        Self(std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|at| at + 1)).collect())
    }

    /// Row and column of a byte.
    pub fn point(&self, at: usize) -> Point {
        let row = self.0.partition_point(|start| *start <= at).saturating_sub(1);
        Point::new(row, at - self.0[row])
    }
}
