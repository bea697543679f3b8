// A picture that says a number, so that what comes back over a call can be told from any other picture: eight fields, black or white,
// large enough to outlive whatever the line does to them. Pure over pixels.

export const WIDTH = 320;
export const HEIGHT = 180;
const COLUMNS = 4;
const ROWS = 2;
/** Fields this dark or this bright are read; what is between is another picture. */
const DARK = 80;
const BRIGHT = 175;

interface Pixels { data: Uint8ClampedArray; width: number; height: number }
type Field = (x: number, y: number, width: number, height: number, white: boolean) => void;

/** Calls `field` for each of the eight fields of `code` (0 to 255). */
export function drawCode(code: number, field: Field): void {
  const [width, height] = [WIDTH / COLUMNS, HEIGHT / ROWS];
  for (let n = 0; n < COLUMNS * ROWS; n += 1) {
    field((n % COLUMNS) * width, Math.floor(n / COLUMNS) * height, width, height, ((code >> n) & 1) === 1);
  }
}

const luma = (data: Uint8ClampedArray, at: number) => 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);

/** The number that a picture says; null when it is another picture. */
export function readCode({ data, width, height }: Pixels): number | null {
  let code = 0;
  for (let n = 0; n < COLUMNS * ROWS; n += 1) {
    const [left, top] = [((n % COLUMNS) * width) / COLUMNS, (Math.floor(n / COLUMNS) * height) / ROWS];
    let [sum, count] = [0, 0];
    // The middle of the field: its edges are blurred by the encoding.
    for (let y = Math.floor(top + (0.3 * height) / ROWS); y < top + (0.7 * height) / ROWS; y += 2) {
      for (let x = Math.floor(left + (0.3 * width) / COLUMNS); x < left + (0.7 * width) / COLUMNS; x += 2) {
        sum += luma(data, 4 * (y * width + x));
        count += 1;
      }
    }
    const mean = sum / count;
    if (!(mean <= DARK || mean >= BRIGHT)) return null;
    if (mean >= BRIGHT) code |= 1 << n;
  }
  return code;
}

/** How much the brightness (0 to 255) strays around its mean: near 0 is a covered lens. */
export function spread({ data }: Pixels): number {
  let [sum, squares] = [0, 0];
  const count = data.length / 4;
  for (let at = 0; at < data.length; at += 4) {
    const value = luma(data, at);
    sum += value;
    squares += value * value;
  }
  return count ? Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) : 0;
}
