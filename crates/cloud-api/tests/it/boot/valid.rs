//! Every file of every server is what its own program wants.
use std::collections::HashSet;

use super::programs::{Root, are_there};
use super::sample::all;
use super::validators::judge;

/// What only its reader knows about: SQL is run in the database's own test, the configuration and
/// the credentials of the watcher are the operator's.
const NOT_JUDGED: [&str; 5] = [
    "/etc/schwenk/db/first.sql",
    "/etc/schwenk/db/accounts.sql",
    "/etc/schwenk/db/replicate.sql",
    "/etc/schwenk/db/schema.sql",
    "/etc/schwenk/schwenk.toml",
];

#[test]
fn every_rendered_file_is_accepted_by_the_program_that_reads_it() {
    if !are_there() {
        return;
    }
    // Much is the same on all servers and is judged once.
    let mut judged = HashSet::new();
    for sample in all() {
        for host in sample.hosts() {
            let files = sample.files(&host);
            let root = Root::of(&files);
            for file in &files {
                let path = file.path.as_str();
                if NOT_JUDGED.contains(&path) || path.starts_with("/etc/schwenk/credentials/") {
                    continue;
                }
                if !judged.insert((file.path.clone(), file.content().to_vec())) {
                    continue;
                }
                let said =
                    judge(&root, path).unwrap_or_else(|| panic!("nobody judges {path} of {host}"));
                if let Err(complaint) = said {
                    panic!("{}, {host}, {path}: {complaint}", sample.what);
                }
            }
        }
    }
}
