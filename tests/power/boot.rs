//! Another boot id after each power cut, as a machine has that starts again.

use std::fs;
use std::path::{Path, PathBuf};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

/// The boot id that this thread sees, and whatever it launches.
pub(crate) struct Boot {
    file: PathBuf,
    count: u32,
}

impl Boot {
    /// Only root may have one.
    pub(crate) fn new(folder: &Path) -> Option<Self> {
        if !nix::unistd::geteuid().is_root() {
            return None;
        }
        unshare(CloneFlags::CLONE_NEWNS).unwrap();
        let none = None::<&str>;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).unwrap();
        let mut boot = Self { file: folder.join("boot_id"), count: 0 };
        boot.again();
        mount(Some(&boot.file), "/proc/sys/kernel/random/boot_id", none, MsFlags::MS_BIND, none).unwrap();
        Some(boot)
    }

    pub(crate) fn again(&mut self) {
        self.count += 1;
        fs::write(&self.file, format!("{:08x}-0000-4000-8000-000000000000\n", self.count)).unwrap();
    }
}
