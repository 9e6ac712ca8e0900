//! What the tests share: a vocabulary, a minimal and a full example, and one driver.
#![allow(dead_code, reason = "each test binary uses a part of this")]

use whoacts_scenarios::{CODES, Error, MechanismName, Vocabulary, parse_policy, parse_scenario};

/// The smallest valid scenario.
pub(crate) const MINIMAL: &str = include_str!("minimal.toml");
/// A valid scenario that uses every key, each on a line of its own.
pub(crate) const FULL: &str = include_str!("full.toml");
/// A valid policy that uses every key.
pub(crate) const POLICY: &str = include_str!("policy.toml");

/// A vocabulary with a bit of everything.
pub(crate) fn vocabulary() -> Vocabulary {
    let names = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mechanism = |id: &str, variants: Vec<String>, profiles| MechanismName {
        id: id.to_owned(),
        variants,
        profiles,
    };
    Vocabulary {
        mechanisms: vec![
            mechanism("bearer", names("common strong"), Vec::new()),
            mechanism("dpop", names("strong"), Vec::new()),
            mechanism("continuity", Vec::new(), names("K0 K1 K2 K3 K4 K5 K6")),
        ],
        properties: names("custody no-mixing served theft-contained identity-neutral"),
        capabilities: names(
            "observe inject log-leak insider pool-member steal-key hijack-executor \
             rogue-attester confuse steal-pool-key collude relay-attestation reuse-identifier clock-skew \
             revocation-lag forget",
        ),
        guards: names("holder handed-off single-use"),
        paired: names("identity-neutral"),
        renamed: vec![("agreement".to_owned(), "custody".to_owned())],
    }
}

/// The full example with one piece of text replaced by another.
pub(crate) fn full_with(from: &str, to: &str) -> String {
    replaced(FULL, from, to)
}

/// The example policy with one piece of text replaced by another.
pub(crate) fn policy_with(from: &str, to: &str) -> String {
    replaced(POLICY, from, to)
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` must be there once");
    text.replace(from, to)
}

/// What a scenario's errors look like; each must have a known code and lie in the file.
pub(crate) fn scenario_errors(toml: &[u8]) -> String {
    let parsed = parse_scenario("case.toml", "family/case", toml, &vocabulary());
    rendered(parsed.err().unwrap_or_default(), toml)
}

/// What a policy's errors look like.
pub(crate) fn policy_errors(toml: &[u8]) -> String {
    let parsed = parse_policy("policy.toml", "policy", toml, &vocabulary());
    rendered(parsed.err().unwrap_or_default(), toml)
}

/// Renders errors after checking that each is sound.
pub(crate) fn rendered(errors: Vec<Error>, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let each = errors.iter().map(|error| {
        assert_sound(error, bytes);
        error.render(&text)
    });
    each.collect::<Vec<_>>().join("\n")
}

/// Every error has a known code, a message, and a place inside the file.
pub(crate) fn assert_sound(error: &Error, bytes: &[u8]) {
    assert!(CODES.iter().any(|(code, _)| *code == error.code), "unlisted code {}", error.code);
    assert!(!error.message.is_empty());
    for span in std::iter::once(&error.span).chain(error.also.iter().map(|(span, _)| span)) {
        assert!(span.line >= 1 && span.col >= 1, "{error:?}");
        assert!(span.start <= span.end && span.end <= bytes.len(), "{error:?}");
        if let Ok(text) = std::str::from_utf8(bytes) {
            assert!(text.get(span.start..span.end).is_some(), "{error:?}");
        }
    }
}
