//! Runs the clients by turns.
//!
//! On a shared machine the speed changes from second to second by more than the difference to be measured. For this reason a
//! client runs for a fraction of a second, is stopped, and continues at its next turn. Its result is divided by the time of its
//! turns.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Long in comparison with the last responses to a client, which the server sends in the turn of the next client.
pub const TURN: Duration = Duration::from_millis(25);
/// `wrk` ignores an interrupt directly after it continues.
const AWAKE: Duration = Duration::from_millis(5);
/// The time limit for a client to end.
const LONG: Duration = Duration::from_secs(60);

/// Runs the programs by turns until they end, and interrupts them after the given number of turns. Returns the time of the
/// turns in seconds and the output of each program. Each `round` begins with another program, as the first has a cold start.
pub fn by_turns(programs: impl Iterator<Item = Command>, round: usize, turns: usize) -> Vec<(f64, String)> {
    let mut programs: Vec<_> = programs.collect();
    let count = programs.len();
    programs.rotate_left(round % count);
    let mut clients: Vec<_> = programs.into_iter().map(Client::start).collect();
    for cycle in 0..turns {
        if clients.iter().all(|client| client.ended) {
            break;
        }
        // In both directions, so that a program does not always run after the same one.
        for at in (0..count).map(|at| (at + cycle) % count) {
            clients[if cycle % 2 == 0 { at } else { count - 1 - at }].turn();
        }
    }
    clients.iter_mut().for_each(Client::interrupt);
    let mut results: Vec<_> = clients.into_iter().map(Client::result).collect();
    results.rotate_right(round % count);
    results
}

struct Client {
    process: Child,
    handle: OwnedFd,
    ran: Duration,
    ended: bool,
}

impl Client {
    /// Starts the program and its first turn.
    fn start(mut program: Command) -> Self {
        let begin = Instant::now();
        let process = program
            .stdout(Stdio::piped())
            .spawn()
            .expect("taskset, wrk and curl start; install util-linux, wrk and curl");
        let handle = pidfd_open(Pid::from_child(&process), PidfdFlags::empty()).unwrap();
        let mut client = Self { process, handle, ran: Duration::ZERO, ended: false };
        client.ended = client.ends_within(TURN);
        client.stop(begin);
        client
    }

    fn turn(&mut self) {
        if !self.ended {
            let begin = Instant::now();
            self.signal(Signal::CONT);
            self.ended = self.ends_within(TURN);
            self.stop(begin);
        }
    }

    /// Ends the program by an interrupt if it still runs.
    fn interrupt(&mut self) {
        if !self.ended {
            let begin = Instant::now();
            self.signal(Signal::CONT);
            self.ends_within(AWAKE);
            self.signal(Signal::INT);
            self.ended = self.ends_within(LONG);
            self.stop(begin);
        }
    }

    fn stop(&mut self, begin: Instant) {
        if !self.ended {
            self.signal(Signal::STOP);
        }
        self.ran += begin.elapsed();
    }

    fn signal(&self, signal: Signal) {
        pidfd_send_signal(&self.handle, signal).unwrap();
    }

    fn ends_within(&self, time: Duration) -> bool {
        let time = Timespec::try_from(time).unwrap();
        poll(&mut [PollFd::new(&self.handle, PollFlags::IN)], Some(&time)).unwrap() > 0
    }

    /// Returns the time of the turns in seconds, and the output.
    fn result(mut self) -> (f64, String) {
        assert!(self.ended, "{:?} does not end after an interrupt", self.process);
        let mut text = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        let status = self.process.wait().unwrap();
        assert!(status.success(), "{status}");
        (self.ran.as_secs_f64(), text)
    }
}

/// Leaves no stopped process behind.
impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
