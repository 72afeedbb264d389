//! The weakest disk that POSIX allows: data last once their file is synced, names once their folder is.
//!
//! Syncing a file does not make its name last, nor does syncing a folder the name of that folder. Permissions and times
//! last at once; nothing here depends on them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use fuser::Errno;
use microzone::random::RandomStream;

use crate::file::File;
use crate::folder::Folder;

pub(crate) const ROOT: u64 = 1;

#[derive(Clone, Debug)]
pub(crate) struct Disk {
    nodes: BTreeMap<u64, Node>,
    next: u64,
    /// When the power went.
    died: Option<Instant>,
    counter: Counter,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) content: Content,
    pub(crate) mode: u32,
    pub(crate) modified: SystemTime,
    /// Its last name, from the root.
    path: String,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    File(File),
    Folder(Folder),
}

/// Counts what is done to the disk in each part of a results directory, and knows when the power is to go.
#[derive(Clone, Debug, Default)]
struct Counter {
    done: BTreeMap<Part, u64>,
    strike: Option<(Part, u64)>,
    struck: Option<Part>,
}

/// A part of a results directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Folders,
    Sweep,
    Lock,
    Runs,
    Journal,
    Shards,
    Results,
    Tables,
    Checksums,
    Other,
    /// The run has ended.
    End,
}

impl Part {
    /// Temporary files belong to the file that they become.
    fn of(path: &str) -> Self {
        let parts = [
            ("/journal", Self::Journal),
            ("/shards", Self::Shards),
            ("/tables", Self::Tables),
            ("/runs", Self::Runs),
            ("results.h5", Self::Results),
            ("checksums.b3", Self::Checksums),
            ("sweep.toml", Self::Sweep),
            ("/lock", Self::Lock),
        ];
        let found = parts.iter().find(|(text, _)| path.contains(text)).map(|(_, part)| *part);
        found.unwrap_or(if path.matches('/').count() < 2 { Self::Folders } else { Self::Other })
    }
}

/// How the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Nothing that was not synced is left.
    Clean,
    /// Anything that was not synced may be left, in part and in any order.
    Torn,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let root = Node::new(Content::Folder(Folder::default()), 0o755, String::new());
        Self { nodes: BTreeMap::from([(ROOT, root)]), next: ROOT + 1, died: None, counter: Counter::default() }
    }

    /// The power goes just before something is done to this part of the disk for the `count`-th time from now.
    pub(crate) fn strike_at(&mut self, part: Part, count: u64) {
        self.counter = Counter { strike: Some((part, count)), ..Counter::default() };
    }

    /// The power goes now.
    pub(crate) fn cut(&mut self) {
        self.died.get_or_insert_with(Instant::now);
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.died.is_some()
    }

    /// Where the strike fell, if it did.
    pub(crate) fn struck(&self) -> Option<Part> {
        self.counter.struck
    }

    /// How often something was done to each part.
    pub(crate) fn counts(&self) -> BTreeMap<Part, u64> {
        self.counter.done.clone()
    }

    /// Every change and every sync begins here.
    fn begin(&mut self, part: Part) -> Result<(), Errno> {
        self.check_power()?;
        let done = self.counter.done.entry(part).or_default();
        *done += 1;
        if self.counter.strike == Some((part, *done)) {
            self.counter.struck = Some(part);
            self.cut();
        }
        self.check_power()
    }

    fn check_power(&self) -> Result<(), Errno> {
        if self.is_dead() { Err(Errno::EIO) } else { Ok(()) }
    }

    pub(crate) fn node(&self, number: u64) -> Result<&Node, Errno> {
        self.check_power()?;
        self.nodes.get(&number).ok_or(Errno::ENOENT)
    }

    fn node_mut(&mut self, number: u64) -> Result<&mut Node, Errno> {
        self.nodes.get_mut(&number).ok_or(Errno::ENOENT)
    }

    pub(crate) fn file(&self, number: u64) -> Result<&File, Errno> {
        match &self.node(number)?.content {
            Content::File(file) => Ok(file),
            Content::Folder(_) => Err(Errno::EISDIR),
        }
    }

    fn file_mut(&mut self, number: u64) -> Result<&mut File, Errno> {
        let node = self.node_mut(number)?;
        node.modified = SystemTime::now();
        match &mut node.content {
            Content::File(file) => Ok(file),
            Content::Folder(_) => Err(Errno::EISDIR),
        }
    }

    pub(crate) fn folder(&self, number: u64) -> Result<&Folder, Errno> {
        match &self.node(number)?.content {
            Content::Folder(folder) => Ok(folder),
            Content::File(_) => Err(Errno::ENOTDIR),
        }
    }

    fn folder_mut(&mut self, number: u64) -> Result<&mut Folder, Errno> {
        let node = self.node_mut(number)?;
        node.modified = SystemTime::now();
        match &mut node.content {
            Content::Folder(folder) => Ok(folder),
            Content::File(_) => Err(Errno::ENOTDIR),
        }
    }

    pub(crate) fn lookup(&self, folder: u64, name: &OsStr) -> Result<u64, Errno> {
        self.folder(folder)?.names.get(name).copied().ok_or(Errno::ENOENT)
    }

    /// How many names a file has.
    pub(crate) fn names_of(&self, number: u64) -> u32 {
        let folders = self.nodes.values().filter_map(Node::as_folder);
        folders.flat_map(|folder| folder.names.values()).filter(|found| **found == number).count() as u32
    }

    fn path_in(&self, folder: u64, name: &OsStr) -> Result<String, Errno> {
        Ok(format!("{}/{}", self.node(folder)?.path, name.to_string_lossy()))
    }

    pub(crate) fn create(&mut self, folder: u64, name: &OsStr, content: Content, mode: u32) -> Result<u64, Errno> {
        let path = self.path_in(folder, name)?;
        if self.folder(folder)?.names.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        self.begin(if matches!(content, Content::Folder(_)) { Part::Folders } else { Part::of(&path) })?;
        let number = self.next;
        self.next += 1;
        self.nodes.insert(number, Node::new(content, mode, path));
        self.folder_mut(folder)?.set(name, number);
        Ok(number)
    }

    pub(crate) fn link(&mut self, number: u64, folder: u64, name: &OsStr) -> Result<(), Errno> {
        let path = self.path_in(folder, name)?;
        if self.folder(folder)?.names.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        self.file(number)?;
        self.begin(Part::of(&path))?;
        self.folder_mut(folder)?.set(name, number);
        Ok(())
    }

    pub(crate) fn unlink(&mut self, folder: u64, name: &OsStr) -> Result<(), Errno> {
        self.file(self.lookup(folder, name)?)?;
        self.begin(Part::of(&self.path_in(folder, name)?))?;
        self.folder_mut(folder)?.remove(name);
        Ok(())
    }

    pub(crate) fn remove_folder(&mut self, folder: u64, name: &OsStr) -> Result<(), Errno> {
        if !self.folder(self.lookup(folder, name)?)?.names.is_empty() {
            return Err(Errno::ENOTEMPTY);
        }
        self.begin(Part::Folders)?;
        self.folder_mut(folder)?.remove(name);
        Ok(())
    }

    /// Over what may be there. Between two folders it is two changes, each of which needs its own sync.
    pub(crate) fn rename(&mut self, from: (u64, &OsStr), to: (u64, &OsStr)) -> Result<(), Errno> {
        let number = self.lookup(from.0, from.1)?;
        let path = self.path_in(to.0, to.1)?;
        if self.lookup(to.0, to.1).is_ok_and(|there| there == number) {
            return Ok(());
        }
        self.begin(Part::of(&path))?;
        if from.0 == to.0 {
            self.folder_mut(to.0)?.rename(from.1, to.1, number);
        } else {
            self.folder_mut(to.0)?.set(to.1, number);
            self.folder_mut(from.0)?.remove(from.1);
        }
        self.node_mut(number)?.path = path;
        Ok(())
    }

    pub(crate) fn write(&mut self, number: u64, offset: Option<usize>, bytes: &[u8]) -> Result<(), Errno> {
        let end = self.file(number)?.bytes.len();
        self.begin(Part::of(&self.node(number)?.path))?;
        self.file_mut(number)?.write(offset.unwrap_or(end), bytes);
        Ok(())
    }

    pub(crate) fn set_length(&mut self, number: u64, length: usize) -> Result<(), Errno> {
        self.file(number)?;
        self.begin(Part::of(&self.node(number)?.path))?;
        self.file_mut(number)?.set_length(length);
        Ok(())
    }

    pub(crate) fn set_mode(&mut self, number: u64, mode: u32) -> Result<(), Errno> {
        self.check_power()?;
        self.node_mut(number)?.mode = mode;
        Ok(())
    }

    pub(crate) fn set_modified(&mut self, number: u64, time: SystemTime) -> Result<(), Errno> {
        self.check_power()?;
        self.node_mut(number)?.modified = time;
        Ok(())
    }

    /// Of a file its data, of a folder its names.
    pub(crate) fn sync(&mut self, number: u64) -> Result<(), Errno> {
        self.begin(Part::of(&self.node(number)?.path))?;
        match &mut self.node_mut(number)?.content {
            Content::File(file) => file.sync(),
            Content::Folder(folder) => folder.sync(),
        }
        Ok(())
    }

    /// What is left after a cut.
    pub(crate) fn after(&self, cut: Cut, random: &mut RandomStream) -> Self {
        self.settled(|content| match (content, cut) {
            (Content::File(file), Cut::Clean) => Content::File(File::settled(file.synced.clone())),
            (Content::File(file), Cut::Torn) => Content::File(File::settled(file.torn(random))),
            (Content::Folder(folder), Cut::Clean) => Content::Folder(Folder::settled(folder.synced.clone())),
            (Content::Folder(folder), Cut::Torn) => Content::Folder(Folder::settled(folder.torn(random))),
        })
    }

    /// What would be left if names never were lost: all that was promised to last.
    pub(crate) fn promised(&self) -> Self {
        self.settled(|content| match content {
            Content::File(file) => Content::File(File::settled(file.synced.clone())),
            Content::Folder(folder) => Content::Folder(Folder::settled(folder.names.clone())),
        })
    }

    /// What would be left if nothing ever were lost.
    pub(crate) fn finished(&self) -> Self {
        self.settled(|content| match content {
            Content::File(file) => Content::File(File::settled(file.bytes.clone())),
            Content::Folder(folder) => Content::Folder(Folder::settled(folder.names.clone())),
        })
    }

    /// A disk with power again, with other contents, and without what has no name then.
    fn settled(&self, mut content: impl FnMut(&Content) -> Content) -> Self {
        let mut nodes = self.nodes.clone();
        nodes.values_mut().for_each(|node| node.content = content(&node.content));
        let mut reached = BTreeSet::new();
        let mut waiting = vec![ROOT];
        while let Some(number) = waiting.pop() {
            if reached.insert(number) {
                let folder = nodes[&number].as_folder();
                waiting.extend(folder.iter().flat_map(|folder| folder.names.values()));
            }
        }
        nodes.retain(|number, _| reached.contains(number));
        Self { nodes, next: self.next, died: None, counter: Counter::default() }
    }

    /// For how long the oldest write to a file of this part had waited to be synced when the power went.
    pub(crate) fn longest_unsynced(&self, part: Part) -> Duration {
        let named = self.nodes.values().filter_map(Node::as_folder).flat_map(|folder| folder.names.values());
        let files = named.filter_map(|number| self.nodes.get(number)).filter(|node| Part::of(&node.path) == part);
        let since = files.filter_map(|node| node.as_file()?.pending_since()).min();
        since.map_or(Duration::ZERO, |since| self.died.unwrap_or_else(Instant::now) - since)
    }

    /// Copies everything to a folder elsewhere.
    pub(crate) fn copy_to(&self, target: &Path) {
        self.copy_node(ROOT, target);
    }

    fn copy_node(&self, number: u64, target: &Path) {
        match &self.nodes[&number].content {
            Content::File(file) => std::fs::write(target, &file.bytes).unwrap(),
            Content::Folder(folder) => {
                std::fs::create_dir_all(target).unwrap();
                folder.names.iter().for_each(|(name, number)| self.copy_node(*number, &target.join(name)));
            }
        }
    }
}

impl Node {
    fn new(content: Content, mode: u32, path: String) -> Self {
        Self { content, mode: mode & 0o7777, modified: SystemTime::now(), path }
    }

    fn as_file(&self) -> Option<&File> {
        if let Content::File(file) = &self.content { Some(file) } else { None }
    }

    pub(crate) fn as_folder(&self) -> Option<&Folder> {
        if let Content::Folder(folder) = &self.content { Some(folder) } else { None }
    }
}

/// A whole number below `count`.
pub(crate) fn below(random: &mut RandomStream, count: usize) -> usize {
    (random.uniform() * count as f64) as usize
}

/// Each with a chance of a half.
pub(crate) fn subset_in_any_order<T: Clone>(all: &[T], random: &mut RandomStream) -> Vec<T> {
    let mut chosen: Vec<T> = all.iter().filter(|_| random.uniform() < 0.5).cloned().collect();
    for last in (1..chosen.len()).rev() {
        chosen.swap(last, below(random, last + 1));
    }
    chosen
}
