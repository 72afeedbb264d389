//! Changes values of a sweep file and leaves everything else as it is written.

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use super::Problem;

/// The keys of `[sweep]` whose values are texts, so that they need not be quoted twice.
const TEXTS: [&str; 4] = ["name", "title", "experiment", "streams"];
/// Its other keys.
const NUMBERS: [&str; 2] = ["seed", "replicates"];

/// The text of a sweep file with other values: each setting is `key=value` with a parameter of `[fixed]` or a key of
/// `[sweep]`. Lines that are not named stay as they are, with their comments. A text that is no TOML stays as it is:
/// [`super::Sweep::parse`] says why.
///
/// # Errors
/// A setting is not of this form, is given twice, or names an axis or another table.
pub fn with_settings(text: &str, settings: &[String]) -> Result<String, Problem> {
    let Ok(mut document) = text.parse::<DocumentMut>() else { return Ok(text.to_string()) };
    let mut names: Vec<&str> = Vec::new();
    for setting in settings {
        let Some((key, written)) = setting.split_once('=').map(|(key, value)| (key.trim(), value.trim())) else {
            return Err(Problem::new(setting, "not of the form key=value; write inputs=200, for example"));
        };
        let (table, name) = place(&document, key)?;
        if names.contains(&name) {
            return Err(Problem::new(key, "set twice; set it once"));
        }
        names.push(name);
        set(&mut document, table, name, value(name, written))?;
    }
    if settings.is_empty() {
        return Ok(text.to_string());
    }
    let edited = document.to_string();
    // Writing the document leaves one kind of ends of lines.
    Ok(if text.contains("\r\n") { edited.replace("\r\n", "\n").replace('\n', "\r\n") } else { edited })
}

/// The table that a key belongs to, and its name there.
fn place<'a>(document: &DocumentMut, key: &'a str) -> Result<(&'static str, &'a str), Problem> {
    let (table, name) = match key.split_once('.') {
        Some(("sweep", name)) => ("sweep", name),
        Some(("fixed", name)) => ("fixed", name),
        Some(_) => return Err(Problem::new(key, "only values of [sweep] and [fixed] can be set; change the file")),
        None if TEXTS.contains(&key) || NUMBERS.contains(&key) => ("sweep", key),
        None => ("fixed", key),
    };
    let has = |table: Option<&Item>| table.and_then(Item::as_table_like).is_some_and(|table| table.contains_key(name));
    let zips = document.get("zip").and_then(Item::as_array_of_tables).into_iter().flatten();
    let is_zipped = zips.into_iter().any(|zip| zip.contains_key(name));
    if table == "fixed" && (has(document.get("grid")) || is_zipped) {
        return Err(Problem::new(key, "an axis of this sweep; only values of [sweep] and [fixed] can be set"));
    }
    Ok((table, name))
}

/// As TOML has it, else a text.
fn value(name: &str, written: &str) -> Value {
    match written.parse::<Value>() {
        Ok(value) if value.is_str() || !TEXTS.contains(&name) => value,
        _ => Value::from(written),
    }
}

fn set(document: &mut DocumentMut, table: &'static str, name: &str, mut value: Value) -> Result<(), Problem> {
    let table_item = document.entry(table).or_insert_with(|| Item::Table(Table::new()));
    let Some(entries) = table_item.as_table_like_mut() else {
        return Err(Problem::new(table, format!("no table in this file; write [{table}]")));
    };
    let entries: &mut dyn TableLike = entries;
    match entries.get_mut(name).and_then(Item::as_value_mut) {
        // The comment behind a value belongs to it.
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            value.decor_mut().clear();
            entries.insert(name, Item::Value(value));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A cell.\n[sweep]\nname = \"edit\"   # of the directory\nexperiment = \"capacity\"\n\
        seed = 1\n\n[grid] # axes\nbistability = [0, 1]\n[[zip]]\nlearning_rate = [1, 2]\n\n[fixed]\n\
        inputs = 20  # few\n# the end\n";

    fn edited(settings: &[&str]) -> Result<String, String> {
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        with_settings(TEXT, &settings).map_err(|problem| problem.to_string())
    }

    #[test]
    fn only_what_is_named_changes() {
        assert_eq!(edited(&[]).unwrap(), TEXT);
        for (settings, old, new) in [
            (&["inputs=200"][..], "inputs = 20  # few", "inputs = 200  # few"),
            (&["fixed.inputs = 2e2"], "inputs = 20  # few", "inputs = 2e2  # few"),
            (&["seed=7"], "seed = 1\n", "seed = 7\n"),
            (&["name=my sweep"], "name = \"edit\"   #", "name = \"my sweep\"   #"),
            (&["sweep.name=2012"], "name = \"edit\"   #", "name = \"2012\"   #"),
            (&["name=\"x\""], "name = \"edit\"   #", "name = \"x\"   #"),
            (&["replicates=3"], "seed = 1\n", "seed = 1\nreplicates = 3\n"),
            (&["learner=perceptron"], "# few\n", "# few\nlearner = \"perceptron\"\n"),
            (&["seed=7", "inputs=\"200\""], "seed = 1\n", "seed = 7\n"),
        ] {
            let text = edited(settings).unwrap();
            let wanted = TEXT.replacen(old, new, 1).replacen(
                "inputs = 20  # few",
                if settings.len() > 1 { "inputs = \"200\"  # few" } else { "inputs = 20  # few" },
                1,
            );
            assert_eq!(text, wanted, "{settings:?}");
        }
        let bare = "[sweep]\nname = \"a\"\n";
        let settings = ["inputs=3".to_string()];
        assert_eq!(with_settings(bare, &settings).unwrap(), format!("{bare}\n[fixed]\ninputs = 3\n"));
        let windows = "[fixed]\r\ninputs = 1 # a\r\n";
        assert_eq!(with_settings(windows, &settings).unwrap(), "[fixed]\r\ninputs = 3 # a\r\n");
        assert_eq!(with_settings("[sweep\n", &settings).unwrap(), "[sweep\n");
    }

    #[test]
    fn axes_and_other_tables_stay() {
        for (settings, said) in [
            (&["bistability=1"][..], "bistability: an axis of this sweep"),
            (&["fixed.learning_rate=1"], "fixed.learning_rate: an axis of this sweep"),
            (&["precision.relative_error=0.1"], "precision.relative_error: only values of [sweep] and [fixed]"),
            (&["inputs"], "inputs: not of the form key=value"),
            (&["inputs=1", "fixed.inputs=2"], "fixed.inputs: set twice"),
        ] {
            let refused = edited(settings).unwrap_err();
            assert!(refused.starts_with(said), "{settings:?}: {refused}");
        }
    }
}
