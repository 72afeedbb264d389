//! The cerebellum while it learns: parallel fibres, olive, nitric oxide, synapses, step by step.

pub(super) mod fibre_release;
pub(super) mod granule_layer;
pub(super) mod microzones;
pub(super) mod mossy_fibres;
pub(super) mod noise;
pub(super) mod parallel_fibres;
mod synapse_pass;
pub(super) mod synapses;

use super::plant::arm::Joints;
use crate::models::nitric_oxide::{
    Domain, FieldRows, MICROZONE_LENGTH, MICROZONE_WIDTH, MICROZONES, Olive, Role, STEP, Sheet, SheetError,
    SheetParameters,
};
use crate::random::RandomStream;
use fibre_release::FibreRelease;
use microzones::{ErrorSignal, OliveInput, cerebellar_torques, nuclear_means};
use noise::NoisyFibres;
use parallel_fibres::ParallelFibres;
use synapses::{LearningRule, Synapses};

/// The parts that learn and what drives them.
pub(super) struct Cerebellum<'a> {
    roles: [Role; MICROZONES],
    inputs: NoisyFibres<'a>,
    fibres: ParallelFibres,
    volume: Volume<'a>,
    synapses: Synapses,
    /// Torque for a unit of nuclear activity, in N m.
    gain: f64,
    /// Mean activity of each microzone's nuclear cells in the last step.
    nuclear: [f64; MICROZONES],
}

/// From errors by way of climbing fibres to nitric oxide.
struct Volume<'a> {
    signal: ErrorSignal,
    input: OliveInput,
    olive: Olive,
    sheet: Sheet,
    fibre_release: FibreRelease<'a>,
    /// Sum over steps and microzones of the rates of olive cells, and the number of steps.
    rates: (f64, usize),
}

/// What a [`Cerebellum`] is made of.
pub(super) struct Anatomy<'a> {
    pub roles: [Role; MICROZONES],
    pub fibres: NoisyFibres<'a>,
    pub memory_trace: f64,
    pub error_delay: usize,
    pub input: OliveInput,
    pub sheet: SheetParameters,
    pub fibre_release: FibreRelease<'a>,
    pub rule: LearningRule,
    pub gain: f64,
}

impl<'a> Cerebellum<'a> {
    /// Untrained, without nitric oxide. Each microzone's olive cells have the substream of its role.
    ///
    /// # Errors
    /// The first parameter of the sheet that is out of its range.
    pub(super) fn new(anatomy: Anatomy<'a>, stream: &RandomStream) -> Result<Self, SheetError> {
        let streams = anatomy.roles.iter().map(|role| stream.substream(role.number() as u64)).collect();
        let volume = Volume {
            signal: ErrorSignal::new(anatomy.roles, anatomy.error_delay),
            input: anatomy.input,
            olive: Olive::new(streams),
            sheet: Sheet::new(anatomy.sheet)?,
            fibre_release: anatomy.fibre_release,
            rates: (0.0, 0),
        };
        Ok(Self {
            roles: anatomy.roles,
            inputs: anatomy.fibres,
            fibres: ParallelFibres::new(anatomy.memory_trace),
            volume,
            synapses: Synapses::new(anatomy.sheet.plan, anatomy.rule),
            gain: anatomy.gain,
            nuclear: [0.0; MICROZONES],
        })
    }

    /// A step before learning, in which it takes notice of how much nitric oxide there is.
    pub(super) fn notice(&mut self, place: usize, feedback: Joints) {
        let activities = self.inputs.step(place);
        self.fibres.step(activities);
        self.volume.step(feedback, &self.nuclear, activities);
        self.synapses.notice(&self.volume.rows());
    }

    /// Ends noticing; see [`Synapses::begin_learning`].
    pub(super) fn begin_learning(&mut self, each_by_its_own: bool) {
        self.volume.rates = (0.0, 0);
        self.synapses.begin_learning(each_by_its_own);
    }

    /// A step of learning: the torques with the weights before it.
    pub(super) fn learn(&mut self, place: usize, feedback: Joints) -> Joints {
        let activities = self.inputs.step(place);
        self.volume.step(feedback, &self.nuclear, activities);
        let purkinje = self.synapses.learn(&mut self.fibres, activities, &self.volume.rows());
        self.nuclear = nuclear_means(&purkinje);
        cerebellar_torques(&self.roles, &self.nuclear, self.gain)
    }

    /// The torques along the desired path with the weights as they are; nothing is learned.
    pub(super) fn recall(&mut self) -> impl FnMut(usize) -> Joints {
        // Tests are not part of learning: separate fibres leave the trace, and the later noise, unchanged.
        let (mut fibres, mut inputs) = (ParallelFibres::new(0.0), self.inputs.clone());
        move |place| {
            fibres.show(inputs.step(place));
            let purkinje = self.synapses.respond(&fibres);
            cerebellar_torques(&self.roles, &nuclear_means(&purkinje), self.gain)
        }
    }

    pub(super) fn synapses(&self) -> &Synapses {
        &self.synapses
    }

    /// Of all olive cells since learning began, in spikes/s.
    pub(super) fn mean_rate(&self) -> f64 {
        let (sum, steps) = self.volume.rates;
        sum / (steps * MICROZONES) as f64
    }
}

impl Volume<'_> {
    /// Olive and nitric oxide in the next step, in which the parallel fibres have these activities.
    fn step(&mut self, feedback: Joints, nuclear: &[f64; MICROZONES], activities: &[f32]) {
        let signal = self.signal.step(feedback);
        let rates = self.input.rates(&signal, nuclear);
        self.rates.0 += rates.iter().sum::<f64>();
        self.rates.1 += 1;
        self.olive.step(&rates);
        self.fibre_release.step(activities);
        // Half of what the fibres release spreads in this step: right to second order.
        self.release_by_fibres();
        self.sheet.step(self.olive.release());
        self.release_by_fibres();
    }

    fn release_by_fibres(&mut self) {
        if self.fibre_release.rate == 0.0 {
            return;
        }
        let amount = (0.5 * STEP * self.fibre_release.rate) as f32;
        for microzone in 0..MICROZONES {
            for row in 0..MICROZONE_LENGTH {
                let first = Domain { row, ..self.sheet.plan().first_domain(microzone) };
                self.sheet.deposit_row(first, &self.fibre_release.rows(row / 2)[row % 2][..MICROZONE_WIDTH], amount);
            }
        }
    }

    /// The concentrations of all patches.
    fn rows(&self) -> Vec<FieldRows<'_>> {
        (0..self.sheet.plan().patches()).map_while(|patch| self.sheet.rows(patch)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::fibre_release::ReleaseCourse;
    use super::granule_layer::GranuleLayer;
    use super::microzones::OliveScale;
    use super::mossy_fibres::{MossyFibres, MossyOrder};
    use super::noise::Inputs;
    use super::parallel_fibres::FibreTable;
    use super::*;
    use crate::models::nitric_oxide::{MicrozoneOrder, Start};
    use crate::models::reaching::ReachingParameters;
    use crate::models::reaching::plant::desired_path::DesiredPath;

    /// The mean nitric oxide of each microzone, from left to right, after a second of one torque.
    fn nitric_oxide(order: MicrozoneOrder, feedback: Joints) -> [f64; MICROZONES] {
        let (parameters, stream) = (ReachingParameters::default(), RandomStream::from_seed([2; 32]));
        let path = DesiredPath::new(0.2, Start::Target).unwrap();
        let mossy = MossyFibres::new(&path, MossyOrder::Shuffled, stream.substream(4));
        let granule = GranuleLayer::new(stream.substream(5));
        let table = FibreTable::new(&path, &mossy, &granule);
        let inputs = Inputs { path: &path, mossy: &mossy, granule: &granule, table: &table };
        let roles = order.roles();
        let anatomy = Anatomy {
            roles,
            fibres: NoisyFibres::new(inputs, 0.0, stream.substream(6)),
            memory_trace: 0.2,
            error_delay: 0,
            input: OliveInput::new(&roles, &[[1.0; MICROZONES]], 4.0, OliveScale::Common, 0.0, 0.0),
            sheet: parameters.sheet,
            fibre_release: FibreRelease::new(&table, ReleaseCourse::Activity, 0.0, stream.substream(7)),
            rule: parameters.learning,
            gain: 2.0,
        };
        let mut cerebellum = Cerebellum::new(anatomy, &stream).unwrap();
        (0..200).for_each(|_| cerebellum.notice(0, feedback));
        let mut sums = [0.0; MICROZONES];
        for (domain, concentration) in cerebellum.volume.sheet.field().into_iter().enumerate() {
            sums[domain % (MICROZONES * MICROZONE_WIDTH) / MICROZONE_WIDTH] += concentration;
        }
        sums
    }

    #[test]
    fn errors_release_nitric_oxide_in_their_microzone_and_it_leaks_to_its_neighbours() {
        let (shoulder_flexor, shoulder_extensor) = ([1.0, 0.0], [-1.0, 0.0]);
        let (elbow_flexor, elbow_extensor) = ([0.0, 1.0], [0.0, -1.0]);
        let orders = [
            // Fig. 1 of the paper.
            (MicrozoneOrder::ExtensorFirst, [shoulder_extensor, shoulder_flexor, elbow_extensor, elbow_flexor]),
            (MicrozoneOrder::FlexorFirst, [shoulder_flexor, shoulder_extensor, elbow_flexor, elbow_extensor]),
            (MicrozoneOrder::AntagonistsApart, [shoulder_flexor, elbow_flexor, shoulder_extensor, elbow_extensor]),
        ];
        assert_eq!(ReachingParameters::default().microzone_order, orders[0].0);
        for (order, errors) in orders {
            for (place, error) in errors.into_iter().enumerate() {
                let found = nitric_oxide(order, error);
                for (microzone, concentration) in found.into_iter().enumerate() {
                    let leak = concentration / found[place];
                    let expected = match microzone.abs_diff(place) {
                        0 => 1.0..=1.0,
                        1 => 0.02..=0.3,
                        _ => 0.0..=0.002,
                    };
                    assert!(expected.contains(&leak), "{order:?}, {error:?}: {found:?}");
                }
            }
        }
    }
}
