//! The power is cut: the program on a disk that keeps nothing that was not synced.
//!
//! The disk is a file system in memory, mounted by FUSE from a thread of the test. It needs `/dev/fuse` and root (or
//! `fusermount3`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, in its helpers too"
)]

mod boot;
mod cuts;
mod disk;
mod disk_tests;
mod file;
mod folder;
#[path = "../run/launch.rs"]
#[allow(dead_code, reason = "shared with the tests of runs, which need more of it")]
mod launch;
mod mount;
#[path = "../run/place.rs"]
#[allow(dead_code, reason = "shared with the tests of runs, which need more of it")]
mod place;
#[path = "../run/products.rs"]
#[allow(dead_code, reason = "shared with the tests of runs, which need more of it")]
mod products;
mod report;
#[path = "../run/running.rs"]
#[allow(dead_code, reason = "shared with the tests of runs, which need more of it")]
mod running;
