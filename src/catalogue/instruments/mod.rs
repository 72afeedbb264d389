//! Experiments that are not science: the instruments of tests and benchmarks, left out of the printed catalogue.

pub(super) mod latency;
pub(super) mod null;
pub(super) mod probe;
