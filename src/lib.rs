//! Large, exactly reproducible parameter sweeps of cerebellar-learning models.

pub mod experiment;
pub mod perceptron;
pub mod random;
pub mod store;
pub mod sweep;
