//! Public images, which live in projects of their own.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::request::Request;
use super::super::route::unknown;
use super::catalogue::ONCE;
use super::list::{self, Titles};
use super::place::{Place, Scope};
use super::refuse::missing;

/// Project, family, name, architecture.
const IMAGES: [(&str, &str, &str, &str); 7] = [
    ("debian-cloud", "debian-12", "debian-12-bookworm-v20261013", "X86_64"),
    ("debian-cloud", "debian-12", "debian-12-bookworm-v20260915", "X86_64"),
    ("debian-cloud", "debian-12-arm64", "debian-12-bookworm-arm64-v20261013", "ARM64"),
    ("debian-cloud", "debian-13", "debian-13-trixie-v20261013", "X86_64"),
    ("debian-cloud", "debian-13-arm64", "debian-13-trixie-arm64-v20261013", "ARM64"),
    ("ubuntu-os-cloud", "ubuntu-2404-lts-amd64", "ubuntu-2404-noble-amd64-v20261020", "X86_64"),
    ("cos-cloud", "cos-stable", "cos-stable-125-19216-104-40", "X86_64"),
];

/// Calls to a project that is not the caller's: only public images are open to everybody.
pub(super) fn foreign(project: &str, request: &Request) -> Result<Value, ApiError> {
    let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
    if !IMAGES.iter().any(|(owner, ..)| *owner == project) {
        return Err(ApiError::project(project));
    }
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["global", "images"]) => {
            let own = IMAGES.iter().filter(|(owner, ..)| *owner == project);
            let items = own.map(|image| (image.2.to_owned(), shown(image))).collect();
            let titles = Titles {
                kind: "compute#imageList".to_owned(),
                id: format!("projects/{project}/global/images"),
            };
            list::plain(&request.query, titles, items)
        }
        ("GET", ["global", "images", "family", family]) => {
            let path = format!("projects/{project}/global/images/family/{family}");
            find(&path).ok_or_else(|| missing(&path))
        }
        // What a family is in a zone; it is the same everywhere here.
        ("GET", ["zones", _, "imageFamilyViews", family]) => {
            let path = format!("projects/{project}/global/images/family/{family}");
            let image = find(&path).ok_or_else(|| missing(&path))?;
            Ok(json!({ "image": image }))
        }
        ("GET", ["global", "images", name]) => {
            let path = format!("projects/{project}/global/images/{name}");
            find(&path).ok_or_else(|| missing(&path))
        }
        ("GET", _) => Err(unknown()),
        _ => Err(ApiError::project(project)),
    }
}

/// The image a full or partial link means; a family's is its newest.
pub(super) fn find(link: &str) -> Option<Value> {
    let path = link.split_once("projects/").map(|(_, path)| path)?;
    let parts: Vec<&str> = path.split('/').collect();
    let matching = |image: &&(&str, &str, &str, &str)| match parts.as_slice() {
        [project, "global", "images", "family", family]
        | [project, "zones", _, "imageFamilyViews", family] => {
            image.0 == *project && image.1 == *family
        }
        [project, "global", "images", name] => image.0 == *project && image.2 == *name,
        _ => false,
    };
    IMAGES.iter().find(matching).map(shown)
}

fn shown((project, family, name, architecture): &(&str, &str, &str, &str)) -> Value {
    let newest = IMAGES.iter().find(|image| image.1 == *family);
    let newest = newest.is_some_and(|image| image.2 == *name);
    let id = name.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(131) + u64::from(byte)) >> 1;
    let link = |name: &str| Place::new(Scope::Global, "images", name).link(project);
    let mut image = json!({
        "kind": "compute#image",
        "id": id.to_string(),
        "creationTimestamp": ONCE,
        "name": name,
        "description": format!("{family}, as built by {project}"),
        "sourceType": "RAW",
        "status": "READY",
        "archiveSizeBytes": "1073741824",
        "diskSizeGb": "10",
        "family": family,
        "architecture": architecture,
        "labelFingerprint": super::fingerprint::of(&json!({})),
        "guestOsFeatures": [{"type": "UEFI_COMPATIBLE"}, {"type": "VIRTIO_SCSI_MULTIQUEUE"}],
        "licenses": [format!(
            "https://www.googleapis.com/compute/v1/projects/{project}/global/licenses/{family}"
        )],
        "storageLocations": ["eu", "us"],
        "selfLink": link(name),
    });
    if !newest {
        let replacement = IMAGES.iter().find(|image| image.1 == *family);
        let replacement = replacement.map(|image| link(image.2));
        image["deprecated"] = json!({"state": "DEPRECATED", "replacement": replacement});
    }
    image
}
