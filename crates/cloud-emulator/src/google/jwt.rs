//! JSON web tokens signed by the registered service-account key.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use crate::key::ServiceKey;

/// What is wrong with a token, in the words of Google's token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JwtError {
    #[error("Invalid JWT: malformed token.")]
    Malformed,
    #[error("Invalid JWT: Failed signature algorithm check. The right algorithm is RS256.")]
    Algorithm,
    #[error("Invalid grant: account not found")]
    Account,
    #[error("Invalid JWT Signature.")]
    Signature,
    #[error(
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable \
         timeframe. Check your iat and exp values in the JWT claim."
    )]
    Timeframe,
}

/// How far `iat` may be in the future, in seconds.
const SKEW: i64 = 60;
/// The longest life of a token, in seconds: Google's own Rust library signs for 3620.
const LONGEST: i64 = 3620;

/// Checks signature, issuer and time, and hands out the claims.
pub(crate) fn claims(token: &str, key: &ServiceKey, now: i64) -> Result<Value, JwtError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(JwtError::Malformed)?;
    let header = object(header)?;
    let claims = object(payload)?;
    if header["alg"] != "RS256" {
        return Err(JwtError::Algorithm);
    }
    if claims["iss"].as_str() != Some(key.client_email()) {
        return Err(JwtError::Account);
    }
    if header["kid"].as_str().is_some_and(|kid| kid != key.private_key_id()) {
        return Err(JwtError::Signature);
    }
    let signature = decode(signature)?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key())
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| JwtError::Signature)?;
    let (iat, exp) = (seconds(&claims["iat"]), seconds(&claims["exp"]));
    let (Some(iat), Some(exp)) = (iat, exp) else { return Err(JwtError::Timeframe) };
    let fits = iat <= now + SKEW && exp > now && exp > iat && exp - iat <= LONGEST;
    if fits { Ok(claims) } else { Err(JwtError::Timeframe) }
}

/// Whether a bearer could be such a token: three parts.
pub(crate) fn looks_like_one(token: &str) -> bool {
    token.split('.').count() == 3 && token.starts_with("eyJ")
}

fn object(part: &str) -> Result<Value, JwtError> {
    let value: Value = serde_json::from_slice(&decode(part)?).map_err(|_| JwtError::Malformed)?;
    if value.is_object() { Ok(value) } else { Err(JwtError::Malformed) }
}

/// base64url, padded or not: gcp_auth and yup-oauth2 pad, Google's libraries do not.
fn decode(part: &str) -> Result<Vec<u8>, JwtError> {
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&URL_SAFE, lenient).decode(part).map_err(|_| JwtError::Malformed)
}

/// NumericDate (RFC 7519 §2): a whole or broken number of seconds.
fn seconds(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and then fits no timeframe")]
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}
