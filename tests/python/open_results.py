"""Opens a results file with xarray's two netCDF-4 engines and with h5py, and checks what they see.

Without expectations the checks are those that every such file passes. Expectations are JSON, with lists of pairs for
what has an order: {"attributes": [[name, value]...], "dimensions": [[name, length]...], "variables": [[name,
{"dimensions": [...], "values": [...], "attributes": [[name, value]...]}]...], "groups": [[name, {"attributes": ...,
"variables": ...}]...]}. There null stands for NaN, and values are flat, the last dimension fastest.

A text without dimensions is stored as letters: char on a dimension string6, for example, which xarray takes off again.
"""

import argparse
import json
import sys

import h5py
import netCDF4
import numpy
import xarray

ENGINES = ("h5netcdf", "netcdf4")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="the netCDF-4 file")
    parser.add_argument("--expectations", metavar="JSON", help="a file of expectations; - is standard input")
    arguments = parser.parse_args()

    expected = None
    if arguments.expectations:
        source = sys.stdin if arguments.expectations == "-" else open(arguments.expectations, encoding="utf-8")
        with source:
            expected = in_order(json.load(source))

    opened = {}
    for engine in ENGINES:
        with xarray.open_dataset(arguments.file, engine=engine) as decoded:
            opened[engine] = decoded.load()
        check_decoded(opened[engine])
        with xarray.open_dataset(arguments.file, engine=engine, decode_cf=False) as raw:
            if expected:
                check_expected(raw, opened[engine], expected)
                check_groups(arguments.file, engine, expected["groups"])
            print(f"xarray {engine}: {dict(raw.sizes)}, {len(raw.variables)} variables, {len(raw.attrs)} attributes")
    assert opened[ENGINES[0]].identical(opened[ENGINES[1]]), "the two engines see different data sets"
    print("xarray: both engines see identical data sets")

    check_netcdf4(arguments.file, expected)
    check_scales(arguments.file)


def in_order(expected):
    """The expectations with dictionaries, which keep their order in Python, instead of lists of pairs."""
    expected = {key: dict(pairs) for key, pairs in expected.items()}
    for group in expected.get("groups", {}).values():
        group.update(in_order(group))
    for variable in expected.get("variables", {}).values():
        variable["attributes"] = dict(variable["attributes"])
    return expected


def check_decoded(dataset):
    """Texts are str, and every axis with a coordinate can be selected by its values."""
    for name, value in dataset.attrs.items():
        assert not isinstance(value, bytes), f"{name} is bytes"
    for name, variable in dataset.variables.items():
        if variable.dtype.kind in "OSU":
            values = variable.values.ravel().tolist()
            assert all(isinstance(value, str) for value in values), f"{name} holds other things than str"
    for axis in dataset.indexes:
        last = dataset[axis].values[-1]
        assert dataset.sel({axis: last})[axis].item() == last


def check_expected(raw, decoded, expected):
    # In groups the dimensions of letters are those of the file, which xarray does not see from there.
    letters = {name for name in expected["dimensions"] if name.startswith("string")}
    assert set(raw.variables) == set(expected["variables"]), list(raw.variables)
    assert letters >= set(raw.sizes) - set(decoded.sizes)
    sizes = {name: length for name, length in expected["dimensions"].items() if name not in letters}
    assert dict(decoded.sizes) == sizes, f"{dict(decoded.sizes)}"
    check_attributes("the file", raw.attrs, expected["attributes"])
    for name, variable in expected["variables"].items():
        check_variable(name, raw[name], decoded[name], variable)
        for coordinate in variable["attributes"].get("coordinates", "").split():
            assert coordinate in decoded[name].coords, f"{coordinate} is not a coordinate of {name}"


def check_groups(path, engine, expected):
    for group, contents in expected.items():
        with (
            xarray.open_dataset(path, engine=engine, group=group, decode_cf=False) as raw,
            xarray.open_dataset(path, engine=engine, group=group) as decoded,
        ):
            assert set(raw.variables) == set(contents["variables"]), list(raw.variables)
            check_attributes(group, raw.attrs, contents["attributes"])
            for name, variable in contents["variables"].items():
                check_variable(f"{group}/{name}", raw[name], decoded[name], variable)
    if expected:
        with xarray.open_datatree(path, engine=engine) as tree:
            assert set(tree.children) == set(expected), list(tree.children)


def check_variable(name, raw, decoded, expected):
    """Its dimensions, its values and its attributes, those of letters as they are decoded."""
    is_text = raw.dtype == numpy.dtype("S1")
    seen, attributes = (decoded, dict(raw.attrs)) if is_text else (raw, raw.attrs)
    if is_text:
        assert attributes.pop("_Encoding") == "utf-8", name
        assert raw.dims == (f"string{max(1, len(expected['values'][0].encode()))}",), f"{name}: {raw.dims}"
    assert list(seen.dims) == expected["dimensions"], f"{name} has dimensions {seen.dims}"
    check_values(name, seen.values, expected["values"])
    check_attributes(name, attributes, expected["attributes"])


def check_values(name, values, expected):
    flat = numpy.asarray(values).ravel()
    if flat.dtype.kind == "f":
        numbers = numpy.array([numpy.nan if value is None else value for value in expected], dtype="f8")
        assert flat.dtype == numpy.dtype("f8") and numpy.array_equal(flat, numbers, equal_nan=True), f"{name}: {flat}"
    else:
        assert flat.tolist() == expected, f"{name}: {flat}"


def check_attributes(owner, attributes, expected):
    assert set(attributes) == set(expected), f"{owner} has attributes {sorted(attributes)}"
    for name, value in expected.items():
        if isinstance(value, list):
            assert numpy.asarray(attributes[name]).dtype == numpy.uint8
            assert numpy.atleast_1d(attributes[name]).tolist() == value, f"{owner}: {name}"
        elif value is None:
            assert numpy.isnan(attributes[name]), f"{owner}: {name}"
        else:
            assert attributes[name] == value, f"{owner}: {name} = {attributes[name]!r}"


def check_netcdf4(path, expected):
    """The netCDF library itself shows variables and dimensions in the order in which they were written."""
    with netCDF4.Dataset(path) as dataset:
        if expected:
            assert list(dataset.dimensions) == list(expected["dimensions"]), list(dataset.dimensions)
            assert dataset.ncattrs() == list(expected["attributes"]), dataset.ncattrs()
            assert list(dataset.groups) == list(expected["groups"]), list(dataset.groups)
            check_order(dataset, expected["variables"])
            for name, group in expected["groups"].items():
                check_order(dataset[name], group["variables"])
        print(f"netCDF4: {dataset.data_model}, dimensions {list(dataset.dimensions)}")


def check_order(group, expected):
    """Variables and their attributes are in the order in which they were written; that of letters' encoding is first."""
    assert list(group.variables) == list(expected), list(group.variables)
    for name, variable in expected.items():
        encoding = ["_Encoding"] if group[name].dtype == "S1" else []
        assert group[name].ncattrs() == encoding + list(variable["attributes"]), group[name].ncattrs()


def check_scales(path):
    """Every axis of every dataset has one dimension scale, and the scale knows of it."""
    with h5py.File(path) as file:
        datasets = {name: item for name, item in file.items() if isinstance(item, h5py.Dataset)}
        scales = {name: dataset for name, dataset in datasets.items() if h5py.h5ds.is_scale(dataset.id)}
        known = set()
        for name, scale in scales.items():
            title = h5py.h5ds.get_scale_name(scale.id).decode()
            assert title == name or title.startswith("This is a netCDF dimension"), title
            for entry in scale.attrs.get("REFERENCE_LIST", ()):
                known.add((name, file[entry["dataset"]].name.removeprefix("/"), int(entry["dimension"])))
        names = []
        file.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        attached = set()
        for name in set(names) - scales.keys():
            for axis, dimension in enumerate(file[name].dims):
                assert len(dimension) == 1, f"{name}, axis {axis}: {len(dimension)} scales"
                scale = dimension[0]
                assert scale.shape[0] == file[name].shape[axis], f"{name}, axis {axis}"
                attached.add((scale.name.removeprefix("/"), name, axis))
        assert attached == known, f"scales and datasets disagree: {attached ^ known}"
        print(f"h5py: {len(names)} datasets, {len(attached)} axes attached to their scales")


if __name__ == "__main__":
    main()
