use std::cell::RefCell;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::machine::clock::Moment;
use crate::machine::files::{self, Access, File};
use crate::machine::threads::{self, News, lock};
use crate::random::RandomStream;

fn world(seed: u8) -> Rc<World> {
    World::new(RandomStream::from_seed([seed; 32]), true)
}

const LONG: Duration = Duration::from_secs(1000);

#[test]
fn time_passes_only_in_the_simulation_and_threads_take_turns() {
    let world = world(1);
    let launch = world.launch(2, true, |rank| {
        let begun = Moment::now();
        threads::sleep(Duration::from_secs(3600));
        assert_eq!(begun.elapsed(), Duration::from_secs(3600));
        rank as i32
    });
    let real = std::time::Instant::now();
    assert!(world.run(launch, 4 * LONG) && real.elapsed() < Duration::from_secs(10));
    assert_eq!(world.exit(launch), Some(0));
}

#[test]
fn news_wakes_a_thread_and_its_end_another() {
    let world = world(2);
    let launch = world.launch(1, true, |_| {
        let shared = Arc::new((Mutex::new(0), News::default()));
        let own = Arc::clone(&shared);
        let thread = threads::start("test", move || {
            threads::sleep(Duration::from_secs(5));
            *lock(&own.0) = 7;
            own.1.tell();
        });
        let begun = Moment::now();
        let mut value = lock(&shared.0);
        value = shared.1.wait(&shared.0, value, Some(Duration::from_secs(1)));
        assert_eq!((*value, begun.elapsed().as_secs()), (0, 1));
        while *value == 0 {
            value = shared.1.wait(&shared.0, value, None);
        }
        drop(value);
        thread.unwrap().join();
        let mut beats = 0;
        let outcome = threads::beside(
            || {
                threads::sleep(Duration::from_secs(10));
                11
            },
            Duration::from_secs(1),
            || beats += 1,
        );
        assert!(outcome == 11 && (10..=11).contains(&beats), "{beats}");
        begun.elapsed().as_secs() as i32
    });
    assert!(world.run(launch, LONG));
    assert_eq!(world.exit(launch), Some(15));
}

#[test]
fn what_is_not_synced_may_be_lost_and_what_is_synced_is_not() {
    let mut lost = 0;
    for seed in 0..20 {
        let world = world(seed);
        let launch = world.launch(1, true, |_| {
            files::create_folder(Path::new("/scratch")).unwrap();
            files::sync_folder(Path::new("/")).unwrap();
            for name in ["/scratch/synced", "/scratch/unsynced"] {
                let mut file = File::open(Path::new(name), Access::New).unwrap();
                file.write_all(b"all of it").unwrap();
                if name == "/scratch/synced" {
                    file.sync_all().unwrap();
                    files::sync_folder(Path::new("/scratch")).unwrap();
                }
            }
            threads::sleep(LONG);
            0
        });
        world.pass(Duration::from_secs(1));
        world.strike(Fault::PowerCut);
        assert_eq!(world.exit(launch), Some(KILLED));
        let found = Rc::new(RefCell::new(Vec::new()));
        let own = Rc::clone(&found);
        let launch = world.launch(1, true, move |_| {
            own.borrow_mut()
                .extend(["/scratch/synced", "/scratch/unsynced"].map(|name| files::read(Path::new(name)).ok()));
            0
        });
        assert!(world.run(launch, LONG));
        assert_eq!(found.borrow()[0].as_deref(), Some(&b"all of it"[..]));
        lost += usize::from(found.borrow()[1].as_deref() != Some(b"all of it"));
    }
    assert!((5..20).contains(&lost), "{lost}");
}

#[test]
fn everybody_who_has_a_file_open_is_told_once_that_a_sync_has_failed() {
    let world = world(4);
    let path = Path::new("/written");
    let launch = world.launch(1, true, move |_| {
        let mut writer = File::open(path, Access::New).unwrap();
        files::sync_folder(Path::new("/")).unwrap();
        let reader = File::open(path, Access::Read).unwrap();
        writer.write_all(b"lost").unwrap();
        here().unwrap().world.set_rates(Rates { failed_sync: 1.0, ..Rates::none() });
        reader.sync_data().unwrap_err();
        here().unwrap().world.lift_faults();
        reader.sync_data().unwrap();
        File::open(path, Access::Read).unwrap().sync_data().unwrap();
        writer.sync_data().unwrap_err();
        writer.sync_data().unwrap();
        threads::sleep(LONG);
        0
    });
    world.pass(Duration::from_secs(1));
    world.strike(Fault::PowerCut);
    assert_eq!(world.exit(launch), Some(KILLED));
    assert_ne!(world.file(path).expect("its name was synced"), b"lost");
}

#[test]
fn a_killed_process_does_nothing_more_and_a_frozen_one_nothing_until_it_thaws() {
    let world = world(3);
    let launch = world.launch(2, false, |rank| {
        for count in 0..100 {
            let path = format!("/{rank}-{count}");
            File::open(Path::new(&path), Access::New).unwrap();
            threads::sleep(Duration::from_secs(1));
        }
        0
    });
    world.plan(Duration::from_millis(10_500), Fault::Freeze(0));
    world.plan(Duration::from_millis(20_500), Fault::Kill(1));
    world.plan(Duration::from_millis(60_500), Fault::Thaw(0));
    assert!(world.run(launch, LONG));
    assert_eq!(world.now().as_secs(), 1000 + 149, "it has stood still for 50 s, and slept on");
    let is_there = |path: &str| world.state.borrow_mut().disk.find(Path::new(path)).is_ok();
    assert!(is_there("/0-99") && is_there("/1-20") && !is_there("/1-21"));
}
