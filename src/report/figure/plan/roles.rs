//! Which axis of a sweep is along x, which one are lines or rows, and which ones are panels.

use super::axis::{Positions, named_fully};
use super::content::{MOST_LINES, MOST_PANELS};
use crate::experiment::{Kept, Observable, Value};
use crate::results::Results;
use crate::sweep::{Axis, FigureChoice, Problem, Sweep, unravelled};

/// What each axis does in a figure.
pub(super) struct Roles {
    /// None if the observable has its own axis, or the sweep has no axis.
    pub x: Option<Positions>,
    /// None for a single line.
    pub lines: Option<Positions>,
    /// The rows of a heat map.
    pub rows: Option<Positions>,
    /// All combinations of these are panels.
    pub panels: Vec<Positions>,
    /// Axes of which one position is shown: those that the user chose, and those for which there is no place.
    pub fixed: Vec<Fixed>,
}

/// An axis of which the figure shows one position.
pub(super) struct Fixed {
    /// With this position only.
    pub positions: Positions,
    /// How many positions the axis has.
    pub of: usize,
    /// Whether the user named it.
    pub is_chosen: bool,
    /// `olive rate r = 0.5 spikes/s`, for the caption.
    pub text: String,
}

impl Roles {
    /// The numeric axis with most values is x; the next one is lines if it has at most six values and rows of a heat
    /// map otherwise; the others are panels while there are at most twelve.
    ///
    /// # Errors
    /// The choice names an axis or a value that the sweep does not have, one axis twice, or too many lines.
    pub(super) fn new(results: &Results, observable: &Observable, choice: &FigureChoice) -> Result<Self, Problem> {
        let sweep = results.sweep;
        let mut free = axes(sweep, choice)?;
        let mut fixed = fix(sweep, &mut free, choice)?;
        let has_lines = observable.picture.has_lines();
        // What is named has its role before what is chosen by length.
        let lines = match &choice.lines {
            Some(name) if has_lines => Some(take_lines(sweep, &mut free, name)?),
            Some(_) => {
                let what = format!("the picture of {} has no lines", observable.name());
                return Err(Problem::new("lines", what));
            }
            None => None,
        };
        let rows = choice.rows.iter().filter(|_| observable.dimensions.is_empty());
        let rows: Option<Positions> = rows.map(|name| take(sweep, &mut free, "rows", name)).next().transpose()?;
        if rows.is_none() && choice.rows.is_some() {
            let what = format!("{} is drawn over its own dimensions and has no rows", observable.name());
            return Err(Problem::new("rows", what));
        }
        let x = match (&choice.x, observable.dimensions.is_empty()) {
            (Some(name), true) => Some(take(sweep, &mut free, "x", name)?),
            (Some(name), false) => {
                let what = format!("{} is drawn over its own dimensions; leave x = {name} out", observable.name());
                return Err(Problem::new("x", what));
            }
            (None, false) => None,
            (None, true) => longest(&free, true).or_else(|| longest(&free, false)).map(|place| free.remove(place)),
        };
        let rows = rows.map(Positions::sorted);
        let mut roles = Self { x, lines, rows, panels: Vec::new(), fixed: Vec::new() };
        if roles.lines.is_none() && roles.rows.is_none() && has_lines {
            roles.place_next(&mut free, observable);
        }
        roles.place_panels(sweep, free, &mut fixed);
        fixed.sort_by_key(|fixed| fixed.positions.axis);
        roles.fixed = fixed;
        Ok(roles)
    }

    pub(super) fn is_heat_map(&self) -> bool {
        self.rows.is_some()
    }

    /// The grid point at positions along x, the lines or rows, and a panel.
    pub(super) fn point(&self, sweep: &Sweep, x: usize, line: usize, panel: usize) -> usize {
        let mut indices = vec![0; sweep.axes.len()];
        for fixed in &self.fixed {
            indices[fixed.positions.axis] = fixed.positions.indices[0];
        }
        if let Some(positions) = &self.x {
            indices[positions.axis] = positions.indices[x];
        }
        if let Some(positions) = self.lines.as_ref().or(self.rows.as_ref()) {
            indices[positions.axis] = positions.indices[line];
        }
        for (positions, place) in self.panels.iter().zip(self.panel_places(panel)) {
            indices[positions.axis] = positions.indices[place];
        }
        sweep.axes.iter().zip(indices).fold(0, |point, (axis, index)| point * axis.len() + index)
    }

    pub(super) fn panel_count(&self) -> usize {
        self.panels.iter().map(Positions::len).product()
    }

    /// What distinguishes a panel from the others.
    pub(super) fn panel_title(&self, panel: usize) -> String {
        let names = self.panels.iter().zip(self.panel_places(panel)).map(|(positions, place)| &*positions.names[place]);
        names.collect::<Vec<_>>().join(", ")
    }

    /// The position along each axis of panels, the last one fastest.
    fn panel_places(&self, panel: usize) -> Vec<usize> {
        let lengths: Vec<usize> = self.panels.iter().map(Positions::len).collect();
        unravelled(panel, &lengths)
    }

    /// The longest axis that is left becomes lines, or rows of a heat map if it has too many values.
    fn place_next(&mut self, free: &mut Vec<Positions>, observable: &Observable) {
        let is_scalar = observable.dimensions.is_empty();
        let fits = |positions: &Positions| is_scalar || positions.len() <= MOST_LINES;
        let candidates: Vec<usize> = (0..free.len()).filter(|place| fits(&free[*place])).collect();
        // The first of those that are equally long.
        let Some(place) = candidates.into_iter().rev().max_by_key(|place| free[*place].len()) else { return };
        let next = free.remove(place);
        if next.len() <= MOST_LINES { self.lines = Some(next) } else { self.rows = Some(next.sorted()) }
    }

    /// Axes become panels, shortest first, while there is room; of the others the first position is shown.
    fn place_panels(&mut self, sweep: &Sweep, mut free: Vec<Positions>, fixed: &mut Vec<Fixed>) {
        free.sort_by_key(Positions::len);
        for positions in free {
            if self.panel_count() * positions.len() <= MOST_PANELS {
                self.panels.push(positions);
            } else {
                fixed.push(Fixed::new(sweep, positions, 0, false));
            }
        }
        self.panels.sort_by_key(|positions| positions.axis);
        if let Some(x) = self.x.take() {
            self.x = Some(x.sorted());
        }
    }
}

impl Fixed {
    fn new(sweep: &Sweep, mut positions: Positions, place: usize, is_chosen: bool) -> Self {
        let of = positions.len();
        let axis = &sweep.axes[positions.axis];
        let point = axis.point(positions.indices[place]);
        let named = |(column, value): (usize, &Value)| {
            named_fully(&sweep.declaration().parameters[axis.positions[column]].quantity, *value)
        };
        let text = point.iter().enumerate().map(named).collect::<Vec<_>>().join(", ");
        positions.keep(&[place]);
        Self { positions, of, is_chosen, text }
    }
}

/// All axes with more than one value, in grid order.
fn axes(sweep: &Sweep, choice: &FigureChoice) -> Result<Vec<Positions>, Problem> {
    let named: Vec<&str> = choice.x.iter().chain(&choice.log).map(String::as_str).collect();
    let positions = |(place, axis): (usize, &Axis)| {
        let parameter = named.iter().copied().find(|name| axis.names.contains(name));
        let mut positions = Positions::new(sweep.declaration(), place, axis, parameter);
        if choice.log.iter().any(|name| axis.is_called(name)) {
            if !positions.numbers.as_ref().is_some_and(|numbers| numbers.iter().all(|value| *value >= 0.0)) {
                let what = format!("{} has no logarithmic scale: it needs distinct numbers from 0 up", axis.name());
                return Err(Problem::new("log", what));
            }
            positions.is_geometric = true;
        }
        Ok(positions)
    };
    sweep.axes.iter().enumerate().map(positions).collect()
}

/// Takes the axes out of which one position is chosen.
fn fix(sweep: &Sweep, free: &mut Vec<Positions>, choice: &FigureChoice) -> Result<Vec<Fixed>, Problem> {
    for (name, written) in &choice.at {
        let place = place_of(sweep, free, "at", name)?;
        let axis = &sweep.axes[free[place].axis];
        let column = axis.names.iter().position(|own| own == name);
        let matches = |index: usize| match column {
            Some(column) => axis.point(index)[column].to_string() == *written,
            None => index.to_string() == *written,
        };
        let kept: Vec<usize> = (0..free[place].len()).filter(|at| matches(free[place].indices[*at])).collect();
        if kept.is_empty() {
            let what = format!("{written} does not go with the other values of `at`");
            return Err(Problem::new(format!("at.{name}"), what));
        }
        free[place].keep(&kept);
    }
    let mut fixed = Vec::new();
    let is_chosen = |positions: &Positions| {
        let axis = &sweep.axes[positions.axis];
        choice.at.iter().any(|(name, _)| axis.is_called(name))
    };
    for place in (0..free.len()).rev().filter(|place| free[*place].len() == 1).collect::<Vec<_>>() {
        let positions = free.remove(place);
        let is_chosen = is_chosen(&positions);
        let mut alone = Fixed::new(sweep, positions, 0, is_chosen);
        alone.of = sweep.axes[alone.positions.axis].len();
        fixed.push(alone);
    }
    Ok(fixed)
}

/// The first of the longest axes, of those with numbers if `numeric`.
fn longest(free: &[Positions], numeric: bool) -> Option<usize> {
    let places = (0..free.len()).filter(|place| !numeric || free[*place].numbers.is_some());
    places.rev().max_by_key(|place| free[*place].len())
}

fn take(sweep: &Sweep, free: &mut Vec<Positions>, key: &str, name: &str) -> Result<Positions, Problem> {
    let place = place_of(sweep, free, key, name)?;
    Ok(free.remove(place))
}

fn take_lines(sweep: &Sweep, free: &mut Vec<Positions>, name: &str) -> Result<Positions, Problem> {
    let positions = take(sweep, free, "lines", name)?;
    if positions.len() > MOST_LINES {
        let what =
            format!("{name} has {} values, and at most {MOST_LINES} lines can be distinguished", positions.len());
        return Err(Problem::new("lines", format!("{what}; name another axis, or leave it out for a heat map")));
    }
    Ok(positions)
}

/// The place of an axis among those that have no role yet.
fn place_of(sweep: &Sweep, free: &[Positions], key: &str, name: &str) -> Result<usize, Problem> {
    free.iter().position(|positions| sweep.axes[positions.axis].is_called(name)).ok_or_else(|| {
        let names: Vec<String> = free.iter().map(|positions| sweep.axes[positions.axis].name()).collect();
        let left = if names.is_empty() { "none is".to_string() } else { names.join(", ") };
        Problem::new(key, format!("`{name}` is not an axis with several values that has no role yet; left: {left}"))
    })
}

impl Roles {
    /// Whether the first replicate alone has values, so that there are no errors.
    pub(super) fn has_errors(observable: &Observable) -> bool {
        observable.kept == Kept::EveryReplicate
    }
}
