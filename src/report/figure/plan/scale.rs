//! The scale of an axis: where a value stands between its ends, and which ticks it has.

use super::words;

/// The empty part at either end, so that no marker is cut.
const MARGIN: f64 = 0.05;
/// The part that zero, set apart, takes of a logarithmic scale.
const APART: f64 = 0.12;
/// Ticks that an axis has at most, if it can choose.
const TICKS: usize = 7;
/// Positions of data that are all ticks of a logarithmic axis.
const OWN_TICKS: usize = 8;

/// Ends of an axis are not beyond this, so that their distance is a number.
const LARGEST: f64 = f64::MAX / 16.0;

/// How values are laid out along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spacing {
    /// Equal differences have equal lengths.
    Linear,
    /// Equal ratios have equal lengths; zero, if it is there, is set apart at the low end.
    Logarithmic,
    /// Positions 0, 1, 2, … have names.
    Categories,
}

/// A mark on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub value: f64,
    pub label: String,
}

/// An axis with its ends and ticks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    pub spacing: Spacing,
    /// The least and the greatest value; on a logarithmic scale the least that is not zero.
    pub low: f64,
    pub high: f64,
    /// Whether zero is set apart, below a logarithmic scale.
    pub zero_apart: bool,
    pub ticks: Vec<Tick>,
}

impl Scale {
    /// Positions with names.
    pub(crate) fn categories(names: &[String]) -> Self {
        let tick = |(index, name): (usize, &String)| Tick { value: index as f64, label: name.clone() };
        let ticks: Vec<Tick> = names.iter().enumerate().map(tick).collect();
        let high = names.len().max(1) as f64 - 0.5;
        Self { spacing: Spacing::Categories, low: -0.5, high, zero_apart: false, ticks }
    }

    /// A linear scale over all of these values, which has `from` in it if that is given.
    pub(crate) fn linear(values: impl IntoIterator<Item = f64>, from: Option<f64>) -> Self {
        let (mut low, mut high) = ends(values.into_iter().chain(from)).unwrap_or((0.0, 1.0));
        if low == high {
            let half = if low == 0.0 { 0.5 } else { 0.05 * low.abs() };
            (low, high) = (low - half, high + half);
        }
        let margin = MARGIN * (high - low);
        let keeps_end = |end: f64| from == Some(end);
        let low = if keeps_end(low) { low } else { low - margin };
        let high = if keeps_end(high) { high } else { high + margin };
        Self { spacing: Spacing::Linear, low, high, zero_apart: false, ticks: linear_ticks(low, high) }
    }

    /// A linear scale from the least to the greatest of these values, as that of colours.
    pub(crate) fn exactly(values: &[f64]) -> Self {
        let (low, high) = ends(values.iter().copied()).unwrap_or((0.0, 1.0));
        if low == high {
            return Self::linear([low], None);
        }
        Self { spacing: Spacing::Linear, low, high, zero_apart: false, ticks: linear_ticks(low, high) }
    }

    /// A logarithmic scale over all of these values, none of which is negative.
    pub(crate) fn logarithmic(values: &[f64]) -> Self {
        let (low, high) = ends(values.iter().copied().filter(|value| *value > 0.0)).unwrap_or((1.0, 10.0));
        let (low, high) = if low == high { (low / 2.0, high * 2.0) } else { (low, high) };
        let zero_apart = values.contains(&0.0);
        let mut ticks = logarithmic_ticks(low, high);
        if zero_apart {
            ticks.insert(0, Tick { value: 0.0, label: "0".into() });
        }
        Self { spacing: Spacing::Logarithmic, low, high, zero_apart, ticks }
    }

    /// With ticks at these values, if they are few enough: then a reader sees what was computed.
    pub(crate) fn with_ticks_at(mut self, values: &[f64]) -> Self {
        if self.spacing == Spacing::Logarithmic && values.len() <= OWN_TICKS {
            let mut values = values.to_vec();
            values.sort_by(f64::total_cmp);
            let labels = words::values(&values);
            self.ticks = values.into_iter().zip(labels).map(|(value, label)| Tick { value, label }).collect();
        }
        self
    }

    /// With whole ticks only, for a parameter that counts something.
    pub(crate) fn with_whole_ticks(mut self) -> Self {
        self.ticks.retain(|tick| tick.value.fract() == 0.0);
        let values: Vec<f64> = self.ticks.iter().map(|tick| tick.value).collect();
        let labels = words::values(&values);
        self.ticks = values.into_iter().zip(labels).map(|(value, label)| Tick { value, label }).collect();
        self
    }

    /// Where a value stands: 0 at the low end of the axis and 1 at the high end.
    pub(crate) fn place(&self, value: f64) -> f64 {
        match self.spacing {
            Spacing::Linear | Spacing::Categories => (value - self.low) / (self.high - self.low),
            Spacing::Logarithmic if value == 0.0 => APART / 2.0,
            Spacing::Logarithmic => {
                let start = if self.zero_apart { APART + MARGIN } else { MARGIN };
                let share = (libm::log(value) - libm::log(self.low)) / (libm::log(self.high) - libm::log(self.low));
                start + share * (1.0 - MARGIN - start)
            }
        }
    }

    /// Where the gap is between zero and the rest, if zero is set apart.
    pub(crate) fn gap(&self) -> Option<f64> {
        self.zero_apart.then_some(APART)
    }
}

/// Whether values look as if they were chosen by equal ratios rather than by equal differences: at least three that
/// are positive, over at least a factor of eight, with more even ratios than differences.
pub(crate) fn is_geometric(values: &[f64]) -> bool {
    let mut positive: Vec<f64> = values.iter().copied().filter(|value| *value > 0.0).collect();
    positive.sort_by(f64::total_cmp);
    let [first, .., last] = positive[..] else { return false };
    if values.iter().any(|value| *value < 0.0) || positive.len() < 3 || last < 8.0 * first {
        return false;
    }
    let unevenness = |steps: Vec<f64>| {
        let (least, greatest) = ends(steps.iter().copied()).unwrap_or((1.0, 1.0));
        greatest / least
    };
    let differences = positive.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let ratios = positive.windows(2).map(|pair| libm::log(pair[1]) - libm::log(pair[0])).collect();
    unevenness(ratios) < unevenness(differences)
}

/// The least and the greatest finite value.
fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let wider = |ends: Option<(f64, f64)>, value: f64| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    };
    values.filter(|value| value.is_finite()).map(|value| value.clamp(-LARGEST, LARGEST)).fold(None, wider)
}

/// Multiples of 1, 2 or 5 times a power of ten.
fn linear_ticks(low: f64, high: f64) -> Vec<Tick> {
    let rough = (high - low) / (TICKS - 1) as f64;
    if !rough.is_normal() {
        // Too near to each other, or too far apart, for any decimal between them.
        return Vec::new();
    }
    let decade = libm::floor(libm::log10(rough)) as i32;
    let unit = |factor: f64| {
        if decade < 0 { factor / libm::exp10(-decade as f64) } else { factor * libm::exp10(decade as f64) }
    };
    let steps = [1.0, 2.0, 5.0, 10.0];
    let step = steps.into_iter().map(unit).find(|step| *step >= rough).unwrap_or(rough);
    let (first, last) = (libm::ceil(low / step - 1e-9), libm::floor(high / step + 1e-9));
    // A multiple of a fraction is exact only as a quotient.
    let value = |index: f64| if step < 1.0 { index / libm::round(1.0 / step) } else { index * step };
    let count = (last - first).max(0.0) as usize + 1;
    let values: Vec<f64> = (0..count).map(|index| value(first + index as f64) + 0.0).collect();
    let labels = words::ticks(&values);
    values.into_iter().zip(labels).map(|(value, label)| Tick { value, label }).collect()
}

/// Powers of ten; over less than two decades, also 2 and 5 times these.
fn logarithmic_ticks(low: f64, high: f64) -> Vec<Tick> {
    let exponents = (libm::floor(libm::log10(low)) as i32)..=(libm::ceil(libm::log10(high)) as i32);
    let decades = libm::log10(high) - libm::log10(low);
    let factors: &[f64] = if decades < 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let every = (decades as usize / TICKS + 1) as i32;
    let power =
        |exponent: i32| if exponent < 0 { 1.0 / libm::exp10(-exponent as f64) } else { libm::exp10(exponent as f64) };
    let values = exponents
        .filter(|exponent| exponent % every == 0)
        .flat_map(|exponent| factors.iter().map(move |factor| factor * power(exponent)));
    let is_inside = |value: &f64| *value >= low * (1.0 - 1e-9) && *value <= high * (1.0 + 1e-9);
    let inside: Vec<f64> = values.filter(is_inside).collect();
    if inside.len() < 2 {
        return linear_ticks(low, high);
    }
    inside.into_iter().map(|value| Tick { value, label: words::value(value) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_numbers_have_a_place_on_an_axis() {
        for values in [[1e308, -1e308], [f64::MAX, f64::MIN], [5e-324, 1e-323], [1e-300, 1e300], [f64::MAX, 1.0]] {
            let logarithmic = Scale::logarithmic(&values.map(f64::abs));
            for scale in [Scale::linear(values, None), Scale::exactly(&values), logarithmic] {
                assert!((scale.high - scale.low).is_finite() && scale.ticks.len() < 1000, "{values:?}: {scale:?}");
            }
        }
    }
}
