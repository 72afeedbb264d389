//! Storage capacity of a Purkinje-cell perceptron.
