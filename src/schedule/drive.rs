//! Lets leader and followers talk over a transport, in real time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::follower::{Follower, Order};
use super::leader::{Leader, More, Rules, Tasks};
use super::looks::pause;
use super::{Ending, Limits, Message, Pool, Progress, Transport};
use crate::machine::clock::Moment;
use crate::machine::threads::sleep;

const REPORT_INTERVAL: Duration = Duration::from_millis(100);
/// The mean cost of a message is that of about so many.
const MESSAGES_OF_COST: f64 = 1000.0;

/// How computing has ended on all ranks.
pub(crate) struct Led {
    pub ending: Ending,
    pub progress: Progress,
    /// Ranks that no longer answer.
    pub lost: Vec<usize>,
}

/// Who looks on while rank 0 leads.
pub(crate) trait Witness {
    /// Sees how far the run is.
    fn see(&mut self, progress: &Progress);

    /// Whether a silent rank is known to be dead, because one of its tasks has ended its process.
    fn knows_dead(&mut self, rank: usize) -> bool;
}

/// Rank 0 no longer answers.
#[derive(Debug)]
pub(crate) struct Orphaned;

/// What rank 0 does while tasks are computed: has all `tasks` computed by ranks with `threads` threads each, itself
/// among them, and what these call for, if the list is open-ended; `witness` looks on.
///
/// Returns once every rank that answers has stopped computing.
pub(crate) fn lead<'a>(
    transport: &'a dyn Transport,
    pool: &'a Pool,
    limits: &'a Limits,
    threads: &[u64],
    tasks: Tasks,
    more: &'a mut More<'a>,
    witness: &mut dyn Witness,
) -> Led {
    let begun = pool.age();
    let (deadline, is_open_ended) = (pool.deadline(), pool.is_open_ended());
    let rules = Rules { grace: limits.grace, maximum_failures: limits.maximum_failures, deadline, is_open_ended };
    let mut leader = Leader::new(begun, rules, threads, tasks, more);
    let mut own = Follower::new(begun, threads.len(), limits.grace);
    let (mut reported, mut news_at) = (begun, begun);
    let mut cost = MessageCost::default();
    witness.see(&leader.progress(begun));
    while !leader.is_over(pool.age()) {
        let awoken = Moment::now();
        let mut messages = 0;
        while let Some((from, message)) = transport.receive() {
            messages += 1;
            leader.hear(pool.age(), from, message);
        }
        let is_interrupted = limits.interrupted.load(Ordering::SeqCst);
        let said = say(&mut own, pool, is_interrupted);
        let mut news = messages > 0 || said.is_some();
        said.into_iter().for_each(|said| leader.hear(pool.age(), 0, said));
        let was_stopping = leader.is_stopping();
        for (to, message) in leader.look(pool.age(), is_interrupted) {
            news = true;
            match to {
                0 => obey(own.hear(pool.age(), message), pool),
                _ => {
                    messages += 1;
                    transport.send(to, &message);
                }
            }
        }
        for rank in leader.fallen_silent(pool.age()) {
            if witness.knows_dead(rank) {
                leader.note_death(rank);
            }
        }
        leader.note_message_cost(cost.after(messages, awoken.elapsed()));
        let now = pool.age();
        if leader.is_stopping() != was_stopping || now - reported >= REPORT_INTERVAL {
            witness.see(&leader.progress(now));
            reported = now;
        }
        match news {
            true => news_at = now,
            false => sleep(pause(now - news_at)),
        }
    }
    tracing::debug!("rank 0 led for {:.6} s, {cost}", (pool.age() - begun).as_secs_f64());
    let progress = leader.progress(pool.age());
    witness.see(&progress);
    Led { ending: leader.ending(), progress, lost: leader.lost() }
}

/// What every other rank does: it computes what rank 0 gives until it is told to stop. Tasks that still run after the
/// grace time are abandoned.
///
/// On return the rank computes no more and rank 0 knows.
///
/// # Errors
/// Rank 0 no longer answers, or has fallen silent and is known to be dead.
pub(crate) fn follow(
    transport: &dyn Transport,
    pool: &Pool,
    limits: &Limits,
    knows_dead: &dyn Fn() -> bool,
) -> Result<(), Orphaned> {
    let mut follower = Follower::new(pool.age(), transport.size(), limits.grace);
    let mut news_at = pool.age();
    while !follower.has_finished() {
        let mut news = false;
        while let Some((_, message)) = transport.receive() {
            news = true;
            obey(follower.hear(pool.age(), message), pool);
        }
        if follower.is_orphaned(pool.age()) || (follower.has_fallen_silent(pool.age()) && knows_dead()) {
            pool.stop();
            return Err(Orphaned);
        }
        if let Some(said) = say(&mut follower, pool, limits.interrupted.load(Ordering::SeqCst)) {
            news = true;
            transport.send(0, &said);
        }
        let now = pool.age();
        match news {
            true => news_at = now,
            false => sleep(pause(now - news_at)),
        }
    }
    Ok(())
}

/// What a rank has to say of its pool.
fn say(follower: &mut Follower, pool: &Pool, is_interrupted: bool) -> Option<Message> {
    let (mut account, is_idle) = pool.look(follower.ahead());
    account.interrupted = is_interrupted;
    let said = follower.look(pool.age(), account, is_idle);
    if follower.is_stopping() {
        pool.stop();
    }
    said
}

fn obey(order: Option<Order>, pool: &Pool) {
    match order {
        Some(Order::Compute(tasks)) => pool.submit(tasks),
        Some(Order::Stop) => pool.stop(),
        None => {}
    }
}

/// What a message costs rank 0, heard or sent.
#[derive(Default)]
struct MessageCost {
    count: u64,
    /// Of late, so that what is older counts for less.
    messages: f64,
    seconds: f64,
}

impl MessageCost {
    fn after(&mut self, messages: u32, time: Duration) -> f64 {
        if messages > 0 {
            let kept = 1.0 - (f64::from(messages) / MESSAGES_OF_COST).min(1.0);
            self.count += u64::from(messages);
            self.messages = self.messages * kept + f64::from(messages);
            self.seconds = self.seconds * kept + time.as_secs_f64();
        }
        self.seconds / self.messages.max(1.0)
    }
}

impl std::fmt::Display for MessageCost {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        let microseconds = 1e6 * self.seconds / self.messages.max(1.0);
        write!(formatter, "{} messages of {microseconds:.2} µs", self.count)
    }
}
