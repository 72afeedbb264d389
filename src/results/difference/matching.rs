//! Which points of two sweeps are the same: those with the same value of every parameter.

use std::collections::{HashMap, HashSet};

use crate::experiment::{Parameters, Value};
use crate::sweep::{Identities, Sweep};

/// Values that a message lists.
const SHOWN: usize = 3;

/// The points of two sweeps.
#[derive(Debug)]
pub(crate) struct Matching {
    /// Those that both have, in the order of the first sweep.
    pub common: Vec<Pair>,
    /// Those that only one of them has.
    pub only: [Vec<usize>; 2],
}

/// A point that both sweeps have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub points: [usize; 2],
    /// Whether the same replicate has the same random numbers on both sides.
    pub paired: bool,
}

/// Why there is nothing to compare.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum NoMatch {
    #[error(
        "one has the experiment `{}`, the other `{}`; only results of the same experiment can be compared",
        .0[0], .0[1]
    )]
    OtherExperiment([&'static str; 2]),
    #[error("no point is in both{}", .0.as_deref().unwrap_or_default())]
    NothingInCommon(Option<String>),
    #[error(
        "without {ignored}, the {points} points of the {} directory become {left}; ignore only what is not swept there",
        ["first", "second"][*side]
    )]
    NotUnique { ignored: String, side: usize, points: usize, left: usize },
}

type Key = Vec<(u64, &'static str)>;

impl Matching {
    /// Points match if all parameters but the `ignored` ones agree. `same_program` says whether both were computed by
    /// the same version of the experiment, so that the same streams mean the same random numbers.
    ///
    /// # Errors
    /// The sweeps are of different experiments, or no points match, or two points of one sweep cannot be distinguished.
    pub(crate) fn new(
        sweeps: [&Sweep; 2],
        identities: [&Identities; 2],
        ignored: &[&str],
        same_program: bool,
    ) -> Result<Self, NoMatch> {
        let experiments = sweeps.map(|sweep| sweep.declaration().name);
        if experiments[0] != experiments[1] {
            return Err(NoMatch::OtherExperiment(experiments));
        }
        let keys = |sweep: &Sweep| -> Vec<Key> {
            (0..sweep.points()).map(|point| key(&sweep.parameters(point), ignored)).collect()
        };
        let [left, right] = [keys(sweeps[0]), keys(sweeps[1])];
        let (of_left, of_right) = (unique(&left, 0, ignored)?, unique(&right, 1, ignored)?);
        let paired = |points: [usize; 2]| same_program && have_same_stream(sweeps, identities, points);
        let pair = |(point, key): (usize, &Key)| {
            let points = [point, *of_right.get(key)?];
            Some(Pair { points, paired: paired(points) })
        };
        let common: Vec<Pair> = left.iter().enumerate().filter_map(pair).collect();
        if common.is_empty() {
            return Err(NoMatch::NothingInCommon(disjoint(sweeps, ignored)));
        }
        let only = |keys: &[Key], others: &HashMap<&Key, usize>| -> Vec<usize> {
            (0..keys.len()).filter(|point| !others.contains_key(&keys[*point])).collect()
        };
        let only = [only(&left, &of_right), only(&right, &of_left)];
        Ok(Self { common, only })
    }
}

fn key(parameters: &Parameters, ignored: &[&str]) -> Key {
    parameters.iter().filter(|(name, _)| !ignored.contains(name)).map(|(_, value)| value.key()).collect()
}

/// Every point of a side by its key.
fn unique<'k>(keys: &'k [Key], side: usize, ignored: &[&str]) -> Result<HashMap<&'k Key, usize>, NoMatch> {
    let places: HashMap<&Key, usize> = keys.iter().enumerate().map(|(point, key)| (key, point)).collect();
    match places.len() {
        left if left == keys.len() => Ok(places),
        left => Err(NoMatch::NotUnique { ignored: ignored.join(", "), side, points: keys.len(), left }),
    }
}

/// Whether the first replicates of two points have the same random numbers; the others then have, too.
fn have_same_stream(sweeps: [&Sweep; 2], identities: [&Identities; 2], points: [usize; 2]) -> bool {
    let first_numbers = |side: usize| {
        let (_, mut stream) = identities[side].digest_and_stream(sweeps[side].task(points[side], 0));
        [stream.uniform(), stream.uniform(), stream.uniform()].map(f64::to_bits)
    };
    first_numbers(0) == first_numbers(1)
}

/// The parameters that have no value on both sides, in words, with the remedy, if there is one: a parameter with
/// several values on one side cannot be ignored.
fn disjoint(sweeps: [&Sweep; 2], ignored: &[&str]) -> Option<String> {
    let names = sweeps[0].base.iter().map(|(name, _)| name).filter(|name| !ignored.contains(name));
    let with_values = names.map(|name| (name, sweeps.map(|sweep| sweep.values_of(name))));
    let apart: Vec<(&str, [Vec<Value>; 2])> = with_values.filter(|(_, values)| are_disjoint(values)).collect();
    let clause = |(name, [left, right]): &(&str, [Vec<Value>; 2])| {
        format!("`{name}` is {} in one and {} in the other", list(left), list(right))
    };
    let mut text = format!(": {}", apart.iter().map(clause).collect::<Vec<_>>().join("; "));
    if apart.iter().all(|(_, values)| values.iter().all(|values| values.len() == 1)) {
        let remedy = apart.iter().map(|(name, _)| format!("--ignore {name}")).collect::<Vec<_>>().join(" ");
        text.push_str(&format!("; `{remedy}` compares them anyway"));
    }
    (!apart.is_empty()).then_some(text)
}

fn are_disjoint([left, right]: &[Vec<Value>; 2]) -> bool {
    let left: HashSet<_> = left.iter().map(Value::key).collect();
    !right.iter().any(|value| left.contains(&value.key()))
}

/// The first of some values, in words.
fn list(values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().take(SHOWN).map(Value::to_string).collect();
    let more = if values.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;

    fn sweep(rest: &str) -> (Arc<Sweep>, Identities) {
        let text = format!("[sweep]\nname = \"matching\"\n{rest}");
        let sweep = Arc::new(Sweep::parse(Path::new("matching.toml"), text).unwrap());
        let identities = Identities::new(&sweep);
        (sweep, identities)
    }

    fn matched(left: &str, right: &str, ignored: &[&str]) -> Result<Matching, NoMatch> {
        let [left, right] = [sweep(left), sweep(right)];
        Matching::new([&left.0, &right.0], [&left.1, &right.1], ignored, true)
    }

    #[test]
    fn points_match_by_the_values_of_all_parameters() {
        let left = "experiment = \"null\"\nseed = 1\n[grid]\nindex = [1, 2, 3]\nduration = [0.0, 0.5]\n";
        let right = "experiment = \"null\"\nseed = 1\n[grid]\nindex = [3, 4, 2]\n[fixed]\nduration = 0.5\n";
        let Matching { common, only } = matched(left, right, &[]).unwrap();
        assert_eq!(common, [Pair { points: [3, 2], paired: true }, Pair { points: [5, 0], paired: true }]);
        assert_eq!(only, [vec![0, 1, 2, 4], vec![1]]);
        let other_seed = right.replace("seed = 1", "seed = 2");
        assert!(matched(left, &other_seed, &[]).unwrap().common.iter().all(|pair| !pair.paired));
    }

    #[test]
    fn ignored_parameters_may_differ_but_not_within_one_sweep() {
        let of = |streams: &str, duration: &str| {
            format!(
                "experiment = \"null\"\nseed = 1\nstreams = {streams:?}\n\
                 [grid]\nindex = [1, 2]\nduration = {duration}\n"
            )
        };
        for (streams, paired) in [("independent", false), ("paired", true)] {
            let [left, right] = [of(streams, "[0.0]"), of(streams, "[0.5]")];
            let why = matched(&left, &right, &[]).unwrap_err().to_string();
            assert!(why.contains("`duration` is 0 in one and 0.5 in the other; `--ignore duration`"), "{why}");
            let Matching { common, only } = matched(&left, &right, &["duration"]).unwrap();
            assert_eq!(common, [0, 1].map(|point| Pair { points: [point, point], paired }));
            assert!(only.iter().all(Vec::is_empty));
            let why = matched(&left, &of(streams, "[0.0, 0.5]"), &["duration"]).unwrap_err();
            assert_eq!(why, NoMatch::NotUnique { ignored: "duration".into(), side: 1, points: 4, left: 2 });
            let why = why.to_string();
            assert!(why.starts_with("without duration, the 4 points of the second directory become 2;"), "{why}");
        }
    }

    /// What is swept cannot be ignored, and `--ignore` is not offered.
    #[test]
    fn where_nothing_is_common_only_a_remedy_that_works_is_offered() {
        let of = |index: &str| format!("experiment = \"null\"\n[grid]\nindex = {index}\n");
        let why = matched(&of("[1, 2]"), &of("[3, 4, 5, 6]"), &[]).unwrap_err().to_string();
        assert_eq!(why, "no point is in both: `index` is 1, 2 in one and 3, 4, 5, … in the other");
        let why = matched(&of("[1]"), &of("[3]"), &[]).unwrap_err().to_string();
        assert!(why.ends_with("`--ignore index` compares them anyway"), "{why}");
    }

    #[test]
    fn long_axes_are_compared_at_once() {
        let of = |start: usize| {
            let stop = start + 99_999;
            format!("experiment = \"null\"\n[grid]\nindex = {{ start = {start}, stop = {stop}, steps = 100000 }}\n")
        };
        let start = std::time::Instant::now();
        assert!(matched(&of(1), &of(200_000), &[]).is_err());
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }

    #[test]
    fn only_one_experiment_can_be_compared() {
        let why = matched("experiment = \"null\"\n", "experiment = \"probe\"\n", &[]).unwrap_err();
        assert_eq!(why, NoMatch::OtherExperiment(["null", "probe"]));
    }
}
