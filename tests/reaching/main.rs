//! The model that learns to reach, against closed forms, balances and plain programs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its helpers too")]

mod arm;
mod cortex;
mod defaults;
mod held_command;
mod learning;
mod muscles;
mod plain_synapses;
mod runs;
mod second_program;
