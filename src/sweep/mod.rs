//! A sweep: what its file means, its tasks, their identities and their random streams.

mod axis;
mod difference;
mod error;
mod file;
mod identity;
mod spacing;

pub use axis::Axis;
pub use error::{Problem, SweepError};
pub use identity::Identities;

use crate::experiment::{Experiment, Parameters};

/// The most tasks that one sweep may have.
pub const MAXIMUM_TASKS: u64 = 1_000_000_000;

/// How the random streams of different points are related.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// Every task has numbers of its own.
    Independent,
    /// The same replicate has the same random numbers at every point (common random numbers).
    Paired,
}

impl Streams {
    pub fn name(self) -> &'static str {
        match self {
            Streams::Independent => "independent",
            Streams::Paired => "paired",
        }
    }
}

/// A validated sweep: every task of it has parameters that its experiment accepts.
#[derive(Clone)]
pub struct Sweep {
    pub name: String,
    pub experiment: &'static dyn Experiment,
    pub seed: u64,
    pub replicates: u32,
    pub streams: Streams,
    /// First axis slowest.
    pub axes: Vec<Axis>,
    /// The parameters that no axis moves: those of `[fixed]`, and the catalogue's defaults.
    pub base: Parameters,
    /// The file as given.
    pub text: String,
}

/// A task of a sweep: its place in the grid (row-major, first axis slowest, replicate fastest).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Task(pub u32);

impl Sweep {
    /// The number of grid points.
    pub fn points(&self) -> usize {
        self.axes.iter().map(Axis::len).product()
    }

    /// The number of tasks: points times replicates.
    pub fn tasks(&self) -> usize {
        self.points() * self.replicates as usize
    }

    /// The grid point of a task.
    pub fn point_of(&self, task: Task) -> usize {
        task.0 as usize / self.replicates as usize
    }

    /// Which repetition of its point a task is, from 0.
    pub fn replicate_of(&self, task: Task) -> u32 {
        task.0 % self.replicates
    }

    /// The index along each axis of a grid point.
    pub fn indices(&self, point: usize) -> Vec<usize> {
        let mut rest = point;
        let mut indices: Vec<usize> = self
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let index = rest % axis.len();
                rest /= axis.len();
                index
            })
            .collect();
        indices.reverse();
        indices
    }

    /// All parameter values of a grid point.
    pub fn parameters(&self, point: usize) -> Parameters {
        let mut parameters = self.base.clone();
        for (axis, index) in self.axes.iter().zip(self.indices(point)) {
            for (position, value) in axis.positions.iter().zip(axis.point(index)) {
                parameters.set(*position, *value);
            }
        }
        parameters
    }

    /// What a task is expected to take on one thread of today.
    pub fn expected_seconds(&self, task: Task) -> f64 {
        self.experiment.cost(&self.parameters(self.point_of(task))).seconds
    }

    /// The names of the swept parameters, sorted.
    pub fn swept(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.axes.iter().flat_map(|axis| axis.names.iter().copied()).collect();
        names.sort_unstable();
        names
    }
}

impl std::fmt::Debug for Sweep {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.debug_struct("Sweep").field("name", &self.name).field("axes", &self.axes).finish_non_exhaustive()
    }
}
