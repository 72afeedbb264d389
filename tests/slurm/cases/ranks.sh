# shellcheck shell=bash
# Ranks that are killed, or stand still.

# It costs what it had in hand, and not the job: the three others compute the rest.
rank_killed() {
    local job pid rank before=() after=()
    job=$(submit "${four_ranks[@]}") && computes "$job" && pid=$(rank_of 2) && kill -KILL "$pid" || return
    mapfile -t before < <(records)
    ends_as "$job" COMPLETED 150 && equal && started_again "$job" 0 && logged "$job" 'task 2: Killed' &&
        logged "$job" 'no longer answers; the run goes on without it' || return
    timeout 10 scontrol show job "$job" | grep --quiet 'Restarts=0 .* ExitCode=0:0$' ||
        problem 'requeued, or with another exit code than 0' || return
    mapfile -t after < <(records)
    # Until then all have computed alike, but for a few tasks.
    for rank in 0 1 3; do
        ((after[rank] >= after[2] + 5)) || problem "rank $rank has computed nothing more: ${after[*]}" || return
    done
    ((after[2] == before[2])) || problem "rank 2 has computed after its end: ${before[*]}, then ${after[*]}" || return
    # Of 200 tasks only those in hand may have been computed twice.
    ((after[0] + after[1] + after[2] + after[3] <= 202)) || problem "computed twice: ${after[*]}"
}

leading_rank_killed() {
    local job rank
    job=$(submit "${mpi[@]}") && computes "$job" && rank=$(rank_of 0) && kill -KILL "$rank" &&
        ends_as "$job" COMPLETED 150 && equal && started_again "$job" 1
}

# The others stop without it, and the next start computes what it had in hand.
frozen_rank_holds_up_no_stop() {
    local job rank
    job=$(submit "${mpi[@]}" --grace 5s) && computes "$job" && rank=$(rank_of 1) && kill -STOP "$rank" &&
        timeout 10 scancel --batch --signal=USR1 "$job" && ends_as "$job" COMPLETED 150 && equal &&
        started_again "$job" 1 && logged "$job" 'no longer answers'
}

# The others take over its tasks once nothing else is left and it has been silent for a minute.
frozen_rank_is_done_without() {
    local job rank
    job=$(submit "${mpi[@]}") && computes "$job" && rank=$(rank_of 1) && kill -STOP "$rank" &&
        ends_as "$job" COMPLETED 250 && equal && started_again "$job" 0 && logged "$job" 'no longer answers' &&
        is_gone "$rank"
}

# Slurm ends the frozen process together with its step. srun ends with the number of that signal and not with 75.
frozen_leading_rank_is_left() {
    local job leader
    job=$(submit "${four_ranks[@]}") && computes "$job" && freeze_leading_rank "$job" && is_gone "$leader" &&
        ends_as "$job" COMPLETED 150 && equal && started_again "$job" 1
}

# MPICH's own launcher does the same, and keeps the exit code.
frozen_leading_rank_is_left_by_mpirun() {
    local job leader
    echo 'launcher = "mpirun"' >site.toml
    job=$(submit "${four_ranks[@]}" --profile site.toml) && computes "$job" && freeze_leading_rank "$job" &&
        is_gone "$leader" && grep --quiet '"code": 75,' "out/runs/slurm-$job.json" &&
        ends_as "$job" COMPLETED 150 && equal && started_again "$job" 1
}

# Slurm's daemon of the step stands still, too: rank 0 is still there when the others have left, and goes on.
frozen_leading_rank_goes_on_too_late() {
    local job leader daemon journal=out/journal/run-0001-rank-0000.journal length code=0
    job=$(submit "${four_ranks[@]}") && computes "$job" && leader=$(rank_of 0) &&
        daemon=$(awk '$1 == "PPid:" { print $2 }' "/proc/$leader/status") || return
    freeze_leading_rank "$job" "$daemon" && length=$(size "$journal") && kill -CONT "$leader" &&
        await 20 is_larger "$journal" "$length" || code=1
    kill -CONT "$daemon"
    ((code == 0)) && ends_as "$job" COMPLETED 150 && equal && (($(starts "$job") > 1)) && is_gone "$leader"
}
