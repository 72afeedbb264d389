# shellcheck shell=bash
# Jobs that are asked to stop, or have to.

drained_by_signal() {
    local job
    job=$(submit "${mpi[@]}") && computes "$job" && timeout 10 scancel --batch --signal=USR1 "$job" &&
        ends_as "$job" COMPLETED 150 && equal && started_again "$job" 1 && logged "$job" 'it stopped in time'
}

stopped_by_the_clock() {
    local job
    job=$(submit --nodes 1 --threads 2 --time 1m --margin 45s --grace 5s) && ends_as "$job" COMPLETED 200 && equal &&
        logged "$job" 'it stopped in time' && grep --quiet '"timeouts": [1-9]' "out/runs/slurm-$job.json"
}

cancelled_stays_cancelled_and_goes_on_later() {
    local job
    job=$(submit "${mpi[@]}") && computes "$job" && timeout 10 scancel "$job" && ends_as "$job" CANCELLED 30 || return
    sleep 3
    ends_as "$job" CANCELLED 1 && job=$(submit "${mpi[@]}") && ends_as "$job" COMPLETED 150 && equal
}

# Slurm cancels the job, because another one takes its place; a new job goes on.
preempted() {
    local job next
    job=$(submit "${mpi[@]}") && computes "$job" &&
        timeout 20 sbatch --parsable --partition=urgent --nodes=4 --exclusive --output=/dev/null --wrap='sleep 3' >urgent &&
        ends_as "$job" PREEMPTED 60 && logged "$job" 'another job took its place' && next=$(successor_of "$job") &&
        ends_as "$next" COMPLETED 150 && equal && grep --quiet '"preemptions": 1' "out/runs/slurm-$job.json"
}
