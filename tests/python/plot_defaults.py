"""Draws variables of results files by xarray's own `.plot()`, and prints the words that stand in each panel as JSON.

A panel is FILE VARIABLE KEYWORDS, with keywords of `.plot()` as JSON, such as {"x": "decay", "xscale": "log"}. Nothing is
helped along: labels, titles, legends and ticks are what xarray and matplotlib make of the file.
"""

import argparse
import json

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as pyplot
import xarray


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", help="the file to draw")
    parser.add_argument("--panel", nargs=3, action="append", required=True, metavar=("FILE", "VARIABLE", "KEYWORDS"))
    parser.add_argument("--engine", default="h5netcdf")
    arguments = parser.parse_args()

    rows = (len(arguments.panel) + 2) // 3
    figure, panels = pyplot.subplots(rows, 3, figsize=(13.5, 4 * rows), layout="constrained", squeeze=False)
    seen = [draw(axes, arguments.engine, *panel) for axes, panel in zip(panels.flat, arguments.panel)]
    for axes in panels.flat[len(seen) :]:
        axes.axis("off")
    figure.savefig(arguments.picture, dpi=90)
    print(json.dumps(seen, ensure_ascii=False))


def draw(axes, engine, path, variable, keywords):
    figure = axes.get_figure()
    known = set(figure.axes)
    with xarray.open_dataset(path, engine=engine) as results:
        results[variable].plot(ax=axes, **json.loads(keywords))
    legend = axes.get_legend()
    # The only axes that a panel adds are those of its colour bar.
    bars = [added.get_ylabel() for added in figure.axes if added not in known]
    return {
        "title": axes.get_title(),
        "x": axes.get_xlabel(),
        "y": axes.get_ylabel(),
        "legend": [legend.get_title().get_text(), *(text.get_text() for text in legend.get_texts())] if legend else [],
        "bar": bars,
        "ticks": [label.get_text() for label in axes.get_xticklabels()],
    }


if __name__ == "__main__":
    main()
