//! Weights that change in steps, stored bit by bit.

use super::bit_count::BitCount;
use crate::instruction_set::{InstructionSet, dispatched};

/// Weights w_i = ε k_i + r u_i, where k_i ≥ 0 is whole, u_i is 0 or 1, and 0 ≤ r < ε.
///
/// All start at one value, ε k + r with u = 1. A step of ε changes k_i; a weight that is clipped at 0 loses its r for
/// good. So no other weights ever arise. Plane b holds bit b of all k_i, input i in bit i % 64 of word i / 64, as
/// patterns do: a step of the weights of a pattern is a few logical operations on whole words, and so are currents.
#[derive(Clone, Debug)]
pub(super) struct Synapses {
    step: i64,
    rest: i64,
    /// Planes of k, the lowest bit first.
    planes: Vec<u64>,
    /// u.
    with_rest: Vec<u64>,
    /// What a step carries from plane to plane.
    carry: Vec<u64>,
    changes: usize,
    /// Change number c in place c % REMEMBERED_CHANGES.
    latest_changes: Vec<Change>,
    bit_count: BitCount,
    instructions: InstructionSet,
}

/// Weights that changed together, by as much each.
#[derive(Clone, Debug)]
struct Change {
    inputs: Vec<u64>,
    by: i64,
}

/// To catch up with as many changes takes about as long as to compute a current afresh.
const REMEMBERED_CHANGES: usize = 8;

impl Synapses {
    /// `inputs` weights that all are `start`, to change in steps of `step` > 0.
    pub(super) fn new(inputs: usize, start: i64, step: i64, bit_count: BitCount) -> Self {
        let words = inputs.div_ceil(64);
        let (steps, rest) = (start / step, start % step);
        let bits = i64::BITS - steps.leading_zeros();
        let plane = |bit| vec![if steps >> bit & 1 == 1 { u64::MAX } else { 0 }; words];
        Self {
            step,
            rest,
            planes: (0..bits).flat_map(plane).collect(),
            with_rest: vec![u64::MAX; words],
            carry: vec![0; words],
            changes: 0,
            latest_changes: vec![Change { inputs: vec![0; words], by: 0 }; REMEMBERED_CHANGES],
            bit_count,
            instructions: bit_count.instructions(),
        }
    }

    /// How many changes there have been; a step is one, or two if it clips weights.
    pub(super) fn changes(&self) -> usize {
        self.changes
    }

    /// The currents Σ_i w_i x_i of eight patterns: `words` has word j of all eight in place j.
    pub(super) fn currents(&self, words: &[[u64; 8]]) -> [i64; 8] {
        let mut currents = [0; 8];
        self.add(&mut currents, self.step, words, &self.planes);
        self.add(&mut currents, self.rest, words, &self.with_rest);
        currents
    }

    /// Brings the currents of eight patterns, as they were after the first `known` changes, up to date.
    pub(super) fn update(&self, currents: &mut [i64; 8], words: &[[u64; 8]], known: usize) {
        if self.changes - known > REMEMBERED_CHANGES {
            *currents = self.currents(words);
            return;
        }
        for number in known..self.changes {
            let change = &self.latest_changes[number % REMEMBERED_CHANGES];
            self.add(currents, change.by, words, &change.inputs);
        }
    }

    fn add(&self, currents: &mut [i64; 8], weight: i64, words: &[[u64; 8]], planes: &[u64]) {
        let counts = self.bit_count.weighted(words, planes);
        currents.iter_mut().zip(counts).for_each(|(current, count)| *current += weight * count.cast_signed());
    }

    /// Raises the weights of the inputs of a pattern by a step.
    pub(super) fn raise(&mut self, pattern: &[u64]) {
        self.remember(pattern, self.step);
        self.carry.copy_from_slice(pattern);
        increment(self.instructions, &mut self.planes, &mut self.carry);
        if self.carry.iter().any(|&carry| carry != 0) {
            self.planes.extend_from_slice(&self.carry);
        }
    }

    /// Lowers the weights of the inputs of a pattern by a step, or to 0 where they are less.
    pub(super) fn lower(&mut self, pattern: &[u64]) {
        self.carry.fill(0);
        union(self.instructions, &mut self.carry, &self.planes);
        let mut clipped = self.with_rest.clone();
        for (((carry, with_rest), clipped), active) in
            self.carry.iter_mut().zip(&mut self.with_rest).zip(&mut clipped).zip(pattern)
        {
            *clipped &= active & !*carry;
            *with_rest ^= *clipped;
            *carry &= active;
        }
        let steps = std::mem::take(&mut self.carry);
        self.remember(&steps, -self.step);
        self.carry = steps;
        decrement(self.instructions, &mut self.planes, &mut self.carry);
        if clipped.iter().any(|&clipped| clipped != 0) {
            self.remember(&clipped, -self.rest);
        }
    }

    fn remember(&mut self, inputs: &[u64], by: i64) {
        let change = &mut self.latest_changes[self.changes % REMEMBERED_CHANGES];
        change.inputs.copy_from_slice(inputs);
        change.by = by;
        self.changes += 1;
    }

    /// The weight of an input.
    pub(super) fn weight(&self, input: usize) -> i64 {
        let bit = |plane: &[u64]| (plane[input / 64] >> (input % 64) & 1).cast_signed();
        let planes = self.planes.chunks_exact(self.with_rest.len());
        let steps: i64 = planes.enumerate().map(|(number, plane)| bit(plane) << number).sum();
        self.step * steps + self.rest * bit(&self.with_rest)
    }
}

dispatched! {
    /// Adds 1 where `carry` says; what the highest plane carries is left there.
    fn increment(planes: &mut [u64], carry: &mut [u64]) = add_one
}

dispatched! {
    /// Subtracts 1 where `borrow` says, which must be where the number is not 0.
    fn decrement(planes: &mut [u64], borrow: &mut [u64]) = subtract_one
}

dispatched! {
    /// Where any plane has a bit.
    fn union(any: &mut [u64], planes: &[u64]) = add_bits
}

#[inline(always)]
fn add_one(planes: &mut [u64], carry: &mut [u64]) {
    for plane in planes.chunks_exact_mut(carry.len()) {
        for (bits, carry) in plane.iter_mut().zip(carry.iter_mut()) {
            (*bits, *carry) = (*bits ^ *carry, *bits & *carry);
        }
    }
}

#[inline(always)]
fn subtract_one(planes: &mut [u64], borrow: &mut [u64]) {
    for plane in planes.chunks_exact_mut(borrow.len()) {
        for (bits, borrow) in plane.iter_mut().zip(borrow.iter_mut()) {
            (*bits, *borrow) = (*bits ^ *borrow, !*bits & *borrow);
        }
    }
}

#[inline(always)]
fn add_bits(any: &mut [u64], planes: &[u64]) {
    for plane in planes.chunks_exact(any.len()) {
        any.iter_mut().zip(plane).for_each(|(any, bits)| *any |= bits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of random patterns, compared with weights that are plain numbers.
    #[test]
    fn weights_and_currents_are_those_of_a_plain_list() {
        let inputs = 100;
        let mut stream = crate::random::RandomStream::from_seed([6; 32]);
        for (start, step) in [(5, 3), (1000, 7), (2, 5), (12, 4)] {
            let mut synapses = Synapses::new(inputs, start, step, BitCount::fastest());
            let mut weights = vec![start; inputs];
            let mut currents = synapses.currents(&[[u64::MAX; 8], [(1 << 36) - 1; 8]]);
            assert_eq!(currents, [100 * start; 8]);
            for round in 0..200 {
                let pattern = [stream.bits(), stream.bits() >> 28];
                let known = synapses.changes();
                let up = stream.uniform() < if round < 100 { 0.7 } else { 0.3 };
                if up {
                    synapses.raise(&pattern)
                } else {
                    synapses.lower(&pattern)
                }
                for (input, weight) in weights.iter_mut().enumerate() {
                    if pattern[input / 64] >> (input % 64) & 1 == 1 {
                        *weight = if up { *weight + step } else { (*weight - step).max(0) };
                    }
                    assert_eq!(synapses.weight(input), *weight);
                }
                synapses.update(&mut currents, &[[u64::MAX; 8], [(1 << 36) - 1; 8]], known);
                assert_eq!(currents, [weights.iter().sum::<i64>(); 8]);
            }
        }
    }
}
