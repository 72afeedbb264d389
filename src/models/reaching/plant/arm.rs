//! The arm: two links in the horizontal plane.
//!
//! Source: Katayama & Kawato 1993, Biol Cybern 69:353 (a human arm). Angles are in rad, the shoulder's from the x axis,
//! the elbow's from the upper arm; torques in N m.

/// Of the shoulder, then of the elbow.
pub type Joints = [f64; 2];

/// Length of the upper arm and of the forearm, in m.
pub const LENGTHS: Joints = [0.30, 0.35];
const FOREARM_MASS: f64 = 1.44;
/// From the elbow to the forearm's centre of mass, in m.
const FOREARM_CENTRE: f64 = 0.21;
/// Moments of inertia of the links about the joints they turn in, in kg m². The upper arm's mass enters through its own
/// alone.
const INERTIA: Joints = [0.0477, 0.0588];
/// What the elbow's angle acts through: m₂ l₁ s₂, in kg m².
const COUPLING: f64 = FOREARM_MASS * LENGTHS[0] * FOREARM_CENTRE;

/// Where the arm is and how fast it turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmState {
    /// Angles of the joints, in rad.
    pub angles: Joints,
    /// In rad/s.
    pub velocities: Joints,
}

impl ArmState {
    /// An arm that does not move.
    pub fn at_rest(angles: Joints) -> Self {
        Self { angles, velocities: [0.0; 2] }
    }

    /// The state that a motion at these rates of change leads to.
    fn moved(&self, rates: &Rates, duration: f64) -> Self {
        let moved = |from: Joints, rate: Joints| [from[0] + duration * rate[0], from[1] + duration * rate[1]];
        Self { angles: moved(self.angles, rates.velocities), velocities: moved(self.velocities, rates.accelerations) }
    }
}

/// The rates of change of an [`ArmState`].
struct Rates {
    velocities: Joints,
    accelerations: Joints,
}

/// The matrix of inertia M at an elbow's angle: M₁₁, M₁₂ = M₂₁, M₂₂.
///
/// M₁₁ = I₁ + I₂ + m₂ l₁² + 2 m₂ l₁ s₂ cos q₂, M₁₂ = I₂ + m₂ l₁ s₂ cos q₂, M₂₂ = I₂.
pub(crate) fn inertia(elbow: f64) -> [f64; 3] {
    inertia_of(libm::cos(elbow))
}

fn inertia_of(cosine: f64) -> [f64; 3] {
    let coupled = COUPLING * cosine;
    let carried = FOREARM_MASS * LENGTHS[0] * LENGTHS[0];
    [INERTIA[0] + INERTIA[1] + carried + 2.0 * coupled, INERTIA[1] + coupled, INERTIA[1]]
}

/// Torques of Coriolis and centrifugal forces: m₂ l₁ s₂ sin q₂ (-q̇₂ (2 q̇₁ + q̇₂), q̇₁²).
fn coriolis(sine: f64, velocities: Joints) -> Joints {
    let [shoulder, elbow] = velocities;
    [-COUPLING * sine * elbow * (2.0 * shoulder + elbow), COUPLING * sine * shoulder * shoulder]
}

/// The torques that give these accelerations (rad/s²): M q̈ + Coriolis.
pub fn inverse_dynamics(state: &ArmState, accelerations: Joints) -> Joints {
    let (sine, cosine) = libm::sincos(state.angles[1]);
    let [m11, m12, m22] = inertia_of(cosine);
    let turning = coriolis(sine, state.velocities);
    let [shoulder, elbow] = accelerations;
    [m11 * shoulder + m12 * elbow + turning[0], m12 * shoulder + m22 * elbow + turning[1]]
}

/// The accelerations (rad/s²) that these torques give.
pub fn forward_dynamics(state: &ArmState, torques: Joints) -> Joints {
    let (sine, cosine) = libm::sincos(state.angles[1]);
    let [m11, m12, m22] = inertia_of(cosine);
    let turning = coriolis(sine, state.velocities);
    let (shoulder, elbow) = (torques[0] - turning[0], torques[1] - turning[1]);
    let determinant = m11 * m22 - m12 * m12;
    [(m22 * shoulder - m12 * elbow) / determinant, (m11 * elbow - m12 * shoulder) / determinant]
}

/// In J.
pub fn kinetic_energy(state: &ArmState) -> f64 {
    let [m11, m12, m22] = inertia(state.angles[1]);
    let [shoulder, elbow] = state.velocities;
    0.5 * (m11 * shoulder * shoulder + 2.0 * m12 * shoulder * elbow + m22 * elbow * elbow)
}

/// About the shoulder, in kg m²/s. Only a torque of the shoulder changes it.
pub fn angular_momentum(state: &ArmState) -> f64 {
    let [m11, m12, _] = inertia(state.angles[1]);
    m11 * state.velocities[0] + m12 * state.velocities[1]
}

/// The state after some seconds of torques that depend on the state: one step of Runge and Kutta's method, of fourth
/// order.
pub fn advance(state: &ArmState, duration: f64, torques: impl Fn(&ArmState) -> Joints) -> ArmState {
    let rates = |state: &ArmState| Rates {
        velocities: state.velocities,
        accelerations: forward_dynamics(state, torques(state)),
    };
    let first = rates(state);
    let second = rates(&state.moved(&first, 0.5 * duration));
    let third = rates(&state.moved(&second, 0.5 * duration));
    let fourth = rates(&state.moved(&third, duration));
    let mean = |of: fn(&Rates) -> Joints| {
        let [first, second, third, fourth] = [of(&first), of(&second), of(&third), of(&fourth)];
        let mean = |joint: usize| (first[joint] + 2.0 * second[joint] + 2.0 * third[joint] + fourth[joint]) / 6.0;
        [mean(0), mean(1)]
    };
    let rates = Rates { velocities: mean(|rates| rates.velocities), accelerations: mean(|rates| rates.accelerations) };
    state.moved(&rates, duration)
}

/// Where the hand is, in m from the shoulder.
pub fn hand(angles: Joints) -> [f64; 2] {
    let (upper_sine, upper_cosine) = libm::sincos(angles[0]);
    let (lower_sine, lower_cosine) = libm::sincos(angles[0] + angles[1]);
    [LENGTHS[0] * upper_cosine + LENGTHS[1] * lower_cosine, LENGTHS[0] * upper_sine + LENGTHS[1] * lower_sine]
}

/// The angles, with the elbow flexed (0 to π), that put the hand there; `None` if it is out of reach.
pub fn angles_of(hand: [f64; 2]) -> Option<Joints> {
    let [x, y] = hand;
    let [upper, lower] = LENGTHS;
    let cosine = (x * x + y * y - upper * upper - lower * lower) / (2.0 * upper * lower);
    if !(-1.0..=1.0).contains(&cosine) {
        return None;
    }
    let elbow = libm::acos(cosine);
    let shoulder = libm::atan2(y, x) - libm::atan2(lower * libm::sin(elbow), upper + lower * cosine);
    Some([shoulder, elbow])
}

/// Turns motion of the hand (m/s, m/s²) into that of the joints, at these angles: q̇ = J⁻¹ ẋ, q̈ = J⁻¹ (ẍ - J̇ q̇).
pub fn joint_motion(angles: Joints, velocity: [f64; 2], acceleration: [f64; 2]) -> (Joints, Joints) {
    let (upper_sine, upper_cosine) = libm::sincos(angles[0]);
    let (lower_sine, lower_cosine) = libm::sincos(angles[0] + angles[1]);
    let lower = [-LENGTHS[1] * lower_sine, LENGTHS[1] * lower_cosine];
    let both = [lower[0] - LENGTHS[0] * upper_sine, lower[1] + LENGTHS[0] * upper_cosine];
    let determinant = both[0] * lower[1] - lower[0] * both[1];
    let solve = |rate: [f64; 2]| {
        [(lower[1] * rate[0] - lower[0] * rate[1]) / determinant, (both[0] * rate[1] - both[1] * rate[0]) / determinant]
    };
    let velocities = solve(velocity);
    let (shoulder, forearm) = (velocities[0], velocities[0] + velocities[1]);
    let (upper_turn, lower_turn) = (LENGTHS[0] * shoulder * shoulder, LENGTHS[1] * forearm * forearm);
    // J̇ q̇ is the centripetal acceleration of the hand.
    let centripetal =
        [-upper_turn * upper_cosine - lower_turn * lower_cosine, -upper_turn * upper_sine - lower_turn * lower_sine];
    (velocities, solve([acceleration[0] - centripetal[0], acceleration[1] - centripetal[1]]))
}
