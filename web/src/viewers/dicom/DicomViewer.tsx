// Images of a case: scroll, window, measure, lay beside each other, mark for the opinion, lead and follow.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { RenderingEngine } from '@cornerstonejs/core';
import { api } from '../../api/client';
import type { Files, Id } from '../../api/types';
import { problemWords } from '../../ui/words';
import { answered, useAsked } from './asked';
import { loopOf, rateOf, useCine } from './cine';
import { beside, best, dates, type Choice } from './dates';
import { newEngine, start } from './engine';
import { DRAWING, type Tool } from './hand';
import { Help } from './Help';
import { keepKeyImage, keyImagesKey } from './keyImage';
import { commandOf, type Command } from './keys';
import { PLACES } from './measure';
import { Pane } from './Pane';
import { PRESETS } from './presets';
import { Rail, Unshown } from './Rail';
import { LAYOUTS, panesOf, type Layout, type Mark, type MarkKind, type PaneView, type Place, type SharedView, type ViewShare } from './share';
import { comparable, loadStack, sameplace, type Stack } from './stack';
import { Toolbar } from './Toolbar';
import { useSharing } from './useSharing';
import { useView } from './useView';
import * as step from './view';
import './viewer.css';

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `marking`: whether what is shown may be marked for an opinion that this person is writing. */
export function DicomViewer({ caseId, share, marking = false }: { caseId: Id; share?: ViewShare; marking?: boolean }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const files = useQuery({ queryKey: ['case', caseId, 'files'], queryFn: () => api.get<Files>(`/api/consults/${caseId}/files`) });
  const choices = useMemo<Choice[]>(() => (files.data?.studies ?? []).flatMap((study) => study.series.map((series) => ({ study, series }))), [files.data]);
  const [engine, setEngine] = useState<RenderingEngine | null>(null);
  const [broken, setBroken] = useState(false);
  const [tool, setTool] = useState<Tool>('window');
  const [help, setHelp] = useState(false);
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState<number | null>(null);
  const [keeping, setKeeping] = useState(false);
  const [said, setSaid] = useState('');
  const root = useRef<HTMLDivElement>(null);
  const known = (pane: PaneView) => choices.find((one) => one.study.uid === pane.study && one.series.uid === pane.series);

  const loadedRef = useRef(new Map<string, Stack>());
  const stackOf = useCallback((pane: PaneView): Stack | undefined => loadedRef.current.get(step.keyOfStack(pane)), []);
  const { view, setView, update, change, scroll, setMarks, undo, undoable, chosen, choose } = useView(stackOf);

  useEffect(() => {
    let mine: RenderingEngine | null = null;
    let gone = false;
    start().then(() => {
      if (gone) return;
      mine = newEngine();
      setEngine(mine);
    }, () => setBroken(true));
    return () => {
      gone = true;
      setEngine(null);
      // The panes let go of their elements first.
      if (mine) setTimeout(() => mine?.destroy(), 0);
    };
  }, []);

  useEffect(() => {
    const study = files.data?.studies.find((one) => one.series.some((series) => series.shown)) ?? files.data?.studies[0];
    const series = study && best(study);
    if (study && series) setView((before) => before ?? step.begin({ study, series }));
  }, [files.data, setView]);

  const panes = useMemo(() => (view ? step.visible(view) : []), [view]);
  const stacks = useQueries({
    queries: panes.map((pane) => ({
      queryKey: ['case', caseId, 'stack', pane.study, pane.series, known(pane)?.series.instances ?? 0],
      queryFn: () => loadStack(caseId, pane.study, pane.series),
      enabled: known(pane)?.series.shown ?? false,
      staleTime: Infinity,
    })),
  });
  const loaded = useMemo(() => new Map(stacks.flatMap((one) => (one.data ? [[step.keyOfStack(one.data), one.data] as const] : []))), [stacks]);
  loadedRef.current = loaded;
  // A leader's slice is found by its name: more may have arrived here meanwhile, or there.
  const shown = useMemo(() => panes.map((pane) => {
    const slices = loaded.get(step.keyOfStack(pane))?.slices;
    const here = slices?.[pane.index];
    if (!slices || !pane.instance || (here?.instance === pane.instance && here.frame === pane.frame)) return pane;
    const index = slices.findIndex((slice) => slice.instance === pane.instance && slice.frame === pane.frame);
    return index < 0 ? pane : { ...pane, index };
  }), [panes, loaded]);

  // A pane whose stack has come: its first slice and window, unless they are set.
  useEffect(() => {
    update((before) => {
      let changed = false;
      const several = panesOf(before.layout) > 1;
      const panes = before.panes.map((pane) => {
        const stack = loaded.get(step.keyOfStack(pane));
        if (!stack || pane.instance || !stack.slices.length) return pane;
        changed = true;
        const beside = several && before.linked ? before.panes.find((other) => other !== pane && other.instance && loaded.has(step.keyOfStack(other))) : undefined;
        const other = beside && loaded.get(step.keyOfStack(beside));
        const index = beside && other ? sameplace(other, beside.index, stack, pane.offset - beside.offset) : Math.floor((stack.slices.length - 1) / 2);
        const placed = step.place(pane, index, stack);
        return { ...placed, voi: pane.voi ?? stack.slices[index].window ?? (stack.modality === 'CT' ? { center: 40, width: 400 } : null) };
      });
      return changed ? { ...before, panes } : before;
    });
  }, [loaded, update]);

  const take = useCallback((led: SharedView) => setView({ ...led, marks: led.marks ?? [], panes: led.panes.map((pane) => ({ ...pane, offset: pane.offset ?? 0 })) }), [setView]);
  const point = useSharing(share, view, take);
  const fixed = share?.mode === 'follow';

  const at = Math.min(view?.active ?? 0, Math.max(0, panes.length - 1));
  const active = panes[at];
  const stack = active && loaded.get(step.keyOfStack(active));

  // Something elsewhere asks for an image.
  const asked = useAsked(caseId);
  useEffect(() => {
    if (!asked || fixed || !view || !choices.some((one) => one.study.uid === asked.study && one.series.uid === asked.series)) return;
    answered(asked.turn);
    const { marks = [], voi, zoom, pan, invert } = asked.view;
    const pane: PaneView = { study: asked.study, series: asked.series, instance: asked.instance, frame: asked.frame, index: 0, position: null, voi, zoom, pan, invert, offset: 0 };
    setView({ ...view, layout: '1x1', active: 0, panes: [pane, ...view.panes.slice(1)], marks: [...view.marks.filter((one) => !marks.some((mark) => mark.id === one.id)), ...marks] });
    root.current?.scrollIntoView({ block: 'nearest' });
  }, [asked, fixed, view, choices, setView]);
  // It came by its name: its place in the stack and in the patient follow.
  useEffect(() => {
    if (fixed) return;
    update((now) => {
      let changed = false;
      const panes = now.panes.map((pane) => {
        const own = loaded.get(step.keyOfStack(pane));
        if (!own || !pane.instance || own.slices[pane.index]?.instance === pane.instance) return pane;
        const index = own.slices.findIndex((slice) => slice.instance === pane.instance && slice.frame === pane.frame);
        if (index < 0) return pane;
        changed = true;
        return step.place(pane, index, own);
      });
      return changed ? { ...now, panes } : now;
    });
  }, [loaded, update, fixed, asked]);

  const film = stack && active ? (() => { const [from, till] = loopOf(stack, active.index); return till > from; })() : false;
  const told = stack && active && stack.slices[active.index] ? rateOf(stack.slices[active.index].metadata).rate : 15;
  const turn = useCallback((index: number) => update((now) => step.scroll(now, Math.min(now.active, panesOf(now.layout) - 1), index, stackOf)), [update, stackOf]);
  useCine(playing && !fixed && film, rate ?? told, stack, active?.index ?? 0, turn);
  useEffect(() => { setPlaying(false); setRate(null); }, [active?.study, active?.series, fixed]);

  const dated = useMemo(() => (active ? dates(choices, active) : []), [choices, active]);
  const edit = (edited: (pane: PaneView) => PaneView) => change(at, edited);
  const chooseSeries = (choice: Choice) => update((before) => ({ ...before, panes: before.panes.map((pane, index) => (index === at ? step.paneOf(choice) : pane)) }));
  const lay = (layout: Layout) => update((before) => {
    const others = [...dates(choices, before.panes[at]), beside(choices, before.panes[at]), ...choices.filter((one) => one.series.shown)];
    return step.lay({ ...before, active: at }, layout, others.flatMap((one) => (one ? [step.paneOf(one)] : [])));
  });

  const keep = async () => {
    const pane = root.current?.querySelector<HTMLElement>(`[data-pane="pane-${at}"]`);
    if (!marking || keeping || !pane || !stack || !active || stack.slices[active.index]?.why) return;
    setKeeping(true);
    setSaid('');
    try {
      await keepKeyImage(caseId, pane, active, stack, view ? step.marksOf(view, active) : []);
      await client.invalidateQueries({ queryKey: keyImagesKey(caseId) });
      setSaid(t('viewer.key_image_kept'));
    } catch (error) {
      setSaid(t('viewer.key_image_failed', { why: problemWords(error, t, i18n.language) }));
    } finally {
      setKeeping(false);
    }
  };

  const run = (command: Command) => {
    if (command === 'help') return setHelp(true);
    if (!view || !active) return undefined;
    if (command.startsWith('tool.')) return setTool(command.slice(5) as Tool);
    if (fixed) return undefined;
    const preset = PRESETS.find((one) => `preset.${one.name}` === command);
    if (preset) return edit((pane) => ({ ...pane, voi: { center: preset.center, width: preset.width } }));
    const many = stack?.slices.length ?? 0;
    const several = panes.length > 1;
    const other = beside(choices, active);
    const acts: Partial<Record<Command, () => void>> = {
      next: () => scroll(at, 1), previous: () => scroll(at, -1), next10: () => scroll(at, 10), previous10: () => scroll(at, -10),
      first: () => scroll(at, -many), last: () => scroll(at, many),
      zoom_in: () => edit((pane) => ({ ...pane, zoom: Math.min(20, pane.zoom * 1.25) })), zoom_out: () => edit((pane) => ({ ...pane, zoom: Math.max(0.2, pane.zoom / 1.25) })),
      invert: () => edit((pane) => ({ ...pane, invert: !pane.invert })),
      reset: () => edit((pane) => ({ ...pane, zoom: 1, pan: [0, 0], invert: false, voi: stack?.slices[pane.index]?.window ?? pane.voi })),
      pane: () => update((now) => ({ ...now, active: (at + 1) % panes.length })),
      layout: () => lay(LAYOUTS[(LAYOUTS.indexOf(view.layout) + 1) % LAYOUTS.length]),
      compare: () => { if (several) lay('1x1'); else if (other) update((now) => step.lay(now, '1x2', [step.paneOf(other)])); },
      dates: () => { if (dated.length > 1) update((now) => step.layDates({ ...now, active: at }, dated)); },
      linked: () => update((now) => step.link(now, !now.linked, stackOf)),
      offset_less: () => update((now) => step.shift(now, at, -1, stackOf)), offset_more: () => update((now) => step.shift(now, at, 1, stackOf)),
      cine: () => { if (film) setPlaying(!playing); },
      undo, place: () => placeMark(), clear: () => setMarks((marks) => marks.filter((mark) => !step.marksOf(view, active).includes(mark))),
      remove: () => { if (chosen) { setMarks((marks) => marks.filter((mark) => mark.id !== chosen.id)); choose(null); } },
      key_image: () => void keep(),
    };
    return acts[command]?.();
  };

  // Without a mouse: Enter puts a mark into the middle, arrows move its handle, Tab takes the next handle.
  const placeMark = () => {
    const slice = active && stack?.slices[active.index];
    if (!DRAWING.includes(tool) || !slice || !active) return;
    const [columns, rows] = [Number(slice.metadata['00280011']?.Value?.[0] ?? 0), Number(slice.metadata['00280010']?.Value?.[0] ?? 0)];
    const middle = (dx: number, dy: number): Place => [columns * (0.5 + dx), rows * (0.5 + dy)];
    const places = [[middle(0, 0)], [middle(-0.1, 0), middle(0.1, 0)], [middle(-0.1, 0.05), middle(0, -0.05), middle(0.1, 0.05)]];
    const kind = tool as MarkKind;
    const mark: Mark = { id: Math.random().toString(36).slice(2, 10), kind, instance: active.instance, frame: active.frame, places: kind === 'ellipse' ? [middle(-0.08, -0.08), middle(0.08, 0.08)] : places[PLACES[kind] - 1] };
    setMarks((marks) => [...marks, mark]);
    choose({ id: mark.id, at: mark.places.length - 1, keys: true });
  };
  const moveHandle = (event: React.KeyboardEvent): boolean => {
    const mark = chosen && view?.marks.find((one) => one.id === chosen.id && one.instance === active?.instance && one.frame === active.frame);
    if (!chosen?.keys || !mark || fixed || event.ctrlKey || event.metaKey) return false;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const by = event.shiftKey ? 10 : 1;
      setMarks((marks) => marks.map((one) => (one.id === mark.id ? { ...one, places: one.places.map((place, index) => (index === chosen.at ? [place[0] + arrow[0] * by, place[1] + arrow[1] * by] as Place : place)) } : one)), !event.repeat);
      return true;
    }
    const next = chosen.at + (event.shiftKey ? -1 : 1);
    if (event.key === 'Tab' && next >= 0 && next < mark.places.length) { choose({ ...chosen, at: next }); return true; }
    if (event.key === 'Escape' || event.key === 'Enter') { choose(null); return true; }
    return false;
  };
  const onKey = (event: React.KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (help || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type === 'number')) return;
    // A button is pressed by its own keys, a slider moved by its own.
    if (target !== root.current && (event.key === 'Enter' || event.key === ' ')) return;
    if (!moveHandle(event)) {
      const command = commandOf(event);
      if (!command) return;
      run(command);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  if (files.isError || broken) return <div className="dv dv-empty" role="alert">{t(broken ? 'viewer.no_engine' : 'viewer.failed')}</div>;
  if (files.isSuccess && choices.length === 0) return <div className="dv dv-empty">{t('viewer.none')}</div>;
  if (!view || !active) return <div className="dv dv-empty" aria-busy>{t('viewer.loading')}</div>;
  return (
    <div className={fixed ? 'dv following' : 'dv'} ref={root} tabIndex={0} role="group" aria-label={t('viewer.viewer')} onKeyDown={onKey}>
      <Toolbar view={view} active={active} tool={tool} fixed={fixed} film={film} playing={playing} rate={rate ?? told} comparable={Boolean(beside(choices, active))} dated={dated.length}
        undoable={undoable} marked={step.marksOf(view, active).length > 0} marking={marking ? (keeping ? 'busy' : 'ready') : 'no'}
        setTool={setTool} setRate={setRate} lay={lay} run={run} align={() => update((now) => step.align({ ...now, active: at }, stackOf))} />
      <div className="dv-body">
        <Rail studies={files.data?.studies ?? []} shown={shown} disabled={fixed} choose={chooseSeries} />
        <div className={`dv-panes l${view.layout}`}>
          {shown.map((pane, index) => {
            const choice = known(pane);
            const own = loaded.get(step.keyOfStack(pane));
            const why = choice && !choice.series.shown ? choice.series.why_not ?? 'other' : null;
            const activate = () => { if (at !== index && !fixed) update((now) => ({ ...now, active: index })); };
            if (why && choice) return <div className={at === index && shown.length > 1 ? 'dv-pane on' : 'dv-pane'} key={index} onPointerDownCapture={activate}><Unshown caseId={caseId} choice={choice} why={why} /></div>;
            if (stacks[index]?.isError) return <div className="dv-pane" key={index} onPointerDownCapture={activate}><div className="dv-over" role="alert"><p>{t('viewer.failed')}</p><button type="button" onClick={() => void stacks[index].refetch()}>{t('viewer.again')}</button></div></div>;
            if (!engine || !own || !pane.instance) return <div className="dv-pane" key={index}><div className="dv-over quiet" aria-busy>{t('viewer.loading')}</div></div>;
            const byShare = view.linked && shown.length > 1 && index !== at && stack !== undefined && own !== stack && !comparable(stack, own, pane.offset - active.offset);
            return (
              <Pane key={index} engine={engine} id={`pane-${index}`} stack={own} view={pane} active={shown.length > 1 && at === index} tool={tool} fixed={fixed}
                warn={choice?.study.patient_differs ?? false} point={point?.pane === index ? point : null} byShare={byShare} playing={playing && at === index}
                marks={step.marksOf(view, pane)} chosen={chosen} choose={choose}
                addMark={(mark) => { setMarks((marks) => [...marks, mark]); choose({ id: mark.id, at: mark.places.length - 1 }); }}
                editMark={(mark, first) => setMarks((marks) => marks.map((one) => (one.id === mark.id ? mark : one)), first)}
                change={(edited) => { if (!fixed) change(index, edited); }} scroll={(slices) => { if (!fixed) scroll(index, slices); }} activate={activate}
                onPointer={(found) => { if (share?.mode === 'lead') share.point(found && { pane: index, ...found }); }} />
            );
          })}
        </div>
      </div>
      <p className="dv-status" role="status">{said}</p>
      {help && <Help close={() => setHelp(false)} marking={marking} />}
    </div>
  );
}
