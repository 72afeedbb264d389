//! The program on file systems that fail: every system call that it makes there fails, one after the other, or is its
//! last.
//!
//! `shim.c`, which the tests compile, is loaded into the program with LD_PRELOAD. What is asked in every case: no
//! record that was there is lost, nothing wrong is published, the exit code is in docs/reference/exit-codes.md, the
//! file is named, and the same command then gives the bytes of an undisturbed run.
//!
//! Each test prints a table, `cargo test --all-features --test faults -- --nocapture` shows them. What takes longer is
//! ignored: `cargo test --all-features --test faults -- --ignored --nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, in its helpers too"
)]

mod bench;
mod crash;
mod every;
mod judge;
#[path = "../run/launch.rs"]
#[allow(dead_code, reason = "shared with tests/run")]
mod launch;
mod locks;
mod mishaps;
#[path = "../run/place.rs"]
#[allow(dead_code, reason = "shared with tests/run")]
mod place;
#[path = "../run/products.rs"]
#[allow(dead_code, reason = "shared with tests/run")]
mod products;
#[path = "../run/running.rs"]
#[allow(dead_code, reason = "shared with tests/run")]
mod running;
mod shim;
mod soak;
mod strikes;
mod table;
mod trial;
mod wounds;
