//! Rows in, events or errors out.

use baton_wire::json;
use serde_json::json;

use super::*;

fn told(rows: impl Iterator<Item = Result<Row, RowError>>) -> Vec<String> {
    rows.map(|row| match row {
        Ok(row) => {
            let mut event = json::from_pb(&row.event);
            if row.event.message_id.starts_with("import-") {
                event["message_id"] = json!("derived");
            }
            format!("{}: {event}", row.line)
        }
        Err(error) => error.to_string(),
    })
    .collect()
}

fn json_lines(text: &str) -> Vec<String> {
    told(JsonLines::new(text.as_bytes()))
}

#[test]
fn json_lines_have_the_names_of_the_contract_or_of_segment() {
    let rows = json_lines(concat!(
        r#"{"customer_id":"a","message_id":"1","type":"track","name":"Order Completed","properties":{"total":2.5}}"#,
        "\n\n",
        r#"{"userId":"b","messageId":"2","type":"identify","traits":{"email":"b@example.com"},"timestamp":"2026-05-01T09:00:00Z"}"#,
        "\r\n",
        r#"{"userId":"c","event":"Product Viewed"}"#,
    ));
    assert_eq!(
        rows,
        [
            r#"1: {"customer_id":"a","message_id":"1","name":"Order Completed","properties":{"total":2.5},"type":"EVENT_TYPE_TRACK"}"#,
            r#"3: {"customer_id":"b","message_id":"2","timestamp":"2026-05-01T09:00:00Z","traits":{"email":"b@example.com"},"type":"EVENT_TYPE_IDENTIFY"}"#,
            r#"4: {"customer_id":"c","message_id":"derived","name":"Product Viewed","type":"EVENT_TYPE_TRACK"}"#,
        ]
    );
}

#[test]
fn a_bad_line_is_named_and_the_others_are_read() {
    let rows = json_lines(
        "{\"customer_id\":\"a\",\"message_id\":\"1\"}\nnonsense\n{\"name\":\"x\"}\n{\"customer_id\":\"a\",\"typ\":1}\n\
         {\"customer_id\":\"a\",\"type\":\"sell\"}\n{\"customer_id\":\"b\",\"message_id\":\"2\"}",
    );
    assert_eq!(rows[0], r#"1: {"customer_id":"a","message_id":"1","type":"EVENT_TYPE_TRACK"}"#);
    assert!(rows[1].starts_with("line 2: expected"), "{}", rows[1]);
    assert!(rows[2].starts_with("line 3: missing field `customer_id`"), "{}", rows[2]);
    assert!(rows[3].starts_with("line 4: unknown field `typ`"), "{}", rows[3]);
    assert_eq!(rows[4], "line 5: the type `sell` does not exist: write track, identify, page, screen, group or alias");
    assert_eq!(rows[5], r#"6: {"customer_id":"b","message_id":"2","type":"EVENT_TYPE_TRACK"}"#);
}

#[test]
fn the_same_file_gives_the_same_names_and_equal_lines_different_ones() {
    let text = "{\"customer_id\":\"a\"}\n{\"customer_id\":\"a\"}\n";
    let names = || JsonLines::new(text.as_bytes()).map(|row| row.unwrap().event.message_id).collect::<Vec<_>>();
    assert_eq!(names(), names());
    assert_ne!(names()[0], names()[1]);
}

fn mappings(texts: &[&str]) -> Vec<Mapping> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn columns_become_fields() {
    let text = "id,when,amount,gift\n7,1997-01-01T09:00:00Z,11.77,yes\n\"8\",,x,no\n9,,,maybe\n10\n";
    let columns =
        mappings(&["customer_id=id", "timestamp=when", "properties.total=amount:number", "properties.gift=gift:bool"]);
    let rows = CsvRows::new(text.as_bytes(), columns, &mappings(&["name=Order Completed"])).unwrap();
    assert_eq!(
        told(rows),
        [
            r#"2: {"customer_id":"7","message_id":"derived","name":"Order Completed","properties":{"gift":true,"total":11.77},"timestamp":"1997-01-01T09:00:00Z","type":"EVENT_TYPE_TRACK"}"#,
            "line 3: `x` of column `amount` is no number",
            "line 4: `maybe` of column `gift` is neither true nor false",
            "line 5: there are 1 fields where the heading has 4",
        ]
    );
}

#[test]
fn a_column_that_is_not_there_is_named_with_those_that_are() {
    let error = CsvRows::new("id,total\n".as_bytes(), mappings(&["customer_id=customer"]), &[]).err().unwrap();
    assert_eq!(error.to_string(), "line 1: there is no column `customer`: there are id, total");
}

#[test]
fn a_mapping_that_cannot_be_meant_says_what_to_write() {
    let check = |text: &str, expected: &str| {
        let error = text.parse::<Mapping>().unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check("customer_id", "`customer_id` has no `=`: write FIELD=COLUMN");
    check("user=id", "events have no field `user`: write customer_id,");
    check("props.total=amount", "events have no field `props.total`:");
}

#[test]
fn a_note_brings_an_import_back_to_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("import.json");
    let mut progress = Progress::open(&path, "orders.jsonl").unwrap();
    assert_eq!(progress.line(), 0);
    let counts = Counts { accepted: 497, rejected: 3, ..Counts::default() };
    progress.advance(500, counts).unwrap();
    let again = Progress::open(&path, "orders.jsonl").unwrap();
    assert_eq!((again.line(), again.counts()), (500, counts));
    let other = Progress::open(&path, "other.jsonl").unwrap_err().to_string();
    assert!(other.ends_with("belongs to the import of orders.jsonl: name another file for --resume, or delete it"));
    std::fs::write(&path, "nonsense").unwrap();
    assert!(matches!(Progress::open(&path, "orders.jsonl"), Err(ProgressError::Malformed { .. })));
}
