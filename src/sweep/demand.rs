//! Which tasks verdicts call for while a sweep with a precision runs.

use std::sync::Arc;

use rayon::prelude::*;

use super::precision::{Precision, Target};
use super::{Sweep, Task, Verdict};

/// The tasks that are called for so far, point by point.
pub struct Demand {
    sweep: Arc<Sweep>,
    precision: Precision,
    points: Vec<Point>,
}

struct Point {
    /// What is known of each replicate; of those beyond the last, nothing.
    verdicts: Vec<Option<Verdict>>,
    /// How many replicates are called for, and how many of these are not decided.
    replicates: u32,
    undecided: u32,
}

impl Demand {
    /// What a sweep calls for, given what is known of its tasks.
    pub fn new(sweep: &Arc<Sweep>, precision: Precision, known: impl Fn(Task) -> Option<Verdict> + Sync) -> Self {
        let point = |point: usize| {
            let known = |replicate| known(sweep.task(point, replicate));
            let extent = precision.extent(sweep.replicates, known);
            // Beyond an open extent there may be outcomes too, as when a kill took one that came before them.
            let reach = if extent.target == Target::Open { precision.max_replicates } else { extent.replicates };
            let mut verdicts: Vec<Option<Verdict>> = (0..reach).map(known).collect();
            verdicts.truncate(verdicts.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
            let mut point = Point { verdicts, replicates: 0, undecided: 0 };
            point.extend(extent.replicates);
            point
        };
        let points = (0..sweep.points()).into_par_iter().map(point).collect();
        Self { sweep: Arc::clone(sweep), precision, points }
    }

    /// The tasks that are called for and not decided, in task order.
    pub fn pending(&self) -> Vec<Task> {
        let of_point = |(index, point): (usize, &Point)| {
            point.undecided_from(0).map(move |replicate| self.sweep.task(index, replicate)).collect::<Vec<_>>()
        };
        self.points.iter().enumerate().flat_map(of_point).collect()
    }

    /// Takes in what has become of a task that was pending; the tasks that this calls for.
    pub fn decide(&mut self, task: Task, verdict: Verdict) -> Vec<Task> {
        let index = self.sweep.point_of(task);
        let point = &mut self.points[index];
        point.decide(self.sweep.replicate_of(task), verdict);
        if point.undecided > 0 {
            return Vec::new();
        }
        let before = point.replicates;
        let extent = self.precision.extent(self.sweep.replicates, |replicate| point.known(replicate));
        point.extend(extent.replicates);
        point.undecided_from(before).map(|replicate| self.sweep.task(index, replicate)).collect()
    }

    /// The number of tasks that are called for so far, decided ones included.
    pub fn tasks(&self) -> u64 {
        self.points.iter().map(|point| u64::from(point.replicates)).sum()
    }

    /// How many tasks more each point may come to have.
    pub(crate) fn reserve(&self) -> impl Iterator<Item = u32> {
        let most = self.precision.max_replicates;
        self.points.iter().map(move |point| if point.undecided > 0 { most - point.replicates } else { 0 })
    }
}

impl Point {
    fn known(&self, replicate: u32) -> Option<Verdict> {
        self.verdicts.get(replicate as usize).copied().flatten()
    }

    fn undecided_from(&self, first: u32) -> impl Iterator<Item = u32> {
        (first..self.replicates).filter(|replicate| self.known(*replicate).is_none())
    }

    fn decide(&mut self, replicate: u32, verdict: Verdict) {
        let slot = replicate as usize;
        if self.verdicts.len() <= slot {
            self.verdicts.resize(slot + 1, None);
        }
        if self.verdicts[slot].replace(verdict).is_none() {
            self.undecided -= 1;
        }
    }

    fn extend(&mut self, replicates: u32) {
        let new = self.replicates;
        self.replicates = replicates;
        self.undecided += self.undecided_from(new).count() as u32;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;
    use crate::random::RandomStream;

    const SWEEP: &str = "[sweep]\nname = \"demand\"\nexperiment = \"null\"\nreplicates = 3\n\
                         [grid]\nindex = [1, 2, 3, 4]\n[precision]\nobservable = \"value\"\n\
                         relative_error = 0.15\nmax_replicates = 40\n";

    /// What a task would come to, whenever it is computed.
    fn verdict(task: Task) -> Verdict {
        let mut stream = RandomStream::from_seed(*blake3::hash(&task.0.to_le_bytes()).as_bytes());
        match stream.uniform() {
            number if number < 0.1 => Verdict::Failed,
            number if number < 0.2 => Verdict::Done(f64::NAN),
            _ => Verdict::Done(stream.uniform()),
        }
    }

    #[test]
    fn the_same_tasks_follow_whatever_the_order_and_whatever_is_lost_in_between() {
        let sweep = Arc::new(Sweep::parse(Path::new("demand.toml"), SWEEP.into()).unwrap());
        let precision = sweep.precision.unwrap();
        let wanted: Vec<Task> = (0..sweep.points())
            .flat_map(|point| {
                let extent = precision.extent(3, |replicate| Some(verdict(sweep.task(point, replicate))));
                (0..extent.replicates).map(|replicate| sweep.task(point, replicate)).collect::<Vec<_>>()
            })
            .collect();
        assert!(wanted.len() > 20 && wanted.len() < 160, "{}", wanted.len());
        for seed in 0..50u64 {
            let mut random = RandomStream::from_seed(*blake3::hash(&seed.to_le_bytes()).as_bytes());
            let mut known: BTreeMap<Task, Verdict> = BTreeMap::new();
            loop {
                let mut demand = Demand::new(&sweep, precision, |task| known.get(&task).copied());
                let mut pending = demand.pending();
                let (least, wanted) = (demand.tasks(), wanted.len() as u64);
                let most = least + demand.reserve().map(u64::from).sum::<u64>();
                assert!(least <= wanted && wanted <= most, "{least} to {most}");
                if pending.is_empty() {
                    break;
                }
                while !pending.is_empty() && !random.bernoulli(0.05) {
                    let task = pending.swap_remove((random.uniform() * pending.len() as f64) as usize);
                    assert_eq!(known.insert(task, verdict(task)), None, "{task:?} was computed twice");
                    pending.extend(demand.decide(task, verdict(task)));
                }
                known.retain(|_, _| !random.bernoulli(0.1));
            }
            assert_eq!(known.into_keys().collect::<Vec<_>>(), wanted, "seed {seed}");
        }
    }
}
