//! What the agenda learns about a task.

use serde::{Deserialize, Serialize};

/// What the agenda learns about a task: whether it is done, and the value that further tasks may depend on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is done. The value is that of the observable that `[precision]` names; NaN if the run has none, or if nothing
    /// depends on it. It is sent as its bits, because JSON may round a number.
    Done(#[serde(with = "bits")] f64),
    /// It has failed.
    Failed,
}

impl Verdict {
    /// The value, if there is one.
    pub(super) fn value(&self) -> Option<f64> {
        match self {
            Self::Done(value) => Some(*value).filter(|value| !value.is_nan()),
            Self::Failed => None,
        }
    }
}

/// A number as its bits, for `#[serde(with = "bits")]`.
mod bits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        value.to_bits().serialize(serializer)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(deserializer: D) -> Result<f64, D::Error> {
        u64::deserialize(deserializer).map(f64::from_bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_arrives_bit_by_bit() {
        for value in [1.0 / 3.0, -0.0, 5e-324, f64::MAX, 0.1 + 0.2, f64::NAN] {
            let sent = serde_json::to_string(&Verdict::Done(value)).unwrap();
            let Verdict::Done(arrived) = serde_json::from_str(&sent).unwrap() else { panic!("{sent}") };
            assert_eq!(arrived.to_bits(), value.to_bits(), "{sent}");
        }
    }
}
