# shellcheck shell=bash
# Ranks that are killed, or stand still.

# It costs what it had in hand, and not the job.
rank_killed() {
    local job rank
    job=$(submit "${mpi[@]}") && computes "$job" && rank=$(rank_of 1) && kill -KILL "$rank" &&
        ends_as "$job" COMPLETED 150 && equal && started_again "$job" 0 && logged "$job" 'no longer answers'
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
        ends_as "$job" COMPLETED 250 && equal && logged "$job" 'no longer answers'
}
