//! What rank 0 does while tasks are computed: it gives them out, keeps account, and computes too.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::message::Account;
use super::pool::calibration;
use super::queue::Queue;
use super::{Ending, LOOK_INTERVAL, Limits, Message, Pool, Progress, Transport};

const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// One rank as rank 0 sees it.
struct Rank {
    threads: u64,
    given: u64,
    account: Account,
    told_no_more: bool,
}

struct Leader<'a> {
    transport: &'a dyn Transport,
    pool: &'a Pool,
    limits: &'a Limits,
    queue: Queue,
    ranks: Vec<Rank>,
    /// Why and since when the run is stopping.
    draining: Option<(Ending, Instant)>,
}

/// Has all `tasks` (expected seconds, task) computed by ranks with `threads` threads each; `report` sees the progress.
///
/// Returns how the run ended, once every rank has stopped computing, with the final account.
pub fn lead(
    transport: &dyn Transport,
    pool: &Pool,
    limits: &Limits,
    threads: &[u64],
    tasks: Vec<(f32, u32)>,
    report: &mut dyn FnMut(&Progress),
) -> (Ending, Progress) {
    let rank = |threads: &u64| Rank { threads: *threads, given: 0, account: Account::default(), told_no_more: false };
    let ranks = threads.iter().map(rank).collect();
    let mut leader = Leader { transport, pool, limits, queue: Queue::new(tasks), ranks, draining: None };
    let mut reported = Instant::now();
    report(&leader.progress());
    loop {
        let news = leader.listen() | leader.serve_itself();
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
    let progress = leader.progress();
    report(&progress);
    (leader.ending(), progress)
}

impl Leader<'_> {
    /// Takes in what the other ranks say and answers; whether anybody said anything.
    fn listen(&mut self) -> bool {
        let mut news = false;
        while let Some((from, message)) = self.transport.receive() {
            news = true;
            if let Message::Account(account) = message {
                let wants = account.wants;
                self.ranks[from].account = account;
                if let Some(idle) = wants {
                    self.answer(from, idle);
                }
            }
        }
        news
    }

    fn answer(&mut self, rank: usize, idle: u64) {
        let batch = self.batch(rank, idle);
        if !batch.is_empty() {
            self.transport.send(rank, &Message::Tasks(batch));
        } else if !self.ranks[rank].told_no_more {
            self.ranks[rank].told_no_more = true;
            self.transport.send(rank, &Message::NoMore);
        }
    }

    /// Gives rank 0's own threads what they want; whether they got anything.
    fn serve_itself(&mut self) -> bool {
        let account = self.pool.account();
        let wants = account.wants;
        self.ranks[0].account = account;
        let batch = wants.map(|idle| self.batch(0, idle)).unwrap_or_default();
        let news = !batch.is_empty();
        self.pool.submit(batch);
        news
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
        let failed: u64 = self.ranks.iter().map(|rank| rank.account.failed).sum();
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
        let nothing_to_give = self.queue.is_exhausted() || self.draining.is_some();
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
        let finished = sum(|account| account.done + account.failed + account.skipped);
        Progress {
            total: self.queue.len() as u64,
            expected_total: self.queue.expected_total(),
            done: sum(|account| account.done),
            failed: sum(|account| account.failed),
            in_hand: self.ranks.iter().map(|rank| rank.given).sum::<u64>().saturating_sub(finished),
            expected_finished: self.ranks.iter().map(|rank| rank.account.expected_finished).sum(),
            calibration: self.calibration(),
            threads: self.ranks.iter().map(|rank| rank.threads).sum(),
        }
    }
}
