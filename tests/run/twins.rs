//! Every small sweep of the papers, computed in several ways. Too slow for every change: `make test-long`.

use std::path::Path;

use crate::launch::Launcher;
use crate::place::{Place, listed};
use crate::products::Products;

#[test]
#[ignore = "takes half an hour: `make test-long`"]
fn every_small_sweep_has_the_same_bytes_however_it_is_computed() {
    let sweeps = Path::new(env!("CARGO_MANIFEST_DIR")).join("sweeps");
    let mut files = Vec::new();
    for paper in listed(sweeps.to_str().unwrap()) {
        files.extend(listed(&format!("{paper}/small")));
    }
    assert!(files.len() > 25, "{files:?}");
    for file in files {
        let place = Place::new();
        let computed = |launcher: Launcher, threads: &str| {
            let out = place.path(&format!("{launcher:?}-{threads}"));
            launcher.run(&["run", &file, "--out", &out, "--threads", threads]).expect(0);
            Products::read(&out)
        };
        let reference = computed(Launcher::WithoutMpi, "1");
        for (launcher, threads) in [(Launcher::Alone, "2"), (Launcher::Ranks(2), "1"), (Launcher::Ranks(3), "2")] {
            reference.assert_equal(&computed(launcher, threads), &format!("{file}, {launcher:?}, {threads} threads"));
        }
    }
}
