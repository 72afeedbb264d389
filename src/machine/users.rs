//! The users of this machine.

use nix::unistd::{Uid, User};

/// The name of the user with this number, if it has one.
pub(crate) fn name(number: u32) -> Option<String> {
    User::from_uid(Uid::from_raw(number)).ok().flatten().map(|user| user.name)
}
