//! The machine that the program runs on: files, clock, threads and processes.
//!
//! All that scheduler and store ask of files, clocks, threads and processes goes through here. In tests the same calls
//! may go to a simulated machine, which loses power, fills its disk, delays and kills as a seed has it.

pub(crate) mod clock;
pub(crate) mod coverage;
pub(crate) mod files;
pub(crate) mod last_words;
pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod sabotage;
pub(crate) mod threads;
pub(crate) mod users;

#[cfg(test)]
pub(crate) mod simulated;

/// In tests, hands a call to the simulated machine if this thread runs on one.
macro_rules! or_simulated {
    ($machine:ident => $call:expr) => {
        #[cfg(test)]
        if let Some($machine) = crate::machine::simulated::here() {
            return $call;
        }
    };
}

pub(crate) use or_simulated;
