//! `microzone theory`

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{Exit, Failure};
use crate::catalogue;
use crate::experiment::{
    Declaration, Estimate, Estimates, Experiment, Literal, Observable, OptimumDeclaration, Parameters, RelativeError,
    TaskFailure, TheoryCell, TheoryDeclaration, Value,
};
use crate::random::RandomStream;
use crate::sweep::Problem;
use crate::wording::counted;

/// Print the predictions of a theory, without running anything
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone theory capacity --input-correlation 0.8 --output-correlation 0.8\n  \
    microzone theory capacity --help   # the parameters")]
pub(super) struct Arguments {
    #[command(subcommand)]
    request: Request,
}

/// A question to the theory of an experiment. The flags come from its declaration.
struct Request {
    experiment: &'static dyn Experiment,
    theory: TheoryDeclaration,
    parameters: Parameters,
    relative_error: f64,
    /// The text that determines the random sequences, instead of the parameters.
    key: Option<String>,
    /// The parameter whose best value is to be found.
    optimum: Option<OptimumDeclaration>,
    json: bool,
}

const KEY_FLAG: &str = "key";
const ERROR_FLAG: &str = "standard-error";
const FORMAT_FLAG: &str = "format";

/// The visible experiments that have a theory.
fn with_theory() -> impl Iterator<Item = (&'static dyn Experiment, TheoryDeclaration)> {
    catalogue::visible().filter_map(|experiment| Some((experiment, experiment.declaration().theory?)))
}

/// Why a name is not that of an experiment with a theory.
fn without_theory(name: &str) -> String {
    let known: Vec<&str> = with_theory().map(|(experiment, _)| experiment.declaration().name).collect();
    match catalogue::visible().any(|experiment| experiment.declaration().name == name) {
        true => format!("the experiment `{name}` has no theory; these have one: {}", known.join(", ")),
        false => Problem::unknown("", "experiment", name, &known).what,
    }
}

impl clap::Subcommand for Request {
    fn augment_subcommands(command: Command) -> Command {
        let of = |(experiment, theory): (&dyn Experiment, _)| subcommand(experiment.declaration(), theory);
        let command = command.subcommands(with_theory().map(of)).subcommand_required(true).arg_required_else_help(true);
        // Another name has a better answer than the most similar one.
        command.allow_external_subcommands(true)
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        with_theory().any(|(experiment, _)| experiment.declaration().name == name)
    }
}

impl clap::FromArgMatches for Request {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let Some((name, flags)) = matches.subcommand() else {
            return Err(clap::Error::new(ErrorKind::MissingSubcommand));
        };
        match with_theory().find(|(known, _)| known.declaration().name == name) {
            Some((experiment, theory)) => Ok(Self::new(experiment, theory, flags)),
            None => Err(clap::Error::raw(ErrorKind::InvalidSubcommand, format!("{}\n", without_theory(name)))),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn subcommand(declaration: &'static Declaration, theory: TheoryDeclaration) -> Command {
    let name = declaration.name;
    let about = format!("{}\n\n{}", theory.summary, theory.details);
    let mut command = Command::new(name).about(theory.summary).long_about(about.trim_end().to_string());
    for parameter in declaration.parameters {
        let quantity = parameter.quantity;
        // The others make no difference, so that what a sweep file has can be copied here.
        let known = theory.parameters.contains(&quantity.name);
        let help = format!("{}; {} [default: {}]", quantity.explained(), parameter.kind, parameter.default);
        let flag = Arg::new(quantity.name).long(flag_name(quantity.name)).value_name("VALUE").help(help);
        // As in a sweep file, too.
        let flag = if quantity.name.contains('_') { flag.alias(quantity.name) } else { flag };
        let accept = move |text: &str| parameter.accept(&Literal::read(text));
        command = command.arg(flag.allow_negative_numbers(true).hide(!known).value_parser(accept));
    }
    if let Some(OptimumDeclaration { parameter, sentence, .. }) = theory.optimum {
        let flag = Arg::new("optimum").long(format!("optimal-{}", flag_name(parameter))).help(sentence);
        command = command.arg(flag.action(ArgAction::SetTrue).conflicts_with(parameter));
    }
    if let Some(error) = theory.relative_error {
        let RelativeError { default, least, greatest } = error;
        let help = format!("Relative standard error, {least:e} to {greatest} [default: {default}]");
        let flag = Arg::new(ERROR_FLAG).long(ERROR_FLAG).value_name("E").allow_negative_numbers(true).help(help);
        command = command.arg(flag.value_parser(move |text: &str| error.accept(text)));
        let help = "Draw the random sequences from this text: if two results use the same key, most of their errors \
                    cancel in the difference [default: the parameters]";
        command = command.arg(Arg::new(KEY_FLAG).long(KEY_FLAG).value_name("TEXT").help(help));
    }
    let format = Arg::new(FORMAT_FLAG).long(FORMAT_FLAG).value_name("FORMAT").default_value("text");
    let format = format.value_parser(["text", "json"]);
    command
        .arg(format.help("Rounded, with standard errors, or in full precision, for programs"))
        .after_help(examples(name, theory))
}

fn examples(name: &str, theory: TheoryDeclaration) -> String {
    let line = |flags: &&str| format!("  microzone theory {name} {flags}");
    format!("Examples:\n{}", theory.examples.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn flag_name(name: &str) -> String {
    name.replace('_', "-")
}

impl Request {
    fn new(experiment: &'static dyn Experiment, theory: TheoryDeclaration, flags: &ArgMatches) -> Self {
        let declared = experiment.declaration().parameters;
        let mut parameters = Parameters::defaults(declared);
        for (position, parameter) in declared.iter().enumerate() {
            if let Some(value) = flags.get_one::<Value>(parameter.name()) {
                parameters.set(position, *value);
            }
        }
        let asked = theory.relative_error.and_then(|_| flags.get_one::<f64>(ERROR_FLAG).copied());
        Self {
            experiment,
            theory,
            parameters,
            relative_error: asked.unwrap_or(theory.default_error()),
            key: theory.relative_error.and_then(|_| flags.get_one::<String>(KEY_FLAG).cloned()),
            optimum: theory.optimum.filter(|_| flags.get_flag("optimum")),
            json: flags.get_one::<String>(FORMAT_FLAG).is_some_and(|format| format == "json"),
        }
    }
}

/// # Errors
/// The parameters do not make sense together, or the standard error is out of reach.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let request = &arguments.request;
    let answer = Answer::to(request).map_err(|failure| Failure::new(Exit::Usage, failure.to_string()))?;
    say!("{}", if request.json { answer.json() } else { answer.text() });
    Ok(Exit::Complete)
}

/// The predictions of the theory, and the best value of a parameter if it was requested.
struct Answer<'a> {
    request: &'a Request,
    estimates: Estimates,
    best: Option<Best>,
}

/// The best value of a parameter, and by what fraction the first observable is larger there than at the default. Both
/// come from the same random sequences, so most of their errors cancel.
struct Best {
    value: f64,
    gain: f64,
}

impl<'a> Answer<'a> {
    fn to(request: &'a Request) -> Result<Self, TaskFailure> {
        let Request { experiment, parameters, relative_error, .. } = request;
        experiment.check(parameters)?;
        let cell = TheoryCell::new(*experiment, parameters.clone(), Some(*relative_error));
        let stream = match &request.key {
            Some(key) => RandomStream::from_seed(*blake3::hash(key.as_bytes()).as_bytes()),
            None => cell.stream(),
        };
        if request.optimum.is_none() {
            let estimates = cell.evaluate(stream)?;
            return Ok(Self { request, estimates, best: None });
        }
        let (value, estimates) = cell.optimum(stream.clone())?;
        // The flag excludes that of the parameter, which therefore has its default.
        let without = cell.evaluate(stream)?;
        let first = experiment.declaration().observables.first().map_or("", Observable::name);
        let largest = |estimates: &Estimates| estimates.of(first).map_or(f64::NAN, |found| found[0].value);
        let gain = largest(&estimates) / largest(&without) - 1.0;
        Ok(Self { request, estimates, best: Some(Best { value, gain }) })
    }

    fn declared(&self) -> impl Iterator<Item = &'static Observable> {
        self.request.experiment.declaration().with_closed_form()
    }

    fn text(&self) -> String {
        let line = |name: &str, value: String, error: String, sentence: &str| {
            format!("{:<17} {value:>9} {error:<10} {sentence}", name.replace('_', " ")).trim_end().to_string()
        };
        let of_declared = |declared: &Observable| {
            let (name, sentence) = (declared.name(), &declared.quantity.explained());
            match self.estimates.of(name) {
                None => line(name, "unknown".into(), String::new(), sentence),
                Some([Estimate { value, standard_error }]) => {
                    line(name, number(*value), error(*standard_error), &with_unit(declared))
                }
                Some(all) => line(name, counted(all.len(), "value"), "(JSON)".into(), sentence),
            }
        };
        let mut lines: Vec<String> = self.declared().map(of_declared).collect();
        if let (Some(optimum), Some(Best { value, gain })) = (self.request.optimum, &self.best) {
            let declared = self.request.experiment.declaration().parameter(optimum.parameter);
            let explained = declared.map_or_else(String::new, |(_, parameter)| parameter.quantity.explained());
            lines.push(line(&format!("best {}", optimum.parameter), number(*value), String::new(), &explained));
            lines.push(line("gain", format!("{:+.1} %", 100.0 * gain), String::new(), optimum.gain));
        }
        lines.join("\n")
    }

    fn json(&self) -> String {
        let mut object = serde_json::Map::new();
        for declared in self.declared() {
            let estimates = self.estimates.of(declared.name()).unwrap_or_default();
            let of = |part: fn(&Estimate) -> f64| match estimates {
                _ if declared.is_scalar() => serde_json::json!(estimates.first().map(part)),
                all => serde_json::json!(all.iter().map(part).collect::<Vec<f64>>()),
            };
            object.insert(declared.name().into(), of(|estimate| estimate.value));
            object.insert(format!("{}_standard_error", declared.name()), of(|estimate| estimate.standard_error));
        }
        if let Some(optimum) = self.request.theory.optimum {
            let given = self.request.parameters.number(optimum.parameter).ok();
            let value = self.best.as_ref().map_or(given, |best| Some(best.value));
            object.insert(optimum.parameter.into(), serde_json::json!(value));
            object.insert("gain".into(), serde_json::json!(self.best.as_ref().map(|best| best.gain)));
        }
        format!("{:#}", serde_json::Value::Object(object))
    }
}

fn number(value: f64) -> String {
    let plain = value == 0.0 || (1e-3..1e6).contains(&value.abs()) || !value.is_finite();
    if plain { format!("{value:.4}") } else { format!("{value:.4e}") }
}

fn error(standard_error: f64) -> String {
    if standard_error == 0.0 { "exact".to_string() } else { format!("± {}", number(standard_error)) }
}

fn with_unit(declared: &Observable) -> String {
    let Observable { quantity, .. } = declared;
    if quantity.unit.is_none() {
        quantity.explained()
    } else {
        format!("{}; {}", quantity.unit.written, quantity.explained())
    }
}
