//! Tasks that were in hand when their process was killed from outside.
//!
//! Any task in hand may be the cause: a task that takes all memory is killed by the kernel, without a message. Most are
//! innocent: a user, a scheduler, or a lost node also kills. So suspects are computed after everything else, and those
//! that were in hand again and again are computed one at a time. A suspect fails only when it was killed [`ENOUGH`]
//! times while nothing else was in hand in its run, on a machine that was not restarted in between and whose kernel has
//! killed for lack of memory each time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Frame;
use super::frame::kind;
use super::journal::{self, Item, Scan};
use super::lease::{self, Machine};
use crate::experiment::{FailureClass, TaskFailure};
use crate::machine::coverage::reached;
use crate::machine::sabotage::{Defect, has};

/// So often a suspect must have been killed alone.
const ENOUGH: usize = 3;

/// A task or a theory cell was in hand when its process was killed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Loss {
    /// The kind of the frame of its outcome.
    kind: u8,
    /// In hexadecimal digits.
    digest: String,
    /// The name of the journal, which distinguishes one death from another.
    journal: String,
    /// Whether nothing else was in hand in the whole run.
    alone: bool,
    /// Whether the machine is known to be the same, without a start in between.
    same_boot: bool,
    /// Whether the kernel of the machine has killed for lack of memory in the meantime, if that is known.
    killed_for_memory: Option<bool>,
}

impl Loss {
    fn item(&self) -> Option<Item> {
        let digest = blake3::Hash::from_hex(&self.digest).ok()?;
        Some(Item { kind: self.kind, digest: *digest.as_bytes() })
    }

    fn frame(&self) -> Option<Frame> {
        Some(Frame { kind: kind::LOST, body: serde_json::to_vec(self).ok()? })
    }

    /// Whether the task itself may be the reason.
    fn is_suspicious(&self) -> bool {
        self.killed_for_memory != Some(false)
    }

    /// Whether no other task can be the cause.
    fn convicts(&self) -> bool {
        has(Defect::SuspectCountedOnKill) || self.alone && self.same_boot && self.is_suspicious()
    }
}

/// All that is known of suspects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Suspects(BTreeMap<Item, BTreeSet<Loss>>);

impl Suspects {
    /// Takes in what frames say.
    pub(super) fn add(&mut self, frames: &[Frame]) {
        for frame in frames.iter().filter(|frame| frame.kind == kind::LOST) {
            if let Ok(loss) = serde_json::from_slice::<Loss>(&frame.body)
                && let Some(item) = loss.item()
            {
                self.0.entry(item).or_default().insert(loss);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many deaths an item may have caused, if it is a suspect, not counting those with another cause.
    pub(crate) fn deaths(&self, item: &Item) -> Option<usize> {
        self.0.get(item).map(suspicious)
    }

    /// Every suspect with the number of its deaths, whatever has become of it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (journal::Item, usize)> {
        self.0.iter().map(|(item, losses)| (*item, suspicious(losses)))
    }

    /// How many deaths count against suspects: with [`ENOUGH`] of them one fails.
    pub(crate) fn evidence(&self) -> usize {
        self.0.values().flatten().filter(|loss| loss.convicts()).count()
    }

    fn is_guilty(&self, item: &Item) -> bool {
        self.0.get(item).is_some_and(|losses| losses.iter().filter(|loss| loss.convicts()).count() >= ENOUGH)
    }

    /// Notes in the journals of one dead run what was in hand when it was killed. What has been killed often enough
    /// fails.
    pub(super) fn judge(&mut self, run: &mut [(&Path, &mut Scan)]) {
        // A death that explains itself acquits all others. So does an end in order: what is open was left on purpose.
        let is_explained = run.iter().any(|(_, scan)| scan.has_death);
        let open: usize = run.iter().filter(|(_, scan)| !scan.has_ended()).map(|(_, scan)| scan.open.len()).sum();
        if is_explained || open == 0 {
            return;
        }
        for (path, scan) in run.iter_mut().filter(|(_, scan)| !scan.has_ended()) {
            let machine = scan.writer().map_or(Machine::Elsewhere, lease::machine_of);
            if machine == Machine::StartedSince {
                continue;
            }
            for item in std::mem::take(&mut scan.open) {
                let loss = loss_of(item, path, open == 1, machine);
                let frame = loss.frame();
                self.0.entry(item).or_default().insert(loss);
                match self.is_guilty(&item) {
                    true => {
                        reached("a suspect was convicted");
                        scan.fail(item, killed_alone());
                    }
                    false => scan.frames.extend(frame),
                }
            }
        }
    }
}

fn suspicious(losses: &BTreeSet<Loss>) -> usize {
    losses.iter().filter(|loss| loss.is_suspicious()).count()
}

fn loss_of(item: Item, journal: &Path, alone: bool, machine: Machine) -> Loss {
    Loss {
        kind: item.kind,
        digest: blake3::Hash::from(item.digest).to_hex().to_string(),
        journal: journal.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        alone,
        same_boot: matches!(machine, Machine::Here { .. }),
        killed_for_memory: match machine {
            Machine::Here { killed_for_memory } => killed_for_memory,
            Machine::StartedSince | Machine::Elsewhere => None,
        },
    }
}

fn killed_alone() -> TaskFailure {
    let message = format!("killed {ENOUGH} times with no other task in hand, most likely for lack of memory");
    TaskFailure { class: FailureClass::Died, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Item = Item { kind: kind::RESULT, digest: [1; 32] };
    const B: Item = Item { kind: kind::THEORY, digest: [2; 32] };
    const KILLED_FOR_MEMORY: Machine = Machine::Here { killed_for_memory: Some(true) };

    /// The journal of a process of this machine that had some items in hand when it was killed.
    fn killed(items: &[Item]) -> Scan {
        let run = Frame { kind: kind::RUN, body: lease::this_process().into_bytes() };
        Scan { frames: vec![run], open: items.iter().copied().collect(), ..Scan::default() }
    }

    fn judged(suspects: &mut Suspects, scans: &mut [Scan]) {
        let names: Vec<String> = (0..scans.len()).map(|rank| format!("run-0001-rank-{rank:04}.journal")).collect();
        let mut run: Vec<_> = names.iter().map(Path::new).zip(scans.iter_mut()).collect();
        suspects.judge(&mut run);
    }

    fn losses(scan: &Scan) -> Vec<Loss> {
        let lost = scan.frames.iter().filter(|frame| frame.kind == kind::LOST);
        lost.map(|frame| serde_json::from_slice(&frame.body).unwrap()).collect()
    }

    #[test]
    fn whatever_was_in_hand_is_noted_once_and_read_back() {
        let mut suspects = Suspects::default();
        let mut scans = [killed(&[A]), killed(&[B])];
        judged(&mut suspects, &mut scans);
        for (scan, item) in scans.iter().zip([A, B]) {
            let [loss] = &losses(scan)[..] else { panic!("one loss") };
            assert_eq!((loss.item(), loss.alone, loss.same_boot), (Some(item), false, true));
            assert!(scan.open.is_empty());
        }
        let mut again = Suspects::default();
        // Twice, as when a run is killed between writing a shard and removing the journal.
        scans.iter().chain(&scans).for_each(|scan| again.add(&scan.frames));
        assert_eq!(again.0, suspects.0);
        assert!(again.0.values().all(|losses| losses.len() == 1));
    }

    #[test]
    fn a_death_that_explains_itself_and_an_end_in_order_leave_no_suspect() {
        let explained = Scan { has_death: true, ..killed(&[]) };
        let mut ended = killed(&[A]);
        ended.frames.push(Frame { kind: kind::ENDED, body: vec![] });
        for mut scans in [vec![explained, killed(&[A, B])], vec![ended]] {
            let mut suspects = Suspects::default();
            judged(&mut suspects, &mut scans);
            assert!(suspects.is_empty());
        }
    }

    #[test]
    fn a_suspect_fails_after_three_deaths_alone_for_lack_of_memory_and_for_nothing_else() {
        let loss =
            |number: usize, alone, machine| loss_of(A, Path::new(&format!("run-{number}.journal")), alone, machine);
        let guilty = |losses: &[Loss]| Suspects([(A, losses.iter().cloned().collect())].into()).is_guilty(&A);
        let alone = |number| loss(number, true, KILLED_FOR_MEMORY);
        assert!(guilty(&[alone(1), alone(2), alone(3)]));
        assert!(guilty(&[1, 2, 3].map(|number| loss(number, true, Machine::Here { killed_for_memory: None }))));
        assert!(!guilty(&[alone(1), alone(2), alone(2)]), "one death, noted twice");
        assert!(!guilty(&[alone(1), alone(2), loss(3, false, KILLED_FOR_MEMORY)]), "not alone");
        assert!(!guilty(&[alone(1), alone(2), loss(3, true, Machine::Elsewhere)]), "perhaps a node was lost");
        let by_somebody = Machine::Here { killed_for_memory: Some(false) };
        assert!(!guilty(&[1, 2, 3, 4, 5].map(|number| loss(number, true, by_somebody))), "a user kills");
    }

    #[test]
    fn the_third_death_becomes_the_failure() {
        let earlier = [1, 2].map(|number| loss_of(A, Path::new(&format!("run-{number}")), true, KILLED_FOR_MEMORY));
        let mut suspects = Suspects([(A, earlier.into())].into());
        let mut scan = killed(&[A]);
        // As if the kernel had killed since, or did not report it.
        scan.frames[0].body = lease::this_process().replace("memory_kills", "other").into_bytes();
        assert_eq!(suspects.evidence(), 2);
        judged(&mut suspects, std::slice::from_mut(&mut scan));
        assert_eq!((scan.records.len(), losses(&scan).len()), (1, 0));
        assert_eq!((suspects.deaths(&A), suspects.evidence()), (Some(3), 3));
    }
}
