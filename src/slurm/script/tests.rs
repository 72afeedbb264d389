use super::*;

fn job() -> Job {
    Job {
        name: "microzone-0123456789ab".into(),
        program: "/opt/microzone/bin/microzone".into(),
        directory: "/scratch/me/results/quickstart".into(),
        nodes: 4,
        ranks_per_node: 1,
        threads: 32,
        memory: Some(64_000),
        time: Duration::from_secs(7200),
        partition: Some("compute".into()),
        account: Some("abc-123".into()),
        launch: Launch::Srun { mpi: "pmi2".into() },
        source: None,
        modules: vec!["mpich/4.0".into(), "hdf5".into()],
        environment: Vec::new(),
        margin: Duration::from_secs(120),
        grace: Duration::from_secs(20),
        may_requeue: true,
        most_restarts: None,
        elements: None,
    }
}

/// A script as every version writes it.
fn without_version(job: &Job) -> String {
    script(job).replace(concat!("microzone ", env!("CARGO_PKG_VERSION")), "microzone VERSION")
}

#[test]
fn an_array_of_jobs_that_share_a_sweep() {
    let array = Job { nodes: 1, launch: Launch::Alone, elements: Some(10), ..job() };
    insta::assert_snapshot!("array", without_version(&array));
}

#[test]
fn a_job_of_four_nodes() {
    insta::assert_snapshot!("four_nodes", without_version(&job()));
}

#[test]
fn a_job_of_one_node_that_may_not_be_requeued_in_a_folder_with_an_odd_name() {
    let odd = Job {
        program: "/home/o'neill/my programs/microzone".into(),
        directory: "/scratch/-rf $HOME `date`\n\"new line\" 'quoted'".into(),
        nodes: 1,
        memory: None,
        time: Duration::from_secs(61),
        partition: None,
        account: None,
        launch: Launch::Alone,
        source: Some("/etc/profile.d/site modules.sh".into()),
        modules: Vec::new(),
        environment: vec![("TMPDIR".into(), "/tmp/$USER; rm -rf ~".into())],
        may_requeue: false,
        most_restarts: Some(5),
        ..job()
    };
    insta::assert_snapshot!("one_node", without_version(&odd));
}

#[test]
fn slurm_opens_no_log_where_the_path_means_something_to_it() {
    let of = |directory: &str, elements| {
        let text = script(&Job { directory: directory.into(), elements, ..job() });
        text.lines().filter(|line| line.contains("output") || line.contains("exec >>")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(of("/a b", None), "#SBATCH --output=slurm-%j.out");
    assert_eq!(of("/a b", Some(2)), "#SBATCH --output=slurm-%A_%a.out");
    let odd = "#SBATCH --output=/dev/null\nexec >>\"$directory/runs/slurm-$SLURM_JOB_ID.out\" 2>&1";
    assert_eq!(of("/a%j", None), odd);
    assert_eq!(of("/a\\b", None), odd);
}

#[test]
fn the_templates_in_the_folder_slurm_are_what_the_program_prints() {
    for (kind, name, file) in [(Template::Mpi, "mpi", "mpi.sbatch"), (Template::Array, "array", "array.sbatch")] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("slurm").join(file);
        let there = std::fs::read_to_string(&path).unwrap();
        assert!(there == template(kind), "microzone submit --print-template {name} > slurm/{file} writes it anew");
    }
}

/// Runs a script in which microzone is a program that prints what it is given.
#[test]
fn bash_runs_every_script_and_passes_odd_paths_on() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("it's a \"program\"");
    std::fs::write(&program, "#!/bin/bash\nprintf '<%s>' \"$@\" >&2\n[[ $2 != begin ]] || echo --grace\n").unwrap();
    std::process::Command::new("chmod").arg("755").arg(&program).status().unwrap();
    for directory in ["/plain", "/with space", "/-rf $HOME `date`", "/new\nline", "/it's \"odd\"; exit 1"] {
        let job = Job {
            program: program.to_str().unwrap().into(),
            directory: directory.into(),
            launch: Launch::Alone,
            source: None,
            modules: Vec::new(),
            ..job()
        };
        let path = folder.path().join("script");
        std::fs::write(&path, script(&job)).unwrap();
        let output = std::process::Command::new("bash").arg(&path).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with(&format!("<job><begin><{directory}><--threads><32>")), "{said}");
        assert!(said.contains(&format!("<run><{directory}/sweep.toml><--out><{directory}><--grace>")), "{said}");
        assert!(said.contains(&format!("<job><end><{directory}><--code><0>")), "{said}");
        assert!(output.status.success());
    }
}
