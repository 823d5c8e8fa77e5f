//! The counts over HTTP/1.0, on the loopback alone: one page, one bounded request a connection.
//!
//! The one question is answered in fewer lines than a server library takes to set up, and none of those at hand
//! comes without a stack of its own: see `docs/decisions`.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::metrics::Metrics;

/// Bytes of a request at most, its headers included.
const REQUEST_BYTES: usize = 4_096;
/// How long a client may take to ask, and to take the answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is looked whether somebody asks, or the relay stops.
const LOOK: Duration = Duration::from_millis(200);

/// Listens at `at`, which must be of the loopback, and answers one after another until the relay stops.
pub(crate) fn expose(
    at: SocketAddr,
    metrics: Arc<Metrics>,
    stopping: watch::Receiver<bool>,
) -> io::Result<()> {
    if !at.ip().is_loopback() {
        let why = "metrics are for this machine alone: give an address of 127.0.0.0/8 or [::1]";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let listener = TcpListener::bind(at)?;
    listener.set_nonblocking(true)?;
    let answering = move || {
        while !*stopping.borrow() {
            match listener.accept() {
                // Whoever asks badly gets no answer, and it is nobody else's business.
                Ok((stream, _)) => drop(answer(&stream, &metrics)),
                Err(_) => thread::sleep(LOOK),
            }
        }
    };
    thread::Builder::new().name("metrics".to_owned()).spawn(answering)?;
    Ok(())
}

fn answer(mut stream: &TcpStream, metrics: &Metrics) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    let until = Instant::now() + PATIENCE;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut request = Vec::new();
    let mut chunk = [0; 512];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < REQUEST_BYTES {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        let read = stream.read(&mut chunk)?;
        let Some(chunk) = chunk.get(..read).filter(|chunk| !chunk.is_empty()) else { break };
        request.extend_from_slice(chunk);
    }
    let (status, body) = respond(&request, metrics);
    write!(
        stream,
        "HTTP/1.0 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Status and body for a request. A page elsewhere that has its own name resolve to this machine is told apart by
/// the host that its browser sends.
fn respond(request: &[u8], metrics: &Metrics) -> (&'static str, String) {
    let text = std::str::from_utf8(request).unwrap_or_default();
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return ("400 Bad Request", String::new()) };
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (words.next(), words.next());
    let foreign = lines
        .filter_map(|line| line.split_once(':'))
        .any(|(name, value)| name.eq_ignore_ascii_case("host") && !is_loopback(value.trim()));
    match (method, path) {
        _ if foreign => ("403 Forbidden", String::new()),
        (Some("GET"), Some("/metrics")) => ("200 OK", metrics.to_text()),
        (Some("GET"), _) => ("404 Not Found", String::new()),
        _ => ("405 Method Not Allowed", String::new()),
    }
}

fn is_loopback(host: &str) -> bool {
    let is_address = |host: &str| {
        host.parse::<SocketAddr>().is_ok_and(|at| at.ip().is_loopback())
            || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    };
    is_address(host) || host.split(':').next() == Some("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_is_given_and_only_to_this_machine() {
        let metrics = Metrics::default();
        let asked = |request: &str| respond(request.as_bytes(), &metrics).0;
        for host in ["127.0.0.1:9100", "127.0.0.1", "localhost:9100", "[::1]:9100", "[::1]"] {
            assert_eq!(asked(&format!("GET /metrics HTTP/1.1\r\nHost: {host}\r\n\r\n")), "200 OK");
        }
        assert_eq!(asked("GET /metrics HTTP/1.0\r\n\r\n"), "200 OK");
        assert_eq!(asked("GET / HTTP/1.0\r\n\r\n"), "404 Not Found");
        assert_eq!(asked("POST /metrics HTTP/1.0\r\n\r\n"), "405 Method Not Allowed");
        assert_eq!(asked("GET /metrics HTTP/1.1\r\nhost: a.example:9100\r\n\r\n"), "403 Forbidden");
        assert_eq!(asked("GET /metrics HTTP/1.1\r\n"), "400 Bad Request");
        assert_eq!(respond(&[0xff; 9], &metrics).0, "400 Bad Request");
    }
}
