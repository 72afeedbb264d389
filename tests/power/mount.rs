//! Mounts a disk.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::{Duration, SystemTime};

use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation,
    INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory,
    ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use nix::errno::Errno as Failure;
use nix::mount::{MntFlags, umount2};

use crate::disk::{Content, Disk};
use crate::file::File;
use crate::folder::Folder;

/// A machine without FUSE has to be declared; nothing is skipped silently.
const WITHOUT_FUSE: &str = "MICROZONE_TEST_WITHOUT_FUSE";
/// The kernel asks again every time.
const AT_ONCE: Duration = Duration::ZERO;
/// Processes that were killed may hold files for a moment longer.
const ATTEMPTS: usize = 250;
const PAUSE: Duration = Duration::from_millis(20);

/// Whether disks can be mounted here.
///
/// # Panics
/// They cannot, and this was not declared.
pub(crate) fn fuse_is_here(test: &str) -> bool {
    static TRIED: OnceLock<Option<String>> = OnceLock::new();
    let tried = TRIED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        Mounted::try_new(Disk::new(), folder.path()).err().map(|error| error.to_string())
    });
    let Some(reason) = tried else { return true };
    let admitted = std::env::var_os(WITHOUT_FUSE).is_some_and(|value| value == "1");
    assert!(
        admitted,
        "{test} cannot mount by FUSE: {reason}. It takes /dev/fuse, and root or fusermount3; {WITHOUT_FUSE}=1 leaves \
         the tests of power cuts out"
    );
    // Not by a macro: the tests' harness would keep that to itself.
    let _ = writeln!(std::io::stderr(), "LEFT OUT, because FUSE cannot mount here ({reason}): {test}");
    false
}

/// A disk that is mounted until this is dropped.
pub(crate) struct Mounted {
    disk: Arc<Mutex<Disk>>,
    point: PathBuf,
    session: Option<BackgroundSession>,
}

impl Mounted {
    pub(crate) fn new(disk: Disk, point: &Path) -> Self {
        std::fs::create_dir_all(point).unwrap();
        Self::try_new(disk, point).unwrap_or_else(|error| panic!("cannot mount at {}: {error}", point.display()))
    }

    fn try_new(disk: Disk, point: &Path) -> std::io::Result<Self> {
        let disk = Arc::new(Mutex::new(disk));
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("power".into()), MountOption::DefaultPermissions];
        let session = fuser::spawn_mount(Server { disk: Arc::clone(&disk) }, point, &config)?;
        Ok(Self { disk, point: point.to_path_buf(), session: Some(session) })
    }

    /// The holder of this must not use the files, whose server would wait for it.
    pub(crate) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }

    /// The disk as it is when it can no longer be reached.
    pub(crate) fn unmount(mut self) -> Disk {
        let idle = self.detach();
        assert!(idle, "{} is still in use", self.point.display());
        self.disk().clone()
    }

    /// Whether it was no longer in use.
    fn detach(&mut self) -> bool {
        let Some(session) = self.session.take() else { return true };
        for _ in 0..ATTEMPTS {
            match umount2(&self.point, MntFlags::empty()) {
                Err(Failure::EBUSY) => std::thread::sleep(PAUSE),
                Ok(()) => return true,
                // Without root the session does it, by `fusermount3`.
                Err(_) => {
                    drop(session);
                    return true;
                }
            }
        }
        let _ = umount2(&self.point, MntFlags::MNT_DETACH);
        false
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Nothing waits for what a test leaves behind when it fails.
        self.disk.lock().unwrap_or_else(std::sync::PoisonError::into_inner).cut();
        self.detach();
    }
}

struct Server {
    disk: Arc<Mutex<Disk>>,
}

impl Server {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }
}

fn attributes(disk: &Disk, number: u64) -> Result<FileAttr, Errno> {
    let node = disk.node(number)?;
    let (kind, size) = match &node.content {
        Content::File(file) => (FileType::RegularFile, file.bytes.len() as u64),
        Content::Folder(_) => (FileType::Directory, 0),
    };
    Ok(FileAttr {
        ino: INodeNo(number),
        size,
        blocks: size.div_ceil(512),
        atime: node.modified,
        mtime: node.modified,
        ctime: node.modified,
        crtime: node.modified,
        kind,
        perm: node.mode as u16,
        nlink: if kind == FileType::Directory { 2 } else { disk.names_of(number) },
        uid: nix::unistd::getuid().as_raw(),
        gid: nix::unistd::getgid().as_raw(),
        rdev: 0,
        blksize: 4096,
        flags: 0,
    })
}

fn answer(result: Result<(), Errno>, reply: ReplyEmpty) {
    match result {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(error),
    }
}

fn answer_entry(result: Result<FileAttr, Errno>, reply: ReplyEntry) {
    match result {
        Ok(attributes) => reply.entry(&AT_ONCE, &attributes, Generation(0)),
        Err(error) => reply.error(error),
    }
}

fn answer_attributes(result: Result<FileAttr, Errno>, reply: ReplyAttr) {
    match result {
        Ok(attributes) => reply.attr(&AT_ONCE, &attributes),
        Err(error) => reply.error(error),
    }
}

impl Filesystem for Server {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let disk = self.disk();
        answer_entry(disk.lookup(parent.0, name).and_then(|number| attributes(&disk, number)), reply);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        answer_attributes(attributes(&self.disk(), ino.0), reply);
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        modified: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut disk = self.disk();
        let modified = modified.map(|time| match time {
            TimeOrNow::SpecificTime(time) => time,
            TimeOrNow::Now => SystemTime::now(),
        });
        let set = mode.map_or(Ok(()), |mode| disk.set_mode(ino.0, mode));
        let set = set.and_then(|()| size.map_or(Ok(()), |size| disk.set_length(ino.0, size as usize)));
        let set = set.and_then(|()| modified.map_or(Ok(()), |time| disk.set_modified(ino.0, time)));
        answer_attributes(set.and_then(|()| attributes(&disk, ino.0)), reply);
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, mode: u32, umask: u32, reply: ReplyEntry) {
        let mut disk = self.disk();
        let made = disk.create(parent.0, name, Content::Folder(Folder::default()), mode & !umask);
        answer_entry(made.and_then(|number| attributes(&disk, number)), reply);
    }

    fn create(&self, _: &Request, parent: INodeNo, name: &OsStr, mode: u32, umask: u32, _: i32, reply: ReplyCreate) {
        let mut disk = self.disk();
        let made = disk.create(parent.0, name, Content::File(File::default()), mode & !umask);
        match made.and_then(|number| attributes(&disk, number)) {
            Ok(attributes) => {
                reply.created(&AT_ONCE, &attributes, Generation(0), FileHandle(0), FopenFlags::empty());
            }
            Err(error) => reply.error(error),
        }
    }

    fn open(&self, _: &Request, ino: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        match self.disk().node(ino.0) {
            Ok(_) => reply.opened(FileHandle(0), FopenFlags::empty()),
            Err(error) => reply.error(error),
        }
    }

    fn link(&self, _: &Request, ino: INodeNo, newparent: INodeNo, newname: &OsStr, reply: ReplyEntry) {
        let mut disk = self.disk();
        let linked = disk.link(ino.0, newparent.0, newname);
        answer_entry(linked.and_then(|()| attributes(&disk, ino.0)), reply);
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(self.disk().unlink(parent.0, name), reply);
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(self.disk().remove_folder(parent.0, name), reply);
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let mut disk = self.disk();
        let renamed = match flags.bits() {
            0 => disk.rename((parent.0, name), (newparent.0, newname)),
            _ if flags != RenameFlags::RENAME_NOREPLACE => Err(Errno::EINVAL),
            _ if disk.lookup(newparent.0, newname).is_ok() => Err(Errno::EEXIST),
            _ => disk.rename((parent.0, name), (newparent.0, newname)),
        };
        answer(renamed, reply);
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.disk().file(ino.0) {
            Ok(file) => {
                let start = file.bytes.len().min(offset as usize);
                let end = file.bytes.len().min(start + size as usize);
                reply.data(&file.bytes[start..end]);
            }
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        flags: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let offset = (flags.0 & nix::libc::O_APPEND == 0).then_some(offset as usize);
        match self.disk().write(ino.0, offset, data) {
            Ok(()) => reply.written(data.len() as u32),
            Err(error) => reply.error(error),
        }
    }

    fn flush(&self, _: &Request, ino: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        answer(self.disk().node(ino.0).map(|_| ()), reply);
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(self.disk().sync(ino.0), reply);
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(self.disk().sync(ino.0), reply);
    }

    fn readdir(&self, _: &Request, ino: INodeNo, _: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        let disk = self.disk();
        let folder = match disk.folder(ino.0) {
            Ok(folder) => folder,
            Err(error) => return reply.error(error),
        };
        let dots = [".", ".."].map(|name| (OsStr::new(name), ino.0));
        let names = folder.names.iter().map(|(name, number)| (name.as_os_str(), *number));
        for (place, (name, number)) in dots.into_iter().chain(names).enumerate().skip(offset as usize) {
            let is_folder = disk.folder(number).is_ok();
            let kind = if is_folder { FileType::Directory } else { FileType::RegularFile };
            if reply.add(INodeNo(number), place as u64 + 1, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        reply.statfs(1 << 20, 1 << 19, 1 << 19, 1 << 20, 1 << 19, 4096, 255, 4096);
    }
}
