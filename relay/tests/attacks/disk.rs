//! L1 on the disk itself: what no kill can show, because the kernel outlives the process.
//!
//! The real relay runs under strace, which writes a call down before the process goes on. So when a
//! receipt arrives here, whatever the relay did to the disk before it signed stands in the trace.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::process::Command;

use entente_wire::answer::{Answer, Refusal};

use crate::loss::Process;
use crate::support::*;

/// `strace` with these arguments, which writes to `trace`.
fn strace(trace: &Path, arguments: &[&str]) -> Command {
    let found = Command::new("strace").arg("--version").output().is_ok();
    assert!(found, "strace is missing: run `sh tests/install`, or on Debian: apt-get install strace");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-y", "-s", "0", "-o"]).arg(trace).args(arguments);
    command
}

/// The files under `folder` that were written since they were last synced, by a trace with paths (`-y`).
fn unsynced(trace: &str, folder: &Path) -> BTreeSet<String> {
    let folder = folder.canonicalize().unwrap();
    let mut unsynced = BTreeSet::new();
    let mut begun = HashMap::new();
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        // A call that another thread's came into the middle of stands on two lines.
        let call = call.trim_start();
        let (call, result) = match call.strip_prefix("<... ") {
            Some(rest) => (begun.remove(thread).unwrap_or_default(), rest),
            None => (call.to_owned(), call),
        };
        if let Some(begin) = call.strip_suffix("<unfinished ...>") {
            begun.insert(thread, begin.to_owned());
            continue;
        }
        let Some((name, arguments)) = call.split_once('(') else { continue };
        let Some(path) = arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>')) else {
            continue;
        };
        let (path, succeeded) = (path.0.to_owned(), !result.contains("= -1"));
        if !Path::new(&path).starts_with(&folder) {
            continue;
        }
        match name {
            "fsync" | "fdatasync" if succeeded => drop(unsynced.remove(&path)),
            "fsync" | "fdatasync" => {}
            _ => drop(unsynced.insert(path)),
        }
    }
    unsynced
}

#[test]
fn a_trace_is_read_as_strace_writes_it() {
    let store = tempfile::tempdir().unwrap();
    let path = store.path().canonicalize().unwrap();
    let path = path.display();
    let (left, right) = (format!("{path}/0.jnl"), format!("{path}/1.sst"));
    let trace = format!(
        "71  write(12<{left}>, \"\"..., 16502) = 16502\n\
         72  fsync(13<{right}> <unfinished ...>\n\
         71  write(13<{right}>, \"\"..., 9 <unfinished ...>\n\
         72  <... fsync resumed>)             = 0\n\
         71  <... write resumed>)             = 9\n\
         73  write(1</dev/null>, \"\"..., 9) = 9\n"
    );
    let both = BTreeSet::from([left.clone(), right.clone()]);
    assert_eq!(unsynced(&trace, store.path()), both);
    let failed = format!("{trace}71  fdatasync(12<{left}>) = -1 EIO (Input/output error) (INJECTED)\n");
    assert_eq!(unsynced(&failed, store.path()), both);
    let synced = format!("{failed}71  fdatasync(12<{left}>) = 0\n");
    assert_eq!(unsynced(&synced, store.path()), BTreeSet::from([right]));
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_a_receipt_comes_after_the_fsync_of_all_that_was_written() {
    let place = tempfile::tempdir().unwrap();
    let (data, trace) = (place.path().join("relay"), place.path().join("trace"));
    let calls = "trace=write,writev,pwrite64,pwritev,fsync,fdatasync";
    let process = Process::start_under(strace(&trace, &["-e", calls]), &data, "127.0.0.1:0");
    let mut client = Client::connect(&process.address).await;
    let (_, grant) = mailbox(&mut client, &process.address, 128).await;
    let store = data.join("store");
    let mut before = 0;
    for number in 0..20 {
        client.leave(&grant, &parcel(&grant, &[number])).await;
        let trace = fs::read_to_string(&trace).unwrap();
        let since = trace.get(before..).unwrap();
        assert!(since.contains(&store.display().to_string()), "nothing was written for parcel {number}");
        assert_eq!(unsynced(&trace, &store), BTreeSet::new(), "a receipt for parcel {number} came before");
        before = trace.len();
    }
    process.terminate_under();
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_the_first_fsync_that_fails_is_the_last() {
    let place = tempfile::tempdir().unwrap();
    let (data, trace) = (place.path().join("relay"), place.path().join("trace"));
    // What a start syncs is behind it: the next start syncs little, and each commit once.
    Process::start(&data, "127.0.0.1:0").terminate();
    // Only the thirtieth sync of a thread fails. Whoever tries again after it is answered that all is well.
    let fail = "inject=fsync,fdatasync:error=EIO:when=30..30";
    let calls = ["-e", "trace=fsync,fdatasync", "-e", fail];
    let process = Process::start_under(strace(&trace, &calls), &data, "127.0.0.1:0");
    let mut client = Client::connect(&process.address).await;
    let (mailbox, grant) = mailbox(&mut client, &process.address, 128).await;
    let (mut kept, mut refused) = (Vec::new(), 0);
    for number in 0..60 {
        let parcel = parcel(&grant, &[number]);
        match client.deposit(&grant, &parcel).await {
            Some(Answer::Receipt(receipt)) => kept.push(receipt.parcel),
            Some(Answer::Refusal(Refusal::Unavailable)) => refused += 1,
            other => panic!("{other:?}"),
        }
        assert!(refused == 0 || kept.len() + refused == usize::from(number) + 1);
        assert!(refused == 0 || kept.len() < 30, "a receipt was given after an fsync had failed");
    }
    assert!(refused > 30, "no fsync failed");
    let failed = fs::read_to_string(&trace).unwrap().matches("(INJECTED)").count();
    assert_eq!(failed, 1);
    process.terminate_under();

    // Started again on a disk that works, it has all that it gave receipts for.
    let process = Process::start(&data, "127.0.0.1:0");
    let mut reader = Client::connect(&process.address).await;
    assert_eq!(reader.watch(&mailbox).await, Answer::Done);
    for digest in kept {
        let delivered = reader.parcel().await.digest();
        assert_eq!(delivered, digest);
        assert_eq!(reader.erase(&mailbox, &[digest]).await, Answer::Done);
    }
    process.terminate();
}
