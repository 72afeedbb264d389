//! Texts of variable length, read from where they lie in the file.
//!
//! A dataset has the length of each text and its place: the address of a collection of texts, and a number in it. The
//! collection has the length, too, and HDF5 1.10 copies that many bytes to memory for the other: a text that is made to
//! be longer there overwrites what lies behind it.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use crate::machine::files::{ByPath, File};

/// What a text takes in its dataset: its length (u32), and address (u64) and number (u32) of its bytes.
pub(super) const BYTES_OF_PLACE: usize = 16;
/// The name and version of a collection, in front of its length (u64).
const COLLECTION: &[u8; 8] = b"GCOL\x01\0\0\0";
const COLLECTION_HEAD: usize = 16;
/// In front of each text: number (u16), count (u16), nothing (u32), length (u64).
const TEXT_HEAD: usize = 16;

/// Reads so many texts whose places lie at this offset.
///
/// # Errors
/// The file is not as this program writes it, or cannot be read.
pub(super) fn read(location: &ByPath, offset: u64, count: usize) -> Result<Vec<String>, String> {
    let file = location.open().map_err(|error| error.to_string())?;
    let length = file.len().map_err(|error| error.to_string())?;
    let mut collections = Collections { file, left: length, known: HashMap::new() };
    let places = collections.bytes(offset, (count * BYTES_OF_PLACE) as u64)?;
    // Several texts may lie in one place, so that all of them might be much longer than the file.
    let mut left = length;
    let mut text = |place: &[u8; BYTES_OF_PLACE]| -> Result<String, String> {
        let bytes = collections.text(place)?;
        left = left.checked_sub(bytes.len() as u64).ok_or("its texts are longer than the file")?;
        String::from_utf8(bytes.to_vec()).map_err(|error| error.to_string())
    };
    places.as_chunks().0.iter().map(&mut text).collect()
}

/// The collections of texts that have been read.
struct Collections {
    file: File,
    /// Bytes that may still be read: collections of a sound file do not overlap.
    left: u64,
    known: HashMap<u64, Collection>,
}

struct Collection {
    bytes: Vec<u8>,
    texts: HashMap<u16, Range<usize>>,
}

impl Collections {
    fn bytes(&mut self, offset: u64, length: u64) -> Result<Vec<u8>, String> {
        self.left = self.left.checked_sub(length).ok_or("its texts are longer than the file")?;
        let mut bytes = vec![0; length as usize];
        let place = self.file.seek(SeekFrom::Start(offset));
        place.and_then(|_| self.file.read_exact(&mut bytes)).map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    fn text(&mut self, place: &[u8; BYTES_OF_PLACE]) -> Result<&[u8], String> {
        let (length, address, number) = (number(place, 0, 4), number(place, 4, 8), number(place, 12, 4));
        if length == 0 {
            return Ok(&[]);
        }
        if !self.known.contains_key(&address) {
            let collection = self.collection(address)?;
            self.known.insert(address, collection);
        }
        let found = self.known.get(&address).and_then(|collection| {
            let range = collection.texts.get(&u16::try_from(number).ok()?)?.clone();
            collection.bytes.get(range).filter(|bytes| bytes.len() as u64 == length)
        });
        found.ok_or_else(|| "a text is not of the length that its dataset gives it".into())
    }

    fn collection(&mut self, address: u64) -> Result<Collection, String> {
        let head = self.bytes(address, COLLECTION_HEAD as u64)?;
        if !head.starts_with(COLLECTION) {
            return Err("a text lies where no texts are".into());
        }
        let bytes = self.bytes(address, number(&head, 8, 8))?;
        let mut texts = HashMap::new();
        let mut start = COLLECTION_HEAD;
        // Number 0 is the rest of the collection.
        while let Some(head) = bytes.get(start..start + TEXT_HEAD).filter(|head| number(head, 0, 2) != 0) {
            let length = usize::try_from(number(head, 8, 8)).unwrap_or(usize::MAX);
            let first = start + TEXT_HEAD;
            let Some(end) = first.checked_add(length).filter(|end| *end <= bytes.len()) else { break };
            texts.insert(number(head, 0, 2) as u16, first..end);
            start = end.next_multiple_of(8);
        }
        Ok(Collection { bytes, texts })
    }
}

/// A number of so many bytes, little-endian.
fn number(bytes: &[u8], start: usize, length: usize) -> u64 {
    let bytes = bytes.iter().skip(start).take(length).rev();
    bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
}
