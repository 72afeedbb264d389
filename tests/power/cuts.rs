//! The power is cut at any stage of a run; the same command resumes, and nothing shows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use microzone::random::RandomStream;
use serde_json::Value;

use crate::boot::Boot;
use crate::disk::{Cut, Disk, Part, below};
use crate::launch::Launcher;
use crate::mount::{Mounted, fuse_is_here};
use crate::place::{Place, listed};
use crate::products::Products;
use crate::report::{Fault, Report, Table};
use crate::running::{Ended, Running, signal};

/// Three seconds of work for two threads: longer than any record may wait to be synced.
const SWEEP: &str = r#"
[sweep]
name = "power"
experiment = "null"
seed = 6
replicates = 30

[grid]
index = { start = 0, stop = 9, steps = 10 }

[fixed]
duration = 0.02
"#;

/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(2);
/// A journal is synced every second; a busy machine may take a little longer.
const LONGEST_WAIT: Duration = Duration::from_millis(1800);

/// When the power goes, and how.
#[derive(Clone, Copy)]
struct Plan {
    part: Part,
    cut: Cut,
    moment: Moment,
}

#[derive(Clone, Copy)]
enum Moment {
    Any,
    /// When nine tenths of what is done to the part is done.
    Late,
}

/// What does not depend on cuts.
struct Reference {
    place: Place,
    sweep: String,
    out: String,
    products: Products,
    /// How often a run does something to each part of its directory, alone and with two ranks.
    counts: [BTreeMap<Part, u64>; 2],
}

impl Reference {
    fn new() -> Self {
        let place = Place::new();
        let sweep = place.file("sweep.toml", SWEEP);
        let out = place.computed(&sweep, "reference", 0);
        let products = Products::read(&out);
        let counts = [Launcher::Alone, Launcher::Ranks(2)].map(|launcher| {
            let point = place.path("disk");
            let mounted = Mounted::new(Disk::new(), Path::new(&point));
            let disk_out = format!("{point}/results");
            launcher.start(&arguments(launcher, &sweep, &disk_out)).wait().expect(0);
            products.assert_equal(&Products::read(&disk_out), "on the disk in memory");
            mounted.unmount().counts()
        });
        Self { place, sweep, out, products, counts }
    }

    /// How often a run does something to this part of its directory before the power goes. A run that resumes has less
    /// to do.
    fn count(&self, launcher: Launcher, plan: Plan, resumes: bool, random: &mut RandomStream) -> u64 {
        let count = self.counts[launcher.ranks() - 1].get(&plan.part).copied().unwrap_or(1);
        match plan.moment {
            Moment::Any => below(random, count.div_ceil(if resumes { 3 } else { 1 }) as usize) as u64 + 1,
            Moment::Late => (count * 9).div_ceil(10),
        }
    }
}

fn arguments<'a>(launcher: Launcher, sweep: &'a str, out: &'a str) -> [&'a str; 6] {
    ["run", sweep, "--out", out, "--threads", if launcher.ranks() == 1 { "2" } else { "1" }]
}

/// One directory, from nothing to the end, with cuts between.
struct Computation<'a> {
    reference: &'a Reference,
    name: String,
    launcher: Launcher,
    point: String,
    out: String,
    boot: Option<Boot>,
    random: RandomStream,
    reports: Vec<Report>,
}

impl<'a> Computation<'a> {
    fn new(reference: &'a Reference, number: usize, seed: u64) -> Self {
        let launcher = [Launcher::Alone, Launcher::Ranks(2)][number % 2];
        let name = format!("computation {number}, {launcher:?}");
        let point = reference.place.path(&format!("disk-{number}"));
        let out = format!("{point}/results");
        let folder = reference.place.path(&format!("boot-{number}"));
        std::fs::create_dir(&folder).unwrap();
        let boot = Boot::new(Path::new(&folder));
        let key = [seed, number as u64].map(u64::to_le_bytes).concat();
        let random = RandomStream::from_seed(*blake3::hash(&key).as_bytes());
        Self { reference, name, launcher, point, out, boot, random, reports: Vec::new() }
    }

    /// Cuts the power as planned, one time after the other, and resumes to the end.
    fn run(mut self, plans: &[Plan]) -> Vec<Report> {
        let mut mounted = Mounted::new(Disk::new(), Path::new(&self.point));
        for plan in plans {
            mounted = self.cut(mounted, *plan);
        }
        let ended = self.end(self.start());
        let faults = match ended {
            Some(ended) if ended.code == Some(0) => self.faults_at_the_end(),
            Some(ended) => vec![(Fault::Refused, told("the last run", &ended))],
            None => vec![(Fault::Hung, format!("after {LIMIT:?}"))],
        };
        // What goes wrong at the end is laid to the last cut.
        self.reports.last_mut().unwrap().faults.extend(faults);
        mounted.unmount();
        self.reports
    }

    /// Launches the sweep, cuts the power, and looks at what is left; the disk with power again.
    fn cut(&mut self, mounted: Mounted, plan: Plan) -> Mounted {
        // Blocks that reached the disk out of order are distinguished from damage by the boot id, which only root can
        // change.
        let Plan { part, cut, .. } = Plan { cut: if self.boot.is_some() { plan.cut } else { Cut::Clean }, ..plan };
        let count = self.reference.count(self.launcher, plan, !self.reports.is_empty(), &mut self.random);
        mounted.disk().strike_at(part, count);
        let mut running = self.start();
        let deadline = Instant::now() + LIMIT;
        while !mounted.disk().is_dead() && !running.has_ended() && Instant::now() < deadline {
            std::thread::sleep(LOOK);
        }
        // A run that did not come that far has ended: the power goes then.
        let struck = mounted.disk().struck();
        mounted.disk().cut();
        let mut faults = Vec::new();
        let mut is_complete = false;
        if struck.is_some() {
            kill(running);
        } else if running.has_ended() {
            let ended = running.wait();
            is_complete = ended.code == Some(0);
            if !is_complete {
                faults.push((Fault::Refused, told("run", &ended)));
            }
        } else {
            kill(running);
            faults.push((Fault::Hung, format!("after {LIMIT:?}")));
        }
        let before = mounted.unmount();
        let mounted = Mounted::new(before.after(cut, &mut self.random), Path::new(&self.point));
        let waited = before.longest_unsynced(Part::Journal);
        if waited > LONGEST_WAIT {
            faults.push((Fault::Late, format!("a record waited for {waited:?}")));
        }
        self.boot.iter_mut().for_each(Boot::again);
        pass_a_minute(&self.out);
        let tasks_lost = self.look(&before, is_complete, &mut faults);
        let story = format!("{}, cut {}, {part:?} {count}", self.name, self.reports.len() + 1);
        self.reports.push(Report { part: struck.unwrap_or(Part::End), cut, story, faults, tasks_lost, waited });
        mounted
    }

    fn start(&self) -> Running {
        self.launcher.start(&arguments(self.launcher, &self.reference.sweep, &self.out))
    }

    /// Nothing if it does not end.
    fn end(&self, mut running: Running) -> Option<Ended> {
        let deadline = Instant::now() + LIMIT;
        while Instant::now() < deadline {
            if running.has_ended() {
                return Some(running.wait());
            }
            std::thread::sleep(LOOK);
        }
        kill(running);
        None
    }

    /// Compares what is left with what should be; the done tasks that are lost.
    fn look(&self, before: &Disk, is_complete: bool, faults: &mut Vec<(Fault, String)>) -> u64 {
        self.verify(faults);
        faults.extend(self.different());
        let left = done(&self.out, faults);
        let elsewhere = |disk: Disk| {
            let folder = tempfile::tempdir().unwrap();
            disk.copy_to(folder.path());
            let out = format!("{}/results", folder.path().display());
            pass_a_minute(&out);
            // What is damaged there is not what is left here.
            done(&out, &mut Vec::new())
        };
        let (promised, finished) = (elsewhere(before.promised()), elsewhere(before.finished()));
        if left < promised {
            faults.push((Fault::Lost, format!("{left} records are left of {promised} that had been synced")));
        }
        if is_complete && !Path::new(&format!("{}/results.h5", self.out)).exists() {
            faults.push((Fault::Lost, "a run had ended, and its results.h5 is gone".into()));
        }
        finished.saturating_sub(left)
    }

    fn verify(&self, faults: &mut Vec<(Fault, String)>) {
        let ended = Launcher::Alone.run(&["verify", &self.out]);
        let has_sweep = Path::new(&format!("{}/sweep.toml", self.out)).exists();
        if ended.code != Some(if has_sweep { 0 } else { 2 }) {
            faults.push((Fault::Damaged, told("verify", &ended)));
        }
    }

    /// The files, of those that there are, that differ from what an undisturbed run writes.
    fn different(&self) -> Vec<(Fault, String)> {
        let mut paths = listed(&format!("{}/tables", self.out));
        paths.push(format!("{}/results.h5", self.out));
        paths.retain(|path| Path::new(path).exists() && !path.contains(".temporary"));
        let differs = |path: &String| {
            let reference = path.replace(&self.out, &self.reference.out);
            std::fs::read(path).unwrap() != std::fs::read(reference).unwrap_or_default()
        };
        paths.into_iter().filter(differs).map(|path| (Fault::Different, path)).collect()
    }

    fn faults_at_the_end(&self) -> Vec<(Fault, String)> {
        let mut faults = Vec::new();
        if Products::read(&self.out) != self.reference.products {
            faults.push((Fault::Different, "after the last run".into()));
        }
        let ended = Launcher::Alone.run(&["verify", &self.out]);
        if ended.code != Some(0) {
            faults.push((Fault::Damaged, told("verify at the end", &ended)));
        }
        let folders = ["", "/shards", "/tables", "/runs", "/journal"].map(|folder| format!("{}{folder}", self.out));
        let left = folders.iter().flat_map(|folder| listed(folder));
        let untidy = left.filter(|path| path.contains(".temporary") || path.contains("/journal/"));
        faults.extend(untidy.map(|path| (Fault::Untidy, path)));
        faults
    }
}

/// A run waits as long as that before it believes that the holder of a lease under another boot id is dead.
fn pass_a_minute(out: &str) {
    let runs = listed(&format!("{out}/runs"));
    runs.iter().filter(|path| path.ends_with(".lease")).for_each(|path| std::fs::remove_file(path).unwrap());
}

/// The done tasks that `status` counts; none if there is no sweep.
fn done(out: &str, faults: &mut Vec<(Fault, String)>) -> u64 {
    let ended = Launcher::Alone.run(&["status", out, "--format", "json"]);
    let status: Option<Value> = match ended.code {
        Some(0 | 5) => serde_json::from_str(&ended.output).ok(),
        Some(2) => return 0,
        _ => None,
    };
    let Some(status) = status else {
        faults.push((Fault::Damaged, told("status", &ended)));
        return 0;
    };
    if status["damage"] != serde_json::json!([]) {
        faults.push((Fault::Damaged, format!("status: {}", status["damage"])));
    }
    status["done"].as_u64().unwrap()
}

/// What a program said when it ended otherwise than it should.
fn told(what: &str, ended: &Ended) -> String {
    format!("{what}, exit code {:?}: {}", ended.code, ended.errors.trim_end().replace('\0', "\\0"))
}

/// Ranks first: a launcher that sees one of them go ends the others.
fn kill(mut running: Running) {
    running.ranks().iter().for_each(|(_, pid)| signal(*pid, "KILL"));
    signal(running.pid(), "KILL");
    running.await_gone();
}

fn seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    std::env::var("MICROZONE_TEST_SEED").map_or(now, |seed| seed.parse().unwrap())
}

/// One cut in each stage of a run, so that a change that forgets a sync is noticed at once.
#[test]
fn five_power_cuts_leave_no_trace() {
    if !fuse_is_here("five_power_cuts_leave_no_trace") {
        return;
    }
    let (reference, seed) = (Reference::new(), seed());
    let any = |part, cut| Plan { part, cut, moment: Moment::Any };
    let mut reports = Computation::new(&reference, 0, seed).run(&[
        any(Part::Sweep, Cut::Torn),
        any(Part::Journal, Cut::Torn),
        any(Part::Shards, Cut::Clean),
        any(Part::Results, Cut::Torn),
    ]);
    let late = Plan { part: Part::Journal, cut: Cut::Clean, moment: Moment::Late };
    reports.extend(Computation::new(&reference, 1, seed).run(&[late]));
    let table = Table(reports);
    table.assert_no_faults(seed);
    assert!(table.in_the_midst() >= 3, "most cuts fell after the end of a run\n{table}");
}

const CUTS: usize = 100;
/// Tasks sleep, so that the machine has time for as many computations.
const AT_ONCE: usize = 3;
/// The end of a run, which takes no time, is struck as often as the middle.
const PARTS: [Part; 8] =
    [Part::Journal, Part::Journal, Part::Runs, Part::Shards, Part::Results, Part::Tables, Part::Checksums, Part::End];
/// What only a run that begins does anything to.
const FIRST_PARTS: [Part; 4] = [Part::Folders, Part::Sweep, Part::Lock, Part::Other];

#[test]
#[ignore = "takes some minutes: make test-long"]
fn a_hundred_power_cuts_leave_no_trace() {
    if !fuse_is_here("a_hundred_power_cuts_leave_no_trace") {
        return;
    }
    let (reference, seed) = (Reference::new(), seed());
    println!("MICROZONE_TEST_SEED={seed}");
    let plans = Mutex::new(plans(seed).into_iter().enumerate());
    let reports = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some((number, plans)) = plans.lock().unwrap().next() else { return };
                    let found = Computation::new(&reference, number, seed).run(&plans);
                    reports.lock().unwrap().extend(found);
                }
            });
        }
    });
    let table = Table(reports.into_inner().unwrap());
    table.assert_no_faults(seed);
    assert_eq!(table.0.len(), CUTS);
    assert!(table.in_the_midst() > CUTS / 2, "most cuts fell after the end of a run\n{table}");
}

/// The cuts of each computation: one to three, a hundred in all.
fn plans(seed: u64) -> Vec<Vec<Plan>> {
    let mut random = RandomStream::from_seed(*blake3::hash(&seed.to_le_bytes()).as_bytes());
    let mut plans = Vec::new();
    let mut left = CUTS;
    while left > 0 {
        let count = left.min(1 + below(&mut random, 3));
        left -= count;
        plans.push((0..count).map(|place| plan(place, &mut random)).collect());
    }
    plans
}

fn plan(place: usize, random: &mut RandomStream) -> Plan {
    let first: &[Part] = if place == 0 { &FIRST_PARTS } else { &[] };
    let parts = [&PARTS, first].concat();
    let cut = if below(random, 3) == 0 { Cut::Clean } else { Cut::Torn };
    Plan { part: parts[below(random, parts.len())], cut, moment: Moment::Any }
}
