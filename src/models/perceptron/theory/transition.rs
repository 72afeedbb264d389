//! The four transitions of the target.

use crate::models::perceptron::problem::CapacityParameters;

/// A step of the target: to which side it leads, and whether it switches there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transition {
    pub up: bool,
    pub switch: bool,
}

impl Transition {
    pub(super) const ALL: [Self; 4] = [
        Self { up: false, switch: false },
        Self { up: true, switch: false },
        Self { up: false, switch: true },
        Self { up: true, switch: true },
    ];

    /// s, the sign of the new target.
    pub(super) fn sign(self) -> f64 {
        if self.up { 1.0 } else { -1.0 }
    }

    /// dτ/dγ: 1 for a switch, -1 for a stay.
    pub(super) fn margin_slope(self) -> f64 {
        if self.switch { 1.0 } else { -1.0 }
    }

    /// τ, the margin in natural units: κ + γ for a switch, κ - γ for a stay.
    pub(super) fn margin(self, robustness: f64, bistability: f64) -> f64 {
        robustness + self.margin_slope() * bistability
    }

    /// How often it occurs: f_out (1 - f_out)(1 - c_out) for each switch, f (c_out + (1 - c_out) f) for a stay at the
    /// side with probability f.
    pub(super) fn probability(self, p: &CapacityParameters) -> f64 {
        let (f, c) = (p.output_coding, p.output_correlation);
        let here = if self.up { f } else { 1.0 - f };
        if self.switch { f * (1.0 - f) * (1.0 - c) } else { here * (c + (1.0 - c) * here) }
    }
}
