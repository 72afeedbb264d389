//! The values of one task, set by name.

use super::declaration::find;
use super::{Observable, TaskFailure};

/// What an adapter fills in: every declared observable, once, in any order.
///
/// A contradiction to the declaration (an undeclared name, a wrong length, a name set twice or not at all) fails the
/// task with a sentence that names it.
pub struct Values {
    declared: &'static [Observable],
    states: Vec<State>,
    /// In the order of the declaration.
    flat: Vec<f64>,
    /// The first contradiction.
    mistake: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Missing,
    Set,
    Absent,
}

impl Values {
    pub(super) fn new(declared: &'static [Observable]) -> Self {
        let width = declared.iter().map(Observable::size).sum();
        Self { declared, states: vec![State::Missing; declared.len()], flat: vec![f64::NAN; width], mistake: None }
    }

    /// Sets a scalar.
    pub fn set(&mut self, name: &str, value: f64) {
        self.set_array(name, &[value]);
    }

    /// Sets all values of an observable, in row-major order of its dimensions.
    pub(crate) fn set_array(&mut self, name: &str, values: &[f64]) {
        let Some((index, start)) = self.claim(name, State::Set) else { return };
        let size = self.declared[index].size();
        if values.len() == size {
            self.flat[start..start + size].copy_from_slice(values);
        } else {
            self.note(format!("the adapter sets `{name}` to {} values, but it has {size}", values.len()));
        }
    }

    /// Says that this run has no value of an optional observable.
    pub fn absent(&mut self, name: &str) {
        if let Some((index, _)) = self.claim(name, State::Absent)
            && !self.declared[index].optional
        {
            self.note(format!("the adapter leaves out `{name}`, which is not declared as optional"));
        }
    }

    /// The index of an observable and where its values begin, if it may be set now.
    fn claim(&mut self, name: &str, state: State) -> Option<(usize, usize)> {
        let Some((index, start)) = find(self.declared, name) else {
            self.note(format!("the adapter sets `{name}`, which its catalogue entry does not declare"));
            return None;
        };
        if self.states[index] != State::Missing {
            self.note(format!("the adapter sets `{name}` twice"));
            return None;
        }
        self.states[index] = state;
        Some((index, start))
    }

    fn note(&mut self, mistake: String) {
        self.mistake.get_or_insert(mistake);
    }

    /// The values of every observable, flattened in the order of the declaration; NaN for those that are absent.
    ///
    /// # Errors
    /// The first contradiction to the declaration.
    pub(super) fn finish(self) -> Result<Finished, TaskFailure> {
        let missing = self.states.iter().position(|state| *state == State::Missing);
        let missing = missing.map(|index| format!("the adapter does not set `{}`", self.declared[index].name()));
        match self.mistake.or(missing) {
            Some(mistake) => Err(TaskFailure::model(mistake)),
            None => Ok(Finished { declared: self.declared, states: self.states, flat: self.flat }),
        }
    }
}

/// Values of which none is missing.
pub(super) struct Finished {
    declared: &'static [Observable],
    states: Vec<State>,
    pub(super) flat: Vec<f64>,
}

impl Finished {
    /// The value of a scalar.
    pub(super) fn scalar(&self, name: &str) -> Option<f64> {
        find(self.declared, name).and_then(|(_, start)| self.flat.get(start).copied())
    }

    /// Each observable that is not absent, with its values.
    pub(super) fn present(&mut self) -> impl Iterator<Item = (&'static Observable, &mut [f64])> {
        let mut rest = &mut self.flat[..];
        self.declared.iter().zip(&self.states).filter_map(move |(observable, state)| {
            let (own, others) = std::mem::take(&mut rest).split_at_mut(observable.size());
            rest = others;
            (*state == State::Set).then_some((observable, own))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::OwnDimension;

    const STEP: OwnDimension = OwnDimension::new("step", 2, |step| step as f64);

    static DECLARED: [Observable; 3] =
        [Observable::scalar("error"), Observable::array("path", &[STEP]), Observable::scalar("latency").optional()];

    fn finished(set: impl FnOnce(&mut Values)) -> Result<Vec<f64>, String> {
        let mut values = Values::new(&DECLARED);
        set(&mut values);
        values.finish().map(|finished| finished.flat).map_err(|failure| failure.message)
    }

    #[test]
    fn the_order_is_that_of_the_declaration() {
        let any_order = finished(|values| {
            values.set("latency", 4.0);
            values.set_array("path", &[2.0, 3.0]);
            values.set("error", 1.0);
        });
        assert_eq!(any_order, Ok(vec![1.0, 2.0, 3.0, 4.0]));
    }

    #[test]
    fn an_optional_observable_may_be_absent() {
        let without = finished(|values| {
            values.absent("latency");
            values.set("error", 1.0);
            values.set_array("path", &[2.0, 3.0]);
        });
        assert!(without.unwrap()[3].is_nan());
    }

    #[test]
    fn every_contradiction_to_the_declaration_is_named() {
        let complete = |values: &mut Values| {
            values.set("error", 1.0);
            values.set_array("path", &[2.0, 3.0]);
            values.absent("latency");
        };
        type Mistake<'a> = (&'a dyn Fn(&mut Values), &'a str);
        let mistakes: [Mistake; 6] = [
            (&|values| values.set("eror", 1.0), "sets `eror`, which its catalogue entry does not declare"),
            (&|values| values.set_array("path", &[2.0]), "sets `path` to 1 values, but it has 2"),
            (&|values| values.set("path", 2.0), "sets `path` to 1 values, but it has 2"),
            (&|values| values.absent("error"), "leaves out `error`, which is not declared as optional"),
            (&|values| values.set("error", 1.0), "does not set `path`"),
            (&|_| {}, "does not set `error`"),
        ];
        for (mistake, said) in mistakes {
            assert!(finished(mistake).unwrap_err().contains(said), "{said}");
        }
        for again in ["error", "path", "latency"] {
            let twice = finished(|values| {
                complete(values);
                values.absent(again);
            });
            assert_eq!(twice, Err(format!("the adapter sets `{again}` twice")));
        }
    }
}
