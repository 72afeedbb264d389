# shellcheck shell=bash
# Independent jobs that share one sweep.

array_of_shares() {
    local job
    job=$(submit --array 3 --threads 2) && ends_as "$job" COMPLETED 150 && equal && is_tidy out
}

array_of_shares_with_one_killed() {
    local job file
    job=$(submit --array 3 --threads 1) && await 100 has_started "${job}_1" || return
    sleep 2
    for file in /proc/[0-9]*/environ; do
        is_program "${file%/environ}" && has "$file" "SLURM_ARRAY_JOB_ID=$job" && has "$file" SLURM_ARRAY_TASK_ID=1 ||
            continue
        file=${file#/proc/}
        kill -KILL "${file%/environ}"
    done
    ends_as "$job" COMPLETED 150 && equal && is_tidy out && (($(starts "${job}_1") == 2))
}
