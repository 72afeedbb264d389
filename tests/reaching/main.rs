//! The model that learns to reach, against closed forms, balances and plain programs.

mod arm;
mod cortex;
mod learning;
mod muscles;
mod plain_synapses;
mod runs;
