//! The frames of a shard that are not records, as they stood in the journal.

use hdf5::{Dataset, File};

use super::column::{add, add_rows, check_parts, read};
use crate::store::columns::part;
use crate::store::frame::Frame;
use crate::store::record::{self, CHECKSUM_BYTES};

/// Columns of one entry per frame but for `body`, which is that of all frames in a row.
#[derive(Debug, Default, PartialEq)]
pub(super) struct FrameColumns {
    pub(super) kind: Vec<u8>,
    body: Vec<u8>,
    body_end: Vec<u64>,
    checksum: Vec<u8>,
}

impl FrameColumns {
    pub(super) fn of(frames: &[Frame]) -> Self {
        let mut columns = Self::default();
        for frame in frames {
            columns.kind.push(frame.kind);
            columns.body.extend_from_slice(&frame.body);
            columns.body_end.push(columns.body.len() as u64);
            columns.checksum.extend_from_slice(&checksum(frame.kind, &frame.body));
        }
        columns
    }

    /// The frame at this index if it is sound.
    pub(super) fn frame(&self, index: usize) -> Option<Frame> {
        let kind = *self.kind.get(index)?;
        let body = part(&self.body, &self.body_end, index)?;
        let noted = self.checksum.as_chunks::<CHECKSUM_BYTES>().0.get(index)?;
        (checksum(kind, body) == *noted).then(|| Frame { kind, body: body.to_vec() })
    }

    pub(super) fn write(&self, file: &File) -> hdf5::Result<Vec<Dataset>> {
        let kinds = "frames that are no records; 1: who wrote the journal, 6: the journal ended in order";
        let datasets = [
            add(file, "frame_kind", &self.kind, kinds)?,
            add(file, "frame", &self.body, "what the frames say")?,
            add(file, "frame_end", &self.body_end, "where the frame ends; it starts at the last end")?,
            add_rows::<CHECKSUM_BYTES>(
                file,
                "frame_checksum",
                &self.checksum,
                "start of the BLAKE3 of kind and frame",
            )?,
        ];
        Ok(datasets.into())
    }

    pub(super) fn read(file: &File) -> Result<Self, String> {
        if !file.link_exists("frame_kind") {
            // A shard of the first format.
            return Ok(Self::default());
        }
        let columns = Self {
            kind: read(file, "frame_kind")?,
            body: read(file, "frame")?,
            body_end: read(file, "frame_end")?,
            checksum: read(file, "frame_checksum")?,
        };
        let frames = columns.kind.len();
        let lengths = [columns.body_end.len(), columns.checksum.len() / CHECKSUM_BYTES];
        if lengths.iter().any(|&length| length != frames) {
            return Err(format!("the columns of {frames} frames have lengths {lengths:?}"));
        }
        check_parts("frame", &columns.body_end, columns.body.len())?;
        Ok(columns)
    }
}

fn checksum(kind: u8, body: &[u8]) -> [u8; CHECKSUM_BYTES] {
    record::checksum(&[&[kind], body].concat())
}
