//! What a task came to: values, or a failure.

use std::fmt::Display;
use std::time::Duration;

/// What a task came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done: all values that its replicate keeps, flattened in the order of the declaration.
    Done(Vec<f64>),
    /// It has failed: there is no result.
    Failed(TaskFailure),
}

/// Why a task has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TaskFailure {
    /// Its kind, for programs.
    pub class: FailureClass,
    /// One sentence for people.
    pub message: String,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureClass {
    /// The model gave a reason, or a value that is not finite.
    Model,
    /// The result is known to exceed what was looked at, such as a capacity beyond the load limit.
    CensoredAbove,
    /// The result is known to be less than what was looked at.
    CensoredBelow,
    /// The model panicked.
    Panic,
    /// The process that computed the task died of it.
    Died,
    /// The task exceeded a limit of time that the user gave.
    Time,
}

impl serde::Serialize for FailureClass {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl FailureClass {
    /// Whether computing the task again may give another outcome. A model, and a panic of it, give the same again.
    pub(crate) fn may_differ(self) -> bool {
        match self {
            Self::Model | Self::CensoredAbove | Self::CensoredBelow | Self::Panic => false,
            Self::Died | Self::Time => true,
        }
    }

    /// The name in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::CensoredAbove => "censored-above",
            Self::CensoredBelow => "censored-below",
            Self::Panic => "panic",
            Self::Died => "died",
            Self::Time => "time",
        }
    }

    /// What stands before the message in a list of failures; nothing where the message is enough.
    pub(crate) fn remark(self) -> &'static str {
        match self {
            Self::Model | Self::Panic => "",
            Self::CensoredAbove => "censored above: ",
            Self::CensoredBelow => "censored below: ",
            Self::Died => "its process died: ",
            Self::Time => "over its time: ",
        }
    }
}

/// How the message of a task begins that took too long; the limit follows.
const OVER_TIME: &str = "it took longer than ";

impl TaskFailure {
    /// The model's own reason.
    pub fn model(reason: impl Display) -> Self {
        Self { class: FailureClass::Model, message: reason.to_string() }
    }

    /// The result exceeds what was looked at.
    pub(crate) fn censored_above(reason: impl Display) -> Self {
        Self { class: FailureClass::CensoredAbove, message: reason.to_string() }
    }

    /// The result is less than what was looked at.
    pub(crate) fn censored_below(reason: impl Display) -> Self {
        Self { class: FailureClass::CensoredBelow, message: reason.to_string() }
    }

    /// The model panicked with this message.
    pub(super) fn panic(message: String) -> Self {
        Self { class: FailureClass::Panic, message }
    }

    /// The task took longer than a limit.
    pub(crate) fn over_time(limit: Duration) -> Self {
        Self { class: FailureClass::Time, message: format!("{OVER_TIME}{}", humantime::format_duration(limit)) }
    }

    /// The limit that the task exceeded, if that is why it failed.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        let limit = self.message.strip_prefix(OVER_TIME).filter(|_| self.class == FailureClass::Time)?;
        humantime::parse_duration(limit).ok()
    }

    /// The adapter contradicts its declaration.
    pub(super) fn undeclared(name: &str) -> Self {
        Self::model(format!(
            "the adapter asks for the parameter `{name}`, which its catalogue entry does not declare so"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_time_is_read_back_from_its_failure() {
        for milliseconds in [1, 1500, 90_000, 86_400_000] {
            let limit = Duration::from_millis(milliseconds);
            assert_eq!(TaskFailure::over_time(limit).time_limit(), Some(limit));
        }
        assert_eq!(TaskFailure::model("it took longer than 1s").time_limit(), None);
    }

    #[test]
    fn only_what_a_model_does_not_decide_may_come_out_otherwise() {
        for (class, may_differ) in [
            (FailureClass::Model, false),
            (FailureClass::CensoredAbove, false),
            (FailureClass::CensoredBelow, false),
            (FailureClass::Panic, false),
            (FailureClass::Died, true),
            (FailureClass::Time, true),
        ] {
            assert_eq!(class.may_differ(), may_differ, "{class:?}");
        }
    }
}
