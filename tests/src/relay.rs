//! A real `entente-relay` process on a free loopback port.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use entente_wire::RelayAddress;

use crate::folders::binary;

/// A running relay; killed by its process id when dropped.
#[derive(Debug)]
pub struct RelayProcess {
    child: Child,
    address: String,
    data: PathBuf,
}

impl RelayProcess {
    /// Starts a relay on a free port of 127.0.0.1 over this data folder, and waits until it
    /// accepts.
    ///
    /// # Panics
    /// If the relay does not start: what it wrote to standard error is shown.
    pub fn start(data: &Path) -> Self {
        Self::start_on(data, "127.0.0.1:0")
    }

    /// The same on a port of choice: where a killed relay comes back.
    ///
    /// # Panics
    /// As [`RelayProcess::start`].
    pub fn start_on(data: &Path, listen: &str) -> Self {
        let mut child = Command::new(binary("entente-relay"))
            .arg("run")
            .arg("--data")
            .arg(data)
            .args(["--listen", listen])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("entente-relay starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address = lines
            .next()
            .unwrap_or_else(|| panic!("entente-relay ended at once: {:?}", child.wait()))
            .expect("the relay prints its address");
        // The pipe stays open and drained, so that the relay never meets a closed one.
        std::thread::spawn(move || lines.for_each(drop));
        assert!(address.starts_with("entente-relay:"), "not an address: {address}");
        Self { child, address, data: data.to_owned() }
    }

    /// `entente-relay:<key>@127.0.0.1:<port>`.
    pub fn address(&self) -> RelayAddress {
        self.address.parse().expect("an address")
    }

    /// The folder it keeps everything in.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// kill -9, as a power cut would, and the same relay again on the same port.
    pub fn kill_and_restart(self) -> Self {
        let listen = self.address.rsplit('@').next().expect("an address has a host").to_owned();
        let data = self.data.clone();
        self.kill();
        Self::start_on(&data, &listen)
    }

    /// kill -9.
    pub fn kill(mut self) {
        self.child.kill().expect("the relay is killed");
        self.child.wait().expect("the relay is waited for");
    }

    /// SIGHUP: the relay reads its tokens anew.
    ///
    /// # Panics
    /// If it cannot be sent.
    pub fn hang_up(&self) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &id]).status().expect("kill runs").success());
    }

    /// SIGTERM: the relay drains and ends by itself within ten seconds.
    ///
    /// # Panics
    /// If it does not end in time.
    pub fn terminate(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert!(sent.success());
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("the relay is waited for") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the relay has not ended within ten seconds of SIGTERM");
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
