// To be written.
export function CasePage() {
  return null;
}
