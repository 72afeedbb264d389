//! The values of all parameters of an experiment.

use std::fmt;

use super::{Literal, Parameter, TaskFailure, Value};

/// One value for every parameter of an experiment, in the order of its catalogue entry.
#[derive(Clone, Debug)]
pub struct Parameters {
    declared: &'static [Parameter],
    values: Vec<Value>,
}

impl Parameters {
    /// The defaults of the catalogue.
    pub fn defaults(declared: &'static [Parameter]) -> Self {
        Self { declared, values: declared.iter().map(|parameter| parameter.default).collect() }
    }

    /// Names and values, in catalogue order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Value)> + '_ {
        self.declared.iter().map(|parameter| parameter.name()).zip(self.values.iter().copied())
    }

    /// The parameters that do not have their default, with their values, in catalogue order.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&'static Parameter, Value)> + '_ {
        let all = self.declared.iter().zip(self.values.iter().copied());
        all.filter(|(parameter, value)| parameter.default.key() != value.key())
    }

    /// With another value of one parameter.
    ///
    /// # Errors
    /// One sentence: there is no such parameter, or it does not take the value.
    pub fn with(mut self, name: &str, literal: &Literal) -> Result<Self, String> {
        let position = self.declared.iter().position(|parameter| parameter.name() == name);
        let position = position.ok_or_else(|| format!("there is no parameter {name}"))?;
        self.values[position] = self.declared[position].accept(literal)?;
        Ok(self)
    }

    /// Sets the parameter at a catalogue position to a value that this parameter has accepted.
    pub(crate) fn set(&mut self, position: usize, value: Value) {
        self.values[position] = value;
    }

    /// The value at a catalogue position.
    pub(crate) fn get(&self, position: usize) -> Value {
        self.values[position]
    }

    /// The value of a number parameter.
    ///
    /// # Errors
    /// The catalogue entry declares no number of that name.
    pub fn number(&self, name: &'static str) -> Result<f64, TaskFailure> {
        match self.named(name) {
            Some(Value::Number(number)) => Ok(number),
            _ => Err(TaskFailure::undeclared(name)),
        }
    }

    /// The value of a whole-number parameter.
    ///
    /// # Errors
    /// The catalogue entry declares no whole number of that name, or one that can be negative.
    pub fn count(&self, name: &'static str) -> Result<usize, TaskFailure> {
        match self.named(name) {
            Some(Value::Integer(integer)) => usize::try_from(integer).map_err(|_| TaskFailure::undeclared(name)),
            _ => Err(TaskFailure::undeclared(name)),
        }
    }

    /// The value of a parameter that is one of some words.
    ///
    /// # Errors
    /// The catalogue entry declares no choice of that name.
    pub fn choice(&self, name: &'static str) -> Result<&'static str, TaskFailure> {
        match self.named(name) {
            Some(Value::Choice(choice)) => Ok(choice),
            _ => Err(TaskFailure::undeclared(name)),
        }
    }

    fn named(&self, name: &str) -> Option<Value> {
        self.iter().find(|(declared, _)| *declared == name).map(|(_, value)| value)
    }
}

impl fmt::Display for Parameters {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(formatter, "{comma}{name} = {value}")?;
        }
        Ok(())
    }
}
