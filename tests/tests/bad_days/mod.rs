//! Bad days, each of them a test: a disk that fills or fails, floods, readers that do not read, cut lines, clocks that jump,
//! a program killed while it is sent a file or while somebody signs.

mod clock;
mod cut;
mod damaged;
mod disk_full;
mod flood;
mod killed_signing;
mod killed_upload;
mod read_only;
mod stream;
mod unread;
mod work;
