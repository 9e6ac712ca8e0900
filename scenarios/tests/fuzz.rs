//! A million inputs: the parser never panics, and every error has a place in the file.
//!
//! Each case draws a handful of edits and feeds several inputs, so that most of the time goes into the parser.

mod common;

use common::{FULL, MINIMAL, POLICY, assert_sound, vocabulary};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use whoacts_scenarios::{Vocabulary, parse_policy, parse_scenario};

/// Inputs of each of the four tests.
const INPUTS: u32 = 250_000;
/// Inputs of each case.
const EACH: u32 = 10;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: INPUTS / EACH,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x77_68_6f),
        ..ProptestConfig::default()
    }
}

/// Feeds one input as a scenario, or as a policy.
fn feed(bytes: &[u8], as_policy: bool, vocab: &Vocabulary) {
    let errors = match as_policy {
        true => parse_policy("f.toml", "f", bytes, vocab).err(),
        false => parse_scenario("f.toml", "a/f", bytes, vocab).err(),
    };
    for error in errors.iter().flatten() {
        assert_sound(error, bytes);
    }
    assert!(errors.is_none_or(|errors| !errors.is_empty()));
}

/// Pieces that a file is made of, right and wrong.
const FRAGMENTS: &[&str] = &[
    "\n",
    "\n",
    "\n",
    " = ",
    "[[pool]]",
    "[[flow]]",
    "[[flow.hop]]",
    "[flow.hop.class]",
    "[bounds]",
    "[adversary]",
    "[[expect]]",
    "[[identity]]",
    "[[resource]]",
    "[oracle]",
    "[oracle.states]",
    "[[role]]",
    "[[fault]]",
    "[[mandate]]",
    "[require]",
    "id",
    "to",
    "origin",
    "replicas",
    "capabilities",
    "on",
    "because",
    "authority",
    "request",
    "\"alice\"",
    "\"read api\"",
    "\"app/1\"",
    "\"continuity/K0..K9\"",
    "\"\"",
    "'x'",
    "\"\"\"",
    "-1",
    "0",
    "99999999999999999999",
    "1.5",
    "true",
    "1979-05-27",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "#",
    "\"",
    "\\",
    "\u{feff}",
    "é",
    "\u{0}",
    "\r",
    "\t",
    "schema = \"whoacts/scenario/1\"\n",
    "title = \"t\"\n",
    "policy = \"p\"\n",
    "kind = \"crash\"\n",
    "target = \"app/1\"\n",
];

/// One change of a text: where, what, and how.
type Edit = (u8, u16, u16, u8);

fn edited(text: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for &(kind, at, other, byte) in edits {
        if bytes.is_empty() {
            return bytes;
        }
        let at = at as usize % bytes.len();
        let other = other as usize % bytes.len();
        let length = usize::from(byte) % 40;
        match kind % 6 {
            0 => bytes[at] = byte,
            1 => bytes[at] ^= 1 << (byte % 8),
            2 => drop(bytes.drain(at..(at + length).min(bytes.len()))),
            3 => bytes.insert(at, byte),
            4 => {
                let piece = bytes[other..(other + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let piece = FRAGMENTS[usize::from(byte) % FRAGMENTS.len()].bytes();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

fn edits() -> impl Strategy<Value = Vec<Vec<Edit>>> {
    vec(vec(any::<Edit>(), 1..4), EACH as usize)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_bytes(inputs in vec(vec(any::<u8>(), 0..64), EACH as usize)) {
        let vocab = vocabulary();
        for (index, bytes) in inputs.iter().enumerate() {
            feed(bytes, index % 2 == 0, &vocab);
        }
    }

    #[test]
    fn random_fragments(inputs in vec(vec(0..FRAGMENTS.len(), 0..24), EACH as usize)) {
        let vocab = vocabulary();
        for (index, pieces) in inputs.iter().enumerate() {
            let text: String = pieces.iter().map(|&piece| FRAGMENTS[piece]).collect();
            feed(text.as_bytes(), index % 4 == 0, &vocab);
        }
    }

    #[test]
    fn mutated_scenarios(inputs in edits()) {
        let vocab = vocabulary();
        for (index, edits) in inputs.iter().enumerate() {
            let text = if index % 5 == 0 { FULL } else { MINIMAL };
            feed(&edited(text.as_bytes(), edits), false, &vocab);
        }
    }

    #[test]
    fn mutated_policies(inputs in edits()) {
        let vocab = vocabulary();
        for edits in &inputs {
            feed(&edited(POLICY.as_bytes(), edits), true, &vocab);
        }
    }
}

/// Inputs that hurt parsers: deep, wide, and long.
#[test]
fn hostile_shapes() {
    let vocab = vocabulary();
    let head = "schema = \"whoacts/scenario/1\"\n";
    let many = |text: &str| text.repeat(900_000 / text.len());
    for body in [
        format!("tags = {}", many("[")),
        format!("tags = [{}]", many("\"a\",")),
        format!("tags = [{}]", many("1,")),
        format!("a = {}", many("{a=")),
        format!("{} = 1", many("a.")),
        format!("[{}a]", many("a.")),
        many("[[pool]]\n"),
        many("[[flow]]\n[[flow.hop]]\n"),
        (0..60_000).map(|n| format!("k{n} = {n}\n")).collect(),
        format!("title = \"{}\"", many("é")),
        many("\"\"\""),
        many("\r"),
    ] {
        feed(format!("{head}{body}").as_bytes(), false, &vocab);
    }
}
