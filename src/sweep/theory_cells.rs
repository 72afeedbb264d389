//! The theory cells of a sweep: points that agree in all parameters that the theory knows share one.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Axis, Sweep, unravelled};
use crate::experiment::{Cost, TheoryCell};

/// The cells of a sweep, in the order of the first point of each. An experiment without a theory has none.
pub struct TheoryCells {
    sweep: Arc<Sweep>,
    /// For each axis, the points along it that the theory can tell apart.
    axes: Vec<Classes>,
    count: usize,
}

/// The points along an axis, those alike in one class.
struct Classes {
    /// The class of each point.
    of_point: Vec<u32>,
    /// The first point of each class.
    first: Vec<usize>,
}

impl TheoryCells {
    /// Finds them.
    pub fn new(sweep: &Arc<Sweep>) -> Self {
        let Some(theory) = sweep.declaration().theory else {
            return Self { sweep: Arc::clone(sweep), axes: Vec::new(), count: 0 };
        };
        let axes: Vec<Classes> = sweep.axes.iter().map(|axis| Classes::new(axis, theory.parameters)).collect();
        let count = axes.iter().map(|axis| axis.first.len()).product();
        Self { sweep: Arc::clone(sweep), axes, count }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The cell of a point of the grid.
    pub(crate) fn of_point(&self, point: usize) -> usize {
        let indices = self.sweep.indices(point);
        self.axes
            .iter()
            .zip(indices)
            .fold(0, |cell, (axis, index)| cell * axis.first.len() + axis.of_point[index] as usize)
    }

    /// The first point of a cell.
    pub(crate) fn first_point(&self, cell: usize) -> usize {
        let lengths: Vec<usize> = self.axes.iter().map(|axis| axis.first.len()).collect();
        let classes = unravelled(cell, &lengths);
        self.axes.iter().zip(classes).fold(0, |point, (axis, class)| point * axis.of_point.len() + axis.first[class])
    }

    /// What names a cell and computes it.
    pub fn get(&self, cell: usize) -> TheoryCell {
        let parameters = self.sweep.parameters(self.first_point(cell));
        TheoryCell::new(self.sweep.experiment, parameters, self.sweep.theory_error)
    }

    /// What a cell is expected to take on one thread of today.
    pub(crate) fn cost(&self, cell: usize) -> Cost {
        self.get(cell).cost()
    }

    /// The parameters that an axis moves and the theory knows, with their values at a cell, for people.
    pub(crate) fn described(&self, cell: usize) -> String {
        let swept = self.sweep.swept();
        let known = self.sweep.declaration().theory.map_or(&[][..], |theory| theory.parameters);
        let parameters = self.sweep.parameters(self.first_point(cell));
        let moving = parameters.iter().filter(|(name, _)| swept.contains(name) && known.contains(name));
        moving.map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
    }
}

impl Classes {
    fn new(axis: &Axis, known: &[&str]) -> Self {
        let columns: Vec<usize> = (0..axis.names.len()).filter(|column| known.contains(&axis.names[*column])).collect();
        let mut classes = Self { of_point: Vec::with_capacity(axis.len()), first: Vec::new() };
        let mut seen = HashMap::new();
        for (index, point) in axis.points().enumerate() {
            let key: Vec<_> = columns.iter().map(|column| point[*column].key()).collect();
            let class = *seen.entry(key).or_insert_with(|| {
                classes.first.push(index);
                classes.first.len() as u32 - 1
            });
            classes.of_point.push(class);
        }
        classes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::*;

    fn cells(text: &str) -> TheoryCells {
        TheoryCells::new(&Arc::new(Sweep::parse(Path::new("cells.toml"), text.into()).unwrap()))
    }

    #[test]
    fn points_that_the_theory_cannot_distinguish_share_one() {
        let cells = cells(
            "[sweep]\nname = \"like\"\nexperiment = \"capacity\"\n[grid]\ninputs = [10, 20]\n\
             robustness = [0.5, 1.0]\nlearner = [\"exact\", \"perceptron\"]\n[[zip]]\nbistability = [0, 1, 0]\n\
             load_limit = [5, 5, 6]\n[fixed]\ninput_correlation = 0.5\n",
        );
        assert_eq!(cells.len(), 4);
        for point in 0..24 {
            let cell = cells.of_point(point);
            let first = cells.first_point(cell);
            assert!(first <= point && cells.of_point(first) == cell);
            let own = TheoryCell::new(cells.sweep.experiment, cells.sweep.parameters(point), None);
            assert_eq!(own.digest(), cells.get(cell).digest(), "point {point}");
        }
        let digests: HashSet<[u8; 32]> = (0..4).map(|cell| cells.get(cell).digest()).collect();
        assert_eq!(digests.len(), 4);
        assert_eq!((0..4).map(|cell| cells.first_point(cell)).collect::<Vec<_>>(), [0, 1, 6, 7]);
        assert_eq!(cells.described(3), "robustness = 1, bistability = 1");
    }

    #[test]
    fn without_a_theory_there_are_none() {
        assert!(cells("[sweep]\nname = \"none\"\nexperiment = \"null\"\n[grid]\nindex = [1, 2]\n").is_empty());
    }
}
