//! What happens next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::schedule::Message;

/// What happens in a virtual machine.
pub(super) enum Event {
    /// A task ends.
    Ends { rank: usize, seat: usize },
    /// A rank's thread that talks looks.
    Looks { rank: usize },
    /// A message arrives.
    Arrives { rank: usize, message: Message },
    /// A message arrives at rank 0.
    ArrivesAtLeader { from: usize, message: Message },
    /// Rank 0 looks.
    LeaderLooks,
}

/// Events in the order of their times, and among equals in the order in which they were added.
#[derive(Default)]
pub(super) struct Events {
    order: BinaryHeap<Reverse<(Duration, u64, usize)>>,
    events: Vec<Option<Event>>,
    free: Vec<usize>,
    count: u64,
}

impl Events {
    pub(super) fn add(&mut self, time: Duration, event: Event) {
        let place = self.free.pop().unwrap_or_else(|| {
            self.events.push(None);
            self.events.len() - 1
        });
        self.events[place] = Some(event);
        self.order.push(Reverse((time, self.count, place)));
        self.count += 1;
    }

    pub(super) fn next(&mut self) -> Option<(Duration, Event)> {
        let Reverse((time, _, place)) = self.order.pop()?;
        self.free.push(place);
        Some((time, self.events[place].take()?))
    }
}
