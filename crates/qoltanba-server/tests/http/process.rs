//! The service as a process of its own, which can be killed and measured: the test binary, called
//! anew with the name of one test.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use qoltanba_server::{App, Clock, Config, Server};

use crate::house::{House, NOW};

/// Names the settings for the process that serves.
const SETTINGS: &str = "QOLTANBA_TEST_SETTINGS";

/// Not a test: what the process of its own does.
#[test]
fn served_by_a_process_of_its_own() {
    let Ok(path) = std::env::var(SETTINGS) else { return };
    let config = Config::load(Some(Path::new(&path)), std::iter::empty()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = App::with_clock(config, Clock::Fixed(NOW.parse().unwrap())).unwrap();
        let server = Server::bind(app).await.unwrap();
        println!("listening {}", server.local_addr());
        server.run(std::future::pending()).await;
    });
}

/// Ends with its value.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Serves a house; `before` is for the shell, which limits what the process may do.
    pub(crate) fn start(house: &House, before: &[&str]) -> Self {
        let script = format!(
            "{} exec \"$0\" --exact process::served_by_a_process_of_its_own --nocapture",
            before.join(" ")
        );
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(std::env::current_exe().unwrap());
        command.env(SETTINGS, house.folder.path().join("server.toml"));
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.map(Result::unwrap).find_map(|line| {
            line.split_once("listening ").map(|(_, address)| address.parse().unwrap())
        });
        Self { child, address: address.unwrap() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
