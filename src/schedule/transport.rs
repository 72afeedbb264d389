//! How ranks talk: messages that are sent without waiting, and looked for without waiting.

use std::time::Duration;

use super::awake::Awake;
use super::looks::SHORTEST;
use super::message::SIGN_OF_LIFE;
use super::{Message, RollCall};
use crate::machine::clock::Moment;
use crate::machine::process::exit;
use crate::machine::threads::{beside, sleep};

/// The ranks of one run.
pub(crate) trait Transport {
    fn rank(&self) -> usize;

    fn size(&self) -> usize;

    /// Sends a message to another rank; it never waits for it.
    fn send(&self, to: usize, message: &Message);

    /// The next message that has arrived, with its sender.
    fn receive(&self) -> Option<(usize, Message)>;

    /// Ends the processes of all ranks at once.
    fn abort(&self, code: i32) -> !;

    fn send_to_all_others(&self, message: &Message) {
        (0..self.size()).filter(|rank| *rank != self.rank()).for_each(|rank| self.send(rank, message));
    }

    /// The next message, slept for, at most so long while this process is awake.
    fn wait(&self, patience: Duration) -> Option<(usize, Message)> {
        let begun = Moment::now();
        let mut awake = Awake::new(Duration::ZERO);
        loop {
            match self.receive() {
                Some(arrived) => return Some(arrived),
                None if awake.at(begun.elapsed()) >= patience => return None,
                None => sleep(SHORTEST),
            }
        }
    }
}

/// Does what may take long, while this rank gives the others signs of life.
pub(crate) fn attended<T: Send>(transport: &dyn Transport, work: impl FnOnce() -> T + Send) -> T {
    if transport.size() == 1 {
        return work();
    }
    let mut last: Option<Moment> = None;
    beside(work, SHORTEST, || {
        if last.is_none_or(|last| last.elapsed() >= SIGN_OF_LIFE) {
            last = Some(Moment::now());
            match transport.rank() {
                0 => transport.send_to_all_others(&Message::Here),
                _ => transport.send(0, &Message::Here),
            }
        }
    })
}

/// What each of these ranks answers; none of those that have been silent for the time of `patience`, or have not
/// answered in the time of `limit`. Other messages are signs of life. All the while this rank gives signs of life, too.
pub(crate) fn ask<T>(
    transport: &dyn Transport,
    ranks: impl Iterator<Item = usize>,
    patience: Duration,
    limit: Duration,
    answer: impl Fn(Message) -> Option<T>,
) -> Vec<Option<T>> {
    let begun = Moment::now();
    let mut call = RollCall::new(Duration::ZERO, transport.size(), ranks, patience, limit);
    let mut told = Duration::ZERO;
    while !call.is_over(begun.elapsed()) {
        if let Some((from, message)) = transport.wait(SHORTEST) {
            call.take(begun.elapsed(), from, answer(message));
        }
        if begun.elapsed() - told >= SIGN_OF_LIFE {
            told = begun.elapsed();
            transport.send_to_all_others(&Message::Here);
        }
    }
    call.answers()
}

/// The ranks to which a rank passes on what rank 0 tells all of them: a tree, so that nobody sends it often.
pub(crate) fn passed_on_to(rank: usize, size: usize) -> impl Iterator<Item = usize> {
    let steps = (0..usize::BITS).map(|bit| 1_usize << bit).filter(move |step| *step > rank);
    steps.map_while(move |step| rank.checked_add(step)).take_while(move |next| *next < size)
}

/// One process without other ranks.
pub(crate) struct Alone;

impl Transport for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn send(&self, _to: usize, _message: &Message) {}

    fn receive(&self) -> Option<(usize, Message)> {
        None
    }

    fn abort(&self, code: i32) -> ! {
        exit(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rank_0_passes_on_reaches_every_rank_once() {
        for size in 1..200 {
            let mut reached: Vec<usize> = (0..size).flat_map(|rank| passed_on_to(rank, size)).collect();
            reached.sort_unstable();
            assert_eq!(reached, (1..size).collect::<Vec<_>>());
            assert!((0..size).all(|rank| passed_on_to(rank, size).count() <= 8));
        }
    }
}
