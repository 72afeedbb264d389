//! Lets a follower talk to rank 0.

use super::{obey, say};
use crate::machine::threads::sleep;
use crate::schedule::follower::Follower;
use crate::schedule::looks::pause;
use crate::schedule::{Limits, Pool, Transport};

/// Rank 0 no longer answers.
#[derive(Debug)]
pub(crate) struct Orphaned;

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
        if let Some(said) = say(&mut follower, pool, limits) {
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
