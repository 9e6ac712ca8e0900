//! Asks the kernel for large pages behind large tables: a look-up in a table of a gigabyte otherwise waits for the table
//! of pages first.

/// Tables from this size on are worth it.
#[cfg(target_os = "linux")]
const LARGE: usize = 4 << 20;

/// Prefers large pages for `memory`, which nobody has touched yet. A wish: nothing depends on whether it is granted.
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
