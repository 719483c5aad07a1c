//! `[blueprint]` exactly as it was typed.
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use toml::de::DeValue;

use super::file::List;
use super::problem::{At, join};
use super::read::{Field, Parse, Reader, Table, section};

section! {
    /// `[blueprint]`: the locations to make at the providers.
    BlueprintFile {
        /// Whose everything will be.
        owner: String,
        /// The system of all servers.
        image: String,
        /// Who may log in.
        ssh_keys: List<SshKeyFile>,
        /// The locations.
        locations: List<LocationFile>,
        /// Where the generated passwords and keys are kept.
        secrets: String,
        /// What the servers run.
        service: RunFile,
    }
}

section! {
    /// `[blueprint.service]`: what the servers run.
    RunFile {
        /// The name visitors use.
        host: String,
        /// Where the certificate authority writes to.
        acme_contact: String,
        /// Its directory.
        acme_directory: String,
        /// The folder with the application.
        application: String,
        /// The folder in it that is served.
        document_root: String,
        /// The path of the health page.
        health_path: String,
        /// A text in it.
        health_contains: String,
        /// How HAProxy shares the visitors among the application servers.
        balance: cloud_api::boot::Balance,
        /// The database's name.
        database: String,
        /// The application's user there.
        database_user: String,
        /// SQL that fills the empty database.
        schema: String,
        /// Whether writes wait for the other location.
        semi_sync: bool,
        /// Role `dns`: the zone.
        zone: String,
        /// Role `dns`: what is in it at first.
        zone_file: String,
        /// Role `dns`: where the zone is copied from instead.
        zone_primary: DnsPeerFile,
        /// Role `dns`: who else may copy the zone.
        zone_secondaries: List<DnsPeerFile>,
        /// Role `watcher`: the configuration it gets.
        watcher_config: String,
        /// Role `watcher`: secret files it gets, by name.
        watcher_credentials: BTreeMap<String, Field<String>>,
        /// Role `watcher`: the program for each kind of processor.
        watcher_binaries: List<BinaryFile>,
    }
}

section! {
    /// `zone_primary` and `[[blueprint.service.zone_secondaries]]`: a name server elsewhere.
    DnsPeerFile {
        /// A name for it.
        name: String,
        /// Its address.
        address: Ipv4Addr,
    }
}

section! {
    /// `[[blueprint.service.watcher_binaries]]`: a program to download.
    BinaryFile {
        /// For which processors.
        architecture: cloud_api::Architecture,
        /// From where.
        url: String,
        /// Its SHA-256.
        sha256: String,
    }
}

section! {
    /// `[[blueprint.ssh_keys]]`: somebody who may log in.
    SshKeyFile {
        /// The key's name.
        name: String,
        /// The user it logs in as.
        user: String,
        /// One line as in `authorized_keys`, or where to find it.
        public_key: String,
    }
}

section! {
    /// `[[blueprint.locations]]`: one location.
    LocationFile {
        /// Its name.
        name: String,
        /// The provider's id.
        provider: String,
        /// Zones or locations, in order of preference.
        places: List<String>,
        /// The addresses of its private network.
        range: String,
        /// The system of its servers, if another one.
        image: String,
        /// Its servers by role.
        servers: List<ServersFile>,
    }
}

section! {
    /// `[[blueprint.locations.servers]]`: the servers of one role.
    ServersFile {
        /// What they are for.
        role: cloud_api::Role,
        /// Their type.
        machine: String,
        /// How many.
        count: u32,
        /// The size of their disks in GB.
        disk_gb: u32,
    }
}
