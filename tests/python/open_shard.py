"""Prints the records of a shard as JSON, knowing of it only what its columns say of themselves."""

import argparse
import json
import sys

import h5py


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="the shard")
    arguments = parser.parse_args()

    with h5py.File(arguments.file) as file:
        for name, column in file.items():
            assert column.attrs["description"].decode(), f"{name} has no description"
        columns = {name: column[()] for name, column in file.items()}

    records = []
    value_start = message_start = 0
    for index, status in enumerate(columns["status"].tolist()):
        value_end, message_end = int(columns["value_end"][index]), int(columns["message_end"][index])
        record = {"digest": columns["digest"][index].tobytes().hex(), "status": status}
        if status == 1:
            record["values"] = columns["values"][value_start:value_end].tolist()
        else:
            record["message"] = columns["message"][message_start:message_end].tobytes().decode()
        records.append(record)
        value_start, message_start = value_end, message_end
    json.dump(records, sys.stdout)


if __name__ == "__main__":
    main()
