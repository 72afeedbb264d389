//! Lets the leader talk to all ranks, its own follower among them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::message_cost::MessageCost;
use super::{obey, say};
use crate::machine::clock::Moment;
use crate::machine::threads::sleep;
use crate::schedule::follower::Follower;
use crate::schedule::leader::{Leader, More, Rules, Tasks};
use crate::schedule::looks::pause;
use crate::schedule::{Ending, Limits, Pool, Progress, Transport};

const REPORT_INTERVAL: Duration = Duration::from_millis(100);

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

    /// Those of these silent ranks that are known to be dead, because one of their tasks has ended their process.
    fn dead_among(&mut self, silent: &[usize]) -> Vec<usize>;
}

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
        let said = say(&mut own, pool, limits);
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
        leader.note_message_cost(cost.after(messages, awoken.elapsed()));
        let silent = leader.fallen_silent(pool.age());
        if !silent.is_empty() {
            witness.dead_among(&silent).into_iter().for_each(|rank| leader.note_death(rank));
        }
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
