//! What rank 0 says to the ranks, itself among them: it gives tasks out, keeps account, and decides when to stop.
//!
//! What it does for a message takes the same time for any number of ranks. It looks at all of them once a second and
//! for reports; and at each look while the run stops, and while tasks wait that are computed alone on their rank.

mod progress;
mod rank;
mod silence;
mod tasks;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use rank::Rank;
pub(super) use tasks::More;
pub(crate) use tasks::Tasks;
use tasks::size;

use super::awake::Awake;
use super::message::{Account, Counts, SIGN_OF_LIFE};
use super::queue::{Queue, Time};
use super::{Draining, Ending, Manner, Message, Pending};
use crate::machine::coverage::reached;
use crate::machine::sabotage::{Defect, has};
use crate::sweep::Verdict;

/// How often it looks for ranks that have come to a standstill.
const LOOK_AT_RANKS: Duration = Duration::from_secs(1);
/// A batch is at most this many seconds of work for each thread of its rank, so that a stop finds little in hand.
const LONGEST_BATCH: f64 = 0.1;
/// But so much that the messages of all batches take at most this part of rank 0's time.
const LARGEST_LOAD: f64 = 0.25;
/// What a batch takes: a wish, the answer, and an account in between.
const MESSAGES_OF_BATCH: f64 = 3.0;
/// Who asks before a thread is without work gets none when there are fewer tasks for each thread: it would only keep
/// them from others.
const TASKS_TO_GIVE_AHEAD: u64 = 2;

/// What does not change while a run is led.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// How long tasks in hand may continue once the run is to stop.
    pub grace: Duration,
    /// Stop once this many tasks have failed.
    pub maximum_failures: Option<u64>,
    /// When no further task starts.
    pub deadline: Option<Duration>,
    /// Whether verdicts may call for further tasks.
    pub is_open_ended: bool,
}

/// A run that gives no more tasks out.
struct Stopping {
    since: Duration,
    /// Why, if not everything is done.
    draining: Option<Draining>,
}

pub(super) struct Leader<'a> {
    rules: Rules,
    more: &'a mut More<'a>,
    queue: Queue,
    /// How what is in the queue is given out.
    manner: Manner,
    /// What enters the queue when all else is done.
    later: BTreeMap<Manner, Vec<Pending>>,
    ranks: Vec<Rank>,
    /// Ranks whose wishes are to be looked at, in the order in which they came.
    askers: VecDeque<usize>,
    /// What follows are sums over all ranks, less what ranks had in hand that came to a standstill.
    threads: u64,
    counts: Counts,
    given: u64,
    /// Tasks that there have ever been, and their expected seconds.
    total: u64,
    expected_total: f64,
    /// On how many ranks a task was in hand when they came to a standstill.
    standstills: HashMap<u32, usize>,
    /// Tasks that are given to nobody any more for that reason.
    stranded: u64,
    /// Other ranks are silent only while this one is awake.
    awake: Awake,
    looked_at_ranks: Duration,
    looked_for_silence: Duration,
    stopping: Option<Stopping>,
    /// What a rank has said that stops the run.
    trouble: Option<Ending>,
    /// Mean seconds that a message costs rank 0.
    message_cost: f64,
    outbox: Vec<(usize, Message)>,
}

impl<'a> Leader<'a> {
    /// Leads ranks with so many threads each through the tasks, and through those that verdicts call for. A rank
    /// without threads takes no part.
    pub(super) fn new(now: Duration, rules: Rules, threads: &[u64], tasks: Tasks, more: &'a mut More<'a>) -> Self {
        let (total, expected_total) = size(&tasks);
        Self {
            rules,
            more,
            queue: Queue::new(tasks.all),
            manner: Manner::Together,
            later: tasks.suspects,
            ranks: threads.iter().map(|threads| Rank::new(*threads, now)).collect(),
            askers: VecDeque::new(),
            threads: threads.iter().sum(),
            counts: Counts::default(),
            given: 0,
            total,
            expected_total,
            standstills: HashMap::new(),
            stranded: 0,
            awake: Awake::new(now),
            looked_at_ranks: now,
            looked_for_silence: now,
            stopping: None,
            trouble: None,
            message_cost: 0.0,
            outbox: Vec::new(),
        }
    }

    /// Takes in what a rank says.
    pub(super) fn hear(&mut self, now: Duration, from: usize, message: Message) {
        let awake = self.awake.at(now);
        let Some(rank) = self.ranks.get_mut(from) else { return };
        rank.heard = awake;
        rank.is_asked_after = false;
        let is_revoked = rank.is_revoked;
        if let Message::Account(account) = message {
            let is_copy = account.number <= rank.account.number;
            if is_copy && !has(Defect::TakenForTwoMessages) {
                return;
            }
            if !is_revoked || has(Defect::CountedTwice) {
                self.take_in(from, account);
            } else if !account.finished && self.stopping.is_none() {
                reached("a rank woke up whose tasks others have");
                // It has woken up; others have its tasks.
                self.send(from, Message::Stop);
            } else {
                (rank.account.number, rank.account.finished) = (account.number, account.finished);
            }
        }
        if awake.saturating_sub(self.ranks[from].told) >= SIGN_OF_LIFE {
            self.send(from, Message::Here);
        }
    }

    /// A message costs rank 0 so many seconds, on average.
    pub(super) fn note_message_cost(&mut self, seconds: f64) {
        self.message_cost = seconds;
    }

    /// Does what there is to do now; the messages that result from this and from what was heard.
    pub(super) fn look(&mut self, now: Duration, is_interrupted: bool) -> Vec<(usize, Message)> {
        self.awake.at(now);
        if self.stopping.is_none() {
            if let Some(reason) = self.reason_to_stop(now, is_interrupted) {
                let in_hand = self.ranks.iter().map(Rank::at_work).sum();
                self.stop(Some(Draining { reason, in_hand }));
            } else {
                self.refill();
                self.serve(now);
                if self.is_all_done() {
                    self.stop(None);
                }
            }
        }
        std::mem::take(&mut self.outbox)
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.is_some()
    }

    /// Why the run is to stop, if not everything is done.
    pub(super) fn draining(&self) -> Option<&Draining> {
        self.stopping.as_ref()?.draining.as_ref()
    }

    /// Whether every rank has stopped computing, or has come to a standstill.
    pub(super) fn is_over(&mut self, now: Duration) -> bool {
        self.awake.at(now);
        self.stopping.is_some() && self.ranks.iter().all(|rank| rank.account.finished || self.is_lost(rank))
    }

    /// How the run has ended.
    pub(super) fn ending(&self) -> Ending {
        let lost = self.counts.skipped + self.in_hand();
        let left_over = self.queue.left_over() + self.held_back().count();
        match self.draining().map(|draining| &draining.reason) {
            // A signal or a limit that found nothing left to do changes nothing.
            Some(Ending::Interrupted | Ending::TimeLimit) if left_over == 0 && lost + self.stranded == 0 => {
                Ending::Complete
            }
            Some(reason) => reason.clone(),
            None if left_over > 0 || lost > 0 => Ending::TimeLimit,
            None if self.stranded > 0 => Ending::Standstill,
            None => Ending::Complete,
        }
    }

    fn send(&mut self, to: usize, message: Message) {
        self.ranks[to].told = self.awake.when_last_seen();
        self.outbox.push((to, message));
    }

    fn take_in(&mut self, from: usize, mut account: Account) {
        let verdicts = std::mem::take(&mut account.verdicts);
        if let Some(idle) = account.wants.take() {
            self.ranks[from].asked = Some(idle);
            self.askers.push_back(from);
        }
        if let Some(reason) = account.broken.clone() {
            self.trouble = Some(Ending::Broken(reason));
        } else if account.interrupted {
            self.trouble.get_or_insert(Ending::Interrupted);
        }
        let now = account.counts;
        let earlier = self.ranks[from].take_in(account);
        self.counts.add_since(&earlier, &now);
        if has(Defect::DismissedTooEarly) && self.is_all_done() {
            return;
        }
        for (task, verdict) in verdicts {
            self.decide(task, verdict);
        }
    }

    fn decide(&mut self, task: u32, verdict: Verdict) {
        let tasks = (self.more)(task, verdict);
        let (count, seconds) = size(&tasks);
        self.total += count;
        self.expected_total += seconds;
        self.add(Manner::Together, tasks.all);
        for (manner, tasks) in tasks.suspects {
            self.later.entry(manner).or_default().extend(tasks);
        }
    }

    /// Adds tasks that are to be computed in this manner.
    fn add(&mut self, manner: Manner, tasks: Vec<Pending>) {
        if manner == Manner::Together && self.manner == Manner::Together {
            self.queue.add(tasks);
        } else if !tasks.is_empty() {
            self.later.entry(manner).or_default().extend(tasks);
        }
    }

    /// Tasks given to ranks that they have neither finished nor passed over, as far as is known here.
    pub(super) fn in_hand(&self) -> u64 {
        self.given.saturating_sub(self.counts.settled())
    }

    /// Whether a verdict is awaited that may call for more.
    fn may_grow(&self) -> bool {
        self.rules.is_open_ended && self.stopping.is_none() && self.in_hand() > 0
    }

    /// What an account counts as done comes with its verdict, so that none is awaited then that may call for more.
    fn is_all_done(&self) -> bool {
        self.queue.is_exhausted() && self.later.is_empty() && self.in_hand() == 0
    }

    /// Turns to what comes after everything else, once everything else is given out or done.
    fn refill(&mut self) {
        if !self.queue.is_exhausted() {
            return;
        }
        let now = self.awake.when_last_seen();
        if now.saturating_sub(self.looked_at_ranks) >= LOOK_AT_RANKS {
            self.looked_at_ranks = now;
            self.revoke_silent(now);
        }
        if self.in_hand() == 0
            && let Some((manner, tasks)) = self.later.pop_first()
        {
            self.manner = manner;
            self.queue.add(tasks);
        }
    }

    /// Answers the ranks that have asked, as far as there is something for them now.
    fn serve(&mut self, now: Duration) {
        if self.manner == Manner::AloneInRun && self.in_hand() > 0 {
            return;
        }
        for _ in 0..self.askers.len() {
            if self.queue.is_exhausted() {
                return;
            }
            let Some(number) = self.askers.pop_front() else { return };
            let Some(idle) = self.ranks[number].asked else { continue };
            if idle == 0 && (self.queue.waiting() as u64) < TASKS_TO_GIVE_AHEAD * self.threads {
                // It asks again when it has nothing to do.
                continue;
            }
            let batch = self.batch(now, number, idle);
            if batch.is_empty() {
                self.askers.push_back(number);
                continue;
            }
            self.given += batch.len() as u64;
            let rank = &mut self.ranks[number];
            let batches = rank.give(&batch);
            rank.asked = None;
            let tasks = batch.iter().map(|task| task.task).collect();
            self.send(number, Message::Tasks { number: batches, tasks });
        }
    }

    fn batch(&mut self, now: Duration, number: usize, idle: u64) -> Vec<Pending> {
        let rank = &self.ranks[number];
        let calibration = self.counts.calibration();
        let time = Time { now, deadline: self.rules.deadline, calibration };
        match self.manner {
            Manner::Together | Manner::Late => {
                let part = rank.threads as f64 / self.threads.max(1) as f64;
                // What rank 0 needs to give each rank one batch. Smaller ones than that would have to wait for it.
                let round = self.message_cost * MESSAGES_OF_BATCH * self.ranks.len() as f64;
                let longest = (round / LARGEST_LOAD).max(LONGEST_BATCH);
                let of_rank = |seconds: f64| seconds * rank.threads as f64 / calibration;
                self.queue.batch(part, idle.max(1), of_rank(round)..of_rank(longest), time)
            }
            Manner::AloneOnRank if rank.in_hand() == 0 => self.queue.single(time).into_iter().collect(),
            // Only the death of a process of its own machine convicts a task when rank 0 reads the journals.
            Manner::AloneInRun if number == 0 && self.in_hand() == 0 => self.queue.single(time).into_iter().collect(),
            Manner::AloneOnRank | Manner::AloneInRun => Vec::new(),
        }
    }

    fn reason_to_stop(&self, now: Duration, is_interrupted: bool) -> Option<Ending> {
        if self.trouble.is_some() {
            self.trouble.clone()
        } else if is_interrupted {
            Some(Ending::Interrupted)
        } else if self.rules.maximum_failures.is_some_and(|maximum| self.counts.tasks.failed >= maximum) {
            Some(Ending::TooManyFailures)
        } else if self.rules.deadline.is_some_and(|deadline| now >= deadline) {
            // What still runs takes longer than expected.
            Some(Ending::TimeLimit)
        } else {
            None
        }
    }

    fn stop(&mut self, draining: Option<Draining>) {
        self.stopping = Some(Stopping { since: self.awake.when_last_seen(), draining });
        for rank in 0..self.ranks.len() {
            self.send(rank, Message::Stop);
        }
    }
}
