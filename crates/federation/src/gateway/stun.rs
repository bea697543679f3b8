//! Does UDP go to the media port and back? A STUN binding request without credentials (RFC 8489, 6.1).

use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout};

const MAGIC: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
/// Tries, and how long each waits: a lost packet is no closed port.
const TRIES: u32 = 5;
const WAIT: Duration = Duration::from_millis(800);

/// How long the first answer took; none when nothing came back.
pub async fn ask(to: SocketAddr, id: [u8; 12]) -> Option<Duration> {
    let own: SocketAddr = if to.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let socket = UdpSocket::bind(own).await.ok()?;
    socket.connect(to).await.ok()?;
    for _ in 0..TRIES {
        let begun = Instant::now();
        // A closed port may say so at once (ICMP); it may be open at the next try.
        let sent = socket.send(&request(id)).await.is_ok();
        if sent && timeout(WAIT, answered(&socket, id)).await == Ok(true) {
            return Some(begun.elapsed());
        }
        tokio::time::sleep_until(begun + WAIT).await;
    }
    None
}

async fn answered(socket: &UdpSocket, id: [u8; 12]) -> bool {
    let mut packet = [0; 1500];
    loop {
        match socket.recv(&mut packet).await {
            Ok(length) if is_answer(&packet[..length], id) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

fn request(id: [u8; 12]) -> [u8; 20] {
    let mut packet = [0; 20];
    packet[1] = 1;
    packet[4..8].copy_from_slice(&MAGIC);
    packet[8..].copy_from_slice(&id);
    packet
}

/// A binding success to our request.
fn is_answer(packet: &[u8], id: [u8; 12]) -> bool {
    packet.len() >= 20 && packet[..2] == [1, 1] && packet[4..8] == MAGIC && packet[8..20] == id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_this_request_and_no_other() {
        let mut answer = request([7; 12]);
        assert!(!is_answer(&answer, [7; 12]), "our own request, sent back");
        answer[0] = 1;
        assert!(is_answer(&answer, [7; 12]) && !is_answer(&answer, [8; 12]) && !is_answer(&answer[..19], [7; 12]));
    }
}
