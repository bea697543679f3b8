// The consulting room. To be written.
export function RoomPage() {
  return null;
}
