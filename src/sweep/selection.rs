//! One task of a sweep by the values of its axes, as in `diffusion=3300, replicate=3`.

use super::{Problem, Sweep, Task};
use crate::experiment::{Literal, Value};

/// Values that an error lists.
const SHOWN: usize = 12;

impl Sweep {
    /// The task that a text names: `name=value` for every axis with several values, separated by commas, and
    /// `replicate=number` (0 if it is left out).
    ///
    /// # Errors
    /// A name or a value that the sweep does not have, with those that it has; or several tasks have these values.
    pub fn select(&self, text: &str) -> Result<Task, Problem> {
        let mut replicate = 0;
        let mut points: Vec<usize> = (0..self.points()).collect();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, written) =
                part.split_once('=').map(|(name, written)| (name.trim(), written.trim())).ok_or_else(|| {
                    Problem::new(part, "not of the form name=value; write \"diffusion=3300, replicate=3\", for example")
                })?;
            if name == "replicate" {
                replicate = self.read_replicate(written)?;
                continue;
            }
            let (position, value) = self.read_value(name, written)?;
            let known = self.values_at(&points, position);
            points.retain(|point| self.parameters(*point).get(position).key() == value.key());
            if points.is_empty() {
                let what = format!("{written} is not a value that goes with the rest; there are: {}", listed(&known));
                return Err(Problem::new(name, what));
            }
        }
        match points[..] {
            [point] => Ok(self.task(point, replicate)),
            _ => Err(self.open_axes(&points)),
        }
    }

    fn read_replicate(&self, written: &str) -> Result<u32, Problem> {
        let last = self.most_replicates() - 1;
        let found = written.parse().ok().filter(|replicate| *replicate <= last);
        found.ok_or_else(|| Problem::new("replicate", format!("{written} is not a whole number from 0 to {last}")))
    }

    /// The catalogue position of a parameter, and the value that somebody wrote.
    fn read_value(&self, name: &str, written: &str) -> Result<(usize, Value), Problem> {
        let declaration = self.declaration();
        let (position, parameter) = declaration.parameter(name).ok_or_else(|| {
            let swept = self.swept();
            let names: Vec<&str> = swept.iter().copied().chain(["replicate"]).collect();
            Problem::unknown("--only", "axis", name, &names)
        })?;
        let value = parameter.accept(&Literal::read(written)).map_err(|what| Problem::new(name, what))?;
        Ok((position, value))
    }

    /// The different values of a parameter at some points, in their order.
    fn values_at(&self, points: &[usize], position: usize) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::new();
        for point in points {
            let value = self.parameters(*point).get(position);
            if !values.iter().any(|known| known.key() == value.key()) {
                values.push(value);
            }
        }
        values
    }

    /// Which axes have several values at these points.
    fn open_axes(&self, points: &[usize]) -> Problem {
        let names: Vec<String> = self
            .axes
            .iter()
            .flat_map(|axis| axis.positions.iter().zip(&axis.names))
            .filter_map(|(position, name)| {
                let values = self.values_at(points, *position);
                (values.len() > 1).then(|| format!("{name} ({})", listed(&values)))
            })
            .collect();
        Problem::new("--only", format!("{} points are meant; also give {}", points.len(), names.join(" and ")))
    }
}

fn listed(values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().take(SHOWN).map(Value::to_string).collect();
    let more = if values.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const SWEEP: &str = "[sweep]\nname = \"select\"\nexperiment = \"reaching\"\nreplicates = 4\n\
        [grid]\nmicrozones = [\"joined\", \"separated\"]\ndiffusion = [0, 330, 3300]\n\
        [[zip]]\ndecay = [0.3, 3]\nio_rate = [1, 1]\n[fixed]\nmovements = 8\n";

    fn selected(text: &str) -> Result<(usize, u32), String> {
        let sweep = Sweep::parse(Path::new("select.toml"), SWEEP.into()).unwrap();
        let task = sweep.select(text).map_err(|problem| problem.to_string())?;
        Ok((sweep.point_of(task), sweep.replicate_of(task)))
    }

    #[test]
    fn one_task_is_found_by_its_values() {
        assert_eq!(selected("microzones=joined, diffusion=0, decay=0.3"), Ok((0, 0)));
        assert_eq!(selected("replicate = 3, decay=3.0,diffusion=3.3e3 , microzones = separated"), Ok((11, 3)));
        assert_eq!(selected("decay=3, io_rate=1, diffusion=330, microzones=joined, movements=8"), Ok((3, 0)));
    }

    #[test]
    fn what_the_sweep_does_not_have_is_named_with_what_it_has() {
        for (text, said) in [
            (
                "diffusion=330",
                "--only: 4 points are meant; also give microzones (joined, separated) and decay (0.3, 3)",
            ),
            ("", "--only: 12 points are meant"),
            ("diffusion=331", "diffusion: 331 is not a value that goes with the rest; there are: 0, 330, 3300"),
            ("diffusion=-1", "diffusion: -1 is not a number in [0, 1000000]"),
            ("difusion=0", "--only: unknown axis `difusion`; did you mean `diffusion`?"),
            ("replicate=4", "replicate: 4 is not a whole number from 0 to 3"),
            ("microzones=joined diffusion=0", "joined diffusion=0"),
            ("joined", "joined: not of the form name=value"),
        ] {
            let problem = selected(text).unwrap_err();
            assert!(problem.contains(said), "{text}: {problem}");
        }
    }
}
