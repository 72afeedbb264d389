//! The sortable table of an observable: the columns that every format of tables has, and the difference from the best
//! point.

use super::points::Points;
use crate::report::compared::Standing;
use crate::report::number;
use crate::report::table::{Cell, Columns, csv};

/// A table as a page shows it.
pub(super) struct Listing {
    /// The name for programs, by which the page finds it.
    pub(super) name: &'static str,
    /// `capacity α`, with the unit.
    pub(super) title: String,
    pub(super) columns: Vec<Heading>,
    pub(super) rows: Vec<Line>,
    /// How many rows the sweep has; if these are more than `rows`, the others are left out.
    pub(super) total: usize,
    /// What is the same in all rows, and what to know of them.
    pub(super) notes: Vec<String>,
    /// The same rows as CSV with all digits, which the page offers to download.
    pub(super) csv: String,
}

/// The head of a column.
pub(super) struct Heading {
    pub(super) key: String,
    pub(super) title: String,
}

/// One row.
pub(super) struct Line {
    pub(super) cells: Vec<Field>,
    pub(super) is_best: bool,
    pub(super) is_near_best: bool,
}

/// One cell.
pub(super) struct Field {
    pub(super) text: String,
    /// What it is sorted by: its number at full precision, or its text.
    pub(super) key: String,
}

/// What people see of some rows: the heads of the columns, the cells of each row, and what is the same in all of them.
pub(super) fn view<R: 'static>(mut columns: Columns<R>, rows: &[R]) -> (Vec<Heading>, Vec<Vec<Field>>, Vec<String>) {
    columns.shorten(rows);
    let constants = columns.take_constants(rows);
    let everywhere = (!constants.is_empty()).then(|| format!("in all rows: {}", constants.join(", ")));
    let shown: Vec<_> = columns.for_people().collect();
    let headings = shown.iter().map(|column| Heading { key: column.key.clone(), title: column.title.clone() });
    let field = |cell: Cell| {
        let (text, number) = (cell.text(), cell.number());
        let key = if number.is_nan() { text.clone() } else { number.to_string() };
        Field { text, key }
    };
    let cells = rows.iter().map(|row| shown.iter().map(|column| field((column.cell)(row))).collect());
    (headings.collect(), cells.collect(), everywhere.into_iter().collect())
}

impl Listing {
    /// The first `most` rows of the table of an observable.
    pub(super) fn new(points: &Points, most: usize) -> Self {
        let table = &points.table;
        let (mut headings, cells, everywhere) = view(table.columns(), &table.rows);
        let total = cells.len();
        let has_best = points.best().is_some() && total > 1;
        // Beside the mean, which is before the counts.
        let at = headings.iter().position(|heading| heading.key == "n").unwrap_or(headings.len());
        if has_best {
            let title = "minus the best".into();
            headings.insert(at, Heading { key: "difference".into(), title });
        }
        let line = |(point, mut cells): (usize, Vec<Field>)| {
            if has_best {
                cells.insert(at, difference(points, point));
            }
            let standing = points.standings[point];
            let is_near_best = standing == Standing::NotDistinguished;
            Line { cells, is_best: standing == Standing::Best, is_near_best }
        };
        Self {
            name: points.observable().name(),
            title: points.observable().quantity.heading(),
            rows: cells.into_iter().enumerate().take(most).map(line).collect(),
            columns: headings,
            total,
            notes: everywhere.into_iter().chain(table.notes()).collect(),
            csv: csv(&table.columns(), &table.rows[..total.min(most)], true),
        }
    }
}

/// The mean of a point less that of the best one, with the error of the difference.
fn difference(points: &Points, point: usize) -> Field {
    let difference = points.difference_from_best(point);
    if difference.value.is_nan() {
        let text = if points.standings[point] == Standing::Best { "best" } else { "" };
        let key = if text.is_empty() { String::new() } else { "0".into() };
        return Field { text: text.into(), key };
    }
    let text = number::with_error(difference.value, difference.standard_error).to_string();
    Field { text, key: difference.value.to_string() }
}
