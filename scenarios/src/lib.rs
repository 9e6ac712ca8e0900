//! Scenario and policy files: data and its syntax. Knows no trust model.
//!
//! A file goes one way: bytes → TOML with spans → [`keys`] says what each table may contain → plain data
//! ([`scenario`]) → every reference is checked. Names that belong to the trust model (mechanisms, properties,
//! capabilities, guards) come in as a [`Vocabulary`], so this crate depends on none of it. What comes out needs
//! no further checks, and what does not come out is a list of [`Error`]s, several at once, each with its place.
//!
//! | to | use |
//! |---|---|
//! | read one file | [`parse_scenario`], [`parse_policy`] |
//! | read many, or the built-in ones | [`Library`] |
//! | read what was found in a story, and why | [`Verdicts`], [`Reasons`] |
//! | change a bound from the command line | [`set`] |
//! | describe the syntax to an editor | [`schema`] |
//!
//! # Example
//!
//! ```
//! use whoacts_scenarios::{Vocabulary, parse_policy};
//!
//! let vocabulary = Vocabulary { guards: vec!["holder".into()], ..Vocabulary::default() };
//! let text = r#"
//! schema = "whoacts/policy/1"
//! title = "one guard"
//! memory = "local"
//! [require]
//! resource = ["houlder"]
//! hop = ["all"]
//! "#;
//! let errors = parse_policy("one.toml", "one", text.as_bytes(), &vocabulary).unwrap_err();
//! assert_eq!(errors[0].to_string(), "one.toml:6:13: no guard is called `houlder`");
//! assert_eq!(errors[0].help.as_deref(), Some("did you mean `holder`?"));
//! ```

#![expect(
    clippy::result_large_err,
    reason = "an error is made once, for a person to read; its fields are part of the interface"
)]

pub mod cedar;
mod check;
mod error;
mod format;
mod hidden;
pub mod keys;
mod library;
pub mod limits;
mod lower;
mod overrides;
mod parse;
pub mod reasons;
mod regression;
pub mod scenario;
pub mod schema;
mod shape;
mod source;
pub mod span;
mod suggest;
pub mod verdicts;
mod vocabulary;

pub use check::{check_capabilities, check_changes, check_policy_against};
pub use error::{CODES, Error, Faulty, LoadError, shown};
pub use format::format;
pub use hidden::{escaped, is_hidden};
pub use library::{Beside, Case, Library, PolicyFile, Skipped, is_ours, read_up_to};
pub use overrides::set;
pub use parse::{parse_policy, parse_scenario};
pub use reasons::Reasons;
pub use regression::{Regression, Row, regression};
pub use verdicts::Verdicts;
pub use vocabulary::{MechanismName, Vocabulary, expand_label, instance};
