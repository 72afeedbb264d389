//! The energy of one sequence of correlated patterns: a quadratic program along a chain, solved exactly.
//!
//! With y the current of random weights, an autoregressive process of unit variance and coefficient c, and
//! a_μ = s_μ τ_μ - m - r y_μ, the energy is
//!
//!   min over v of v_1² + Σ_μ>1 (v_μ - c v_μ-1)² / (1 - c²)   subject to   s_μ (v_μ - a_μ) ≥ 0.
//!
//! Where v rests on its bounds at the times p < k and nowhere between, that stretch costs (a_k - c^n a_p)² / (1 - c^2n)
//! with n = k - p. So the least energy of a chain that ends at a free v_μ is a convex function of v_μ made of such
//! parabolas, one for each time at which v may last have rested. A bound v_μ ≥ a_μ cuts off the pieces below a_μ and
//! puts its own there; v_μ ≤ a_μ does so above. Pieces thus come and go at the two ends only, and one sweep along the
//! chain with a double-ended queue of pieces finds the optimum: exactly, without iteration, in a time proportional to
//! the length. (The idea is that of Johnson 2013, J Comput Graph Stat 22:246, for the fused lasso.)

use super::expansion::{Expansion, Point};
use super::transition::Transition;
use crate::models::perceptron::problem::CapacityParameters;
use crate::random::{Normals, RandomStream};

/// One random sequence of currents and targets.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// y_μ.
    currents: Vec<f64>,
    /// The index of each step in [`Transition::ALL`].
    transitions: Vec<u8>,
}

impl Chain {
    /// Draws a stationary chain.
    pub(super) fn draw(parameters: &CapacityParameters, length: usize, stream: &RandomStream, number: u64) -> Self {
        let (mut targets, mut normals) = (stream.substream(2 * number), Normals::new(stream.substream(2 * number + 1)));
        let c = parameters.input_correlation;
        let innovation = (1.0 - c * c).sqrt();
        let mut current = normals.draw();
        let mut up = targets.bernoulli(parameters.output_coding);
        let mut step = || {
            current = c * current + innovation * normals.draw();
            let repeats = targets.bernoulli(parameters.output_correlation);
            let fresh = targets.bernoulli(parameters.output_coding);
            let next = if repeats { up } else { fresh };
            let switch = next != up;
            up = next;
            (current, u8::from(up) + 2 * u8::from(switch))
        };
        let (currents, transitions) = (0..length).map(|_| step()).unzip();
        Self { currents, transitions }
    }

    pub(super) fn len(&self) -> usize {
        self.currents.len()
    }
}

/// How two times that lie n apart are coupled: q_n = c^n and 1 - c^2n.
#[derive(Clone, Copy, Debug)]
struct Coupling {
    memory: f64,
    freedom: f64,
}

/// Solves chains of one correlation; keeps its memory from one to the next.
#[derive(Clone, Debug)]
pub(super) struct Solver {
    /// By n; the last one, which holds for all longer n, is that of independent times.
    couplings: Vec<Coupling>,
    /// a_μ, from μ = 1; time 0 means "v has not rested yet".
    bounds: Vec<f64>,
    /// For each time, when v rested last before, should it rest here.
    earlier: Vec<u32>,
    /// The pieces from left to right, each by the time at which v last rested; it grows from the middle to both sides.
    pieces: Vec<u32>,
}

impl Solver {
    pub(super) fn new(correlation: f64) -> Self {
        let coupling = |memory: f64| Coupling { memory, freedom: 1.0 - memory * memory };
        let memories = std::iter::successors(Some(1.0), |memory| Some(memory * correlation));
        let mut couplings: Vec<Coupling> = memories.take_while(|&memory| memory > 1e-17).map(coupling).collect();
        couplings.push(coupling(0.0));
        Self { couplings, bounds: Vec::new(), earlier: Vec::new(), pieces: Vec::new() }
    }

    /// The energy of a chain (not divided by its length) and its derivatives by (m, r, γ).
    ///
    /// The derivatives are those at fixed resting times, which are the derivatives of the minimum.
    pub(super) fn energy(&mut self, chain: &Chain, robustness: f64, point: &Point) -> Expansion {
        self.set_bounds(chain, robustness, point);
        let slopes = Transition::ALL.map(|transition| transition.sign() * transition.margin_slope());
        let mut energy = Expansion::default();
        let mut time = self.last_rest(chain);
        while time > 0 {
            let before = self.earlier[time as usize];
            let Coupling { memory, freedom } = self.coupling(time, before);
            let slope_at = |time: u32| match time {
                0 => [0.0; 3],
                _ => {
                    let (current, kind) = (chain.currents[time as usize - 1], chain.transitions[time as usize - 1]);
                    [-1.0, -current, slopes[kind as usize]]
                }
            };
            let (here, there) = (slope_at(time), slope_at(before));
            let residual = self.bounds[time as usize] - memory * self.bounds[before as usize];
            energy.add_square(1.0 / freedom, residual, std::array::from_fn(|i| here[i] - memory * there[i]));
            time = before;
        }
        energy
    }

    fn set_bounds(&mut self, chain: &Chain, robustness: f64, point: &Point) {
        let levels = Transition::ALL.map(|t| t.sign() * t.margin(robustness, point.bistability) - point.current_offset);
        let spread = point.spread();
        let bound = |(current, kind): (&f64, &u8)| levels[*kind as usize] - spread * current;
        self.bounds.clear();
        self.bounds.push(0.0);
        self.bounds.extend(chain.currents.iter().zip(&chain.transitions).map(bound));
        self.earlier.resize(chain.len() + 1, 0);
        self.pieces.resize(2 * chain.len() + 1, 0);
    }

    /// Sweeps along the chain and returns the last time at which v rests; 0 if it never does.
    fn last_rest(&mut self, chain: &Chain) -> u32 {
        let length = chain.len();
        // Pieces are at left..=right.
        let (mut left, mut right) = (length, length);
        self.pieces[length] = 0;
        for time in 1..=length as u32 {
            let bound = self.bounds[time as usize];
            if Transition::ALL[chain.transitions[time as usize - 1] as usize].up {
                while left < right && self.meet(time, left, bound) >= 0.0 {
                    left += 1;
                }
                self.earlier[time as usize] = self.pieces[left];
                left -= 1;
                self.pieces[left] = time;
            } else {
                while left < right && self.meet(time, right - 1, bound) <= 0.0 {
                    right -= 1;
                }
                self.earlier[time as usize] = self.pieces[right];
                right += 1;
                self.pieces[right] = time;
            }
        }
        // After the chain v is free, and ends where the function is least.
        let end = length as u32 + 1;
        let least = |solver: &Self, piece: usize| {
            let rest = solver.pieces[piece];
            solver.coupling(end, rest).memory * solver.bounds[rest as usize]
        };
        while left < right && self.meet(end, left, least(self, left)) >= 0.0 {
            left += 1;
        }
        self.pieces[left]
    }

    /// Negative if v lies left of where the piece and its right neighbour meet, positive if right of it.
    ///
    /// They meet at the v to which the free path from the earlier rest passes just through the bound of the later rest.
    /// (The difference of the slopes of the parabolas has the same zero but drowns in rounding where the memory is
    /// short.)
    fn meet(&self, time: u32, piece: usize, v: f64) -> f64 {
        let (one, other) = (self.pieces[piece], self.pieces[piece + 1]);
        let (earlier, later) = (one.min(other), one.max(other));
        let (to_later, to_time) = (self.coupling(later, earlier), self.coupling(time, later));
        let bound = |rest: u32| self.bounds[rest as usize];
        let path = to_later.memory * to_time.freedom * bound(earlier) + to_time.memory * to_later.freedom * v;
        path - self.coupling(time, earlier).freedom * bound(later)
    }

    fn coupling(&self, time: u32, rest: u32) -> Coupling {
        let longest = self.couplings.len() - 1;
        self.couplings[if rest == 0 { longest } else { longest.min((time - rest) as usize) }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(parameters: CapacityParameters, length: usize, number: u64) -> Chain {
        Chain::draw(&parameters, length, &RandomStream::from_seed([3; 32]), number)
    }

    /// Parameter sets with every kind of bound, and points that are not special.
    fn cases() -> impl Iterator<Item = (CapacityParameters, Point)> {
        let correlations = [0.0, 1e-6, 0.3, 0.9, 0.99];
        let rest = [(0.5, 0.0, 0.0, 0.0), (0.9, 0.0, 1.0, 0.3), (0.2, 1.3, 0.4, -0.7), (0.8, 0.5, 3.0, 1.0)];
        correlations.into_iter().flat_map(move |input_correlation| {
            rest.into_iter().map(move |(correlation, robustness, bistability, offset)| {
                let parameters = CapacityParameters {
                    input_correlation,
                    output_correlation: correlation,
                    output_coding: 0.5 - 0.2 * correlation,
                    robustness,
                    ..CapacityParameters::default()
                };
                (parameters, Point { current_offset: offset, weight_offset: -offset, bistability })
            })
        })
    }

    /// The bounds of [`Solver`] and whether each is one from below.
    fn bounds(chain: &Chain, robustness: f64, point: &Point) -> Vec<(f64, bool)> {
        let bound = |(current, kind): (&f64, &u8)| {
            let transition = Transition::ALL[*kind as usize];
            let distance = transition.margin(robustness, point.bistability);
            (transition.sign() * distance - point.current_offset - point.spread() * current, transition.up)
        };
        chain.currents.iter().zip(&chain.transitions).map(bound).collect()
    }

    /// v of the solver's resting times: on the bounds there, the mean of the process between.
    fn solution(solver: &mut Solver, chain: &Chain) -> (Vec<f64>, Vec<bool>) {
        let mut path = vec![0.0; chain.len() + 2];
        let mut rests = vec![false; chain.len()];
        let mut time = solver.last_rest(chain);
        for after in time + 1..=chain.len() as u32 {
            path[after as usize] = solver.coupling(after, time).memory * solver.bounds[time as usize];
        }
        while time > 0 {
            let before = solver.earlier[time as usize];
            (path[time as usize], rests[time as usize - 1]) = (solver.bounds[time as usize], true);
            for between in before + 1..time {
                let (left, right) = (solver.coupling(between, before), solver.coupling(time, between));
                path[between as usize] = (left.memory * right.freedom * solver.bounds[before as usize]
                    + right.memory * left.freedom * solver.bounds[time as usize])
                    / solver.coupling(time, before).freedom;
            }
            time = before;
        }
        (path[1..=chain.len()].to_vec(), rests)
    }

    /// Half the derivative of the energy by each v.
    fn forces(path: &[f64], c: f64) -> Vec<f64> {
        let at = |k: usize| {
            let from_left = if k == 0 { path[0] } else { (path[k] - c * path[k - 1]) / (1.0 - c * c) };
            let to_right = path.get(k + 1).map_or(0.0, |next| c * (next - c * path[k]) / (1.0 - c * c));
            from_left - to_right
        };
        (0..path.len()).map(at).collect()
    }

    /// A path within its bounds, pushed by no bound the wrong way and by none where it does not rest, is the optimum.
    #[test]
    fn the_path_of_long_chains_satisfies_the_conditions_of_karush_kuhn_and_tucker() {
        for (number, (parameters, point)) in cases().enumerate() {
            let c = parameters.input_correlation;
            let chain = draw(parameters, 20_000, number as u64);
            let mut solver = Solver::new(c);
            let energy = solver.energy(&chain, parameters.robustness, &point);
            let (path, rests) = solution(&mut solver, &chain);
            let forces = forces(&path, c);
            let tolerance = 1e-10 / (1.0 - c * c);
            let mut cost = 0.0;
            for (k, (bound, below)) in bounds(&chain, parameters.robustness, &point).into_iter().enumerate() {
                let sign = if below { 1.0 } else { -1.0 };
                assert!(sign * (path[k] - bound) > -tolerance, "c {c}, time {k}: {} against {bound}", path[k]);
                assert!(sign * forces[k] > -tolerance, "c {c}, time {k}: force {}", forces[k]);
                assert!(rests[k] || forces[k].abs() < tolerance, "c {c}, time {k}: force {}", forces[k]);
                cost += path[k] * forces[k];
            }
            assert!((cost - energy.value).abs() < 1e-9 * cost, "{cost} {}", energy.value);
        }
    }

    /// Coordinate descent knows nothing of pieces.
    #[test]
    fn short_chains_have_the_energy_that_coordinate_descent_finds() {
        for (number, (parameters, point)) in cases().enumerate() {
            let c = parameters.input_correlation;
            let chain = draw(parameters, 30, number as u64);
            let bounds = bounds(&chain, parameters.robustness, &point);
            let mut path = vec![0.0; chain.len()];
            for _ in 0..20_000 {
                for k in 0..path.len() {
                    let neighbours = path.get(k + 1).unwrap_or(&0.0) + if k == 0 { 0.0 } else { path[k - 1] };
                    let ends = [k == 0, k + 1 == path.len()].iter().filter(|&&end| end).count() as f64;
                    let free = c * neighbours / (1.0 + (1.0 - ends) * c * c);
                    let (bound, below) = bounds[k];
                    path[k] = if below { free.max(bound) } else { free.min(bound) };
                }
            }
            let cost: f64 = path.iter().zip(forces(&path, c)).map(|(v, force)| v * force).sum();
            let energy = Solver::new(c).energy(&chain, parameters.robustness, &point);
            assert!((cost - energy.value).abs() < 1e-8 * cost.max(1.0), "c {c}: {cost} {}", energy.value);
        }
    }

    #[test]
    fn derivatives_are_those_of_the_energy() {
        for (number, (parameters, point)) in cases().enumerate() {
            let chain = draw(parameters, 1000, number as u64);
            let mut solver = Solver::new(parameters.input_correlation);
            let mut at = |point: Point| solver.energy(&chain, parameters.robustness, &point);
            let (here, h) = (at(point), 1e-5);
            let moved = |variable: usize, by: f64| match variable {
                0 => Point { current_offset: point.current_offset + by, ..point },
                1 => Point { weight_offset: point.weight_offset + by, ..point },
                _ => Point { bistability: point.bistability + by, ..point },
            };
            for variable in 0..3 {
                let scale = if variable == 1 { point.spread_slope() } else { 1.0 };
                let slope = (at(moved(variable, h)).value - at(moved(variable, -h)).value) / (2.0 * h);
                let expected = scale * here.gradient[variable];
                assert!((slope - expected).abs() < 1e-5 * (1.0 + slope.abs()), "{variable}: {slope} {expected}");
            }
        }
    }

    /// What [`crate::models::perceptron::theory::sample`] relies on to choose the length of its chains.
    #[test]
    fn the_ends_of_a_chain_change_its_energy_by_less_than_two_fifths_of_the_memory() {
        for (correlation, output_correlation) in [(0.5, 0.5), (0.9, 0.9)] {
            let parameters = CapacityParameters {
                input_correlation: correlation,
                output_correlation,
                ..CapacityParameters::default()
            };
            let point = Point { current_offset: 0.0, weight_offset: 0.0, bistability: 0.0 };
            let mut solver = Solver::new(correlation);
            let mut energy = |memories: f64, chains: u64| {
                let length = (memories / (1.0 - correlation)) as usize;
                let mut chain = |number| solver.energy(&draw(parameters, length, number), 0.0, &point).value;
                (0..chains).map(&mut chain).sum::<f64>() / (chains as f64 * length as f64)
            };
            let (short, long) = (energy(10.0, 40_000), energy(1000.0, 400));
            assert!((short / long - 1.0).abs() < 0.4 / 10.0, "{correlation}: {short} {long}");
        }
    }
}
