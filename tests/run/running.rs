//! A launched program: its processes, its output, its end.

use std::fmt;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Nothing that a test starts takes longer, even on a busy machine; what does is killed.
const LIMIT: Duration = Duration::from_secs(100);
const LOOK: Duration = Duration::from_millis(5);
const MARK: &str = "MICROZONE_TEST_MARK";

/// A program that is killed, with all processes that it started, when it takes too long or is dropped.
pub(crate) struct Running {
    child: Child,
    command: String,
    mark: String,
    folder: tempfile::TempDir,
    started: Instant,
}

/// How a program ended.
pub(crate) struct Ended {
    pub(crate) command: String,
    /// `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
    pub(crate) elapsed: Duration,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let mark = format!("{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::SeqCst));
        let folder = tempfile::tempdir().unwrap();
        // Files, not pipes: a process that outlives its launcher then blocks nothing.
        let file = |name: &str| File::create(folder.path().join(name)).unwrap();
        command.env(MARK, &mark).stdin(Stdio::null()).stdout(file("output")).stderr(file("errors"));
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let command = format!("{command:?}");
        Self { child, command, mark, folder, started: Instant::now() }
    }

    /// Of the launcher, or of the program if it was launched alone.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The living processes of the program itself, by rank.
    pub(crate) fn ranks(&self) -> Vec<(usize, u32)> {
        let mut ranks: Vec<(usize, u32)> = self
            .processes()
            .into_iter()
            .filter(|(pid, _)| executable(*pid).is_some_and(|name| name == "microzone"))
            .map(|(pid, variables)| (rank(&variables), pid))
            .collect();
        ranks.sort_unstable();
        ranks
    }

    /// Waits until that many processes of the program live.
    pub(crate) fn await_ranks(&self, count: usize) -> Vec<(usize, u32)> {
        await_until(&format!("{count} ranks of {}", self.command), || {
            Some(self.ranks()).filter(|ranks| ranks.len() == count)
        })
    }

    /// Waits until nothing that this launch started lives.
    pub(crate) fn await_gone(&mut self) {
        await_until(&format!("the end of all processes of {}", self.command), || {
            let _ = self.child.try_wait();
            self.processes().is_empty().then_some(())
        });
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the end; what takes too long is killed, and the test fails.
    pub(crate) fn wait(self) -> Ended {
        self.wait_at_most(LIMIT).unwrap_or_else(|ended| panic!("killed after {LIMIT:?}: {ended}"))
    }

    /// Waits for the end; what takes longer is killed, and what it had said until then is an error.
    pub(crate) fn wait_at_most(mut self, limit: Duration) -> Result<Ended, Ended> {
        let deadline = self.started + limit;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Ok(self.ended(status.code()));
            }
            if Instant::now() > deadline {
                self.kill();
                return Err(self.ended(None));
            }
            std::thread::sleep(LOOK);
        }
    }

    fn ended(&self, code: Option<i32>) -> Ended {
        let text = |name: &str| String::from_utf8_lossy(&fs::read(self.folder.path().join(name)).unwrap()).into_owned();
        Ended {
            command: self.command.clone(),
            code,
            output: text("output"),
            errors: text("errors"),
            elapsed: self.started.elapsed(),
        }
    }

    /// Living processes that carry the mark, with their environment.
    fn processes(&self) -> Vec<(u32, String)> {
        let wanted = format!("{MARK}={}", self.mark);
        let entries = fs::read_dir("/proc").unwrap().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        pids.filter_map(|pid| {
            let variables = String::from_utf8_lossy(&fs::read(format!("/proc/{pid}/environ")).ok()?).into_owned();
            variables.split('\0').any(|variable| variable == wanted).then_some((pid, variables))
        })
        .collect()
    }

    fn kill(&mut self) {
        for (pid, _) in self.processes() {
            signal(pid, "KILL");
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Ended {
    /// # Panics
    /// The program ended otherwise.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "wrong exit code of {self}");
        self
    }

    /// # Panics
    /// One of the texts is not in what the program said.
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.errors.contains(text) || self.output.contains(text), "no {text:?} from {self}");
        }
        self
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Self { command, code, output, errors, elapsed } = self;
        write!(
            formatter,
            "{command}\nexit code {code:?} after {elapsed:?}\n--- output\n{output}--- errors\n{errors}---"
        )
    }
}

/// Sends a signal by name (`INT`, `KILL`); a process that is gone gets none.
pub(crate) fn signal(pid: u32, name: &str) {
    let script = format!("kill -s {name} {pid}");
    Command::new("sh").args(["-c", &script]).stderr(Stdio::null()).status().unwrap();
}

/// Looks until there is something, at most for a minute.
pub(crate) fn await_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited a minute for {what}");
        std::thread::sleep(LOOK);
    }
}

fn executable(pid: u32) -> Option<String> {
    let path = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    Some(path.file_name()?.to_string_lossy().into_owned())
}

fn rank(variables: &str) -> usize {
    let named = ["PMI_RANK=", "OMPI_COMM_WORLD_RANK="];
    let value = |variable: &str| named.iter().find_map(|name| variable.strip_prefix(name)?.parse().ok());
    variables.split('\0').find_map(value).unwrap_or(0)
}
