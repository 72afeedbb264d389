//! The model that learns to reach, against closed forms, balances and plain programs.

mod arm;
mod cortex;
mod defaults;
mod held_command;
mod learning;
mod muscles;
mod plain_synapses;
mod runs;
mod second_program;
