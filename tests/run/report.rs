//! `microzone report`, end to end, and its page in a real Chromium.

use crate::launch::Launcher;
use crate::place::Place;
use crate::python;

const SWEEP: &str = "[sweep]\nname = \"report\"\ntitle = \"A & B <reported>\"\nexperiment = \"capacity\"\n\
    replicates = 4\n[grid]\ninput_correlation = [0, 0.3, 0.6, 0.8]\noutput_correlation = [0, 0.3, 0.6, 0.8]\n\
    [fixed]\ninputs = 50\n";

fn page(out: &str) -> String {
    let ended = Launcher::Alone.run(&["report", out]).expect(0);
    assert_eq!(ended.output, format!("{out}/report.html\n"));
    std::fs::read_to_string(format!("{out}/report.html")).unwrap()
}

#[test]
fn a_reader_sorts_filters_downloads_and_reads_figures() {
    let place = Place::new();
    let out = place.computed(&place.file("report.toml", SWEEP), "out", 0);
    let html = page(&out);
    assert!(html.len() < 5_000_000 && html.contains("<h1>A &#38; B &#60;reported&#62;</h1>"));
    let findings =
        python::run(python::python("check_report.py").args([&format!("{out}/report.html"), &place.path("picture")]));
    let finding = |name: &str| {
        let line = findings.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
        line.unwrap_or_else(|| panic!("{name}: {findings}")).trim()
    };
    assert_eq!(finding("complaints"), "", "{findings}");
    assert_eq!(finding("sorted up"), "True ascending");
    assert_eq!(finding("sorted down"), "True descending");
    assert_eq!(finding("all"), "16 rows");
    assert_eq!(finding("filtered"), "12 of 16 rows ['0.3', '0.6', '0.8']");
    assert!(finding("refused").starts_with("no column is called nonsense; there are input_correlation, "));
    assert_eq!(finding("observable"), "silent_fraction listing-silent_fraction");
    let header = "silent_fraction.csv input_correlation,output_correlation,silent_fraction_mean,silent_fraction_sem,n";
    assert!(finding("csv").starts_with(header), "{findings}");
    assert_eq!(finding("sweep"), "report.toml True");
    assert_eq!(finding("ring"), "1 True");
    assert_eq!(finding("without a name"), "0");
    assert_eq!(finding("pdf"), "%PDF");
    assert_eq!(finding("dark"), "rgb(22, 24, 28) rgb(230, 230, 230) rgb(22, 24, 28)");
    assert_eq!(finding("narrow"), "400");
    assert_eq!(finding("without a script"), "True");
    // By the keyboard: the first point, the next one, the next line, its start, its end, and no further.
    let places = ["0, 0", "0, 0.3", "0.3, 0.3", "0.3, 0", "0.3, 0.8", "0.3, 0.8"];
    let lines: Vec<&str> = findings.lines().skip_while(|line| !line.starts_with("readings:")).skip(1).collect();
    for (place, line) in places.iter().zip(lines) {
        let (line_at, x_at) = place.split_once(", ").unwrap();
        let wanted = format!("  c_out = {line_at}, input correlation c_in = {x_at}: ");
        assert!(line.starts_with(&wanted) && line.contains(", n = 4, theory "), "{place}: {line}");
    }
    // It is no part of what is guarded, and the checksum that it names is that of the file.
    Launcher::Alone.run(&["verify", &out]).expect(0);
    let bytes = std::fs::read(format!("{out}/results.h5")).unwrap();
    assert!(html.contains(&format!("<code>{}</code>", blake3::hash(&bytes).to_hex())));
}

#[test]
fn a_sweep_that_has_only_begun_has_a_page() {
    let place = Place::new();
    let sweep = place.file("report.toml", SWEEP);
    let out = place.path("out");
    Launcher::Alone.run(&["run", &sweep, "--out", &out, "--time-limit", "0s"]).expect(75);
    let html = page(&out);
    assert!(html.contains("No point has a capacity yet that can be ranked."), "{html}");
    assert!(!html.contains("<section id=\"figures\"") && !html.contains("<section id=\"theory\""));
    let empty = place.path("empty");
    std::fs::create_dir(&empty).unwrap();
    Launcher::Alone.run(&["report", &empty]).expect(2);
}

/// What the page says about how to compute the results again gives the same bytes.
#[test]
fn a_page_is_enough_to_reproduce_the_results() {
    let place = Place::new();
    let out = place.computed(&place.file("report.toml", SWEEP), "out", 0);
    let html = page(&out);
    let between = |start: &str, end: &str| {
        let (_, rest) = html.split_once(start).unwrap();
        let text = rest.split_once(end).unwrap().0.to_string();
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
            .iter()
            .fold(text, |text, (escaped, letter)| text.replace(escaped, letter))
    };
    let sweep = place.file("saved.toml", &between("<pre id=\"sweep\"><code>", "</code></pre>"));
    let command = between("type:</p>\n<pre><code>", "</code></pre>");
    assert_eq!(command, "microzone run report.toml --out reproduced/report && b3sum reproduced/report/results.h5");
    let again = place.computed(&sweep, "again", 0);
    let hash = |out: &str| blake3::hash(&std::fs::read(format!("{out}/results.h5")).unwrap()).to_hex().to_string();
    assert_eq!(hash(&out), hash(&again));
    assert!(html.contains(&hash(&again)));
}
