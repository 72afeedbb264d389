//! What must not depend on how it was computed: the results file and the tables, byte for byte.

use std::collections::BTreeMap;
use std::path::Path;

use crate::place::listed;

/// File names and their bytes.
#[derive(Clone, PartialEq)]
pub(crate) struct Products {
    files: BTreeMap<String, Vec<u8>>,
}

impl Products {
    pub(crate) fn read(out: &str) -> Self {
        let mut files = BTreeMap::from([("results.h5".to_string(), read(&format!("{out}/results.h5")))]);
        for path in listed(&format!("{out}/tables")) {
            files.insert(path.strip_prefix(out).unwrap().to_string(), read(&path));
        }
        assert!(files.len() > 1, "{out} has no tables");
        Self { files }
    }

    /// # Panics
    /// A byte differs; `how` names the computation.
    pub(crate) fn assert_equal(&self, other: &Self, how: &str) {
        let names = |products: &Self| products.files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(self), names(other), "{how}");
        for (name, bytes) in &self.files {
            let found = &other.files[name];
            let first = bytes.iter().zip(found).position(|(left, right)| left != right);
            let lengths = (bytes.len(), found.len());
            assert!(bytes == found, "{how}: {name} differs at byte {first:?}, lengths {lengths:?}");
        }
    }
}

/// A hash of every file's name and bytes below a folder; the lock shows only who came last.
pub(crate) fn tree(folder: &str) -> BTreeMap<String, String> {
    let mut hashes = BTreeMap::new();
    for path in listed(folder).into_iter().filter(|path| !path.ends_with("/lock")) {
        if Path::new(&path).is_dir() {
            hashes.insert(path.clone(), "folder".to_string());
            hashes.extend(tree(&path));
        } else {
            let hash = blake3::hash(&read(&path)).to_hex().to_string();
            hashes.insert(path, hash);
        }
    }
    hashes
}

fn read(path: &str) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
