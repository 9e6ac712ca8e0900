//! What stays the same about a check when lines move and seeds change.

use sha2::{Digest, Sha256};
use whoacts_checker::outcome::Check;

/// A digest of who is asked what: scenario, form, adversary, property. Neither place nor trace goes in.
pub(crate) fn fingerprint(check: &Check) -> String {
    let mut adversary: Vec<&str> = check.adversary.iter().map(String::as_str).collect();
    adversary.sort_unstable();
    let mut hash = Sha256::new();
    for part in [&check.scenario, &check.label(), &adversary.join(","), check.property] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
