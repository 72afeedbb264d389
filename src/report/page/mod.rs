//! One self-contained page about a sweep: what was asked, what was found, and how to compute it again.
//!
//! The page is a pure function of the results and of what the caller knows about the runs. Its template, style and
//! script are in `assets/report/`; nothing in it is fetched.

mod answer;
mod facts;
mod failures;
mod listing;
mod marginals;
mod pictures;
mod points;
mod provenance;
mod question;
mod reproduction;
mod runs;
#[cfg(test)]
mod tests;
mod theory;
mod variance;

pub(crate) use provenance::Provenance;
pub(crate) use runs::RunFacts;

use askama::Template;
use base64::Engine;

use facts::Fact;
use failures::Group;
use listing::Listing;
use marginals::Marginal;
use pictures::{Pictures, Shown};
use points::Points;
use question::Question;
use reproduction::Reproduction;
use theory::{Deviation, Limit};

use super::figure;
use crate::experiment::{Kept, Observable};
use crate::results::{Results, Status};
use crate::shell::quoted;

/// The most rows of all tables of a page together.
const MOST_ROWS: usize = 2500;

/// Why there is no page; a bug.
#[derive(Debug, thiserror::Error)]
#[error("the page cannot be made: {0}")]
pub(crate) struct PageError(String);

/// All that the template shows; a section whose list is empty is left out.
#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    style: &'static str,
    script: &'static str,
    font_family: &'static str,
    font: String,
    title: String,
    summary: &'static str,
    question: Question,
    facts: Vec<Fact>,
    answer: Vec<String>,
    /// Whether any task has an outcome.
    has_results: bool,
    figures: Vec<Shown>,
    omissions: Vec<String>,
    marginals: Vec<Marginal>,
    /// What the marginal means are of.
    marginal_label: String,
    listings: Vec<Listing>,
    has_best: bool,
    /// The key of a column that every such table has.
    filter_example: String,
    deviations: Vec<Deviation>,
    limits: Vec<Limit>,
    theory_summary: String,
    failures: Vec<Group>,
    runs: Vec<RunFacts>,
    cost: String,
    /// The directory as a word of a shell.
    plot_directory: String,
    provenance: Provenance,
    reproduction: Reproduction,
}

/// The page of a sweep, as HTML.
///
/// # Errors
/// A figure cannot be drawn or the template cannot be filled, which is a bug.
pub(crate) fn page(results: &Results, provenance: Provenance) -> Result<String, PageError> {
    let sweep = results.sweep;
    let chosen = chosen(results).ok_or_else(|| PageError("the experiment has no scalar observable".into()))?;
    let others = scalars(results).filter(|observable| observable.name() != chosen.name());
    let main =
        &Points::new(results, chosen.name()).ok_or_else(|| PageError("the results have no observable".into()))?;
    let mut tables = Tables::default();
    tables.add(main);
    // One at a time: large sweeps have many rows.
    others.filter_map(|one| Points::new(results, one.name())).for_each(|points| tables.add(&points));
    let has_results = results.count(Status::Done) + results.count(Status::Failed) > 0;
    let pictures = if has_results { pictures::pictures(results).map_err(PageError)? } else { Pictures::default() };
    let cost = runs::cost(&provenance.runs);
    let theory = sweep.declaration().theory;
    let page = Page {
        style: include_str!("../../../assets/report/page.css"),
        script: include_str!("../../../assets/report/page.js"),
        font_family: figure::FAMILY,
        font: base64::engine::general_purpose::STANDARD.encode(figure::WEB),
        title: sweep.title.clone().unwrap_or_else(|| sweep.name.clone()),
        summary: sweep.declaration().summary,
        question: Question::new(sweep),
        facts: facts::facts(main, &cost, !provenance.runs.is_empty()),
        answer: answer::sentences(main),
        has_results,
        figures: pictures.shown,
        omissions: pictures.omissions,
        marginals: marginals::marginals(main),
        marginal_label: main.observable().quantity.heading(),
        listings: tables.listings,
        has_best: main.best().is_some() && main.rows().len() > 1,
        filter_example: format!("{}_mean", main.observable().name()),
        deviations: if has_results { tables.deviations } else { Vec::new() },
        limits: tables.limits,
        theory_summary: theory.map_or_else(String::new, |theory| theory.summary.to_string()),
        failures: failures::groups(main),
        cost: format!("{} {}", cost.time, cost.means),
        runs: provenance.runs.clone(),
        plot_directory: quoted(&provenance.directory),
        reproduction: Reproduction::new(results, &provenance),
        provenance,
    };
    page.render().map(|html| html + "\n").map_err(|error| PageError(error.to_string()))
}

/// The scalars that every replicate keeps.
fn scalars<'r>(results: &'r Results) -> impl Iterator<Item = &'static Observable> + use<'r> {
    let observables = results.series.iter().map(|series| series.observable);
    observables.filter(|observable| observable.is_scalar() && observable.kept == Kept::EveryReplicate)
}

/// The observable that the page is about: that of `[figure]` if it is a scalar, or the first scalar.
fn chosen(results: &Results) -> Option<&'static Observable> {
    let named = results.sweep.figure.observable.as_deref();
    let of_figure = scalars(results).find(|observable| Some(observable.name()) == named);
    of_figure.or_else(|| scalars(results).next())
}

/// What a page has of each observable.
#[derive(Default)]
struct Tables {
    listings: Vec<Listing>,
    /// The rows of all of them.
    rows: usize,
    deviations: Vec<Deviation>,
    limits: Vec<Limit>,
}

impl Tables {
    /// Adds an observable. The first one has as many rows as there is space for; others are there as a whole or not.
    fn add(&mut self, points: &Points) {
        let left = MOST_ROWS - self.rows;
        if self.listings.is_empty() || points.rows().len() <= left {
            let listing = Listing::new(points, left);
            self.rows += listing.rows.len();
            self.listings.push(listing);
        }
        self.deviations.extend(theory::deviation(points));
        self.limits.extend(theory::limit(points));
    }
}
