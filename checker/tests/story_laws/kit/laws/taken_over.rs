//! A world from the state on in which the executor that the story names was taken over.

use whoacts_checker::explore::System;
use whoacts_checker::world::World;
use whoacts_checker::world::bits::Bits;
use whoacts_checker::world::moves::Move;
use whoacts_model::crypto::Symbolic;

/// The world, begun later.
#[derive(Debug)]
pub struct After<'w> {
    world: &'w World<Symbolic>,
    from: Bits,
}

/// Begins after the move by which an executor is taken over, if there is one.
pub fn after(world: &World<Symbolic>) -> Option<After<'_>> {
    let first = world.initial();
    let hijack = (0..world.moves.len() as u32).find(|index| {
        matches!(world.moves[*index as usize].what, Move::Hijack(_))
            && world.enabled(&first, *index)
    })?;
    Some(After { world, from: world.next(&first, hijack) })
}

impl System for After<'_> {
    type State = Bits;
    type Move = u32;

    fn initial(&self) -> Bits {
        self.from.clone()
    }
    fn moves(&self, state: &Bits, out: &mut Vec<u32>) {
        self.world.moves(state, out);
    }
    fn enabled(&self, state: &Bits, index: u32) -> bool {
        self.world.enabled(state, index)
    }
    fn next(&self, state: &Bits, index: u32) -> Bits {
        self.world.next(state, index)
    }
    fn findings(&self, state: &Bits, index: u32) -> u64 {
        self.world.findings(state, index)
    }
    fn monotone(&self, index: u32) -> bool {
        self.world.monotone(index)
    }
    fn canonical(&self, state: Bits) -> Bits {
        self.world.canonical(state)
    }
}
