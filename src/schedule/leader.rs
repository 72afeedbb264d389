//! What rank 0 does while tasks are computed: it gives them out, keeps account, and computes too.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::message::Account;
use super::pool::calibration;
use super::queue::Queue;
use super::{Ending, Finished, LOOK_INTERVAL, Limits, Message, Pending, Pool, Progress, Transport};
use crate::sweep::Verdict;

const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// One rank as rank 0 sees it.
struct Rank {
    threads: u64,
    given: u64,
    account: Account,
    /// It has asked for work, with so many idle threads, and has no answer yet.
    asked: Option<u64>,
}

struct Leader<'a> {
    transport: &'a dyn Transport,
    pool: &'a Pool,
    limits: &'a Limits,
    queue: Queue,
    ranks: Vec<Rank>,
    more: &'a mut More<'a>,
    /// Verdicts that have come in.
    decided: u64,
    /// Why and since when the run is stopping.
    draining: Option<(Ending, Instant)>,
}

/// The tasks that the verdict on one calls for.
pub(super) type More<'a> = dyn FnMut(u32, Verdict) -> Vec<Pending> + 'a;

/// Has all `tasks` computed by ranks with `threads` threads each, and what these call for, if the
/// list is open-ended; `report` sees the progress.
///
/// Returns how the run ended, once every rank has stopped computing, with the final account.
pub(crate) fn lead<'a>(
    transport: &'a dyn Transport,
    pool: &'a Pool,
    limits: &'a Limits,
    threads: &[u64],
    tasks: Vec<Pending>,
    more: &'a mut More<'a>,
    report: &mut dyn FnMut(&Progress),
) -> (Ending, Progress) {
    let rank = |threads: &u64| Rank { threads: *threads, given: 0, account: Account::default(), asked: None };
    let ranks = threads.iter().map(rank).collect();
    let queue = Queue::new(tasks);
    let mut leader = Leader { transport, pool, limits, queue, ranks, more, decided: 0, draining: None };
    let mut reported = Instant::now();
    report(&leader.progress());
    loop {
        let news = leader.listen() | leader.serve_itself();
        leader.serve_others();
        leader.look_for_reasons_to_stop();
        if leader.is_finished() {
            break;
        }
        if reported.elapsed() >= REPORT_INTERVAL {
            report(&leader.progress());
            reported = Instant::now();
        }
        if !news {
            std::thread::sleep(LOOK_INTERVAL);
        }
    }
    leader.ranks[0].account = pool.account();
    leader.take_in(pool.take_verdicts());
    let progress = leader.progress();
    report(&progress);
    (leader.ending(), progress)
}

impl Leader<'_> {
    /// Takes in what the other ranks say; whether anybody said anything.
    fn listen(&mut self) -> bool {
        let mut news = false;
        while let Some((from, message)) = self.transport.receive() {
            news = true;
            match message {
                Message::Account(account) => {
                    let rank = &mut self.ranks[from];
                    rank.asked = rank.asked.or(account.wants);
                    rank.account = account;
                }
                Message::Verdicts(verdicts) => self.take_in(verdicts),
                _ => {}
            }
        }
        news
    }

    fn take_in(&mut self, verdicts: Vec<(u32, Verdict)>) {
        for (task, verdict) in verdicts {
            self.decided += 1;
            self.queue.add((self.more)(task, verdict));
        }
    }

    /// Gives rank 0's own threads what they want; whether there was any news.
    fn serve_itself(&mut self) -> bool {
        let account = self.pool.account();
        let wants = account.wants;
        self.ranks[0].account = account;
        let verdicts = self.pool.take_verdicts();
        let mut news = !verdicts.is_empty();
        self.take_in(verdicts);
        let batch = wants.map(|idle| self.batch(0, idle)).unwrap_or_default();
        news |= !batch.is_empty();
        self.pool.submit(batch);
        news
    }

    /// Answers the ranks that have asked, unless there is nothing now and there may be something later.
    fn serve_others(&mut self) {
        for rank in 1..self.ranks.len() {
            let Some(idle) = self.ranks[rank].asked else { continue };
            let batch = self.batch(rank, idle);
            let answer = match batch.is_empty() {
                false => Message::Tasks(batch),
                true if self.may_grow() => continue,
                true => Message::NoMore,
            };
            self.ranks[rank].asked = None;
            self.transport.send(rank, &answer);
        }
    }

    /// Whether a verdict is awaited that may call for more.
    fn may_grow(&self) -> bool {
        let awaited = |rank: &Rank| rank.given - rank.account.skipped;
        self.pool.is_open_ended()
            && self.draining.is_none()
            && self.ranks.iter().map(awaited).sum::<u64>() > self.decided
    }

    fn batch(&mut self, rank: usize, idle: u64) -> Vec<u32> {
        if self.draining.is_some() {
            return Vec::new();
        }
        let total_threads = self.ranks.iter().map(|rank| rank.threads).sum();
        let threads = self.ranks[rank].threads;
        let batch = self.queue.batch(threads, total_threads, idle, self.calibration(), self.pool.deadline());
        self.ranks[rank].given += batch.len() as u64;
        batch
    }

    fn look_for_reasons_to_stop(&mut self) {
        if self.draining.is_some() {
            return;
        }
        let failed: u64 = self.ranks.iter().map(|rank| rank.account.tasks.failed).sum();
        let interrupted = self.limits.interrupted.load(Ordering::SeqCst);
        let reason = if let Some(reason) = self.ranks.iter().find_map(|rank| rank.account.broken.clone()) {
            Ending::Broken(reason)
        } else if interrupted || self.ranks.iter().any(|rank| rank.account.interrupted) {
            Ending::Interrupted
        } else if self.limits.maximum_failures.is_some_and(|maximum| failed >= maximum) {
            Ending::TooManyFailures
        } else {
            return;
        };
        self.pool.stop();
        self.transport.send_to_all_others(&Message::Drain);
        self.draining = Some((reason, Instant::now()));
    }

    fn is_finished(&self) -> bool {
        let grace_is_over = self.draining.as_ref().is_some_and(|(_, since)| since.elapsed() >= self.limits.grace);
        let nothing_to_give = self.draining.is_some() || (self.queue.is_exhausted() && !self.may_grow());
        let own_part = grace_is_over || (nothing_to_give && self.pool.is_idle());
        own_part && self.ranks[1..].iter().all(|rank| rank.account.finished)
    }

    fn ending(&self) -> Ending {
        let lost = self.ranks.iter().map(|rank| rank.account.skipped).sum::<u64>() + self.progress().in_hand;
        match &self.draining {
            // A signal that found nothing left to do changes nothing.
            Some((Ending::Interrupted, _)) if self.queue.left_over() == 0 && lost == 0 => Ending::Complete,
            Some((reason, _)) => reason.clone(),
            None if self.queue.left_over() > 0 || lost > 0 => Ending::TimeLimit,
            None => Ending::Complete,
        }
    }

    fn calibration(&self) -> f64 {
        let sum = |part: fn(&Account) -> f64| self.ranks.iter().map(|rank| part(&rank.account)).sum();
        calibration(sum(|account| account.measured), sum(|account| account.expected_finished))
    }

    fn progress(&self) -> Progress {
        let sum = |part: fn(&Account) -> u64| self.ranks.iter().map(|rank| part(&rank.account)).sum::<u64>();
        let finished = sum(|account| account.tasks.all() + account.theory.all() + account.skipped);
        let of_kind = |part: fn(&Account) -> Finished| {
            self.ranks.iter().map(|rank| part(&rank.account)).fold(Finished::default(), std::ops::Add::add)
        };
        Progress {
            total: self.queue.len() as u64,
            expected_total: self.queue.expected_total(),
            tasks: of_kind(|account| account.tasks),
            theory: of_kind(|account| account.theory),
            in_hand: self.ranks.iter().map(|rank| rank.given).sum::<u64>().saturating_sub(finished),
            expected_finished: self.ranks.iter().map(|rank| rank.account.expected_finished).sum(),
            calibration: self.calibration(),
            threads: self.ranks.iter().map(|rank| rank.threads).sum(),
            may_grow: self.may_grow(),
        }
    }
}
