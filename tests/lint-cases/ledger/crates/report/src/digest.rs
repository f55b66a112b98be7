//! A report in few words.

use ledger_core::{Journal, Result};

use crate::{Filter, TrialBalance};

pub struct Digest {
    lines: Vec<String>,
}

impl Digest {
    /// Reads a journal.
    pub fn of(journal: &Journal) -> Result<Digest> {
        let balance = TrialBalance::of(journal, &Filter::default())?;
        let mut lines = Vec::new();
        let number = journal.transactions().len();
        lines.push(format!("{} transactions", number));
        if balance.total().is_zero() == false {
            lines.push("not balanced".to_string());
        }
        Ok(Digest { lines: lines })
    }

    /// The first line.
    pub fn first(&self) -> &str {
        self.lines.get(0).map(|line| line.as_str()).unwrap_or("")
    }

    /// All lines.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(line);
            text.push_str("\n");
        }
        println!("{}", text.len());
        text
    }
}

/// Shortens a line to a width.
pub fn shorten(line: &String, width: usize) -> String {
    let letters: Vec<char> = line.chars().collect();
    let mut kept = String::new();
    for index in 0..letters.len() {
        if index < width {
            kept.push(letters[index]);
        }
    }
    kept
}

fn padded(line: &str, width: usize) -> String {
    let missing = width - line.len();
    let blanks = std::iter::repeat(" ").take(missing).collect::<String>();
    let text = format!("{}{}", line, blanks);
    return text;
}
