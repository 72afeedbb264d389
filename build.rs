//! Records the commit that a binary was built from; it goes to `DIR/runs/` and `--version`, never into results.

use std::path::Path;
use std::process::Command;

/// What the program is made of. Changes of anything else leave it that of the commit.
const SOURCES: [&str; 4] = ["src", "build.rs", "Cargo.toml", "Cargo.lock"];

fn main() {
    let commit = commit();
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let remark = commit.as_ref().map(|commit| format!(" ({commit})")).unwrap_or_default();
    println!("cargo:rustc-env=MICROZONE_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
    println!("cargo:rustc-env=MICROZONE_VERSION={version}{remark}");
    SOURCES.iter().for_each(|source| println!("cargo:rerun-if-changed={source}"));
    // One of these changes with every commit and checkout. In a linked work tree they are not below `.git`.
    for file in ["HEAD", "logs/HEAD", "packed-refs"] {
        let path = git(&["rev-parse", "--git-path", file]).filter(|path| Path::new(path).exists());
        path.iter().for_each(|path| println!("cargo:rerun-if-changed={path}"));
    }
}

/// Twelve digits of the commit, with a remark if the sources are not as they are there. None if this is not a work tree
/// of git: a package that was unpacked inside another repository is not of its commit.
fn commit() -> Option<String> {
    let root = std::env::var("CARGO_MANIFEST_DIR").ok()?;
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != Path::new(&root).canonicalize().ok()? {
        return None;
    }
    // Not `describe`: its text depends on the tags that are there.
    let commit: String = git(&["rev-parse", "HEAD"])?.chars().take(12).collect();
    let status = ["--no-optional-locks", "status", "--porcelain", "--"];
    let changes = git(&[&status[..], &SOURCES].concat())?;
    Some(if changes.is_empty() { commit } else { format!("{commit}-dirty") })
}

fn git(arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    // Set inside hooks, where they may be those of another repository.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    let output = command.args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
}
