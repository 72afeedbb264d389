//! Answers that rank 0 awaits from every other rank, for as long as it makes sense to wait.

use std::time::Duration;

use super::awake::Awake;

/// Each rank is waited for as long as it gives signs of life, but all of them only for so long.
pub(crate) struct RollCall<T> {
    answers: Vec<Option<T>>,
    /// When each rank said something for the last time; none for one that is not waited for.
    heard: Vec<Option<Duration>>,
    patience: Duration,
    end: Duration,
    awake: Awake,
}

impl<T> RollCall<T> {
    /// Waits for each of `ranks`, out of `size`, until it has been silent for the time of `patience`, and for none
    /// beyond `limit`.
    pub(crate) fn new(
        now: Duration,
        size: usize,
        ranks: impl Iterator<Item = usize>,
        patience: Duration,
        limit: Duration,
    ) -> Self {
        let mut heard = vec![None; size];
        ranks.for_each(|rank| heard[rank] = Some(now));
        Self {
            answers: (0..size).map(|_| None).collect(),
            heard,
            patience,
            end: now.saturating_add(limit),
            awake: Awake::new(now),
        }
    }

    /// A rank has answered, or, without an answer, has given a sign of life.
    pub(crate) fn take(&mut self, now: Duration, rank: usize, answer: Option<T>) {
        if let Some(heard) = self.heard.get_mut(rank).filter(|heard| heard.is_some()) {
            *heard = Some(self.awake.at(now));
            if answer.is_some() {
                self.answers[rank] = answer;
            }
        }
    }

    /// Whether everybody who is still waited for has answered.
    pub(crate) fn is_over(&mut self, now: Duration) -> bool {
        let now = self.awake.at(now);
        let is_awaited = |heard: Duration| now.saturating_sub(heard) < self.patience && now < self.end;
        let mut all = self.answers.iter().zip(&self.heard);
        all.all(|(answer, heard)| answer.is_some() || heard.is_none_or(|heard| !is_awaited(heard)))
    }

    /// The answers, by rank; none of those that have not answered.
    pub(crate) fn answers(self) -> Vec<Option<T>> {
        self.answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn call() -> RollCall<char> {
        RollCall::new(seconds(100), 4, 1..4, seconds(10), seconds(60))
    }

    #[test]
    fn it_is_over_when_all_have_answered() {
        let mut call = call();
        call.take(seconds(101), 1, Some('a'));
        call.take(seconds(101), 3, Some('c'));
        assert!(!call.is_over(seconds(102)));
        call.take(seconds(103), 2, Some('b'));
        assert!(call.is_over(seconds(103)));
        assert_eq!(call.answers(), [None, Some('a'), Some('b'), Some('c')]);
    }

    #[test]
    fn a_rank_that_gives_signs_of_life_is_waited_for_but_not_for_ever() {
        let mut call = call();
        call.take(seconds(101), 1, Some('a'));
        call.take(seconds(101), 3, Some('c'));
        assert!((102..110).all(|now| !call.is_over(seconds(now))));
        assert!(call.is_over(seconds(110)), "rank 2 is silent");
        for now in 110..160 {
            call.take(seconds(now), 2, None);
            assert!(!call.is_over(seconds(now)));
        }
        call.take(seconds(160), 2, None);
        assert!(call.is_over(seconds(160)));
        call.take(seconds(161), 0, Some('x'));
        assert_eq!(call.answers()[0], None, "rank 0 was not asked");
    }
}
