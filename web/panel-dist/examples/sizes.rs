//! Prints what each file of the panel weighs, raw and over the wire, in bytes.
fn main() {
    println!("{:40} {:>9} {:>9}", "file", "raw", "brotli");
    let (mut raw, mut wire) = (0, 0);
    for asset in panel_dist::all() {
        let br = asset.br.map_or(asset.raw.len(), <[u8]>::len);
        println!("{:40} {:>9} {br:>9}", asset.path, asset.raw.len());
        (raw, wire) = (raw + asset.raw.len(), wire + br);
    }
    println!("{:40} {raw:>9} {wire:>9}", "together");
}
