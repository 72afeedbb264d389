//! The profile of a site: a small TOML file that says once what every job there needs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::job::Launcher;
use crate::sweep::{Problem, SweepError};

/// What is the same for all jobs at a site. Everything may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) partition: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) cores_per_node: Option<u32>,
    pub(crate) megabytes_per_node: Option<u64>,
    pub(crate) ranks_per_node: Option<u32>,
    /// The time limit of a job that does not say its own.
    pub(crate) time: Option<Duration>,
    /// What the partition allows.
    pub(crate) longest_time: Option<Duration>,
    pub(crate) margin: Option<Duration>,
    pub(crate) grace: Option<Duration>,
    pub(crate) launcher: Option<Launcher>,
    pub(crate) mpi: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) modules: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) requeue: Option<bool>,
    /// The folder of results directories, unless the command line or the environment says otherwise.
    pub(crate) scratch: Option<String>,
}

const KEYS: [&str; 16] = [
    "partition",
    "account",
    "cores_per_node",
    "megabytes_per_node",
    "ranks_per_node",
    "time",
    "longest_time",
    "margin",
    "grace",
    "launcher",
    "mpi",
    "source",
    "modules",
    "environment",
    "requeue",
    "scratch",
];

/// Reads a time, or explains in one sentence why it is not one.
pub(crate) type ReadTime = fn(&str) -> Result<Duration, String>;

type Value<'a> = Spanned<DeValue<'a>>;

impl Profile {
    /// Reads the text of a profile, all mistakes at once.
    ///
    /// # Errors
    /// It is not TOML, or has keys or values that no profile has.
    pub(crate) fn parse(path: &Path, text: &str, read_time: ReadTime) -> Result<Self, SweepError> {
        let mistakes = |problems| SweepError::Mistakes { path: path.into(), text: text.into(), problems };
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let problem =
                |error: &toml::de::Error| Problem { place: error.span(), ..Problem::new("not TOML", error.message()) };
            return Err(mistakes(errors.iter().map(problem).collect()));
        }
        let mut profile = Self::default();
        let mut problems = Vec::new();
        for (name, value) in table.get_ref() {
            let key: &str = name.get_ref();
            if !KEYS.contains(&key) {
                problems.push(Problem { place: Some(name.span()), ..Problem::unknown(key, "key", key, &KEYS) });
            } else if let Err(what) = profile.set(key, value.get_ref(), read_time) {
                problems.push(Problem { place: Some(value.span()), ..Problem::new(key, what) });
            }
        }
        problems.sort_by_key(|problem| problem.place.as_ref().map(|place| place.start));
        if problems.is_empty() { Ok(profile) } else { Err(mistakes(problems)) }
    }

    fn set(&mut self, key: &str, value: &DeValue, read_time: ReadTime) -> Result<(), String> {
        let time = || read_time(text(value)?).map(Some);
        match key {
            "partition" => self.partition = Some(word(value)?),
            "account" => self.account = Some(word(value)?),
            "cores_per_node" => self.cores_per_node = Some(whole(value, 65_536)?),
            "megabytes_per_node" => self.megabytes_per_node = Some(whole(value, u32::MAX)?.into()),
            "ranks_per_node" => self.ranks_per_node = Some(whole(value, 65_536)?),
            "time" => self.time = time()?,
            "longest_time" => self.longest_time = time()?,
            "margin" => self.margin = time()?,
            "grace" => self.grace = time()?,
            "launcher" => self.launcher = Some(launcher(text(value)?)?),
            "mpi" => self.mpi = Some(word(value)?),
            "source" => self.source = Some(absolute(text(value)?)?),
            "modules" => self.modules = texts(value)?,
            "environment" => self.environment = environment(value)?,
            "requeue" => self.requeue = Some(truth(value)?),
            "scratch" => self.scratch = Some(absolute(text(value)?)?),
            _ => {}
        }
        Ok(())
    }
}

fn text<'a>(value: &'a DeValue) -> Result<&'a str, String> {
    match value {
        DeValue::String(text) if text.contains('\0') => Err("the text has a byte of value 0 in it".into()),
        DeValue::String(text) => Ok(text),
        other => Err(format!("a value ({}) where a text in quotes is expected", other.type_str())),
    }
}

/// A text that goes into a line of `#SBATCH`, which has its own rules for quotes.
pub(crate) fn plain_word(text: &str) -> Result<String, String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-,+".contains(letter);
    match !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        true => Ok(text.into()),
        false => Err(format!("{text:?} is not a name that Slurm allows; use letters, digits and . _ - , +")),
    }
}

fn word(value: &DeValue) -> Result<String, String> {
    plain_word(text(value)?)
}

fn whole(value: &DeValue, most: u32) -> Result<u32, String> {
    let read = match value {
        DeValue::Integer(integer) => u32::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    };
    let wanted = || format!("not a whole number from 1 to {most}");
    read.filter(|number| (1..=most).contains(number)).ok_or_else(wanted)
}

fn truth(value: &DeValue) -> Result<bool, String> {
    match value {
        DeValue::Boolean(truth) => Ok(*truth),
        other => Err(format!("a value ({}) where true or false is expected", other.type_str())),
    }
}

fn launcher(text: &str) -> Result<Launcher, String> {
    match text {
        "srun" => Ok(Launcher::Srun),
        "mpirun" => Ok(Launcher::Mpirun),
        other => Err(Problem::unknown("launcher", "launcher", other, &["srun", "mpirun"]).what),
    }
}

fn absolute(text: &str) -> Result<String, String> {
    match text.starts_with('/') {
        true => Ok(text.into()),
        false => Err(format!("{text:?} is not an absolute path; jobs start in a different folder")),
    }
}

/// Names of modules: `module` would take one that begins with `-` for an option.
fn texts(value: &DeValue) -> Result<Vec<String>, String> {
    let DeValue::Array(elements) = value else {
        return Err(format!("a value ({}) where a list is expected, such as [\"mpich/4.0\"]", value.type_str()));
    };
    let named = |element: &Value| {
        let name = text(element.get_ref())?;
        match name.is_empty() || name.starts_with('-') {
            true => Err(format!("{name:?} is not the name of a module")),
            false => Ok(name.to_string()),
        }
    };
    elements.iter().map(named).collect()
}

fn environment(value: &DeValue) -> Result<Vec<(String, String)>, String> {
    let DeValue::Table(table) = value else {
        return Err(format!("a value ({}) where a table is expected: {{ NAME = \"value\" }}", value.type_str()));
    };
    let is_name = |name: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        name.chars().all(is_letter) && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
    };
    let variable = |(name, value): (&Spanned<std::borrow::Cow<str>>, &Value)| {
        let name: &str = name.get_ref();
        match is_name(name) {
            true => Ok((name.to_string(), text(value.get_ref())?.to_string())),
            false => Err(format!("{name:?} cannot name a variable; use letters, digits and _")),
        }
    };
    table.iter().map(variable).collect()
}

/// Where a profile may be: the file itself if that is a path, else a file of that name in one of these folders.
pub(crate) fn places(name: &str, sweep_file: &Path, home: Option<&Path>) -> Vec<PathBuf> {
    let is_path = name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == "toml");
    if is_path {
        return vec![name.into()];
    }
    let file = format!("{name}.toml");
    let mut folders = vec![PathBuf::from("slurm/profiles")];
    folders.extend(sweep_file.parent().map(|folder| folder.join("slurm/profiles")));
    folders.extend(home.map(|home| home.join(".config/microzone/profiles")));
    let mut places: Vec<PathBuf> = folders.into_iter().map(|folder| folder.join(&file)).collect();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Profile, String> {
        let read_time: ReadTime = |text| match text {
            "2:00:00" => Ok(Duration::from_secs(7200)),
            other => Err(format!("{other:?} is not a time")),
        };
        Profile::parse(Path::new("site.toml"), text, read_time).map_err(|error| error.in_full())
    }

    #[test]
    fn a_profile_is_read() {
        let text = "partition = \"compute\"\ncores_per_node = 64\nmegabytes_per_node = 256_000\ntime = \"2:00:00\"\n\
            launcher = \"srun\"\nmpi = \"pmi2\"\nmodules = [\"mpich/4.0\", \"hdf5\"]\nrequeue = false\n\
            [environment]\nFI_PROVIDER = \"tcp; rm\"\n";
        let profile = read(text).unwrap();
        assert_eq!((profile.cores_per_node, profile.megabytes_per_node), (Some(64), Some(256_000)));
        assert_eq!((profile.launcher, profile.requeue), (Some(Launcher::Srun), Some(false)));
        assert_eq!(profile.modules, ["mpich/4.0", "hdf5"]);
        assert_eq!(profile.environment, [("FI_PROVIDER".to_string(), "tcp; rm".to_string())]);
        assert_eq!(read(""), Ok(Profile::default()));
    }

    #[test]
    fn a_mistake_is_named_with_its_line_and_the_remedy() {
        for (text, said) in [
            ("partitions = \"a\"", "site.toml:1:1: partitions: unknown key `partitions`; did you mean `partition`?"),
            ("partition = 3", "site.toml:1:13: partition: a value (integer) where a text in quotes is expected"),
            ("partition = \"a b\"", "is not a name that Slurm allows"),
            ("account = \"--wrap=rm\"", "is not a name that Slurm allows"),
            ("account = \"a\\n#SBATCH\"", "is not a name that Slurm allows"),
            ("cores_per_node = 0", "not a whole number from 1 to 65536"),
            ("time = \"soon\"", "\"soon\" is not a time"),
            ("launcher = \"sruns\"", "did you mean `srun`?"),
            ("source = \"setup.sh\"", "not an absolute path"),
            ("scratch = \"results\"", "not an absolute path"),
            ("modules = \"mpich\"", "a list is expected"),
            ("modules = [\"-x\"]", "not the name of a module"),
            ("environment = { \"A B\" = \"c\" }", "cannot name a variable"),
            ("requeue = \"no\"", "true or false is expected"),
            ("requeue", "not TOML"),
            ("requeue = 1\ncores_per_node = 0\n", "2 mistakes"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn a_profile_is_looked_for_where_it_may_be() {
        let found = places("site", Path::new("sweeps/a.toml"), Some(Path::new("/home/me")));
        let wanted = [
            "slurm/profiles/site.toml",
            "sweeps/slurm/profiles/site.toml",
            "/home/me/.config/microzone/profiles/site.toml",
        ];
        assert_eq!(found, wanted.map(PathBuf::from));
        assert_eq!(places("./site", Path::new("a.toml"), None), [PathBuf::from("./site")]);
        assert_eq!(places("site.toml", Path::new("a.toml"), None), [PathBuf::from("site.toml")]);
    }
}
