//! One file a command.

pub(super) mod carry;
pub(super) mod check;
pub(super) mod demo;
pub(super) mod disclose;
pub(super) mod init;
pub(super) mod join;
pub(super) mod log;
pub(super) mod people;
pub(super) mod principal;
pub(super) mod relay;
pub(super) mod say;
pub(super) mod sign;
pub(super) mod state;
pub(super) mod sync;
pub(super) mod talks;
pub(super) mod text;
pub(super) mod today;
pub(super) mod witness;

use std::path::Path;

use crate::words::fault::Fault;

/// Reads a file of at most `limit` bytes.
fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, Fault> {
    let bytes = read_beginning(path, limit.saturating_add(1))?;
    if bytes.len() as u64 > limit {
        let reason = format!("it is longer than {limit} bytes");
        return Err(Fault::File { file: path.to_owned(), verb: "read", reason });
    }
    Ok(bytes)
}

/// Reads at most the first `limit` bytes of a file.
fn read_beginning(path: &Path, limit: u64) -> Result<Vec<u8>, Fault> {
    use std::io::Read as _;
    let fault = |error: std::io::Error| Fault::File {
        file: path.to_owned(),
        verb: "read",
        reason: error.to_string(),
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(fault)?;
    file.take(limit).read_to_end(&mut bytes).map_err(fault)?;
    Ok(bytes)
}

/// An instant as a person types it: Unix seconds.
fn instant(typed: &str) -> Result<u64, Fault> {
    crate::drafting::parse_instant(typed).ok_or_else(|| Fault::Usage {
        why: "An instant is written in UTC, such as 2027-03-05T05:00:00Z".to_owned(),
    })
}

/// A file of that name is there; what would be written is not even made.
fn already_there(path: &Path) -> Fault {
    let reason = "a file of that name is there already; choose another".to_owned();
    Fault::File { file: path.to_owned(), verb: "written", reason }
}

/// Writes a file that only its owner can read, in place of nothing: an existing file stays.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let fault = |error: std::io::Error| Fault::File {
        file: path.to_owned(),
        verb: "written",
        reason: match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                "a file of that name is there already; choose another".to_owned()
            }
            _ => error.to_string(),
        },
    };
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(fault)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fault)
}
