# shellcheck shell=bash
# What `submit` sends, and what it refuses.

submitted_twice() {
    local first second
    first=$(submit "${mpi[@]}") && second=$(submit "${mpi[@]}") && ends_as "$first" COMPLETED 150 &&
        ends_as "$second" COMPLETED 60 && equal && logged "$second" 'this start added 0 records' &&
        started_again "$second" 0
}

odd_path() {
    local job odd=$'-a b \'c\' "d" $HOME `e`\n µ'
    mkdir -- "$odd" && cd -- "$odd" && job=$(submit --nodes 2 --threads 2) && ends_as "$job" COMPLETED 150 && equal &&
        started_again "$job" 0 && logged "$job" 'the sweep is complete'
}

odd_path_that_means_something_to_slurm() {
    local job odd='%j \n'
    mkdir "$odd" && cd "$odd" && job=$(submit --nodes 1 --threads 4) && ends_as "$job" COMPLETED 150 && equal &&
        started_again "$job" 0 && logged "$job" 'the sweep is complete'
}

extended_while_it_runs() {
    local whole=$sweep first second
    sed 's/^index = .*/index = { start = 1, stop = 10, steps = 10 }/' "$sweep" >small.toml
    sweep=$PWD/small.toml
    first=$(submit "${mpi[@]}") && computes "$first" || return
    sweep=$whole
    second=$(submit "${mpi[@]}") && [[ -e out/sweep.next.toml ]] && ends_as "$first" COMPLETED 100 &&
        ends_as "$second" COMPLETED 150 && equal && logged "$second" 'the sweep has grown' &&
        [[ ! -e out/sweep.next.toml ]]
}

template_with_mpi() {
    local job
    job=$(timeout 20 sbatch --parsable --time=10 --nodes=2 --cpus-per-task=2 --output=log "$templates/mpi.sbatch" \
        "$sweep" out) && ends_as "$job" COMPLETED 150 && equal
}

template_for_several_sweeps() {
    local job
    cp "$sweep" first.toml && cp "$sweep" second.toml &&
        job=$(timeout 20 sbatch --parsable --time=10 --array=0-1 --cpus-per-task=4 "$templates/array.sbatch" \
            results first.toml second.toml) && ends_as "$job" COMPLETED 150 && equal results/first && equal results/second
}

wrong_launcher_refused() {
    local code=0
    timeout 100 srun --mpi=none --nodes=1 --ntasks=2 --time=2 "$MICROZONE" run "$sweep" --out out \
        >srun.out 2>&1 || code=$?
    ((code == 6)) || problem "exit code $code and not 6" || return
    [[ ! -e out/results.h5 ]] || problem 'there are results'
}

refused_before_anything_is_sent() {
    local code=0
    "$MICROZONE" submit "$sweep" --out out --time 2m 2>message || code=$?
    ((code == 2)) && grep --quiet 'too short: the longest task takes about 1s' message || problem "$code: $(cat message)" || return
    code=0
    "$MICROZONE" submit "$sweep" --out out --partition none 2>message || code=$?
    ((code == 2)) && grep --quiet 'Slurm has no such partition' message || problem "$code: $(cat message)" || return
    code=0
    "$MICROZONE" submit "$sweep" --out out --array 2000 2>message || code=$?
    ((code == 2)) && grep --quiet 'MaxArraySize = 1001' message || problem "$code: $(cat message)" || return
    [[ ! -e out ]] || problem 'something was written'
}
