//! A number as its bits, for `#[serde(with = "bits")]`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    value.to_bits().serialize(serializer)
}

pub fn deserialize<'a, D: Deserializer<'a>>(deserializer: D) -> Result<f64, D::Error> {
    u64::deserialize(deserializer).map(f64::from_bits)
}

#[cfg(test)]
mod tests {
    use crate::schedule::Verdict;

    #[test]
    fn a_verdict_arrives_bit_by_bit() {
        for value in [1.0 / 3.0, -0.0, 5e-324, f64::MAX, 0.1 + 0.2, f64::NAN] {
            let sent = serde_json::to_string(&Verdict::Done(value)).unwrap();
            let Verdict::Done(arrived) = serde_json::from_str(&sent).unwrap() else { panic!("{sent}") };
            assert_eq!(arrived.to_bits(), value.to_bits(), "{sent}");
        }
    }
}
