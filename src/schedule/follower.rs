//! What every rank but 0 does while tasks are computed.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::message::Account;
use super::{LOOK_INTERVAL, Limits, Message, Pool, Transport};

/// An account is sent at least this often while it changes.
const ACCOUNT_INTERVAL: Duration = Duration::from_millis(100);
/// So few fit in 3 kB, which MPI takes at once. A longer message may wait until rank 0 looks; should rank 0 send a long list of
/// tasks to this rank meanwhile, both would wait for ever.
const VERDICTS_A_MESSAGE: usize = 64;

/// Computes what rank 0 gives until it has no more, or until the run is to stop.
///
/// On return the rank computes no more and rank 0 knows; tasks still running after the grace time are abandoned.
pub fn follow(transport: &dyn Transport, pool: &Pool, limits: &Limits) {
    let mut no_more = false;
    let mut draining: Option<Instant> = None;
    let mut sent = Account::default();
    let mut sent_at = Instant::now();
    let mut asked = false;
    loop {
        let mut news = false;
        while let Some((_, message)) = transport.receive() {
            news = true;
            match message {
                Message::Tasks(tasks) => {
                    asked = false;
                    pool.submit(tasks);
                }
                Message::NoMore => no_more = true,
                Message::Drain => draining = draining.or(Some(Instant::now())),
                _ => {}
            }
        }
        let mut account = pool.account();
        account.interrupted = limits.interrupted.load(Ordering::SeqCst);
        if account.interrupted || account.broken.is_some() {
            draining = draining.or(Some(Instant::now()));
        }
        if draining.is_some() {
            pool.stop();
        }
        let grace_is_over = draining.is_some_and(|since| since.elapsed() >= limits.grace);
        // Rank 0 counts what it gives; an answer that is under way is waited for.
        let nothing_comes = no_more || (draining.is_some() && !asked);
        account.finished = grace_is_over || (nothing_comes && pool.is_idle());
        // Before the account: rank 0 has then all verdicts of a rank that has finished.
        for verdicts in pool.take_verdicts().chunks(VERDICTS_A_MESSAGE) {
            transport.send(0, &Message::Verdicts(verdicts.to_vec()));
            news = true;
        }
        if account.finished {
            // The counters again: the last tasks may have ended since.
            account = Account { finished: true, interrupted: account.interrupted, wants: None, ..pool.account() };
            transport.send(0, &Message::Account(account));
            return;
        }
        let asks = account.wants.is_some() && !asked && !no_more;
        if !asks {
            account.wants = None;
        }
        let due = account != sent && sent_at.elapsed() >= ACCOUNT_INTERVAL;
        if asks || due || account.interrupted != sent.interrupted || account.broken != sent.broken {
            transport.send(0, &Message::Account(account.clone()));
            asked |= asks;
            account.wants = None;
            sent = account;
            sent_at = Instant::now();
            news = true;
        }
        if !news {
            std::thread::sleep(LOOK_INTERVAL);
        }
    }
}
