//! One of several runs that share the tasks of a sweep and know of each other only by its directory.
//!
//! A share works in passes. Each begins with all records that there are, and takes a part of what no other share has
//! taken: first of the tasks whose digests fall to this share, the longest first, then of what is left of the
//! others', the shortest first, because their owners begin with the longest. Its journal says what it has taken, as
//! long as it lives. Parts shrink towards the end. Whatever two shares compute both has the same bits, and counts
//! once.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::str::FromStr;

use crate::schedule::Pending;
use crate::store::journal;

/// The most shares: more jobs than schedulers let one user have.
const MOST: u32 = 10_000;
/// A part is this fraction of what is left of the own tasks, and of those of others.
const OF_OWN: f64 = 0.5;
const OF_OTHERS: f64 = 0.25;
/// Less than so many expected seconds for each thread are not worth another pass.
const LEAST_SECONDS: f64 = 10.0;

/// Which of how many shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Share {
    /// Counted from 0.
    own: u32,
    of: u32,
}

/// What a share finds to do.
#[derive(Debug, PartialEq)]
pub(super) enum Part {
    Some(Vec<Pending>),
    /// So many tasks are left, and other shares have taken all of them.
    Elsewhere(usize),
    Nothing,
}

impl FromStr for Share {
    type Err = String;

    /// Reads `2/8`, the second of eight.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("write 2/8 for the second of eight shares; there may be {MOST}");
        let (own, of) = text.split_once('/').ok_or_else(wrong)?;
        match (own.trim().parse::<u32>(), of.trim().parse::<u32>()) {
            (Ok(own), Ok(of)) if (1..=of).contains(&own) && of <= MOST => Ok(Self { own: own - 1, of }),
            _ => Err(wrong()),
        }
    }
}

impl Share {
    /// The part of what is left that this share computes next, with so many threads; `name` is what journals call a
    /// number.
    pub(super) fn part(
        self,
        left: Vec<Pending>,
        name: impl Fn(u32) -> journal::Item,
        taken: &BTreeSet<journal::Item>,
        threads: usize,
    ) -> Part {
        if left.is_empty() {
            return Part::Nothing;
        }
        let (all, mut own, mut others) = (left.len(), Vec::new(), Vec::new());
        for task in left {
            let item = name(task.task);
            if taken.contains(&item) {
                continue;
            }
            if self.owns(&item) { own.push(task) } else { others.push(task) }
        }
        let by_seconds = |task: &Pending| task.seconds.to_bits();
        own.sort_by_key(|task| Reverse(by_seconds(task)));
        others.sort_by_key(by_seconds);
        match (own.is_empty(), others.is_empty()) {
            (false, _) => Part::Some(first(own, OF_OWN, threads)),
            (true, false) => Part::Some(first(others, OF_OTHERS, threads)),
            (true, true) => Part::Elsewhere(all),
        }
    }

    fn owns(self, item: &journal::Item) -> bool {
        let number = item.digest.first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
        number % u64::from(self.of) == u64::from(self.own)
    }
}

/// The first tasks, until they are the fraction of the expected time of all, enough for a pass, and one per thread.
fn first(mut tasks: Vec<Pending>, fraction: f64, threads: usize) -> Vec<Pending> {
    let seconds = |tasks: &[Pending]| tasks.iter().map(|task| f64::from(task.seconds)).sum::<f64>();
    let wanted = (seconds(&tasks) * fraction).max(LEAST_SECONDS * threads as f64);
    let mut taken = 0.0;
    let is_enough = |(index, task): (usize, &Pending)| {
        taken += f64::from(task.seconds);
        taken >= wanted && index + 1 >= threads
    };
    let count = tasks.iter().enumerate().position(is_enough).map_or(tasks.len(), |last| last + 1);
    tasks.truncate(count);
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(task: u32) -> journal::Item {
        journal::Item { kind: 2, digest: *blake3::hash(&task.to_le_bytes()).as_bytes() }
    }

    fn tasks(count: u32, seconds: f32) -> Vec<Pending> {
        (0..count).map(|task| Pending { seconds: seconds + task as f32, task }).collect()
    }

    fn numbers(part: Part) -> Vec<u32> {
        match part {
            Part::Some(tasks) => tasks.iter().map(|task| task.task).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_share_is_read_as_it_is_counted_by_people() {
        assert_eq!("2/8".parse(), Ok(Share { own: 1, of: 8 }));
        assert_eq!("1/1".parse(), Ok(Share { own: 0, of: 1 }));
        for wrong in ["0/8", "9/8", "2", "2/", "/", "1/10001", "-1/2", "a/b"] {
            assert!(wrong.parse::<Share>().unwrap_err().contains("2/8"), "{wrong}");
        }
    }

    #[test]
    fn short_tasks_of_all_shares_together_are_all_tasks_once() {
        let nobody = BTreeSet::new();
        let part = |own| numbers(Share { own, of: 3 }.part(tasks(300, 0.0001), name, &nobody, 400));
        let mut all = [part(0), part(1), part(2)].concat();
        all.sort_unstable();
        assert_eq!(all, (0..300).collect::<Vec<_>>());
    }

    #[test]
    fn a_part_is_half_of_the_own_tasks_longest_first_then_a_quarter_of_the_rest_shortest_first() {
        let share = Share { own: 0, of: 2 };
        let (own, others): (Vec<_>, Vec<_>) =
            tasks(1000, 100.0).into_iter().partition(|task| share.owns(&name(task.task)));
        let part = numbers(share.part(tasks(1000, 100.0), name, &BTreeSet::new(), 4));
        assert!(part.is_sorted_by(|one, next| one > next) && part.iter().all(|task| share.owns(&name(*task))));
        assert!((own.len() / 4..own.len() / 2).contains(&part.len()), "{} of {}", part.len(), own.len());
        let part = numbers(share.part(others.clone(), name, &BTreeSet::new(), 4));
        assert!(part.is_sorted() && (others.len() / 4..others.len() / 2).contains(&part.len()));
        // At least one for each thread, however long they are.
        assert_eq!(numbers(share.part(others.clone(), name, &BTreeSet::new(), 400)).len(), 400);
    }

    #[test]
    fn what_others_have_taken_is_left_to_them() {
        let share = Share { own: 0, of: 2 };
        let taken: BTreeSet<_> = (0..10).map(name).collect();
        assert_eq!(share.part(tasks(10, 1.0), name, &taken, 2), Part::Elsewhere(10));
        assert_eq!(share.part(Vec::new(), name, &taken, 2), Part::Nothing);
        assert_eq!(numbers(share.part(tasks(11, 1.0), name, &taken, 2)), [10]);
    }
}
