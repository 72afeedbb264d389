//! Information by nearest neighbours.
//!
//! Kraskov, Stögbauer & Grassberger 2004 (Phys Rev E 69:066138), their first estimator: I = ψ(k) + ψ(n) - ⟨ψ(n_x + 1) +
//! ψ(n_y + 1)⟩, where n_x and n_y count the samples that are closer in x, and in y, than the k-th nearest neighbour is
//! in both (greatest of the two distances), and ψ is the digamma function.
//!
//! Two things are done to the samples first. Each variable is replaced by its rank, which changes no information and
//! makes the margins uniform; equal values are ranked at random, so that a value with a finite probability (no nitric
//! oxide at all) becomes an interval of that width. And samples of one trial are never taken for neighbours of each
//! other, because they are not independent. What is left of that, clusters of alike samples in other trials, biases the
//! estimate downwards; so compare it with the same estimate for x and y of different trials.

use crate::random::RandomStream;

/// k.
const NEIGHBOURS: usize = 4;

const EULER: f64 = 0.577_215_664_901_532_9;

/// The estimate in bits; it can be negative. `trials` has the trial of each sample, in ascending order; `stream`
/// ranks ties.
///
/// `None` if some sample has fewer than k samples of other trials.
pub fn kraskov_information(x: &[f64], y: &[f64], trials: &[usize], stream: &mut RandomStream) -> Option<f64> {
    let points = Points::new(ranks(x, stream), ranks(y, stream), trials);
    let samples = x.len();
    let digamma = Digamma::up_to(samples + 1);
    let mut sum = 0.0;
    for point in 0..samples {
        let own = points.own_trial(point);
        let others = samples - own.len();
        let distance = points.distance_to_neighbour(point)?;
        let near = |ranked: &Ranked| {
            let centre = ranked.values[point];
            let closer = |value: f64| (value - centre).abs() < distance;
            let all = ranked.between(centre - distance, centre + distance);
            all - own.clone().filter(|&index| closer(ranked.values[index])).count()
        };
        sum += digamma.of(others + 1) - digamma.of(near(&points.x) + 1) - digamma.of(near(&points.y) + 1);
    }
    Some((digamma.of(NEIGHBOURS) + sum / samples as f64) / std::f64::consts::LN_2)
}

/// A variable in [0, 1), uniform: value i is its rank plus a random fraction, over the number of samples.
struct Ranked {
    values: Vec<f64>,
    sorted: Vec<f64>,
}

impl Ranked {
    /// How many values lie strictly between.
    fn between(&self, low: f64, high: f64) -> usize {
        let above = self.sorted.partition_point(|&value| value <= low);
        let below = self.sorted.partition_point(|&value| value < high);
        below.saturating_sub(above)
    }
}

fn ranks(values: &[f64], stream: &mut RandomStream) -> Ranked {
    let tie_breaks: Vec<u64> = values.iter().map(|_| stream.bits()).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&one, &other| {
        values[one].total_cmp(&values[other]).then(tie_breaks[one].cmp(&tie_breaks[other])).then(one.cmp(&other))
    });
    let mut ranked = vec![0.0; values.len()];
    for (rank, &index) in order.iter().enumerate() {
        ranked[index] = (rank as f64 + stream.uniform()) / values.len() as f64;
    }
    let sorted = order.iter().map(|&index| ranked[index]).collect();
    Ranked { values: ranked, sorted }
}

/// The samples in the unit square, and which of them are in each cell of a lattice.
struct Points<'a> {
    x: Ranked,
    y: Ranked,
    trials: &'a [usize],
    /// Cells along one side of the lattice.
    side: usize,
    cells: Vec<Vec<usize>>,
}

impl<'a> Points<'a> {
    fn new(x: Ranked, y: Ranked, trials: &'a [usize]) -> Self {
        let side = ((x.values.len() / NEIGHBOURS) as f64).sqrt().max(1.0) as usize;
        let mut points = Self { x, y, trials, side, cells: vec![Vec::new(); side * side] };
        for point in 0..points.trials.len() {
            let (column, row) = points.cell(point);
            points.cells[row * side + column].push(point);
        }
        points
    }

    fn cell(&self, point: usize) -> (usize, usize) {
        let place = |value: f64| ((value * self.side as f64) as usize).min(self.side - 1);
        (place(self.x.values[point]), place(self.y.values[point]))
    }

    /// The samples of the trial of a sample.
    fn own_trial(&self, point: usize) -> std::ops::Range<usize> {
        let trial = self.trials[point];
        self.trials.partition_point(|&other| other < trial)..self.trials.partition_point(|&other| other <= trial)
    }

    /// The distance to the k-th nearest sample of other trials. Cells are searched in growing squares until none that
    /// is left out can hold a nearer one.
    fn distance_to_neighbour(&self, point: usize) -> Option<f64> {
        let (column, row) = self.cell(point);
        let mut nearest: Vec<f64> = Vec::with_capacity(NEIGHBOURS + 1);
        for reach in 0..self.side {
            self.search_ring(point, (column, row), reach, &mut nearest);
            let covered = reach as f64 / self.side as f64;
            if nearest.len() == NEIGHBOURS && nearest[NEIGHBOURS - 1] <= covered {
                break;
            }
        }
        nearest.get(NEIGHBOURS - 1).copied()
    }

    /// Looks at the cells `reach` away from a centre.
    fn search_ring(&self, point: usize, centre: (usize, usize), reach: usize, nearest: &mut Vec<f64>) {
        let span = |centre: usize| centre.saturating_sub(reach)..=(centre + reach).min(self.side - 1);
        for row in span(centre.1) {
            for column in span(centre.0) {
                if row.abs_diff(centre.1).max(column.abs_diff(centre.0)) == reach {
                    self.search_cell(point, &self.cells[row * self.side + column], nearest);
                }
            }
        }
    }

    fn search_cell(&self, point: usize, cell: &[usize], nearest: &mut Vec<f64>) {
        for &other in cell.iter().filter(|&&other| self.trials[other] != self.trials[point]) {
            let along = |ranked: &Ranked| (ranked.values[other] - ranked.values[point]).abs();
            let distance = along(&self.x).max(along(&self.y));
            let place = nearest.partition_point(|&near| near <= distance);
            if place < NEIGHBOURS {
                nearest.insert(place, distance);
                nearest.truncate(NEIGHBOURS);
            }
        }
    }
}

/// ψ at whole numbers: ψ(1) = -γ, ψ(n + 1) = ψ(n) + 1/n.
struct Digamma(Vec<f64>);

impl Digamma {
    fn up_to(largest: usize) -> Self {
        let mut values = vec![f64::NEG_INFINITY, -EULER];
        for n in 1..largest {
            values.push(values[n] + 1.0 / n as f64);
        }
        Self(values)
    }

    fn of(&self, n: usize) -> f64 {
        self.0[n]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Box and Muller.
    fn gaussian(stream: &mut RandomStream) -> f64 {
        let radius = (-2.0 * (1.0 - stream.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * stream.uniform()).cos()
    }

    fn mean_estimate(rounds: u8, draw: impl Fn(&mut RandomStream) -> (Vec<f64>, Vec<f64>, Vec<usize>)) -> (f64, f64) {
        let estimates: Vec<f64> = (0..rounds)
            .map(|round| {
                let mut stream = RandomStream::from_seed([round; 32]);
                let (x, y, trials) = draw(&mut stream);
                kraskov_information(&x, &y, &trials, &mut stream).unwrap()
            })
            .collect();
        let mean = estimates.iter().sum::<f64>() / f64::from(rounds);
        let variance = estimates.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(rounds - 1);
        (mean, (variance / f64::from(rounds)).sqrt())
    }

    #[test]
    fn gaussians_have_the_information_of_their_correlation() {
        for correlation in [0.0f64, 0.3, 0.9] {
            let (mean, error) = mean_estimate(20, |stream| {
                let x: Vec<f64> = (0..1000).map(|_| gaussian(stream)).collect();
                let rest = (1.0 - correlation * correlation).sqrt();
                let y = x.iter().map(|x| correlation * x + rest * gaussian(stream)).collect();
                (x, y, (0..1000).collect())
            });
            let exact = -0.5 * (1.0 - correlation * correlation).log2();
            assert!((mean - exact).abs() < 4.0 * error + 0.012, "{correlation}: {mean} ± {error}, not {exact}");
        }
    }

    #[test]
    fn a_value_with_a_finite_probability_counts_as_it_should() {
        // x is one of four; y is x, or with probability 1/2 nothing: 1 bit. The sharp edges of this distribution cost
        // the estimate a part that falls with the root of the number of samples.
        let estimate = |samples: usize| {
            mean_estimate(20, |stream| {
                let x: Vec<f64> = (0..samples).map(|_| (4.0 * stream.uniform()).floor()).collect();
                let y = x.iter().map(|x| if stream.bernoulli(0.5) { -1.0 } else { *x }).collect();
                (x, y, (0..samples).collect())
            })
            .0
        };
        let (few, many) = (estimate(500), estimate(8000));
        assert!((0.95..1.01).contains(&many), "{many}");
        assert!((1.0 - few) / (1.0 - many) > 2.5, "{few}, {many}");
    }

    #[test]
    fn samples_of_one_trial_are_not_taken_for_neighbours() {
        // Independent variables, in trials of ten samples that are all alike: these would make any two look
        // informative.
        let draw = |stream: &mut RandomStream| {
            let mut copies = || -> Vec<f64> { (0..100).flat_map(|_| [stream.uniform(); 10]).collect() };
            (copies(), copies())
        };
        let of_trials = |length: usize| {
            mean_estimate(20, |stream| {
                let (x, y) = draw(stream);
                (x, y, (0..1000).map(|sample| sample / length).collect())
            })
            .0
        };
        assert!(of_trials(1) > 1.0, "{}", of_trials(1));
        assert!(of_trials(10) < 0.0, "{}", of_trials(10));
    }

    #[test]
    fn neighbours_are_those_of_a_plain_search() {
        let mut stream = RandomStream::from_seed([3; 32]);
        let trials: Vec<usize> = (0..300).map(|sample| sample / 7).collect();
        let values = |stream: &mut RandomStream| -> Vec<f64> { (0..300).map(|_| stream.uniform().powi(3)).collect() };
        let (x, y) = (values(&mut stream), values(&mut stream));
        let points = Points::new(ranks(&x, &mut stream), ranks(&y, &mut stream), &trials);
        for point in 0..300 {
            let others = (0..300).filter(|&other| trials[other] != trials[point]);
            let along = |ranked: &Ranked, other: usize| (ranked.values[other] - ranked.values[point]).abs();
            let mut distances: Vec<f64> =
                others.map(|other| along(&points.x, other).max(along(&points.y, other))).collect();
            distances.sort_by(f64::total_cmp);
            assert_eq!(points.distance_to_neighbour(point), Some(distances[NEIGHBOURS - 1]));
        }
    }

    #[test]
    fn too_few_samples_have_no_estimate() {
        let mut stream = RandomStream::from_seed([0; 32]);
        assert_eq!(kraskov_information(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], &[0, 1, 2], &mut stream), None);
    }
}
