//! What is asked of the machine for large tables. All of it is a wish: nothing depends on whether it is granted.
//!
//! The kernel is asked for large pages: a look-up in a table of a gigabyte otherwise waits for the table of pages first.
//! The processor is asked to load what will be looked at soon: else each look-up waits a hundred nanoseconds and more.

/// Tables from this size on are worth it.
#[cfg(target_os = "linux")]
const LARGE: usize = 4 << 20;

/// Prefers large pages for `memory`, which nobody has touched yet.
#[cfg(target_os = "linux")]
pub(super) fn prefer_large<T>(memory: &mut [T]) {
    const PAGE: usize = 4 << 10;
    let range = memory.as_mut_ptr_range();
    let (from, to) =
        ((range.start as usize).next_multiple_of(PAGE), range.end as usize & !(PAGE - 1));
    if to.saturating_sub(from) < LARGE {
        return;
    }
    #[expect(
        unsafe_code,
        reason = "the range is whole pages of memory that is borrowed mutably here, and the advice changes neither its \
                  contents nor whether it is mapped"
    )]
    unsafe {
        libc::madvise(from as *mut libc::c_void, to - from, libc::MADV_HUGEPAGE);
    }
}

/// Prefers large pages for `memory`; only Linux is asked.
#[cfg(not(target_os = "linux"))]
pub(super) fn prefer_large<T>(_memory: &mut [T]) {}

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
