//! A sign of life for anything that takes over a second.

use std::io::Write as _;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Writes to standard error from the second second on, until dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// `what` is being done, such as `Fetching`.
    #[must_use]
    pub(crate) fn of(what: &'static str) -> Self {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(move || {
            let mut seconds = 0_u32;
            while stopped.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                seconds = seconds.saturating_add(1);
                // One line at first, then one every ten seconds: also fit for a log.
                if seconds == 1 || seconds.is_multiple_of(10) {
                    let _ = writeln!(std::io::stderr(), "{what}... ({seconds} s)");
                }
            }
        });
        Self { stop: Some(stop), thread: thread.ok() }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
