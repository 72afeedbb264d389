"""Opens the results of the capacity sweep of `tests/run/dataset.rs` as a reader would, and checks what is there."""

import argparse
import statistics

import numpy
import xarray

ENGINES = ("h5netcdf", "netcdf4")
AXES = ("output_correlation", "learner", "robustness_bistability")
SHAPE = ("weight_variance", "weight_skewness", "weight_kurtosis")
SCALARS = ("capacity", "silent_fraction", *SHAPE, "updates", "epochs_used", "natural_unit")
WITH_THEORY = ("capacity", "silent_fraction", *SHAPE)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="the results file")
    parser.add_argument("sweep", help="the sweep file")
    arguments = parser.parse_args()
    with open(arguments.sweep, encoding="utf-8") as file:
        sweep = file.read()
    for engine in ENGINES:
        with xarray.open_dataset(arguments.file, engine=engine) as dataset:
            dataset.load()
        check_root(dataset, sweep)
        check_axes(dataset)
        check_tables(dataset)
        check_parameters(arguments.file, engine)
        check_variables(dataset)
        check_statistics(dataset)
        print(f"{engine}: sound")


def check_root(dataset, sweep):
    expected = {
        "Conventions": "CF-1.11",
        "title": "Capacity of µ, 2012",
        "software": "microzone",
        "experiment": "capacity",
        "experiment_version": 3,
        "seed": 13,
        "sweep": sweep,
    }
    for name, value in expected.items():
        assert dataset.attrs[name] == value, f"{name} = {dataset.attrs[name]!r}"
    assert dataset.attrs["software_version"].count(".") == 2
    assert len(dataset.attrs["sweep_digest"]) == 64 and int(dataset.attrs["sweep_digest"], 16) > 0


def check_axes(dataset):
    assert dict(dataset.sizes) == dict(zip(AXES, (2, 3, 2))) | {"replicate": 3, "weight": 50}, dict(dataset.sizes)
    assert dataset["output_correlation"].values.tolist() == [0.0, 0.3]
    assert dataset["learner"].values.tolist() == ["exact", "perceptron", "perceptron-no-switching"]
    assert dataset["replicate"].values.tolist() == [0, 1, 2]
    assert dataset["robustness_bistability"].values.tolist() == [0, 1]
    for name, values in (("robustness", [0.0, 1.0]), ("bistability", [0.5, 0.0])):
        assert dataset[name].dims == ("robustness_bistability",) and dataset[name].values.tolist() == values
        assert name in dataset["capacity"].coords, f"{name} is not a coordinate of capacity"
    assert dataset["robustness_bistability_label"].values.tolist() == [
        "robustness = 0, bistability = 0.5",
        "robustness = 1, bistability = 0",
    ]
    fixed = {"inputs": 24, "epochs": 100}
    for name, value in fixed.items():
        assert dataset[name].dims == () and dataset[name].item() == value, f"{name} = {dataset[name].values}"
        assert name in dataset["capacity"].coords
    for name in ("output_correlation", "robustness", "bistability", "inputs", "weight", "replicate"):
        check_words(dataset, name)


def check_tables(dataset):
    """Tables have the axes, what moves along with them, what the file fixes, and the value: no defaults."""
    table = dataset["capacity_mean"].to_dataframe()
    assert tuple(table.index.names) == AXES
    moving = ["robustness_bistability_label", "robustness", "bistability"]
    assert list(table.columns) == moving + ["inputs", "epochs", "capacity_mean"], list(table.columns)


def check_parameters(path, engine):
    """The group has what no axis moves, defaults included."""
    with xarray.open_dataset(path, engine=engine, group="parameters") as parameters:
        values = {name: variable.item() for name, variable in parameters.data_vars.items()}
        assert all(variable.attrs["long_name"] and variable.attrs["description"] for variable in parameters.values())
    expected = {"inputs": 24, "input_coding": 0.5, "output_coding": 0.5, "input_correlation": 0.0}
    assert values == expected | {"weight_bound": "non-negative", "learning_rate": 0.01, "epochs": 100, "load_limit": 50.0}, values


def check_words(dataset, name):
    """A label for an axis, a sentence, and no unit, since every quantity of this model is a pure number."""
    attributes = dataset[name].attrs
    assert "units" not in attributes, name
    assert 0 < len(attributes["long_name"]) <= 45 and "_" not in attributes["long_name"], name
    assert len(attributes["description"]) > 5, name


def check_variables(dataset):
    tasks = AXES + ("replicate",)
    for name in SCALARS:
        assert dataset[name].dims == tasks and dataset[name].dtype == numpy.float64, name
        assert dataset[name + "_mean"].dims == dataset[name + "_sem"].dims == AXES, name
        for variable in (name, name + "_mean", name + "_sem"):
            check_words(dataset, variable)
            assert numpy.isnan(dataset[variable].encoding["_FillValue"]), variable
        assert (name + "_theory" in dataset) == (name in WITH_THEORY), name
    for name in WITH_THEORY:
        assert dataset[name + "_theory"].dims == dataset[name + "_theory_sem"].dims == AXES
    assert dataset["weight_histogram"].dims == tasks + ("weight",)
    assert dataset["weight_histogram_mean"].dims == AXES + ("weight",)
    assert dataset["weight_histogram_theory"].dims == dataset["weight_histogram_theory_sem"].dims == AXES + ("weight",)
    assert dataset["status"].dims == tasks and dataset["status"].dtype == numpy.uint8
    assert numpy.atleast_1d(dataset["status"].attrs["flag_values"]).tolist() == [0, 1, 2]
    assert dataset["status"].attrs["flag_meanings"] == "missing done failed"


def check_statistics(dataset):
    assert (dataset["status"] == 1).all()
    for name in SCALARS:
        values = dataset[name]
        runs = values.count("replicate")  # The rule may learn nothing, and leave weights equal: they have no shape.
        mean, error = values.mean("replicate"), values.std("replicate", ddof=1) / numpy.sqrt(runs)
        numpy.testing.assert_allclose(dataset[name + "_mean"], mean, rtol=1e-14, atol=1e-300, err_msg=name)
        numpy.testing.assert_allclose(dataset[name + "_sem"], error, rtol=1e-9, atol=1e-12, err_msg=name)
    point = dataset["capacity"].sel(output_correlation=0.3, learner="exact").isel(robustness_bistability=0)
    assert (point > 0.2).all(), point
    assert (point["robustness"].item(), point["bistability"].item()) == (0.0, 0.5), point.coords
    theory = dataset["capacity_theory"].sel(output_correlation=0.0, learner="exact")
    # Robustness halves the capacity at 1, whatever the size: 0.479 of the large-N theory.
    numpy.testing.assert_allclose(theory.isel(robustness_bistability=1), 0.479, atol=2e-3)
    # Weights are (b + z)+ over its mean; the bins, a tenth wide, end at five times the mean.
    normal = statistics.NormalDist()
    for silent, bins in zip(
        dataset["silent_fraction_theory"].values.ravel(), dataset["weight_histogram_theory"].values.reshape(-1, 50)
    ):
        offset = -normal.inv_cdf(silent)
        mean = offset * normal.cdf(offset) + normal.pdf(offset)
        numpy.testing.assert_allclose(0.1 * bins.sum(), normal.cdf(offset) - normal.cdf(offset - 5 * mean), atol=1e-9)


if __name__ == "__main__":
    main()
