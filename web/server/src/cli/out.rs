//! What commands print: text for people, or one line of JSON for programs.
use std::io::{self, Write};

use serde::Serialize;

use super::exit::{Exit, Failed};

/// Where results go.
#[derive(Clone, Copy, Debug)]
pub struct Out {
    /// Whether a program reads them.
    pub json: bool,
}

impl Out {
    /// Prints a result: as one line of JSON, or as `text` says.
    pub fn print<T: Serialize + ?Sized>(
        self,
        value: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failed> {
        if self.json {
            let line = serde_json::to_string(value);
            line_out(&line.map_err(|error| Failed::other(format!("no JSON form: {error}")))?)
        } else {
            line_out(text().trim_end())
        }
    }

    /// Prints a text that is the same for people and programs.
    pub fn text(self, text: &str) -> Result<Exit, Failed> {
        line_out(text.trim_end())?;
        Ok(Exit::Done)
    }

    /// Prints a line that only people need.
    pub fn note(self, text: &str) -> Result<(), Failed> {
        if self.json { Ok(()) } else { line_out(text) }
    }
}

/// One line on standard output. Whoever reads it may go away at any time.
fn line_out(text: &str) -> Result<(), Failed> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(Failed::other(format!("cannot write the result: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Rows with their columns aligned.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let pad = width - cell.chars().count();
            format!("{cell}{}", " ".repeat(pad))
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_characters() {
        let rows = vec![
            vec!["köln".to_owned(), "up".to_owned()],
            vec!["falkenstein".to_owned(), "down".to_owned()],
        ];
        assert_eq!(table(&rows), "köln         up\nfalkenstein  down\n");
    }
}
