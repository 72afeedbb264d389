//! What every rank but 0 does while tasks are computed.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::message::Account;
use super::{LOOK_INTERVAL, Limits, Message, Pool, Transport};

/// An account is sent at least this often while it changes.
const ACCOUNT_INTERVAL: Duration = Duration::from_millis(100);
/// And at least this often, so that rank 0 knows that this rank is there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);
/// This few fit in 3 kB, which MPI accepts immediately. A longer message may wait until rank 0 looks; if rank 0 sent a
/// long list of tasks to this rank at that time, both would wait for ever.
const VERDICTS_PER_MESSAGE: usize = 64;

struct Follower<'a> {
    transport: &'a dyn Transport,
    pool: &'a Pool,
    limits: &'a Limits,
    /// Rank 0 has said that there is no more work.
    no_more: bool,
    /// This rank has asked for work and has no answer yet.
    asked: bool,
    /// Since when the run is stopping.
    draining: Option<Instant>,
    /// The last account that rank 0 has been sent, and when.
    sent: Account,
    sent_at: Instant,
}

/// Computes what rank 0 gives until it has no more, or until the run is to stop.
///
/// On return the rank computes no more and rank 0 knows; tasks still running after the grace time are abandoned.
pub(crate) fn follow(transport: &dyn Transport, pool: &Pool, limits: &Limits) {
    let (no_more, asked, draining) = (false, false, None);
    let (sent, sent_at) = (Account::default(), Instant::now());
    let mut follower = Follower { transport, pool, limits, no_more, asked, draining, sent, sent_at };
    loop {
        let mut news = follower.listen();
        let account = follower.account();
        // Before the account: rank 0 has then all verdicts of a rank that has finished.
        news |= follower.send_verdicts();
        if account.finished {
            follower.take_leave(&account);
            return;
        }
        news |= follower.send(account);
        if !news {
            std::thread::sleep(LOOK_INTERVAL);
        }
    }
}

impl Follower<'_> {
    /// Takes in what rank 0 says; whether it said anything.
    fn listen(&mut self) -> bool {
        let mut news = false;
        while let Some((_, message)) = self.transport.receive() {
            news = true;
            match message {
                Message::Tasks(tasks) => {
                    self.asked = false;
                    self.pool.submit(tasks);
                }
                Message::NoMore => self.no_more = true,
                Message::Drain => self.drain(),
                _ => {}
            }
        }
        news
    }

    /// Lets no further task start.
    fn drain(&mut self) {
        self.draining.get_or_insert_with(Instant::now);
        self.pool.stop();
    }

    /// What this rank has done so far, and whether it has finished.
    fn account(&mut self) -> Account {
        self.pool.look_after_seats();
        let mut account = self.pool.account();
        account.interrupted = self.limits.interrupted.load(Ordering::SeqCst);
        if account.interrupted || account.broken.is_some() {
            self.drain();
        }
        let grace_is_over = self.draining.is_some_and(|since| since.elapsed() >= self.limits.grace);
        // Rank 0 counts what it gives; an answer that is under way is waited for.
        let nothing_comes = self.no_more || (self.draining.is_some() && !self.asked);
        account.finished = grace_is_over || (nothing_comes && self.pool.is_idle());
        account
    }

    /// Sends the verdicts that there are; whether there were any.
    fn send_verdicts(&self) -> bool {
        let verdicts = self.pool.take_verdicts();
        for few in verdicts.chunks(VERDICTS_PER_MESSAGE) {
            self.transport.send(0, &Message::Verdicts(few.to_vec()));
        }
        !verdicts.is_empty()
    }

    /// Sends the last account, with the counters as they are now: the last tasks may have ended since.
    fn take_leave(&self, account: &Account) {
        let counters = self.pool.account();
        let last = Account { finished: true, interrupted: account.interrupted, wants: None, ..counters };
        self.transport.send(0, &Message::Account(last));
    }

    /// Sends the account if this rank asks for work, or if there is something that rank 0 should know now; whether it
    /// did.
    fn send(&mut self, mut account: Account) -> bool {
        let asks = account.wants.is_some() && !self.asked && !self.no_more;
        if !asks {
            account.wants = None;
        }
        let due = account != self.sent && self.sent_at.elapsed() >= ACCOUNT_INTERVAL;
        let urgent = account.interrupted != self.sent.interrupted || account.broken != self.sent.broken;
        let is_quiet = self.sent_at.elapsed() >= SIGN_OF_LIFE;
        if !(asks || due || urgent || is_quiet) {
            return false;
        }
        self.transport.send(0, &Message::Account(account.clone()));
        self.asked |= asks;
        self.sent = Account { wants: None, ..account };
        self.sent_at = Instant::now();
        true
    }
}
