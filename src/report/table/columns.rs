//! The columns of a table, which every format goes through.

use std::collections::{BTreeSet, HashMap};

use super::cell::Cell;
use crate::experiment::{Quantity, Value};
use crate::report::number::{self, Written};
use crate::sweep::Sweep;

/// The fewest digits that people see of a parameter with several values.
const DIGITS: usize = 4;

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
    /// Whether people see it once, in a note, if it is the same in every row.
    pub(crate) may_be_noted: bool,
    /// What a row has in this column, both as a text for people and as a value for programs.
    pub(crate) cell: Box<dyn Fn(&R) -> Cell>,
}

/// All columns of a table, in the order in which they are seen.
pub(crate) struct Columns<R>(Vec<Column<R>>);

impl<R: 'static> Columns<R> {
    /// One column per swept parameter.
    pub(in crate::report) fn of_parameters(parameters: &[Quantity], values: fn(&R) -> &[Value]) -> Self {
        let mut columns = Self(Vec::new());
        for (index, quantity) in parameters.iter().enumerate() {
            let column = columns.add(quantity.name, quantity.heading(), move |row| Cell::Parameter(values(row)[index]));
            column.may_be_noted = true;
        }
        columns
    }

    /// Makes people see the numbers of parameters and coordinates with as many digits as keep them apart, at least
    /// four, and with all digits before the point.
    pub(in crate::report) fn shorten(&mut self, rows: &[R]) {
        for column in &mut self.0 {
            let labels = rows.iter().map(&column.cell).filter_map(|cell| cell.label());
            let different: BTreeSet<u64> = labels.map(f64::to_bits).collect();
            let numbers: Vec<f64> = different.into_iter().map(f64::from_bits).collect();
            // A single value keeps all of its digits.
            if numbers.len() < 2 {
                continue;
            }
            let of_label = |(number, label): (&f64, Option<Written>)| {
                Some((number.to_bits(), label?.to_string().parse::<f64>().ok()?))
            };
            let shown: HashMap<u64, f64> =
                numbers.iter().zip(number::labels(&numbers, DIGITS)).filter_map(of_label).collect();
            let cell = std::mem::replace(&mut column.cell, Box::new(|_| Cell::Mark(false)));
            column.cell = Box::new(move |row| cell(row).with_number(|number| shown.get(&number.to_bits()).copied()));
        }
    }

    /// Adds a column at the end, for people and programs unless the caller changes that.
    pub(in crate::report) fn add(
        &mut self,
        key: impl Into<String>,
        title: impl Into<String>,
        cell: impl Fn(&R) -> Cell + 'static,
    ) -> &mut Column<R> {
        let (key, title, end) = (key.into(), title.into(), self.0.len());
        let cell = Box::new(cell);
        self.0.push(Column { key, title, for_people: true, for_programs: true, may_be_noted: false, cell });
        &mut self.0[end]
    }

    /// Hides from people the columns that may be noted and are the same in every one of several rows, and returns what
    /// they have in words, such as `inputs = 1000`.
    pub(in crate::report) fn take_constants(&mut self, rows: &[R]) -> Vec<String> {
        let mut constants = Vec::new();
        let [first, others @ ..] = rows else { return constants };
        for column in self.0.iter_mut().filter(|column| column.for_people && column.may_be_noted) {
            let text = (column.cell)(first).text();
            if !others.is_empty() && others.iter().all(|row| (column.cell)(row).text() == text) {
                column.for_people = false;
                constants.push(format!("{} = {text}", column.title));
            }
        }
        constants
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
