// To be written.
export function FiguresPage() {
  return null;
}
