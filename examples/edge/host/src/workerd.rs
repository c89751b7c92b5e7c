//! Runs workerd as a process on a free port of loopback.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::{Result, make};

/// A workerd process that serves a folder. Dropping it ends the process.
pub(crate) struct Workerd {
    process: Child,
    log: PathBuf,
    pub(crate) address: SocketAddr,
}

impl Workerd {
    /// Starts workerd, and waits until it listens.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let log = folder.join("workerd.log");
        // Starts the program itself: `kill` would end only npm's script around it.
        let mut process = Command::new(make::program("@cloudflare", "workerd")?)
            .args(["serve", "--control-fd=1"])
            .arg(folder.join("config.capnp"))
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?;
        let events = process.stdout.take().ok_or("no stdout")?;
        let mut this = Self { process, log, address: (Ipv4Addr::LOCALHOST, 0).into() };
        for event in BufReader::new(events).lines() {
            let event: Value = serde_json::from_str(&event?)?;
            if event["event"] == "listen" {
                this.address.set_port(serde_json::from_value(event["port"].clone())?);
                return Ok(this);
            }
        }
        Err(format!("workerd did not start:\n{}", std::fs::read_to_string(&this.log)?).into())
    }

    /// Ends workerd. Returns the failures with the end of its log.
    pub(crate) fn stop(self, name: &str, failures: Vec<String>) -> Result<()> {
        if failures.is_empty() {
            println!("{name}: no failures");
            return Ok(());
        }
        let log = std::fs::read_to_string(&self.log)?;
        let log = log.lines().rev().take(40).collect::<Vec<_>>();
        let log = log.into_iter().rev().collect::<Vec<_>>().join("\n");
        Err(format!("{name}: {} failures\n{}\n\nthe end of workerd's log:\n{log}", failures.len(), failures.join("\n"))
            .into())
    }
}

impl Drop for Workerd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
