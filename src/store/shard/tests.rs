use std::fs;

use super::*;
use crate::experiment::{Outcome, TaskFailure};

fn records(count: u32) -> Vec<Record> {
    let record = |number: u32| {
        let mut digest = [0; 32];
        digest[..4].copy_from_slice(&number.to_be_bytes());
        let outcome = match number % 5 {
            3 => Outcome::Failed(TaskFailure::censored_above(format!("µ = {number} is too much"))),
            4 if number < 10 => Outcome::Done(vec![]),
            _ => Outcome::Done(vec![f64::from(number), f64::NAN, -0.0, 1.0 / 3.0, 1e300]),
        };
        Record { digest, outcome }
    };
    (0..count).map(record).collect()
}

/// Equality bit by bit, where a NaN equals itself.
fn encodings(records: &[Record]) -> Vec<Vec<u8>> {
    let encode = |record: &Record| {
        let mut bytes = Vec::new();
        record.encode_into(&mut bytes);
        bytes
    };
    records.iter().map(encode).collect()
}

fn what_is_wrong(contents: &ShardContents) -> String {
    contents.damage.as_ref().map(StoreError::to_string).unwrap_or_default()
}

#[test]
fn records_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    for count in [0, 1, 12] {
        write(&path, &records(count)).unwrap();
        let contents = read(&path).unwrap();
        assert_eq!(what_is_wrong(&contents), "");
        assert_eq!(encodings(&contents.records.iter().collect::<Vec<Record>>()), encodings(&records(count)));
    }
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("a.h5"), folder.path().join("a longer name.h5"));
    write(&one, &records(100)).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    write(&two, &records(100)).unwrap();
    assert!(fs::read(one).unwrap() == fs::read(two).unwrap());
}

#[test]
fn no_flipped_byte_gives_a_wrong_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    let originals = encodings(&records(12));
    write(&path, &records(12)).unwrap();
    let sound = fs::read(&path).unwrap();
    let mut salvaged = 0;
    for position in 0..sound.len() {
        let mut bytes = sound.clone();
        bytes[position] ^= 1 << (position % 8);
        fs::write(&path, bytes).unwrap();
        let contents = read(&path).unwrap();
        assert!(contents.damage.is_some(), "byte {position} went unnoticed");
        let read = encodings(&contents.records.iter().collect::<Vec<Record>>());
        assert!(read.iter().all(|record| originals.contains(record)), "byte {position} gave a wrong record");
        assert!(read.is_empty() || read.len() >= 10, "byte {position} cost {} records", 12 - read.len());
        salvaged += usize::from(!read.is_empty());
    }
    assert!(salvaged > 12 * (32 + 16), "only {salvaged} damaged shards gave records");
}

#[test]
fn a_flipped_value_names_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    write(&path, &records(12)).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let needle = 11_f64.to_le_bytes();
    let position = bytes.windows(8).position(|window| window == needle).unwrap();
    bytes[position] ^= 1;
    fs::write(&path, bytes).unwrap();
    let contents = read(&path).unwrap();
    assert_eq!(contents.records.len(), 11);
    let damage = what_is_wrong(&contents);
    assert!(damage.contains("record 11 of 12 does not match its checksum"), "{damage}");
}

#[test]
fn a_cut_shard_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    write(&path, &records(12)).unwrap();
    let sound = fs::read(&path).unwrap();
    for length in 0..sound.len() {
        fs::write(&path, &sound[..length]).unwrap();
        let contents = read(&path).unwrap();
        assert!(contents.records.is_empty() && contents.damage.is_some(), "cut to {length} bytes");
    }
}

#[test]
fn a_file_that_is_not_a_shard_is_damaged_and_a_missing_one_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    assert!(matches!(read(&path), Err(StoreError::Io { .. })));
    fs::write(&path, "hello".repeat(200)).unwrap();
    assert!(what_is_wrong(&read(&path).unwrap()).contains("not a shard"));
}

#[test]
fn sealed_files_of_other_contents_are_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    let sealed = |fill: &dyn Fn(&File)| {
        let file = deterministic::create_in_memory(seal::BLOCK_BYTES as u64).unwrap();
        fill(&file);
        fs::write(&path, seal::seal(deterministic::image(&file).unwrap(), &[]).unwrap()).unwrap();
        let contents = read(&path).unwrap();
        assert!(contents.records.is_empty());
        what_is_wrong(&contents)
    };
    assert!(sealed(&|_| {}).contains("column \"digest\""));
    let huge = sealed(&|file| {
        deterministic::dataset(file).empty::<u8>().shape([1_usize << 40, 32]).create("digest").unwrap();
    });
    assert!(huge.contains("more values than the file holds"), "{huge}");
    let uneven = sealed(&|file| {
        columns::write(&Columns { status: vec![1, 1], value_end: vec![0], ..Columns::default() }, file).unwrap();
    });
    assert!(uneven.contains("columns of 2 records have lengths [0, 1, 0, 0]"), "{uneven}");
}

#[test]
fn frames_that_are_not_records_come_back_and_a_flipped_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    let frame = |kind, body: &str| Frame { kind, body: body.into() };
    let frames = [frame(1, "who"), frame(200, "of a later version"), frame(6, "")];
    write_with_frames(&path, &Columns::of(&records(3)), &frames).unwrap();
    let contents = read(&path).unwrap();
    assert_eq!((contents.frames.as_slice(), contents.records.len()), (&frames[..], 3));
    let mut bytes = fs::read(&path).unwrap();
    let position = bytes.windows(5).position(|window| window == b"later").unwrap();
    bytes[position] ^= 1;
    fs::write(&path, bytes).unwrap();
    let contents = read(&path).unwrap();
    assert_eq!((contents.frames.len(), contents.records.len()), (2, 3));
    assert!(what_is_wrong(&contents).contains("frame 1 of 3"), "{}", what_is_wrong(&contents));
}

#[test]
fn a_newer_shard_is_not_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    write(&path, &records(3)).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let newer = crate::store::stamp::Stamp { format: 99, program: "99.0.0".into() };
    bytes[..64].copy_from_slice(&newer.encode(b"microzone shard "));
    fs::write(&path, bytes).unwrap();
    assert!(matches!(read(&path), Err(StoreError::Newer { format: 99, .. })));
}
