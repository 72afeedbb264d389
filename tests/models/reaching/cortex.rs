//! Parallel fibres, their trace, and nuclear cells.

use microzone::models::reaching::{
    DesiredPath, FibreTable, GRANULE_CELLS, GranuleLayer, MicrozoneOrder, MossyFibres, MossyOrder, ParallelFibres,
    Start, cerebellar_torques, fibre_at, nuclear_means,
};
use microzone::random::RandomStream;

fn table() -> (DesiredPath, FibreTable) {
    let path = DesiredPath::new(0.2, Start::Target).unwrap();
    let stream = RandomStream::from_seed([4; 32]);
    let mossy = MossyFibres::new(&path, MossyOrder::Shuffled, stream.substream(4));
    let table = FibreTable::new(&path, &mossy, &GranuleLayer::new(stream.substream(5)));
    (path, table)
}

#[test]
fn activity_is_one_on_average_over_a_cycle_and_sparse() {
    let (path, table) = table();
    let (mut sum, mut steps, mut active) = (0.0, 0.0, 0.0);
    for place in 0..path.states().len() {
        let row = table.at(place);
        let times = DesiredPath::steps_at(place) as f64;
        sum += times * row.iter().map(|&activity| f64::from(activity)).sum::<f64>();
        active += times * row.iter().filter(|&&activity| activity > 0.0).count() as f64;
        steps += times;
        assert!(row.iter().all(|&activity| activity >= 0.0));
    }
    let cells = GRANULE_CELLS as f64;
    assert!((sum / steps / cells - 1.0).abs() < 1e-6, "{}", sum / steps / cells);
    assert!((0.1..0.4).contains(&(active / steps / cells)), "{}", active / steps / cells);
}

#[test]
fn each_fibre_meets_two_purkinje_cells_of_a_microzone_and_no_cell_twice() {
    let mut met = vec![Vec::new(); GRANULE_CELLS];
    for row in 0..108 {
        for column in 0..54 {
            // Columns of cells are 6 wide and begin 12 rows lower from one to the next.
            let cell = 3 * (column / 6) + (row + 108 - column / 6 % 3 * 12) % 108 / 36;
            met[fibre_at(column, row)].push(cell);
        }
    }
    for cells in met {
        assert!(cells.len() == 2 && cells[0] != cells[1], "{cells:?}");
    }
}

#[test]
fn rows_show_the_fibres_of_their_domains() {
    let mut fibres = ParallelFibres::new(0.0);
    let activities: Vec<f32> = (0..GRANULE_CELLS).map(|cell| cell as f32).collect();
    fibres.step(&activities);
    for row in 0..108 {
        let lanes = fibres.activity(row / 2)[row % 2];
        assert_eq!(lanes, fibres.trace(row / 2)[row % 2], "without a time constant the trace is the activity");
        for (column, &activity) in lanes[..54].iter().enumerate() {
            assert_eq!(activity as usize, fibre_at(column, row));
        }
        assert_eq!(lanes[54..], [0.0, 0.0]);
    }
}

#[test]
fn the_trace_of_a_pulse_rises_and_falls_like_t_exp_of_minus_t() {
    let mut fibres = ParallelFibres::new(0.2);
    let pulse = |on: bool| vec![if on { 200.0 } else { 0.0 }; GRANULE_CELLS];
    let mut largest = (0, 0.0);
    let mut total = 0.0;
    for step in 0..1000 {
        fibres.step(&pulse(step == 0));
        let found = f64::from(fibres.trace(7)[1][20]);
        // s/τ² e^(-s/τ) for one unit of activity times seconds, in the middle of the two steps that the filters take.
        let time = 0.005 * (step as f64 + 1.0);
        let expected = time / 0.04 * libm::exp(-time / 0.2);
        assert!((found - expected).abs() < 0.03, "{step}: {found} {expected}");
        total += found * 0.005;
        if found > largest.1 {
            largest = (step, found);
        }
    }
    assert!((largest.0 as f64 * 0.005 - 0.2).abs() < 0.011, "{largest:?}");
    assert!((total - 1.0).abs() < 1e-3, "{total}");
}

#[test]
fn torques_are_flexor_less_extensor() {
    let mut purkinje = vec![0.0; 108];
    // One column of the second microzone is inhibited by 9: each of its three cells.
    purkinje[27..30].fill(-9.0);
    let nuclear = nuclear_means(&purkinje);
    assert_eq!(nuclear, [0.0, 1.0, 0.0, 0.0]);
    let torques = |order: MicrozoneOrder| cerebellar_torques(&order.roles(), &nuclear, 2.0);
    assert_eq!(torques(MicrozoneOrder::ExtensorFirst), [2.0, 0.0]);
    assert_eq!(torques(MicrozoneOrder::FlexorFirst), [-2.0, 0.0]);
    assert_eq!(torques(MicrozoneOrder::AntagonistsApart), [0.0, 2.0]);
}
