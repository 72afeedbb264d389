//! Messages between simulated ranks.

use crate::machine::simulated::here;
use crate::schedule::{Message, Transport};

pub(super) struct SimulatedRank {
    pub(super) rank: usize,
    pub(super) size: usize,
}

impl Transport for SimulatedRank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn send(&self, to: usize, message: &Message) {
        if let Some(here) = here() {
            here.send(to, postcard::to_allocvec(message).unwrap());
        }
    }

    fn receive(&self) -> Option<(usize, Message)> {
        let (from, bytes) = here()?.receive()?;
        Some((from, postcard::from_bytes(&bytes).unwrap()))
    }

    fn abort(&self, code: i32) -> ! {
        here().unwrap().abort(code)
    }
}
