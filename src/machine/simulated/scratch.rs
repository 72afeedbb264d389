//! Files of simulated disks for libraries that open files themselves.

use std::path::Path;

/// A real file with the bytes of a simulated one, for libraries that open files themselves.
#[derive(Debug)]
pub(crate) struct Scratch(tempfile::TempPath);

impl Scratch {
    pub(super) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let file = tempfile::NamedTempFile::new_in(folder).expect("a scratch file");
        let path = file.into_temp_path();
        std::fs::remove_file(&path).expect("a scratch file is removed");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}
