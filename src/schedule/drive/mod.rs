//! Lets leader and followers talk over a transport, in real time.

mod follow;
mod lead;
mod message_cost;

pub(crate) use follow::{Orphaned, follow};
pub(crate) use lead::{Led, Witness, lead};

use std::sync::atomic::Ordering;

use super::follower::{Follower, Order};
use super::{Limits, Message, Pool};

/// What a rank has to say of its pool.
fn say(follower: &mut Follower, pool: &Pool, limits: &Limits) -> Option<Message> {
    let (mut account, is_idle) = pool.look(follower.ahead());
    account.interrupted = limits.interrupted.load(Ordering::SeqCst);
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
