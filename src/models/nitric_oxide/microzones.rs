//! The microzones of an arm: what each represents, and which lies where.

/// A flexor and an extensor for each of two joints.
pub const MICROZONES: usize = 4;

/// What a microzone represents: a joint, and whether it flexes or extends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// 0: shoulder; 1: elbow.
    pub joint: usize,
    /// Whether its nuclear cells flex the joint; if not, they extend it.
    pub flexes: bool,
}

impl Role {
    /// 1 for flexors, -1 for extensors.
    pub(crate) fn sign(self) -> f64 {
        if self.flexes { 1.0 } else { -1.0 }
    }

    /// 0 to 3: shoulder flexor, shoulder extensor, elbow flexor, elbow extensor, wherever they lie.
    pub fn number(self) -> usize {
        2 * self.joint + usize::from(!self.flexes)
    }
}

/// How microzones lie side by side. The leak of nitric oxide is between neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MicrozoneOrder {
    /// Shoulder extensor, shoulder flexor, elbow extensor, elbow flexor: Schweighofer & Ferriol 2000, Fig. 1.
    ExtensorFirst,
    /// Shoulder flexor, shoulder extensor, elbow flexor, elbow extensor.
    FlexorFirst,
    /// Shoulder flexor, elbow flexor, shoulder extensor, elbow extensor.
    AntagonistsApart,
}

impl MicrozoneOrder {
    /// From left to right.
    pub fn roles(self) -> [Role; MICROZONES] {
        let role = |joint, flexes| Role { joint, flexes };
        match self {
            Self::ExtensorFirst => [role(0, false), role(0, true), role(1, false), role(1, true)],
            Self::FlexorFirst => [role(0, true), role(0, false), role(1, true), role(1, false)],
            Self::AntagonistsApart => [role(0, true), role(1, true), role(0, false), role(1, false)],
        }
    }
}
