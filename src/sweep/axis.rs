//! An axis of the grid: one parameter, or several that move together.

use std::collections::HashSet;

use crate::experiment::Value;

/// Values that an error lists.
const SHOWN: usize = 12;
/// The fewest digits with which figures write a value that has more; tables have four.
const FEWEST_DIGITS: usize = 3;

/// One dimension of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The parameters that move along it, by catalogue position; one for `[grid]`, at least one for `[[zip]]`.
    pub positions: Vec<usize>,
    name: String,
    /// The names of the parameters.
    pub names: Vec<&'static str>,
    /// The values of all parameters at the first point, then at the second, and so on.
    values: Vec<Value>,
}

impl Axis {
    /// The axis along which one parameter takes these values.
    pub fn simple(position: usize, name: &'static str, values: Vec<Value>) -> Self {
        Self { positions: vec![position], name: name.into(), names: vec![name], values }
    }

    /// The axis of this name along which the parameters of `columns`, all equally long, move together.
    pub fn zipped(name: String, columns: &[Self]) -> Self {
        let length = columns.iter().map(Self::len).min().unwrap_or(0);
        Self {
            name,
            positions: columns.iter().flat_map(|column| column.positions.iter().copied()).collect(),
            names: columns.iter().flat_map(|column| column.names.iter().copied()).collect(),
            values: (0..length)
                .flat_map(|point| columns.iter().flat_map(move |column| column.point(point)))
                .copied()
                .collect(),
        }
    }

    /// The name of the axis: that of its parameter, or that of its `[[zip]]`.
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// The number of points.
    pub fn len(&self) -> usize {
        self.values.len() / self.positions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether this is its name, or that of a parameter that moves along it.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.names.contains(&name) || self.name == name
    }

    /// Whether one parameter alone moves along it, so that its values are the coordinate.
    pub(crate) fn is_simple(&self) -> bool {
        self.positions.len() == 1
    }

    /// The value of each parameter at a point.
    pub fn point(&self, index: usize) -> &[Value] {
        let width = self.positions.len();
        &self.values[index * width..][..width]
    }

    /// The values of all parameters, point by point.
    pub fn points(&self) -> impl ExactSizeIterator<Item = &[Value]> {
        self.values.chunks_exact(self.positions.len())
    }

    /// The values of all parameters in a row, point by point: of a simple axis, those of the one parameter.
    pub(crate) fn all_values(&self) -> &[Value] {
        &self.values
    }

    /// The values of one parameter at every point.
    pub fn column(&self, index: usize) -> Vec<Value> {
        self.points().map(|point| point[index]).collect()
    }

    /// The numbers of one parameter, if all of its values are numbers and no two are equal.
    pub(crate) fn distinct_numbers(&self, column: usize) -> Option<Vec<f64>> {
        let numbers: Vec<f64> = self.column(column).iter().map(Value::number).collect::<Option<_>>()?;
        let mut sorted = numbers.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.windows(2).all(|pair| pair[0] < pair[1]).then_some(numbers)
    }

    /// The place of the parameter whose numbers label the axis: the one of this name, or the first that has distinct
    /// numbers.
    pub(crate) fn numeric_column(&self, name: Option<&str>) -> Option<usize> {
        let named = name.and_then(|name| self.names.iter().position(|own| *own == name));
        named.or_else(|| (0..self.names.len()).find(|column| self.distinct_numbers(*column).is_some()))
    }

    /// The value of a parameter on this axis that is meant by another one: the same, or the only one that is written so
    /// in tables and figures, with at least three digits.
    pub(super) fn meant(&self, column: usize, written: Value) -> Option<Value> {
        let is_shortened = |value: &Value| match (value, written) {
            (Value::Number(value), Value::Number(written)) => {
                (FEWEST_DIGITS..17).any(|digits| format!("{value:.*e}", digits - 1).parse() == Ok(written))
            }
            _ => false,
        };
        let mut seen = HashSet::new();
        let values: Vec<Value> = self.column(column).into_iter().filter(|value| seen.insert(value.key())).collect();
        let mut shortened = values.iter().filter(|value| is_shortened(value));
        match (values.iter().find(|value| value.key() == written.key()), shortened.next(), shortened.next()) {
            (Some(same), ..) | (None, Some(same), None) => Some(*same),
            _ => None,
        }
    }

    /// The first values of a parameter at some of the points, for messages.
    pub(super) fn listed(&self, column: usize, points: impl Iterator<Item = usize>) -> String {
        let mut values: Vec<Value> = Vec::new();
        for point in points {
            let value = self.point(point)[column];
            if values.len() > SHOWN {
                break;
            }
            if !values.iter().any(|known| known.key() == value.key()) {
                values.push(value);
            }
        }
        let shown: Vec<String> = values.iter().take(SHOWN).map(Value::to_string).collect();
        let more = if values.len() > SHOWN { ", …" } else { "" };
        format!("{}{more}", shown.join(", "))
    }

    /// The indices of two points that are the same, if there are any.
    pub(crate) fn duplicate(&self) -> Option<[usize; 2]> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        let key = |index: usize| self.point(index).iter().map(Value::key);
        order.sort_by(|left, right| key(*left).cmp(key(*right)));
        order.windows(2).find(|pair| key(pair[0]).eq(key(pair[1]))).map(|pair| [pair[0], pair[1]])
    }
}
