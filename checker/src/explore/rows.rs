//! The states of a level, one behind the other in pieces, so that a piece that was expanded can be used again while the
//! next level grows: both levels together then take little more than the larger one.

/// How many states a piece holds.
pub(super) const PIECE: usize = 1 << 14;

/// States in order.
#[derive(Debug)]
pub(super) struct Rows<T> {
    pieces: Vec<Vec<T>>,
    len: usize,
    /// Pieces before this one were given back.
    from: usize,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { pieces: Vec::new(), len: 0, from: 0 }
    }
}

impl<T> Rows<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> &T {
        &self.pieces[at / PIECE][at % PIECE]
    }

    /// Adds a state; a new piece is taken from `spare` if there is one.
    #[inline]
    pub(super) fn push(&mut self, state: T, spare: &mut Vec<Vec<T>>) {
        if self.len.is_multiple_of(PIECE) {
            // The first piece of a search grows by itself: most searches are small.
            let empty = || if self.len == 0 { Vec::new() } else { Vec::with_capacity(PIECE) };
            self.pieces.push(spare.pop().unwrap_or_else(empty));
        }
        self.len += 1;
        if let Some(piece) = self.pieces.last_mut() {
            piece.push(state);
        }
    }

    /// Gives back the pieces of which all states are before `at`.
    pub(super) fn give_back(&mut self, at: usize, spare: &mut Vec<Vec<T>>) {
        let to = if at >= self.len { self.pieces.len() } else { at / PIECE };
        for piece in &mut self.pieces[self.from.min(to)..to] {
            let mut piece = std::mem::take(piece);
            piece.clear();
            spare.push(piece);
        }
        self.from = self.from.max(to);
    }
}

#[cfg(test)]
mod tests {
    use super::{PIECE, Rows};

    #[test]
    fn pieces_are_used_again() {
        let (mut rows, mut spare) = (Rows::default(), Vec::new());
        let count = 2 * PIECE + 5;
        (0..count).for_each(|at| rows.push(at, &mut spare));
        assert_eq!((rows.len(), *rows.get(PIECE), *rows.get(count - 1)), (count, PIECE, count - 1));
        rows.give_back(PIECE + 1, &mut spare);
        assert_eq!((spare.len(), *rows.get(PIECE + 1)), (1, PIECE + 1));
        rows.give_back(count, &mut spare);
        assert_eq!(spare.len(), 3);
        let mut next = Rows::default();
        (0..count).for_each(|at| next.push(at, &mut spare));
        assert_eq!((spare.len(), *next.get(count - 1)), (0, count - 1));
    }
}
