//! What rank 0 hears and says in a run, without a network between.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::schedule::leader::{Leader, Rules, Tasks};
use crate::schedule::message::{Account, Counts};
use crate::schedule::{Finished, Message, Pending};
use crate::sweep::Verdict;

/// As seldom as ranks ask when rank 0 has enough to do.
const BETWEEN_LOOKS: Duration = Duration::from_micros(100);

/// Has the leader of so many ranks answer so many requests for work, one after the other, encoded and decoded as over
/// MPI; how many messages it has heard and sent.
pub fn converse(ranks: usize, requests: usize) -> usize {
    let all = (0..u32::try_from(4 * requests).unwrap_or(u32::MAX)).map(|task| Pending { task, seconds: 0.1 }).collect();
    let mut more = |_: u32, _: Verdict| Tasks::default();
    let rules = Rules { grace: Duration::ZERO, maximum_failures: None, deadline: None, is_open_ended: false };
    let tasks = Tasks { all, suspects: BTreeMap::new() };
    let mut leader = Leader::new(Duration::ZERO, rules, &vec![1; ranks], tasks, &mut more);
    let mut given = vec![(0_u64, 0_u64); ranks];
    let mut messages = 0;
    let mut now = Duration::ZERO;
    for request in 0..requests {
        let rank = request % ranks;
        let (number, done) = &mut given[rank];
        *number += 1;
        let nanoseconds = *done * 100_000_000;
        let tasks = Finished { done: *done, failed: 0 };
        let counts = Counts { tasks, expected: nanoseconds, measured: nanoseconds, ..Counts::default() };
        let account = Account { number: *number, counts, taken: *done, wants: Some(1), ..Account::default() };
        let Some(heard) = over_the_network(&Message::Account(account)) else { return messages };
        messages += 1;
        leader.hear(now, rank, heard);
        for (to, message) in leader.look(now, false) {
            messages += 1;
            if let Some(Message::Tasks { tasks, .. }) = over_the_network(&message) {
                given[to].1 += tasks.len() as u64;
            }
        }
        now += BETWEEN_LOOKS;
    }
    messages
}

fn over_the_network(message: &Message) -> Option<Message> {
    postcard::from_bytes(&postcard::to_allocvec(message).ok()?).ok()
}
