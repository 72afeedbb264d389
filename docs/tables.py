"""What the scripts share that fill the tables of a document.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`; what is between them is replaced and everything else is left
alone, so no number of a table has passed through a hand.
"""

import re


def fill(document, output, tables):
    """Writes the document with its tables filled in; `tables` makes the text of each, by name."""

    def filled(match):
        return f"{match[1]}\n{tables[match[2]]()}\n{match[3]}"

    text = document.read_text(encoding="utf-8")
    text = re.sub(r"(<!-- table: ([a-z0-9-]+) -->)\n.*?(<!-- end -->)", filled, text, flags=re.DOTALL)
    output.write_text(text, encoding="utf-8")


def markdown(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def plain(value):
    return str(value) if isinstance(value, str) else f"{value:g}"


def percent(fraction):
    """With its sign; what rounds to zero has none."""
    text = f"{100 * fraction:+.1f} %"
    return "0.0 %" if text in ("-0.0 %", "+0.0 %") else text


def measured(point, name, digits=3, scale=1.0):
    """Mean and standard error over the replicates; theory in brackets; how many replicates failed, if any."""
    mean, error = (scale * point[f"{name}_{kind}"].item() for kind in ("mean", "sem"))
    text = f"{mean:.{digits}f} ± {error:.{digits}f}"
    if name + "_theory" in point and point[name + "_theory"].notnull().all():
        text += f" [{scale * point[name + '_theory'].item():.{digits}f}]"
    failed = int((point["status"] == 2).sum())
    return text + (f" ({failed} failed)" if failed else "")
