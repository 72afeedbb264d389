use std::fs;

use hdf5::File;

use super::*;

/// One dimension with a coordinate variable, one without, a variable on both, and a group.
fn table() -> Netcdf<'static> {
    let dimension = |name: &str, length| Dimension { name: name.into(), length };
    Netcdf {
        attributes: vec![("title".into(), Attribute::Text("A table".into()))],
        dimensions: vec![dimension("row", 2), dimension("column", 3)],
        variables: vec![
            variable("row", &["row"], Array::Text(vec!["a".into(), "b".into()])),
            variable("cell", &["row", "column"], Array::Number(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0].into())),
        ],
        groups: vec![Group {
            name: "constants".into(),
            attributes: vec![],
            variables: vec![
                variable("unit", &[], Array::Letters("µm".into())),
                variable("length", &[], Array::Integer(vec![7])),
            ],
        }],
    }
}

fn variable(name: &str, dimensions: &[&str], values: Array<'static>) -> Variable<'static> {
    let dimensions = dimensions.iter().map(|&dimension| dimension.into()).collect();
    Variable { name: name.into(), dimensions, values, attributes: vec![] }
}

fn written(netcdf: &Netcdf) -> (tempfile::TempDir, File) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.h5");
    write(&path, netcdf).unwrap();
    let file = File::open(&path).unwrap();
    (folder, file)
}

fn complaint(change: impl FnOnce(&mut Netcdf)) -> String {
    let mut netcdf = table();
    change(&mut netcdf);
    let folder = tempfile::tempdir().unwrap();
    let error = write(&folder.path().join("table.h5"), &netcdf).unwrap_err();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    error.to_string()
}

#[test]
fn values_come_back() {
    let (_folder, file) = written(&table());
    let cell = file.dataset("cell").unwrap();
    assert_eq!(cell.shape(), [2, 3]);
    assert_eq!(cell.read_raw::<f64>().unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let rows = file.dataset("row").unwrap().read_raw::<VarLenUnicode>().unwrap();
    assert_eq!(rows.iter().map(VarLenUnicode::as_str).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_dimension_without_coordinate_has_a_hidden_scale() {
    let (_folder, file) = written(&table());
    let column = file.dataset("column").unwrap();
    let name: hdf5::types::FixedUnicode<80> = column.attr("NAME").unwrap().read_scalar().unwrap();
    assert_eq!(name.as_str(), "This is a netCDF dimension but not a netCDF variable.          3");
    assert_eq!(column.offset(), None);
}

#[test]
fn a_fill_value_is_also_that_of_the_dataset() {
    let mut netcdf = table();
    netcdf.variables[1].attributes.push((FILL_VALUE.into(), Attribute::Number(-1.0)));
    let (_folder, file) = written(&netcdf);
    let cell = file.dataset("cell").unwrap();
    assert_eq!(cell.fill_value().unwrap(), Some((-1.0_f64).into()));
    assert_eq!(cell.attr(FILL_VALUE).unwrap().read_raw::<f64>().unwrap(), [-1.0]);
}

#[test]
fn groups_hold_numbers_and_texts_of_letters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.h5");
    write(&path, &table()).unwrap();
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.array("constants/length").unwrap(), Some(Array::Integer(vec![7])));
    assert_eq!(reader.array("constants/unit").unwrap(), Some(Array::Letters("µm".into())));
    for missing in ["constants/width", "variables/length", "unit"] {
        assert_eq!(reader.array(missing).unwrap(), None, "{missing}");
    }
    assert_eq!(reader.first_other_values(&table(), |_| true).unwrap(), None);
    let mut other = table();
    other.groups[0].variables[1].values = Array::Integer(vec![8]);
    assert_eq!(reader.first_other_values(&other, |_| true).unwrap().as_deref(), Some("constants/length"));
    // µm takes three bytes.
    assert_eq!(File::open(&path).unwrap().dataset("string3").unwrap().shape(), [3]);
}

#[test]
fn text_attributes_end_with_their_last_letter() {
    let mut netcdf = table();
    for (name, text) in [("units", "µm²"), ("empty", "")] {
        netcdf.variables[1].attributes.push((name.into(), Attribute::Text(text.into())));
    }
    let (_folder, file) = written(&netcdf);
    let cell = file.dataset("cell").unwrap();
    assert_eq!(cell.attr("units").unwrap().dtype().unwrap().size(), "µm²".len());
    for (name, text) in [("units", "µm²"), ("empty", "")] {
        assert_eq!(text_attribute::read(&cell, name).unwrap(), text);
    }
}

#[test]
fn contradictions_are_named_before_anything_is_written() {
    let short = complaint(|table| table.variables[1].values = Array::Number(vec![0.0; 5].into()));
    assert!(short.contains("\"cell\": 5 values do not fill"), "{short}");
    let unknown = complaint(|table| table.variables[1].dimensions[1] = "depth".into());
    assert!(unknown.contains("no dimension \"depth\""), "{unknown}");
    let twice = complaint(|table| table.variables[0].name = "cell".into());
    assert!(twice.contains("two variables are named \"cell\""), "{twice}");
    let misplaced = complaint(|table| table.variables[1].name = "column".into());
    assert!(misplaced.contains("named like a dimension"), "{misplaced}");
    let fill = complaint(|table| table.variables[1].attributes.push((FILL_VALUE.into(), Attribute::Integer(0))));
    assert!(fill.contains("fill value"), "{fill}");
    let nul = complaint(|table| table.variables[0].values = Array::Text(vec!["a\0".into(), "b".into()]));
    assert!(nul.contains("NUL"), "{nul}");
    let slash = complaint(|table| table.variables[0].name = "a/b".into());
    assert!(slash.contains("cannot be a name"), "{slash}");
    let deep = complaint(|table| table.groups[0].variables[1].dimensions.push("row".into()));
    assert!(deep.contains("\"constants/length\", which is in a group, has dimensions"), "{deep}");
    let group = complaint(|table| table.groups[0].name = "cell".into());
    assert!(group.contains("something else is named like the group \"cell\""), "{group}");
    let repeated = complaint(|table| table.groups[0].variables[0].name = "length".into());
    assert!(repeated.contains("two variables are named \"constants/length\""), "{repeated}");
    let letters = complaint(|table| table.variables[0].values = Array::Letters("a".into()));
    assert!(letters.contains("1 values do not fill"), "{letters}");
    let taken = complaint(|table| table.dimensions[1].name = "string3".into());
    assert!(taken.contains("two dimensions are named \"string3\""), "{taken}");
    let ended = complaint(|table| table.groups[0].variables[0].values = Array::Letters("a\0".into()));
    assert!(ended.contains("NUL"), "{ended}");
}

/// The file against descriptions of another one, as if HDF5 had written something else.
#[test]
fn a_file_that_is_not_as_described_is_reported_by_what_differs() {
    let text = |name: &str| vec![(name.to_string(), Attribute::Text("other".into()))];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.h5");
    write(&path, &table()).unwrap();
    let difference = |change: &dyn Fn(&mut Netcdf)| {
        let mut wanted = table();
        change(&mut wanted);
        Reader::open(&path).unwrap().first_difference(&wanted).unwrap().unwrap_or_default()
    };
    assert_eq!(difference(&|_| ()), "");
    assert_eq!(difference(&|table| table.attributes = text("title")), "attribute \"title\"");
    assert_eq!(difference(&|table| table.attributes = text("history")), "attribute \"history\"");
    assert_eq!(difference(&|table| table.variables[1].attributes = text("units")), "attribute \"units\" of \"cell\"");
    assert_eq!(difference(&|table| table.groups[0].attributes = text("note")), "attribute \"note\" of \"constants\"");
    let of_variable = difference(&|table| table.groups[0].variables[1].attributes = text("units"));
    assert_eq!(of_variable, "attribute \"units\" of \"constants/length\"");
    // The same six values in another shape.
    let shape = difference(&|table| {
        table.dimensions[0].length = 3;
        table.dimensions[1].length = 2;
        table.variables.remove(0);
    });
    assert_eq!(shape, "the dimensions of \"cell\"");
    assert_eq!(difference(&|table| table.dimensions[1].name = "row".into()), "the dimensions of \"cell\"");
    // Only the scale of a dimension has its name, and counts who uses it.
    let swapped = difference(&|table| {
        table.dimensions = vec![table.dimensions[1].clone(), table.dimensions[0].clone()];
        table.variables[1].dimensions.swap(0, 1);
        table.dimensions[0].length = 2;
        table.dimensions[1].length = 3;
        table.variables.remove(0);
    });
    assert_eq!(swapped, "the dimensions of \"cell\"");
    assert_eq!(difference(&|table| drop(table.variables.remove(1))), "dimension \"row\"");
    let values = difference(&|table| table.variables[1].values = Array::Number(vec![0.5; 6].into()));
    assert_eq!(values, "variable \"cell\"");
}

#[test]
fn an_error_names_the_path() {
    let error = write(Path::new("/nowhere/at/all.h5"), &table()).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/at/all.h5"));
}
