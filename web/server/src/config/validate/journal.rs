//! `[journal]`: what must survive a restart, and what is kept for a replay.
use std::path::PathBuf;
use std::time::Duration;

use watcher::Retention;

use crate::config::file::File;
use crate::config::read::{Field, Reader};
use crate::config::secret::Surroundings;

/// A move is looked at again within months, not decades.
const KEPT_MAX: Duration = Duration::from_secs(3650 * 86_400);

pub fn journal(file: &File, around: &Surroundings<'_>, reader: &mut Reader<'_>) -> Option<PathBuf> {
    let why = "write [journal] with path = \"/var/lib/schwenk/journal.db\"; \
               a restart continues from there";
    let section = reader.need(&file.at, "journal", file.journal.as_ref(), why)?;
    let path = reader.need(&section.at, "path", section.value.path.as_ref(), why)?;
    let file = around.path(&path.value);
    if path.value.is_empty() || file.is_dir() {
        let message = format!("\"{}\" is not a file; {why}", path.value);
        reader.error(&path.at, message);
        return None;
    }
    Some(file)
}

pub fn retention(file: &File, reader: &mut Reader<'_>) -> Retention {
    let mut retention = Retention::default();
    let Some(Field { value: section, .. }) = &file.journal else { return retention };
    let mut age = |field: Option<&Field<Duration>>, to: &mut Duration| {
        let Some(field) = field else { return };
        if field.value > KEPT_MAX {
            reader.error(&field.at, "facts can be kept for 10 years at most; write \"90 days\"");
        }
        *to = field.value;
    };
    age(section.facts_for.as_ref(), &mut retention.quiet_for);
    age(section.moves_for.as_ref(), &mut retention.moves_for);
    if let Some(field) = &section.facts_max_mb {
        if field.value == 0 {
            let message = "there must be room for some; to record none, write facts_for = \"0 s\"";
            reader.error(&field.at, message);
        }
        retention.max_bytes = u64::from(field.value) << 20;
    }
    retention
}
