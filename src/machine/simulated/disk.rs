//! A simulated disk that many processes share: data last once their file is synced, names once their folder is.

use std::ffi::OsString;
use std::io::{Error, ErrorKind, Result};
use std::path::{Component, Path};

use super::cut::Cut;
use super::file::File;
use super::folder::Folder;

/// The folder in which processes see it.
pub(super) const DISK: &str = "/scratch";

#[derive(Clone, Debug)]
enum Node {
    File(File),
    Folder(Folder),
}

#[derive(Clone, Debug)]
pub(super) struct Disk {
    nodes: Vec<Node>,
    /// Who has locked each file: processes, and whether one alone.
    locks: Vec<(usize, usize, bool)>,
    /// Whether the file system has locks.
    pub(super) has_locks: bool,
}

const ROOT: usize = 0;

impl Disk {
    pub(super) fn new(has_locks: bool) -> Self {
        Self { nodes: vec![Node::Folder(Folder::default())], locks: Vec::new(), has_locks }
    }

    fn folder(&mut self, number: usize) -> Result<&mut Folder> {
        match &mut self.nodes[number] {
            Node::Folder(folder) => Ok(folder),
            Node::File(_) => Err(ErrorKind::NotADirectory.into()),
        }
    }

    pub(super) fn file(&mut self, number: usize) -> Result<&mut File> {
        match &mut self.nodes[number] {
            Node::File(file) => Ok(file),
            Node::Folder(_) => Err(ErrorKind::IsADirectory.into()),
        }
    }

    pub(super) fn find(&mut self, path: &Path) -> Result<usize> {
        let mut number = ROOT;
        for part in path.components() {
            if let Component::Normal(name) = part {
                let found = self.folder(number)?.names.get(name).copied();
                number = found.ok_or_else(|| Error::from(ErrorKind::NotFound))?;
            }
        }
        Ok(number)
    }

    /// The folder of a path, and the name in it.
    fn place(&mut self, path: &Path) -> Result<(usize, OsString)> {
        let name = path.file_name().ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        let folder = self.find(path.parent().unwrap_or(Path::new("/")))?;
        self.folder(folder)?;
        Ok((folder, name.into()))
    }

    pub(super) fn is_file(&self, number: usize) -> bool {
        matches!(self.nodes[number], Node::File(_))
    }

    fn create(&mut self, path: &Path, node: Node) -> Result<usize> {
        let (folder, name) = self.place(path)?;
        if self.folder(folder)?.names.contains_key(&name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let number = self.nodes.len();
        self.nodes.push(node);
        self.folder(folder)?.set(&name, number);
        Ok(number)
    }

    pub(super) fn create_file(&mut self, path: &Path) -> Result<usize> {
        self.create(path, Node::File(File::default()))
    }

    pub(super) fn create_folder(&mut self, path: &Path) -> Result<()> {
        self.create(path, Node::Folder(Folder::default())).map(drop)
    }

    pub(super) fn link(&mut self, from: &Path, to: &Path) -> Result<()> {
        let number = self.find(from)?;
        let (folder, name) = self.place(to)?;
        if self.folder(folder)?.names.contains_key(&name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.folder(folder)?.set(&name, number);
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> Result<()> {
        let number = self.find(path)?;
        self.file(number)?;
        let (folder, name) = self.place(path)?;
        self.folder(folder)?.remove(&name);
        Ok(())
    }

    /// Over what may be there. Between two folders it is two changes, each of which needs its own sync.
    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> Result<()> {
        let number = self.find(from)?;
        let (from, to) = (self.place(from)?, self.place(to)?);
        if from.0 == to.0 {
            self.folder(from.0)?.rename(&from.1, &to.1);
        } else {
            self.folder(to.0)?.set(&to.1, number);
            self.folder(from.0)?.remove(&from.1);
        }
        Ok(())
    }

    pub(super) fn names(&mut self, path: &Path) -> Result<Vec<OsString>> {
        let number = self.find(path)?;
        Ok(self.folder(number)?.names.keys().cloned().collect())
    }

    pub(super) fn sync_folder(&mut self, path: &Path) -> Result<()> {
        let number = self.find(path)?;
        self.folder(number)?.sync();
        Ok(())
    }

    /// Locks a file for a process; false if another one has it.
    pub(super) fn lock(&mut self, number: usize, process: usize, alone: bool) -> bool {
        let others = self.locks.iter().filter(|(file, holder, _)| *file == number && *holder != process);
        if others.clone().any(|(_, _, is_alone)| alone || *is_alone) {
            return false;
        }
        self.locks.push((number, process, alone));
        true
    }

    /// A process has ended.
    pub(super) fn unlock_all(&mut self, process: usize) {
        self.locks.retain(|(_, holder, _)| *holder != process);
    }

    /// A process has closed a file.
    pub(super) fn unlock(&mut self, number: usize, process: usize) {
        self.locks.retain(|lock| (lock.0, lock.1) != (number, process));
    }

    /// What is left of it when the power is gone.
    pub(super) fn after_cut(&self, cut: &mut Cut) -> Self {
        let mut settled = |node: &Node| match node {
            Node::File(file) => Node::File(file.after_cut(cut)),
            Node::Folder(folder) => Node::Folder(folder.after_cut(cut)),
        };
        Self { nodes: self.nodes.iter().map(&mut settled).collect(), locks: Vec::new(), has_locks: self.has_locks }
    }
}
