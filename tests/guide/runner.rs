//! Runs the blocks of a page, in order, in a folder of their own.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use toml_edit::DocumentMut;

use crate::compare::is_shown;
use crate::page::{Block, Mark, Page};
use crate::{python, root};

/// What a page finds beside it.
const COPIED: [&str; 3] = ["sweeps", "examples", "slurm"];
/// What a surrounding job or the user may have set, and no page expects.
const REMOVED: [&str; 6] = [
    "OMPI_COMM_WORLD_SIZE",
    "PMI_SIZE",
    "SLURM_STEP_NUM_TASKS",
    "SLURM_NTASKS",
    "SLURM_CPUS_PER_TASK",
    "MICROZONE_RESULTS",
];
/// Open MPI refuses root and more ranks than cores unless told; MPICH does not read these.
const OPEN_MPI: [(&str, &str); 4] = [
    ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
    ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
    ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
    ("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"),
];
/// Seconds after which a block hangs.
const LONGEST: &str = "600";

/// Runs a page; what does not do what the page says, with its line and what was printed.
pub(crate) fn run(page: &Page) -> Vec<String> {
    if !cfg!(feature = "mpi") {
        panic!("these tests need MPI: run `cargo test --all-features`");
    }
    let scratch = Scratch::new();
    let mut last = None;
    let run = |block: &Block| {
        let failure = scratch.run(block, &mut last).err()?;
        Some(format!("{}:{}: {failure}", page.path, block.line))
    };
    page.blocks.iter().filter_map(run).collect()
}

/// The folder in which the blocks of a page run.
struct Scratch {
    folder: TempDir,
    python: OsString,
    /// PATH: the program under test, the Python of the tests, and what is there anyway.
    path: OsString,
}

impl Scratch {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in COPIED {
            copy(&root().join(name), &folder.path().join(name));
        }
        let programs = folder.path().join(".programs");
        fs::create_dir(&programs).unwrap();
        symlink(env!("CARGO_BIN_EXE_microzone"), programs.join("microzone")).unwrap();
        let python = python::python("of the guide").get_program().to_os_string();
        let beside = Path::new(&python).parent().map(Path::to_path_buf);
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let all = [programs].into_iter().chain(beside).chain(std::env::split_paths(&inherited));
        let path = std::env::join_paths(all.filter(|path| !path.as_os_str().is_empty())).unwrap();
        Self { folder, python, path }
    }

    fn run(&self, block: &Block, last: &mut Option<Output>) -> Result<(), String> {
        let Block { language, text, mark, .. } = block;
        match (language.as_str(), mark) {
            (_, Some(Mark::NotRun(_))) => {}
            ("sh", _) => *last = Some(self.succeed("bash", &["-e".into(), "-c".into(), script(text).into()])?),
            ("python", _) => *last = Some(self.succeed(&self.python, &[self.save("block.py", text).into()])?),
            ("r", _) => *last = Some(self.succeed("Rscript", &[self.save("block.R", text).into()])?),
            (_, Some(Mark::File(name))) => {
                self.save(name, text);
                self.plan(name)?;
            }
            (_, Some(Mark::FragmentOf(name))) => {
                let whole = fs::read_to_string(self.folder.path().join(name));
                let whole = whole.map_err(|error| format!("{name}: {error}"))?;
                self.save(name, &with_tables(&whole, text)?);
                self.plan(name)?;
            }
            (_, Some(Mark::Profile(name))) => self.submit(name, text)?,
            (_, Some(Mark::Output)) => compare(text, last.as_ref().map(|output| &output.stdout[..]))?,
            (_, Some(Mark::Errors)) => compare(text, last.as_ref().map(|output| &output.stderr[..]))?,
            _ => {}
        }
        Ok(())
    }

    fn save(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn plan(&self, name: &str) -> Result<(), String> {
        self.succeed("microzone", &["plan".into(), name.into()]).map(drop)
    }

    /// Keeps a profile, and checks it by a job that is not sent.
    fn submit(&self, name: &str, text: &str) -> Result<(), String> {
        self.save(&format!("slurm/profiles/{name}.toml"), text);
        let arguments = "submit sweeps/quickstart.toml --out new --dry-run --nodes 1 --threads 1 --time 1h --profile";
        let arguments = arguments.split(' ').chain([name]).map(OsString::from);
        self.succeed("microzone", &arguments.collect::<Vec<_>>()).map(drop)
    }

    /// Runs a command that must succeed.
    fn succeed(&self, program: impl Into<OsString>, arguments: &[OsString]) -> Result<Output, String> {
        let mut command = Command::new("timeout");
        command.arg(LONGEST).arg(program.into()).args(arguments);
        for variable in REMOVED {
            command.env_remove(variable);
        }
        command.envs(OPEN_MPI).env("PATH", &self.path).current_dir(self.folder.path()).stdin(Stdio::null());
        let output = command.output().unwrap();
        let printed = || [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        if output.status.success() { Ok(output) } else { Err(format!("{}\n{}", output.status, printed().concat())) }
    }
}

/// A block of commands, with the checks of exit codes that its comments ask for.
fn script(text: &str) -> String {
    let checked = |line: &str| {
        let Some((command, code)) = expected_code(line) else { return format!("{line}\n") };
        format!(
            "code=0; {command} || code=$?\n\
             [ $code -eq {code} ] || {{ echo '{line}' \"exits with $code\" >&2; exit 1; }}\n",
            line = command.trim().replace('\'', "")
        )
    };
    text.replace("\\\n", " ").lines().map(checked).collect()
}

/// The command of a line and the exit code in its comment.
fn expected_code(line: &str) -> Option<(&str, u8)> {
    let (command, comment) = line.rsplit_once('#')?;
    let rest = comment.trim().strip_prefix("exits with ")?;
    let digits = rest.find(|letter: char| !letter.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
    Some((command, digits.parse().ok()?))
}

/// The text of a sweep file in which the tables of a fragment take the place of its own.
fn with_tables(whole: &str, fragment: &str) -> Result<String, String> {
    let read = |text: &str| text.parse::<DocumentMut>().map_err(|error| error.to_string());
    let (mut whole, fragment) = (read(whole)?, read(fragment)?);
    for (name, table) in fragment.iter() {
        whole.remove(name);
        whole.insert(name, table.clone());
    }
    Ok(whole.to_string())
}

fn compare(shown: &str, printed: Option<&[u8]>) -> Result<(), String> {
    let printed = printed.ok_or("nothing has run before this output")?;
    let printed = String::from_utf8_lossy(printed);
    if is_shown(shown, &printed) { Ok(()) } else { Err(format!("the output is another one:\n{printed}")) }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copied = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).unwrap();
        }
    }
}

#[test]
fn a_comment_gives_the_exit_code_of_its_line() {
    assert_eq!(expected_code("a b   # exits with 3, because they differ"), Some(("a b   ", 3)));
    assert_eq!(expected_code("a b   # exits with it"), None);
    assert_eq!(expected_code("a b   # something else"), None);
    let code = |text: &str| Command::new("bash").args(["-e", "-c", &script(text)]).output().unwrap().status.code();
    assert_eq!(code("exit_code() { return \"$1\"; }\nexit_code 3 # exits with 3\nexit_code 0\n"), Some(0));
    assert_eq!(code("false # exits with 0\ntrue\n"), Some(1));
    assert_eq!(code("true # exits with 1\ntrue\n"), Some(1));
    assert_eq!(code("false\ntrue\n"), Some(1));
    let whole = with_tables("[sweep]\nseed = 1\n[grid]\na = [1]\n", "[grid]\na = [1, 2]\n[theory]\nx = 1\n").unwrap();
    let tables: DocumentMut = whole.parse().unwrap();
    assert_eq!(tables["grid"]["a"].as_array().unwrap().len(), 2, "{whole}");
    assert_eq!((tables["sweep"]["seed"].as_integer(), tables["theory"]["x"].as_integer()), (Some(1), Some(1)));
}
