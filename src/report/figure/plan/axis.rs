//! An axis of the sweep as a figure sees it: its positions with their numbers and names.

use super::scale::is_geometric;
use super::words;
use crate::experiment::{Declaration, Quantity, Value};
use crate::sweep::Axis;

/// An axis of the sweep, reduced to the positions that the figure has.
#[derive(Clone, Debug)]
pub(super) struct Positions {
    /// The place of the axis in the grid.
    pub axis: usize,
    /// The indices along the axis.
    pub indices: Vec<usize>,
    /// What the numbers are of, with their unit, such as `diffusion D (µm²/s)`.
    pub label: String,
    /// The number at each position, if there are distinct ones.
    pub numbers: Option<Vec<f64>>,
    /// The whole text of each position, such as `c_out = 0.5` or `joined`.
    pub names: Vec<String>,
    /// Whether its scale is logarithmic.
    pub is_geometric: bool,
}

impl Positions {
    /// All positions of an axis; `parameter` says which of those that move together gives the numbers, if one was
    /// named.
    pub(super) fn new(declaration: &Declaration, place: usize, axis: &Axis, parameter: Option<&str>) -> Self {
        let quantities: Vec<Quantity> =
            axis.positions.iter().map(|position| declaration.parameters[*position].quantity).collect();
        let column = axis.numeric_column(parameter);
        let numbers = column.and_then(|column| axis.distinct_numbers(column));
        let quantity = quantities[column.unwrap_or(0)];
        let is_joint = quantities.len() > 1;
        let all_equal = is_joint && axis.points().all(|point| point.iter().all(|value| value.key() == point[0].key()));
        let symbols: Vec<&str> = quantities.iter().map(symbol_of).collect();
        let label = match (is_joint, all_equal) {
            (false, _) if numbers.is_none() => labelled(&quantity),
            (false, _) => heading(&quantity),
            (true, true) => with_unit(symbols.join(" = "), quantity.unit.written),
            (true, false) if numbers.is_some() => {
                let others: Vec<&str> = quantities.iter().filter(|other| **other != quantity).map(symbol_of).collect();
                // The unit belongs to the numbers, not to what moves with them.
                format!("{}, with {}", heading(&quantity), others.join(", "))
            }
            (true, false) => symbols.join(", "),
        };
        let texts: Vec<Vec<String>> = (0..quantities.len()).map(|column| texts(&axis.column(column))).collect();
        let name = |place: usize| match all_equal {
            true => format!("{} = {}", symbols.join(" = "), with_unit_behind(&texts[0][place], &quantity)),
            false => {
                let of = |column: usize| match axis.point(place)[column] {
                    Value::Choice(word) => word.to_string(),
                    _ => format!(
                        "{} = {}",
                        symbols[column],
                        with_unit_behind(&texts[column][place], &quantities[column])
                    ),
                };
                (0..quantities.len()).map(of).collect::<Vec<_>>().join(", ")
            }
        };
        Self {
            axis: place,
            indices: (0..axis.len()).collect(),
            is_geometric: numbers.as_ref().is_some_and(|numbers| is_geometric(numbers)),
            names: (0..axis.len()).map(name).collect(),
            numbers,
            label,
        }
    }

    /// With these positions only, in this order.
    pub(super) fn keep(&mut self, kept: &[usize]) {
        self.indices = kept.iter().map(|place| self.indices[*place]).collect();
        self.names = kept.iter().map(|place| self.names[*place].clone()).collect();
        self.numbers = self.numbers.take().map(|numbers| kept.iter().map(|place| numbers[*place]).collect());
    }

    /// In the order of the numbers, if there are any.
    pub(super) fn sorted(mut self) -> Self {
        if let Some(numbers) = &self.numbers {
            let mut order: Vec<usize> = (0..numbers.len()).collect();
            order.sort_by(|left, right| numbers[*left].total_cmp(&numbers[*right]));
            self.keep(&order);
        }
        self
    }

    pub(super) fn len(&self) -> usize {
        self.indices.len()
    }

    /// Short names for a place where the label is next to them: numbers alone.
    pub(super) fn ticks(&self) -> Vec<String> {
        match &self.numbers {
            Some(numbers) => words::values(numbers),
            None => self.names.clone(),
        }
    }
}

/// `diffusion D`, or the label alone where there is no symbol.
fn labelled(quantity: &Quantity) -> String {
    match quantity.symbol {
        "" => quantity.label.to_string(),
        symbol => format!("{} {symbol}", quantity.label),
    }
}

/// The label of an axis of values: `diffusion D (µm²/s)`.
pub(super) fn heading(quantity: &Quantity) -> String {
    with_unit(labelled(quantity), quantity.unit.written)
}

fn with_unit(label: String, unit: &str) -> String {
    if unit.is_empty() { label } else { format!("{label} ({unit})") }
}

/// The symbol, or the label where there is none.
pub(super) fn symbol_of(quantity: &Quantity) -> &'static str {
    if quantity.symbol.is_empty() { quantity.label } else { quantity.symbol }
}

/// `diffusion D = 3300 µm²/s`, or `microzones joined`.
pub(super) fn named_fully(quantity: &Quantity, value: Value) -> String {
    match value {
        Value::Choice(word) => format!("{} {word}", quantity.label),
        value => format!("{} = {}", labelled(quantity), written(value, quantity)),
    }
}

/// The value with its unit.
pub(super) fn written(value: Value, quantity: &Quantity) -> String {
    with_unit_behind(&texts(&[value])[0], quantity)
}

/// The values of one parameter, with as many digits as keep them apart.
fn texts(column: &[Value]) -> Vec<String> {
    match column.iter().map(Value::number).collect::<Option<Vec<f64>>>() {
        Some(numbers) => words::values(&numbers),
        None => column.iter().map(Value::to_string).collect(),
    }
}

fn with_unit_behind(text: &str, quantity: &Quantity) -> String {
    match quantity.unit.written {
        "" => text.to_string(),
        "°" => format!("{text}°"),
        // `0.3/s`, and not `0.3 1/s`.
        unit if unit.starts_with("1/") => format!("{text}{}", &unit[1..]),
        unit => format!("{text} {unit}"),
    }
}
