//! What the kernel counts for the control group of a job: processes that were killed because memory was short.
//!
//! Slurm itself writes that into the log only when the batch script has ended.

use std::path::{Path, PathBuf};

/// Whether a process of the job that this one belongs to was killed for lack of memory, as far as it can be seen.
pub(crate) fn was_short() -> bool {
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    files(&groups).iter().any(|file| std::fs::read_to_string(file).is_ok_and(|text| kills(&text) > 0))
}

/// The files in which the kernel counts for a group and for those that it lies in, up to that of the job.
fn files(groups: &str) -> Vec<PathBuf> {
    let of_line = |line: &str| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        match controllers {
            "" => Some(("/sys/fs/cgroup", "memory.events", path.to_string())),
            "memory" => Some(("/sys/fs/cgroup/memory", "memory.oom_control", path.to_string())),
            _ => None,
        }
    };
    let is_job = |path: &Path| {
        path.components().any(|part| part.as_os_str().to_str().is_some_and(|part| part.starts_with("job_")))
    };
    let of_group = |(root, name, path): (&str, &str, String)| {
        let above: Vec<PathBuf> =
            Path::new(&path).ancestors().filter(|path| is_job(path)).map(Path::to_path_buf).collect();
        let below_root = |path: PathBuf| Path::new(root).join(path.strip_prefix("/").unwrap_or(&path)).join(name);
        above.into_iter().map(below_root).collect::<Vec<_>>()
    };
    groups.lines().filter_map(of_line).flat_map(of_group).collect()
}

/// The number behind `oom_kill`.
fn kills(text: &str) -> u64 {
    let number = |line: &str| line.strip_prefix("oom_kill ")?.trim().parse().ok();
    text.lines().find_map(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_of_control_groups_are_read() {
        let second = "0::/system.slice/slurmstepd.scope/job_7/step_batch/user/task_special\n";
        let root = "/sys/fs/cgroup/system.slice/slurmstepd.scope/job_7";
        let found = files(second);
        assert_eq!(found.len(), 4);
        assert_eq!(found[3], Path::new(root).join("memory.events"));
        let first = "9:memory:/slurm/uid_0/job_7/step_batch\n8:cpuset:/slurm/uid_0/job_7\n";
        let wanted = ["step_batch/memory.oom_control", "memory.oom_control"]
            .map(|name| Path::new("/sys/fs/cgroup/memory/slurm/uid_0/job_7").join(name));
        assert_eq!(files(first), wanted);
        assert!(files("0::/user.slice/session-1.scope\n").is_empty());
        assert_eq!(kills("low 0\nhigh 0\nmax 12\noom 2\noom_kill 3\n"), 3);
        assert_eq!(kills("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"), 1);
        assert_eq!(kills(""), 0);
    }
}
