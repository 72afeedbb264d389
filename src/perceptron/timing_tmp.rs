#[cfg(test)]
mod tests {
    use super::super::instruction_set::InstructionSet;
    use super::super::*;
    use std::time::Instant;
    #[test]
    fn steps_tmp() {
        for (c, kappa, loads) in [
            (0.0, 0.0, [0.8, 0.95, 1.0, 1.05, 1.2]),
            (0.9, 0.0, [2.0, 2.8, 3.0, 3.3, 4.0]),
            (0.0, 1.0, [0.3, 0.45, 0.48, 0.52, 0.6]),
        ] {
            for load in loads {
                let mut counts = vec![];
                for seed in 0..12 {
                    let n = 300;
                    let p = CapacityProblem::new(CapacityParameters {
                        inputs: n,
                        input_correlation: c,
                        output_correlation: c,
                        robustness: kappa,
                        ..Default::default()
                    })
                    .unwrap();
                    let mut s = PatternSequence::new(p, &crate::random::RandomStream::from_seed([seed; 32]));
                    let prefix = s.extend_to((load * n as f64) as usize);
                    let program = margin_program::MarginProgram::new(prefix);
                    let mut ip = interior_point::InteriorPoint::new(&program, InstructionSet::detect());
                    let mut steps = 0;
                    while ip.reached_margin() < 0.0 && ip.proven_bound().is_none_or(|b| b.1 > 0.0) && ip.step() {
                        steps += 1;
                    }
                    counts.push(steps);
                }
                println!("c {c} load {load}: mean {:.2} {counts:?}", counts.iter().sum::<i32>() as f64 / 12.0);
            }
        }
    }
    #[test]
    fn stress_tmp() {
        let (mut undecided, mut yes, mut no, mut errors, mut slowest) =
            (0, 0, 0, 0, (std::time::Duration::ZERO, String::new()));
        let big = std::env::var("BIG").is_ok();
        let inputs: &[usize] = if big { &[1000, 2000] } else { &[1, 2, 3, 5, 10, 20, 50, 100, 200] };
        let mut silent_bad = 0;
        for number in 0..std::env::var("CASES").unwrap().parse::<u64>().unwrap() {
            let mut seed = [9; 32];
            seed[..8].copy_from_slice(&number.to_le_bytes());
            let stream = crate::random::RandomStream::from_seed(seed);
            let mut r = stream.substream(77);
            let mut choose = |values: &[f64]| values[(r.uniform() * values.len() as f64) as usize];
            let codings = [0.01, 0.05, 0.2, 0.5, 0.5, 0.8, 0.95, 0.99];
            let p = CapacityParameters {
                input_coding: choose(&codings),
                output_coding: choose(&codings),
                input_correlation: choose(&[0.0, 0.5, 0.8, 0.95]),
                output_correlation: choose(&[0.0, 0.5, 0.8, 0.95]),
                robustness: choose(&[0.0, 0.0, 0.3, 1.0, 3.0]),
                bistability: choose(&[0.0, 0.0, 0.3, 1.0, 3.0]),
                inputs: inputs[(r.uniform() * inputs.len() as f64) as usize],
            };
            let Ok(problem) = CapacityProblem::new(p) else {
                println!("bad {p:?}");
                continue;
            };
            let mut s = PatternSequence::new(problem, &stream);
            let t = Instant::now();
            if big {
                let load = (0.1_f64 + 2.0 * r.uniform()).powi(2);
                let prefix = s.extend_to((load * p.inputs as f64) as usize);
                match decide(prefix) {
                    Decision::Storable(_) => yes += 1,
                    Decision::NotStorable(_) => no += 1,
                    u => {
                        undecided += 1;
                        println!("{number} {p:?} {load} {u:?}");
                    }
                }
            } else {
                match longest_storable_prefix(&mut s, 8.0) {
                    Ok(l) => {
                        yes += 1;
                        if l.patterns > 0 && widest_margin(s.extend_to(l.patterns)).is_none() {
                            silent_bad += 1;
                            println!("nowidest {number} {p:?} {}", l.patterns);
                        }
                    }
                    Err(StorabilityError::LoadLimit { .. }) => errors += 1,
                    Err(e) => {
                        undecided += 1;
                        println!("{number} {p:?} {e}");
                    }
                }
            }
            let t = t.elapsed();
            if t > slowest.0 {
                slowest = (t, format!("{p:?}"));
            }
        }
        println!("undecided {undecided} yes {yes} no {no} limit {errors} nowidest {silent_bad} slowest {slowest:?}");
    }
    #[test]
    fn timing_tmp() {
        for (c, load, n) in [(0.0, 1.0, 500), (0.0, 1.0, 1000), (0.9, 3.05, 1000)] {
            let p = CapacityProblem::new(CapacityParameters {
                inputs: n,
                input_correlation: c,
                output_correlation: c,
                ..Default::default()
            })
            .unwrap();
            let mut s = PatternSequence::new(p, &crate::random::RandomStream::from_seed([1; 32]));
            let t = Instant::now();
            let prefix = s.extend_to((load * n as f64) as usize);
            println!("draw {:?}", t.elapsed());
            let t = Instant::now();
            super::super::storability::contradiction(prefix);
            println!("contradiction {:?}", t.elapsed());
            let t = Instant::now();
            let program = margin_program::MarginProgram::new(prefix);
            println!("program {:?}", t.elapsed());
            let t = Instant::now();
            let mut ip = interior_point::InteriorPoint::new(&program, InstructionSet::detect());
            println!("start {:?}", t.elapsed());
            ip.timing();
            let mut steps = 0;
            let t = Instant::now();
            for _ in 0..14 {
                let b = ip.proven_bound();
                println!("{} {:?}", ip.reached_margin(), b.map(|b| b.1));
                ip.step();
                steps += 1;
            }
            println!("step {:?}", t.elapsed() / steps);
            let t = Instant::now();
            for _ in 0..10 {
                std::hint::black_box(program.signed_currents(ip.weights()));
            }
            println!("product {:?}", t.elapsed() / 10);
            let t = Instant::now();
            let d = decide(prefix);
            println!("decide {:?}", t.elapsed());
            let t = Instant::now();
            match d {
                Decision::Storable(w) => {
                    println!("yes");
                    StoringWeights::verify(prefix, w.weights());
                }
                Decision::NotStorable(r) => {
                    println!("no");
                    Refutation::verify(prefix, r.multipliers().to_vec());
                    println!("verify {:?}", t.elapsed());
                    r.refuted_patterns(prefix);
                }
                _ => {}
            }
            println!("verify {:?}", t.elapsed());
        }
    }
}
