//! The instruction set of the hot kernels: the same arithmetic, wider registers.

/// Proof of which instructions the processor has. The kernels give the same bits with every value of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InstructionSet {
    avx2: bool,
}

impl InstructionSet {
    /// The best this processor has.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        let avx2 = std::arch::is_x86_feature_detected!("avx2");
        #[cfg(not(target_arch = "x86_64"))]
        let avx2 = false;
        Self { avx2 }
    }

    /// What every processor has.
    pub(crate) fn baseline() -> Self {
        Self { avx2: false }
    }

    /// Whether AVX2 may be used.
    pub(crate) fn has_avx2(self) -> bool {
        self.avx2
    }
}

/// Defines `$name(instructions, arguments…)` that runs the inlined `$body` compiled for the instruction set; it may
/// be generic over one type that is bounded by a trait `Real` in scope.
///
/// AVX2 alone is enabled, without fused multiplication and addition, so both paths round alike.
macro_rules! dispatched {
    (
        $(#[$documentation:meta])*
        $visibility:vis fn $name:ident$(<$real:ident>)?($($argument:ident: $kind:ty),* $(,)?) = $body:ident
    ) => {
        $(#[$documentation])*
        $visibility fn $name$(<$real: Real>)?(instructions: InstructionSet, $($argument: $kind),*) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn with_avx2$(<$real: Real>)?($($argument: $kind),*) {
                    $body$(::<$real>)?($($argument),*)
                }
                if instructions.has_avx2() {
                    // SAFETY: an `InstructionSet` has AVX2 only where the processor was seen to have it.
                    return unsafe { with_avx2$(::<$real>)?($($argument),*) };
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            let _ = instructions;
            $body$(::<$real>)?($($argument),*)
        }
    };
}
pub(crate) use dispatched;
