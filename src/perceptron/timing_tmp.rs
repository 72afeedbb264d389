#[cfg(test)]
mod tests {
    use super::super::instruction_set::InstructionSet;
    use super::super::*;
    #[test]
    fn gap_tmp() {
        for seed in 0..12u8 {
            let n = 200;
            let c = if seed % 2 == 0 { 0.0 } else { 0.9 };
            let p = CapacityProblem::new(CapacityParameters {
                inputs: n,
                input_correlation: c,
                output_correlation: c,
                ..Default::default()
            })
            .unwrap();
            let mut s = PatternSequence::new(p, &crate::random::RandomStream::from_seed([seed; 32]));
            let l = longest_storable_prefix(&mut s, 10.0).unwrap();
            let prefix = s.extend_to(l.patterns);
            let program = margin_program::MarginProgram::new(prefix);
            let mut ip = interior_point::InteriorPoint::new(&program, InstructionSet::detect());
            let mut steps = 0;
            let mut gaps = vec![];
            loop {
                let gap = ip.proven_bound().map_or(9.0, |b| b.1 - ip.reached_margin());
                gaps.push(format!("{gap:.0e}"));
                let (sil, bin) = (
                    ip.silent_weights().iter().filter(|x| !**x).count(),
                    ip.binding_patterns().iter().filter(|x| **x).count(),
                );
                if steps > 40 || gap < 1e-13 || !ip.step() {
                    println!(
                        "{seed} steps {steps} active {sil} binding {bin} margin {:e} gaps {gaps:?} decisions {}",
                        ip.reached_margin(),
                        l.decisions
                    );
                    break;
                }
                steps += 1;
            }
        }
    }
}
