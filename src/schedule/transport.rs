//! How ranks talk: short messages, never a blocking wait.

use super::Message;

/// The ranks of one run.
pub(crate) trait Transport {
    fn rank(&self) -> usize;

    fn size(&self) -> usize;

    /// Sends a message to another rank.
    fn send(&self, to: usize, message: &Message);

    /// The next message that has arrived, with its sender.
    fn receive(&self) -> Option<(usize, Message)>;

    /// Ends the processes of all ranks at once.
    fn abort(&self, code: i32) -> !;

    fn send_to_all_others(&self, message: &Message) {
        (0..self.size()).filter(|rank| *rank != self.rank()).for_each(|rank| self.send(rank, message));
    }

    /// The next message, slept for.
    fn wait(&self) -> (usize, Message) {
        loop {
            match self.receive() {
                Some(arrived) => return arrived,
                None => std::thread::sleep(super::LOOK_INTERVAL),
            }
        }
    }
}

/// One process without other ranks.
pub(crate) struct Alone;

impl Transport for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn send(&self, _to: usize, _message: &Message) {}

    fn receive(&self) -> Option<(usize, Message)> {
        None
    }

    fn abort(&self, code: i32) -> ! {
        std::process::exit(code)
    }
}
