//! Learning written down a second time, cell by cell and in double precision.

use microzone::models::nitric_oxide::{Plan, Sheet};
use microzone::models::reaching::{AverageScope, LearningRule, fibre_at};

pub(crate) struct PlainSynapses {
    rule: LearningRule,
    /// For each cell its synapses.
    cells: Vec<Vec<Synapse>>,
}

struct Synapse {
    column: usize,
    row: usize,
    /// Among the fields of all domains, patches side by side.
    domain: usize,
    fibre: usize,
    weight: f64,
    average: f64,
    largest: f64,
}

impl PlainSynapses {
    pub(crate) fn new(plan: Plan, rule: LearningRule) -> Self {
        let width = 54 * plan.microzones;
        let cell = |cell: usize| {
            let dendrite = plan.dendrite(cell);
            let first = plan.patch_of(cell) * plan.patch_width();
            let synapse = |column: usize, row: usize| {
                let across = first + column;
                Synapse {
                    column: across % 54,
                    row,
                    domain: row * width + across,
                    fibre: fibre_at(across % 54, row),
                    weight: 1.0,
                    average: 0.0,
                    largest: 0.0,
                }
            };
            let rows = dendrite.rows();
            rows.flat_map(|row| dendrite.columns.clone().map(move |column| (column, row)))
                .map(|(column, row)| synapse(column, row))
                .collect()
        };
        Self { rule, cells: (0..plan.cells()).map(cell).collect() }
    }

    pub(crate) fn notice(&mut self, sheet: &Sheet) {
        let field = sheet.field();
        for synapse in self.cells.iter_mut().flatten() {
            synapse.largest = synapse.largest.max(field[synapse.domain]);
        }
        self.renew_averages(&field);
    }

    pub(crate) fn learn(&mut self, activities: &[f64], traces: &[f64], sheet: &Sheet, own: bool) -> Vec<f64> {
        let field = sheet.field();
        let count = self.cells.len() as f64 * 216.0;
        let mean = self.cells.iter().flatten().map(|synapse| synapse.largest).sum::<f64>() / count;
        let rule = self.rule;
        let mut outputs = Vec::new();
        for cell in &mut self.cells {
            let input = |synapse: &Synapse| (synapse.weight - 1.0) * activities[synapse.fibre];
            outputs.push(cell.iter().map(input).sum::<f64>() / 216.0);
            let change = |synapse: &Synapse| {
                let scale = if own { synapse.largest } else { mean };
                let deviation = field[synapse.domain] - synapse.average;
                if synapse.largest > 0.0 { -rule.rate * traces[synapse.fibre] * deviation / scale } else { 0.0 }
            };
            let changes: Vec<f64> = cell.iter().map(change).collect();
            let mean = changes.iter().sum::<f64>() / 216.0;
            for (synapse, change) in cell.iter_mut().zip(changes) {
                synapse.weight = (synapse.weight + change - mean).max(rule.least_weight);
            }
        }
        self.renew_averages(&field);
        outputs
    }

    fn renew_averages(&mut self, field: &[f64]) {
        let renewal = self.rule.renewal;
        match self.rule.scope {
            AverageScope::Synapse => {
                for synapse in self.cells.iter_mut().flatten() {
                    synapse.average += renewal * (field[synapse.domain] - synapse.average);
                }
            }
            AverageScope::Microzone => {
                for cells in self.cells.chunks_mut(27) {
                    let sum: f64 = cells.iter().flatten().map(|synapse| field[synapse.domain]).sum();
                    let mean = sum / (27.0 * 216.0);
                    for synapse in cells.iter_mut().flatten() {
                        synapse.average += renewal * (mean - synapse.average);
                    }
                }
            }
        }
    }

    pub(crate) fn weights(&self) -> impl Iterator<Item = (usize, usize, usize, f64)> {
        self.cells.iter().enumerate().flat_map(|(cell, synapses)| {
            synapses.iter().map(move |synapse| (cell / 27, synapse.column, synapse.row, synapse.weight))
        })
    }
}
