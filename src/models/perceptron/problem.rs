//! The parameters of one storage problem.

use thiserror::Error;

/// One unit of exact arithmetic: thresholds and weights are whole multiples of 2⁻⁵² θ.
pub(super) const UNITS_PER_THRESHOLD: i64 = 1 << 52;

/// The largest margin (κ + γ) u0 / θ that keeps every exact sum within 128 bits.
pub(super) const LARGEST_MARGIN: f64 = 64.0;

/// The largest number of inputs or patterns for which the exact sums are proven not to overflow.
pub(super) const LARGEST_COUNT: usize = 1 << 16;

/// No bound on weights is made of one this far below 0, over all inputs together, in thresholds: see
/// [`CapacityProblem::lowest_weight`].
const FREE_RANGE: usize = 512;

/// The lowest bound, in thresholds: single inputs need no more, and it leaves room for the weights above it.
const LOWEST_BOUND: f64 = 64.0;

/// Whether weights may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WeightBound {
    /// w ≥ 0: granule cells excite.
    #[default]
    NonNegative,
    /// Weights of either sign.
    None,
}

/// The parameters of a [`CapacityProblem`], not yet checked. The default is the standard perceptron with 1000 inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapacityParameters {
    /// N, granule cells onto the Purkinje cell; 1 to 65536.
    pub inputs: usize,
    /// f_in, probability that an input is active; strictly between 0 and 1.
    pub input_coding: f64,
    /// f_out, probability that the target is 1; strictly between 0 and 1.
    pub output_coding: f64,
    /// c_in, correlation of an input in successive patterns; 0 ≤ c_in < 1.
    pub input_correlation: f64,
    /// c_out, correlation of successive targets; 0 ≤ c_out < 1.
    pub output_correlation: f64,
    /// κ, margin in natural units; ≥ 0.
    pub robustness: f64,
    /// γ, half width of the bistable range in natural units; ≥ 0.
    pub bistability: f64,
    /// Whether weights may be negative; if so, κ = γ = 0.
    pub weight_bound: WeightBound,
}

impl Default for CapacityParameters {
    fn default() -> Self {
        Self {
            inputs: 1000,
            input_coding: 0.5,
            output_coding: 0.5,
            input_correlation: 0.0,
            output_correlation: 0.0,
            robustness: 0.0,
            bistability: 0.0,
            weight_bound: WeightBound::NonNegative,
        }
    }
}

/// Why parameters do not describe a storage problem.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum ProblemError {
    #[error("inputs must be between 1 and 65536, not {0}")]
    Inputs(usize),
    #[error("{name} must lie strictly between 0 and 1, not {value:?}")]
    Coding { name: &'static str, value: f64 },
    #[error("{name} must be at least 0 and less than 1, not {value:?}")]
    Correlation { name: &'static str, value: f64 },
    #[error("{name} must be a finite number of at least 0, not {value:?}")]
    Margin { name: &'static str, value: f64 },
    #[error("robustness + bistability is {0:?} thresholds; at most 64 can be handled exactly")]
    MarginTooLarge(f64),
    #[error(
        "weight_bound = \"none\" makes {name} = {value:?} meaningless, because weights without a bound grow until they \
         keep any margin; set {name} = 0 or weight_bound = \"non-negative\""
    )]
    MarginOfFreeWeights { name: &'static str, value: f64 },
}

/// A storage problem whose parameters have been checked; the threshold θ is 1.
///
/// Source: Clopath, Nadal & Brunel 2012, Models; in our words in Brunel et al. 2004, Neuron 43:745.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapacityProblem {
    parameters: CapacityParameters,
}

impl CapacityProblem {
    /// Checks the parameters; the first that is out of its range is the error.
    pub fn new(parameters: CapacityParameters) -> Result<Self, ProblemError> {
        let p = &parameters;
        if !(1..=LARGEST_COUNT).contains(&p.inputs) {
            return Err(ProblemError::Inputs(p.inputs));
        }
        for (name, value) in [("input_coding", p.input_coding), ("output_coding", p.output_coding)] {
            if !(value > 0.0 && value < 1.0) {
                return Err(ProblemError::Coding { name, value });
            }
        }
        for (name, value) in [("input_correlation", p.input_correlation), ("output_correlation", p.output_correlation)]
        {
            if !(0.0..1.0).contains(&value) {
                return Err(ProblemError::Correlation { name, value });
            }
        }
        for (name, value) in [("robustness", p.robustness), ("bistability", p.bistability)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(ProblemError::Margin { name, value });
            }
            if value > 0.0 && p.weight_bound == WeightBound::None {
                return Err(ProblemError::MarginOfFreeWeights { name, value });
            }
        }
        let problem = Self { parameters };
        let largest_margin = (p.robustness + p.bistability) * problem.natural_unit();
        if largest_margin > LARGEST_MARGIN {
            return Err(ProblemError::MarginTooLarge(largest_margin));
        }
        Ok(problem)
    }

    /// The parameters as given.
    pub fn parameters(&self) -> &CapacityParameters {
        &self.parameters
    }

    /// N, the number of inputs.
    pub fn inputs(&self) -> usize {
        self.parameters.inputs
    }

    /// u0 = θ √((1 - f_in) / (f_in N)), in thresholds: the natural unit of κ and γ.
    pub fn natural_unit(&self) -> f64 {
        let f = self.parameters.input_coding;
        ((1.0 - f) / (f * self.inputs() as f64)).sqrt()
    }

    /// θ / (f_in N), in thresholds: the weight that brings the mean current to the threshold.
    pub fn mean_weight(&self) -> f64 {
        1.0 / (self.parameters.input_coding * self.inputs() as f64)
    }

    /// -B, the least weight that is allowed, in thresholds: 0, or for weights without bound a number far below.
    ///
    /// Exact decisions need a bound. Weights v = w + B ≥ 0 above a threshold θ + n B, n the active inputs of the
    /// pattern, are the same problem as weights w ≥ -B above θ. B is a power of two, the largest with B N ≤ 512 θ, and
    /// at most 64 θ, so that all of it stays whole and exact: between 256 f_in and 512 f_in mean weights θ / (f_in N).
    /// What weights so bounded store is stored without a bound. The other way round the bound costs a share of the
    /// capacity that [`bound_cost`](super::bound_cost) computes: 2e-4 for N = 1000 and f_in = 1/2.
    pub fn lowest_weight(&self) -> f64 {
        match self.parameters.weight_bound {
            WeightBound::NonNegative => 0.0,
            WeightBound::None => {
                let bound = FREE_RANGE as f64 / self.inputs().next_power_of_two() as f64;
                -bound.min(LOWEST_BOUND)
            }
        }
    }

    /// The margin τ in units of 2⁻⁵² θ: (κ + γ) u0 for a switch of the output, (κ - γ) u0 for a stay.
    ///
    /// A whole number, and that number is the definition from here on: all later arithmetic with margins is exact. It
    /// is rounded up, past the rounding error of the product, and 0 stays 0. So a widest margin of exactly 0, as 1.6 =
    /// 4 × 0.4 may give, does not become storable by rounding.
    pub(super) fn margin_units(&self, switch: bool) -> i64 {
        let CapacityParameters { robustness, bistability, .. } = self.parameters;
        let margin = if switch { robustness + bistability } else { robustness - bistability };
        let rounded = (margin * self.natural_unit() * UNITS_PER_THRESHOLD as f64).ceil() as i64;
        if margin == 0.0 { 0 } else { rounded + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_out_of_range_is_named() {
        let fails = |change: fn(&mut CapacityParameters)| {
            let mut parameters = CapacityParameters::default();
            change(&mut parameters);
            CapacityProblem::new(parameters).map_err(|error| error.to_string()).err().unwrap_or_default()
        };
        assert!(fails(|p| p.inputs = 0).contains("inputs"));
        assert!(fails(|p| p.inputs = 70_000).contains("inputs"));
        assert!(fails(|p| p.input_coding = 0.0).contains("input_coding"));
        assert!(fails(|p| p.output_coding = f64::NAN).contains("output_coding"));
        assert!(fails(|p| p.input_correlation = 1.0).contains("input_correlation"));
        assert!(fails(|p| p.output_correlation = -0.1).contains("output_correlation"));
        assert!(fails(|p| p.robustness = f64::INFINITY).contains("robustness"));
        assert!(fails(|p| p.bistability = -1.0).contains("bistability"));
        assert!(fails(|p| p.bistability = 1e6).contains("thresholds"));
        assert!(fails(|p| (p.robustness, p.weight_bound) = (0.1, WeightBound::None)).contains("robustness = 0.1"));
        assert!(fails(|p| (p.bistability, p.weight_bound) = (1.0, WeightBound::None)).contains("set bistability = 0"));
        assert_eq!(fails(|_| ()), "");
    }

    #[test]
    fn the_lowest_weight_is_a_power_of_two_that_all_inputs_can_have() {
        for inputs in [1, 2, 7, 16, 1000, 1024, 1025, 65_536] {
            let free = CapacityParameters { inputs, weight_bound: WeightBound::None, ..CapacityParameters::default() };
            let bound = -CapacityProblem::new(free).unwrap().lowest_weight();
            assert_eq!(libm::log2(bound).fract(), 0.0);
            assert!(
                bound <= 64.0 && bound * inputs as f64 <= 512.0 && (bound == 64.0 || bound * inputs as f64 > 256.0)
            );
            let bounded = CapacityParameters { inputs, ..CapacityParameters::default() };
            assert_eq!(CapacityProblem::new(bounded).unwrap().lowest_weight(), 0.0);
        }
    }

    #[test]
    fn margins_are_in_natural_units() {
        let parameters = CapacityParameters {
            inputs: 100,
            input_coding: 0.2,
            robustness: 1.0,
            bistability: 2.0,
            ..CapacityParameters::default()
        };
        let problem = CapacityProblem::new(parameters).unwrap();
        assert!((problem.natural_unit() - 0.2).abs() < 1e-15);
        let margin = |switch| problem.margin_units(switch) as f64 / UNITS_PER_THRESHOLD as f64;
        assert!((margin(true) - 0.6).abs() < 1e-15);
        assert!((margin(false) + 0.2).abs() < 1e-15);
        assert!((problem.mean_weight() - 0.05).abs() < 1e-15);
    }
}
