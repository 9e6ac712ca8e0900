//! Runs a program and sees what it cost: time, time on a core, and the most memory that it had.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a program said, and what it cost.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) said: String,
    pub(crate) wall: f64,
    /// Seconds on a core, of all threads together; a machine that others use as well disturbs it less.
    pub(crate) core: f64,
    pub(crate) peak_bytes: u64,
}

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// What the kernel counts time in.
const TICKS_A_SECOND: f64 = 100.0;

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Measured {
    let began = Instant::now();
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut output = child.stdout.take().expect("its output");
    let reader = std::thread::spawn(move || {
        let mut said = String::new();
        output.read_to_string(&mut said).map(|_| said)
    });
    let (mut core, mut peak_bytes) = (0.0, 0);
    let status = loop {
        core = seconds_on_core(child.id()).unwrap_or(core);
        peak_bytes = peak(child.id()).unwrap_or(peak_bytes);
        if let Some(status) = child.try_wait().expect("a child that can be waited for") {
            break status;
        }
        std::thread::sleep(LOOK);
    };
    let wall = began.elapsed().as_secs_f64();
    let said = reader.join().expect("a reader").expect("its output");
    assert!(status.success(), "{command:?} ended with {status}: {said}");
    Measured { said, wall, core, peak_bytes }
}

/// User and system time, from `/proc`; `None` where there is none.
fn seconds_on_core(process: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / TICKS_A_SECOND)
}

fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The one in the middle, by time on a core.
pub(crate) fn median(mut runs: Vec<Measured>, by: impl Fn(&Measured) -> f64) -> Measured {
    runs.sort_by(|a, b| by(a).total_cmp(&by(b)));
    runs.swap_remove(runs.len() / 2)
}
