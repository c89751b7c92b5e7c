//! Cloudflare's runtime as a process, on a port of loopback that is free.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::{Result, make};

/// A runtime that serves a folder; dropped, it ends.
pub(crate) struct Workerd {
    process: Child,
    log: PathBuf,
    pub(crate) address: SocketAddr,
}

impl Workerd {
    /// Waits until it listens.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let log = folder.join("workerd.log");
        // The program itself, not npm's script around it: its process is the one to end.
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

    /// Ends it, and says what failed while it ran.
    pub(crate) fn stop(self, name: &str, failures: Vec<String>) -> Result<()> {
        if failures.is_empty() {
            println!("{name}: as wanted");
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
