use std::time::Instant;

use super::scan::scan;
use super::*;
use crate::experiment::{Outcome, TaskFailure};
use crate::store::columns::Columns;
use crate::store::frame::Frame;
use crate::store::lock::once_released;
use crate::store::stamp::STAMP_BYTES;

const BOOT: &str = "of this boot";

fn records(count: u8) -> Vec<Record> {
    let outcome = |i| {
        if i % 3 == 2 {
            Outcome::Failed(TaskFailure::model(format!("task {i}")))
        } else {
            Outcome::Done(vec![f64::from(i); 2])
        }
    };
    (0..count).map(|i| Record { digest: [i; 32], outcome: outcome(i) }).collect()
}

fn journal_bytes(records: &[Record]) -> Vec<u8> {
    let mut bytes = Stamp::own().encode(NAME).to_vec();
    records.iter().for_each(|record| frame_into(kind::RESULT, &mut bytes, |body| record.encode_into(body)));
    bytes
}

#[test]
fn a_journal_cut_anywhere_keeps_every_whole_record_and_is_not_called_damaged() {
    let all = records(4);
    let bytes = journal_bytes(&all);
    let ends: Vec<usize> = (0..=4).map(|n| journal_bytes(&all[..n]).len()).collect();
    for cut in 0..=bytes.len() {
        let whole = ends.iter().filter(|end| **end <= cut).count().saturating_sub(1);
        let scan = scan(&bytes[..cut], BOOT);
        assert_eq!((scan.records.len(), scan.damaged_at), (whole, None), "cut at {cut}");
        assert_eq!(
            scan.good_length as usize,
            if cut < STAMP_BYTES + 1 { scan.good_length as usize } else { ends[whole] }
        );
    }
}

#[test]
fn any_flipped_byte_loses_one_record_at_most_and_never_passes_unseen() {
    let all = records(4);
    let bytes = journal_bytes(&all);
    let last = journal_bytes(&all[..3]).len();
    for position in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[position] ^= 0x10;
        let scan = scan(&flipped, BOOT);
        assert!(scan.records.iter().all(|record| all.contains(&record)), "a wrong record at {position}");
        assert!(scan.records.len() >= 3, "byte {position}");
        // In the last frame a longer length cannot be distinguished from a torn append; everything else can.
        let length_field = last + MARK.len()..last + MARK.len() + 4;
        assert!(scan.damaged_at.is_some() || length_field.contains(&position), "byte {position} passed unseen");
    }
}

#[test]
fn unwritten_blocks_at_the_end_are_a_torn_tail() {
    let all = records(3);
    let mut bytes = journal_bytes(&all);
    let good = bytes.len();
    bytes.extend_from_slice(&[0; 4096]);
    assert_eq!(scan(&bytes, BOOT), Scan { records: Columns::of(&all), good_length: good as u64, ..Scan::default() });
}

#[test]
fn what_is_appended_from_many_threads_is_all_there_and_locked_while_it_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.journal");
    let journal = Journal::create(&path, "me").unwrap();
    let all = records(90);
    std::thread::scope(|scope| {
        for part in all.chunks(30) {
            let journal = &journal;
            scope.spawn(move || part.iter().for_each(|record| journal.append(record).unwrap()));
        }
    });
    assert!(matches!(recover(&path), Err(StoreError::Locked { .. })));
    assert_eq!(journal.finish().unwrap().records, 90);
    let scan = once_released(|| recover(&path));
    assert_eq!(scan.frames.iter().map(|frame| frame.kind).collect::<Vec<_>>(), [kind::RUN, kind::ENDED]);
    let mut found: Vec<Record> = scan.records.iter().collect();
    found.sort_by_key(|record| record.digest);
    assert_eq!(found, all);
}

#[test]
fn a_journal_of_zeros_is_a_torn_tail() {
    for length in [1, 63, 64, 65, 4096] {
        assert_eq!(scan(&vec![0; length], BOOT), Scan::default(), "{length} zeros");
    }
    let mut begun = Stamp::own().encode(NAME)[..20].to_vec();
    begun.resize(4096, 0);
    assert_eq!(scan(&begun, BOOT), Scan::default());
}

#[test]
fn a_journal_of_the_first_format_is_read() {
    let all = records(4);
    let mut bytes = b"MZJRNL1\n".to_vec();
    for record in &all {
        let mut encoded = Vec::new();
        record.encode_into(&mut encoded);
        bytes.extend_from_slice(b"\xf1MZ\n");
        bytes.extend_from_slice(&(encoded.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&checksum(&encoded));
        bytes.extend_from_slice(&encoded);
    }
    assert_eq!(
        scan(&bytes, BOOT),
        Scan { records: Columns::of(&all), good_length: bytes.len() as u64, ..Scan::default() }
    );
    bytes[8 + 4] ^= 1;
    assert_eq!(scan(&bytes, BOOT).damaged_at, Some(8));
}

#[test]
fn a_frame_of_an_unknown_kind_is_carried_along_if_its_checksum_holds() {
    let mut bytes = journal_bytes(&records(1));
    let start = bytes.len();
    frame_into(200, &mut bytes, |body| body.extend_from_slice(b"of a later version"));
    frame_into(kind::RESULT, &mut bytes, |body| records(2)[1].encode_into(body));
    let good = scan(&bytes, BOOT);
    assert_eq!(good.frames, [Frame { kind: 200, body: b"of a later version".to_vec() }]);
    assert_eq!((good.records, good.damaged_at), (Columns::of(&records(2)), None));
    bytes[start + FRAME_HEAD + 3] ^= 1;
    let bad = scan(&bytes, BOOT);
    assert_eq!((bad.frames.len(), bad.records.len(), bad.damaged_at), (0, 2, Some(start as u64)));
}

#[test]
fn a_newer_journal_is_not_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.journal");
    let newer = Stamp { format: 99, program: "99.0.0".into() };
    std::fs::write(&path, [&newer.encode(NAME)[..], b"whatever it holds"].concat()).unwrap();
    for error in [read(&path).unwrap_err(), recover(&path).unwrap_err()] {
        assert!(matches!(error, StoreError::Newer { format: 99, .. }), "{error}");
    }
}

#[test]
fn what_the_power_took_is_torn_if_it_lies_behind_what_was_synced_and_the_boot_is_another() {
    let mut bytes = Stamp::own().encode(NAME).to_vec();
    frame_into(kind::RUN, &mut bytes, |body| {
        body.extend_from_slice(br#"{"process":{"boot_id":"of an earlier boot"}}"#)
    });
    let start = bytes.len();
    let append =
        |bytes: &mut Vec<u8>, record: &Record| frame_into(kind::RESULT, bytes, |body| record.encode_into(body));
    let all = records(4);
    append(&mut bytes, &all[0]);
    let synced = bytes.len();
    frame_into(kind::SYNCED, &mut bytes, |body| body.extend_from_slice(&(synced as u64).to_le_bytes()));
    let (third, fourth) = (bytes.len(), {
        append(&mut bytes, &all[1]);
        bytes.len()
    });
    append(&mut bytes, &all[2]);
    append(&mut bytes, &all[3]);
    // A block of an unsynced record is gone, those behind it are there.
    bytes[third + 10..fourth].fill(0);
    let torn = scan(&bytes, BOOT);
    assert_eq!((torn.records.len(), torn.damaged_at), (3, None));
    assert_eq!(scan(&bytes, "of an earlier boot").damaged_at, Some(third as u64), "the machine never stopped");
    bytes[start + 10] ^= 1;
    assert_eq!(scan(&bytes, BOOT).damaged_at, Some(start as u64), "a synced record");
    bytes[3] ^= 1;
    assert_eq!(scan(&bytes, BOOT).damaged_at, Some(0), "the header");
}

/// The bytes of a journal of one writer, in which two tasks and a cell are begun.
fn begun() -> Vec<u8> {
    let mut bytes = Stamp::own().encode(NAME).to_vec();
    frame_into(kind::RUN, &mut bytes, |body| body.extend_from_slice(b"{}"));
    for item in [task(0), task(1), CELL] {
        frame_into(kind::STARTED, &mut bytes, |body| body.extend_from_slice(&item.encode()));
    }
    bytes
}

fn task(number: u8) -> Item {
    Item { kind: kind::RESULT, digest: [number; 32] }
}

const CELL: Item = Item { kind: kind::THEORY, digest: [9; 32] };

#[test]
fn what_was_started_is_open_until_it_has_an_outcome() {
    let mut bytes = begun();
    assert_eq!(scan(&bytes, BOOT).open, [task(0), task(1), CELL].into());
    frame_into(kind::RESULT, &mut bytes, |body| records(1)[0].encode_into(body));
    let scanned = scan(&bytes, BOOT);
    assert_eq!((scanned.open, scanned.records.len(), scanned.has_death), ([task(1), CELL].into(), 1, false));
    frame_into(kind::THEORY, &mut bytes, |body| Record { digest: [9; 32], ..records(1)[0].clone() }.encode_into(body));
    let scanned = scan(&bytes, BOOT);
    assert_eq!((scanned.open, scanned.damaged_at), ([task(1)].into(), None));
    assert!(scanned.frames.iter().all(|frame| frame.kind != kind::STARTED), "marks of starts do not pile up in shards");
}

#[test]
fn a_mark_of_death_is_a_failure_of_its_task_and_reads_as_any_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.journal");
    let bytes = [begun(), death::frame(task(1), libc::SIGABRT).to_vec(), death::frame(CELL, 0).to_vec()].concat();
    std::fs::write(&path, &bytes).unwrap();
    let scan = read(&path).unwrap();
    assert_eq!((scan.damaged_at, scan.has_death, &scan.open), (None, true, &[task(0)].into()));
    let failed: Vec<Record> = scan.records.iter().collect();
    let expected = Outcome::Failed(death::failure(libc::SIGABRT));
    assert_eq!(failed, [Record { digest: [1; 32], outcome: expected }]);
    let cell = scan.frames.iter().find_map(Frame::cell).unwrap();
    assert_eq!(cell, Record { digest: [9; 32], outcome: Outcome::Failed(death::failure(0)) });
    assert!(death::failure(0).message.contains("no memory") && death::failure(11).message.starts_with("SIGSEGV"));
}

/// Each head says that its content is the whole rest of the file, which would be hashed for each of them.
#[test]
fn a_journal_made_of_heads_of_frames_is_scanned_in_time() {
    let mut bytes = Stamp::own().encode(NAME).to_vec();
    let (heads, length) = (100_000_usize, FRAME_HEAD as u32);
    for left in (0..heads as u32).rev() {
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&(left * length).to_le_bytes());
        bytes.extend_from_slice(&[0; CHECKSUM_BYTES]);
    }
    frame_into(kind::ENDED, &mut bytes, |_| {});
    let began = Instant::now();
    let scan = scan::scan(&bytes, "boot");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // Nobody has seen what follows, so that nothing is cut off.
    assert_eq!(scan.damaged_at, Some(64));
}

#[test]
fn a_death_is_found_behind_long_journals_and_before_what_was_still_to_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.journal");
    let more = |length: usize| {
        let mut frame = Vec::new();
        frame_into(kind::PADDING, &mut frame, |body| body.resize(body.len() + length, 0));
        frame
    };
    let died = || death::frame(task(1), libc::SIGABRT).to_vec();
    for (before, mark, after, is_found) in [
        (more(10), died(), more(10), true),
        (more(10), Vec::new(), more(10), false),
        (more(3 * BACKLOG + 1), died(), Vec::new(), true),
        (more(10), died(), more(BACKLOG), true),
        (more(10), died(), vec![0xff; 5], true),
    ] {
        std::fs::write(&path, [begun(), before, mark, after].concat()).unwrap();
        assert_eq!(has_death(&path), is_found);
    }
    assert!(!has_death(&folder.path().join("b.journal")), "there is none");
}
