//! Mossy fibres: the desired motion, each fibre tuned to one of its six quantities.

use crate::models::reaching::plant::desired_path::{DesiredPath, DesiredState};
use crate::random::RandomStream;

/// On a torus of 9 × 9.
pub(crate) const MOSSY_FIBRES: usize = MOSSY_SIDE * MOSSY_SIDE;
pub(crate) const MOSSY_SIDE: usize = 9;

/// Fibres tuned to each of: the two angles, the two velocities, the two accelerations.
const FIBRES_OF: [usize; 6] = [14, 14, 14, 13, 13, 13];

/// Where the fibres lie on the torus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MossyOrder {
    /// At random, so that any quantities meet at a granule cell.
    Shuffled,
    /// Row by row, quantity by quantity, so that mostly neighbouring values of one quantity meet.
    Ordered,
}

/// The tuning of all fibres: exp(-(x - centre)² / 2 width²).
#[derive(Clone, Debug)]
pub struct MossyFibres {
    tunings: Vec<Tuning>,
}

#[derive(Clone, Copy, Debug)]
struct Tuning {
    quantity: usize,
    centre: f64,
    width: f64,
}

fn quantities(state: &DesiredState) -> [f64; 6] {
    let [angles, velocities, accelerations] = [state.angles, state.velocities, state.accelerations];
    [angles[0], angles[1], velocities[0], velocities[1], accelerations[0], accelerations[1]]
}

impl MossyFibres {
    /// Centres of a quantity are spread evenly from the least to the largest value that it has on the path, as far
    /// apart as a tuning is wide.
    pub fn new(path: &DesiredPath, order: MossyOrder, mut stream: RandomStream) -> Self {
        let mut tunings = Vec::with_capacity(MOSSY_FIBRES);
        for (quantity, &fibres) in FIBRES_OF.iter().enumerate() {
            let values = || path.states().iter().map(|state| quantities(state)[quantity]);
            let (least, largest) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
            // A path of no length has no range; any width will do.
            let width = ((largest - least) / (fibres - 1) as f64).max(1e-9);
            let tuning = |fibre: usize| Tuning { quantity, centre: least + width * fibre as f64, width };
            tunings.extend((0..fibres).map(tuning));
        }
        if order == MossyOrder::Shuffled {
            for last in (1..tunings.len()).rev() {
                tunings.swap(last, below(&mut stream, last + 1));
            }
        }
        Self { tunings }
    }

    /// All activities, between 0 and 1, row by row of the torus.
    pub fn activities(&self, state: &DesiredState) -> [f32; MOSSY_FIBRES] {
        let quantities = quantities(state);
        let mut activities = [0.0; MOSSY_FIBRES];
        for (activity, tuning) in activities.iter_mut().zip(&self.tunings) {
            let distance = (quantities[tuning.quantity] - tuning.centre) / tuning.width;
            *activity = libm::exp(-0.5 * distance * distance) as f32;
        }
        activities
    }
}

/// One of 0, …, `bound` - 1, all equally likely (up to 2⁻⁵³).
pub(super) fn below(stream: &mut RandomStream, bound: usize) -> usize {
    (stream.uniform() * bound as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::nitric_oxide::Start;

    #[test]
    fn each_quantity_is_covered_from_end_to_end_and_shuffling_moves_every_fibre_once() {
        let path = DesiredPath::new(0.2, Start::Target).unwrap();
        let stream = RandomStream::from_seed([3; 32]);
        let ordered = MossyFibres::new(&path, MossyOrder::Ordered, stream.clone());
        let shuffled = MossyFibres::new(&path, MossyOrder::Shuffled, stream);
        for state in path.states() {
            let activities = ordered.activities(state);
            let mut first = 0;
            for fibres in FIBRES_OF {
                // A value between two centres is half a width from one of them at most.
                let largest = activities[first..first + fibres].iter().copied().fold(0.0, f32::max);
                assert!((0.88..=1.0).contains(&largest));
                first += fibres;
            }
            let sorted = |mut activities: [f32; MOSSY_FIBRES]| {
                activities.sort_by(f32::total_cmp);
                activities
            };
            assert_eq!(sorted(activities), sorted(shuffled.activities(state)));
        }
        let state = &path.states()[0];
        assert_ne!(ordered.activities(state), shuffled.activities(state));
    }
}
