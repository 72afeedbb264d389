//! Tables as Parquet files, for pandas, R and databases: the columns of CSV with their types.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::Table;
use super::cell::Cell;
use super::columns::{Column, Columns};
use crate::experiment::Value;

impl Table {
    /// The bytes of a Parquet file with one row group; the same table gives the same bytes. What is not known is null.
    ///
    /// # Errors
    /// What the library says.
    pub(crate) fn parquet(&self) -> Result<Vec<u8>, String> {
        written(&self.columns(), &self.rows).map_err(|error| error.to_string())
    }
}

fn written<R: 'static>(columns: &Columns<R>, rows: &[R]) -> Result<Vec<u8>, ParquetError> {
    let columns: Vec<(&Column<R>, Vec<Cell>)> =
        columns.for_programs().map(|column| (column, rows.iter().map(&column.cell).collect())).collect();
    let fields: Result<Vec<_>, _> = columns.iter().map(|(column, cells)| field(&column.key, cells)).collect();
    let schema = Arc::new(Type::group_type_builder("table").with_fields(fields?).build()?);
    let properties =
        WriterProperties::builder().set_created_by(concat!("microzone ", env!("CARGO_PKG_VERSION")).into());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build()))?;
    let mut group = file.next_row_group()?;
    for (_, cells) in &columns {
        let Some(mut column) = group.next_column()? else { break };
        write(column.untyped(), cells)?;
        column.close()?;
    }
    group.close()?;
    file.into_inner()
}

/// The type of a column, which is that of its cells.
fn field(name: &str, cells: &[Cell]) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match cells.first() {
        Some(Cell::Parameter(Value::Choice(_))) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Some(Cell::Parameter(Value::Integer(_)) | Cell::Count(_)) => (Physical::INT64, None),
        Some(Cell::YesOrNo(_) | Cell::Mark(_)) => (Physical::BOOLEAN, None),
        _ => (Physical::DOUBLE, None),
    };
    let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    Ok(Arc::new(builder.with_logical_type(logical).build()?))
}

fn write(column: &mut ColumnWriter, cells: &[Cell]) -> Result<usize, ParquetError> {
    match column {
        ColumnWriter::ByteArrayColumnWriter(column) => {
            let (values, levels) = present(cells, |cell| Some(ByteArray::from(cell.text().as_str())));
            column.write_batch(&values, Some(&levels), None)
        }
        ColumnWriter::Int64ColumnWriter(column) => {
            let (values, levels) = present(cells, |cell| Some(cell.number() as i64));
            column.write_batch(&values, Some(&levels), None)
        }
        ColumnWriter::BoolColumnWriter(column) => {
            let (values, levels) = present(cells, |cell| known(cell.number()).map(|number| number > 0.0));
            column.write_batch(&values, Some(&levels), None)
        }
        ColumnWriter::DoubleColumnWriter(column) => {
            let (values, levels) = present(cells, |cell| known(cell.number()));
            column.write_batch(&values, Some(&levels), None)
        }
        _ => Err(ParquetError::General("a column of another type than its field".into())),
    }
}

fn known(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}

/// The values that are there, and for each cell whether there is one.
fn present<T>(cells: &[Cell], value: impl Fn(&Cell) -> Option<T>) -> (Vec<T>, Vec<i16>) {
    let values: Vec<Option<T>> = cells.iter().map(value).collect();
    let levels = values.iter().map(|value| i16::from(value.is_some())).collect();
    (values.into_iter().flatten().collect(), levels)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;

    struct Row(&'static str, i64, f64, Option<bool>);

    #[test]
    fn what_is_written_reads_back_with_its_types() {
        let rows = [Row("a", 1, 0.1, Some(true)), Row("b", -2, f64::NAN, None), Row("a", 3, -0.0, Some(false))];
        let mut columns: Columns<Row> = Columns::of_parameters(&[], |_| &[]);
        columns.add("word", "", |row| Cell::Parameter(Value::Choice(row.0)));
        columns.add("index", "", |row| Cell::Parameter(Value::Integer(row.1)));
        columns.add("value", "", |row| Cell::Measured(row.2, f64::NAN));
        columns.add("met", "", |row| Cell::YesOrNo(row.3));
        columns.add("hidden", "", |row| Cell::Mark(row.1 > 0)).for_programs = false;
        let bytes = written(&columns, &rows).unwrap();
        assert_eq!(bytes, written(&columns, &rows).unwrap());
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        assert_eq!(reader.metadata().file_metadata().num_rows(), 3);
        let text = |word: &str| Field::Str(word.into());
        let expected = [
            [("word", text("a")), ("index", Field::Long(1)), ("value", Field::Double(0.1)), ("met", Field::Bool(true))],
            [("word", text("b")), ("index", Field::Long(-2)), ("value", Field::Null), ("met", Field::Null)],
            [
                ("word", text("a")),
                ("index", Field::Long(3)),
                ("value", Field::Double(-0.0)),
                ("met", Field::Bool(false)),
            ],
        ];
        for (row, expected) in reader.get_row_iter(None).unwrap().zip(expected) {
            let row = row.unwrap();
            let found: Vec<(&str, &Field)> =
                row.get_column_iter().map(|(name, field)| (name.as_str(), field)).collect();
            assert_eq!(found, expected.iter().map(|(name, field)| (*name, field)).collect::<Vec<_>>());
        }
    }
}
