use std::sync::Arc;

use super::*;
use crate::store::Contents;
use crate::store::netcdf::{Array, Variable};
use crate::sweep::{Identities, Sweep};

fn described_file(text: &str) -> Netcdf<'static> {
    let sweep = Box::leak(Box::new(Arc::new(Sweep::parse(Path::new("words.toml"), text.into()).unwrap())));
    let results = Results::merge(sweep, &Identities::new(sweep), &Contents::default()).unwrap();
    describe(Box::leak(Box::new(results)))
}

fn text<'a>(variable: &'a Variable, name: &str) -> Option<&'a str> {
    variable.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| match value {
        Attribute::Text(text) => text.as_str(),
        _ => panic!("{name} of {} is not a text", variable.name),
    })
}

#[test]
fn every_variable_has_a_label_for_an_axis_a_sentence_and_no_unit_of_one() {
    let zip = "experiment = \"capacity\"\nreplicates = 2\n[[zip]]\ninput_coding = [0.1, 0.5]\n\
               output_coding = [0.1, 0.5]\n[precision]\nobservable = \"capacity\"\n\
               relative_error = 0.1\nmax_replicates = 9\n";
    let plain = crate::catalogue::catalogue().iter();
    let plain = plain.map(|known| format!("experiment = {:?}\n", known.declaration().name));
    for rest in plain.chain([zip.to_string()]) {
        let file = described_file(&format!("[sweep]\nname = \"words\"\n{rest}"));
        assert!(file.variables.len() > 4, "{rest}");
        for variable in &file.variables {
            let name = &variable.name;
            let label = text(variable, "long_name").unwrap();
            assert!((1..=45).contains(&label.chars().count()), "{name}: {label}");
            assert!(!label.contains('_'), "{name}: {label}");
            assert!(!text(variable, "description").unwrap().is_empty(), "{name}");
            assert_ne!(text(variable, "units"), Some("1"), "{name}");
        }
    }
}

const JOINT: &str = "[sweep]\nname = \"joint\"\ntitle = \"Two at once, µm²/s\"\nexperiment = \"movement\"\n\
                     replicates = 2\n[grid]\nmicrozones = [\"joined\", \"separated\"]\n[[zip]]\ndiffusion = [0, 3300]\n\
                     decay = [0.3, 3]\n[fixed]\nrelease = \"soma\"\ntime = 0.05\n";

fn variable<'a>(file: &'a Netcdf, name: &str) -> &'a Variable<'a> {
    file.variables.iter().find(|variable| variable.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn scalar_coordinates_are_what_the_file_fixes_and_a_group_has_the_defaults_too() {
    let file = described_file(JOINT);
    let scalars = file.variables.iter().filter(|variable| variable.dimensions.is_empty());
    assert_eq!(scalars.map(|variable| variable.name.as_str()).collect::<Vec<_>>(), ["release", "time"]);
    assert_eq!(variable(&file, "release").values, Array::Letters("soma".into()));
    let coordinates = text(variable(&file, "mean_concentration_mean"), "coordinates").unwrap();
    assert_eq!(coordinates, "diffusion_decay_label diffusion decay release time");
    let [group] = &file.groups[..] else { panic!("{:?}", file.groups) };
    let values: Vec<(&str, &Array)> =
        group.variables.iter().map(|variable| (variable.name.as_str(), &variable.values)).collect();
    assert_eq!(group.name, "parameters");
    assert_eq!(
        values,
        [
            ("io_rate", &Array::Number([1.0].as_slice().into())),
            ("microzone_order", &Array::Letters("extensor-first".into())),
            ("start", &Array::Letters("target".into())),
            ("release", &Array::Letters("soma".into())),
            ("time", &Array::Number([0.05].as_slice().into())),
            ("accuracy", &Array::Number([0.001].as_slice().into())),
        ]
    );
    assert_eq!(text(&group.variables[4], "units"), Some("s"));
    let nothing = described_file("[sweep]\nname = \"plain\"\nexperiment = \"movement\"\n");
    assert!(nothing.variables.iter().all(|variable| text(variable, "coordinates").is_none()));
    assert_eq!(nothing.groups[0].variables.len(), 9);
}

#[test]
fn texts_of_axes_and_labels_of_joint_points_are_strings() {
    let file = described_file(JOINT);
    let texts = |values: [&str; 2]| Array::Text(values.map(String::from).to_vec());
    assert_eq!(variable(&file, "microzones").values, texts(["joined", "separated"]));
    let label = variable(&file, "diffusion_decay_label");
    assert_eq!(label.dimensions, ["diffusion_decay"]);
    assert_eq!(label.values, texts(["diffusion = 0, decay = 0.3", "diffusion = 3300, decay = 3"]));
    assert_eq!(text(label, "long_name"), Some("diffusion, decay"));
    assert_eq!(text(variable(&file, "diffusion_decay"), "long_name"), Some("index of diffusion, decay"));
    // A label that fits nowhere is no help.
    let many = "[sweep]\nname = \"many\"\nexperiment = \"movement\"\n[[zip]]\ndiffusion = [0, 1]\ndecay = [0.3, 3]\n\
                io_rate = [1, 2]\nmicrozones = [\"joined\", \"separated\"]\n";
    assert!(!described_file(many).variables.iter().any(|variable| variable.name.ends_with("_label")));
}

#[test]
fn the_title_is_that_of_the_sweep_or_else_its_name() {
    let title = |text: &str| described_file(text).attributes.into_iter().find(|(name, _)| name == "title").unwrap().1;
    assert_eq!(title(JOINT), Attribute::Text("Two at once, µm²/s".into()));
    assert_eq!(title(&JOINT.replace("title", "# title")), Attribute::Text("joint".into()));
}

#[test]
fn what_belongs_to_a_variable_has_no_dimension_that_the_variable_has_not() {
    let precise = "[sweep]\nname = \"precise\"\nexperiment = \"capacity\"\n[grid]\nrobustness = [0, 1]\n[precision]\n\
                   observable = \"capacity\"\nrelative_error = 0.1\nmax_replicates = 20\n";
    for (sweep, name, expected) in [
        (JOINT, "mean_concentration", "status"),
        (JOINT, "mean_concentration_mean", "mean_concentration_sem"),
        (JOINT, "mean_concentration_theory", "mean_concentration_theory_sem"),
        (precise, "capacity_mean", "capacity_sem precision"),
        (precise, "silent_fraction_mean", "silent_fraction_sem"),
    ] {
        let file = described_file(sweep);
        assert_eq!(text(variable(&file, name), "ancillary_variables"), Some(expected));
        for of_file in &file.variables {
            for ancillary in text(of_file, "ancillary_variables").into_iter().flat_map(|names| names.split(' ')) {
                let dimensions = &variable(&file, ancillary).dimensions;
                assert!(dimensions.iter().all(|name| of_file.dimensions.contains(name)), "{name}: {ancillary}");
            }
            let is_mean = of_file.name.ends_with("_mean");
            assert_eq!(text(of_file, "cell_methods").is_some(), is_mean, "{}", of_file.name);
        }
        assert_eq!(text(variable(&file, "replicate"), "standard_name"), Some("realization"));
    }
}
