//! What rank 0 does while tasks are computed: it gives them out, keeps account, and computes too.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::message::{Account, Timed};
use super::pool::calibration;
use super::queue::Queue;
use super::{Draining, Ending, Finished, LOOK_INTERVAL, Limits, Manner, Message, Pending, Pool, Progress, Transport};
use crate::sweep::Verdict;

const REPORT_INTERVAL: Duration = Duration::from_millis(100);
/// Ranks give a sign of life every 10 s.
const SILENT: Duration = Duration::from_secs(60);

/// One rank as rank 0 sees it.
struct Rank {
    threads: u64,
    given: u64,
    account: Account,
    /// It has asked for work, with this many idle threads, and has no answer yet.
    asked: Option<u64>,
    /// When it said something for the last time.
    heard: Instant,
}

impl Rank {
    fn new(threads: u64) -> Self {
        Self { threads, given: 0, account: Account::default(), asked: None, heard: Instant::now() }
    }

    /// Tasks that its threads compute now, or are about to.
    fn at_work(&self) -> u64 {
        self.in_hand().min(self.threads)
    }

    /// Tasks given to it that it has neither finished nor passed over, as far as is known here.
    fn in_hand(&self) -> u64 {
        let Account { tasks, theory, skipped, .. } = &self.account;
        self.given.saturating_sub(tasks.all() + theory.all() + skipped)
    }
}

/// What there is to compute.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    pub(crate) all: Vec<Pending>,
    /// Those that may be the death of their process; they are not among the others.
    pub(crate) suspects: BTreeMap<Manner, Vec<Pending>>,
}

struct Leader<'a> {
    transport: &'a dyn Transport,
    pool: &'a Pool,
    limits: &'a Limits,
    queue: Queue,
    /// How what is in the queue is given out.
    manner: Manner,
    /// What enters the queue when all else is done.
    later: BTreeMap<Manner, Vec<Pending>>,
    ranks: Vec<Rank>,
    more: &'a mut More<'a>,
    /// Verdicts that have come in.
    decided: u64,
    /// Why and since when the run is stopping.
    draining: Option<(Draining, Instant)>,
}

/// The tasks that the verdict on one calls for.
pub(super) type More<'a> = dyn FnMut(u32, Verdict) -> Tasks + 'a;

/// Has all `tasks` computed by ranks with `threads` threads each, and what these call for, if the
/// list is open-ended; `report` sees the progress.
///
/// Returns how the run ended, once every rank has stopped computing, with the final account.
pub(crate) fn lead<'a>(
    transport: &'a dyn Transport,
    pool: &'a Pool,
    limits: &'a Limits,
    threads: &[u64],
    tasks: Tasks,
    more: &'a mut More<'a>,
    report: &mut dyn FnMut(&Progress),
) -> (Ending, Progress) {
    let ranks = threads.iter().copied().map(Rank::new).collect();
    let (queue, later, manner) = (Queue::new(tasks.all), tasks.suspects, Manner::Together);
    let mut leader = Leader { transport, pool, limits, queue, manner, later, ranks, more, decided: 0, draining: None };
    let mut reported = Instant::now();
    report(&leader.progress());
    loop {
        let news = leader.listen() | leader.serve_itself();
        leader.serve_others();
        leader.refill();
        let stops_now = leader.look_for_reasons_to_stop();
        if stops_now {
            report(&leader.progress());
        }
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
            self.ranks[from].heard = Instant::now();
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
            let Tasks { all, suspects } = (self.more)(task, verdict);
            match self.manner {
                Manner::Together => self.queue.add(all),
                // What a suspect calls for is not a suspect.
                _ if all.is_empty() => {}
                _ => self.later.entry(Manner::Together).or_default().extend(all),
            }
            for (manner, tasks) in suspects {
                self.later.entry(manner).or_default().extend(tasks);
            }
        }
    }

    /// Gives rank 0's own threads what they want; whether there was any news.
    fn serve_itself(&mut self) -> bool {
        self.pool.look_after_seats();
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
                true if self.may_give_later() => continue,
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

    /// Whether there may be something later for a rank that gets nothing now.
    fn may_give_later(&self) -> bool {
        let is_held_back = self.manner >= Manner::AloneOnRank && !self.queue.is_exhausted();
        self.draining.is_none() && (is_held_back || !self.later.is_empty() || self.may_grow())
    }

    /// Turns to what comes after everything else, once everything else is done.
    fn refill(&mut self) {
        let is_done = self.queue.is_exhausted() && !self.may_grow() && self.is_nothing_in_hand();
        if is_done
            && self.draining.is_none()
            && let Some((manner, tasks)) = self.later.pop_first()
        {
            self.manner = manner;
            self.queue.add(tasks);
        }
    }

    fn is_nothing_in_hand(&self) -> bool {
        self.ranks.iter().all(|rank| rank.in_hand() == 0)
    }

    fn batch(&mut self, rank: usize, idle: u64) -> Vec<u32> {
        let is_free = match self.manner {
            Manner::Together | Manner::Late => true,
            Manner::AloneOnRank => self.ranks[rank].in_hand() == 0,
            Manner::AloneInRun => self.is_nothing_in_hand(),
        };
        if self.draining.is_some() || !is_free {
            return Vec::new();
        }
        let (calibration, deadline) = (self.calibration(), self.pool.deadline());
        let batch = match self.manner {
            Manner::Together | Manner::Late => {
                let total_threads = self.ranks.iter().map(|rank| rank.threads).sum();
                let threads = self.ranks[rank].threads;
                self.queue.batch(threads, total_threads, idle, calibration, deadline)
            }
            Manner::AloneOnRank | Manner::AloneInRun => self.queue.single(calibration, deadline).into_iter().collect(),
        };
        self.ranks[rank].given += batch.len() as u64;
        batch
    }

    /// Whether one has just been found.
    fn look_for_reasons_to_stop(&mut self) -> bool {
        if self.draining.is_some() {
            return false;
        }
        let failed: u64 = self.ranks.iter().map(|rank| rank.account.tasks.failed).sum();
        let interrupted = self.limits.interrupted.load(Ordering::SeqCst);
        let reason = if let Some(reason) = self.ranks.iter().find_map(|rank| rank.account.broken.clone()) {
            Ending::Broken(reason)
        } else if interrupted || self.ranks.iter().any(|rank| rank.account.interrupted) {
            Ending::Interrupted
        } else if self.limits.maximum_failures.is_some_and(|maximum| failed >= maximum) {
            Ending::TooManyFailures
        } else if self.pool.deadline().is_some_and(|deadline| Instant::now() >= deadline) {
            // What still runs takes longer than expected.
            Ending::TimeLimit
        } else {
            return false;
        };
        let in_hand = self.ranks.iter().map(Rank::at_work).sum();
        self.pool.stop();
        self.transport.send_to_all_others(&Message::Drain);
        self.draining = Some((Draining { reason, in_hand }, Instant::now()));
        true
    }

    fn is_finished(&self) -> bool {
        let grace_is_over = self.draining.as_ref().is_some_and(|(_, since)| since.elapsed() >= self.limits.grace);
        let is_all_given = self.queue.is_exhausted() && !self.may_give_later();
        let nothing_to_give = self.draining.is_some() || is_all_given;
        let own_part = grace_is_over || (nothing_to_give && self.pool.is_idle());
        own_part && self.ranks[1..].iter().all(|rank| rank.account.finished)
    }

    fn ending(&self) -> Ending {
        let lost = self.ranks.iter().map(|rank| rank.account.skipped).sum::<u64>() + self.progress().in_hand;
        let left_over = self.queue.left_over() + self.held_back().count();
        let reason = self.draining.as_ref().map(|(draining, _)| &draining.reason);
        match reason {
            // A signal or a limit that found nothing left to do changes nothing.
            Some(Ending::Interrupted | Ending::TimeLimit) if left_over == 0 && lost == 0 => Ending::Complete,
            Some(reason) => reason.clone(),
            None if left_over > 0 || lost > 0 => Ending::TimeLimit,
            None => Ending::Complete,
        }
    }

    /// What has not entered the queue yet.
    fn held_back(&self) -> impl Iterator<Item = &Pending> {
        self.later.values().flatten()
    }

    fn calibration(&self) -> f64 {
        let sum = |part: fn(&Account) -> f64| self.ranks.iter().map(|rank| part(&rank.account)).sum();
        calibration(sum(|account| account.measured), sum(|account| account.expected_finished))
    }

    fn progress(&self) -> Progress {
        let of_kind = |part: fn(&Account) -> Finished| {
            self.ranks.iter().map(|rank| part(&rank.account)).fold(Finished::default(), std::ops::Add::add)
        };
        Progress {
            total: (self.queue.len() + self.held_back().count()) as u64,
            expected_total: self.queue.expected_total()
                + self.held_back().map(|task| f64::from(task.seconds)).sum::<f64>(),
            tasks: of_kind(|account| account.tasks),
            theory: of_kind(|account| account.theory),
            in_hand: self.ranks.iter().map(Rank::in_hand).sum(),
            expected_finished: self.ranks.iter().map(|rank| rank.account.expected_finished).sum(),
            calibration: self.calibration(),
            threads: self.ranks.iter().map(|rank| rank.threads).sum(),
            may_grow: self.may_grow(),
            slow: self.slow(),
            oldest: self.oldest(),
            slowest: self.slowest(),
            silent: self.silent(),
            draining: self.draining.as_ref().map(|(draining, _)| draining.clone()),
        }
    }

    /// Pools begin at the same time, but for what it takes to set ranks up.
    fn oldest(&self) -> Option<(usize, Timed)> {
        let of_rank = |(number, rank): (usize, &Rank)| Some((number, rank.account.oldest?));
        let oldest = self.ranks.iter().enumerate().filter_map(of_rank);
        let (rank, Timed { task, seconds }) = oldest.min_by(|(_, a), (_, b)| a.seconds.total_cmp(&b.seconds))?;
        Some((rank, Timed { task, seconds: (self.pool.age().as_secs_f64() - seconds).max(0.0) }))
    }

    fn slowest(&self) -> Option<(usize, Timed)> {
        let of_rank = |(number, rank): (usize, &Rank)| Some((number, rank.account.slowest?));
        let slowest = self.ranks.iter().enumerate().filter_map(of_rank);
        slowest.max_by(|(_, a), (_, b)| a.seconds.total_cmp(&b.seconds))
    }

    /// Rank 0 is here, and one that has finished says no more.
    fn silent(&self) -> Vec<(usize, Duration)> {
        let others = self.ranks.iter().enumerate().skip(1).filter(|(_, rank)| !rank.account.finished);
        let silences = others.map(|(number, rank)| (number, rank.heard.elapsed()));
        silences.filter(|(_, silence)| *silence > SILENT).collect()
    }

    fn slow(&self) -> Vec<(usize, u32)> {
        let of_rank =
            |(number, rank): (usize, &Rank)| rank.account.slow.iter().map(|task| (number, *task)).collect::<Vec<_>>();
        self.ranks.iter().enumerate().flat_map(of_rank).collect()
    }
}
