//! The formats for people, which show the same.

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};

use super::columns::Columns;
use super::wrap::wrapped;
use super::{format, latex};

/// Text is kept within this many columns where possible.
const WIDTH: usize = 100;

/// What stands before the further lines of a note.
const INDENT: &str = "  ";

#[derive(Clone, Copy)]
pub(in crate::report) enum Look {
    Text,
    Markdown,
    Latex,
}

impl Look {
    /// Columns, rows, and below them what is the same in all rows and the notes.
    pub(in crate::report) fn table<R: 'static>(self, columns: Columns<R>, rows: &[R], notes: Vec<String>) -> String {
        self.first_rows(columns, rows, rows.len(), notes)
    }

    /// A table that shows this many of the rows; what is the same in all rows is also the same in those not shown.
    pub(in crate::report) fn first_rows<R: 'static>(
        self,
        mut columns: Columns<R>,
        rows: &[R],
        most: usize,
        notes: Vec<String>,
    ) -> String {
        columns.shorten(rows);
        let constants = columns.take_constants(rows);
        let rows = &rows[..rows.len().min(most)];
        let everywhere = (!constants.is_empty()).then(|| format!("in all rows: {}", constants.join(", ")));
        let notes: Vec<String> = everywhere.into_iter().chain(notes).collect();
        match self {
            Look::Text => format::grid(NOTHING, &columns, rows, Some(WIDTH)) + &paragraph(lines(&notes)),
            Look::Markdown => {
                let notes: String = notes.iter().map(|note| format!("{note}\n")).collect();
                format::grid(ASCII_MARKDOWN, &columns, rows, None) + &paragraph(notes)
            }
            Look::Latex => latex::tabular(&columns, rows) + &latex::notes(&notes),
        }
    }

    /// What stands above a further table.
    pub(in crate::report) fn title(self, title: &str) -> String {
        match self {
            Look::Text | Look::Markdown => format!("\n{title}\n\n"),
            Look::Latex => format!("\n\\par\\medskip\n{}\n\n\\smallskip\n", latex::text(title)),
        }
    }
}

/// The notes, after an empty line.
fn paragraph(notes: String) -> String {
    if notes.is_empty() { notes } else { format!("\n{notes}") }
}

/// Sentences, each on a separate line; long ones continue on further lines, which are indented.
pub(in crate::report) fn lines(sentences: &[String]) -> String {
    let in_lines = |sentence: &String| wrapped(sentence, WIDTH - INDENT.len()).join(&format!("\n{INDENT}")) + "\n";
    sentences.iter().map(in_lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::table::cell::Cell;

    #[test]
    fn what_is_said_of_all_rows_is_true_of_those_that_are_not_shown() {
        let columns = || {
            let mut columns: Columns<usize> = Columns::of_parameters(&[], |_| &[]);
            columns.add("row", "row", |row| Cell::Count(*row));
            columns.add("half", "half", |row| Cell::Count(row / 2)).may_be_noted = true;
            columns
        };
        let text = Look::Text.first_rows(columns(), &[0, 1, 2], 2, vec!["the first 2".into()]);
        assert_eq!(text, " row  half\n   0     0\n   1     0\n\nthe first 2\n");
        assert!(Look::Text.table(columns(), &[0, 1], Vec::new()).contains("in all rows: half = 0"));
    }
}
