//! What Google offers: zones, machine types and images.
use cloud_http::{Call, Error, Failure, Kind, Request, encode};

use super::GoogleCompute;
use super::offered::{Deprecation, MachineType, WireImage, Zone, architecture};
use crate::place::{Image, Machine, Place};
use crate::validate::check_word;

/// The most names in an error message.
const NAMES_MAX: usize = 12;

impl GoogleCompute {
    pub(super) async fn zones(&self, call: Call) -> Result<Vec<Place>, Error> {
        let request = Request::read("list zones", self.path("zones"));
        let zones: Vec<Zone> = self.list(request, call).await?;
        Ok(zones.into_iter().map(Zone::place).collect())
    }

    pub(super) async fn machine_types(
        &self,
        zone: &str,
        call: Call,
    ) -> Result<Vec<Machine>, Error> {
        let doing = format!("list machine types of {zone}");
        check_word("place", zone).map_err(|failure| self.error(&doing, failure))?;
        let path = format!("zones/{}/machineTypes", encode(zone));
        let listed = self.list(Request::read(doing, self.path(&path)), call).await;
        let types: Vec<MachineType> = listed.map_err(|mut error| {
            // "Invalid value for field 'zone': … Unknown zone." comes as 400.
            if error.failure.message.contains("Unknown zone") {
                error.failure.kind = Kind::NotFound;
            }
            error
        })?;
        Ok(types.into_iter().map(|wire| wire.machine(zone)).collect())
    }

    /// Fails with what there is, unless `zone` has machines of type `machine`.
    pub(super) async fn must_have_machine(
        &self,
        zone: &str,
        machine: &str,
        call: Call,
    ) -> Result<(), Error> {
        let doing = format!("look for machine type {machine} in {zone}");
        let path = format!("zones/{}/machineTypes/{}", encode(zone), encode(machine));
        let found: Option<MachineType> = self.get(doing.clone(), &path, call).await?;
        if found.is_some() {
            return Ok(());
        }
        let family = machine.split('-').next().unwrap_or(machine);
        let known = self.machine_types(zone, call).await?;
        let mut names: Vec<&str> = known.iter().map(|machine| machine.name.as_str()).collect();
        // Those of the same family first.
        names.sort_by_key(|name| !name.starts_with(family));
        names.truncate(NAMES_MAX);
        let text = format!("there is no {machine} in {zone}; there are {}, …", names.join(", "));
        Err(self.error(doing, Failure::new(Kind::Invalid, text)))
    }

    pub(super) async fn find_image(&self, name: &str, call: Call) -> Result<Option<Image>, Error> {
        let doing = format!("look for image {name}");
        let path = image_path(name);
        let odd = |c: char| !(c.is_ascii_alphanumeric() || "/-_.:".contains(c));
        if !path.starts_with("projects/") || path.contains(odd) || path.contains("..") {
            let text = format!(
                "\"{name}\" is no image: \"debian-12\" is, or projects/P/global/images/family/F"
            );
            return Err(self.error(doing, Failure::new(Kind::Invalid, text)));
        }
        let request = Request::read(&doing, format!("/compute/v1/{path}?prettyPrint=false"));
        let wire: WireImage = match self.client.json(&request, call).await {
            Ok(wire) => wire,
            Err(error) if error.failure.kind == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut image = Image::new(
            name,
            wire.architecture.as_deref().and_then(architecture).into_iter().collect(),
        );
        image.note = wire.deprecated.as_ref().and_then(Deprecation::note);
        Ok(Some(image))
    }
}

/// The path of an image. A bare name is a family of Debian's or Ubuntu's.
pub(super) fn image_path(name: &str) -> String {
    if name.contains('/') {
        return name.to_owned();
    }
    let project = if name.starts_with("ubuntu") { "ubuntu-os-cloud" } else { "debian-cloud" };
    format!("projects/{project}/global/images/family/{name}")
}
