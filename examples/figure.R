#!/usr/bin/env Rscript
# Draws an observable of a sweep over one of its axes: means with standard errors, and the theory where there is one.
#
#     Rscript examples/figure.R results/quickstart capacity.png
#     Rscript examples/figure.R results/quickstart silent.pdf silent_fraction output_correlation
#
# All words of the figure come from the results: the title, the labels and units of axes, what the sweep fixes. The file
# ending sets the format. Needs ncdf4 (Debian: r-cran-ncdf4).

suppressPackageStartupMessages(library(ncdf4))

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 2 || length(arguments) > 4) stop("usage: figure.R DIRECTORY FIGURE [OBSERVABLE [AXIS]]")
most_lines <- 8
# Okabe and Ito's colours, which colour-blind readers can tell apart.
colours <- c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")

results <- nc_open(file.path(arguments[1], "results.h5"))

# Texts are UTF-8, whatever the locale.
utf8 <- function(text) { Encoding(text) <- "UTF-8"; text }
attribute <- function(variable, name) {
    found <- ncatt_get(results, variable, name)
    if (found$hasatt) utf8(found$value) else ""
}
heading <- function(variable) {
    unit <- attribute(variable, "units")
    paste0(attribute(variable, "long_name"), if (nzchar(unit)) paste0(" (", unit, ")"))
}
# ncdf4 lists dimensions with the fastest first; ncdump and Python list them the other way round.
dimensions <- function(variable) vapply(results$var[[variable]]$dim, function(one) one$name, "")
position <- function(axis) results$dim[[axis]]$vals
# The variable that names positions: parameters that move together have labels.
named <- function(axis) {
    label <- paste0(axis, "_label")
    if (label %in% names(results$var)) label else axis
}
is_number <- function(axis) is.numeric(position(axis)) && named(axis) == axis
# The words for each position along an axis.
words <- function(axis) {
    if (!is_number(axis)) return(utf8(as.character(ncvar_get(results, named(axis)))))
    trimws(paste(attribute(axis, "long_name"), "=", format(position(axis), trim = TRUE, drop0trailing = TRUE),
                 attribute(axis, "units")))
}

# The observables that have one mean per point.
axes <- setdiff(dimensions("status"), "replicate")
means <- grep("_mean$", names(results$var), value = TRUE)
means <- Filter(function(name) sub("_mean$", "_sem", name) %in% names(results$var), means)
means <- Filter(function(name) all(dimensions(name) %in% axes), means)
scalars <- sub("_mean$", "", means)
observable <- if (length(arguments) > 2) arguments[3] else scalars[1]
if (!(observable %in% scalars))
    stop(sprintf("no observable %s; there are: %s", observable, paste(scalars, collapse = ", ")))
if (length(axes) == 0) stop("the sweep has no axis to draw along")
sizes <- vapply(axes, function(axis) results$dim[[axis]]$len, 0)
x <- if (length(arguments) > 3) arguments[4] else
    axes[order(-vapply(axes, is_number, NA), -sizes, rev(seq_along(axes)))][1]
if (!(x %in% axes)) stop(sprintf("no axis %s; there are: %s", x, paste(rev(axes), collapse = ", ")))
if (prod(sizes) / sizes[[x]] > most_lines)
    stop(sprintf("%g lines over %s; draw over another axis, or a sweep of fewer", prod(sizes) / sizes[[x]], x))

# One column per line, with x down the rows.
columns <- function(suffix) {
    values <- ncvar_get(results, paste0(observable, suffix), collapse_degen = FALSE)
    matrix(aperm(array(values, sizes), c(match(x, axes), which(axes != x))), sizes[[x]])
}
others <- setdiff(axes, x)
# One line of text per parameter, so that long names leave space for the data.
names_of_lines <- if (length(others) > 0)
    gsub(", ", "\n", do.call(paste, c(expand.grid(lapply(others, words)), sep = "\n")))
mean <- columns("_mean")
error <- columns("_sem")
theory <- if (paste0(observable, "_theory") %in% names(results$var)) columns("_theory")
positions <- if (is_number(x)) position(x) else seq_len(sizes[[x]])
logarithmic <- is_number(x) && min(positions) > 0 && max(positions) >= 100 * min(positions)

# What the sweep fixes has no dimensions; a text has the dimension of its letters.
coordinates <- strsplit(attribute("status", "coordinates"), " ")[[1]]
is_fixed <- function(name) length(dimensions(name)) == 0 || all(grepl("^string[0-9]+$", dimensions(name)))
fixed <- vapply(Filter(is_fixed, coordinates), function(name) {
    trimws(paste(attribute(name, "long_name"), "=", utf8(as.character(ncvar_get(results, name))), attribute(name, "units")))
}, "")
note <- paste(c(paste(fixed, collapse = ", "),
                sprintf("bars: one standard error, %d replicates", results$dim$replicate$len),
                if (!is.null(theory)) "lines: theory"), collapse = "; ")

draw <- switch(tolower(tools::file_ext(arguments[2])),
               png = function(file) png(file, 7.2, 4.8, "in", res = 150, type = "cairo"),
               svg = function(file) svg(file, 7.2, 4.8),
               # Texts that can be searched.
               pdf = function(file) pdf(file, 7.2, 4.8, compress = FALSE, useKerning = FALSE),
               stop(sprintf("%s: the figure is a .png, .svg or .pdf", arguments[2])))
draw(arguments[2])
# Positions that have words rather than numbers: one line per parameter that moves.
ticks <- if (!is_number(x)) gsub(", ", "\n", words(x))
more <- max(0, nchar(gsub("[^\n]", "", ticks)))
right <- if (is.null(names_of_lines)) 0 else 3 + 0.5 * max(nchar(unlist(strsplit(names_of_lines, "\n"))))
par(mar = c(4 + more, 4, 3.2, 1 + right), las = 1, mgp = c(2.5, 0.7, 0), bty = "l")
colours <- colours[seq_len(ncol(mean))]
range <- range(mean - error, mean + error, mean, theory, na.rm = TRUE)
plot(range(positions) + if (is_number(x)) 0 else c(-0.5, 0.5), range, type = "n", log = if (logarithmic) "x" else "", xaxt = if (is_number(x)) "s" else "n",
     xlab = "", ylab = heading(observable))
if (!is_number(x)) axis(1, positions, ticks, padj = if (more > 0) 0.5 else NA, cex.axis = 0.8, gap.axis = 0.1)
title(xlab = heading(named(x)), line = 2.5 + more)
title(attribute(0, "title"), adj = 0, line = 1.8)
mtext(note, adj = 0, line = 0.5, cex = 0.8)
for (line in seq_len(ncol(mean))) {
    # Words have nothing between them, so that no line connects them.
    if (!is.null(theory) && is_number(x)) lines(positions, theory[, line], col = colours[line], lwd = 2)
    if (!is.null(theory) && !is_number(x))
        segments(positions - 0.2, theory[, line], positions + 0.2, col = colours[line], lwd = 2)
    # A single replicate has no error, and an arrow of no length is a warning.
    there <- which(error[, line] > 0)
    arrows(positions[there], (mean - error)[there, line], y1 = (mean + error)[there, line],
           angle = 90, code = 3, length = 0.03, col = colours[line])
    points(positions, mean[, line], pch = 20 + (line - 1) %% 5 + 1, bg = "white", col = colours[line])
}
if (!is.null(names_of_lines))
    legend(if (logarithmic) 10^par("usr")[2] else par("usr")[2], par("usr")[4], names_of_lines, bty = "n", xpd = NA,
           y.intersp = 1 + max(nchar(gsub("[^\n]", "", names_of_lines))),
           pch = 20 + (seq_along(colours) - 1) %% 5 + 1, pt.bg = "white", col = colours)
invisible(dev.off())
cat(sprintf("%s: %s over %s, %d lines of %d points\n", arguments[2], observable, x, ncol(mean), nrow(mean)))
