use std::fs;
use std::path::Path;

use hdf5::file::LibraryVersion;
use hdf5::plist::dataset_create::Layout;
use hdf5::types::{FixedUnicode, VarLenUnicode};

use super::*;
use crate::store::netcdf::Reader;
use crate::store::{deterministic, seal, shard, text_attribute};

/// More values than any disk has room for.
const ENDLESS: usize = 1 << 40;

/// A file in a folder of the test, and what another file holds that must not be read.
struct Trap {
    folder: tempfile::TempDir,
}

impl Trap {
    fn new() -> Self {
        let trap = Self { folder: tempfile::tempdir().unwrap() };
        let other = File::create(trap.path("other.h5")).unwrap();
        other.new_dataset_builder().with_data(&[7.0_f64; 8]).create("secret").unwrap();
        fs::write(trap.path("other.bin"), [7; 64]).unwrap();
        trap
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().into()
    }

    /// A file that somebody has made, open as this program opens it.
    fn opened(&self, make: impl FnOnce(&File)) -> hdf5::Result<File> {
        let path = self.path("trap.h5");
        let mut options = File::with_options();
        options.access_plist().libver_bounds(LibraryVersion::V18, LibraryVersion::V110);
        make(&options.create(&path).unwrap());
        open(&ByPath::of(Path::new(&path)).unwrap())
    }

    /// Why its dataset `a` cannot be read.
    fn refusal(&self, make: impl FnOnce(&File)) -> String {
        match self.opened(make).and_then(|file| dataset(&file, "a")) {
            Err(error) => error.to_string(),
            Ok(dataset) => panic!("{:?} was opened", dataset.shape()),
        }
    }
}

#[test]
fn links_are_not_followed() {
    let trap = Trap::new();
    let is_link = |said: String| assert!(said.contains("is a link, which is not followed"), "{said}");
    is_link(trap.refusal(|file| file.link_external(&trap.path("other.h5"), "secret", "a").unwrap()));
    is_link(trap.refusal(|file| file.link_soft("/b", "a").unwrap()));
    is_link(trap.refusal(|file| {
        file.link_soft("/b", "a").unwrap();
        file.link_soft("/a", "b").unwrap();
    }));
    // In a group, too, and through one that contains itself.
    let with_itself = |file: &File| {
        let group = file.create_group("group").unwrap();
        file.link_hard("/group", "group/group").unwrap();
        group
    };
    is_link(trap.refusal(|file| {
        with_itself(file).link_external(&trap.path("other.h5"), "secret", "a").unwrap();
    }));
    is_link(trap.refusal(|file| {
        with_itself(file).create_group("inner").unwrap().link_soft("/b", "b").unwrap();
    }));
    let file = trap.opened(|file| drop(with_itself(file))).unwrap();
    assert!(dataset(&file, "group/group/group/a").is_err());
    assert!(dataset(&file, "group").is_err(), "a group is no dataset");
}

#[test]
fn values_of_other_files_and_compressed_ones_are_not_read() {
    let trap = Trap::new();
    let elsewhere = |said: String| assert!(said.contains("as this program writes them"), "{said}");
    elsewhere(trap.refusal(|file| {
        let builder = file.new_dataset::<u8>().external(&trap.path("other.bin"), 0, 64);
        builder.shape(64).create("a").unwrap();
    }));
    elsewhere(trap.refusal(|file| {
        let builder = file.new_dataset::<f64>();
        builder.virtual_map(trap.path("other.h5"), "secret", 8, .., 8, ..).shape(8).create("a").unwrap();
    }));
    elsewhere(trap.refusal(|file| {
        file.new_dataset::<f64>().chunk(1 << 20).deflate(9).shape(ENDLESS).create("a").unwrap();
    }));
    elsewhere(trap.refusal(|file| {
        file.new_dataset::<f64>().chunk(1 << 10).shape(ENDLESS).create("a").unwrap();
    }));
}

#[test]
fn more_values_than_the_file_holds_are_not_read() {
    let trap = Trap::new();
    let too_many = |said: String| assert!(said.contains("more values than the file holds"), "{said}");
    too_many(trap.refusal(|file| drop(file.new_dataset::<f64>().no_chunk().shape(ENDLESS).create("a").unwrap())));
    too_many(trap.refusal(|file| drop(file.new_dataset::<f64>().no_chunk().shape((8, ENDLESS)).create("a").unwrap())));
    too_many(trap.refusal(|file| drop(file.new_dataset::<u8>().no_chunk().shape(1).create("a").unwrap())));
    too_many(trap.refusal(|file| drop(file.new_dataset::<VarLenUnicode>().no_chunk().shape(9).create("a").unwrap())));
    for layout in [Layout::Contiguous, Layout::Compact] {
        let file = trap.opened(|file| {
            file.new_dataset_builder().no_chunk().layout(layout).with_data(&[1.0, 2.0]).create("a").unwrap();
            file.new_dataset::<f64>().no_chunk().shape(0).create("none").unwrap();
        });
        let file = file.unwrap();
        assert_eq!(dataset(&file, "a").unwrap().read_raw::<f64>().unwrap(), [1.0, 2.0]);
        assert_eq!(dataset(&file, "none").unwrap().size(), 0);
    }
}

/// A file with a dataset in a group, behind a user block of this many bytes.
fn with_group(path: &str, user_block: u64, oldest: LibraryVersion) -> Vec<u8> {
    let mut options = File::with_options();
    options.create_plist().userblock(user_block);
    options.access_plist().libver_bounds(oldest, LibraryVersion::V18);
    let group = options.create(path).unwrap().create_group("group").unwrap();
    group.new_dataset_builder().no_chunk().with_data(&[1.0]).create("a").unwrap();
    drop(group);
    fs::read(path).unwrap()
}

#[test]
fn superblocks_that_claim_more_are_not_shown_to_hdf5() {
    let trap = Trap::new();
    let path = trap.path("trap.h5");
    let opened = || open(&ByPath::of(Path::new(&path)).unwrap());
    let in_memory = deterministic::image(&deterministic::create_in_memory(0).unwrap()).unwrap();
    deterministic::create(Path::new(&path)).unwrap();
    let on_disk = fs::read(&path).unwrap();
    let places = [(in_memory, 48, 13, [24, 40, 64]), (on_disk, 20, 9, [12, 28, 36])];
    for (bytes, address, bytes_per_address, [base, end, root]) in places {
        fs::write(&path, &bytes).unwrap();
        opened().unwrap();
        // The address of a block that no file of this program has, addresses of 4 bytes, other versions, another start,
        // and another end.
        let wrong = [(address, 60), (address + 7, 0), (bytes_per_address, 4), (8, 1), (8, 3)];
        for (place, value) in wrong.into_iter().chain([(base + 1, 2), (end, bytes[end] - 1), (end, bytes[end] + 1)]) {
            let mut bytes = bytes.clone();
            bytes[place] = value;
            fs::write(&path, &bytes).unwrap();
            let said = opened().unwrap_err().to_string();
            assert!(said.contains("not one that this program writes"), "byte {place}: {said}");
        }
        let mut of_root = bytes.clone();
        of_root[root + 2] = 1;
        fs::write(&path, &of_root).unwrap();
        assert!(opened().unwrap_err().to_string().contains("no header can be read"));
        fs::write(&path, &bytes[..40]).unwrap();
        assert!(opened().is_err());
        // HDF5 would look for it at every power of two.
        fs::write(&path, [&[0; 1024][..], &bytes].concat()).unwrap();
        assert!(opened().unwrap_err().to_string().contains("not an HDF5 file"));
    }
    // The driver's block claims gigabytes, found by `cargo fuzz`.
    let mut bytes = [0x92; 54];
    bytes[..28].copy_from_slice(b"\x89HDF\r\n\x1a\n\x01\0\0\x12\0\x08\x08\0\x86\x89=H\0\0\0\0D\x92\x92\x92");
    fs::write(&path, bytes).unwrap();
    assert!(opened().unwrap_err().to_string().contains("not one that this program writes"));
}

#[test]
fn headers_that_hdf5_decodes_past_their_end_are_not_shown_to_it() {
    let trap = Trap::new();
    let path = trap.path("trap.h5");
    let opened = || open(&ByPath::of(Path::new(&path)).unwrap());
    for user_block in [0, seal::BLOCK_BYTES as u64] {
        let bytes = with_group(&path, user_block, LibraryVersion::V18);
        let file = opened().unwrap();
        dataset(&file, "group/a").unwrap();
        let places = [("group", header::address(&file, "group")), ("a", header::address(&file, "group/a"))];
        drop(file);
        for (name, address) in places {
            let start = (user_block + address.unwrap()) as usize;
            let mut bytes = bytes.clone();
            bytes[start..start + 4].copy_from_slice(b"\x01\x02\x01\0");
            fs::write(&path, bytes).unwrap();
            let said = opened().unwrap_err().to_string();
            assert!(said.contains(&format!("{name:?}: at byte {start} is no header that this")), "{said}");
        }
        with_group(&path, user_block, LibraryVersion::Earliest);
        let said = opened().unwrap_err().to_string();
        assert!(said.contains("no header that this program writes"), "{said}");
    }
    // The start of a header at the end of the file.
    for (length, is_whole) in [(34, true), (33, false)] {
        fs::write(&path, [&b"before OHDR"[..], &vec![0; length - 4]].concat()).unwrap();
        let mut file = ByPath::of(Path::new(&path)).unwrap().open().unwrap();
        assert_eq!(header::check(&mut file, 7).is_ok(), is_whole);
        assert!(header::check(&mut file, 8).is_err());
        assert!(header::check(&mut file, u64::MAX).is_err());
    }
}

#[test]
fn texts_that_share_their_bytes_are_not_longer_than_the_file() {
    let trap = Trap::new();
    let write = |texts: &[&str]| {
        let texts: Vec<VarLenUnicode> = texts.iter().map(|text| text.parse().unwrap()).collect();
        let file = deterministic::create(Path::new(&trap.path("trap.h5"))).unwrap();
        let made = file.new_dataset_builder().no_chunk().with_data(&texts).create("a").unwrap();
        made.offset().unwrap() as usize
    };
    let read = || {
        let path = trap.path("trap.h5");
        let file = open(&ByPath::of(Path::new(&path)).unwrap())?;
        texts(&dataset(&file, "a")?, &ByPath::of(Path::new(&path)).unwrap())
    };
    write(&["µ", "", "two words"]);
    assert_eq!(read().unwrap(), ["µ", "", "two words"]);
    // All point at the place of the first one.
    let long = "long ".repeat(1000);
    let start = write(&[&[&long[..]][..], &["short"; 99]].concat());
    let mut bytes = fs::read(trap.path("trap.h5")).unwrap();
    for text in 1..100 {
        bytes.copy_within(start..start + texts::BYTES_OF_PLACE, start + text * texts::BYTES_OF_PLACE);
    }
    fs::write(trap.path("trap.h5"), &bytes).unwrap();
    assert!(read().unwrap_err().to_string().contains("longer than the file"));
    // HDF5 1.10 would write the long text to memory for a short one.
    bytes[start..start + 4].copy_from_slice(&1_u32.to_le_bytes());
    fs::write(trap.path("trap.h5"), &bytes).unwrap();
    assert!(read().unwrap_err().to_string().contains("not of the length that its dataset gives it"));
    bytes[start + 4..start + 12].copy_from_slice(&u64::MAX.to_le_bytes());
    fs::write(trap.path("trap.h5"), &bytes).unwrap();
    assert!(read().is_err());
    // Texts that are none, and letters that are not UTF-8.
    bytes[start..start + 100 * texts::BYTES_OF_PLACE].fill(0);
    fs::write(trap.path("trap.h5"), &bytes).unwrap();
    assert_eq!(read().unwrap(), vec![String::new(); 100]);
    write(&["letters"]);
    let bytes = fs::read(trap.path("trap.h5")).unwrap();
    let place = bytes.windows(7).position(|window| window == b"letters").unwrap();
    fs::write(trap.path("trap.h5"), [&bytes[..place], b"\xff\xff", &bytes[place + 2..]].concat()).unwrap();
    assert!(read().unwrap_err().to_string().contains("utf-8"));
}

#[test]
fn an_attribute_of_many_texts_is_not_read_as_one() {
    let trap = Trap::new();
    let file = trap.opened(|file| {
        let texts = [FixedUnicode::<8>::default(); 1000];
        file.new_attr_builder().with_data(&texts).create("many").unwrap();
        file.new_attr_builder().with_data(&[1.0]).create("number").unwrap();
        text_attribute::write(file, "one", "text").unwrap();
    });
    let file = file.unwrap();
    assert_eq!(text_attribute::read(&file, "one").unwrap(), "text");
    for name in ["many", "number"] {
        let said = text_attribute::read(&file, name).unwrap_err().to_string();
        assert!(said.contains("not one text of fixed length"), "{said}");
    }
}

/// A shard with a whole seal around a file that somebody has made.
fn sealed(trap: &Trap, make: impl FnOnce(&File)) -> String {
    let path = trap.path("shard.h5");
    let mut options = File::with_options();
    options.create_plist().userblock(seal::BLOCK_BYTES as u64);
    options.access_plist().libver_bounds(LibraryVersion::V18, LibraryVersion::V18);
    make(&options.create(&path).unwrap());
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, seal::seal(bytes[seal::BLOCK_BYTES..].to_vec(), &[]).unwrap()).unwrap();
    let contents = shard::read(Path::new(&path)).unwrap();
    assert!(contents.records.is_empty());
    let mut visited = 0;
    shard::visit(Path::new(&path), &mut |columns| visited += columns.len()).unwrap();
    assert_eq!(visited, 0);
    shard::read_keys(Path::new(&path)).unwrap();
    contents.damage.unwrap().to_string()
}

fn add<T: hdf5::H5Type>(file: &File, name: &str, values: &[T]) {
    file.new_dataset_builder().no_chunk().with_data(values).create(name).unwrap();
}

#[test]
fn a_shard_that_somebody_has_sealed_is_damaged_at_worst() {
    let trap = Trap::new();
    let said = |make: &dyn Fn(&File)| sealed(&trap, make);
    assert!(said(&|_| {}).contains("column \"digest\""));
    assert!(
        said(&|file| file.link_external(&trap.path("other.h5"), "secret", "digest").unwrap()).contains("is a link")
    );
    assert!(said(&|file| drop(file.create_group("digest").unwrap())).contains("column \"digest\""));
    assert!(said(&|file| add(file, "digest", &[1.0])).contains("of another type"));
    let endless =
        |file: &File| drop(file.new_dataset::<u8>().no_chunk().shape((ENDLESS, 32)).create("digest").unwrap());
    assert!(said(&endless).contains("more values than the file holds"));
}

#[test]
fn records_that_share_their_values_are_not_more_than_the_shard() {
    let trap = Trap::new();
    let records = 4000_usize;
    let said = sealed(&trap, |file| {
        add(file, "digest", &vec![0_u8; 32 * records]);
        add(file, "status", &vec![1_u8; records]);
        add(file, "values", &vec![0.0_f64; records]);
        let ends: Vec<u64> = (0..records).map(|record| if record % 2 == 0 { records as u64 } else { 0 }).collect();
        add(file, "value_end", &ends);
        add::<u8>(file, "message", &[]);
        add(file, "message_end", &vec![0_u64; records]);
        add(file, "checksum", &vec![0_u8; 16 * records]);
    });
    assert!(said.contains("the parts of column \"values\" overlap"), "{said}");
}

#[test]
fn results_of_types_that_are_never_written_are_an_error() {
    let trap = Trap::new();
    let file = trap.opened(|file| {
        add(file, "single", &[1.0_f32]);
        add(file, "fixed", &[FixedUnicode::<8>::default()]);
        drop(file.new_dataset::<u8>().no_chunk().shape(ENDLESS).create("endless").unwrap());
    });
    drop(file);
    let reader = Reader::open(Path::new(&trap.path("trap.h5"))).unwrap();
    for name in ["single", "fixed", "endless"] {
        assert!(reader.array(name).is_err(), "{name}");
    }
    assert!(reader.array("none").unwrap().is_none());
}
