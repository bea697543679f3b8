// One picture with what must stand around it: who, when, which slice, which window. Shows the view it is given.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RenderingEngine, Types } from '@cornerstonejs/core';
import { rateOf } from './cine';
import { enable, learn, prefetch, RENDERED, valuesOf } from './engine';
import { DRAWING, hold, type Tool } from './hand';
import { Marks, wordsOf, type Drawn } from './Marks';
import { calibrationOf, measure } from './measure';
import { edges, type Stack } from './stack';
import type { Chosen, Mark, PaneView, Place, SharedPoint } from './share';
import { usePen } from './usePen';

interface Props {
  engine: RenderingEngine; id: string; stack: Stack; view: PaneView; active: boolean; tool: Tool; warn: boolean;
  point: SharedPoint | null;
  /** Measurements of the frame that is shown. */
  marks: Mark[];
  chosen: Chosen | null;
  /** Scrolls with the others by share of the stack, since places do not compare. */
  byShare: boolean;
  playing: boolean;
  /** Nothing may be changed here. */
  fixed: boolean;
  addMark(mark: Mark): void;
  editMark(mark: Mark, first: boolean): void;
  choose(chosen: Chosen | null): void;
  /** Changes this pane's view. */
  change(edit: (view: PaneView) => PaneView): void;
  scroll(slices: number): void;
  activate(): void;
  onPointer(at: { x: number; y: number } | null): void;
}

/** Slices kept ready to both sides. */
const AHEAD = 24;

const date = (dicom: string) => (/^\d{8}$/.test(dicom) ? `${dicom.slice(0, 4)}-${dicom.slice(4, 6)}-${dicom.slice(6)}` : dicom);

function range(voi: { center: number; width: number }) {
  // PS3.3, C.11.2.1.2: the linear function.
  const lower = voi.center - 0.5 - (voi.width - 1) / 2;
  return { lower, upper: lower + voi.width - 1 };
}

function show(viewport: Types.IStackViewport, view: PaneView, inverse: boolean): void {
  if (view.voi) viewport.setProperties({ voiRange: range(view.voi), invert: view.invert !== inverse });
  else viewport.setProperties({ invert: view.invert !== inverse });
  const height = viewport.element.clientHeight || 1;
  viewport.setZoom(view.zoom);
  viewport.setPan([view.pan[0] * height, view.pan[1] * height]);
  viewport.render();
}

/** Names a mark; only who draws must not name two alike. */
const newId = () => Math.random().toString(36).slice(2, 10);

export function Pane({ engine, id, stack, view, active, tool, warn, point, marks, chosen, byShare, playing, fixed, change, scroll, activate, onPointer, addMark, editMark, choose }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const viewport = useRef<Types.IStackViewport | null>(null);
  const latest = useRef({ view, tool, change, scroll, onPointer });
  latest.current = { view, tool, change, scroll, onPointer };
  const [ready, setReady] = useState<Stack | null>(null);
  const [failed, setFailed] = useState(false);
  const [again, setAgain] = useState(0);
  const [drawn, setDrawn] = useState(0);
  const slice = stack.slices[view.index];

  /** The image that the viewport shows, when it is the one that this view means. */
  const shown = useCallback(() => {
    const port = viewport.current;
    if (!port || ready !== stack || port.getCurrentImageIdIndex() !== view.index) return null;
    const image = port.getImageData();
    return image ? { port, image } : null;
  }, [ready, stack, view.index]);
  const toPixels = useCallback((place: Place): [number, number] | null => {
    const now = shown();
    const world = now?.image.imageData.indexToWorld?.([place[0] - 0.5, place[1] - 0.5, 0] as never) as Types.Point3 | undefined;
    if (!now || !world) return null;
    const [x, y] = now.port.worldToCanvas(world);
    return [x, y];
  }, [shown]);
  const toPlace = useCallback((x: number, y: number): Place | null => {
    const now = shown();
    const index = now?.image.imageData.worldToIndex?.(now.port.canvasToWorld([x, y]) as never) as number[] | undefined;
    return index ? [index[0] + 0.5, index[1] + 0.5] : null;
  }, [shown]);
  const { pen, begun, drop } = usePen({
    tool: () => (fixed ? 'scroll' : tool), marks: () => (fixed ? [] : marks), toPlace, toPixels,
    begin: (kind, places) => ({ id: newId(), kind, instance: view.instance, frame: view.frame, places }),
    add: addMark, edit: editMark, choose,
  });
  // What was begun on one slice is not finished on another, nor with another tool.
  useEffect(() => { drop(); }, [drop, tool, view.instance, view.frame]);
  const measured = useMemo<Drawn[]>(() => {
    const values = slice && !slice.why ? valuesOf(slice) : null;
    const all = begun ? [...marks, begun] : marks;
    // Drawn anew with each picture: only then are its pixels here.
    return slice && drawn >= 0 ? all.map((mark) => ({ mark, words: wordsOf(mark.kind, measure(mark, slice.metadata, values), t) })) : [];
  }, [slice, marks, begun, drawn, t]);

  useEffect(() => {
    const box = element.current;
    if (!box) return undefined;
    viewport.current = enable(engine, id, box);
    const resized = new ResizeObserver(() => {
      if (box.clientWidth && box.clientHeight) engine.resize(true, true);
    });
    resized.observe(box);
    return () => {
      resized.disconnect();
      viewport.current = null;
      setReady(null);
      engine.disableElement(id);
    };
  }, [engine, id]);

  useEffect(() => {
    const box = element.current;
    if (!box) return undefined;
    return hold(box, () => latest.current.tool, {
      window: (center, width) => latest.current.change((v) => {
        if (!v.voi) return v;
        const pace = Math.max(1, v.voi.width / 400);
        return { ...v, voi: { center: Math.round(v.voi.center + center * pace), width: Math.max(1, Math.round(v.voi.width + width * pace)) } };
      }),
      scroll: (slices) => latest.current.scroll(slices),
      zoom: (factor) => latest.current.change((v) => ({ ...v, zoom: Math.min(20, Math.max(0.2, v.zoom * factor)) })),
      pan: (x, y) => latest.current.change((v) => ({ ...v, pan: [v.pan[0] + x, v.pan[1] + y] })),
      pen,
    });
  }, [pen]);

  // A new stack.
  useEffect(() => {
    const port = viewport.current;
    if (!port || slice?.why) return undefined;
    let gone = false;
    learn(stack.slices);
    setFailed(false);
    const index = Math.min(latest.current.view.index, stack.slices.length - 1);
    port.setStack(stack.slices.map((one) => one.imageId), index).then(
      () => {
        if (gone) return;
        if (!latest.current.view.voi) {
          const found = port.getProperties().voiRange;
          if (found) latest.current.change((v) => (v.voi ? v : { ...v, voi: { center: Math.round((found.upper + found.lower + 1) / 2), width: Math.max(1, Math.round(found.upper - found.lower + 1)) } }));
        }
        setReady(stack);
      },
      () => { if (!gone) setFailed(true); },
    );
    return () => { gone = true; };
    // The slice's reason alone decides whether there is something to set.
  }, [stack, again, slice?.why]);

  // The slice, and then how it is shown.
  useEffect(() => {
    const port = viewport.current;
    if (!port || ready !== stack || !slice || slice.why) return undefined;
    let gone = false;
    const draw = () => { if (!gone) show(port, view, slice.inverse); };
    if (port.getCurrentImageIdIndex() === view.index) draw();
    else port.setImageIdIndex(view.index).then(() => { setFailed(false); draw(); }, () => { if (!gone) setFailed(true); });
    return () => { gone = true; };
  }, [ready, stack, slice, view]);

  useEffect(() => (ready === stack ? prefetch(stack.slices, view.index, AHEAD) : undefined), [ready, stack, view.index]);

  // What is on the glass, for tests and for whoever looks over the shoulder of one.
  useEffect(() => {
    const box = element.current;
    if (!box) return undefined;
    const told = () => {
      const canvas = box.querySelector('canvas');
      const port = viewport.current;
      if (!canvas || !port) return;
      const index = port.getCurrentImageIdIndex();
      setDrawn((count) => count + 1);
      const voi = latest.current.view.voi;
      canvas.dataset.slice = String(index + 1);
      canvas.dataset.slices = String(stack.slices.length);
      canvas.dataset.instance = stack.slices[index]?.instance ?? '';
      canvas.dataset.position = stack.slices[index]?.position?.toFixed(2) ?? '';
      canvas.dataset.window = voi ? `${voi.center}/${voi.width}` : '';
      canvas.dataset.invert = String(latest.current.view.invert);
      canvas.dataset.zoom = latest.current.view.zoom.toFixed(3);
    };
    box.addEventListener(RENDERED, told);
    return () => box.removeEventListener(RENDERED, told);
  }, [stack]);

  const dot = useMemo(() => {
    const now = point && drawn >= 0 ? shown() : null;
    if (!point || !now) return null;
    const [columns, rows] = now.image.dimensions;
    return toPixels([point.x * columns, point.y * rows]);
  }, [point, shown, toPixels, drawn]);

  const pointed = (event: React.PointerEvent) => {
    const box = element.current?.getBoundingClientRect();
    const now = shown();
    const place = box && toPlace(event.clientX - box.left, event.clientY - box.top);
    if (!now || !place) return;
    const [columns, rows] = now.image.dimensions;
    const [x, y] = [place[0] / columns, place[1] / rows];
    onPointer(x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null);
  };

  const calibration = slice ? calibrationOf(slice.metadata, slice.frame).kind : 'unknown';
  const film = slice && slice.frame && stack.slices.some((one) => one.instance === slice.instance && one.frame !== slice.frame) ? rateOf(slice.metadata) : null;
  const letters = edges(stack.orientation);
  const last = stack.slices.length;
  return (
    <div className={active ? 'dv-pane on' : 'dv-pane'} data-pane={id} onPointerDownCapture={activate}>
      <div ref={element} className={DRAWING.includes(tool) ? 'dv-glass drawing' : 'dv-glass'} onPointerMove={pointed} onPointerLeave={() => onPointer(null)} role="img"
        aria-label={t('viewer.picture', { modality: stack.modality, date: date(stack.date), slice: view.index + 1, slices: last })} />
      {ready === stack && !slice?.why && !failed && element.current && <Marks drawn={measured} chosen={chosen} project={toPixels} width={element.current.clientWidth} height={element.current.clientHeight} />}
      {measured.length > 0 && <ul className="dv-said" aria-label={t('viewer.measurements')}>{measured.map(({ mark, words }) => <li key={mark.id}>{t(`viewer.tool.${mark.kind}`)}: {words.join('; ')}</li>)}</ul>}
      <div className="dv-corner tl"><b>{stack.name || t('viewer.no_name')}</b><span>{stack.identifier}</span><span>{date(stack.date)}</span>{warn && <span className="dv-warn">{t('viewer.other_patient')}</span>}</div>
      <div className="dv-corner tr"><span>{stack.modality} {stack.description}</span></div>
      <div className="dv-corner bl"><span>{view.voi ? t('viewer.window', { width: view.voi.width, center: view.voi.center }) : ''}{view.invert ? ` · ${t('viewer.inverted')}` : ''}</span><span>{t('viewer.zoom_at', { percent: Math.round(view.zoom * 100) })}{film && ` · ${playing ? '▶ ' : ''}${t(film.told ? 'viewer.rate' : 'viewer.rate_assumed', { rate: Number(film.rate.toFixed(1)) })}`}</span>{calibration !== 'patient' && calibration !== 'region' && !slice?.why && <span className="dv-note">{t(`viewer.calibration.${calibration}`)}</span>}</div>
      <div className="dv-corner br">{view.offset !== 0 && <span className="dv-note">{t('viewer.offset_by', { mm: `${view.offset > 0 ? '+' : ''}${view.offset.toFixed(1)}` })}</span>}{byShare && <span className="dv-note">{t('viewer.by_share')}</span>}<span>{view.index + 1} / {last}</span>{slice?.position != null && <span>{slice.position.toFixed(1)} mm</span>}</div>
      {letters && !slice?.why && <><i className="dv-edge l">{letters.left}</i><i className="dv-edge r">{letters.right}</i><i className="dv-edge t">{letters.top}</i><i className="dv-edge b">{letters.bottom}</i></>}
      {last > 1 && <input className="dv-slider" type="range" min={0} max={last - 1} value={view.index} aria-label={t('viewer.slice')} aria-valuetext={`${view.index + 1} / ${last}`} onChange={(event) => scroll(Number(event.target.value) - view.index)} />}
      {dot && point && <div className="dv-dot" style={{ left: dot[0], top: dot[1] }}><span>{point.by}</span></div>}
      {slice?.why && <NotShown why={slice.why} href={`/dicom-web/studies/${stack.study}/series/${stack.series}/instances/${slice.instance}?download=true`} />}
      {failed && !slice?.why && <div className="dv-over" role="alert"><p>{t('viewer.failed')}</p><button type="button" onClick={() => setAgain(again + 1)}>{t('viewer.again')}</button></div>}
      {!failed && !slice?.why && ready !== stack && <div className="dv-over quiet" aria-busy>{t('viewer.loading')}</div>}
    </div>
  );
}

export function NotShown({ why, href }: { why: string; href?: string }) {
  const { t } = useTranslation();
  return (
    <div className="dv-over" role="note">
      <p><b>{t('viewer.not_shown')}</b></p>
      <p>{t(`viewer.why.${why}`, { defaultValue: t('viewer.why.other') })}</p>
      {href && <a href={href} download>{t('viewer.download')}</a>}
    </div>
  );
}
