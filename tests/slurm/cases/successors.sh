# shellcheck shell=bash
# Where jobs may not go back to the queue, each sends another one.

successor_where_nothing_is_requeued() {
    local job next rank
    echo 'requeue = false' >site.toml
    job=$(submit "${mpi[@]}" --profile site.toml) && computes "$job" && rank=$(rank_of 0) && kill -KILL "$rank" &&
        ends_as "$job" FAILED 90 && next=$(successor_of "$job") &&
        ends_as "$next" COMPLETED 150 && equal || return
    # The one that would have gone on from the last is not needed.
    next=$(successor_of "$next") && ends_as "$next" CANCELLED 20
}

batch_killed_where_nothing_is_requeued() {
    local job next file
    echo 'requeue = false' >site.toml
    job=$(submit "${mpi[@]}" --profile site.toml) && computes "$job" || return
    for file in /proc/[0-9]*/cmdline; do
        # The batch script, which lies in Slurm's folder of that job.
        grep --quiet --null-data "^$cluster/.*job0*$job/slurm_script$" "$file" 2>/dev/null || continue
        file=${file#/proc/}
        kill -KILL "${file%/cmdline}"
    done
    ends_as "$job" FAILED 60 && next=$(successor_of "$job") && ends_as "$next" COMPLETED 150 && equal
}

cancelled_where_nothing_is_requeued() {
    local job next
    echo 'requeue = false' >site.toml
    job=$(submit "${mpi[@]}" --profile site.toml) && computes "$job" && timeout 10 scancel "$job" &&
        ends_as "$job" CANCELLED 30 && next=$(successor_of "$job") && ends_as "$next" CANCELLED 20
}
