//! Leases in files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use serde_json::{Value, json};

use super::content::{Content, Purpose, Stage};
use super::process::{Life, Process};
use super::sighting::{Reading, observe, read, reduce_lease};
use super::wait::{Settled, await_free, remove_stale};
use super::watch::Rule;
use super::*;
use crate::store::StoreError;
use crate::store::atomic::Staged;

static NEVER: AtomicBool = AtomicBool::new(false);

fn run_at(path: &Path) -> Lease {
    Lease::create(path, Purpose::Run).unwrap().unwrap()
}

fn seen(path: &Path) -> Sighting {
    observe(path).unwrap().unwrap()
}

/// A lease of this process with some fields changed, and no heart.
fn leave(path: &Path, purpose: Purpose, changes: &[(&str, Value)]) {
    let content = Content::new(purpose, Process::own(), "left".into());
    let mut fields: Value = serde_json::from_str(&content.text().unwrap()).unwrap();
    changes.iter().for_each(|(name, value)| *fields.get_mut(*name).unwrap() = value.clone());
    fs::write(path, fields.to_string()).unwrap();
}

fn elsewhere() -> (&'static str, Value) {
    ("boot_id", json!("of another machine"))
}

fn dead() -> (&'static str, Value) {
    ("process_start", json!(1))
}

fn claimed(
    runs: &Path,
    next: impl Fn() -> Result<u32, StoreError>,
    interrupted: &AtomicBool,
    on_wait: &mut dyn FnMut(&Sighting),
) -> Result<Option<(u32, Lease)>, StoreError> {
    let claim = claim_run(runs, Purpose::Run, next, interrupted, on_wait)?;
    Ok(claim.map(|Claim { run, lease, .. }| (run, lease)))
}

fn claim(runs: &Path, next: u32) -> Result<Option<(u32, Lease)>, StoreError> {
    claimed(runs, || Ok(next), &NEVER, &mut |_| {})
}

fn refusal(claimed: Result<Option<(u32, Lease)>, StoreError>) -> String {
    match claimed {
        Err(error @ StoreError::Locked { .. }) => error.to_string(),
        Err(error) => panic!("{error}"),
        Ok(claimed) => panic!("got through: {:?}", claimed.map(|(run, _)| run)),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn within(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < limit {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

mod held {
    use super::*;

    #[test]
    fn one_that_was_given_up_and_could_not_be_removed_is_stale() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        leave(&path, Purpose::Run, &[("stage", json!("ended"))]);
        assert_eq!(seen(&path).life, Life::Dead);
    }

    #[test]
    fn one_holds_it_until_it_is_released() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        let lease = run_at(&path);
        assert!(Lease::create(&path, Purpose::Run).unwrap().is_none());
        let sighting = seen(&path);
        assert_eq!((sighting.name.as_str(), sighting.life), ("run-0001", Life::Alive));
        assert!(sighting.holder.contains(&format!("pid {}, since 20", std::process::id())), "{}", sighting.holder);
        assert!(lease.check().is_ok());
        let flag = lease.lost_flag();
        let start = Instant::now();
        drop(lease);
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
        assert!(!path.exists() && !flag.load(Ordering::Relaxed));
        run_at(&path);
    }

    #[test]
    fn the_counter_grows_in_a_text_of_one_length_that_every_reader_understands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        let _lease = run_at(&path);
        let length = fs::metadata(&path).unwrap().len();
        let first = seen(&path);
        let mut newest = first.clone();
        assert!(within(Duration::from_secs(10), || {
            newest = seen(&path);
            assert_eq!(fs::metadata(&path).unwrap().len(), length);
            assert_eq!(newest.beat.token, first.beat.token);
            newest.beat.counter >= 2
        }));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("{\n  \"format\": 1,\n") && text.ends_with('\n'), "{text}");
    }

    #[test]
    fn it_is_lost_for_good_when_the_file_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        let lease = run_at(&path);
        let flag = lease.lost_flag();
        let text = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let error = lease.check().unwrap_err();
        assert!(matches!(&error, StoreError::LeaseLost { .. }) && error.to_string().contains("gone"), "{error}");
        assert!(flag.load(Ordering::Relaxed));
        fs::write(&path, text).unwrap();
        assert!(lease.check().is_err());
        drop(lease);
        assert!(path.exists(), "the file of somebody else was removed");
    }

    #[test]
    fn the_heart_notices_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        let lease = run_at(&path);
        fs::remove_file(&path).unwrap();
        let flag = lease.lost_flag();
        assert!(within(Duration::from_secs(10), || flag.load(Ordering::Relaxed)));
    }

    #[test]
    fn it_is_lost_when_another_file_or_another_token_is_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        let lease = run_at(&path);
        let copy = folder.path().join("copy");
        fs::copy(&path, &copy).unwrap();
        fs::rename(&copy, &path).unwrap();
        assert!(lease.check().unwrap_err().to_string().contains("another file"));
        drop(lease);
        assert!(path.exists());
        fs::remove_file(&path).unwrap();
        let lease = run_at(&path);
        leave(&path, Purpose::Run, &[("host", json!("n9"))]);
        assert!(lease.check().unwrap_err().to_string().contains("host n9"));
        assert!(path.exists());
    }

    #[test]
    fn a_torn_file_is_not_a_lost_one_and_is_mended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        let lease = run_at(&path);
        fs::write(&path, "{\n  \"form").unwrap();
        assert!(lease.check().is_ok());
        assert!(within(Duration::from_secs(10), || Content::parse(&fs::read(&path).unwrap()).is_some()));
        assert!(lease.check().is_ok());
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = Lease::create(Path::new("/nowhere/run-0001.lease"), Purpose::Run).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("/nowhere/run-0001.lease"));
    }
}

mod seen_by_others {
    use super::*;

    #[test]
    fn a_torn_reading_is_repeated() {
        let whole = Content::new(Purpose::Run, Process::own(), "token".into());
        let text = whole.text().unwrap().into_bytes();
        let mut readings = [text[..40].to_vec(), Vec::new(), text.clone()].into_iter();
        assert_eq!(read(|| Ok(readings.next().unwrap())).unwrap(), Reading::Whole(whole));
        assert_eq!(read(|| Ok(b"never whole".to_vec())).unwrap(), Reading::Unreadable(b"never whole".to_vec()));
        assert!(read(|| Err(std::io::Error::from_raw_os_error(5))).is_err());
    }

    #[test]
    fn what_cannot_be_read_has_an_unknown_holder_and_beats_when_its_bytes_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        leave(&path, Purpose::Run, &[("format", json!(2))]);
        let later = seen(&path);
        assert_eq!(later.life, Life::Unknown);
        assert_eq!(seen(&path).beat, later.beat);
        leave(&path, Purpose::Run, &[("format", json!(2)), ("counter", json!(1))]);
        assert_ne!(seen(&path).beat, later.beat);
        assert_eq!(observe(&folder.path().join("none.lease")).unwrap(), None);
    }

    #[test]
    fn a_stale_lease_is_removed_unless_it_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        leave(&path, Purpose::Run, &[dead()]);
        let stale = seen(&path);
        leave(&path, Purpose::Run, &[dead(), ("counter", json!(9))]);
        assert!(!remove_stale(&path, &stale).unwrap());
        assert!(path.exists());
        assert!(remove_stale(&path, &seen(&path)).unwrap());
        assert!(!path.exists());
        assert!(remove_stale(&path, &stale).unwrap());
    }

    #[test]
    fn a_holder_elsewhere_lives_as_soon_as_its_beat_moves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0001.lease");
        leave(&path, Purpose::Run, &[elsewhere()]);
        let mut told = 0;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(700));
                leave(&path, Purpose::Run, &[elsewhere(), ("counter", json!(1))]);
            });
            let settled = await_free(&path, Rule::Run, &NEVER, &mut |other| {
                told += 1;
                assert!(other.may_still_live().starts_with("run-0001 on host "), "{}", other.may_still_live());
            });
            assert!(matches!(settled, Ok(Settled::Lives(_))));
        });
        assert_eq!(told, 1);
        let interrupted = AtomicBool::new(true);
        assert!(matches!(await_free(&path, Rule::Run, &interrupted, &mut |_| {}), Ok(Settled::Interrupted)));
    }
}

mod claims {
    use super::*;

    #[test]
    fn of_two_that_start_at_once_exactly_one_wins() {
        for round in 0..100 {
            let folder = tempfile::tempdir().unwrap();
            let (both, decided) = (Barrier::new(2), Barrier::new(2));
            let start = || {
                both.wait();
                let claimed = claim(folder.path(), 1);
                decided.wait();
                match claimed {
                    Ok(claimed) => claimed.is_some(),
                    Err(StoreError::Locked { .. }) => false,
                    Err(error) => panic!("{error}"),
                }
            };
            let won = std::thread::scope(|scope| {
                [scope.spawn(start), scope.spawn(start)].map(|thread| thread.join().unwrap())
            });
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}");
            assert_eq!(names(folder.path()), [""; 0]);
        }
    }

    #[test]
    fn of_eight_that_start_at_different_moments_at_most_one_works_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let working = AtomicBool::new(false);
        let won = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for thread in 0..8_u64 {
                let (folder, working, won) = (&folder, &working, &won);
                scope.spawn(move || {
                    for attempt in 0..20 {
                        std::thread::sleep(Duration::from_millis((thread * 7 + attempt * 13) % 20));
                        if let Ok(Some((_, lease))) = claim(folder.path(), 1) {
                            assert!(!working.swap(true, Ordering::SeqCst), "two at once");
                            std::thread::sleep(Duration::from_millis(5));
                            assert!(lease.check().is_ok());
                            working.store(false, Ordering::SeqCst);
                            won.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        assert!(won.load(Ordering::SeqCst) > 0);
    }

    #[test]
    fn a_number_is_not_used_twice() {
        let folder = tempfile::tempdir().unwrap();
        let (run, lease) = claim(folder.path(), 7).unwrap().unwrap();
        assert_eq!((run, names(folder.path())), (7, vec!["run-0007.lease".to_string()]));
        drop(lease);
        // The run that used the number 1 came and went between looking and creating.
        let looks = std::cell::Cell::new(0);
        let next = || {
            looks.set(looks.get() + 1);
            Ok(if looks.get() == 1 { 1 } else { 2 })
        };
        assert_eq!(claimed(folder.path(), next, &NEVER, &mut |_| {}).unwrap().unwrap().0, 2);
    }

    #[test]
    fn the_dead_are_cleared_away_and_the_living_are_named() {
        let folder = tempfile::tempdir().unwrap();
        leave(&folder.path().join("run-0003.lease"), Purpose::Run, &[dead()]);
        let (run, lease) = claim(folder.path(), 1).unwrap().unwrap();
        assert_eq!((run, names(folder.path())), (4, vec!["run-0004.lease".to_string()]));
        let refused = refusal(claim(folder.path(), 1));
        assert!(refused.contains("another run is working here: host"), "{refused}");
        assert!(refused.contains(&format!("pid {}", std::process::id())), "{refused}");
        assert_eq!(names(folder.path()), ["run-0004.lease"]);
        drop(lease);
        claim(folder.path(), 1).unwrap().unwrap();
    }

    #[test]
    fn a_suspended_run_is_refused_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
        let stat = || fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        assert!(within(Duration::from_secs(10), || stat().contains(") T ")));
        let start: u64 = stat().rsplit_once(')').unwrap().1.split(' ').nth(20).unwrap().parse().unwrap();
        let fields = [("pid", json!(child.id())), ("process_start", json!(start))];
        leave(&folder.path().join("run-0001.lease"), Purpose::Run, &fields);
        let refused = refusal(claim(folder.path(), 1));
        assert!(refused.contains(", suspended"), "{refused}");
        assert_eq!(living_run(folder.path()).unwrap().unwrap().state, LivingState::Stopped);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(claim(folder.path(), 1).unwrap().is_some());
    }

    /// The number was chosen before a higher run began, and the lease created after it had listed all leases.
    #[test]
    fn one_that_is_late_gives_way_to_a_higher_one_that_works() {
        let folder = tempfile::tempdir().unwrap();
        let higher = std::cell::RefCell::new(None);
        let next = || {
            higher.borrow_mut().get_or_insert_with(|| claim(folder.path(), 5).unwrap().unwrap());
            Ok(1)
        };
        refusal(claimed(folder.path(), next, &NEVER, &mut |_| {}));
        assert_eq!(names(folder.path()), ["run-0005.lease"]);
    }

    /// Claims 1 next to a run 5 that was created when the number 1 had been chosen, and `becomes` something soon after.
    fn beside_a_higher_one(becomes: impl FnOnce(Lease) + Send) -> Result<Option<(u32, Lease)>, StoreError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0005.lease");
        std::thread::scope(|scope| {
            let becomes = std::cell::Cell::new(Some(becomes));
            let next = || {
                if let Some(becomes) = becomes.take() {
                    let lease = run_at(&path);
                    scope.spawn(move || {
                        std::thread::sleep(Duration::from_millis(400));
                        becomes(lease);
                    });
                }
                Ok(1)
            };
            claimed(folder.path(), next, &NEVER, &mut |_| {})
        })
    }

    #[test]
    fn a_higher_one_that_is_starting_is_waited_for_until_it_gives_way_or_works() {
        assert_eq!(beside_a_higher_one(drop).unwrap().unwrap().0, 1);
        refusal(beside_a_higher_one(|lease| {
            lease.begin_work().unwrap();
            std::thread::sleep(Duration::from_secs(2));
        }));
    }

    #[test]
    fn an_interrupted_wait_leaves_no_lease() {
        let folder = tempfile::tempdir().unwrap();
        leave(&folder.path().join("run-0001.lease"), Purpose::Run, &[elsewhere()]);
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        let told = &mut |other: &Sighting| {
            assert_eq!(other.name, "run-0001");
            flag.store(true, Ordering::Relaxed);
        };
        assert!(claimed(folder.path(), || Ok(1), &interrupted, told).unwrap().is_none());
        assert_eq!(names(folder.path()), ["run-0001.lease"]);
    }
}

mod living {
    use super::*;

    fn state(runs: &Path) -> Option<(u32, LivingState)> {
        living_run(runs).unwrap().map(|run| (run.run, run.state))
    }

    #[test]
    fn on_this_boot_it_is_known_at_once() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(state(&folder.path().join("no such folder")), None);
        leave(&folder.path().join("run-0003.lease"), Purpose::Run, &[dead()]);
        assert_eq!(state(folder.path()), None);
        let (_, lease) = claim(folder.path(), 1).unwrap().unwrap();
        leave(&folder.path().join("run-0007.lease"), Purpose::Run, &[dead()]);
        let start = Instant::now();
        assert_eq!(state(folder.path()), Some((4, LivingState::Running)));
        assert!(start.elapsed() < Duration::from_secs(1));
        drop(lease);
        assert_eq!(names(folder.path()), ["run-0007.lease"]);
    }

    #[test]
    fn elsewhere_it_runs_if_a_beat_comes_within_3_s_and_else_is_stalled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run-0002.lease");
        leave(&path, Purpose::Run, &[elsewhere(), ("host", json!("n9"))]);
        let start = Instant::now();
        let found = living_run(folder.path()).unwrap().unwrap();
        assert!((3..5).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        assert_eq!((found.run, found.state), (2, LivingState::Stalled));
        assert!(found.holder.starts_with("host n9, pid "), "{}", found.holder);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_secs(1));
                leave(&path, Purpose::Run, &[elsewhere(), ("counter", json!(1))]);
            });
            assert_eq!(state(folder.path()), Some((2, LivingState::Running)));
        });
        assert_eq!(names(folder.path()), ["run-0002.lease"]);
    }
}

mod reducing {
    use super::*;

    struct Results {
        folder: tempfile::TempDir,
    }

    impl Results {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            ["runs", "tables"].iter().for_each(|name| fs::create_dir(folder.path().join(name)).unwrap());
            Self { folder }
        }

        fn root(&self) -> &Path {
            self.folder.path()
        }

        fn lease(&self) -> PathBuf {
            reduce_lease(&self.root().join("runs"))
        }

        fn acquire(&self) -> Lease {
            acquire_reduce(self.root(), &NEVER, &mut |_| {}).unwrap().unwrap()
        }
    }

    #[test]
    fn the_second_waits_for_the_first() {
        let results = Results::new();
        let first = results.acquire();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // Longer than a holder that stands still is waited for.
                std::thread::sleep(Duration::from_secs(7));
                assert!(first.check().is_ok());
                done.store(true, Ordering::SeqCst);
                drop(first);
            });
            let mut told = 0;
            let second = acquire_reduce(results.root(), &NEVER, &mut |other| {
                told += 1;
                assert!(
                    other.is_reducing().contains(&format!("pid {}", std::process::id())),
                    "{}",
                    other.is_reducing()
                );
            });
            let second = second.unwrap().unwrap();
            assert!(done.load(Ordering::SeqCst), "the first was deposed");
            assert!(second.check().is_ok() && told == 1);
        });
        assert!(!results.lease().exists());
    }

    #[test]
    fn one_that_stands_still_is_deposed_and_can_publish_nothing() {
        let results = Results::new();
        let mut suspended = Command::new("sleep").arg("1000").spawn().unwrap();
        rustix::process::kill_process(Pid::from_child(&suspended), Signal::STOP).unwrap();
        let start = fs::read_to_string(format!("/proc/{}/stat", suspended.id())).unwrap();
        let start: u64 = start.split(' ').nth(21).unwrap().parse().unwrap();
        leave(&results.lease(), Purpose::Reduce, &[("pid", json!(suspended.id())), ("process_start", json!(start))]);
        let (results_file, table) = (results.root().join("results.h5"), results.root().join("tables/a.csv"));
        // What the deposed one does when it wakes up, in the middle of its work.
        let publish = |path: &Path, meanwhile: &mut dyn FnMut()| {
            let staged = Staged::of_bytes(path, b"late").unwrap();
            meanwhile();
            staged.commit()
        };
        let start = Instant::now();
        let mut second = None;
        let published = publish(&results_file, &mut || {
            let late = publish(&table, &mut || second = Some(results.acquire()));
            assert!(late.is_err());
        });
        assert!(published.is_err() && !results_file.exists() && !table.exists());
        assert!((5..8).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        assert!(second.unwrap().check().is_ok());
        suspended.kill().unwrap();
        suspended.wait().unwrap();
    }

    #[test]
    fn a_dead_one_is_replaced_at_once_and_loses_its_temporary_files() {
        let results = Results::new();
        leave(&results.lease(), Purpose::Reduce, &[dead()]);
        for name in [".results.h5.7-0.temporary", "tables/.a.csv.7-0.temporary", ".sweep.toml.7-0.temporary"] {
            fs::write(results.root().join(name), "").unwrap();
        }
        let start = Instant::now();
        let lease = results.acquire();
        assert!(start.elapsed() < Duration::from_secs(1));
        assert_eq!(names(results.root()), ["runs", "tables"]);
        assert_eq!(names(&results.root().join("tables")), [""; 0]);
        drop(lease);
        assert!(!results.lease().exists());
    }

    #[test]
    fn a_wait_can_be_interrupted() {
        let results = Results::new();
        let _first = results.acquire();
        assert!(acquire_reduce(results.root(), &AtomicBool::new(true), &mut |_| {}).unwrap().is_none());
    }

    #[test]
    fn a_reduce_works_from_the_first() {
        assert_eq!(Content::new(Purpose::Reduce, Process::own(), "token".into()).stage, Stage::Working);
        assert_eq!(Content::new(Purpose::Run, Process::own(), "token".into()).stage, Stage::Starting);
    }
}

/// Shares let each other in, dead ones go, and a run keeps them out as it keeps out any other.
#[test]
fn shares_work_next_to_each_other_and_next_to_no_other_run() {
    let folder = tempfile::tempdir().unwrap();
    let share = |next: u32| claim_run(folder.path(), Purpose::Share, || Ok(next), &NEVER, &mut |_| {});
    let first = share(1).unwrap().unwrap();
    let second = share(1).unwrap().unwrap();
    assert_eq!((first.others.len(), second.run, second.others), (0, 2, [1].into()));
    assert!(refusal(claim(folder.path(), 1)).contains("another run is working here"));
    // Nothing waits for a dead one.
    drop(first);
    leave(&folder.path().join("run-0007.lease"), Purpose::Share, &[dead()]);
    let third = share(1).unwrap().unwrap();
    assert_eq!((third.run, third.others), (8, [2].into()));
    assert!(!folder.path().join("run-0007.lease").exists());
    drop((second.lease, third.lease));
    let run = claim(folder.path(), 1).unwrap().unwrap();
    assert!(share(1).is_err_and(|error| error.to_string().contains("another run is working here")));
    drop(run);
    assert!(share(1).unwrap().is_some());
}
