//! The program itself.

use super::or_simulated;

/// Its version, such as `0.9.0`. Simulated machines may be given a newer program.
pub(crate) fn version() -> &'static str {
    or_simulated!(machine => machine.program_version());
    env!("CARGO_PKG_VERSION")
}
