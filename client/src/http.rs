//! HTTP/1.1 as far as a witness needs it: a head, a body of known length, answers one after the
//! other. `httparse` reads heads; everything is bounded and nothing is guessed.
//!
//! Not here: TLS, chunked bodies, redirects, proxies. A witness stands behind whatever gives it
//! these; what a witness signs needs no secrecy on the way.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// The most bytes of a head.
const HEAD_LIMIT: usize = 8192;
const HEADERS: usize = 32;
/// How long either side waits for the other.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Why a message cannot be had. Nothing of it was acted on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// The connection failed, or the other side took too long.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Not HTTP/1.1 as it is read here.
    #[error("{0}")]
    Malformed(&'static str),
    /// The body is longer than what was asked for may be.
    #[error("the message is too large")]
    TooLarge,
}

/// What a client asks for.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
    /// Whether the client waits for more on this connection.
    pub(crate) more: bool,
}

/// What a server answers.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

/// One connection, and what came in on it and was not read yet.
pub(crate) struct Connection<S> {
    stream: S,
    came: Vec<u8>,
}

impl<S: Read + Write> Connection<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, came: Vec::new() }
    }

    /// The next request; none when the client has closed the connection between two.
    pub(crate) fn request(&mut self, body_limit: usize) -> Result<Option<Request>, HttpError> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; HEADERS];
            let mut head = httparse::Request::new(&mut headers);
            let parsed = head.parse(&self.came).map_err(|_| HttpError::Malformed("malformed request"))?;
            if let httparse::Status::Complete(length) = parsed {
                let (method, path) = (head.method.unwrap_or_default(), head.path.unwrap_or_default());
                let (method, path) = (method.to_owned(), path.to_owned());
                let more = head.version == Some(1) && !asks_to_close(head.headers);
                let body = body_length(head.headers)?.unwrap_or(0);
                return Ok(Some(Request { method, path, body: self.take(length, body, body_limit)?, more }));
            }
            if !self.fill()? {
                let clean = self.came.is_empty();
                return if clean { Ok(None) } else { Err(HttpError::Malformed("the request ends early")) };
            }
        }
    }

    pub(crate) fn answer(&mut self, response: &Response, more: bool) -> io::Result<()> {
        let Response { status, content_type, body } = response;
        let connection = if more { "keep-alive" } else { "close" };
        let head = format!(
            "HTTP/1.1 {status} {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: {connection}\r\n\r\n",
            reason(*status),
            body.len()
        );
        self.stream.write_all(&[head.as_bytes(), body.as_slice()].concat())?;
        self.stream.flush()
    }

    /// The answer to a request that was sent: its status and body.
    fn response(&mut self, body_limit: usize) -> Result<(u16, Vec<u8>), HttpError> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; HEADERS];
            let mut head = httparse::Response::new(&mut headers);
            let parsed = head.parse(&self.came).map_err(|_| HttpError::Malformed("malformed answer"))?;
            if let httparse::Status::Complete(length) = parsed {
                let status = head.code.unwrap_or_default();
                let missing = HttpError::Malformed("an answer without a length");
                let body = body_length(head.headers)?.ok_or(missing)?;
                return Ok((status, self.take(length, body, body_limit)?));
            }
            if !self.fill()? {
                return Err(HttpError::Malformed("the answer ends early"));
            }
        }
    }

    /// Takes a body of this length, after a head of that one.
    fn take(&mut self, head: usize, body: usize, limit: usize) -> Result<Vec<u8>, HttpError> {
        if body > limit {
            return Err(HttpError::TooLarge);
        }
        self.came.drain(..head);
        while self.came.len() < body {
            let mut rest = vec![0; (body - self.came.len()).min(HEAD_LIMIT)];
            let read = self.stream.read(&mut rest)?;
            if read == 0 {
                return Err(HttpError::Malformed("the body ends early"));
            }
            self.came.extend(rest.into_iter().take(read));
        }
        Ok(self.came.drain(..body).collect())
    }

    /// Reads some more of a head; false at the end of the stream.
    fn fill(&mut self) -> Result<bool, HttpError> {
        if self.came.len() >= HEAD_LIMIT {
            return Err(HttpError::TooLarge);
        }
        let mut more = [0; 1024];
        let read = self.stream.read(&mut more)?;
        self.came.extend(more.iter().take(read));
        Ok(read > 0)
    }
}

/// A body's length. One way to say it: a second length, or a length by another header, is refused.
fn body_length(headers: &[httparse::Header<'_>]) -> Result<Option<usize>, HttpError> {
    if headers.iter().any(|header| header.name.eq_ignore_ascii_case("transfer-encoding")) {
        return Err(HttpError::Malformed("only bodies with a Content-Length are read"));
    }
    let mut lengths = headers.iter().filter(|header| header.name.eq_ignore_ascii_case("content-length"));
    let Some(first) = lengths.next() else { return Ok(None) };
    let digits =
        std::str::from_utf8(first.value).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    let length = digits.and_then(|digits| digits.parse().ok()).filter(|_| lengths.next().is_none());
    length.map(Some).ok_or(HttpError::Malformed("malformed Content-Length"))
}

fn asks_to_close(headers: &[httparse::Header<'_>]) -> bool {
    headers.iter().any(|header| {
        header.name.eq_ignore_ascii_case("connection") && header.value.eq_ignore_ascii_case(b"close")
    })
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        422 => "Unprocessable Entity",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

/// Where something is to be had: `http://host:port` and a path in front of every name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url {
    authority: String,
    prefix: String,
}

impl Url {
    /// Reads an address of the form `http://host[:port][/prefix]`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("http://")?;
        let (authority, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let host = !authority.is_empty() && !authority.contains(['@', '?', '#']);
        let path = !prefix.contains(['?', '#']);
        if !(plain(authority) && plain(prefix) && host && path) {
            return None;
        }
        let prefix = prefix.trim_end_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
        Some(Self { authority: authority.to_owned(), prefix })
    }

    /// Sends a body to a name under this address and gives status and body of the answer.
    pub(crate) fn post(&self, name: &str, body: &[u8], limit: usize) -> Result<(u16, Vec<u8>), HttpError> {
        let Self { authority, prefix } = self;
        let places: Vec<SocketAddr> = if authority.rsplit(']').next().is_some_and(|rest| rest.contains(':')) {
            authority.to_socket_addrs()?.collect()
        } else {
            (authority.trim_matches(['[', ']']), 80).to_socket_addrs()?.collect()
        };
        let mut reached = Err(HttpError::Malformed("there is no such host"));
        for place in places {
            reached = TcpStream::connect_timeout(&place, PATIENCE).map_err(HttpError::Io);
            if reached.is_ok() {
                break;
            }
        }
        let stream = reached?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let head = format!(
            "POST {prefix}/{name} HTTP/1.1\r\nHost: {authority}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let mut connection = Connection::new(stream);
        connection.stream.write_all(&[head.as_bytes(), body].concat())?;
        connection.response(limit)
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}{}", self.authority, self.prefix)
    }
}
