"""Prints every task of a results file as JSON: its parameters and replicate, its status, and the bits of its values."""

import argparse
import itertools
import json
import sys

import netCDF4
import numpy


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="the results file")
    arguments = parser.parse_args()

    with netCDF4.Dataset(arguments.file) as dataset:
        dataset.set_auto_mask(False)
        tasks = dataset["status"].dimensions
        observables = [name for name, variable in dataset.variables.items() if observed(variable, tasks)]
        moving = [name for name, variable in dataset.variables.items() if moves(variable, tasks)]
        still = {name: value(variable, {}) for name, variable in dataset["parameters"].variables.items()}
        lengths = [len(dataset.dimensions[name]) for name in tasks]
        printed = []
        for index in itertools.product(*map(range, lengths)):
            place = dict(zip(tasks, index))
            printed.append(
                {
                    "parameters": {name: value(dataset[name], place) for name in moving} | still,
                    "status": int(dataset["status"][index]),
                    "values": {name: bits(dataset[name][index]) for name in observables},
                }
            )
    json.dump(printed, sys.stdout)


def moves(variable, tasks):
    """Whether a variable is a parameter that moves along an axis; else it is the replicate, an index or a label."""
    along = len(variable.dimensions) == 1 and variable.dimensions[0] in tasks
    return along and variable.name != "replicate" and "move together" not in variable.description


def observed(variable, tasks):
    return variable.dimensions[: len(tasks)] == tasks and variable.name not in (*tasks, "status")


def value(variable, place):
    found = variable[tuple(place[name] for name in variable.dimensions)] if variable.dimensions else variable[...]
    return found if isinstance(found, str) else numpy.asarray(found).item()


def bits(values):
    return numpy.asarray(values).tobytes().hex()


if __name__ == "__main__":
    main()
