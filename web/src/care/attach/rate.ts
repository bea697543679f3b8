// How fast it goes, over the last seconds, and how long it will take.
const WINDOW_MS = 8000;

export class Rate {
  private marks: { at: number; sent: number }[] = [];

  /** Bytes sent so far, at a moment. Going back (a piece is sent again) begins anew. */
  mark(sent: number, at: number): void {
    const last = this.marks.at(-1);
    if (last && sent < last.sent) this.marks = [];
    this.marks.push({ at, sent });
    while (this.marks.length > 2 && at - this.marks[0].at > WINDOW_MS) this.marks.shift();
  }

  /** Bytes a second; none before there is something to say. */
  now(): number | undefined {
    const first = this.marks[0], last = this.marks.at(-1);
    if (!first || !last || last.at - first.at < 500) return undefined;
    return ((last.sent - first.sent) * 1000) / (last.at - first.at);
  }

  clear(): void { this.marks = []; }
}
