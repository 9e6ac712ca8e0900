//! The file as a whole.

use expect_test::expect;

use crate::common::{FULL, POLICY, scenario_errors};
use crate::{changed, check};

#[test]
fn toml_syntax() {
    check(
        &[("id = \"alice\"\nkind", "id = alice\"\nkind"), ("replicas = 3\n", "replicas 3\n")],
        expect![[r#"
            error[syntax]: missing opening quote, expected `"`
              --> case.toml:12:6
               |
            12 | id = alice"
               |      ^

            error[syntax]: key with no value, expected `=`
               --> case.toml:147:10
                |
            147 | replicas 3
                |          ^
        "#]],
    );
}

#[test]
fn key_written_twice() {
    check(
        &[("deadline = 3", "deadline = 3\ndeadline = 4")],
        expect![[r#"
            error[syntax]: the key `deadline` is written twice
              --> case.toml:75:1
               |
            75 | deadline = 4
               | ^^^^^^^^
        "#]],
    );
}

#[test]
fn another_schema() {
    check(
        &[("whoacts/scenario/1", "whoacts/scenario/2")],
        expect![[r#"
        error[bad-word]: `schema` cannot be `whoacts/scenario/2`
         --> case.toml:1:10
          |
        1 | schema = "whoacts/scenario/2"
          |          ^^^^^^^^^^^^^^^^^^^^
          = help: did you mean `whoacts/scenario/1`?
    "#]],
    );
}

#[test]
fn more_errors_than_are_shown() {
    let tags = (0..150).map(|n| format!("{n}")).collect::<Vec<_>>().join(", ");
    let text = changed(FULL, &[("\"default\", \"slow\"", &tags)]);
    let shown = scenario_errors(text.as_bytes());
    assert_eq!(shown.matches("error[wrong-type]").count(), 100);
    assert_eq!(shown.matches("error[too-many-errors]").count(), 1);
}

#[test]
fn file_of_two_megabytes() {
    let text = format!("{FULL}#{}", " ".repeat(2 * 1024 * 1024));
    expect![[r#"
        error[file-too-large]: the file has more than 1048576 bytes, which is the limit
         --> case.toml:1:1
          |
        1 | schema = "whoacts/scenario/1"
          | ^
    "#]]
    .assert_eq(&scenario_errors(text.as_bytes()));
}

#[test]
fn file_that_is_not_utf8() {
    let mut bytes = changed(FULL, &[("this test", "thïs !test")]).into_bytes();
    let at = bytes.iter().position(|&byte| byte == b'!').unwrap_or(0);
    bytes[at] = 0xff;
    expect![[r#"
        error[not-utf8]: the file is not UTF-8: byte 0xff at offset 71
         --> case.toml:3:16
          |
        3 | source = "thïs �test"
          |                ^
    "#]]
    .assert_eq(&scenario_errors(&bytes));
}

#[test]
fn empty_file() {
    expect![[r#"
        error[empty]: the file is empty
         --> case.toml:1:1
          |
        1 |  
          | ^
    "#]]
    .assert_eq(&scenario_errors(b" \n"));
}

#[test]
fn another_kind_of_file() {
    expect![[r#"
        error[bad-word]: `schema` cannot be `whoacts/policy/1`
         --> case.toml:1:10
          |
        1 | schema = "whoacts/policy/1"
          |          ^^^^^^^^^^^^^^^^^^
          = help: expected `whoacts/scenario/1`
    "#]]
    .assert_eq(&scenario_errors(POLICY.as_bytes()));
}
