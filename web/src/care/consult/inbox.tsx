// To be written.
export function Inbox() {
  return null;
}
