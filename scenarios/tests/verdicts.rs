//! Files of verdicts: what they look like, and that nothing else is read.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{MINIMAL, POLICY, vocabulary};
use expect_test::{Expect, expect};
use whoacts_scenarios::verdicts::{Cell, Line, Section, Shape};
use whoacts_scenarios::{Beside, Case, Verdicts, parse_policy, parse_scenario};

const ALSO: &str = "\n[[also]]\nadversary = [\"+confuse\"]\non = [\"dpop\", \"continuity/K6\"]\n";

fn case(story: &str, verdicts: Option<&str>) -> Case {
    let vocabulary = vocabulary();
    Case {
        scenario: parse_scenario("case.toml", "family/case", story.as_bytes(), &vocabulary)
            .unwrap(),
        policy: parse_policy("p.toml", "p", POLICY.as_bytes(), &vocabulary).unwrap(),
        source_text: story.to_owned(),
        policy_text: POLICY.to_owned(),
        file: "case.toml".to_owned(),
        policy_file: "p.toml".to_owned(),
        verdicts: verdicts
            .map(|text| Beside { file: "case.verdicts".to_owned(), text: text.to_owned() }),
    }
}

/// The example without what it expects.
fn minimal() -> &'static str {
    MINIMAL.split("[[expect]]").next().unwrap()
}

fn story() -> String {
    format!("{}{ALSO}", minimal())
}

/// Every sign, in turn.
fn filled(story: &str) -> Verdicts {
    let signs = [
        Cell::Holds,
        Cell::Violated { steps: 3, by_design: false },
        Cell::Vacuous,
        Cell::Violated { steps: 12, by_design: true },
        Cell::Open,
    ];
    let shape = Shape::of(&case(story, None).scenario, &vocabulary());
    let mut signs = signs.into_iter().cycle();
    let mut line = |form: String| Line {
        form,
        cells: signs.by_ref().take(shape.properties.len()).collect(),
        served: true,
        states: 12_345,
        depth: 6,
        number: 0,
    };
    let sections = shape.sections.iter().map(|(adversary, forms)| Section {
        adversary: adversary.clone(),
        lines: forms.iter().cloned().map(&mut line).collect(),
    });
    Verdicts { sections: sections.collect(), properties: shape.properties.clone() }
}

fn text() -> String {
    filled(&story()).text("family/case")
}

/// What is wrong with the file after some text in it is replaced.
fn check(changes: &[(&str, &str)], expected: Expect) {
    check_with(&story(), changes, expected);
}

fn check_with(story: &str, changes: &[(&str, &str)], expected: Expect) {
    let mut verdicts = text();
    for (from, to) in changes {
        assert!(verdicts.contains(from), "`{from}` is there");
        verdicts = verdicts.replacen(from, to, 1);
    }
    let read = Verdicts::of(&case(story, Some(&verdicts)), &vocabulary());
    let fault = read.unwrap_err();
    let errors: Vec<String> = fault.errors.iter().map(|error| error.render(&fault.text)).collect();
    expected.assert_eq(&errors.join("\n"));
}

#[test]
fn the_look_is_this() {
    expect![[r#"
        whoacts/verdicts/1 family/case (found by the checker; rewrite with `whoacts check --bless`, review as a diff)

        [own adversary]
                                  custody
                                  │     no-mixing
                                  │     │     served
                                  │     │     │     theft-contained
        form                      │     │     │     │     served     states  depth
        bearer                    ✓     ✗3    –     ✗12°  served      12345      6
        bearer/strong             ?     ✓     ✗3    –     served      12345      6
        dpop                      ✗12°  ?     ✓     ✗3    served      12345      6
        dpop/strong               –     ✗12°  ?     ✓     served      12345      6
        continuity/K0             ✗3    –     ✗12°  ?     served      12345      6
        continuity/K1             ✓     ✗3    –     ✗12°  served      12345      6
        continuity/K2             ?     ✓     ✗3    –     served      12345      6
        continuity/K3             ✗12°  ?     ✓     ✗3    served      12345      6
        continuity/K4             –     ✗12°  ?     ✓     served      12345      6
        continuity/K5             ✗3    –     ✗12°  ?     served      12345      6
        continuity/K6             ✓     ✗3    –     ✗12°  served      12345      6

        [+confuse]
                                  custody
                                  │     no-mixing
                                  │     │     served
                                  │     │     │     theft-contained
        form                      │     │     │     │     served     states  depth
        dpop                      ?     ✓     ✗3    –     served      12345      6
        continuity/K6             ✗12°  ?     ✓     ✗3    served      12345      6
    "#]].assert_eq(&text());
}

#[test]
fn what_is_written_is_read() {
    let read = Verdicts::of(&case(&story(), Some(&text())), &vocabulary()).unwrap().unwrap();
    assert_eq!(read.text("family/case"), text());
    let line = read.line(&["+confuse".to_owned()], "continuity/K6").unwrap();
    assert!(line.served && line.states == 12_345 && line.depth == 6);
    assert_eq!(read.cell(line, "custody"), line.cells.first().copied());
    assert_eq!(Verdicts::of(&case(&story(), None), &vocabulary()), Ok(None));
    // A file that was checked out on Windows is the same file.
    let windows = text().replace('\n', "\r\n");
    assert!(Verdicts::of(&case(&story(), Some(&windows)), &vocabulary()).unwrap().is_some());
}

/// A longer sign moves no other line.
#[test]
fn a_turned_verdict_is_one_sign() {
    let mut turned = filled(&story());
    turned.sections[0].lines[2].cells[1] = Cell::Violated { steps: 104, by_design: true };
    let (before, after) = (text(), turned.text("family/case"));
    let differ = before.lines().zip(after.lines()).filter(|(one, other)| one != other);
    assert_eq!(differ.count(), 1);
}

#[test]
fn a_paired_property_has_a_column_where_the_story_asks_for_it() {
    let shape = |story: &str| Shape::of(&case(story, None).scenario, &vocabulary()).properties;
    let asked = "paired = [\"identity-neutral\"]\n[[identity]]";
    let one = "properties = [\"custody\"]\n[[identity]]";
    assert!(!shape(minimal()).contains(&"identity-neutral".to_owned()));
    assert!(
        shape(&minimal().replacen("[[identity]]", asked, 1)).contains(&"identity-neutral".into())
    );
    assert_eq!(shape(&minimal().replacen("[[identity]]", one, 1)), ["custody"]);
}

#[test]
fn signs_are_read_strictly() {
    for sign in ["✓", "–", "?", "✗1", "✗12°"] {
        assert_eq!(Cell::read(sign).map(Cell::text).as_deref(), Some(sign));
    }
    for wrong in
        ["", "-", "v", "✗", "✗°", "✗+3", "✗03", "✗-1", "✗3°°", "✗9999999999999999999999", "✓3"]
    {
        assert_eq!(Cell::read(wrong), None, "{wrong}");
    }
}

#[test]
fn unknown_signs() {
    check(
        &[("✗3", "x3"), (" ✓ ", " ok ")],
        expect![[r#"
        error[bad-verdicts]: `ok` is no verdict; there are ✓, ✗ with a number of steps (° behind it: by design), – and ?
         --> case.verdicts:9:27
          |
        9 | bearer                    ok     x3    –     ✗12°  served      12345      6
          |                           ^^
          = help: write the file anew: `whoacts check --bless PATH`

        error[bad-verdicts]: `x3` is no verdict; there are ✓, ✗ with a number of steps (° behind it: by design), – and ?
         --> case.verdicts:9:34
          |
        9 | bearer                    ok     x3    –     ✗12°  served      12345      6
          |                                  ^^
          = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
}

#[test]
fn forms_that_are_missing_unknown_or_twice() {
    let text = text();
    let line = text.lines().find(|line| line.starts_with("bearer ")).unwrap();
    check(
        &[
            (&format!("{line}\n"), ""),
            ("continuity/K3 ", "continuity/K2 "),
            ("dpop/strong ", "dpop/weaker "),
        ],
        expect![[r#"
            error[bad-verdicts]: the section has no line for `bearer`, `dpop/strong`, `continuity/K3`
             --> case.verdicts:3:1
              |
            3 | [own adversary]
              | ^^^^^^^^^^^^^^^
              = help: write the file anew: `whoacts check --bless PATH`

            error[bad-verdicts]: no form `dpop/weaker` is asked here
              --> case.verdicts:11:1
               |
            11 | dpop/weaker               –     ✗12°  ?     ✓     served      12345      6
               | ^^^^^^^^^^^
               = help: write the file anew: `whoacts check --bless PATH`

            error[bad-verdicts]: `continuity/K2` is there twice
              --> case.verdicts:15:1
               |
            15 | continuity/K2             ✗12°  ?     ✓     ✗3    served      12345      6
               | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: write the file anew: `whoacts check --bless PATH`
        "#]],
    );
}

#[test]
fn columns_that_are_not_asked() {
    check(
        &[("custody", "costody")],
        expect![[r#"
        error[bad-verdicts]: this column is `custody`, not `costody`
         --> case.verdicts:4:27
          |
        4 |                           costody
          |                           ^^^^^^^
          = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
    check(
        &[("│     no-mixing\n", "│     no-mixing\n                          │     │     extra\n")],
        expect![[r#"
        error[bad-verdicts]: this column is `served`, not `extra`
         --> case.verdicts:6:39
          |
        6 |                           │     │     extra
          |                                       ^^^^^
          = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
}

#[test]
fn a_line_with_too_few_columns() {
    check(
        &[("12345      6", "12345")],
        expect![[r#"
        error[bad-verdicts]: `bearer` has 6 columns behind its name; 4 verdicts, served, states and depth are 7
         --> case.verdicts:9:1
          |
        9 | bearer                    ✓     ✗3    –     ✗12°  served      12345
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
    check(
        &[("served      12345      6", "servd       1_000      6")],
        expect![[r#"
        error[bad-verdicts]: expected `served` or `unserved`
         --> case.verdicts:9:51
          |
        9 | bearer                    ✓     ✗3    –     ✗12°  servd       1_000      6
          |                                                   ^^^^^
          = help: write the file anew: `whoacts check --bless PATH`

        error[bad-verdicts]: `1_000` is no number
         --> case.verdicts:9:63
          |
        9 | bearer                    ✓     ✗3    –     ✗12°  servd       1_000      6
          |                                                               ^^^^^
          = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
}

#[test]
fn sections_that_are_missing_unknown_or_twice() {
    check(
        &[("[+confuse]", "[+forget]")],
        expect![[r#"
        error[bad-verdicts]: the story is not asked under `[+forget]`
          --> case.verdicts:21:1
           |
        21 | [+forget]
           | ^^^^^^^^^
           = help: write the file anew: `whoacts check --bless PATH`

        error[bad-verdicts]: the section `[+confuse]` is missing
          --> case.verdicts:29:1
           |
        29 | 
           | ^
           = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
    check(
        &[("[+confuse]", "[own adversary]")],
        expect![[r#"
        error[bad-verdicts]: the section `[own adversary]` is there twice
          --> case.verdicts:21:1
           |
        21 | [own adversary]
           | ^^^^^^^^^^^^^^^
           = help: write the file anew: `whoacts check --bless PATH`

        error[bad-verdicts]: the section `[+confuse]` is missing
          --> case.verdicts:29:1
           |
        29 | 
           | ^
           = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
    check(
        &[("[own adversary]", "own adversary")],
        expect![[r#"
        error[bad-verdicts]: there is no section around this line
         --> case.verdicts:3:1
          |
        3 | own adversary
          | ^^^^^^^^^^^^^
          = help: write the file anew: `whoacts check --bless PATH`

        error[bad-verdicts]: the section `[own adversary]` is missing
          --> case.verdicts:29:1
           |
        29 | 
           | ^
           = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
}

#[test]
fn another_head() {
    check(
        &[("family/case", "family/other")],
        expect![[r#"
        error[bad-verdicts]: the first line is not that of the verdicts of `family/case`
         --> case.verdicts:1:1
          |
        1 | whoacts/verdicts/1 family/other (found by the checker; rewrite with `whoacts check --bless`, review as a diff)
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
    check(
        &[("verdicts/1", "verdicts/2")],
        expect![[r#"
        error[bad-verdicts]: the first line is not that of the verdicts of `family/case`
         --> case.verdicts:1:1
          |
        1 | whoacts/verdicts/2 family/case (found by the checker; rewrite with `whoacts check --bless`, review as a diff)
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
}

#[test]
fn the_look_is_kept() {
    check(
        &[("form   ", "form ")],
        expect![[r#"
        error[bad-verdicts]: this line is not written as `whoacts check --bless` writes it
         --> case.verdicts:8:1
          |
        8 | form                    │     │     │     │     served     states  depth
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
    check(
        &[("\n\n[+confuse]", "\n\n\n[+confuse]")],
        expect![[r#"
        error[bad-verdicts]: this line is not written as `whoacts check --bless` writes it
          --> case.verdicts:21:1
           |
        21 | 
           | ^
           = help: write the file anew: `whoacts check --bless PATH`
    "#]],
    );
}

#[test]
fn an_empty_file_waits_to_be_written() {
    let fault = Verdicts::of(&case(&story(), Some("")), &vocabulary()).unwrap_err();
    expect![[r#"
        error[empty]: the file is empty
         --> case.verdicts:1:1
          |
        1 | 
          | ^
          = help: write the file anew: `whoacts check --bless PATH`
    "#]]
    .assert_eq(&fault.errors[0].render(""));
}

#[test]
fn a_story_may_say_the_same_and_nothing_else() {
    let row = |said: &str| {
        format!("{}\n[[expect]]\non = [\"bearer\"]\n{said}\nbecause = \"`holder`\"\n", story())
    };
    let agreeing = row("holds = [\"custody\"]\nviolated = [\"no-mixing\"]\nserved = true");
    assert!(Verdicts::of(&case(&agreeing, Some(&text())), &vocabulary()).unwrap().is_some());
    check_with(
        &row("violated = [\"custody\"]\nvacuous = [\"no-mixing\"]\nserved = false"),
        &[],
        expect![[r#"
        error[disagrees]: `custody` is said to be `violated` under `bearer`, and `case.verdicts:9` says ✓
          --> case.toml:36:13
           |
        36 | violated = ["custody"]
           |             ^^^^^^^^^

        error[disagrees]: `no-mixing` is said to be `vacuous` under `bearer`, and `case.verdicts:9` says ✗3
          --> case.toml:37:12
           |
        37 | vacuous = ["no-mixing"]
           |            ^^^^^^^^^^^

        error[disagrees]: `served = false` is not what `case.verdicts:9` says of `bearer`
          --> case.toml:38:10
           |
        38 | served = false
           |          ^^^^^
    "#]],
    );
}
