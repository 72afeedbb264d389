# Prints what ncdf4 reads in the results of the sweep of tests/run/readers.rs, one line per quantity.

suppressPackageStartupMessages(library(ncdf4))
results <- nc_open(commandArgs(trailingOnly = TRUE)[1])
show <- function(...) writeLines(paste(...), useBytes = TRUE)

show("title", ncatt_get(results, 0, "title")$value)
show("units", ncatt_get(results, "diffusion", "units")$value)
show("microzones", paste(ncvar_get(results, "microzones"), collapse = " | "))
show("labels", paste(ncvar_get(results, "diffusion_decay_label"), collapse = " | "))
show("release", ncvar_get(results, "release"))
show("status", paste(ncvar_get(results, "status"), collapse = " "))
group <- grep("^parameters/", names(results$var), value = TRUE)
show("parameters", paste(sub("parameters/", "", group), vapply(group, function(name)
    as.character(ncvar_get(results, name)), ""), sep = " = ", collapse = ", "))
show("mean", paste(sprintf("%.17g", ncvar_get(results, "mean_concentration_mean")), collapse = " "))
