//! One finished task, as it is stored: its digest and what came out.

/// Length in bytes of a record's checksum: the first bytes of BLAKE3 over the record's encoding.
pub const CHECKSUM_BYTES: usize = 16;

/// The outcome of one task, named by the task's digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub digest: [u8; 32],
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// All observables that the replicate keeps, flattened in the order of the catalogue.
    Done(Vec<f64>),
    /// Why there is no result.
    Failed(String),
}

const DONE: u8 = 1;
const FAILED: u8 = 2;

impl Record {
    /// The bytes that are stored and checksummed: digest, outcome tag, values (little-endian) or message (UTF-8).
    pub fn encode_into(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.digest);
        match &self.outcome {
            Outcome::Done(values) => {
                bytes.push(DONE);
                bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            }
            Outcome::Failed(message) => {
                bytes.push(FAILED);
                bytes.extend_from_slice(message.as_bytes());
            }
        }
    }

    /// The inverse of [`Record::encode_into`]; `None` for bytes that encode no record.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (digest, rest) = bytes.split_first_chunk::<32>()?;
        let (tag, body) = rest.split_first()?;
        let outcome = match *tag {
            DONE => {
                let (values, []) = body.as_chunks::<8>() else { return None };
                Outcome::Done(values.iter().map(|value| f64::from_le_bytes(*value)).collect())
            }
            FAILED => Outcome::Failed(String::from_utf8(body.to_vec()).ok()?),
            _ => return None,
        };
        Some(Self { digest: *digest, outcome })
    }
}

/// The checksum of an encoded record.
pub fn checksum(encoded: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut short = [0; CHECKSUM_BYTES];
    short.copy_from_slice(&blake3::hash(encoded).as_bytes()[..CHECKSUM_BYTES]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_its_encoding() {
        for outcome in [Outcome::Done(vec![1.5, -0.0, 3e300]), Outcome::Done(vec![]), Outcome::Failed("µ: no".into())]
        {
            let record = Record { digest: [9; 32], outcome };
            let mut bytes = Vec::new();
            record.encode_into(&mut bytes);
            assert_eq!(Record::decode(&bytes), Some(record));
            assert_eq!(Record::decode(&bytes[..32]), None);
        }
    }
}
