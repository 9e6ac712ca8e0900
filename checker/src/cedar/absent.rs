//! Stands in where Cedar was left out of the build.

use super::Question;
use whoacts_scenarios::Error;
use whoacts_scenarios::cedar::ResourcePolicy;

/// No policy can be read.
pub(super) struct Engine(());

impl Engine {
    pub(super) fn new(own: &ResourcePolicy) -> Result<Self, Vec<Error>> {
        let span = own.cedar.span.clone();
        let message = "this build of whoacts cannot evaluate Cedar policies";
        let help = "build it with the feature: `cargo install --path cli --features cedar`";
        Err(vec![Error::new(span, "no-cedar", message).with_help(help)])
    }

    pub(super) fn permits(&self, _: &Question) -> bool {
        false
    }
}
