//! Records the commit that a binary was built from; it goes to `DIR/runs/` only, never into results.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=.git/HEAD");
    println!("cargo:rerun-if-changed=.git/refs");
    let output = Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=12"]).output();
    let commit = output.ok().filter(|output| output.status.success()).map(|output| output.stdout).unwrap_or_default();
    let commit = String::from_utf8_lossy(&commit).trim().to_string();
    println!("cargo:rustc-env=MICROZONE_COMMIT={}", if commit.is_empty() { "unknown" } else { &commit });
}
