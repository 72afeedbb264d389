//! How often whoever talks looks for news.

use std::time::Duration;

/// Between two looks while there are news.
pub(super) const SHORTEST: Duration = Duration::from_millis(1);
/// A rank asks for work at least twice this long before it needs it.
pub(super) const LONGEST: Duration = Duration::from_millis(10);
/// A pause takes this part of the time without news, so that a look, which costs about 50 µs, costs next to nothing
/// where tasks take long, and no news wait much longer than the time between them.
const PART: u32 = 16;

/// How long to sleep until the next look, if the last news came so long ago.
pub(super) fn pause(since_news: Duration) -> Duration {
    (since_news / PART).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_the_time_without_news() {
        let pauses = [0, 16, 32, 160, 10_000].map(|since| pause(Duration::from_millis(since)).as_millis());
        assert_eq!(pauses, [1, 1, 2, 10, 10]);
    }
}
