//! The columns of a table, which every format goes through.

use super::cell::Cell;
use crate::experiment::{Quantity, Value};
use crate::sweep::Sweep;

/// One column of a table whose rows are of the type `R`.
///
/// A table is a list of columns over a list of rows, and this is all that a format knows of it. A format for people,
/// such as text, shows the title and the texts of a column. A format for programs, such as CSV, has its key and its
/// values at full precision. Some columns are for people or for programs only, but both see the same order.
pub(crate) struct Column<R> {
    /// The name for programs: the header in CSV, the key in JSON.
    pub(crate) key: String,
    /// The name for people: the header in text and Markdown.
    pub(crate) title: String,
    pub(crate) for_people: bool,
    pub(crate) for_programs: bool,
    /// What a row has in this column, both as a text for people and as a value for programs.
    pub(crate) cell: Box<dyn Fn(&R) -> Cell>,
}

/// All columns of a table, in the order in which they are seen.
pub(crate) struct Columns<R>(Vec<Column<R>>);

impl<R: 'static> Columns<R> {
    /// One column per swept parameter.
    pub(super) fn of_parameters(parameters: &[Quantity], values: fn(&R) -> &[Value]) -> Self {
        let mut columns = Self(Vec::new());
        for (index, quantity) in parameters.iter().enumerate() {
            columns.add(quantity.name, quantity.heading(), move |row| Cell::Parameter(values(row)[index]));
        }
        columns
    }

    /// Adds a column at the end, for people and programs unless the caller changes that.
    pub(super) fn add(
        &mut self,
        key: impl Into<String>,
        title: impl Into<String>,
        cell: impl Fn(&R) -> Cell + 'static,
    ) -> &mut Column<R> {
        let (key, title, end) = (key.into(), title.into(), self.0.len());
        self.0.push(Column { key, title, for_people: true, for_programs: true, cell: Box::new(cell) });
        &mut self.0[end]
    }

    pub(crate) fn for_people(&self) -> impl Iterator<Item = &Column<R>> {
        self.0.iter().filter(|column| column.for_people)
    }

    pub(crate) fn for_programs(&self) -> impl Iterator<Item = &Column<R>> {
        self.0.iter().filter(|column| column.for_programs)
    }
}

/// The swept parameters, in grid order.
pub(super) fn swept(sweep: &Sweep) -> Vec<Quantity> {
    let declared = sweep.declaration().parameters;
    sweep.axes.iter().flat_map(|axis| &axis.positions).map(|position| declared[*position].quantity).collect()
}
