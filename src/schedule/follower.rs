//! What a rank says to rank 0 while tasks are computed, and what it does when it is told something.

use std::time::Duration;

use super::awake::Awake;
use super::message::{Account, FALLEN_SILENT, SIGN_OF_LIFE};
use super::{Message, looks};
use crate::machine::sabotage::{Defect, has};

/// An account is sent at most this often while nothing else demands it, for each rank that rank 0 has to hear; in
/// large runs the others' accounts take most of rank 0's time.
const ACCOUNT_INTERVAL_PER_RANK: Duration = Duration::from_micros(50);
/// And not more often than this.
const LEAST_ACCOUNT_INTERVAL: Duration = Duration::from_millis(100);
/// A rank asks for work at least this long before one of its threads is expected to have none.
const LEAST_AHEAD: Duration = looks::LONGEST.saturating_mul(2);
/// And at most this long: an answer may have taken its time because there was nothing to give.
const MOST_AHEAD: Duration = Duration::from_secs(2);
/// A rank gives up on rank 0 when that has been silent for so long: in time before others may take rank 0's lease for
/// stale and begin to work in the directory.
pub(crate) const ORPHANED: Duration = Duration::from_secs(30);

/// What rank 0 has told this rank to do.
#[derive(Debug, PartialEq)]
pub(super) enum Order {
    Compute(Vec<u32>),
    /// Start nothing more.
    Stop,
}

/// One rank's conversation with rank 0. Rank 0 has one with itself.
pub(super) struct Follower {
    interval: Duration,
    grace: Duration,
    /// Since when this rank starts nothing more.
    stopping: Option<Duration>,
    /// Rank 0 has said so, and gives nothing more.
    is_told: bool,
    /// With how many idle threads this rank has asked for work and has no answer yet.
    asked: Option<u64>,
    asked_at: Duration,
    /// How often rank 0 has given work.
    batches: u64,
    /// How long before it needs work it asks for it: twice what answers have taken of late.
    ahead: Duration,
    /// The last account that rank 0 has been sent, without verdicts and wishes, and when.
    sent: Account,
    sent_at: Duration,
    awake: Awake,
    /// When rank 0 said something for the last time, on the clock of being awake.
    heard: Duration,
    /// It has been asked after since.
    is_asked_after: bool,
    finished: bool,
}

impl Follower {
    /// One of `ranks` ranks, whose tasks may continue for the `grace` time once the run stops.
    pub(super) fn new(now: Duration, ranks: usize, grace: Duration) -> Self {
        let interval = ACCOUNT_INTERVAL_PER_RANK.saturating_mul(u32::try_from(ranks).unwrap_or(u32::MAX));
        Self {
            interval: interval.max(LEAST_ACCOUNT_INTERVAL),
            grace,
            stopping: None,
            is_told: false,
            asked: None,
            asked_at: now,
            batches: 0,
            ahead: LEAST_AHEAD,
            sent: Account::default(),
            sent_at: now,
            awake: Awake::new(now),
            heard: now,
            is_asked_after: false,
            finished: false,
        }
    }

    /// Takes in what rank 0 says.
    pub(super) fn hear(&mut self, now: Duration, message: Message) -> Option<Order> {
        self.heard = self.awake.at(now);
        self.is_asked_after = false;
        match message {
            Message::Tasks { number, tasks } => {
                if number <= self.batches && !has(Defect::TakenForTwoMessages) {
                    return None;
                }
                self.batches = number;
                self.asked = None;
                let answer = now.saturating_sub(self.asked_at);
                self.ahead = (2 * answer).max(self.ahead * 7 / 8).clamp(LEAST_AHEAD, MOST_AHEAD);
                Some(Order::Compute(tasks))
            }
            Message::Stop => {
                self.is_told = true;
                self.stopping.get_or_insert(now);
                Some(Order::Stop)
            }
            _ => None,
        }
    }

    /// Looks at where this rank stands, and whether its threads have nothing left; returns what rank 0 should know now,
    /// if anything. What has been returned counts as sent.
    pub(super) fn look(&mut self, now: Duration, mut seen: Account, is_idle: bool) -> Option<Message> {
        if self.finished {
            return None;
        }
        if seen.interrupted || seen.broken.is_some() {
            self.stopping.get_or_insert(now);
        }
        let grace_is_over = self.stopping.is_some_and(|since| now.saturating_sub(since) >= self.grace);
        // Rank 0 counts what it gives, so that its own word is waited for.
        self.finished = self.is_told && (grace_is_over || is_idle);
        seen.finished = self.finished;
        let wants = seen.wants.take().filter(|_| !self.finished);
        let asks = wants.is_some_and(|idle| self.would_ask(idle));
        let since = now.saturating_sub(self.sent_at);
        seen.number = self.sent.number;
        let verdicts = std::mem::take(&mut seen.verdicts);
        let differs = |part: fn(&Account) -> bool| part(&seen) != part(&self.sent);
        let is_urgent = differs(|account| account.interrupted)
            || differs(|account| account.broken.is_some())
            || differs(|account| account.finished);
        let is_due = seen != self.sent && since >= self.interval;
        if !(asks || is_urgent || is_due || !verdicts.is_empty() || since >= SIGN_OF_LIFE) {
            return None;
        }
        if asks {
            self.asked = wants;
            self.asked_at = now;
        }
        seen.number += 1;
        self.sent = seen.clone();
        self.sent_at = now;
        Some(Message::Account(Account { wants: wants.filter(|_| asks), verdicts, ..seen }))
    }

    /// Whether it asks for work with so many idle threads. Who has asked early asks again when a thread has nothing to
    /// do.
    pub(super) fn would_ask(&self, idle: u64) -> bool {
        self.asked.is_none_or(|asked| idle > asked)
    }

    /// How long before a thread is without work this rank asks for more.
    pub(super) fn ahead(&self) -> Duration {
        self.ahead
    }

    /// Whether this rank should start nothing more.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.is_some()
    }

    /// Whether rank 0 has been told that this rank computes no more.
    pub(super) fn has_finished(&self) -> bool {
        self.finished
    }

    /// Whether rank 0 has been silent for so long that it must be taken for dead.
    pub(super) fn is_orphaned(&mut self, now: Duration) -> bool {
        self.awake.at(now).saturating_sub(self.heard) >= ORPHANED && !has(Defect::WaitsForEver)
    }

    /// Whether rank 0 has been silent for some time, once for each silence: its journal may say that it is dead.
    pub(super) fn has_fallen_silent(&mut self, now: Duration) -> bool {
        let is_silent = self.awake.at(now).saturating_sub(self.heard) >= FALLEN_SILENT;
        is_silent && !std::mem::replace(&mut self.is_asked_after, is_silent)
    }

    /// When [`Follower::look`] may have something to say although nothing has happened.
    pub(super) fn due(&self, is_changed: bool) -> Duration {
        self.sent_at + if is_changed { self.interval } else { SIGN_OF_LIFE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn asking(idle: u64) -> Account {
        Account { wants: Some(idle), ..Account::default() }
    }

    fn wish(message: Option<Message>) -> Option<Option<u64>> {
        message.map(|message| match message {
            Message::Account(account) => account.wants,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn it_asks_once_and_again_only_if_it_needs_more() {
        let mut follower = Follower::new(Duration::ZERO, 2, Duration::ZERO);
        assert_eq!(wish(follower.look(seconds(0.001), asking(0), false)), Some(Some(0)));
        assert_eq!(wish(follower.look(seconds(0.002), asking(0), false)), None);
        assert_eq!(wish(follower.look(seconds(0.003), asking(1), false)), Some(Some(1)));
        assert_eq!(wish(follower.look(seconds(0.004), asking(1), false)), None);
        assert_eq!(
            follower.hear(seconds(0.005), Message::Tasks { number: 1, tasks: vec![4] }),
            Some(Order::Compute(vec![4]))
        );
        assert_eq!(wish(follower.look(seconds(0.006), asking(1), false)), Some(Some(1)));
    }

    #[test]
    fn a_copy_of_a_batch_is_computed_once() {
        let mut follower = Follower::new(Duration::ZERO, 2, Duration::ZERO);
        let batch = |number| Message::Tasks { number, tasks: vec![4] };
        assert!(follower.hear(seconds(0.1), batch(1)).is_some());
        assert_eq!(follower.hear(seconds(0.2), batch(1)), None);
        assert!(follower.hear(seconds(0.3), batch(2)).is_some());
    }

    #[test]
    fn it_gives_a_sign_of_life_and_gives_up_on_a_silent_rank_0() {
        let mut follower = Follower::new(Duration::ZERO, 2, Duration::ZERO);
        assert_eq!(follower.look(seconds(4.9), Account::default(), false), None);
        assert_eq!(wish(follower.look(seconds(5.0), Account::default(), false)), Some(None));
        assert_eq!(follower.look(seconds(5.1), Account::default(), false), None);
        let mut looks = |range: std::ops::Range<u32>| {
            range.map(|now| follower.is_orphaned(seconds(f64::from(now)))).collect::<Vec<_>>()
        };
        assert!(looks(1..30).iter().all(|is_orphaned| !is_orphaned));
        assert_eq!([30.0, 31.0].map(|now| follower.has_fallen_silent(seconds(now))), [true, false], "once");
        let mut looks = |range: std::ops::Range<u32>| {
            range.map(|now| follower.is_orphaned(seconds(f64::from(now)))).collect::<Vec<_>>()
        };
        assert_eq!(looks(90..91), [true], "but the minute in which it slept counts as one second");
        assert_eq!(follower.hear(seconds(92.0), Message::Here), None);
        assert!(!follower.is_orphaned(seconds(1000.0)));
    }

    #[test]
    fn it_finishes_when_rank_0_has_said_so_and_nothing_runs_or_the_grace_is_over() {
        let told = |grace| {
            let mut follower = Follower::new(Duration::ZERO, 2, grace);
            assert_eq!(follower.hear(seconds(1.0), Message::Stop), Some(Order::Stop));
            follower
        };
        let mut idle = told(seconds(10.0));
        assert!(idle.look(seconds(1.1), Account::default(), true).is_some() && idle.has_finished());
        assert_eq!(idle.look(seconds(2.0), Account::default(), true), None, "it has taken leave");
        let mut busy = told(seconds(10.0));
        assert!(busy.look(seconds(10.9), Account::default(), false).is_some() && !busy.has_finished());
        assert!(busy.look(seconds(11.0), Account::default(), false).is_some() && busy.has_finished());
        let mut alone = Follower::new(Duration::ZERO, 2, Duration::ZERO);
        let interrupted = Account { interrupted: true, ..Account::default() };
        assert!(alone.look(seconds(1.0), interrupted, true).is_some());
        assert!(alone.is_stopping() && !alone.has_finished(), "an answer may be under way");
    }
}
