//! The table of values at infinite size: one row for each combination of the other axes.

use super::deviation::Comparison;
use super::extrapolation::{FEWEST_SIZES, Fit, Law, Measured, extrapolate, usable};
use super::row::Row;
use crate::experiment::{Estimate, Value};
use crate::sweep::Sweep;

pub struct Extrapolated {
    /// The parameter that goes to infinity.
    pub size: &'static str,
    /// The other swept parameters, in grid order.
    pub parameters: Vec<&'static str>,
    pub rows: Vec<ExtrapolatedRow>,
}

pub struct ExtrapolatedRow {
    pub parameters: Vec<Value>,
    /// How many sizes have a weight in the fits.
    pub sizes: usize,
    /// One for each of [`Law::ALL`].
    pub fits: [Option<Fit>; 2],
    /// At the largest size; NaN where there is none.
    pub theory: Estimate,
}

impl Extrapolated {
    /// From the table of all points; `None` unless the experiment's size is an axis by itself, and there is something to fit.
    pub fn new(sweep: &Sweep, rows: &[Row]) -> Option<Self> {
        let size = sweep.declaration().size?;
        let is_of_sizes = |axis: &crate::sweep::Axis| axis.names == [size] && axis.len() >= FEWEST_SIZES;
        let along = sweep.axes.iter().position(is_of_sizes)?;
        let stride: usize = sweep.axes[along + 1..].iter().map(crate::sweep::Axis::len).product();
        let column: usize = sweep.axes[..along].iter().map(|axis| axis.names.len()).sum();
        let others = |row: &Row| {
            let mut parameters = row.parameters.clone();
            parameters.remove(column);
            parameters
        };
        let of_combination = |first: usize| {
            let points = (0..sweep.axes[along].len()).map(|index| &rows[first + index * stride]);
            let with_sizes: Vec<(f64, &Row)> = points.map(|row| (number(row.parameters[column]), row)).collect();
            ExtrapolatedRow::new(others(&rows[first]), &with_sizes)
        };
        let mut parameters: Vec<&'static str> = sweep.axes.iter().flat_map(|axis| axis.names.clone()).collect();
        parameters.remove(column);
        let firsts = (0..sweep.points()).filter(|point| sweep.indices(*point)[along] == 0);
        let rows: Vec<ExtrapolatedRow> = firsts.map(of_combination).collect();
        let something = rows.iter().any(|row| row.fits.iter().any(Option::is_some));
        something.then_some(Self { size, parameters, rows })
    }
}

impl ExtrapolatedRow {
    fn new(parameters: Vec<Value>, points: &[(f64, &Row)]) -> Self {
        let measured =
            |&(size, row): &(f64, &Row)| Measured { size, mean: row.mean, standard_error: row.standard_error };
        let measured: Vec<Measured> = points.iter().map(measured).collect();
        let largest = points.iter().max_by(|left, right| left.0.total_cmp(&right.0));
        let unknown = Estimate { value: f64::NAN, standard_error: f64::NAN };
        Self {
            parameters,
            sizes: usable(&measured).len(),
            fits: Law::ALL.map(|law| extrapolate(&measured, law)),
            theory: largest.map_or(unknown, |(_, row)| row.comparison().theory),
        }
    }

    /// The value of each law beside the theory.
    pub fn comparisons(&self) -> [Comparison; 2] {
        self.fits.map(|fit| {
            let (value, standard_error) = fit.map_or((f64::NAN, f64::NAN), |fit| (fit.value, fit.standard_error));
            Comparison { measured: Estimate { value, standard_error }, theory: self.theory }
        })
    }
}

fn number(value: Value) -> f64 {
    match value {
        Value::Number(number) => number,
        Value::Integer(integer) => integer as f64,
        Value::Choice(_) => f64::NAN,
    }
}
