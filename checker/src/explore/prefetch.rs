//! Tells the processor what will be looked at soon: else each look-up in a large table waits a hundred nanoseconds and
//! more. A wish: nothing depends on whether it is granted.

/// Begins to load the cache line where `place` is.
#[inline]
#[cfg(target_arch = "x86_64")]
pub(super) fn prefetch<T: Copy>(place: &T) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    #[expect(unsafe_code, reason = "a hint about memory that is borrowed here; it reads nothing")]
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast());
    }
}

/// Begins to load the cache line where `place` is, by reading it.
#[inline]
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn prefetch<T: Copy>(place: &T) {
    std::hint::black_box(*place);
}
