"""Opens the results of the probe sweep of `tests/run/divergence.rs` as a reader would, and checks what is there."""

import argparse

import numpy
import xarray

ENGINES = ("h5netcdf", "netcdf4")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="the results file")
    arguments = parser.parse_args()
    for engine in ENGINES:
        with xarray.open_dataset(arguments.file, engine=engine) as dataset:
            dataset.load()
        check_variables(dataset)
        check_diverged(dataset)
        check_path(dataset)
        print(f"{engine}: sound")


def check_variables(dataset):
    tasks = ("diverging", "replicate")
    dimensions = {
        "status": tasks,
        "value": tasks,
        "value_mean": tasks[:1],
        "value_sem": tasks[:1],
        "diverged": tasks,
        "diverged_mean": tasks[:1],
        "diverged_sem": tasks[:1],
        "path": ("diverging", "step"),
    }
    assert {name: variable.dims for name, variable in dataset.data_vars.items()} == dimensions
    assert dict(dataset.sizes) == {"diverging": 3, "replicate": 10, "step": 4}
    assert dataset["step"].values.tolist() == [0, 1, 2, 3]
    assert dataset["diverged"].attrs["description"] == "1 if the run diverged, else 0"
    assert dataset["path"].attrs["description"].startswith("first replicate only: ")
    assert numpy.isnan(dataset["path"].encoding["_FillValue"])


def check_diverged(dataset):
    assert (dataset["status"] == 1).all(), "a run that diverged is done"
    diverged = dataset["diverged"].values
    assert numpy.isin(diverged, (0, 1)).all()
    counts = diverged.sum(axis=1)
    assert counts[0] == 0 and 0 < counts[1] < 9 and counts[2] == 10, counts
    numpy.testing.assert_array_equal(numpy.isnan(dataset["value"]), diverged == 1)
    for point in range(2):
        there = dataset["value"].values[point][diverged[point] == 0]
        numpy.testing.assert_allclose(dataset["value_mean"][point], there.mean(), rtol=1e-14)
        numpy.testing.assert_allclose(
            dataset["value_sem"][point], there.std(ddof=1) / numpy.sqrt(len(there)), rtol=1e-12
        )
    assert numpy.isnan(dataset["value_mean"][2]) and numpy.isnan(dataset["value_sem"][2])
    numpy.testing.assert_allclose(dataset["diverged_mean"], counts / 10, rtol=1e-15)


def check_path(dataset):
    """The path begins with the value, rises by less than 1 a step, and ends at once if the run diverged."""
    first = dataset.sel(replicate=0)
    path = first["path"].values
    assert (0 < path[:, 0]).all() and (path[:, 0] < 1).all()
    for point, diverged in enumerate(first["diverged"].values):
        if diverged:
            assert numpy.isnan(path[point, 1:]).all()
        else:
            rises = numpy.diff(path[point])
            assert path[point, 0] == first["value"][point] and (0 < rises).all() and (rises < 1).all()


if __name__ == "__main__":
    main()
