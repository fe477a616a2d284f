//! Cutting texts into documents, and where their values are.

use std::fmt::Write;

use super::{cut, parse};
use crate::source::path::Path;
use crate::source::{Position, Source};

/// `(text, (first line, text) of each document)`.
const CUTS: &[(&str, &[(u32, &str)])] = &[
    ("", &[]),
    ("# nothing\n\n---\n---\n", &[]),
    ("a: 1\n", &[(1, "a: 1\n")]),
    ("%YAML 1.2\n---\na: 1\n---\nb: 2", &[(2, "---\na: 1\n"), (4, "---\nb: 2")]),
    ("--- {a: 1}\n...\n# end\nb: 2\n", &[(1, "--- {a: 1}\n"), (3, "# end\nb: 2\n")]),
    ("\u{feff}a: 1\r\n---\r\nb: 2\r\n", &[(1, "a: 1\r\n"), (2, "---\r\nb: 2\r\n")]),
    ("a: ---b\n---c: 1\n", &[(1, "a: ---b\n---c: 1\n")]),
];

#[test]
fn a_text_is_cut_at_its_markers() {
    for (text, expected) in CUTS {
        let cuts = cut(&Source::new("t", text));
        let found: Vec<_> = cuts.iter().map(|part| (part.first_line, &*part.text)).collect();
        assert_eq!(found, *expected, "{text:?}");
    }
}

#[test]
fn values_are_where_the_file_has_them() {
    let file = "a: 1\n---\nlist:\n  - x\n  - {deep: \"é\", last: [1, two]}\nalias: &k {v: 1}\nuse: *k\n";
    let second = &cut(&Source::new("t", file))[1];
    let tree = parse(second).unwrap();
    let expected = [
        ("", 3, 1),
        ("list[0]", 4, 5),
        ("list[1].deep", 5, 12),
        ("list[1].last[1]", 5, 27),
        ("list[1].absent.more", 5, 5),
        ("alias.v", 6, 15),
        ("use", 7, 6),
    ];
    for (path, line, column) in expected {
        assert_eq!(tree.locate(&Path::root().join(path)), Position { line, column }, "{path}");
    }
}

#[test]
fn json_is_read_with_its_escapes() {
    let text = "{\"a\": \"\\u00e9\\/\\ud83d\\ude00\",\n\t\"b\": [1, 2.5, true, null, -1e3]}";
    let tree = parse(&Source::new("t.json", text)).unwrap();
    assert_eq!(tree.get("a").unwrap().as_str(), Some("é/😀"));
    assert_eq!(tree.get("b").unwrap().items().len(), 5);
    assert_eq!(tree.locate(&Path::root().join("b[3]")).line, 2);
}

/// `(text, line, column, the message has this)`.
const BROKEN: &[(&str, u32, u32, &str)] = &[
    ("a: [1, 2\nb: 3\n", 2, 2, ""),
    ("a: 1\na: 2\n", 2, 1, "duplicate"),
    ("a: \"open\n", 2, 1, "quoted"),
    ("a: .inf\n", 1, 4, "finite"),
    ("a: !Program {}\n", 1, 13, "tag"),
];

#[test]
fn broken_texts_say_where() {
    for (text, line, column, part) in BROKEN {
        let error = parse(&Source::new("t", text)).unwrap_err();
        assert!(error.message.to_lowercase().contains(part), "{text:?}: {error:?}");
        assert_eq!(error.at, Position { line: *line, column: *column }, "{text:?}: {error:?}");
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    parse(&Source::new("t", &deep)).unwrap_err();
    let mut bomb = "a0: &a0 [x]\n".to_owned();
    for n in 1..12 {
        writeln!(bomb, "a{n}: &a{n} [{}]", vec![format!("*a{}", n - 1); 6].join(", ")).unwrap();
    }
    parse(&Source::new("t", &bomb)).unwrap_err();
}
