//! The disk itself: it works like one, and loses what it may lose.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use microzone::random::RandomStream;

use crate::disk::{Cut, Disk, Part};
use crate::mount::{Mounted, fuse_is_here};

/// A mounted disk, and a folder for it.
struct Fixture {
    mounted: Mounted,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Mounted::new(Disk::new(), &folder.path().join("disk"));
        Self { mounted, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("disk").join(name)
    }

    /// What is there after a cut, in files elsewhere.
    fn after(&self, cut: Cut, seed: u8) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let disk = self.mounted.disk().clone();
        disk.after(cut, &mut RandomStream::from_seed([seed; 32])).copy_to(folder.path());
        folder
    }
}

fn sync(path: &Path) {
    File::open(path).unwrap().sync_all().unwrap();
}

/// The text of a file, or nothing if there is none.
fn text(folder: &Path, name: &str) -> Option<String> {
    match fs::read(folder.join(name)) {
        Ok(bytes) => Some(String::from_utf8(bytes).unwrap()),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NotFound);
            None
        }
    }
}

#[test]
fn it_works_like_a_disk() {
    if !fuse_is_here("it_works_like_a_disk") {
        return;
    }
    let fixture = Fixture::new();
    let (one, two) = (fixture.path("folder/one"), fixture.path("folder/two"));
    fs::create_dir_all(fixture.path("folder/empty")).unwrap();
    fs::write(&one, "a long text").unwrap();
    fs::write(&one, "text").unwrap();
    OpenOptions::new().append(true).open(&one).unwrap().write_all(b" and more").unwrap();
    assert_eq!(fs::read_to_string(&one).unwrap(), "text and more");
    let again = OpenOptions::new().write(true).create_new(true).open(&one).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::AlreadyExists);
    OpenOptions::new().write(true).open(&one).unwrap().set_len(6).unwrap();
    assert_eq!(fs::read_to_string(&one).unwrap(), "text a");

    fs::write(&two, "two").unwrap();
    fs::hard_link(&two, fixture.path("folder/link")).unwrap();
    assert_eq!(fs::metadata(&two).unwrap().nlink(), 2);
    let mut open = File::open(&two).unwrap();
    fs::rename(&one, &two).unwrap();
    assert_eq!(fs::read_to_string(&two).unwrap(), "text a");
    fs::remove_file(fixture.path("folder/link")).unwrap();
    let mut left = String::new();
    open.read_to_string(&mut left).unwrap();
    assert_eq!((left.as_str(), open.metadata().unwrap().nlink()), ("two", 0), "an open file stays without a name");

    fs::set_permissions(&two, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(fs::metadata(&two).unwrap().mode() & 0o7777, 0o640);
    assert_eq!(fs::remove_dir(fixture.path("folder")).unwrap_err().kind(), ErrorKind::DirectoryNotEmpty);
    fs::remove_dir(fixture.path("folder/empty")).unwrap();
    (0..500).for_each(|i| fs::write(fixture.path(&format!("folder/file-{i}")), "").unwrap());
    let names: BTreeSet<_> = fs::read_dir(fixture.path("folder")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 501);
}

#[test]
fn one_lock_keeps_others_out() {
    if !fuse_is_here("one_lock_keeps_others_out") {
        return;
    }
    let fixture = Fixture::new();
    let path = fixture.path("lock");
    let first = File::create(&path).unwrap();
    first.try_lock().unwrap();
    assert!(matches!(File::open(&path).unwrap().try_lock(), Err(TryLockError::WouldBlock)));
    drop(first);
    File::open(&path).unwrap().try_lock().unwrap();
}

#[test]
fn only_what_was_synced_survives_a_clean_cut() {
    if !fuse_is_here("only_what_was_synced_survives_a_clean_cut") {
        return;
    }
    let fixture = Fixture::new();
    for name in ["named", "both", "removed", "longer"] {
        fs::write(fixture.path(name), "old").unwrap();
    }
    sync(&fixture.path("both"));
    sync(&fixture.path("removed"));
    sync(&fixture.path("longer"));
    sync(&fixture.path(""));
    fs::remove_file(fixture.path("removed")).unwrap();
    OpenOptions::new().append(true).open(fixture.path("longer")).unwrap().write_all(b" and new").unwrap();
    fs::write(fixture.path("neither"), "new").unwrap();
    fs::write(fixture.path("data"), "new").unwrap();
    sync(&fixture.path("data"));
    fs::create_dir(fixture.path("folder")).unwrap();
    fs::write(fixture.path("folder/inside"), "new").unwrap();
    sync(&fixture.path("folder/inside"));
    sync(&fixture.path("folder"));

    let after = fixture.after(Cut::Clean, 1);
    assert_eq!(text(after.path(), "neither"), None);
    assert_eq!(text(after.path(), "data"), None, "synced data under a name that was not");
    assert_eq!(text(after.path(), "folder/inside"), None, "all is synced but the name of the folder");
    assert_eq!(text(after.path(), "named").as_deref(), Some(""), "a synced name of data that was not");
    assert_eq!(text(after.path(), "both").as_deref(), Some("old"));
    assert_eq!(text(after.path(), "removed").as_deref(), Some("old"));
    assert_eq!(text(after.path(), "longer").as_deref(), Some("old"));
}

#[test]
fn a_rename_without_a_sync_of_the_folder_may_show_either() {
    if !fuse_is_here("a_rename_without_a_sync_of_the_folder_may_show_either") {
        return;
    }
    let fixture = Fixture::new();
    fs::write(fixture.path("file"), "old").unwrap();
    sync(&fixture.path("file"));
    sync(&fixture.path(""));
    fs::write(fixture.path("temporary"), "new").unwrap();
    sync(&fixture.path("temporary"));
    fs::rename(fixture.path("temporary"), fixture.path("file")).unwrap();
    let seen = |cut| -> BTreeSet<_> { (0..60).map(|seed| text(fixture.after(cut, seed).path(), "file")).collect() };
    let (old, new) = (Some("old".to_string()), Some("new".to_string()));
    assert_eq!(seen(Cut::Clean), BTreeSet::from([old.clone()]));
    assert_eq!(seen(Cut::Torn), BTreeSet::from([old, new.clone()]));
    sync(&fixture.path(""));
    assert_eq!(seen(Cut::Clean), BTreeSet::from([new.clone()]));
    assert_eq!(seen(Cut::Torn), BTreeSet::from([new]));
}

/// The order of a rename without a sync of the file: the name is there, the data may not be.
#[test]
fn a_name_may_last_before_its_data() {
    if !fuse_is_here("a_name_may_last_before_its_data") {
        return;
    }
    let fixture = Fixture::new();
    fs::write(fixture.path("temporary"), "new").unwrap();
    fs::rename(fixture.path("temporary"), fixture.path("file")).unwrap();
    sync(&fixture.path(""));
    let seen: BTreeSet<_> = (0..100).map(|seed| text(fixture.after(Cut::Torn, seed).path(), "file").unwrap()).collect();
    assert!(seen.is_superset(&["", "n", "new", "\0\0\0"].map(String::from).into()), "{seen:?}");
    assert_eq!(text(fixture.after(Cut::Clean, 0).path(), "file").as_deref(), Some(""));
}

#[test]
fn a_torn_tail_begins_where_the_synced_bytes_end() {
    if !fuse_is_here("a_torn_tail_begins_where_the_synced_bytes_end") {
        return;
    }
    let fixture = Fixture::new();
    let mut file = OpenOptions::new().create_new(true).append(true).open(fixture.path("file")).unwrap();
    file.write_all(&[1; 5000]).unwrap();
    file.sync_data().unwrap();
    sync(&fixture.path(""));
    for part in [2_u8, 3, 4] {
        file.write_all(&[part; 5000]).unwrap();
    }
    let mut lengths = BTreeSet::new();
    let mut has_hole = false;
    for seed in 0..100 {
        let bytes = fs::read(fixture.after(Cut::Torn, seed).path().join("file")).unwrap();
        assert!(bytes[..5000].iter().all(|byte| *byte == 1), "seed {seed}");
        assert!(bytes[5000..].iter().all(|byte| [0, 2, 3, 4].contains(byte)), "seed {seed}");
        has_hole |= bytes[5000..].iter().skip_while(|byte| **byte != 0).any(|byte| *byte != 0);
        lengths.insert(bytes.len());
    }
    assert!(lengths.contains(&5000) && lengths.contains(&20_000) && lengths.len() > 10, "{lengths:?}");
    assert!(has_hole, "later writes may last without earlier ones");
}

#[test]
fn without_power_everything_fails_and_nothing_changes() {
    if !fuse_is_here("without_power_everything_fails_and_nothing_changes") {
        return;
    }
    let fixture = Fixture::new();
    fs::create_dir(fixture.path("results")).unwrap();
    fs::create_dir(fixture.path("results/journal")).unwrap();
    let path = fixture.path("results/journal/a");
    let mut file = File::create(&path).unwrap();
    fixture.mounted.disk().strike_at(Part::Journal, 3);
    file.write_all(b"one").unwrap();
    file.write_all(b"two").unwrap();
    for failed in [
        file.sync_data(),
        file.write_all(b"three"),
        fs::read(&path).map(|_| ()),
        fs::create_dir(fixture.path("folder")),
        fs::read_dir(fixture.path("results")).map(|_| ()),
    ] {
        assert_eq!(failed.unwrap_err().raw_os_error(), Some(nix::libc::EIO));
    }
    drop(file);
    assert_eq!(fixture.mounted.disk().struck(), Some(Part::Journal));
    let Fixture { mounted, folder } = fixture;
    let finished = mounted.unmount().finished();
    // The same again, with power.
    let mounted = Mounted::new(finished, &folder.path().join("disk"));
    assert_eq!(fs::read(&path).unwrap(), b"onetwo");
    drop(mounted);
    assert!(!path.exists(), "still mounted");
}
