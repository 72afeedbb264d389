//! Failures by their reason.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::experiment::{FailureClass, TaskFailure};

/// All failures of one class with one message.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub(super) struct FailureGroup {
    pub(super) class: FailureClass,
    pub(super) message: String,
    pub(super) count: usize,
}

/// The reasons of failures, the most frequent first.
pub(super) fn groups<'a>(failures: impl Iterator<Item = &'a TaskFailure>) -> Vec<FailureGroup> {
    let mut counts: BTreeMap<(&str, u8), (FailureClass, usize)> = BTreeMap::new();
    for failure in failures {
        counts.entry((&failure.message, failure.class as u8)).or_insert((failure.class, 0)).1 += 1;
    }
    let group =
        |((message, _), (class, count)): ((&str, u8), _)| FailureGroup { class, message: message.into(), count };
    let mut groups: Vec<FailureGroup> = counts.into_iter().map(group).collect();
    groups.sort_by_key(|group| Reverse(group.count));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_counted_by_class_and_message() {
        let failure = |class, message: &str| TaskFailure { class, message: message.into() };
        let all = [
            failure(FailureClass::Model, "no solution"),
            failure(FailureClass::Time, "no solution"),
            failure(FailureClass::Panic, "index 3"),
            failure(FailureClass::Model, "no solution"),
        ];
        let found = groups(all.iter());
        let counts: Vec<_> = found.iter().map(|group| (group.class, &group.message[..], group.count)).collect();
        let expected = [
            (FailureClass::Model, "no solution", 2),
            (FailureClass::Panic, "index 3", 1),
            (FailureClass::Time, "no solution", 1),
        ];
        assert_eq!(counts, expected);
        assert!(groups([].iter()).is_empty());
    }
}
