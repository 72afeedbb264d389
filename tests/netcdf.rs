//! The files that `store::netcdf` writes, opened by the programs that people open them with.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use microzone::store::netcdf::{self, Attribute, Dimension, FILL_VALUE, Netcdf, Values, Variable};
use serde_json::{Value, json};

#[test]
fn python_and_ncdump_read_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.h5");
    let netcdf = results();
    netcdf::write(&path, &netcdf).unwrap();

    let checked = open_in_python(&path, &netcdf);
    assert!(checked.contains("both engines see identical data sets"), "{checked}");

    let dump = run(Command::new("ncdump").arg("-h").arg(&path));
    for line in [
        "input_coding = 2 ;",
        "bins = 4 ;",
        "double input_correlation(input_correlation) ;",
        "string input_coding(input_coding) ;",
        "double weights(input_correlation, input_coding, decay_and_diffusion, replicate, bins) ;",
        "ubyte status(input_correlation, input_coding, decay_and_diffusion, replicate) ;",
        "status:flag_values = 0UB, 1UB, 2UB ;",
        "capacity:_FillValue = NaN ;",
        ":Conventions = \"CF-1.11\" ;",
        "double answer ;",
    ] {
        assert!(dump.contains(line), "ncdump shows no {line:?} in\n{dump}");
    }
}

#[test]
fn two_hundred_variables_share_their_dimensions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.h5");
    let mut netcdf = results();
    let capacity = netcdf.variables.iter().find(|variable| variable.name == "capacity").unwrap().clone();
    for number in 0..200 {
        netcdf.variables.push(Variable { name: format!("observable_{number}"), ..capacity.clone() });
    }
    netcdf::write(&path, &netcdf).unwrap();
    open_in_python(&path, &netcdf);
}

const OTHER_PROCESS_WRITES: &str = "MICROZONE_TEST_OTHER_PROCESS_WRITES";

/// The other process runs this very test, at another time, with other contents of fresh memory.
#[test]
fn another_process_writes_the_same_bytes() {
    if let Some(path) = std::env::var_os(OTHER_PROCESS_WRITES) {
        return netcdf::write(Path::new(&path), &results()).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here.h5"), folder.path().join("a longer name.nc"));
    netcdf::write(&here, &results()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let mut other = Command::new(std::env::current_exe().unwrap());
    other.args(["--exact", "another_process_writes_the_same_bytes"]).env(OTHER_PROCESS_WRITES, &there);
    run(other.env("MALLOC_PERTURB_", "165"));
    let (here, there) = (std::fs::read(here).unwrap(), std::fs::read(there).unwrap());
    assert!(here == there, "first difference at {:?}", here.iter().zip(&there).position(|(a, b)| a != b));
}

/// A file with everything that results have: axes of numbers and of text, axes that move together, an observable with
/// an own dimension, a status, scalars.
fn results() -> Netcdf {
    let lengths =
        [("input_correlation", 3), ("input_coding", 2), ("decay_and_diffusion", 2), ("replicate", 5), ("bins", 4)];
    let axes = ["input_correlation", "input_coding", "decay_and_diffusion"];
    let tasks = [&axes[..], &["replicate"]].concat();
    let histogram = [&tasks[..], &["bins"]].concat();
    let sweep = "[sweep]\nname = \"µ\"\n".repeat(6000);
    let mut capacity: Vec<f64> = (0..60).map(|task| f64::from(task) / 7.0).collect();
    capacity[7] = f64::NAN;
    Netcdf {
        attributes: texts(&[
            ("Conventions", "CF-1.11"),
            ("title", "Storage capacity"),
            ("empty", ""),
            ("sweep", &sweep),
        ])
        .chain([("seed".into(), Attribute::Integer(2012))])
        .collect(),
        dimensions: lengths.map(|(name, length)| Dimension { name: name.into(), length }).to_vec(),
        variables: vec![
            variable("input_correlation", &axes[..1], Values::Number(vec![0.0, 0.5, 0.8]), &[("units", "1")]),
            variable("input_coding", &axes[1..2], Values::Text(vec!["dünn".into(), "".into()]), &[]),
            variable("decay", &axes[2..], Values::Number(vec![0.3, 0.4]), &[("units", "s-1")]),
            variable("diffusion", &axes[2..], Values::Number(vec![0.0, 3300.0]), &[("units", "µm2 s-1")]),
            variable("replicate", &["replicate"], Values::Integer((0..5).collect()), &[]),
            with_fill_value(variable(
                "capacity",
                &tasks,
                Values::Number(capacity),
                &[("units", "1"), ("coordinates", "decay diffusion")],
            )),
            with_fill_value(variable("weights", &histogram, Values::Number(vec![0.25; 240]), &[("units", "1")])),
            status(&tasks),
            variable("answer", &[], Values::Number(vec![42.0]), &[]),
            variable("name", &[], Values::Text(vec!["Purkinje".into()]), &[]),
        ],
    }
}

fn status(tasks: &[&str]) -> Variable {
    let mut status = variable("status", tasks, Values::Byte(vec![1; 60]), &[("flag_meanings", "missing done failed")]);
    status.attributes.push(("flag_values".into(), Attribute::Bytes(vec![0, 1, 2])));
    status
}

fn variable(name: &str, dimensions: &[&str], values: Values, attributes: &[(&str, &str)]) -> Variable {
    Variable {
        name: name.into(),
        dimensions: dimensions.iter().map(|&dimension| dimension.into()).collect(),
        values,
        attributes: texts(attributes).collect(),
    }
}

fn with_fill_value(mut variable: Variable) -> Variable {
    variable.attributes.push((FILL_VALUE.into(), Attribute::Number(f64::NAN)));
    variable
}

fn texts(attributes: &[(&str, &str)]) -> impl Iterator<Item = (String, Attribute)> {
    attributes.iter().map(|&(name, text)| (name.into(), Attribute::Text(text.into())))
}

/// Runs `tests/python/open_results.py` and returns what it prints.
fn open_in_python(path: &Path, netcdf: &Netcdf) -> String {
    let script = root().join("tests/python/open_results.py");
    let mut command = Command::new(python());
    run_with_input(command.arg(script).arg(path).args(["--expectations", "-"]), &expectations(netcdf).to_string())
}

/// A Python that has what `tests/python/requirements.txt` lists.
fn python() -> PathBuf {
    let python = std::env::var_os("MICROZONE_PYTHON").map_or_else(|| root().join(".python/bin/python"), PathBuf::from);
    let usable = Command::new(&python).args(["-c", "import h5netcdf, h5py, netCDF4, xarray"]).output();
    let usable = usable.is_ok_and(|output| output.status.success());
    assert!(usable, "{} is no Python with xarray, h5py and netCDF4: run `make python`", python.display());
    python
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(command: &mut Command) -> String {
    run_with_input(command, "")
}

fn run_with_input(command: &mut Command, input: &str) -> String {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", piped.get_program()));
    // A child that fails before it reads closes the pipe; its own message then tells more.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Lists of pairs rather than objects, since the order is to be checked too.
fn expectations(netcdf: &Netcdf) -> Value {
    let variables = netcdf.variables.iter().map(|variable| {
        let values = match &variable.values {
            Values::Number(values) => json!(values),
            Values::Integer(values) => json!(values),
            Values::Byte(values) => json!(values),
            Values::Text(values) => json!(values),
        };
        let attributes = expected_attributes(&variable.attributes);
        json!([variable.name, { "dimensions": variable.dimensions, "values": values, "attributes": attributes }])
    });
    let dimensions = netcdf.dimensions.iter().map(|dimension| json!([dimension.name, dimension.length]));
    json!({
        "attributes": expected_attributes(&netcdf.attributes),
        "dimensions": Value::from_iter(dimensions),
        "variables": Value::from_iter(variables),
    })
}

fn expected_attributes(attributes: &[(String, Attribute)]) -> Value {
    let pairs = attributes.iter().map(|(name, attribute)| match attribute {
        Attribute::Text(text) => json!([name, text]),
        Attribute::Integer(value) => json!([name, value]),
        Attribute::Number(value) => json!([name, value]),
        Attribute::Bytes(values) => json!([name, values]),
    });
    pairs.collect()
}
