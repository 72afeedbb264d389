# shellcheck shell=bash
# What the cases share. They run in folders of their own; $MICROZONE, $sweep and $reference come from tests/slurm/run.

# Not to the standard output, which is the answer of some of these.
problem() { echo "    $*" >&2; return 1; }

# await SECONDS COMMAND…: tries it several times a second.
await() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || problem "waited in vain: $*" || return
        sleep 0.2
    done
}

# submit [OPTION…]: sends the sweep to the directory `out`, and prints the number of the job.
submit() {
    local said
    [[ " $* " == *' --time '* ]] || set -- --time 10m "$@"
    said=$(timeout 60 "$MICROZONE" submit "$sweep" --out out "$@") || problem "not submitted: $*" || return
    [[ $said =~ ^job\ ([0-9]+): ]] || problem "submit said: $said" || return
    echo "${BASH_REMATCH[1]}"
}
mpi=(--nodes 2 --threads 2)
four_ranks=(--nodes 4 --threads 1)

states() {
    timeout 10 squeue --noheader --states=all --jobs="$1" --format=%T | sort --unique | paste --serial --delimiters=' '
}

# ends_as JOB STATE SECONDS: waits until every element of the job has ended, and says whether as it should.
ends_as() {
    local now='' deadline=$((SECONDS + $3))
    while ((SECONDS < deadline)); do
        now=$(states "$1") || true
        [[ $now != "$2" ]] || return 0
        # Ended, and otherwise.
        [[ -z $now || $now =~ PENDING|RUNNING|COMPLETING|CONFIGURING|REQUEUED|STOPPED|SUSPENDED|SIGNALING ]] || break
        sleep 0.3
    done
    problem "job $1 is '$now' and not '$2'"
}

# starts JOB [DIR]: how often the job has started.
starts() {
    local count
    count=$(grep --count '"log_length"' "${2:-out}/runs/slurm-$1.json" 2>/dev/null) || true
    echo "${count:-0}"
}

# has_started JOB [TIMES]
has_started() { (($(starts "$1") >= ${2:-1})); }

has_journals() { [[ -n $(find out/journal -type f -size +0 2>/dev/null) ]]; }

# computes JOB: waits until it writes results, and is well on its way.
computes() {
    await 100 has_started "$1" && await 100 has_journals || return
    sleep 2
    [[ ! -e out/results.h5 ]] || problem 'it is finished already; this test needs a longer sweep'
}

equal() { cmp "$reference" "${1:-out}/results.h5" || problem "${1:-out}/results.h5 is not the reference"; }

logged() { grep --quiet --fixed-strings -e "$2" "out/runs/slurm-$1.out" || problem "not in the log of job $1: $2"; }

# started_again JOB TIMES
started_again() {
    local times=$(($(starts "$1") - 1))
    ((times == $2)) || problem "job $1 has started again $times times and not $2"
}

# successor_of JOB: the job that goes on from that one.
successor_of() { sed -n 's/.*"successor": "\([0-9]*\)".*/\1/p' "out/runs/slurm-$1.json" | grep .; }

# Nothing but what any run leaves is there in the end.
is_tidy() { [[ -z $(ls "$1/journal") && -z $(ls "$1"/runs/*.lease 2>/dev/null) ]] || problem "$1 is not tidy"; }

# Of a process: whether it is the program, and whether a file of its folder in /proc has this entry.
# By its inode, because the path that a process of Slurm has in a chroot is another one.
is_program() { [[ $1/exe -ef $MICROZONE ]]; }
has() { grep --quiet --null-data --line-regexp --fixed-strings -e "$2" "$1" 2>/dev/null; }

# rank_of RANK: the process of that rank in this case's directory.
rank_of() {
    local file
    for file in /proc/[0-9]*/environ; do
        is_program "${file%/environ}" && has "${file%environ}cmdline" "$PWD/out" && has "$file" "PMI_RANK=$1" || continue
        file=${file#/proc/}
        echo "${file%/environ}"
        return
    done
    problem "no process of rank $1"
}

is_there() { rank_of "$1" >/dev/null 2>&1; }

# is_gone PID…: that these processes of the program have ended.
is_gone() {
    local pid
    for pid in "$@"; do
        ! is_program "/proc/$pid" || problem "process $pid is still there" || return
    done
}

size() { stat --format=%s "$1"; }
is_larger() { (($(size "$1") > $2)); }

# done_in DIR: how many tasks are done.
done_in() { "$MICROZONE" status "$1" --format json | sed -n 's/^  "done": \([0-9]*\),$/\1/p' | grep .; }

# records: how many each of four ranks has kept in the first run, from its journal or its shard alone.
records() {
    local rank alone file
    for rank in {0..3}; do
        alone=$(mktemp --directory alone-XXXXXX) && mkdir "$alone"/{journal,shards} &&
            cp out/sweep.toml out/format.json "$alone" || return
        for file in out/{journal,shards}/run-0001-rank-000"$rank"*; do
            [[ ! -e $file ]] || cp "$file" "$alone/$(basename "$(dirname "$file")")" || return
        done
        done_in "$alone"
    done
}

has_ended() { grep --quiet '"ending": {' "out/runs/slurm-$1.json"; }

# freeze_leading_rank JOB [PID…]: stops rank 0, and these processes, until the other three have left it: after half a
# minute of silence, and three seconds that they give each other. Sets `leader` to the process.
freeze_leading_rank() {
    local job=$1 rank others=() kept since
    leader=$(rank_of 0) && kill -STOP "$leader" "${@:2}" || return
    since=$SECONDS
    for rank in 1 2 3; do others+=("$(rank_of "$rank")") || return; done
    kept=$(done_in out) || return
    await 100 has_ended "$job" || return
    since=$((SECONDS - since))
    ((since >= 30 && since <= 60)) || problem "the others have left rank 0 after $since s" || return
    for rank in 1 2 3; do
        logged "$job" "rank $rank: rank 0 no longer answers; what is done is safe" || return
    done
    is_gone "${others[@]}" && logged "$job" 'MPI_Abort(MPI_COMM_WORLD, 75)' || return
    (($(done_in out) >= kept)) || problem "of $kept tasks only $(done_in out) are done"
}
