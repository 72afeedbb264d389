//! Whether one sweep carries on another.

use super::{Axis, Sweep};
use crate::experiment::Value;
use crate::wording::counted;

const OTHER: &str = "choose another --out";
/// The remedy where both sweeps may have tasks in common.
const REUSE: &str = "choose another --out, where `microzone run … --reuse DIR` takes what this directory has";

impl Sweep {
    /// The first thing in which `self` does not carry on `earlier`, with the remedy, or `None` if it does: the same
    /// sweep, perhaps with a grown grid, more replicates, a higher precision, or its axes with other names or in
    /// another order.
    pub(crate) fn difference_from(&self, earlier: &Sweep) -> Option<String> {
        let is_other = self.declaration().name != earlier.declaration().name
            || self.seed != earlier.seed
            || self.streams != earlier.streams;
        let remedy = if is_other { OTHER } else { REUSE };
        self.first_difference_from(earlier).map(|difference| format!("{difference}; {remedy}"))
    }

    fn first_difference_from(&self, earlier: &Sweep) -> Option<String> {
        let differs = |what: &str, there: String, here: String| {
            (there != here).then(|| format!("{what} is {there} there and {here} here"))
        };
        differs("sweep.experiment", quoted(earlier.declaration().name), quoted(self.declaration().name))
            .or_else(|| differs("sweep.name", quoted(&earlier.name), quoted(&self.name)))
            .or_else(|| differs("sweep.seed", earlier.seed.to_string(), self.seed.to_string()))
            .or_else(|| differs("sweep.streams", quoted(earlier.streams.name()), quoted(self.streams.name())))
            .or_else(|| {
                (self.replicates < earlier.replicates).then(|| {
                    format!("sweep.replicates is {} there and only {} here", earlier.replicates, self.replicates)
                })
            })
            .or_else(|| self.precision_difference(earlier))
            .or_else(|| earlier.base.iter().find_map(|(name, _)| self.lost_value(earlier, name)))
            .or_else(|| self.zip_difference(earlier))
    }

    /// What makes the precision lower, or different. Without one, points have all replicates that they could have had.
    fn precision_difference(&self, earlier: &Sweep) -> Option<String> {
        let there = earlier.precision?;
        let Some(here) = self.precision else {
            let most = there.max_replicates;
            return (self.replicates < most).then(|| {
                format!(
                    "[precision] with up to {most} replicates is there and only {} here",
                    counted(self.replicates, "replicate")
                )
            });
        };
        let (observable, other) = (there.observable.name(), here.observable.name());
        let (error, larger) = (there.relative_error, here.relative_error);
        let (most, fewer) = (there.max_replicates, here.max_replicates);
        if observable != other {
            return Some(format!("precision.observable is {} there and {} here", quoted(observable), quoted(other)));
        }
        if larger > error {
            let (error, larger) = (Value::Number(error), Value::Number(larger));
            return Some(format!("precision.relative_error is {error} there and larger, {larger}, here"));
        }
        (fewer < most).then(|| format!("precision.max_replicates is {most} there and only {fewer} here"))
    }

    /// A value that `name` takes in `earlier` and not in `self`.
    fn lost_value(&self, earlier: &Sweep, name: &str) -> Option<String> {
        let here: std::collections::HashSet<String> = self.values_of(name).iter().map(Value::identity).collect();
        let there = earlier.values_of(name);
        let lost = there.iter().find(|value| !here.contains(&value.identity()))?;
        let now = match self.values_of(name).as_slice() {
            [only] => format!("only {only}"),
            several => format!("{} without it", counted(several.len(), "value")),
        };
        Some(format!("{name} takes the value {lost} there and {now} here"))
    }

    /// A combination of zipped values that `earlier` has and `self` has not.
    fn zip_difference(&self, earlier: &Sweep) -> Option<String> {
        let lost = earlier
            .axes
            .iter()
            .filter(|axis| !axis.is_simple())
            .find_map(|axis| axis.points().find(|point| !self.reaches(axis, point)).map(|point| (axis, point)));
        if let Some((axis, point)) = lost {
            let values: Vec<String> = point.iter().map(Value::to_string).collect();
            return Some(format!(
                "{} move together through ({}) there and not here",
                axis.names.join(", "),
                values.join(", ")
            ));
        }
        // Parameters zipped here but crossed there: some of the combinations there are gone.
        let crossed = self.axes.iter().filter(|axis| !axis.is_simple()).find(|axis| {
            let along = |name: &&'static str| earlier.axes.iter().position(|other| other.names.contains(name));
            let homes: std::collections::BTreeSet<usize> = axis.names.iter().filter_map(along).collect();
            homes.len() > 1
        })?;
        Some(format!("{} vary independently there and move together here", crossed.names.join(", ")))
    }

    /// Whether some point of `self` has all of these values of a zipped axis.
    fn reaches(&self, zipped: &Axis, point: &[Value]) -> bool {
        self.axes.iter().all(|axis| {
            let shared: Vec<(usize, Value)> = zipped
                .names
                .iter()
                .zip(point)
                .filter_map(|(name, value)| {
                    axis.names.iter().position(|own| own == name).map(|column| (column, *value))
                })
                .collect();
            axis.points().any(|own| shared.iter().all(|(column, value)| own[*column] == *value))
        })
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}
