// What is on the glass of a pane, with its measurements, as a PNG that fits an opinion's draft.
const EDGE_MAX = 900;
/** Base64 of so many characters fits a request of one mebibyte, with room for what is around it. */
const TEXT_MAX = 1_000_000;

function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('no picture'))), 'image/png'));
}

async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

async function drawing(svg: SVGSVGElement): Promise<HTMLImageElement> {
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

export interface Captured { png: string; thumb: string }

/** `corner` is written into the lower left corner, `edges` at the sides: a picture torn from its sheet still says what it is. */
export async function capture(pane: HTMLElement, corner: string, edges: { left: string; right: string } | null): Promise<Captured> {
  const glass = pane.querySelector('canvas');
  const svg = pane.querySelector<SVGSVGElement>('svg.dv-marks');
  if (!glass || !glass.width || !glass.height) throw new Error('nothing on the glass');
  const marks = svg ? await drawing(svg) : null;
  const draw = (edge: number): HTMLCanvasElement => {
    const scale = Math.min(1, edge / Math.max(glass.width, glass.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(glass.width * scale));
    canvas.height = Math.max(1, Math.round(glass.height * scale));
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('no canvas');
    context.imageSmoothingQuality = 'high';
    context.drawImage(glass, 0, 0, canvas.width, canvas.height);
    if (marks) context.drawImage(marks, 0, 0, canvas.width, canvas.height);
    const size = Math.max(11, Math.round(canvas.width / 48));
    context.font = `${size}px system-ui, "Noto Sans CJK SC", sans-serif`;
    context.lineWidth = 3;
    context.strokeStyle = '#000';
    context.fillStyle = '#fff';
    const write = (text: string, x: number, y: number) => {
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    };
    write(corner, 8, canvas.height - 8);
    if (edges) {
      write(edges.left, 6, canvas.height / 2);
      context.textAlign = 'right';
      write(edges.right, canvas.width - 6, canvas.height / 2);
    }
    return canvas;
  };
  const small = draw(200);
  for (let edge = EDGE_MAX; edge >= 300; edge *= 0.8) {
    const png = await base64Of(await blobOf(draw(edge)));
    if (png.length <= TEXT_MAX) return { png, thumb: small.toDataURL('image/jpeg', 0.7) };
  }
  throw new Error('the picture is too large');
}
