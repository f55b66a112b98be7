//! Text tables.

/// How the cells of a column are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// To the left.
    Left,
    /// To the right.
    Right,
}

/// Rows of cells under aligned columns, without a frame.
///
/// ```
/// use ledger_report::{Align, Table};
///
/// let mut table = Table::new(&[Align::Left, Align::Right]);
/// table.row(["Food", "45.20 EUR"]);
/// table.row(["Rent", "900.00 EUR"]);
/// assert_eq!(table.to_string(), "Food   45.20 EUR\nRent  900.00 EUR\n");
/// ```
#[derive(Debug, Clone)]
pub struct Table {
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub fn new(aligns: &[Align]) -> Self {
        Self { aligns: aligns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row. Missing cells are empty, cells beyond the last column are dropped.
    pub fn row<I>(&mut self, cells: I)
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let mut row: Vec<String> = cells.into_iter().map(Into::into).collect();
        row.resize(self.aligns.len(), String::new());
        self.rows.push(row);
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.aligns.len()];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let widths = self.widths();
        for row in &self.rows {
            let cells =
                row.iter().zip(&self.aligns).zip(&widths).map(
                    |((cell, align), width)| match align {
                        Align::Left => format!("{cell:<width$}"),
                        Align::Right => format!("{cell:>width$}"),
                    },
                );
            let line = cells.collect::<Vec<_>>().join("  ");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_rows_are_filled_up() {
        let mut table = Table::new(&[Align::Left, Align::Left]);
        table.row(["long cell", "x"]);
        table.row(["y"]);
        assert_eq!(table.to_string(), "long cell  x\ny\n");
    }
}
