//! What `diff` prints: one row per value, the largest differences first where people read it, and a line per
//! observable.

use super::number;
use super::table::cell::Cell;
use super::table::columns::Columns;
use super::table::format;
use super::table::look::{Look, lines};
use crate::experiment::{Observable, OwnDimension, Quantity, Value};
use crate::results::Results;
use crate::results::difference::{MANY_ERRORS, Matching, Pair, Tally, ValueDifference, common_observables, compare};

/// The number of rows that people see.
const MOST_ROWS: usize = 20;

/// The number of points on only one side that people see.
const MOST_POINTS: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// The largest differences, rounded, and a line per observable
    Text,
    /// Every value of one observable at full precision
    Csv,
    /// The same as CSV, with the tally of every observable
    Json,
}

/// Everything about how two results differ.
pub(crate) struct Differences {
    /// The observable that has rows.
    observable: &'static Observable,
    /// The parameters that one side or the other sweeps, and that are not ignored.
    parameters: Vec<Quantity>,
    rows: Vec<Row>,
    /// Of this observable, or of all that both sides have.
    tallies: Vec<(&'static Observable, Tally)>,
    /// How many points are in both, and how many of these have the same random numbers in both.
    common: usize,
    paired: usize,
    /// The points that only one side has, in words.
    only: [Vec<String>; 2],
    /// What the user asked to ignore and is not the same, in words.
    ignored: Vec<String>,
}

#[derive(Clone)]
struct Row {
    parameters: Vec<Value>,
    coordinates: Vec<f64>,
    /// Whether the point is in both.
    is_common: bool,
    paired: bool,
    value: ValueDifference,
}

/// What is to be compared.
pub(crate) struct Question<'a> {
    pub sides: [&'a Results<'a>; 2],
    pub matching: &'a Matching,
    pub ignored: &'a [&'a str],
    /// One observable alone, if the user asks for it.
    pub observable: Option<&'static Observable>,
}

impl Differences {
    /// # Errors
    /// Why there is nothing to compare: no observable is in both, or none has values in both.
    pub(crate) fn new(question: &Question) -> Result<Self, &'static str> {
        let Question { sides, matching, ignored, observable } = question;
        let observables = match observable {
            Some(one) => vec![*one],
            None => common_observables(*sides),
        };
        let first = *observables.first().ok_or("no observable is in both directories")?;
        let positions = swept(*sides, ignored);
        let declared = sides[0].sweep.declaration().parameters;
        let tally = |observable: &'static Observable| {
            let of_pair = |pair: &Pair| compare(*sides, observable, pair.points.map(Some), pair.paired);
            (observable, matching.common.iter().flat_map(of_pair).fold(Tally::default(), Tally::with))
        };
        let tallies: Vec<_> = observables.into_iter().map(tally).collect();
        if tallies.iter().all(|(_, tally)| tally.on_both_sides == 0) {
            return Err("nothing to compare: no point has a value on both sides");
        }
        let only = [0, 1].map(|side| {
            let in_words = |point: &usize| in_words(sides[side], *point, &positions);
            matching.only[side].iter().map(in_words).collect()
        });
        Ok(Self {
            observable: first,
            parameters: positions.iter().map(|position| declared[*position].quantity).collect(),
            rows: rows(question, first, &positions),
            tallies,
            common: matching.common.len(),
            paired: matching.common.iter().filter(|pair| pair.paired).count(),
            only,
            ignored: ignored.iter().filter_map(|name| ignored_in_words(*sides, name)).collect(),
        })
    }

    /// Whether both sides have the same points, and the same bits in every value that was compared.
    pub(crate) fn are_none(&self) -> bool {
        self.only.iter().all(Vec::is_empty) && self.tallies.iter().all(|(_, tally)| tally.equal == tally.compared)
    }

    /// The text in this format, with a newline at its end.
    pub(crate) fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Csv => format::csv(&self.columns(), &self.rows, true),
            Format::Json => format!("{:#}\n", self.json()),
        }
    }

    fn columns(&self) -> Columns<Row> {
        let name = self.observable.name();
        let mut columns = Columns::of_parameters(&self.parameters, |row: &Row| &row.parameters);
        for (index, dimension) in self.observable.dimensions.iter().enumerate() {
            let coordinate = move |row: &Row| Cell::Coordinate(row.coordinates[index]);
            columns.add(dimension.name(), dimension.quantity.heading(), coordinate);
        }
        for (side, letter) in [(0, "a"), (1, "b")] {
            let mean = move |row: &Row| row.value.sides[side].mean;
            let title = format!("{} {}", self.observable.quantity.heading(), letter.to_uppercase());
            columns.add(format!("{name}_mean_{letter}"), title, move |row| {
                Cell::Measured(mean(row).value, mean(row).standard_error)
            });
            let error = move |row: &Row| Cell::Error(mean(row).standard_error);
            columns.add(format!("{name}_sem_{letter}"), "error", error).for_people = false;
            let count = move |row: &Row| Cell::Count(row.value.sides[side].n);
            columns.add(format!("n_{letter}"), format!("n {}", letter.to_uppercase()), count).may_be_noted = true;
            let is_any = |count: fn(&ValueDifference, usize) -> usize| {
                self.rows.iter().any(|row| row.is_common && count(&row.value, side) > 0)
            };
            let failed = move |row: &Row| Cell::Count(row.value.sides[side].failed);
            let column = columns.add(format!("failed_{letter}"), format!("failed {}", letter.to_uppercase()), failed);
            column.for_people = is_any(|value, side| value.sides[side].failed);
            let missing = move |row: &Row| Cell::Count(row.value.sides[side].missing);
            let column =
                columns.add(format!("missing_{letter}"), format!("missing {}", letter.to_uppercase()), missing);
            column.for_people = is_any(|value, side| value.sides[side].missing);
        }
        let difference = |row: &Row| row.value.difference.estimate;
        columns.add("difference", "B - A", move |row| {
            Cell::Measured(difference(row).value, difference(row).standard_error)
        });
        columns.add("difference_sem", "error", move |row| Cell::Error(difference(row).standard_error)).for_people =
            false;
        columns.add("difference_in_errors", "in errors", |row| Cell::Signed(row.value.difference.in_errors()));
        columns.add("paired", "paired", |row| Cell::YesOrNo(row.is_common.then_some(row.paired))).may_be_noted = true;
        let equal = |row: &Row| Cell::YesOrNo(row.is_common.then_some(row.value.equal));
        columns.add("equal_bits", "equal bits", equal).for_people = false;
        columns
    }

    fn text(&self) -> String {
        let is_shown = |row: &&Row| row.is_common && !row.value.equal;
        let mut differing: Vec<Row> = self.rows.iter().filter(is_shown).cloned().collect();
        // Those without an error last; the sort is stable, so that equal ones stay in the order of the grid.
        let size = |row: &Row| row.value.difference.in_errors().abs();
        differing.sort_by(|left, right| {
            let [left, right] = [left, right].map(|row| if size(row).is_nan() { -1.0 } else { size(row) });
            right.total_cmp(&left)
        });
        let mut text = String::new();
        if !differing.is_empty() {
            let count = differing.len();
            let more = (count > MOST_ROWS)
                .then(|| format!("the {MOST_ROWS} largest of {count} differences; `--format csv` prints all"));
            text.push_str(&Look::Text.first_rows(self.columns(), &differing, MOST_ROWS, more.into_iter().collect()));
            text.push('\n');
        }
        text + &lines(&self.lines())
    }

    /// What is said of all points together.
    fn lines(&self) -> Vec<String> {
        let [only_a, only_b] = &self.only;
        let streams = match self.paired {
            0 => "different random numbers: means are compared".into(),
            all if all == self.common => "same random numbers: replicates are paired".into(),
            some => format!("{some} of them with the same random numbers, compared in pairs"),
        };
        let mut lines = vec![format!(
            "points: {} in both ({streams}), {} only in A, {} only in B",
            self.common,
            only_a.len(),
            only_b.len()
        )];
        for (side, only) in [("A", only_a), ("B", only_b)] {
            lines.extend(only.iter().take(MOST_POINTS).map(|point| format!("only in {side}: {point}")));
            if only.len() > MOST_POINTS {
                lines.push(format!("only in {side}: {} more", only.len() - MOST_POINTS));
            }
        }
        lines.extend(self.ignored.iter().map(|what| format!("ignored: {what}")));
        lines.extend(self.tallies.iter().map(|(observable, tally)| line(observable, tally)));
        lines
    }

    fn json(&self) -> serde_json::Value {
        let tally = |(observable, tally): &(&Observable, Tally)| {
            let mut object = serde_json::json!(tally);
            object["observable"] = observable.name().into();
            object
        };
        serde_json::json!({
            "observable": self.observable.name(),
            "common_points": self.common,
            "only_in_a": self.only[0],
            "only_in_b": self.only[1],
            "ignored": self.ignored,
            "equal": self.are_none(),
            "observables": self.tallies.iter().map(tally).collect::<Vec<_>>(),
            "rows": format::objects(&self.columns(), &self.rows),
        })
    }
}

/// What is said of one observable.
fn line(observable: &Observable, tally: &Tally) -> String {
    let Tally { compared, equal, largest_in_errors, with_error, beyond_two_errors, expected_by_chance, .. } = tally;
    let what = if observable.is_scalar() { "points" } else { "values" };
    let mut line = format!("{}: {equal} of {compared} {what} have equal bits", observable.name());
    if let Some(largest) = largest_in_errors {
        let (largest, chance) = (number::unsigned(*largest, 1), number::unsigned(*expected_by_chance, 1));
        line.push_str(&format!(
            "; largest difference {largest} errors; {beyond_two_errors} of {with_error} beyond {MANY_ERRORS} errors \
             (chance alone would give {chance})"
        ));
    } else if equal < compared {
        line.push_str("; no error of the difference is known");
    }
    line
}

/// The catalogue positions of the parameters that one side or the other sweeps, in grid order.
fn swept(sides: [&Results; 2], ignored: &[&str]) -> Vec<usize> {
    let mut positions: Vec<usize> = Vec::new();
    for axis in sides.iter().flat_map(|side| &side.sweep.axes) {
        for (position, name) in axis.positions.iter().zip(&axis.names) {
            if !positions.contains(position) && !ignored.contains(name) {
                positions.push(*position);
            }
        }
    }
    positions
}

fn rows(question: &Question, observable: &'static Observable, positions: &[usize]) -> Vec<Row> {
    let Question { sides, matching, .. } = question;
    let common = matching.common.iter().map(|pair| (pair.points.map(Some), pair.paired));
    let only_a = matching.only[0].iter().map(|point| ([Some(*point), None], false));
    let only_b = matching.only[1].iter().map(|point| ([None, Some(*point)], false));
    let coordinates = OwnDimension::product(observable.dimensions);
    let of_point = |(points, paired): ([Option<usize>; 2], bool)| {
        let [a, b] = points;
        let known = a.map(|point| (sides[0], point)).or(b.map(|point| (sides[1], point)));
        let parameters = known.map_or(Vec::new(), |(side, point)| values(side, point, positions));
        let is_common = a.is_some() && b.is_some();
        let coordinates = &coordinates;
        compare(*sides, observable, points, paired).into_iter().map(move |value| Row {
            parameters: parameters.clone(),
            coordinates: coordinates[value.element].clone(),
            is_common,
            paired,
            value,
        })
    };
    common.chain(only_a).chain(only_b).flat_map(of_point).collect()
}

fn values(side: &Results, point: usize, positions: &[usize]) -> Vec<Value> {
    let parameters = side.sweep.parameters(point);
    positions.iter().map(|position| parameters.get(*position)).collect()
}

/// `index = 3, duration = 0`; a sweep without axes has one point.
fn in_words(side: &Results, point: usize, positions: &[usize]) -> String {
    let declared = side.sweep.declaration().parameters;
    let values = values(side, point, positions);
    let words =
        positions.iter().zip(values).map(|(position, value)| format!("{} = {value}", declared[*position].name()));
    words.collect::<Vec<_>>().join(", ")
}

/// A parameter that is ignored, if its values are not the same.
fn ignored_in_words(sides: [&Results; 2], name: &str) -> Option<String> {
    let [a, b] = sides.map(|side| side.sweep.values_of(name));
    let list = |values: &[Value]| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    (a != b).then(|| format!("{name} = {} in A, {} in B", list(&a), list(&b)))
}
