//! What this process has in hand, so that a journal says which task ended it.

use crate::machine::last_words::{self, Name};
use crate::store::columns::DIGEST_BYTES;

/// A task or a theory cell, as its marks name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Item {
    /// That of the frame of its outcome.
    pub(crate) kind: u8,
    pub(crate) digest: [u8; DIGEST_BYTES],
}

impl Item {
    /// The length of an encoded item.
    pub(super) const BYTES: usize = 1 + DIGEST_BYTES;

    /// The body of a mark: the kind, and the digest.
    pub(super) fn encode(self) -> Name {
        let mut bytes = [self.kind; Self::BYTES];
        bytes[1..].copy_from_slice(&self.digest);
        bytes
    }

    /// The inverse of [`Item::encode`]; whatever follows is left.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        Some(Self { kind: *kind, digest: *rest.first_chunk()? })
    }
}

/// While it lives, its thread computes an item.
#[derive(Debug)]
pub(crate) struct InHand(());

impl InHand {
    pub(super) fn take(item: Item) -> Self {
        last_words::begin(item.encode());
        Self(())
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        last_words::end();
    }
}

/// What this thread computes; it is given only once, since the process ends for one reason.
pub(super) fn take_own() -> Option<Item> {
    Item::decode(&last_words::take()?)
}

/// Who computes when there is no more memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Computing {
    /// This thread, and no other.
    Alone,
    /// Another thread, and no third.
    OneOther,
    /// No thread, or several.
    Otherwise,
}

/// Who computes now.
pub(super) fn computing() -> Computing {
    match (last_words::is_computing(), last_words::computing()) {
        (true, 1) => Computing::Alone,
        (false, 1) => Computing::OneOther,
        _ => Computing::Otherwise,
    }
}
