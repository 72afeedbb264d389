//! The files that `store::netcdf` writes, opened by the programs that people open them with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its helpers too")]

mod common;

use std::path::Path;
use std::process::Command;

use microzone::store::netcdf::{self, Array, Attribute, Dimension, FILL_VALUE, Group, Netcdf, Variable};
use serde_json::{Value, json};

#[test]
fn python_and_ncdump_read_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.h5");
    let netcdf = results();
    netcdf::write(&path, &netcdf).unwrap();

    let checked = open_in_python(&path, &netcdf);
    assert!(checked.contains("both engines see identical data sets"), "{checked}");

    let dump = common::python::run(Command::new("ncdump").arg("-h").arg(&path));
    let dump: Vec<&str> = dump.lines().map(str::trim).filter(|line| line.len() < 200).collect();
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
        "char name(string8) ;",
        "name:_Encoding = \"utf-8\" ;",
        "group: parameters {",
        "char unit(string3) ;",
        "accuracy:long_name = \"accuracy, µm\" ;",
    ] {
        assert!(dump.contains(&line), "ncdump shows no {line:?} in {dump:#?}");
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

#[test]
fn another_process_writes_the_same_bytes() {
    common::check_that_another_process_writes_the_same("another_process_writes_the_same_bytes", |path| {
        netcdf::write(path, &results()).unwrap();
    });
}

/// A file with everything that results have: axes of numbers and of text, axes that move together, an observable with
/// an own dimension, a status, scalars.
fn results() -> Netcdf<'static> {
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
            variable("input_correlation", &axes[..1], Array::Number(vec![0.0, 0.5, 0.8].into()), &[("units", "1")]),
            variable("input_coding", &axes[1..2], Array::Text(vec!["dünn".into(), "".into()]), &[]),
            variable("decay", &axes[2..], Array::Number(vec![0.3, 0.4].into()), &[("units", "s-1")]),
            variable("diffusion", &axes[2..], Array::Number(vec![0.0, 3300.0].into()), &[("units", "µm2 s-1")]),
            variable("replicate", &["replicate"], Array::Integer((0..5).collect()), &[]),
            with_fill_value(variable(
                "capacity",
                &tasks,
                Array::Number(capacity.into()),
                &[("units", "1"), ("coordinates", "decay diffusion")],
            )),
            with_fill_value(variable("weights", &histogram, Array::Number(vec![0.25; 240].into()), &[("units", "1")])),
            status(&tasks),
            variable("answer", &[], Array::Number(vec![42.0].into()), &[]),
            variable("name", &[], Array::Letters("Purkinje".into()), &[("long_name", "name of the cell")]),
            variable("empty", &[], Array::Letters(String::new()), &[]),
        ],
        groups: vec![Group {
            name: "parameters".into(),
            attributes: texts(&[("description", "the values that were used")]).collect(),
            variables: vec![
                variable("accuracy", &[], Array::Number(vec![0.5].into()), &[("long_name", "accuracy, µm")]),
                variable("unit", &[], Array::Letters("µm".into()), &[]),
            ],
        }],
    }
}

fn status(tasks: &[&str]) -> Variable<'static> {
    let mut status = variable("status", tasks, Array::Byte(vec![1; 60]), &[("flag_meanings", "missing done failed")]);
    status.attributes.push(("flag_values".into(), Attribute::Bytes(vec![0, 1, 2])));
    status
}

fn variable(name: &str, dimensions: &[&str], values: Array<'static>, attributes: &[(&str, &str)]) -> Variable<'static> {
    Variable {
        name: name.into(),
        dimensions: dimensions.iter().map(|&dimension| dimension.into()).collect(),
        values,
        attributes: texts(attributes).collect(),
    }
}

fn with_fill_value(mut variable: Variable<'static>) -> Variable<'static> {
    variable.attributes.push((FILL_VALUE.into(), Attribute::Number(f64::NAN)));
    variable
}

fn texts(attributes: &[(&str, &str)]) -> impl Iterator<Item = (String, Attribute)> {
    attributes.iter().map(|&(name, text)| (name.into(), Attribute::Text(text.into())))
}

/// Runs `tests/python/open_results.py` and returns what it prints.
fn open_in_python(path: &Path, netcdf: &Netcdf) -> String {
    let mut command = common::python::python("open_results.py");
    common::python::run_with_input(command.arg(path).args(["--expectations", "-"]), &expectations(netcdf).to_string())
}

/// Lists of pairs rather than objects, since the order is to be checked too.
fn expectations(netcdf: &Netcdf) -> Value {
    let dimensions = netcdf.dimensions.iter().map(|dimension| json!([dimension.name, dimension.length]));
    // Behind the others, those of the letters of Purkinje, of no text, and of µm.
    let letters = [1, 3, 8].map(|length| json!([format!("string{length}"), length]));
    let groups = netcdf.groups.iter().map(|group| {
        let attributes = expected_attributes(&group.attributes);
        json!([group.name, { "attributes": attributes, "variables": expected_variables(&group.variables) }])
    });
    json!({
        "attributes": expected_attributes(&netcdf.attributes),
        "dimensions": Value::from_iter(dimensions.chain(letters)),
        "variables": expected_variables(&netcdf.variables),
        "groups": Value::from_iter(groups),
    })
}

fn expected_variables(variables: &[Variable]) -> Value {
    let expected = variables.iter().map(|variable| {
        let values = match &variable.values {
            Array::Number(values) => json!(values),
            Array::Integer(values) => json!(values),
            Array::Byte(values) => json!(values),
            Array::Text(values) => json!(values),
            Array::Letters(text) => json!([text]),
        };
        let attributes = expected_attributes(&variable.attributes);
        json!([variable.name, { "dimensions": variable.dimensions, "values": values, "attributes": attributes }])
    });
    expected.collect()
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
