//! Names that are no more, each with the one in its place: whoever still writes the old one is told the new one.

/// Properties: the old name, then the new one.
pub const PROPERTIES: &[(&str, &str)] =
    &[("agreement", "custody"), ("injective-agreement", "multiplicity")];

/// A sentence about a property that is called otherwise now; `None` for any other name.
pub fn property(name: &str) -> Option<String> {
    let (old, new) = PROPERTIES.iter().find(|(old, _)| *old == name)?;
    Some(format!("the property `{old}` is called `{new}` now; write `{new}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_names_are_no_more_and_new_ones_are() {
        for (old, new) in PROPERTIES {
            assert!(crate::property::named(old).is_none() && crate::property::named(new).is_some());
        }
    }
}
