//! One finished task, as it is stored: its digest and what came out.

use crate::experiment::{FailureClass, Outcome, TaskFailure};

/// Length in bytes of a record's checksum: the first bytes of BLAKE3 over the record's encoding.
pub(crate) const CHECKSUM_BYTES: usize = 16;

/// The outcome of one task, named by the task's digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// BLAKE3 of the identity of the task.
    pub digest: [u8; 32],
    /// What came out.
    pub outcome: Outcome,
}

/// The tag of an outcome with values. A failure has that of its class.
pub(super) const DONE: u8 = 1;

const CLASSES: [FailureClass; 6] = [
    FailureClass::Model,
    FailureClass::CensoredAbove,
    FailureClass::CensoredBelow,
    FailureClass::Panic,
    FailureClass::Died,
    FailureClass::Time,
];

fn tag(class: FailureClass) -> u8 {
    match class {
        // The only one up to version 0.1.0.
        FailureClass::Model => 2,
        FailureClass::CensoredAbove => 3,
        FailureClass::CensoredBelow => 4,
        FailureClass::Panic => 5,
        FailureClass::Died => 6,
        FailureClass::Time => 7,
    }
}

/// The class of failure that a tag stands for.
pub(super) fn class_of(other: u8) -> Option<FailureClass> {
    CLASSES.into_iter().find(|class| tag(*class) == other)
}

impl Record {
    /// The bytes that are stored and checksummed: digest, outcome tag, values (little-endian) or message (UTF-8).
    pub(crate) fn encode_into(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.digest);
        encode_outcome(&self.outcome, bytes);
    }

    /// The inverse of [`Record::encode_into`]; `None` for bytes that encode no record.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (digest, rest) = bytes.split_first_chunk::<32>()?;
        let (first, body) = rest.split_first()?;
        let outcome = match *first {
            DONE => {
                let (values, []) = body.as_chunks::<8>() else { return None };
                Outcome::Done(values.iter().map(|value| f64::from_le_bytes(*value)).collect())
            }
            other => {
                let class = class_of(other)?;
                Outcome::Failed(TaskFailure { class, message: String::from_utf8(body.to_vec()).ok()? })
            }
        };
        Some(Self { digest: *digest, outcome })
    }
}

fn encode_outcome(outcome: &Outcome, bytes: &mut Vec<u8>) {
    match outcome {
        Outcome::Done(values) => {
            bytes.push(DONE);
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        Outcome::Failed(failure) => {
            bytes.push(tag(failure.class));
            bytes.extend_from_slice(failure.message.as_bytes());
        }
    }
}

/// BLAKE3 of an outcome as it is stored.
pub(crate) fn hash_of(outcome: &Outcome) -> blake3::Hash {
    let mut bytes = Vec::new();
    encode_outcome(outcome, &mut bytes);
    blake3::hash(&bytes)
}

/// The checksum of an encoded record.
pub(crate) fn checksum(encoded: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut short = [0; CHECKSUM_BYTES];
    short.copy_from_slice(&blake3::hash(encoded).as_bytes()[..CHECKSUM_BYTES]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_its_encoding() {
        let failed = |class| Outcome::Failed(TaskFailure { class, message: "µ: no".into() });
        let mut outcomes = vec![Outcome::Done(vec![1.5, -0.0, 3e300]), Outcome::Done(vec![])];
        outcomes.extend(CLASSES.map(failed));
        for outcome in outcomes {
            let record = Record { digest: [9; 32], outcome };
            let mut bytes = Vec::new();
            record.encode_into(&mut bytes);
            assert_eq!(Record::decode(&bytes), Some(record));
            assert_eq!(Record::decode(&bytes[..32]), None);
        }
    }

    #[test]
    fn an_earlier_failure_is_one_of_the_model() {
        let bytes = [&[9; 32][..], &[2], b"no"].concat();
        let failure = TaskFailure { class: FailureClass::Model, message: "no".into() };
        assert_eq!(Record::decode(&bytes), Some(Record { digest: [9; 32], outcome: Outcome::Failed(failure) }));
        assert_eq!(Record::decode(&[&[9; 32][..], &[8], b"no"].concat()), None, "an unknown tag");
    }
}
