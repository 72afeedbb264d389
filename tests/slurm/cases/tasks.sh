# shellcheck shell=bash
# Tasks that end their process, and starts that add nothing.

# Each of these tasks ends its process. The job starts again without it, and ends with the code for failed tasks.
tasks_that_abort() {
    local job attempt code=
    sed 's/^duration = .*/&\noutcome = "abort"\nfailing = 0.01/' "$sweep" >deadly.toml
    sweep=$PWD/deadly.toml
    for attempt in {1..20}; do
        code=0
        "$MICROZONE" run "$sweep" --out reference --threads 100 --quiet 2>/dev/null || code=$?
        ((code != 3)) || break
    done
    ((code == 3)) || problem "the reference is not there after $attempt runs" || return
    reference=$PWD/reference/results.h5
    job=$(submit "${mpi[@]}") && ends_as "$job" FAILED 200 && equal && logged "$job" 'tasks failed' &&
        "$MICROZONE" status out | grep --quiet 'its process died: SIGABRT' && (($(starts "$job") > 1))
}

# A task takes longer than any start lives.
three_starts_without_progress() {
    local job start ranks
    sed 's/^duration = .*/duration = 60/' "$sweep" >slow.toml
    sweep=$PWD/slow.toml
    job=$(submit --nodes 2 --threads 2 --time 1h) || return
    for start in 1 2 3; do
        await 100 has_started "$job" "$start" && await 100 is_there 0 && await 100 is_there 1 || return
        sleep 1
        # Each of them alone would be done without, or left.
        ranks=("$(rank_of 0)" "$(rank_of 1)") && kill -KILL "${ranks[@]}" || return
    done
    ends_as "$job" FAILED 60 && logged "$job" '3 starts in a row have added nothing'
}
