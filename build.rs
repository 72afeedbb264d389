//! Records the commit that a binary was built from; it goes to `DIR/runs/` only, never into results.

use std::process::Command;

fn main() {
    let commit = git(&["describe", "--always", "--dirty", "--abbrev=12"]);
    println!("cargo:rustc-env=MICROZONE_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
    // Grows with every commit and checkout; in a linked work tree it is not below `.git`.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"]);
    println!("cargo:rerun-if-changed={}", log.as_deref().unwrap_or("build.rs"));
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
}
