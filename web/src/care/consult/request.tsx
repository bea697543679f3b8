// To be written.
export function RequestPage() {
  return null;
}
