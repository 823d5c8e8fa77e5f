//! A real `entente-relay` beside this program: started, killed without warning, started again.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use entente_wire::address::RelayAddress;

use super::DemoError;

/// A running relay. Killed when dropped.
#[derive(Debug)]
pub(super) struct RelayProcess {
    program: PathBuf,
    data: PathBuf,
    child: Child,
    address: RelayAddress,
}

impl RelayProcess {
    /// Starts a relay on a free loopback port, with its data in an empty folder.
    pub(super) fn start(data: &Path) -> Result<Self, DemoError> {
        let program = beside_this_program()?;
        let (child, address) = spawn(&program, data, "127.0.0.1:0")?;
        Ok(Self { program, data: data.to_owned(), child, address })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> &RelayAddress {
        &self.address
    }

    /// Ends it as a power cut would: SIGKILL, nothing flushed.
    pub(super) fn kill(&mut self) -> Result<(), DemoError> {
        self.child.kill().map_err(|error| DemoError::new("killing the relay", &error))?;
        self.child.wait().map(|_| ()).map_err(|error| DemoError::new("waiting for the relay's end", &error))
    }

    /// Starts it again, on the same port and the same data.
    pub(super) fn restart(&mut self) -> Result<(), DemoError> {
        let listen = format!("127.0.0.1:{}", self.address.port());
        let (child, address) = spawn(&self.program, &self.data, &listen)?;
        self.child = child;
        if address == self.address {
            Ok(())
        } else {
            Err(DemoError::new("restarting the relay", &"it came back with another address"))
        }
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

fn beside_this_program() -> Result<PathBuf, DemoError> {
    let own = std::env::current_exe().map_err(|error| DemoError::new("finding this program", &error))?;
    let program = own.with_file_name("entente-relay");
    if program.is_file() {
        return Ok(program);
    }
    let where_from = "it is not there; build it with `cargo build --release --bin entente-relay`";
    Err(DemoError::new(&format!("looking for {}", program.display()), &where_from))
}

/// The relay prints its address once it accepts.
fn spawn(program: &Path, data: &Path, listen: &str) -> Result<(Child, RelayAddress), DemoError> {
    let failed = |what: &dyn std::fmt::Display| DemoError::new("starting the relay", what);
    let mut child = Command::new(program)
        .arg("run")
        .arg("--data")
        .arg(data)
        .arg("--listen")
        .arg(listen)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    let mut line = String::new();
    let read = child.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut line));
    match (read, line.trim().parse::<RelayAddress>()) {
        (Some(Ok(_)), Ok(address)) => Ok((child, address)),
        _ => {
            let _ = child.kill();
            let _ = child.wait();
            Err(failed(&"it did not say where it listens"))
        }
    }
}
