// Cornerstone3D, started once; it draws, and everything that a hand does is ours.
import { cache, Enums, getConfiguration, imageLoader, init, RenderingEngine, type Types, utilities } from '@cornerstonejs/core';
import dicomImageLoader from '@cornerstonejs/dicom-image-loader';
import { unitOf, type Values } from './measure';
import { first, modalityLut, PALETTES, tableOf, type Metadata, type Slice } from './stack';

/** Decoded images kept: some 600 CT slices. */
const CACHE_BYTES = 320 * 1024 * 1024;

/** The loader never answers when a codec fails on some thread of its own: so long, and it has failed. */
const DECODE_MS = 30_000;

function within(image: Promise<Types.IImage>): Promise<Types.IImage> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, fail) => { timer = setTimeout(() => fail(new Error('not decoded in time')), DECODE_MS); });
  return Promise.race([image, late]).finally(() => clearTimeout(timer));
}

/** A modality LUT, which the loader leaves to others. */
function asModality(image: Types.IImage): Types.IImage {
  const metadata = dicomImageLoader.wadors.metaDataManager.get(image.imageId) as Metadata | undefined;
  const lut = metadata && modalityLut(metadata);
  if (!lut || image.color) return image;
  const last = lut.table.length - 1;
  const meant = Float32Array.from(image.getPixelData(), (value) => lut.table[Math.min(last, Math.max(0, value - lut.from))]);
  const [min, max] = meant.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({ scalarData: meant, width: image.columns, height: image.rows, numberOfComponents: 1 });
  return { ...image, voxelManager: voxelManager as never, getPixelData: () => meant, minPixelValue: min, maxPixelValue: max, dataType: 'Float32Array', sizeInBytes: meant.byteLength };
}

let started: Promise<void> | null = null;

export function start(): Promise<void> {
  started ??= Promise.resolve().then(() => {
    init({ ...getConfiguration(), rendering: { ...getConfiguration().rendering, webGlContextCount: 2 } });
    dicomImageLoader.init({ maxWebWorkers: Math.max(1, Math.min(3, Math.floor((navigator.hardwareConcurrency || 2) / 2))) });
    const decode = dicomImageLoader.wadors.loadImage;
    imageLoader.registerImageLoader('wadors', (imageId: string, options?: Record<string, unknown>) => {
      const begun = decode(imageId, options as never);
      return { ...begun, promise: within(begun.promise as Promise<Types.IImage>).then(asModality) };
    });
    cache.setMaxCacheSize(CACHE_BYTES);
  });
  return started;
}

let engines = 0;
export function newEngine(): RenderingEngine {
  engines += 1;
  return new RenderingEngine(`viewer-${engines}`);
}

export function enable(engine: RenderingEngine, id: string, element: HTMLDivElement): Types.IStackViewport {
  engine.enableElement({ viewportId: id, type: Enums.ViewportType.STACK, element });
  return engine.getViewport(id) as Types.IStackViewport;
}

export const RENDERED = Enums.Events.IMAGE_RENDERED;

/** The loader takes a palette's colours as numbers alone. */
function withTables(metadata: Metadata): Metadata {
  if (!PALETTES.some((tag) => metadata[tag]?.InlineBinary)) return metadata;
  const tables = PALETTES.map((tag) => [tag, { vr: 'US', Value: tableOf(metadata, tag, '00281101') ?? [] }] as const);
  return { ...metadata, ...Object.fromEntries(tables) };
}

/** Tells the loader what it must know of each slice before it can load one. */
export function learn(slices: Slice[]): void {
  const known = new Map<Metadata, Metadata>();
  for (const slice of slices) {
    const metadata = known.get(slice.metadata) ?? withTables(slice.metadata);
    known.set(slice.metadata, metadata);
    dicomImageLoader.wadors.metaDataManager.add(slice.imageId, metadata as never);
    // The loader finds the other frames of an instance under its first one's name, without what stands behind the number.
    if (slice.frame === 1) dicomImageLoader.wadors.metaDataManager.add(slice.imageId.split('?')[0], metadata as never);
  }
}

/** The pixels of a slice as its modality means them, once they are here. */
export function valuesOf(slice: Slice): Values | null {
  const image = cache.getImage(slice.imageId);
  if (!image) return null;
  const data = image.getPixelData();
  const { columns, rows } = image;
  const samples = Math.max(1, Math.round(data.length / (columns * rows)));
  const slope = image.preScale?.scaled ? 1 : first(slice.metadata, '00281053') ?? 1;
  const intercept = image.preScale?.scaled ? 0 : first(slice.metadata, '00281052') ?? 0;
  const scaled = samples === 1;
  return {
    columns, rows, samples: Math.min(3, samples), unit: scaled ? unitOf(slice.metadata) : '',
    at: (column, row, sample) => {
      const value = data[(row * columns + column) * samples + sample];
      return scaled ? value * slope + intercept : value;
    },
  };
}

/** Loads slices around `index`, nearest first, two at a time, until told to stop. */
export function prefetch(slices: Slice[], index: number, most: number): () => void {
  let stopped = false;
  const order = slices
    .map((slice, at) => ({ slice, away: Math.abs(at - index) }))
    .filter(({ slice, away }) => !slice.why && away > 0 && away <= most)
    .sort((a, b) => a.away - b.away);
  const next = async (): Promise<void> => {
    const one = order.shift();
    if (!one || stopped) return;
    // What fails here is asked for again, and told, when somebody scrolls to it.
    if (!cache.getImageLoadObject(one.slice.imageId)) await imageLoader.loadAndCacheImage(one.slice.imageId, { priority: 5 } as never).catch(() => undefined);
    return next();
  };
  void next();
  void next();
  return () => { stopped = true; };
}
