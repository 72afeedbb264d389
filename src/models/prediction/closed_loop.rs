//! The feedback loop in the frequency domain.

use std::f64::consts::PI;

use super::{Controller, ForwardModel, Prediction};

/// Points of the unit circle per step of delay, at which the loop is first looked at.
const POINTS_PER_STEP: usize = 128;

/// The most points of the unit circle that an integral takes.
const MOST_POINTS: usize = 1 << 22;

/// The loop u = r + K (r - ỹ), in which ỹ is the senses, or the senses + ŷ(t) - ŷ(t - D).
///
/// With the plant G(z) = (1 - α)/(z - α), the model H(z) = Σ w_i (1 - a_i)/(z - a_i) and the delay z^-D, the controller
/// sees ỹ = L u with L = G z^-D, or G z^-D + H (1 - z^-D).
#[derive(Clone, Debug)]
pub struct Loop {
    /// α.
    plant: f64,
    delay: usize,
    model: Option<ForwardModel>,
    gain: f64,
    reference: f64,
    /// K* of feedback alone.
    critical_feedback: f64,
    /// σ_v² and σ_w².
    senses: f64,
    disturbance: f64,
}

/// A complex number.
#[derive(Clone, Copy, Debug)]
struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    /// e^(i angle).
    fn turned(angle: f64) -> Self {
        Self { re: libm::cos(angle), im: libm::sin(angle) }
    }

    fn plus(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }

    fn times(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }

    fn scaled(self, factor: f64) -> Self {
        Self { re: factor * self.re, im: factor * self.im }
    }

    fn square(self) -> f64 {
        self.re * self.re + self.im * self.im
    }

    fn inverse(self) -> Self {
        let square = self.square();
        Self { re: self.re / square, im: -self.im / square }
    }
}

/// (1 - a)/(z - a).
fn low_pass(retention: f64, z: Complex) -> Complex {
    Complex { re: z.re - retention, im: z.im }.inverse().scaled(1.0 - retention)
}

impl Loop {
    /// The loop of an experiment, with the weights of its forward model where the controller uses it.
    pub fn new(prediction: &Prediction, controller: Controller, weights: &[f64]) -> Self {
        let parameters = prediction.parameters();
        let model = || ForwardModel::new(prediction, weights.to_vec());
        Self {
            plant: prediction.retention_in_control(),
            delay: prediction.delay(),
            model: (controller == Controller::Prediction).then(model),
            gain: parameters.feedback_gain,
            critical_feedback: critical_feedback_gain(prediction),
            reference: prediction.reference_retention(),
            senses: parameters.sensory_noise * parameters.sensory_noise,
            disturbance: parameters.plant_noise * parameters.plant_noise,
        }
    }

    /// The same loop with another forward model.
    pub fn with_model(self, model: ForwardModel) -> Self {
        Self { model: Some(model), ..self }
    }

    /// L(e^iω): what the controller sees of its commands.
    fn seen(&self, angle: f64) -> Complex {
        let (z, late) = (Complex::turned(angle), Complex::turned(-(self.delay as f64) * angle));
        let seen = low_pass(self.plant, z).times(late);
        let Some(model) = &self.model else { return seen };
        let early = Complex { re: 1.0 - late.re, im: -late.im };
        let parts = model.retentions.iter().zip(&model.weights).map(|(a, weight)| low_pass(*a, z).scaled(*weight));
        seen.plus(early.times(parts.fold(Complex { re: 0.0, im: 0.0 }, Complex::plus)))
    }

    /// The least gain K > 0 at which the loop is no longer stable; infinite if there is none. Without a forward model
    /// it is [`critical_feedback_gain`].
    ///
    /// The loop is open, and stable, at K = 0. A root of 1 + K L(z) reaches the unit circle where L is real and
    /// negative there, at K = -1/L (Nyquist).
    pub fn critical_gain(&self) -> f64 {
        if self.model.is_none() {
            return self.critical_feedback;
        }
        let points = POINTS_PER_STEP * (self.delay + 2);
        // Densest at low frequencies, where slow fibres bend L most.
        let angle = |point: usize| PI * (point as f64 / points as f64) * (point as f64 / points as f64);
        // At both ends L is real.
        let last = self.seen(PI).re;
        let mut lowest = last.min(self.seen(0.0).re);
        let mut before = (angle(1), self.seen(angle(1)));
        for point in 2..points {
            let now = (angle(point), self.seen(angle(point)));
            if (before.1.im < 0.0) != (now.1.im < 0.0) {
                lowest = lowest.min(self.crossing(before.0, now.0));
            }
            before = now;
        }
        if lowest < 0.0 { -1.0 / lowest } else { f64::INFINITY }
    }

    /// The real part of L where its imaginary part changes sign, by bisection.
    fn crossing(&self, mut low: f64, mut high: f64) -> f64 {
        let is_below = self.seen(low).im < 0.0;
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if (self.seen(middle).im < 0.0) == is_below {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.seen(0.5 * (low + high)).re
    }

    /// E (r - y)², for a reference of unit variance; none where the loop is not stable, or so slow that four million
    /// points of the unit circle do not resolve it.
    ///
    /// The mean over the unit circle of |1 - G F (1 + K)|² S_r + |G F K|² σ_v² + |(1 + K M) F / (z - α)|² σ_w², where
    /// F = 1/(1 + K L), M is what of L does not come from the plant, and S_r is the spectrum of the reference. The mean
    /// over n equidistant points converges geometrically.
    pub fn tracking_error(&self) -> Option<f64> {
        if self.gain >= self.critical_gain() {
            return None;
        }
        let mut points = 64 * (self.delay + 2);
        let mut mean = self.mean(points, 0.0);
        while points < MOST_POINTS {
            let finer = 0.5 * (mean + self.mean(points, 0.5));
            if (finer - mean).abs() <= 1e-13 * finer {
                return Some(finer);
            }
            (mean, points) = (finer, 2 * points);
        }
        None
    }

    /// The mean of the spectrum of r - y over the points 2π (j + shift)/n of the unit circle.
    fn mean(&self, points: usize, shift: f64) -> f64 {
        let at = |point: usize| self.spectrum(2.0 * PI * (point as f64 + shift) / points as f64);
        (0..points).map(at).sum::<f64>() / points as f64
    }

    fn spectrum(&self, angle: f64) -> f64 {
        let (z, late) = (Complex::turned(angle), Complex::turned(-(self.delay as f64) * angle));
        let one = Complex { re: 1.0, im: 0.0 };
        let (plant, seen) = (low_pass(self.plant, z), self.seen(angle));
        let of_model = seen.plus(plant.times(late).scaled(-1.0));
        let feedback = one.plus(seen.scaled(self.gain)).inverse();
        let followed = plant.times(feedback);
        let missed = one.plus(followed.scaled(-(1.0 + self.gain)));
        let disturbed =
            one.plus(of_model.scaled(self.gain)).times(feedback).times(plant).scaled(1.0 / (1.0 - self.plant));
        let rho = self.reference;
        let reference = (1.0 - rho * rho) / Complex { re: z.re - rho, im: z.im }.square();
        missed.square() * reference
            + followed.square() * self.gain * self.gain * self.senses
            + disturbed.square() * self.disturbance
    }
}

/// K*, the least gain at which feedback alone is unstable: -(cos((D+1)ω) - α cos(Dω))/(1 - α) at the root ω of
/// sin((D+1)ω) = α sin(Dω) between π/(2(D+1)) and π/(D+½).
pub fn critical_feedback_gain(prediction: &Prediction) -> f64 {
    let (alpha, delay) = (prediction.retention_in_control(), prediction.delay() as f64);
    let excess = |angle: f64| libm::sin((delay + 1.0) * angle) - alpha * libm::sin(delay * angle);
    // Without a delay the root is π itself, in the middle of what is left.
    let (mut low, mut high) = (PI / (2.0 * (delay + 1.0)), PI / (delay + 0.5));
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if excess(middle) > 0.0 { low = middle } else { high = middle }
    }
    let angle = 0.5 * (low + high);
    -(libm::cos((delay + 1.0) * angle) - alpha * libm::cos(delay * angle)) / (1.0 - alpha)
}
