//! One UDP port, many packets a system call: at 90,000 packets a second the calls cost more than the cryptography.
//! A socket bound to IPv6 serves IPv4 as well; addresses are always seen in their own family.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;
use str0m::net::DatagramSend;

const BATCH: usize = 64;
const MTU: usize = 2048;
/// What is asked of the kernel for bursts; refused without privileges, which does no harm.
const KERNEL_BUFFER: libc::c_int = 8 << 20;

pub(super) struct Udp {
    socket: UdpSocket,
    is_v6: bool,
    pub out: Vec<(DatagramSend, SocketAddr)>,
}

/// One batch of what came in. Apart from `Udp`, so that sending may go on while it is read.
pub(super) struct Batch {
    buffers: Box<[[u8; MTU]; BATCH]>,
    got: Vec<(usize, SocketAddr)>,
}

impl Default for Batch {
    fn default() -> Self {
        Self { buffers: Box::new([[0; MTU]; BATCH]), got: Vec::with_capacity(BATCH) }
    }
}

impl Batch {
    pub fn packets(&self) -> impl Iterator<Item = (&[u8], SocketAddr)> {
        self.got.iter().zip(self.buffers.iter()).map(|((length, from), buffer)| (&buffer[..*length], *from))
    }
}

impl Udp {
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        let bytes = KERNEL_BUFFER;
        for option in [libc::SO_RCVBUFFORCE, libc::SO_SNDBUFFORCE] {
            let value = (&raw const bytes).cast();
            // SAFETY: a valid descriptor, and a pointer to an int with its size.
            unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, option, value, 4) };
        }
        Ok(Self { socket, is_v6: address.is_ipv6(), out: vec![] })
    }

    pub fn port(&self) -> io::Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    /// Sleeps until a packet is there, the bell rings or the time is up. `ppoll`, for `poll` rounds to milliseconds.
    pub fn wait(&self, bell: RawFd, timeout: Duration) {
        let on = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut polled = [on(self.socket.as_raw_fd()), on(bell)];
        let time = libc::timespec { tv_sec: timeout.as_secs() as _, tv_nsec: timeout.subsec_nanos() as _ };
        // SAFETY: two pollfds, and a timespec that lives over the call.
        unsafe { libc::ppoll(polled.as_mut_ptr(), 2, &raw const time, std::ptr::null()) };
    }

    /// Takes what is there, at most one batch, without waiting.
    pub fn receive(&self, batch: &mut Batch) {
        let mut frame = Frame::new();
        for i in 0..BATCH {
            frame.point(i, batch.buffers[i].as_mut_ptr(), MTU);
        }
        let (fd, headers) = (self.socket.as_raw_fd(), frame.headers.as_mut_ptr());
        // SAFETY: every header points at a name, a vector and a buffer that outlive the call.
        let n = unsafe { libc::recvmmsg(fd, headers, BATCH as u32, libc::MSG_DONTWAIT, std::ptr::null_mut()) };
        batch.got.clear();
        for i in 0..n.max(0) as usize {
            // A sender without an address cannot be answered; its packet is passed over by a length of nothing.
            let from = read_name(&frame.names[i]);
            let unknown = SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0);
            let length = from.map_or(0, |_| frame.headers[i].msg_len as usize);
            batch.got.push((length, from.unwrap_or(unknown)));
        }
    }

    /// Sends what has gathered.
    pub fn flush(&mut self) {
        for chunk in self.out.chunks(BATCH) {
            let mut frame = Frame::new();
            for (i, (data, to)) in chunk.iter().enumerate() {
                frame.point(i, data.as_ptr().cast_mut(), data.len());
                frame.headers[i].msg_hdr.msg_namelen = write_name(&mut frame.names[i], *to, self.is_v6);
            }
            let mut sent = 0;
            while sent < chunk.len() {
                let (fd, rest) = (self.socket.as_raw_fd(), (chunk.len() - sent) as u32);
                // SAFETY: as in `receive`; the kernel only reads the buffers.
                let r = unsafe { libc::sendmmsg(fd, frame.headers[sent..].as_mut_ptr(), rest, 0) };
                // An error belongs to the first packet of the rest: it is lost like any packet, the others go.
                sent += r.max(1) as usize;
            }
        }
        self.out.clear();
    }
}

/// What `recvmmsg` and `sendmmsg` want. On the heap, because the headers point into their own neighbours.
struct Frame {
    names: Box<[libc::sockaddr_storage; BATCH]>,
    vectors: Box<[libc::iovec; BATCH]>,
    headers: Box<[libc::mmsghdr; BATCH]>,
}

impl Frame {
    fn new() -> Self {
        // SAFETY: all-zero is a valid value of these C structs.
        unsafe {
            let (names, vectors) = (Box::new(std::mem::zeroed()), Box::new(std::mem::zeroed()));
            Self { names, vectors, headers: Box::new(std::mem::zeroed()) }
        }
    }

    fn point(&mut self, i: usize, data: *mut u8, length: usize) {
        self.vectors[i] = libc::iovec { iov_base: data.cast(), iov_len: length };
        let header = &mut self.headers[i].msg_hdr;
        header.msg_name = (&raw mut self.names[i]).cast();
        header.msg_namelen = size_of::<libc::sockaddr_storage>() as u32;
        header.msg_iov = &raw mut self.vectors[i];
        header.msg_iovlen = 1;
    }
}

fn read_name(name: &libc::sockaddr_storage) -> Option<SocketAddr> {
    let at = &raw const *name;
    match i32::from(name.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says which struct the kernel wrote; the storage is large and aligned for all.
            let v4 = unsafe { &*at.cast::<libc::sockaddr_in>() };
            Some(SocketAddrV4::new(u32::from_be(v4.sin_addr.s_addr).into(), u16::from_be(v4.sin_port)).into())
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let v6 = unsafe { &*at.cast::<libc::sockaddr_in6>() };
            let (ip, port) = (Ipv6Addr::from(v6.sin6_addr.s6_addr), u16::from_be(v6.sin6_port));
            Some(match ip.to_ipv4_mapped() {
                Some(v4) => SocketAddrV4::new(v4, port).into(),
                None => SocketAddrV6::new(ip, port, 0, v6.sin6_scope_id).into(),
            })
        }
        _ => None,
    }
}

/// Writes `to` as this socket needs it; the length of what was written.
fn write_name(name: &mut libc::sockaddr_storage, to: SocketAddr, is_v6: bool) -> u32 {
    let at = &raw mut *name;
    match to {
        SocketAddr::V4(v4) if !is_v6 => {
            let sin_addr = libc::in_addr { s_addr: u32::from(*v4.ip()).to_be() };
            let (sin_family, sin_port) = (libc::AF_INET as _, v4.port().to_be());
            let v4 = libc::sockaddr_in { sin_family, sin_port, sin_addr, sin_zero: [0; 8] };
            // SAFETY: the storage is large and aligned for it.
            unsafe { at.cast::<libc::sockaddr_in>().write(v4) };
            size_of::<libc::sockaddr_in>() as u32
        }
        _ => {
            let (ip, scope) = match to {
                SocketAddr::V4(v4) => (v4.ip().to_ipv6_mapped(), 0),
                SocketAddr::V6(v6) => (*v6.ip(), v6.scope_id()),
            };
            let sin6_addr = libc::in6_addr { s6_addr: ip.octets() };
            let (sin6_family, sin6_port) = (libc::AF_INET6 as _, to.port().to_be());
            let v6 = libc::sockaddr_in6 { sin6_family, sin6_port, sin6_flowinfo: 0, sin6_addr, sin6_scope_id: scope };
            // SAFETY: as above.
            unsafe { at.cast::<libc::sockaddr_in6>().write(v6) };
            size_of::<libc::sockaddr_in6>() as u32
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_they_were_whatever_the_socket() {
        for (address, is_v6) in [("10.1.2.3:5", false), ("10.1.2.3:5", true), ("[2001:db8::1]:65535", true)] {
            // SAFETY: all-zero is a valid value.
            let mut name = unsafe { std::mem::zeroed() };
            let to: SocketAddr = address.parse().unwrap();
            write_name(&mut name, to, is_v6);
            assert_eq!(read_name(&name), Some(to), "{address} over IPv6: {is_v6}");
        }
    }
}
