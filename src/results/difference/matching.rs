//! Which points of two sweeps are the same: those with the same value of every parameter.

use std::collections::HashMap;

use crate::experiment::{Parameters, Value};
use crate::sweep::{Identities, Sweep};

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
        "one is of the experiment `{}`, the other one of `{}`; only results of one experiment can be compared",
        .0[0], .0[1]
    )]
    OtherExperiment([&'static str; 2]),
    #[error("no point is in both{}", .0.as_deref().unwrap_or_default())]
    NothingInCommon(Option<String>),
    #[error("without {ignored}, {count} points of one directory are the same; ignore only what is not swept there")]
    NotUnique { ignored: String, count: usize },
}

type Key = Vec<(u64, &'static str)>;

impl Matching {
    /// Points match if all parameters but the `ignored` ones agree. `same_program` says whether both were computed by
    /// the same version of the experiment, so that the same streams mean the same random numbers.
    ///
    /// # Errors
    /// The sweeps are of different experiments, or no points match, or two points of one sweep cannot be told apart.
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
        let (of_left, of_right) = (unique(&left, ignored)?, unique(&right, ignored)?);
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

/// Every point by its key.
fn unique<'k>(keys: &'k [Key], ignored: &[&str]) -> Result<HashMap<&'k Key, usize>, NoMatch> {
    let places: HashMap<&Key, usize> = keys.iter().enumerate().map(|(point, key)| (key, point)).collect();
    match keys.len() - places.len() {
        0 => Ok(places),
        more => Err(NoMatch::NotUnique { ignored: ignored.join(", "), count: more + 1 }),
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

/// The parameters that have no value on both sides, in words, with the remedy.
fn disjoint(sweeps: [&Sweep; 2], ignored: &[&str]) -> Option<String> {
    let names = sweeps[0].base.iter().map(|(name, _)| name).filter(|name| !ignored.contains(name));
    let apart = |name: &&'static str| {
        let [left, right] = [values(sweeps[0], name), values(sweeps[1], name)];
        !left.iter().any(|value| right.contains(value))
    };
    let apart: Vec<&str> = names.filter(apart).collect();
    let list = |sweep: &Sweep, name: &str| {
        values(sweep, name).iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let clause = |name: &&str| {
        format!("`{name}` is {} in one and {} in the other", list(sweeps[0], name), list(sweeps[1], name))
    };
    let clauses: Vec<String> = apart.iter().map(clause).collect();
    let remedy = apart.iter().map(|name| format!("--ignore {name}")).collect::<Vec<_>>().join(" ");
    (!apart.is_empty()).then(|| format!(": {}; `{remedy}` compares them all the same", clauses.join("; ")))
}

/// The different values of a parameter in a sweep.
pub(crate) fn values(sweep: &Sweep, name: &str) -> Vec<Value> {
    let Some((position, _)) = sweep.declaration().parameter(name) else { return Vec::new() };
    let mut values: Vec<Value> = Vec::new();
    for axis in &sweep.axes {
        if let Some(column) = axis.positions.iter().position(|swept| *swept == position) {
            for value in axis.points().map(|point| point[column]) {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            return values;
        }
    }
    vec![sweep.base.get(position)]
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
            assert_eq!(why, NoMatch::NotUnique { ignored: "duration".into(), count: 3 });
        }
    }

    #[test]
    fn only_one_experiment_can_be_compared() {
        let why = matched("experiment = \"null\"\n", "experiment = \"probe\"\n", &[]).unwrap_err();
        assert_eq!(why, NoMatch::OtherExperiment(["null", "probe"]));
    }
}
