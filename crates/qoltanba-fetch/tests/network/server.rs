//! A server that answers as told, well or badly.

use std::{
    collections::HashMap,
    fmt,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// How a path is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// 200 with this body.
    Body(Vec<u8>),
    /// This status with these header lines, and a body.
    Status(u16, &'static str, Vec<u8>),
    /// These octets, then the connection is closed.
    Raw(Vec<u8>),
    /// Headers that announce the body, then octet after octet with this rest between them.
    Drip(Vec<u8>, Duration),
    /// Nothing, for as long as the client waits.
    Silence,
    /// A body without an end.
    Endless,
    /// One after the other; the last one stays.
    Turns(Vec<Answer>),
    /// What this makes of the body that was posted.
    Made(Make),
}

/// Makes an answer out of a request.
#[derive(Clone)]
pub(crate) struct Make(Arc<Maker>);

type Maker = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

impl Make {
    pub(crate) fn by(make: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Answer {
        Answer::Made(Self(Arc::new(make)))
    }
}

impl fmt::Debug for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Make")
    }
}

/// What a client asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

#[derive(Clone)]
pub(crate) struct Server {
    port: u16,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            answers: Arc::default(),
            asked: Arc::default(),
        };
        let own = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = own.clone();
                thread::spawn(move || server.serve(stream));
            }
        });
        server
    }

    /// A server that another process runs.
    pub(crate) fn elsewhere(port: u16) -> Self {
        Self { port, answers: Arc::default(), asked: Arc::default() }
    }

    pub(crate) fn with(self, path: &str, answer: Answer) -> Self {
        self.set(path, answer);
        self
    }

    pub(crate) fn set(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// The address of a path.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Everything that was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// The files that were asked for since the last time.
    pub(crate) fn paths(&self) -> Vec<String> {
        let asked = self.asked();
        let got = asked.iter().filter_map(|a| a.line.strip_prefix("GET "));
        got.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    }

    fn serve(&self, mut stream: TcpStream) {
        let Some(asked) = read(&stream) else { return };
        let posted = asked.body.clone();
        let target = asked.line.split(' ').nth(1).unwrap_or_default().to_owned();
        self.asked.lock().unwrap().push(asked);
        let answer = {
            let mut answers = self.answers.lock().unwrap();
            match answers.get_mut(&target) {
                Some(Answer::Turns(turns)) if turns.len() > 1 => turns.remove(0),
                Some(Answer::Turns(turns)) => turns[0].clone(),
                Some(Answer::Made(make)) => Answer::Body(make.0(&posted)),
                Some(answer) => answer.clone(),
                None => Answer::Status(404, "", b"<html>no</html>".to_vec()),
            }
        };
        // The client may have gone.
        let _ = give(&mut stream, answer);
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut lines = lines.into_iter();
    let line = lines.next()?;
    let headers: Vec<String> = lines.collect();
    let length = headers
        .iter()
        .find_map(|h| h.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { line, headers, body })
}

fn give(stream: &mut TcpStream, answer: Answer) -> std::io::Result<()> {
    let head = |status: u16, more: &str, length: usize| {
        format!("HTTP/1.1 {status} X\r\n{more}Content-Length: {length}\r\n\r\n")
    };
    match answer {
        Answer::Body(body) => {
            stream.write_all(head(200, "", body.len()).as_bytes())?;
            stream.write_all(&body)
        }
        Answer::Status(status, more, body) => {
            stream.write_all(head(status, more, body.len()).as_bytes())?;
            stream.write_all(&body)
        }
        Answer::Raw(octets) => stream.write_all(&octets),
        Answer::Drip(body, rest) => {
            stream.write_all(head(200, "", body.len()).as_bytes())?;
            for octet in body {
                stream.write_all(&[octet])?;
                thread::sleep(rest);
            }
            Ok(())
        }
        Answer::Silence => {
            // Until the client closes.
            let _ = stream.read(&mut [0]);
            Ok(())
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            loop {
                stream.write_all(b"10000\r\n")?;
                stream.write_all(&[0x30; 0x10000])?;
                stream.write_all(b"\r\n")?;
            }
        }
        Answer::Turns(_) | Answer::Made(_) => Ok(()),
    }
}
