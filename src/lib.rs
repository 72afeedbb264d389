pub mod perceptron;
pub mod random;
pub mod store;
