//! Defects that tests put in on purpose, to see that simulated histories find them.

/// What is done wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    /// A file takes its place before its bytes are on the disk.
    UnsyncedFile,
    /// A name counts as durable before its folder is synced.
    UnsyncedFolder,
    /// An error of a sync is ignored.
    FailedSyncIgnored,
    /// A journal says that its bytes are on the disk before they are.
    MarkedBeforeSync,
    /// A journal is removed before its shard has been read back.
    JournalRemovedEarly,
    /// A frame of a journal counts although its checksum is another one.
    WrongChecksumAccepted,
    /// What a rank has done counts although its tasks have gone to others.
    CountedTwice,
    /// A message that arrives twice counts as two.
    TakenForTwoMessages,
    /// The stream of a task depends on the run.
    WrongStreamKey,
    /// Results take their place without a look at the lease.
    LeaseNotChecked,
    /// What an earlier process has begun to write may take its place later.
    LateReduceWins,
    /// Whatever was in hand when a process was killed counts as the cause.
    SuspectCountedOnKill,
    /// The ranks are dismissed although a verdict may call for more.
    DismissedTooEarly,
    /// A rank that stands still keeps its tasks.
    StandstillIgnored,
    /// Ranks wait for rank 0 for ever.
    WaitsForEver,
}

#[cfg(test)]
impl Defect {
    pub(crate) const ALL: [Self; 15] = [
        Self::UnsyncedFile,
        Self::UnsyncedFolder,
        Self::FailedSyncIgnored,
        Self::MarkedBeforeSync,
        Self::JournalRemovedEarly,
        Self::WrongChecksumAccepted,
        Self::CountedTwice,
        Self::TakenForTwoMessages,
        Self::WrongStreamKey,
        Self::LeaseNotChecked,
        Self::LateReduceWins,
        Self::SuspectCountedOnKill,
        Self::DismissedTooEarly,
        Self::StandstillIgnored,
        Self::WaitsForEver,
    ];
}

#[cfg(test)]
thread_local! {
    static DEFECT: std::cell::Cell<Option<Defect>> = const { std::cell::Cell::new(None) };
}

/// Puts a defect into all that this thread does from now on, or takes it out again.
#[cfg(test)]
pub(crate) fn put_in(defect: Option<Defect>) {
    DEFECT.set(defect);
}

/// Whether a defect has been put in; never outside tests.
#[cfg_attr(not(test), inline(always))]
pub(crate) fn has(defect: Defect) -> bool {
    #[cfg(test)]
    return DEFECT.get() == Some(defect);
    #[cfg(not(test))]
    {
        let _ = defect;
        false
    }
}
