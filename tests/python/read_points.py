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
        group = dataset["parameters"].variables
        still = {name: numpy.asarray(variable[...]).item() for name, variable in group.items()}
        # Coordinates of axes, and what the file lists as such: scalars are in the group, indices and labels say nothing new.
        listed = getattr(dataset["status"], "coordinates", "").split()
        moving = [name for name in (*tasks, *listed) if name not in still]
        moving = [name for name in moving if "move together" not in dataset[name].description]
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


def observed(variable, tasks):
    return variable.dimensions[: len(tasks)] == tasks and variable.name not in (*tasks, "status")


def value(variable, place):
    found = variable[tuple(place[name] for name in variable.dimensions)]
    return found if isinstance(found, str) else numpy.asarray(found).item()


def bits(values):
    return numpy.asarray(values).tobytes().hex()


if __name__ == "__main__":
    main()
