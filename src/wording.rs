//! Words that messages of every module share.

use std::fmt::Display;

/// A count with its noun, which is plural unless the count is 1: `1 rank`, `2 ranks`.
pub(crate) fn counted(count: impl Display, noun: &str) -> String {
    let count = count.to_string();
    let ending = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        for (count, said) in [(0, "0 ranks"), (1, "1 rank"), (2, "2 ranks"), (21, "21 ranks")] {
            assert_eq!(counted(count, "rank"), said);
        }
    }
}
