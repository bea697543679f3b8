//! From an offer to an answer. Runs on the caller's thread: making a certificate costs about a millisecond.

use super::names::Purpose;
use super::refusal::MediaRefusal;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use str0m::bwe::Bitrate;
use str0m::change::SdpOffer;
use str0m::crypto::CryptoProvider;
use str0m::{Candidate, Rtc};

/// Longest offer taken.
pub(super) const OFFER_MAX: usize = 64 * 1024;
/// Most m-lines of an offer; our own web app sends ten.
const LINES_MAX: usize = 16;
const FIRST_ESTIMATE_KBPS: u64 = 600;
const REPORT_EVERY: Duration = Duration::from_secs(2);

/// Constrained baseline and baseline, in packets of the non-interleaved mode: what every browser and terminal knows.
const H264: [(u8, u8, u32); 2] = [(108, 109, 0x42_e01f), (127, 121, 0x42_001f)];

static CRYPTO: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(str0m::crypto::from_feature_flags()));

/// Reads an offer from outside, within bounds.
pub(super) fn read_offer(offer: &str) -> Result<SdpOffer, MediaRefusal> {
    if offer.len() > OFFER_MAX {
        return Err(MediaRefusal::OfferTooLong { max: OFFER_MAX });
    }
    let lines = offer.lines().filter(|l| l.starts_with("m=")).count();
    if !(1..=LINES_MAX).contains(&lines) {
        return Err(MediaRefusal::OfferNotAcceptable { why: format!("{lines} m-lines, 1 to {LINES_MAX} are taken") });
    }
    SdpOffer::from_sdp_string(offer).map_err(|e| MediaRefusal::NotAnOffer { why: e.to_string() })
}

/// Whether the offer has what its purpose needs, said in words the sender can act on.
fn suits(offer: &str, purpose: Purpose) -> bool {
    let (one_way, other) = match purpose {
        Purpose::Publish => ("a=sendonly", "a=sendrecv"),
        Purpose::Receive => ("a=recvonly", "a=sendrecv"),
    };
    offer.lines().any(|l| l == one_way || l == other)
}

/// Makes the server's side of a connection, and its answer.
pub(super) fn answer(offer: &str, purpose: Purpose, local: &[SocketAddr]) -> Result<(Rtc, String), MediaRefusal> {
    let refused = |why: String| MediaRefusal::OfferNotAcceptable { why };
    let parsed = read_offer(offer)?;
    if !suits(offer, purpose) {
        return Err(refused(match purpose {
            Purpose::Publish => "no m-line sends (a=sendonly)".into(),
            Purpose::Receive => "no m-line receives (a=recvonly)".into(),
        }));
    }
    let mut config = Rtc::builder()
        .set_crypto_provider(CRYPTO.clone())
        .set_rtp_mode(true)
        .set_ice_lite(true)
        .set_stats_interval(Some(REPORT_EVERY))
        .clear_codecs()
        .enable_opus(true, false)
        .enable_vp8(true)
        .enable_bwe((purpose == Purpose::Receive).then(|| Bitrate::kbps(FIRST_ESTIMATE_KBPS)));
    for (pt, resend, profile) in H264 {
        config.codec_config().add_h264(pt.into(), Some(resend.into()), true, profile);
    }
    let mut rtc = config.build(Instant::now());
    for address in local {
        let candidate = Candidate::host(*address, "udp").map_err(|e| refused(e.to_string()))?;
        rtc.add_local_candidate(candidate);
    }
    let answer = rtc.sdp_api().accept_offer(parsed).map_err(|e| refused(e.to_string()))?;
    Ok((rtc, answer.to_sdp_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_offer_is_refused_by_name() {
        let local = ["127.0.0.1:9".parse().unwrap()];
        let code = |offer: &str| answer(offer, Purpose::Publish, &local).err().map(|r| r.code());
        for (offer, expected) in [
            ("", "media.offer_not_acceptable"),
            ("m=audio", "media.not_an_offer"),
            (&"a".repeat(OFFER_MAX + 1), "media.offer_too_long"),
            (&"m=video 9 X 0\r\n".repeat(17), "media.offer_not_acceptable"),
        ] {
            assert_eq!(code(offer), Some(expected), "{}", &offer[..offer.len().min(40)]);
        }
    }
}
