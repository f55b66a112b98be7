//! Rows and columns of bytes, as the parser wants them for an edit.

use std::ops::Range;

use tree_sitter::{InputEdit, Point};

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

    /// What a tree of this text is told where `put` comes in the place of some bytes.
    pub fn edit(&self, place: Range<usize>, put: &[u8]) -> InputEdit {
        let start = self.point(place.start);
        let rows = memchr::memchr_iter(b'\n', put).count();
        let column = memchr::memrchr(b'\n', put).map_or(start.column + put.len(), |at| put.len() - at - 1);
        InputEdit {
            start_byte: place.start,
            old_end_byte: place.end,
            new_end_byte: place.start + put.len(),
            start_position: start,
            old_end_position: self.point(place.end),
            new_end_position: Point::new(start.row + rows, column),
        }
    }
}
