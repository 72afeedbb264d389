//! Matrices of bits, panels and equations: what the decision of storability computes with.

pub(crate) mod bit_matrix;
pub(crate) mod cholesky;
pub(crate) mod panel_matrix;
pub(crate) mod real;
pub(crate) mod square_system;
