//! How often a run asks for files.

use std::time::Duration;

use super::history::{launch, options};
use super::sweeps::Case;
use crate::machine::simulated::World;
use crate::random::RandomStream;

/// Calls of a first run of so many tasks, and of a second run that finds all of them done, without the writes.
fn calls(tasks: usize) -> [usize; 2] {
    let folder = tempfile::tempdir().unwrap();
    let sweep = folder.path().join("sweep.toml");
    let text = format!("[sweep]\nname = \"calls\"\nexperiment = \"null\"\nreplicates = {tasks}\n");
    std::fs::write(&sweep, text).unwrap();
    let case = Case { sweep, options: &[], kills: false };
    let world = World::new(RandomStream::from_seed([3; 32]), true);
    [(); 2].map(|()| {
        world.log_everything();
        let launched = launch(&world, 1, true, &options(&case, 1, &[]));
        assert!(world.run(launched, Duration::from_secs(1000)), "the run ends");
        assert_eq!(world.exit(launched), Some(0));
        let is_counted =
            |line: &&String| [" Look ", " Name ", " Rename ", " Sync "].iter().any(|kind| line.contains(kind));
        world.logged().iter().filter(is_counted).count()
    })
}

#[test]
fn more_tasks_ask_for_no_more_files() {
    let (few, many) = (calls(10), calls(5000));
    assert!(few[0] > 20 && few[1] > 10, "{few:?}");
    // Larger files take longer, so that a lease is looked at some times more.
    assert!((0..2).all(|run| many[run] < few[run] + few[run] / 10), "{few:?}, {many:?}");
}
