//! Limits on everything that a file may say; each has an error that names it.

/// Bytes of one file.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;
/// Files that one folder may bring.
pub const MAX_FILES: usize = 10_000;
/// Folders below a folder.
pub const MAX_FOLDER_DEPTH: usize = 32;
/// Errors shown for one file.
pub const MAX_ERRORS: usize = 100;
/// Entries of one list, rows of one table.
pub const MAX_ITEMS: usize = 256;
/// Characters of a name.
pub const MAX_NAME: usize = 100;
/// Characters of a text of one line.
pub const MAX_LINE: usize = 500;
/// Characters of a longer text.
pub const MAX_PROSE: usize = 20_000;
/// Replicas of a pool.
pub const MAX_REPLICAS: u32 = 1_000;
/// Hand-offs below a root.
pub const MAX_HOPS: u32 = 32;
/// Concurrent executions of a flow.
pub const MAX_EXECUTIONS: u32 = 16;
/// Deliveries of one message to one replica.
pub const MAX_DELIVERIES: u32 = 16;
/// Ticks of the clock.
pub const MAX_TICKS: u32 = 16;
/// Verifiers of one resource.
pub const MAX_VERIFIERS: u32 = 16;
/// Accepted effects below one root.
pub const MAX_EFFECTS: u32 = 64;
/// Steps that the two engines compare.
pub const MAX_DEPTH: u32 = 10_000;
/// Capabilities of a frontier: it has as many sets as they have subsets.
pub const MAX_UNIVERSE: usize = 6;
/// Brackets and conditionals inside one another in a Cedar file.
pub const MAX_NESTING: usize = 64;
