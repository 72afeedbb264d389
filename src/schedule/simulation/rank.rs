//! One rank of a virtual machine.

use std::collections::VecDeque;
use std::time::Duration;

use super::machine::{LOOK, Machine, VirtualTask, looked};
use crate::schedule::crew::{Crew, Given};
use crate::schedule::follower::{Follower, Order};
use crate::schedule::{Kind, Message};
use crate::sweep::Verdict;

pub(super) struct VirtualRank {
    pub(super) crew: Crew,
    follower: Follower,
    pub(super) inbox: VecDeque<Message>,
    /// When it looked last. Ranks do not look at the same time.
    looked: Duration,
    /// When it last had something to hear or to say.
    news: Duration,
    /// When it will look next, as far as this is known.
    will_look: Option<Duration>,
    /// Something has changed since rank 0 was told.
    is_changed: bool,
    /// The seats that have nothing to do.
    idle: Vec<bool>,
    /// When each thread's last task ended.
    ended: Vec<Duration>,
}

impl VirtualRank {
    pub(super) fn new(rank: usize, machine: &Machine) -> Self {
        let first_look = LOOK.mul_f64(rank as f64 / machine.ranks as f64);
        let mut crew = Crew::new(None, None, false);
        for _ in 0..machine.threads {
            crew.add_seat();
        }
        Self {
            crew,
            follower: Follower::new(Duration::ZERO, machine.ranks, Duration::ZERO),
            inbox: VecDeque::new(),
            looked: first_look,
            news: first_look,
            will_look: None,
            is_changed: true,
            idle: vec![true; machine.threads],
            ended: vec![Duration::ZERO; machine.threads],
        }
    }

    /// A seat's task has ended.
    pub(super) fn end(&mut self, now: Duration, seat: usize) {
        self.crew.leave(seat);
        self.crew.settle(now, seat, Ok(Verdict::Done(0.0)));
        self.idle[seat] = true;
        self.ended[seat] = now;
        self.is_changed = true;
    }

    /// Whether it looks at this time.
    pub(super) fn looks_at(&self, now: Duration) -> bool {
        self.will_look == Some(now)
    }

    /// The next task of a seat, if it has none and there is one.
    pub(super) fn next(&mut self, now: Duration, seat: usize) -> Option<u32> {
        if !self.idle[seat] {
            return None;
        }
        let task = self.crew.next(now, seat)?;
        self.idle[seat] = false;
        Some(task)
    }

    /// When the first of its threads had nothing to do any more.
    pub(super) fn first_idle(&self) -> Duration {
        self.ended.iter().min().copied().unwrap_or_default()
    }

    /// Takes in what has arrived; whether there is more to compute.
    pub(super) fn hear(&mut self, now: Duration, tasks: &[VirtualTask]) -> bool {
        self.will_look = None;
        self.looked = now;
        if !self.inbox.is_empty() {
            self.news = now;
        }
        let mut has_more = false;
        while let Some(message) = self.inbox.pop_front() {
            match self.follower.hear(now, message) {
                Some(Order::Compute(given)) => {
                    has_more = true;
                    self.crew.submit(given.into_iter().map(|task| expected(task, tasks)));
                }
                Some(Order::Stop) => self.crew.stop(),
                None => {}
            }
        }
        has_more
    }

    /// What it says to rank 0.
    pub(super) fn say(&mut self, now: Duration) -> Option<Message> {
        let said = self.follower.look(now, self.crew.account(now, self.follower.ahead()), self.crew.is_idle());
        self.is_changed &= said.is_none();
        if said.is_some() {
            self.news = now;
        }
        said
    }

    /// When it has to look although nothing arrives, if ever.
    pub(super) fn due(&self, now: Duration) -> Option<Duration> {
        if self.follower.has_finished() {
            return None;
        }
        let due = self.follower.due(self.is_changed);
        let wants =
            self.crew.wants_from(now, self.follower.ahead()).filter(|_| self.follower.would_ask(self.crew.idle()));
        Some(wants.map_or(due, |wants| due.min(wants)))
    }

    /// Notes that it is to look at the first of its looks from then on; when that is, unless it looks before anyway.
    pub(super) fn next_look(&mut self, due: Duration) -> Option<Duration> {
        let time = looked(self.looked, self.news, due);
        if self.will_look.is_some_and(|known| known <= time) {
            return None;
        }
        self.will_look = Some(time);
        Some(time)
    }
}

fn expected(task: u32, tasks: &[VirtualTask]) -> Given {
    let expected = Duration::try_from_secs_f32(tasks[task as usize].expected).unwrap_or_default();
    Given { task, kind: Kind::Task, expected }
}
