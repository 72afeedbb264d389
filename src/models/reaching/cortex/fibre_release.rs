//! Nitric oxide that parallel fibres release.

use super::granule_layer::GRANULE_CELLS;
use super::parallel_fibres::{FibreTable, ParallelFibres, RowPair};
use crate::models::reaching::plant::desired_path::{DesiredPath, MOVEMENTS_PER_CYCLE, STEPS_PER_MOVEMENT};
use crate::random::RandomStream;

/// Steps of a cycle of movements.
const STEPS_PER_CYCLE: usize = STEPS_PER_MOVEMENT * MOVEMENTS_PER_CYCLE;

/// How much a parallel fibre releases in a step. In all three cases each fibre releases, over the steps of a cycle, the
/// same amounts equally often, so that its mean and variance are the same. Noise of mossy fibres enters the first
/// alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseCourse {
    /// In proportion to its activity.
    Activity,
    /// As at another time: the cycle, starting from a step that is redrawn at the beginning of each movement. The
    /// release varies in time as activity does, and fibres release together as they are active together, but it has no
    /// correlation with their present activity.
    Displaced,
    /// As in a step of the cycle that is redrawn for each fibre in each step: uncorrelated with activity, in time and
    /// between fibres.
    Uncorrelated,
}

/// The release of all fibres, step by step.
#[derive(Clone, Debug)]
pub(crate) struct FibreRelease<'a> {
    table: &'a FibreTable,
    course: ReleaseCourse,
    /// Mean over fibres and steps, in 1/s; release by an olive cell that discharges is 1.
    pub rate: f64,
    stream: RandomStream,
    /// Steps so far, and how many steps of the cycle lie between now and what is released.
    step: usize,
    displacement: usize,
    amounts: Vec<f32>,
    released: ParallelFibres,
}

impl<'a> FibreRelease<'a> {
    /// Nothing is released before the first step.
    pub(crate) fn new(table: &'a FibreTable, course: ReleaseCourse, rate: f64, stream: RandomStream) -> Self {
        let amounts = vec![0.0; GRANULE_CELLS];
        Self { table, course, rate, stream, step: 0, displacement: 0, amounts, released: ParallelFibres::new(0.0) }
    }

    /// What is released in the next step, in which the fibres have these activities.
    pub(super) fn step(&mut self, activities: &[f32]) {
        if self.rate == 0.0 {
            return;
        }
        match self.course {
            ReleaseCourse::Activity => self.released.show(activities),
            ReleaseCourse::Displaced => self.displace(),
            ReleaseCourse::Uncorrelated => self.draw(),
        }
        self.step += 1;
    }

    /// The release at the synapses in a pair of rows of any microzone, relative to the mean.
    pub(super) fn rows(&self, pair: usize) -> &RowPair {
        self.released.activity(pair)
    }

    fn displace(&mut self) {
        if self.step.is_multiple_of(STEPS_PER_MOVEMENT) {
            self.displacement = (self.stream.uniform() * STEPS_PER_CYCLE as f64) as usize;
        }
        self.released.show(self.table.at(place((self.step + self.displacement) % STEPS_PER_CYCLE)));
    }

    fn draw(&mut self) {
        for (fibre, amount) in self.amounts.iter_mut().enumerate() {
            let drawn = (self.stream.uniform() * STEPS_PER_CYCLE as f64) as usize;
            *amount = self.table.at(place(drawn))[fibre];
        }
        self.released.show(&self.amounts);
    }
}

/// The place along the path in a step of the cycle.
fn place(step: usize) -> usize {
    DesiredPath::place(step / STEPS_PER_MOVEMENT, step % STEPS_PER_MOVEMENT)
}

#[cfg(test)]
mod tests {
    use super::super::granule_layer::GranuleLayer;
    use super::super::mossy_fibres::{MossyFibres, MossyOrder};
    use super::*;
    use crate::models::nitric_oxide::Start;

    /// Over some cycles, for fibres along the diagonal: the mean and the variance of the release, its correlation with
    /// activity, with itself one step later, and with that of the next fibre of the list.
    fn statistics(course: ReleaseCourse, cycles: usize) -> [f64; 5] {
        let path = DesiredPath::new(0.2, Start::Target).unwrap();
        let stream = RandomStream::from_seed([7; 32]);
        let mossy = MossyFibres::new(&path, MossyOrder::Shuffled, stream.substream(4));
        let granule = GranuleLayer::new(stream.substream(5));
        let table = FibreTable::new(&path, &mossy, &granule);
        let mut release = FibreRelease::new(&table, course, 1.0, stream.substream(7));
        // The fibre of granule cell (i, i) has a synapse in column i of even rows.
        let fibres: Vec<usize> = (0..54).collect();
        let (mut released, mut active) = (vec![Vec::new(); fibres.len()], vec![Vec::new(); fibres.len()]);
        for step in 0..cycles * STEPS_PER_CYCLE {
            let activities = table.at(place(step % STEPS_PER_CYCLE));
            release.step(activities);
            for &fibre in &fibres {
                released[fibre].push(f64::from(release.rows(fibre)[0][fibre]));
                active[fibre].push(f64::from(activities[fibre * 54 + fibre]));
            }
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let covariance = |x: &[f64], y: &[f64]| {
            let (mx, my) = (mean(x), mean(y));
            x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / x.len().min(y.len()) as f64
        };
        let correlation = |x: &[f64], y: &[f64]| covariance(x, y) / (covariance(x, x) * covariance(y, y)).sqrt();
        // Fibres that are never active have no correlations.
        let chosen: Vec<usize> = fibres.into_iter().filter(|&fibre| mean(&active[fibre]) > 0.1).collect();
        assert!(chosen.len() > 20);
        let average =
            |of: &dyn Fn(usize) -> f64| chosen.iter().map(|&fibre| of(fibre)).sum::<f64>() / chosen.len() as f64;
        [
            average(&|fibre| mean(&released[fibre]) / mean(&active[fibre])),
            average(&|fibre| {
                covariance(&released[fibre], &released[fibre]) / covariance(&active[fibre], &active[fibre])
            }),
            average(&|fibre| correlation(&released[fibre], &active[fibre])),
            average(&|fibre| correlation(&released[fibre][1..], &released[fibre][..released[fibre].len() - 1])),
            chosen.windows(2).map(|pair| correlation(&released[pair[0]], &released[pair[1]]).abs()).sum::<f64>()
                / (chosen.len() - 1) as f64,
        ]
    }

    #[test]
    fn each_course_has_the_means_and_variances_of_activity_and_its_own_correlations() {
        let activity = statistics(ReleaseCourse::Activity, 1);
        let displaced = statistics(ReleaseCourse::Displaced, 24);
        let uncorrelated = statistics(ReleaseCourse::Uncorrelated, 3);
        assert_eq!(activity[..3].iter().map(|value| (value * 1e9).round() / 1e9).collect::<Vec<_>>(), [1.0; 3]);
        for (found, tolerance) in [(displaced, 0.1), (uncorrelated, 0.03)] {
            assert!((found[0] - 1.0).abs() < tolerance && (found[1] - 1.0).abs() < tolerance, "{found:?}");
            assert!(found[2].abs() < 0.05, "{found:?}");
        }
        assert!(activity[3] > 0.98 && displaced[3] > 0.97, "{activity:?} {displaced:?}");
        assert!(uncorrelated[3].abs() < 0.01 && uncorrelated[4] < 0.02, "{uncorrelated:?}");
        assert!(activity[4] > 0.1 && (displaced[4] / activity[4] - 1.0).abs() < 0.2, "{activity:?} {displaced:?}");
    }

    #[test]
    fn nothing_is_drawn_where_nothing_is_released() {
        let path = DesiredPath::new(0.2, Start::Target).unwrap();
        let stream = RandomStream::from_seed([7; 32]);
        let mossy = MossyFibres::new(&path, MossyOrder::Shuffled, stream.substream(4));
        let table = FibreTable::new(&path, &mossy, &GranuleLayer::new(stream.substream(5)));
        let mut release = FibreRelease::new(&table, ReleaseCourse::Uncorrelated, 0.0, stream.substream(7));
        release.step(table.at(0));
        assert!(release.rows(0)[0].iter().all(|&amount| amount == 0.0));
        assert_eq!(release.stream.bits(), stream.substream(7).bits());
    }
}
