//! What a theory says at one point, by name.

use super::{Declaration, Observable, TaskFailure};

/// A value and its standard error (0 where it is exact).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl Estimate {
    /// Stands for a value that is not known.
    pub(crate) const UNKNOWN: Self = Self { value: f64::NAN, standard_error: f64::NAN };

    /// A value without error.
    pub const fn exact(value: f64) -> Self {
        Self { value, standard_error: 0.0 }
    }
}

/// What an adapter fills in: observables that have a theory, and closed forms that are not observables.
///
/// A theory need not hold everywhere: what is not set is unknown at that point.
pub struct Estimates {
    declaration: &'static Declaration,
    relative_error: f64,
    found: Vec<(&'static Observable, Vec<Estimate>)>,
    /// The first contradiction to the declaration.
    mistake: Option<String>,
}

impl Estimates {
    pub(super) fn new(declaration: &'static Declaration, relative_error: f64) -> Self {
        Self { declaration, relative_error, found: Vec::new(), mistake: None }
    }

    pub(super) fn declaration(&self) -> &'static Declaration {
        self.declaration
    }

    /// The largest relative standard error that estimates should have; a theory without errors does not need it.
    pub fn relative_error(&self) -> f64 {
        self.relative_error
    }

    /// Sets a scalar.
    pub fn set(&mut self, name: &str, estimate: Estimate) {
        self.set_array(name, vec![estimate]);
    }

    /// Sets a scalar that has no error.
    pub fn set_exact(&mut self, name: &str, value: f64) {
        self.set(name, Estimate::exact(value));
    }

    /// Sets all elements, in row-major order of the dimensions.
    pub(crate) fn set_array(&mut self, name: &str, estimates: Vec<Estimate>) {
        let declared = self.declaration.with_closed_form().find(|declared| declared.name() == name);
        let mistake = match declared {
            None => format!("the adapter has a theory of `{name}`, which its catalogue entry does not declare"),
            Some(_) if self.of(name).is_some() => format!("the adapter sets the theory of `{name}` twice"),
            Some(declared) if declared.size() != estimates.len() => {
                let (found, size) = (estimates.len(), declared.size());
                format!("the adapter sets the theory of `{name}` to {found} values, but it has {size}")
            }
            Some(declared) => {
                self.found.push((declared, estimates));
                return;
            }
        };
        self.mistake.get_or_insert(mistake);
    }

    /// What is known of a quantity.
    pub fn of(&self, name: &str) -> Option<&[Estimate]> {
        self.found.iter().find(|(declared, _)| declared.name() == name).map(|(_, estimates)| &estimates[..])
    }

    /// All that is known, in the order in which it was set.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Observable, &[Estimate])> {
        self.found.iter().map(|(declared, estimates)| (*declared, &estimates[..]))
    }

    /// # Errors
    /// The first contradiction to the declaration.
    pub(super) fn finish(self) -> Result<Self, TaskFailure> {
        match self.mistake {
            None => Ok(self),
            Some(mistake) => Err(TaskFailure::model(mistake)),
        }
    }
}
