//! How far the results are from the theory.

use super::listing::{Field, Heading, view};
use super::points::Points;
use crate::report::number;
use crate::report::table::deviation::MeanDeviation;

/// What a page says of the theory of one observable.
pub(super) struct Deviation {
    pub(super) label: String,
    /// `3.1 ± 1.1 %`, and what noise alone would give; empty if no point can be compared.
    pub(super) mean: String,
    pub(super) noise: String,
    /// Points that can be compared, of all.
    pub(super) points: String,
    /// `+2.8 errors (+7.6 %) at …`; empty likewise.
    pub(super) largest: String,
}

/// The values at infinite size.
pub(super) struct Limit {
    pub(super) title: String,
    pub(super) columns: Vec<Heading>,
    pub(super) rows: Vec<Vec<Field>>,
    pub(super) notes: Vec<String>,
}

/// The deviation of an observable; none if it has no theory.
pub(super) fn deviation(points: &Points) -> Option<Deviation> {
    if !points.table.has_theory {
        return None;
    }
    let rows = points.rows();
    let compared = |point: &usize| rows[*point].comparison().in_errors().is_finite() && !rows[*point].is_selection();
    let errors = |point: &usize| rows[*point].comparison().in_errors().abs();
    let largest = (0..rows.len()).filter(compared).max_by(|left, right| errors(left).total_cmp(&errors(right)));
    let largest = largest.map(|point| {
        let comparison = rows[point].comparison();
        let relative = number::signed_percent(comparison.deviation(), 1);
        let relative = if relative.is_empty() { relative } else { format!(" ({relative})") };
        let name = points.name(point);
        let at = if name.is_empty() { name } else { format!(" at {name}") };
        format!("{} errors{relative}{at}", number::signed(comparison.in_errors(), 1))
    });
    let mean = points.table.mean_deviation();
    Some(Deviation {
        label: points.observable().quantity.label.into(),
        mean: mean.as_ref().map_or_else(String::new, MeanDeviation::text),
        noise: mean.as_ref().map_or_else(String::new, MeanDeviation::noise_text),
        points: format!("{} of {}", mean.map_or(0, |mean| mean.points), rows.len()),
        largest: largest.unwrap_or_default(),
    })
}

/// The values of an observable at infinite size, if the sweep has an axis of sizes.
pub(super) fn limit(points: &Points) -> Option<Limit> {
    let extrapolated = points.table.extrapolated.as_ref()?;
    let (columns, rows, notes) = view(points.table.extrapolated_columns(extrapolated), &extrapolated.rows);
    let label = points.observable().quantity.label;
    Some(Limit { title: format!("{label} extrapolated to infinite {}", extrapolated.size), columns, rows, notes })
}
