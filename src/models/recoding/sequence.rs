//! The sequence of granule patterns and targets that a Purkinje cell has to learn.

use super::circuit::contexts::ContextChain;
use super::circuit::layer::GranuleLayer;
use super::circuit::parameters::{Circuit, RecodingError};
use super::circuit::substream;
use super::theory::rough_capacity;
use crate::models::perceptron::{Inhibition, PatternSource, PatternTable, next_states};
use crate::random::RandomStream;

/// The patterns of a granule layer in successive contexts, drawn as far as they are asked for.
///
/// The feed-forward inhibition of the Purkinje cell, h = Σ (w_i - q) ξ_i with q = q' θ / (f N), only moves the
/// threshold of a pattern with n active cells to θ (1 + q' n / (f N)), so that the exact decision keeps its form.
#[derive(Clone, Debug)]
pub struct RecodedSequence {
    circuit: Circuit,
    layer: GranuleLayer,
    inhibition: Inhibition,
    contexts: ContextChain,
    target_stream: RandomStream,
    target: Option<Vec<u64>>,
    table: PatternTable,
}

impl RecodedSequence {
    /// The sequence of a circuit in the random stream of a task; nothing is drawn yet.
    ///
    /// # Errors
    /// As [`Circuit::inhibition`].
    pub fn new(circuit: &Circuit, layer: GranuleLayer, stream: &RandomStream) -> Result<Self, RecodingError> {
        let parameters = circuit.parameters();
        let cells = parameters.granule_cells;
        let inhibition = circuit.inhibition()?;
        let fibres = stream.substream(substream::FIBRES);
        Ok(Self {
            contexts: ContextChain::new(
                fibres,
                circuit.fibres(),
                parameters.mossy_coding,
                parameters.mossy_correlation,
            ),
            layer,
            inhibition,
            target_stream: stream.substream(substream::TARGETS),
            target: None,
            table: PatternTable::new(cells),
            circuit: circuit.clone(),
        })
    }
}

impl PatternSource for RecodedSequence {
    fn table(&self) -> &PatternTable {
        &self.table
    }

    fn draw_pattern(&mut self) {
        let parameters = self.circuit.parameters();
        let (coding, correlation) = (parameters.output_coding, parameters.output_correlation);
        let target = next_states(&mut self.target_stream, 1, self.target.as_deref(), correlation, coding);
        let pattern = self.layer.recode(self.contexts.draw());
        let active = pattern.iter().map(|word| word.count_ones() as usize).sum();
        let is_active = target == [1];
        self.table.push(&pattern, is_active, self.inhibition.bound(active, is_active));
        self.target = Some(target);
    }

    fn expected_capacity(&self) -> f64 {
        rough_capacity(&self.circuit)
    }

    /// θ √((1 - f) / (f N)), the natural unit of independent inputs.
    fn margin_scale(&self) -> f64 {
        let active = self.circuit.spectrum().active_fraction();
        ((1.0 - active) / (active * self.circuit.parameters().granule_cells as f64)).sqrt()
    }
}
