//! What is known of many records without their values: names, states, checksums; and where to find one by its name.

use std::collections::{HashMap, HashSet};

use hashbrown::HashTable;

use super::columns::{Columns, DIGEST_BYTES};
use super::record::CHECKSUM_BYTES;
use super::shard::KeyContents;
use crate::experiment::TaskFailure;

/// The names and states of records, each once. A record is meant by its number.
#[derive(Default)]
pub struct Records {
    digests: Vec<[u8; DIGEST_BYTES]>,
    done: Vec<bool>,
    checksums: Vec<[u8; CHECKSUM_BYTES]>,
    failures: HashMap<u32, TaskFailure>,
    /// The number of each digest.
    numbers: HashTable<u32>,
    /// Those of which there were results with different values.
    contradictory: HashSet<u32>,
}

impl Records {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.digests.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Of how many there were results with different values.
    pub(crate) fn contradictions(&self) -> usize {
        self.contradictory.len()
    }

    /// The number of the record with this name.
    pub(crate) fn find(&self, digest: &[u8; DIGEST_BYTES]) -> Option<u32> {
        self.numbers.find(hash(digest), |number| self.digests[*number as usize] == *digest).copied()
    }

    /// Whether a task is done; else it has failed.
    pub(crate) fn is_done(&self, number: u32) -> bool {
        self.done[number as usize]
    }

    /// Why a task has failed, if it has.
    pub(crate) fn failure(&self, number: u32) -> Option<&TaskFailure> {
        self.failures.get(&number)
    }

    /// Why tasks have failed, in no order.
    pub(crate) fn failures(&self) -> impl Iterator<Item = &TaskFailure> {
        self.failures.values()
    }

    /// The names of the failed tasks, in no order, and why they failed.
    pub(super) fn failed(&self) -> impl Iterator<Item = (&[u8; DIGEST_BYTES], &TaskFailure)> {
        self.failures.iter().map(|(number, failure)| (self.digest(*number), failure))
    }

    /// The name of a record.
    pub(super) fn digest(&self, number: u32) -> &[u8; DIGEST_BYTES] {
        &self.digests[number as usize]
    }

    /// The checksum of a record, of name and outcome.
    pub(crate) fn checksum(&self, number: u32) -> &[u8; CHECKSUM_BYTES] {
        &self.checksums[number as usize]
    }

    /// The number of this very record: of several with one name, only one counts.
    pub(super) fn find_same(&self, columns: &Columns, index: usize, guess: u32) -> Option<u32> {
        let is_it = |number: u32| self.digests.get(number as usize) == Some(columns.digest(index));
        let number = if is_it(guess) { guess } else { self.find(columns.digest(index))? };
        (self.checksum(number) == columns.checksum(index)).then_some(number)
    }

    /// Takes in what the keys of a shard say.
    pub(super) fn add_keys(&mut self, contents: &KeyContents) {
        let KeyContents { keys, failures, .. } = contents;
        self.reserve(keys.status.len());
        let digests = keys.digest.as_chunks::<DIGEST_BYTES>().0;
        let checksums = keys.checksum.as_chunks::<CHECKSUM_BYTES>().0;
        let mut failures = failures.iter().peekable();
        for (index, (digest, checksum)) in digests.iter().zip(checksums).enumerate() {
            let failure = failures.next_if(|(failed, _)| *failed == index).map(|(_, failure)| failure.clone());
            self.add(digest, checksum, failure);
        }
    }

    /// Takes in sound records.
    pub(super) fn add_columns(&mut self, columns: &Columns) {
        self.reserve(columns.len());
        for index in 0..columns.len() {
            self.add(columns.digest(index), columns.checksum(index), columns.failure(index));
        }
    }

    fn reserve(&mut self, more: usize) {
        self.digests.reserve(more);
        self.done.reserve(more);
        self.checksums.reserve(more);
        self.numbers.reserve(more, |number| hash(&self.digests[*number as usize]));
    }

    /// A result beats a failure, because what failed may have been tried again.
    fn add(&mut self, digest: &[u8; DIGEST_BYTES], checksum: &[u8; CHECKSUM_BYTES], failure: Option<TaskFailure>) {
        let number = match self.find(digest) {
            Some(known) if self.is_done(known) && failure.is_some() => return,
            Some(known) => {
                if self.is_done(known) && self.checksums[known as usize] != *checksum {
                    self.contradictory.insert(known);
                }
                known
            }
            None => {
                let number = self.digests.len() as u32;
                self.digests.push(*digest);
                self.done.push(false);
                self.checksums.push(*checksum);
                self.numbers.insert_unique(hash(digest), number, |number| hash(&self.digests[*number as usize]));
                number
            }
        };
        self.done[number as usize] = failure.is_none();
        self.checksums[number as usize] = *checksum;
        match failure {
            Some(failure) => self.failures.insert(number, failure),
            None if self.failures.is_empty() => None,
            None => self.failures.remove(&number),
        };
    }
}

/// The first bytes of a digest, which are as good as random.
fn hash(digest: &[u8; DIGEST_BYTES]) -> u64 {
    digest.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

impl std::fmt::Debug for Records {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.debug_struct("Records").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Record;
    use super::*;
    use crate::experiment::Outcome;

    #[test]
    fn a_result_beats_a_failure_whatever_the_order() {
        let failed = Record { digest: [1; 32], outcome: Outcome::Failed(TaskFailure::model("no")) };
        let done = Record { digest: [1; 32], outcome: Outcome::Done(vec![1.0]) };
        let other = Record { digest: [2; 32], outcome: Outcome::Failed(TaskFailure::model("never")) };
        for all in [[&failed, &done, &other], [&done, &failed, &other], [&other, &done, &failed]] {
            let columns = Columns::of(&all.map(Clone::clone));
            let mut records = Records::default();
            records.add_columns(&columns);
            assert_eq!(records.len(), 2);
            let number = records.find(&[1; 32]).unwrap();
            assert!(records.is_done(number) && records.failure(number).is_none());
            let number = records.find(&[2; 32]).unwrap();
            assert_eq!(records.failure(number).unwrap().message, "never");
            assert_eq!(records.find(&[3; 32]), None);
            // Only the record that counts is found again.
            let found: Vec<bool> = (0..3).map(|index| records.find_same(&columns, index, 0).is_some()).collect();
            let counts: Vec<bool> = all.iter().map(|record| **record != failed).collect();
            assert_eq!(found, counts);
        }
    }

    #[test]
    fn results_of_one_task_that_differ_are_noticed() {
        let result = |value: f64| Record { digest: [1; 32], outcome: Outcome::Done(vec![value]) };
        let failed = Record { digest: [1; 32], outcome: Outcome::Failed(TaskFailure::model("no")) };
        let contradictions = |all: &[Record]| {
            let mut records = Records::default();
            records.add_columns(&Columns::of(all));
            records.contradictions()
        };
        assert_eq!(contradictions(&[result(1.0), failed.clone(), result(1.0), failed]), 0);
        assert_eq!(contradictions(&[result(1.0), result(-1.0), result(-1.0), result(1.0)]), 1);
    }
}
