//! How the states of a level were reached: for each its parent's place in the level before, and which of the moves looked
//! at in the parent it was, in about two bytes.
//!
//! States are found in the order of their parents, so the places are kept as differences.

/// How many entries lie between two marks, from which reading can begin.
const STRIDE: u32 = 128;

/// The log of one level.
#[derive(Debug, Default)]
pub(super) struct Log {
    bytes: Vec<u8>,
    /// For every [`STRIDE`]th entry where it begins, and the parent of the one before.
    marks: Vec<(usize, u32)>,
    len: u32,
    parent: u32,
}

impl Log {
    pub(super) fn push(&mut self, parent: u32, ordinal: u32) {
        if self.len.is_multiple_of(STRIDE) {
            self.marks.push((self.bytes.len(), self.parent));
        }
        write(&mut self.bytes, parent - self.parent);
        write(&mut self.bytes, ordinal);
        self.parent = parent;
        self.len += 1;
    }

    /// Parent and ordinal of an entry.
    pub(super) fn get(&self, at: u32) -> (u32, u32) {
        let (begin, mut parent) = self.marks[(at / STRIDE) as usize];
        let mut rest = &self.bytes[begin..];
        let mut ordinal = 0;
        for _ in 0..=at % STRIDE {
            parent += read(&mut rest);
            ordinal = read(&mut rest);
        }
        (parent, ordinal)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Gives back what was asked for in advance.
    pub(super) fn close(mut self) -> Self {
        self.bytes.shrink_to_fit();
        self.marks.shrink_to_fit();
        self
    }
}

/// Seven bits a byte; the eighth says that more follow.
fn write(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read(bytes: &mut &[u8]) -> u32 {
    let (mut number, mut shift) = (0, 0);
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::Log;

    #[test]
    fn what_is_written_is_read_from_any_place() {
        let entries: Vec<(u32, u32)> = (0..1_000_u32)
            .map(|at| (at * at * 3, at * 77 % 1_000))
            .chain([(u32::MAX, 5)])
            .collect();
        let mut log = Log::default();
        entries.iter().for_each(|(parent, ordinal)| log.push(*parent, *ordinal));
        let log = log.close();
        for (at, entry) in entries.iter().enumerate().rev() {
            assert_eq!(log.get(at as u32), *entry);
        }
    }
}
