//! Six muscles: flexor and extensor of the shoulder, of the elbow, and of both.
//!
//! Source: Katayama & Kawato 1993, Biol Cybern 69:353. A muscle that is stretched by s beyond its length at the rest
//! posture and lengthens at ṡ pulls with K(u) (g u + s) + B(u) ṡ, K(u) = 810.8 + 1621.6 u N/m, B(u) = 54.1 + 108.1 u N
//! s/m. As in the source this is linear in s: a muscle much shorter than at rest pushes.

use super::arm::{ArmState, Joints};

/// The number of muscles.
pub const MUSCLES: usize = 6;

/// Of each muscle, between 0 and 1.
pub type Activations = [f64; MUSCLES];

/// Of each muscle about the shoulder and the elbow, in m; positive for flexors.
pub const MOMENT_ARMS: [Joints; MUSCLES] =
    [[0.040, 0.0], [-0.040, 0.0], [0.0, 0.025], [0.0, -0.025], [0.028, 0.035], [-0.028, -0.035]];
/// What full activation shortens the rest length by, in m.
const SHORTENING: [f64; MUSCLES] = [0.03491, 0.03491, 0.02182, 0.02182, 0.05498, 0.05498];
/// 45° and 70°: where muscles without activation are at their rest lengths.
pub const REST_POSTURE: Joints = [std::f64::consts::FRAC_PI_4, 7.0 / 18.0 * std::f64::consts::PI];
/// In N/m, without activation and with full activation in addition.
const STIFFNESS: [f64; 2] = [810.8, 1621.6];
/// In N s/m, likewise.
const VISCOSITY: [f64; 2] = [54.1, 108.1];

/// The torques of all muscles: each pulls with its tension on its moment arms.
pub fn torques(activations: &Activations, state: &ArmState) -> Joints {
    let mut torques = [0.0; 2];
    for (muscle, &activation) in activations.iter().enumerate() {
        let stretch = stretch(muscle, state.angles);
        let lengthening = -along(muscle, state.velocities);
        let tension = (STIFFNESS[0] + STIFFNESS[1] * activation) * (SHORTENING[muscle] * activation + stretch)
            + (VISCOSITY[0] + VISCOSITY[1] * activation) * lengthening;
        torques[0] += MOMENT_ARMS[muscle][0] * tension;
        torques[1] += MOMENT_ARMS[muscle][1] * tension;
    }
    torques
}

fn along(muscle: usize, joints: Joints) -> f64 {
    MOMENT_ARMS[muscle][0] * joints[0] + MOMENT_ARMS[muscle][1] * joints[1]
}

/// Beyond the length at the rest posture, in m.
fn stretch(muscle: usize, angles: Joints) -> f64 {
    -along(muscle, [angles[0] - REST_POSTURE[0], angles[1] - REST_POSTURE[1]])
}

/// How motor commands become activations, around a level at which all muscles are active.
#[derive(Clone, Copy, Debug)]
pub struct MuscleDrive {
    co_contraction: f64,
    /// For each muscle, the activation that a torque of each joint asks for, in 1/(N m).
    per_torque: [Joints; MUSCLES],
}

/// How much a departure from co-contraction of 1 counts relative to a torque, in (N m)².
const EFFORT: f64 = 1e-3;
/// Sweeps over the muscles; after them the torque is within 10⁻³ N m of its limit all over the workspace.
const SWEEPS: usize = 300;

impl MuscleDrive {
    /// A level of 0 to 1. Torques are shared out with the least sum of squared activations, to first order at the rest
    /// posture.
    pub fn new(co_contraction: f64) -> Self {
        let pulls = std::array::from_fn::<Joints, MUSCLES, _>(|muscle| {
            let slope = slope(muscle, co_contraction, 0.0);
            [slope * MOMENT_ARMS[muscle][0], slope * MOMENT_ARMS[muscle][1]]
        });
        let product = |one: usize, other: usize| pulls.iter().map(|pull| pull[one] * pull[other]).sum::<f64>();
        let (shoulder, both, elbow) = (product(0, 0), product(0, 1), product(1, 1));
        let determinant = shoulder * elbow - both * both;
        let shared = |pull: Joints| {
            [(elbow * pull[0] - both * pull[1]) / determinant, (shoulder * pull[1] - both * pull[0]) / determinant]
        };
        Self { co_contraction, per_torque: pulls.map(shared) }
    }

    /// Activations that hold a posture, or come nearest to it: on the way to the least
    /// |torque|² + 10⁻³ |u - co-contraction|², one muscle after the other, so far that the torque is where it will be.
    /// How much muscles pull against each other is not: that takes many times as many sweeps, and gains are set for
    /// this.
    pub fn holding(&self, angles: Joints) -> Activations {
        let mut activations = [self.co_contraction; MUSCLES];
        for _ in 0..SWEEPS {
            for muscle in 0..MUSCLES {
                let torques = torques(&activations, &ArmState::at_rest(angles));
                let slope = slope(muscle, activations[muscle], stretch(muscle, angles));
                let pull = MOMENT_ARMS[muscle].map(|arm| slope * arm);
                let gradient =
                    pull[0] * torques[0] + pull[1] * torques[1] + EFFORT * (activations[muscle] - self.co_contraction);
                let curvature = pull[0] * pull[0] + pull[1] * pull[1] + EFFORT;
                activations[muscle] = (activations[muscle] - gradient / curvature).clamp(0.0, 1.0);
            }
        }
        activations
    }

    /// Activations that add these torques to others, as far as muscles go.
    pub fn adding(&self, holding: &Activations, torques: Joints) -> Activations {
        let mut activations = *holding;
        for (activation, share) in activations.iter_mut().zip(&self.per_torque) {
            *activation = (*activation + share[0] * torques[0] + share[1] * torques[1]).clamp(0.0, 1.0);
        }
        activations
    }
}

/// The derivative of a muscle's tension with its activation, at rest, in N.
fn slope(muscle: usize, activation: f64, stretch: f64) -> f64 {
    let shortening = SHORTENING[muscle];
    STIFFNESS[1] * (shortening * activation + stretch) + (STIFFNESS[0] + STIFFNESS[1] * activation) * shortening
}
