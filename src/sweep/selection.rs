//! One task of a sweep by the values of its axes, as in `diffusion=3300, replicate=3`.

use super::{Axis, Problem, Sweep, Task};
use crate::experiment::Literal;

/// The points of each axis that are still meant, by index.
type Chosen = Vec<Vec<usize>>;

impl Sweep {
    /// The task that a text names: `name=value` for every axis with several values, separated by commas, and
    /// `replicate=number` (0 if it is left out).
    ///
    /// # Errors
    /// A name or a value that the sweep does not have, with those that it has; a name that is given twice; or several
    /// tasks have these values.
    pub fn select(&self, text: &str) -> Result<Task, Problem> {
        let mut replicate = 0;
        let mut chosen: Chosen = self.axes.iter().map(|axis| (0..axis.len()).collect()).collect();
        let mut names: Vec<&str> = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, written) =
                part.split_once('=').map(|(name, value)| (name.trim(), value.trim())).ok_or_else(|| {
                    Problem::new(part, "not of the form name=value; write \"diffusion=3300, replicate=3\", for example")
                })?;
            if names.contains(&name) {
                return Err(Problem::new(name, "given twice; name it once"));
            }
            names.push(name);
            if name == "replicate" {
                replicate = self.read_replicate(written)?;
            } else {
                self.choose(&mut chosen, name, written)?;
            }
        }
        if chosen.iter().any(|points| points.len() > 1) {
            return Err(self.open_axes(&chosen));
        }
        let point = self.axes.iter().zip(&chosen).fold(0, |point, (axis, chosen)| point * axis.len() + chosen[0]);
        Ok(self.task(point, replicate))
    }

    fn read_replicate(&self, written: &str) -> Result<u32, Problem> {
        let last = self.most_replicates() - 1;
        let found = written.parse().ok().filter(|replicate| *replicate <= last);
        found.ok_or_else(|| Problem::new("replicate", format!("{written} is not a whole number from 0 to {last}")))
    }

    /// Keeps the points at which a parameter has a value.
    fn choose(&self, chosen: &mut Chosen, name: &str, written: &str) -> Result<(), Problem> {
        let (position, parameter) = self.declaration().parameter(name).ok_or_else(|| {
            let swept = self.swept();
            let names: Vec<&str> = swept.iter().copied().chain(["replicate"]).collect();
            Problem::unknown(name, "axis", name, &names)
        })?;
        let value = parameter.accept(&Literal::read(written)).map_err(|what| Problem::new(name, what))?;
        let no_point = |there: String| {
            let what = format!("{written} is not a value that fits the rest; there are: {there}");
            Problem::new(name, what)
        };
        let on_axis = |axis: &Axis| axis.positions.iter().position(|moved| *moved == position);
        let moved = self.axes.iter().zip(chosen).find_map(|(axis, points)| Some((axis, points, on_axis(axis)?)));
        let Some((axis, points, column)) = moved else {
            let fixed = self.base.get(position);
            return if fixed.key() == value.key() { Ok(()) } else { Err(no_point(fixed.to_string())) };
        };
        let value = axis.meant(column, value).unwrap_or(value);
        let kept: Vec<usize> =
            points.iter().copied().filter(|point| axis.point(*point)[column].key() == value.key()).collect();
        if kept.is_empty() {
            return Err(no_point(axis.listed(column, points.iter().copied())));
        }
        *points = kept;
        Ok(())
    }

    /// Which parameters have several values at the points that are meant.
    fn open_axes(&self, chosen: &Chosen) -> Problem {
        let open = self.axes.iter().zip(chosen).filter(|(_, points)| points.len() > 1);
        let parameters = open.flat_map(|(axis, points)| {
            axis.names
                .iter()
                .enumerate()
                .map(|(column, name)| format!("{name} ({})", axis.listed(column, points.iter().copied())))
        });
        let parameters = parameters.collect::<Vec<_>>().join(" and ");
        let points: usize = chosen.iter().map(Vec::len).product();
        Problem::new("task", format!("{points} points match; also give {parameters}"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const SWEEP: &str = "[sweep]\nname = \"select\"\nexperiment = \"reaching\"\nreplicates = 4\n\
        [grid]\nmicrozones = [\"joined\", \"separated\"]\ndiffusion = [0, 330, 3300]\n\
        [[zip]]\ndecay = [0.3, 3]\nio_rate = [1, 2]\n[fixed]\nmovements = 8\n";

    fn selected(text: &str) -> Result<(usize, u32), String> {
        let sweep = Sweep::parse(Path::new("select.toml"), SWEEP.into()).unwrap();
        let task = sweep.select(text).map_err(|problem| problem.to_string())?;
        Ok((sweep.point_of(task), sweep.replicate_of(task)))
    }

    #[test]
    fn one_task_is_found_by_its_values() {
        assert_eq!(selected("microzones=joined, diffusion=0, decay=0.3"), Ok((0, 0)));
        assert_eq!(selected("replicate = 3, decay=3.0,diffusion=3.3e3 , microzones = separated"), Ok((11, 3)));
        assert_eq!(selected("io_rate=2, diffusion=330, microzones=joined, movements=8"), Ok((3, 0)));
    }

    #[test]
    fn what_the_sweep_does_not_have_is_named_with_what_it_has() {
        for (text, said) in [
            (
                "diffusion=330",
                "task: 4 points match; also give microzones (joined, separated) and decay (0.3, 3) and io_rate \
                 (1, 2)",
            ),
            ("", "task: 12 points match"),
            ("diffusion=331", "diffusion: 331 is not a value that fits the rest; there are: 0, 330, 3300"),
            ("decay=3, io_rate=1", "io_rate: 1 is not a value that fits the rest; there are: 2"),
            ("movements=9", "movements: 9 is not a value that fits the rest; there are: 8"),
            ("diffusion=-1", "diffusion: -1 is not a number in [0, 1000000]"),
            ("difusion=0", "difusion: unknown axis `difusion`; did you mean `diffusion`?"),
            ("replicate=4", "replicate: 4 is not a whole number from 0 to 3"),
            ("replicate=0, replicate=1", "replicate: given twice"),
            ("microzones=joined diffusion=0", "joined diffusion=0"),
            ("joined", "joined: not of the form name=value"),
        ] {
            let problem = selected(text).unwrap_err();
            assert!(problem.contains(said), "{text}: {problem}");
        }
    }

    #[test]
    fn a_long_axis_costs_nothing() {
        let text = "[sweep]\nname = \"long\"\nexperiment = \"null\"\n[grid]\n\
                    index = { start = 0, stop = 199999, steps = 200000 }\nfailing = [0, 1]\n";
        let sweep = Sweep::parse(Path::new("long.toml"), text.into()).unwrap();
        let start = std::time::Instant::now();
        let task = sweep.select("failing=1, index=150000").unwrap();
        assert_eq!(task, Task(300_001));
        assert!(sweep.select("failing=1").is_err());
        assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
    }
}
