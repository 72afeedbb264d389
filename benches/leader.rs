//! Messages per second of rank 0: the leader by itself with the encoding of its messages, and in whole runs over MPI.
//!
//! `cargo bench --all-features --bench leader`. The cost of a message over MPI is the default of
//! `microzone plan --message-cost`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::process::Command;
use std::time::Instant;

use microzone::schedule::simulation::converse;

fn main() {
    println!("the leader by itself\n{:>8} {:>14} {:>12}", "ranks", "messages/s", "µs each");
    for ranks in [4, 256, 4096, 65_536] {
        let begun = Instant::now();
        let messages = converse(ranks, 400_000) as f64;
        let seconds = begun.elapsed().as_secs_f64();
        println!("{ranks:>8} {:>14.0} {:>12.2}", messages / seconds, 1e6 * seconds / messages);
    }
    println!("\nwhole runs over MPI, tasks that sleep 5 ms\n{:>8} {:>14} {:>12}", "ranks", "messages", "µs each");
    for ranks in [2, 4, 8] {
        let (messages, microseconds) = run(ranks);
        println!("{ranks:>8} {messages:>14} {microseconds:>12}");
    }
}

/// How many messages rank 0 of a whole run heard and sent, and the microseconds that each took it, as it says itself.
fn run(ranks: u32) -> (String, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sweep = folder.path().join("null.toml");
    let text = format!(
        "[sweep]\nname = \"null\"\nexperiment = \"null\"\nreplicates = {}\n[fixed]\nduration = 0.005\n",
        1500 * ranks
    );
    std::fs::write(&sweep, text).expect("the sweep file");
    let output = Command::new("mpirun")
        .args(["-n", &ranks.to_string(), env!("CARGO_BIN_EXE_microzone"), "run"])
        .arg(&sweep)
        .arg("--out")
        .arg(folder.path().join("out"))
        .args(["--threads", "1"])
        .env("MICROZONE_LOG", "debug")
        .output()
        .expect("mpirun starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let line = said.lines().find(|line| line.contains("rank 0 led for")).expect("what rank 0 says of its messages");
    let words: Vec<&str> = line.split_whitespace().collect();
    let before = |word: &str| words[words.iter().position(|known| *known == word).unwrap() - 1].to_string();
    (before("messages"), before("µs"))
}
