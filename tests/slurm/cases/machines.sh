# shellcheck shell=bash
# Nodes, daemons and disks that fail.

node_lost() {
    local job node code=0
    job=$(submit "${mpi[@]}") && computes "$job" && node=$(timeout 10 squeue --noheader --jobs="$job" --format=%B) &&
        timeout 10 scontrol update nodename="$node" state=down reason=test || return
    ends_as "$job" COMPLETED 150 && equal && started_again "$job" 1 &&
        grep --quiet '"lost": 1' "out/runs/slurm-$job.json" || code=1
    timeout 10 scontrol update nodename="$node" state=resume 2>/dev/null || true # it may be back by itself
    return "$code"
}

# The daemon of the first node stands still until Slurm gives the node up, and goes on when the job runs elsewhere.
daemon_frozen_and_thawed() {
    local job node file frozen=()
    # Long enough to be at work when the daemon goes on.
    sed 's/^replicates = .*/replicates = 60/' "$sweep" >long.toml
    sweep=$PWD/long.toml
    "$MICROZONE" run "$sweep" --out reference --threads 100 --quiet && reference=$PWD/reference/results.h5 || return
    job=$(submit "${mpi[@]}") && computes "$job" && node=$(timeout 10 squeue --noheader --jobs="$job" --format=%B) || return
    for file in /proc/[0-9]*/cmdline; do
        has "$file" "$node" && [[ $(readlink "${file%cmdline}exe") == */slurmd* ]] || continue
        file=${file#/proc/}
        frozen+=("${file%/cmdline}")
    done
    ((${#frozen[@]} > 0)) && kill -STOP "${frozen[@]}" || return
    sleep 45
    kill -CONT "${frozen[@]}"
    ends_as "$job" COMPLETED 250 && equal
}

# The controller is killed while the job computes, is away beyond the end of the job, and comes back.
controller_away() {
    local job pid
    job=$(submit --nodes 2 --threads 1) && computes "$job" || return
    sleep 6 # it saves what it knows within five seconds; of a job that started later it would know nothing
    pid=$(cat "$cluster/run/slurmctld.pid") && kill -KILL "$pid" || return
    sleep 30
    slurmctld -f "$SLURM_CONF" </dev/null >>"$cluster/log/slurmctld.out" 2>&1 || problem 'slurmctld does not start' || return
    ends_as "$job" COMPLETED 200 && equal
}

# In a small file system, which is filled while the job computes, and then has room again.
disk_full_and_freed() {
    local job
    cd "$disk" && job=$(submit --nodes 1 --threads 4) && computes "$job" || return
    head --bytes=100M /dev/zero >filler 2>/dev/null || true
    await 100 logged "$job" 'waiting for room' 2>/dev/null || problem 'nothing has waited for room' || return
    rm filler
    ends_as "$job" COMPLETED 100 && equal
}
