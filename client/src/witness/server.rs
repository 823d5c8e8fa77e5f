//! The witness as an HTTP server: a thread a connection, a bounded number of them.
//!
//! | request | answer |
//! |---|---|
//! | `POST /add-checkpoint` | the cosignature, or a status of c2sp.org/tlog-witness |
//! | `GET /<SHA-256 of the log's name>/checkpoint` | the last checkpoint cosigned |

use std::convert::Infallible;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use entente_log::add_checkpoint::{MAX_REQUEST_BYTES, NotCosigned};

use super::{Witness, WitnessError};
use crate::http::{Connection, HttpError, PATIENCE, Request, Response};

/// Connections that are served at a time.
const CONNECTIONS: usize = 64;
const TEXT: &str = "text/plain; charset=utf-8";

/// Serves until the listener fails.
///
/// # Errors
/// The listener's.
pub fn serve(listener: &TcpListener, witness: &Arc<Witness>) -> io::Result<Infallible> {
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let (stream, _) = match listener.accept() {
            // The client went away before it was accepted.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            accepted => accepted?,
        };
        if open.fetch_add(1, Ordering::AcqRel) >= CONNECTIONS {
            open.fetch_sub(1, Ordering::AcqRel);
            let _ = Connection::new(stream).answer(&plain(503), false);
            continue;
        }
        let (witness, place) = (Arc::clone(witness), Place(Arc::clone(&open)));
        // A thread that cannot be had gives its place back, as one that ends does.
        let _ = std::thread::Builder::new().spawn(move || {
            let _place = place;
            // A connection that fails concerns its client alone.
            let _ = converse(stream, &witness);
        });
    }
}

/// One of the connections at a time, given back however it ends.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn converse(stream: TcpStream, witness: &Witness) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut connection = Connection::new(stream);
    loop {
        match connection.request(MAX_REQUEST_BYTES) {
            Ok(None) | Err(HttpError::Io(_)) => return Ok(()),
            Ok(Some(request)) => {
                let more = request.more;
                connection.answer(&respond(&request, witness), more)?;
                if !more {
                    return Ok(());
                }
            }
            Err(HttpError::TooLarge) => return connection.answer(&plain(413), false),
            Err(HttpError::Malformed(_)) => return connection.answer(&plain(400), false),
        }
    }
}

fn respond(request: &Request, witness: &Witness) -> Response {
    let checkpoint = request.path.strip_prefix('/').and_then(|path| path.strip_suffix("/checkpoint"));
    match (request.method.as_str(), request.path.as_str(), checkpoint) {
        ("POST", "/add-checkpoint", _) => add_checkpoint(&request.body, witness),
        (_, "/add-checkpoint", _) => plain(405),
        ("GET", _, Some(hash)) => match witness.last_by_hash(hash) {
            Ok(Some(signed)) => text(200, signed.to_string()),
            Ok(None) => plain(404),
            Err(_) => plain(500),
        },
        _ => plain(404),
    }
}

fn add_checkpoint(body: &[u8], witness: &Witness) -> Response {
    let Ok(now) = SystemTime::now().duration_since(UNIX_EPOCH) else { return plain(500) };
    match witness.add_checkpoint(body, now.as_secs()) {
        Ok(line) => text(200, format!("{line}\n")),
        Err(WitnessError::NotCosigned(NotCosigned::Conflict(size))) => {
            Response { status: 409, content_type: "text/x.tlog.size", body: format!("{size}\n").into_bytes() }
        }
        Err(WitnessError::NotCosigned(why)) => text(why.status(), format!("{why}\n")),
        Err(error) => {
            tracing::error!(%error, "nothing was cosigned");
            plain(500)
        }
    }
}

fn text(status: u16, body: String) -> Response {
    Response { status, content_type: TEXT, body: body.into_bytes() }
}

fn plain(status: u16) -> Response {
    text(status, String::new())
}
