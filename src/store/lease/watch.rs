//! When a lease that is watched counts as stale. Knows no clock and no file.

use std::time::Duration;

use super::content::Stage;
use super::process::Life;
use super::sighting::{Beat, Sighting};

/// A lease whose beat stood still for this long is stale: its holder gave up after half of that.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// The same for a `reduce` that is suspended on this boot, whose files are fenced.
pub(super) const PATIENCE_WITH_REDUCE: Duration = Duration::from_secs(5);

/// What an observer wants of the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// To know whether its run lives.
    Run,
    /// The same, of a run with a higher number than the observer's: while it is starting it may still give way.
    HigherRun,
    /// That it goes, however long it lives.
    Reduce,
}

/// What the observer knows by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Lives,
    Stale,
    Undecided,
}

/// The sightings of one lease.
#[derive(Debug)]
pub(super) struct Watch {
    rule: Rule,
    /// The last beat that was new, and when.
    newest: Option<(Beat, Duration)>,
    moved: bool,
}

impl Watch {
    pub(super) fn new(rule: Rule) -> Self {
        Self { rule, newest: None, moved: false }
    }

    /// Takes in a sighting that took from `began` to `ended` by the observer's own clock.
    ///
    /// A beat surely stood still only from the end of the first reading to the beginning of the last: a disk that
    /// hangs makes readings long.
    pub(super) fn see(&mut self, sighting: &Sighting, began: Duration, ended: Duration) -> Verdict {
        let known_since = self.newest.as_ref().filter(|(beat, _)| *beat == sighting.beat).map(|(_, since)| *since);
        if known_since.is_none() {
            self.moved |= self.newest.is_some();
            self.newest = Some((sighting.beat.clone(), ended));
        }
        if sighting.life == Life::Dead {
            return Verdict::Stale;
        }
        let lives = self.moved || matches!(sighting.life, Life::Alive | Life::Stopped);
        let may_give_way = sighting.stage == Stage::Starting && sighting.life != Life::Stopped;
        let stood = known_since.map_or(Duration::ZERO, |since| began.saturating_sub(since));
        match self.rule {
            Rule::Run if lives => Verdict::Lives,
            Rule::HigherRun if lives && !may_give_way => Verdict::Lives,
            _ if stood >= self.patience_with(sighting.life) => Verdict::Stale,
            _ => Verdict::Undecided,
        }
    }

    /// Whether a new beat was seen.
    pub(super) fn moved(&self) -> bool {
        self.moved
    }

    fn patience_with(&self, life: Life) -> Duration {
        match (self.rule, life) {
            (Rule::Reduce, Life::Stopped) => PATIENCE_WITH_REDUCE,
            _ => PATIENCE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::content::Purpose;
    use super::*;

    fn sighting(life: Life, stage: Stage, counter: u64) -> Sighting {
        let beat = Beat { token: "token".into(), counter };
        let (name, host, holder) = ("run-0001".into(), "n1".into(), "host n1".into());
        Sighting { name, host, holder, life, purpose: Purpose::Run, stage, beat }
    }

    fn after(rule: Rule, life: Life, stage: Stage, sights: &[(u64, u64)]) -> Vec<Verdict> {
        let mut watch = Watch::new(rule);
        let at = |second: u64| Duration::from_secs(second);
        sights.iter().map(|(second, n)| watch.see(&sighting(life, stage, *n), at(*second), at(*second))).collect()
    }

    use Verdict::{Lives, Stale, Undecided};

    #[test]
    fn the_dead_are_stale_at_once_whatever_the_rule() {
        for rule in [Rule::Run, Rule::HigherRun, Rule::Reduce] {
            assert_eq!(after(rule, Life::Dead, Stage::Starting, &[(0, 1)]), [Stale]);
        }
    }

    #[test]
    fn a_run_on_this_boot_lives_at_once_suspended_or_not() {
        for life in [Life::Alive, Life::Stopped] {
            for stage in [Stage::Starting, Stage::Working] {
                assert_eq!(after(Rule::Run, life, stage, &[(0, 1)]), [Lives]);
            }
            assert_eq!(after(Rule::HigherRun, life, Stage::Working, &[(0, 1)]), [Lives]);
        }
    }

    #[test]
    fn a_run_elsewhere_lives_when_its_beat_moves_and_is_stale_after_60_s_without() {
        let run = |sights: &[(u64, u64)]| after(Rule::Run, Life::Unknown, Stage::Working, sights);
        assert_eq!(run(&[(0, 5), (30, 5), (59, 6)]), [Undecided, Undecided, Lives]);
        assert_eq!(run(&[(7, 5), (66, 5), (67, 5)]), [Undecided, Undecided, Stale]);
    }

    #[test]
    fn a_higher_run_that_starts_is_waited_for_until_it_works_or_stands_still() {
        let higher = |life, sights: &[(u64, u64)]| after(Rule::HigherRun, life, Stage::Starting, sights);
        assert_eq!(
            higher(Life::Alive, &[(0, 0), (50, 1), (109, 1), (110, 1)]),
            [Undecided, Undecided, Undecided, Stale]
        );
        assert_eq!(higher(Life::Unknown, &[(0, 0), (50, 1), (110, 1)]), [Undecided, Undecided, Stale]);
        assert_eq!(higher(Life::Stopped, &[(0, 0)]), [Lives]);
        let mut watch = Watch::new(Rule::HigherRun);
        let zero = Duration::ZERO;
        assert_eq!(watch.see(&sighting(Life::Unknown, Stage::Starting, 1), zero, zero), Undecided);
        assert_eq!(watch.see(&sighting(Life::Unknown, Stage::Working, 2), zero, zero), Lives);
    }

    #[test]
    fn a_reduce_is_waited_for_while_it_moves_and_deposed_after_5_s_if_suspended_and_60_s_if_not() {
        let reduce = |life, sights: &[(u64, u64)]| after(Rule::Reduce, life, Stage::Working, sights);
        assert_eq!(reduce(Life::Stopped, &[(0, 1), (4, 1), (5, 1)]), [Undecided, Undecided, Stale]);
        let sights = [(0, 1), (4, 2), (8, 2), (9, 2)];
        assert_eq!(reduce(Life::Stopped, &sights), [Undecided, Undecided, Undecided, Stale]);
        for life in [Life::Alive, Life::Unknown] {
            let sights = [(0, 1), (30, 2), (89, 2), (90, 2)];
            assert_eq!(reduce(life, &sights), [Undecided, Undecided, Undecided, Stale]);
        }
    }

    #[test]
    fn the_time_of_a_reading_that_hangs_does_not_count() {
        let mut watch = Watch::new(Rule::Run);
        let seconds = Duration::from_secs;
        let seen = sighting(Life::Unknown, Stage::Working, 1);
        assert_eq!(watch.see(&seen, seconds(0), seconds(50)), Undecided);
        assert_eq!(watch.see(&seen, seconds(51), seconds(200)), Undecided);
        assert_eq!(watch.see(&seen, seconds(110), seconds(110)), Stale);
    }

    #[test]
    fn another_lease_at_the_same_path_begins_again() {
        let mut watch = Watch::new(Rule::Reduce);
        let seconds = Duration::from_secs;
        let first = sighting(Life::Unknown, Stage::Working, 1);
        let second = Sighting { beat: Beat { token: "other".into(), counter: 1 }, ..first.clone() };
        assert_eq!(watch.see(&first, seconds(0), seconds(0)), Undecided);
        assert_eq!(watch.see(&second, seconds(60), seconds(60)), Undecided);
        assert_eq!(watch.see(&second, seconds(120), seconds(120)), Stale);
    }
}
