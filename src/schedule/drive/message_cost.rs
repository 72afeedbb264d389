//! What a message costs rank 0.

use std::time::Duration;

/// The mean is that of about so many messages.
const MESSAGES: f64 = 1000.0;

/// What a message costs rank 0, heard or sent.
#[derive(Default)]
pub(super) struct MessageCost {
    count: u64,
    /// Of late, so that what is older counts for less.
    messages: f64,
    seconds: f64,
}

impl MessageCost {
    /// Takes in so many messages that took so long; the mean cost of one, in seconds.
    pub(super) fn after(&mut self, messages: u32, time: Duration) -> f64 {
        if messages > 0 {
            let kept = 1.0 - (f64::from(messages) / MESSAGES).min(1.0);
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
