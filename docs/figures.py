"""Draws the figures of a page with `microzone plot` from the results of its sweeps, and puts them beside the page.

`make clopath2012`, `make schweighofer2000` and `make textbook` run the sweeps and this.
"""

import argparse
import pathlib
import shutil
import subprocess

# Of each page: the sweep, the name of the figure after that of the page, and the flags of `microzone plot`.
FIGURES = {
    "clopath2012": [
        ("fig2-grid", "fig2", []),
        ("fig2-equal", "weights", ["--observable", "weight_histogram", "--at", "input_correlation=0.6"]),
        ("fig3-coding", "fig3", []),
        ("fig4-bistability", "fig4", []),
    ],
    "textbook": [
        ("recoding-expansion", "expansion", []),
        ("recoding-golgi", "golgi", []),
        ("recoding-golgi", "golgi-silent", ["--observable", "silent_fraction"]),
        ("recoding-interneurons", "interneurons", []),
        ("recoding-dendrites", "dendrites", []),
        ("recoding-trial", "trial", []),
        ("recoding-separation", "separation", []),
        ("conditioning-interval", "interval", []),
        ("conditioning-interval", "responses", ["--observable", "response", "--at", "us_rate=20"]),
        ("conditioning-inhibition", "pause-depth", []),
        ("conditioning-loop", "conditioning-loop", ["--at", "acquisition_trials=300"]),
        ("conditioning-extinction", "extinction", []),
        ("micromodules-stability", "stability", []),
        ("micromodules-loop", "loop", []),
        ("micromodules-crosstalk", "crosstalk", []),
        ("micromodules-floor", "floor", []),
        ("prediction-delay", "delay", []),
        ("prediction-learning", "learning", []),
        ("rebound-pause", "pause", []),
        ("rebound-exclusion", "exclusion", []),
    ],
    "schweighofer2000": [
        ("fig1", "fig1", ["--observable", "concentration"]),
        ("fig2a", "fig2a", ["--observable", "information"]),
        ("fig2b", "fig2b", ["--observable", "information"]),
        ("fig2a", "fig2a-corrected", ["--observable", "information_corrected"]),
        ("fig2b", "fig2b-corrected", ["--observable", "information_corrected"]),
        ("fig2a", "fig2a-bound", ["--observable", "information_rate_bound"]),
        ("fig2b", "fig2b-bound", ["--observable", "information_rate_bound"]),
        ("fig3a", "fig3a", ["--observable", "mse_normalised"]),
        ("feed-forward", "fig3a-inertial", ["--observable", "mse_normalised", "--at", "position_gain=1"]),
        ("fig3b", "fig3b", ["--observable", "mse_normalised"]),
        ("fig3b", "curves", ["--observable", "learning_curve", "--at", "io_rate=0.5"]),
        ("fig3b", "paths", ["--observable", "hand_paths", "--at", "io_rate=0.5"]),
    ],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", choices=FIGURES)
    parser.add_argument("program", help="the microzone program")
    parser.add_argument("results", type=pathlib.Path, help="the folder that holds a folder of results per sweep")
    parser.add_argument("--suffix", default="", help="of the names of the sweeps; --suffix=-small for the small twins")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).parent, help="where the figures go")
    arguments = parser.parse_args()
    for sweep, name, flags in FIGURES[arguments.page]:
        directory = arguments.results / f"{arguments.page}-{sweep}{arguments.suffix}"
        plotted = subprocess.run([arguments.program, "plot", directory, *flags], check=True, stdout=subprocess.PIPE, text=True)
        svg = next(line for line in plotted.stdout.splitlines() if line.endswith(".svg"))
        shutil.copyfile(svg, arguments.output / f"{arguments.page}-{name}.svg")


if __name__ == "__main__":
    main()
