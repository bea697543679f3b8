// Images of a case: scroll, window, zoom, pan, invert, two stacks side by side that scroll together, lead and follow.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { RenderingEngine } from '@cornerstonejs/core';
import { api } from '../../api/client';
import type { Files, Id, Series, Study } from '../../api/types';
import { newEngine, start } from './engine';
import type { Tool } from './hand';
import { NotShown, Pane } from './Pane';
import { PRESETS } from './presets';
import type { PaneView, SharedView, ViewShare } from './share';
import { loadStack, sameplace, type Stack } from './stack';
import { useSharing } from './useSharing';
import './viewer.css';

interface Choice { study: Study; series: Series }

const TOOLS: Tool[] = ['window', 'scroll', 'zoom', 'pan'];
const key = (one: { study: string; series: string }) => `${one.study}/${one.series}`;
const of = (choice: Choice): PaneView => ({
  study: choice.study.uid, series: choice.series.uid, instance: '', frame: 1, index: 0, position: null, voi: null, zoom: 1, pan: [0, 0], invert: false,
});

/** The series to begin with: the one with most slices of the newest study. */
const best = (study: Study): Series | undefined =>
  [...study.series].sort((a, b) => Number(b.shown) - Number(a.shown) || b.instances - a.instances)[0];

/** What to lay beside a series: the same kind in another study, else another series. */
function beside(choices: Choice[], current: PaneView): Choice | undefined {
  const modality = choices.find((one) => one.series.uid === current.series)?.series.modality;
  const others = choices.filter((one) => one.series.uid !== current.series && one.series.shown);
  return others.filter((one) => one.study.uid !== current.study && one.series.modality === modality).sort((a, b) => b.series.instances - a.series.instances)[0]
    ?? others.find((one) => one.study.uid !== current.study) ?? others[0];
}

export function DicomViewer({ caseId, share }: { caseId: Id; share?: ViewShare }) {
  const { t } = useTranslation();
  const files = useQuery({ queryKey: ['case', caseId, 'files'], queryFn: () => api.get<Files>(`/api/consults/${caseId}/files`) });
  const choices = useMemo<Choice[]>(() => (files.data?.studies ?? []).flatMap((study) => study.series.map((series) => ({ study, series }))), [files.data]);
  const [engine, setEngine] = useState<RenderingEngine | null>(null);
  const [broken, setBroken] = useState(false);
  const [view, setView] = useState<SharedView | null>(null);
  const [tool, setTool] = useState<Tool>('window');
  const root = useRef<HTMLDivElement>(null);

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
    if (study && series) setView((before) => before ?? { panes: [of({ study, series })], active: 0, compare: false, linked: true });
  }, [files.data]);

  const panes = useMemo(() => (view ? view.panes.slice(0, view.compare ? 2 : 1) : []), [view]);
  const known = (pane: PaneView) => choices.find((one) => one.study.uid === pane.study && one.series.uid === pane.series);
  const stacks = useQueries({
    queries: panes.map((pane) => ({
      queryKey: ['case', caseId, 'stack', pane.study, pane.series, known(pane)?.series.instances ?? 0],
      queryFn: () => loadStack(caseId, pane.study, pane.series),
      enabled: known(pane)?.series.shown ?? false,
      staleTime: Infinity,
    })),
  });
  const loaded = useMemo(() => new Map(stacks.flatMap((one) => (one.data ? [[key(one.data), one.data] as const] : []))), [stacks]);
  // A leader's slice is found by its name: more may have arrived here meanwhile, or there.
  const shown = useMemo(() => panes.map((pane) => {
    const slices = loaded.get(key(pane))?.slices;
    const here = slices?.[pane.index];
    if (!slices || !pane.instance || (here?.instance === pane.instance && here.frame === pane.frame)) return pane;
    const index = slices.findIndex((slice) => slice.instance === pane.instance && slice.frame === pane.frame);
    return index < 0 ? pane : { ...pane, index };
  }), [panes, loaded]);
  const stackOf = useCallback((pane: PaneView): Stack | undefined => loaded.get(key(pane)), [loaded]);

  // A pane whose stack has come: its first slice and window, unless they are set.
  useEffect(() => {
    setView((before) => {
      if (!before) return before;
      let changed = false;
      const panes = before.panes.map((pane) => {
        const stack = loaded.get(key(pane));
        if (!stack || pane.instance || !stack.slices.length) return pane;
        changed = true;
        const beside = before.compare && before.linked ? before.panes.find((other) => other !== pane && other.instance) : undefined;
        const other = beside && loaded.get(key(beside));
        const index = beside && other ? sameplace(other, beside.index, stack) : Math.floor((stack.slices.length - 1) / 2);
        const slice = stack.slices[index];
        return { ...pane, index, instance: slice.instance, frame: slice.frame, position: slice.position, voi: pane.voi ?? slice.window ?? (stack.modality === 'CT' ? { center: 40, width: 400 } : null) };
      });
      return changed ? { ...before, panes } : before;
    });
  }, [loaded]);

  const change = useCallback((index: number, edit: (pane: PaneView) => PaneView) => {
    setView((before) => (before ? { ...before, panes: before.panes.map((pane, at) => (at === index ? edit(pane) : pane)) } : before));
  }, []);
  const place = useCallback((pane: PaneView, index: number): PaneView => {
    const stack = stackOf(pane);
    const at = stack ? Math.max(0, Math.min(stack.slices.length - 1, index)) : index;
    const slice = stack?.slices[at];
    return slice ? { ...pane, index: at, instance: slice.instance, frame: slice.frame, position: slice.position } : pane;
  }, [stackOf]);
  const scroll = useCallback((from: number, slices: number) => {
    setView((before) => {
      if (!before) return before;
      const moved = place(before.panes[from], before.panes[from].index + slices);
      const stack = stackOf(moved);
      return {
        ...before,
        panes: before.panes.map((pane, at) => {
          if (at === from) return moved;
          const other = stackOf(pane);
          return before.compare && before.linked && stack && other ? place(pane, sameplace(stack, moved.index, other)) : pane;
        }),
      };
    });
  }, [place, stackOf]);
  const take = useCallback((led: SharedView) => setView(led), []);
  const point = useSharing(share, view, take);
  const following = share?.mode === 'follow';

  const active = view?.panes[view.active] ?? view?.panes[0];
  const edit = (edited: (pane: PaneView) => PaneView) => view && change(view.active, edited);
  const choose = (choice: Choice) => setView((before) => (before ? { ...before, panes: before.panes.map((pane, at) => (at === before.active ? of(choice) : pane)) } : before));
  const compare = () => setView((before) => {
    if (!before) return before;
    if (before.compare) return { ...before, compare: false, active: 0, panes: [before.panes[before.active], ...before.panes.filter((_, at) => at !== before.active)] };
    const other = beside(choices, before.panes[0]);
    if (!other) return before;
    const second = before.panes[1] && key(before.panes[1]) !== key(before.panes[0]) ? before.panes[1] : of(other);
    return { ...before, compare: true, panes: [before.panes[0], second] };
  });
  const reset = () => edit((pane) => ({ ...pane, zoom: 1, pan: [0, 0], invert: false, voi: stackOf(pane)?.slices[pane.index]?.window ?? pane.voi }));

  const onKey = (event: React.KeyboardEvent) => {
    if (!view || following || event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLSelectElement) return;
    const preset = PRESETS.find((one) => one.key === event.key);
    const many = stackOf(view.panes[view.active])?.slices.length ?? 0;
    const step: Record<string, () => void> = {
      ArrowDown: () => scroll(view.active, 1), ArrowRight: () => scroll(view.active, 1),
      ArrowUp: () => scroll(view.active, -1), ArrowLeft: () => scroll(view.active, -1),
      PageDown: () => scroll(view.active, 10), PageUp: () => scroll(view.active, -10),
      Home: () => scroll(view.active, -many), End: () => scroll(view.active, many),
      '+': () => edit((pane) => ({ ...pane, zoom: pane.zoom * 1.25 })), '-': () => edit((pane) => ({ ...pane, zoom: pane.zoom / 1.25 })),
      i: () => edit((pane) => ({ ...pane, invert: !pane.invert })), r: reset, c: compare,
    };
    const act = preset ? () => edit((pane) => ({ ...pane, voi: { center: preset.center, width: preset.width } })) : step[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  if (files.isError || broken) return <div className="dv dv-empty" role="alert">{t(broken ? 'viewer.no_engine' : 'viewer.failed')}</div>;
  if (files.isSuccess && choices.length === 0) return <div className="dv dv-empty">{t('viewer.none')}</div>;
  if (!view || !active) return <div className="dv dv-empty" aria-busy>{t('viewer.loading')}</div>;
  return (
    <div className={following ? 'dv following' : 'dv'} ref={root} tabIndex={0} role="group" aria-label={t('viewer.viewer')} onKeyDown={onKey}>
      <div className="dv-bar" role="toolbar" aria-label={t('viewer.tools')}>
        {TOOLS.map((one) => <button type="button" key={one} aria-pressed={tool === one} onClick={() => setTool(one)}>{t(`viewer.tool.${one}`)}</button>)}
        <span className="dv-gap" />
        {PRESETS.map((one) => (
          <button type="button" key={one.name} disabled={following} title={`${t('viewer.window', one)} (${one.key})`} aria-pressed={active.voi?.center === one.center && active.voi.width === one.width}
            onClick={() => edit((pane) => ({ ...pane, voi: { center: one.center, width: one.width } }))}>{t(`viewer.preset.${one.name}`)}</button>
        ))}
        <span className="dv-gap" />
        <button type="button" disabled={following} aria-pressed={active.invert} title="I" onClick={() => edit((pane) => ({ ...pane, invert: !pane.invert }))}>{t('viewer.invert')}</button>
        <button type="button" disabled={following} title="R" onClick={reset}>{t('viewer.reset')}</button>
        <button type="button" disabled={following || (!view.compare && !beside(choices, view.panes[0]))} aria-pressed={view.compare} title="C" onClick={compare}>{t('viewer.compare')}</button>
        {view.compare && <button type="button" disabled={following} aria-pressed={view.linked} onClick={() => setView({ ...view, linked: !view.linked })}>{t('viewer.linked')}</button>}
      </div>
      <div className="dv-body">
        <Rail studies={files.data?.studies ?? []} shown={shown} disabled={following} choose={choose} />
        <div className={view.compare ? 'dv-panes two' : 'dv-panes'}>
          {shown.map((pane, at) => {
            const choice = known(pane);
            const stack = stackOf(pane);
            const why = choice && !choice.series.shown ? choice.series.why_not ?? 'other' : null;
            if (why && choice) return <div className="dv-pane on" key={at} onPointerDownCapture={() => setView({ ...view, active: at })}><Unshown caseId={caseId} choice={choice} why={why} /></div>;
            if (stacks[at]?.isError) return <div className="dv-pane" key={at}><div className="dv-over" role="alert"><p>{t('viewer.failed')}</p><button type="button" onClick={() => void stacks[at].refetch()}>{t('viewer.again')}</button></div></div>;
            if (!engine || !stack || !pane.instance) return <div className="dv-pane" key={at}><div className="dv-over quiet" aria-busy>{t('viewer.loading')}</div></div>;
            return (
              <Pane key={at} engine={engine} id={`pane-${at}`} stack={stack} view={pane} active={view.compare && view.active === at} tool={tool}
                warn={choice?.study.patient_differs ?? false} point={point?.pane === at ? point : null}
                change={(edited) => { if (!following) change(at, edited); }} scroll={(slices) => { if (!following) scroll(at, slices); }}
                activate={() => { if (view.active !== at && !following) setView({ ...view, active: at }); }}
                onPointer={(found) => { if (share?.mode === 'lead') share.point(found && { pane: at, ...found }); }} />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Rail({ studies, shown, disabled, choose }: { studies: Study[]; shown: PaneView[]; disabled: boolean; choose(choice: Choice): void }) {
  const { t } = useTranslation();
  return (
    <nav className="dv-rail" aria-label={t('viewer.series')}>
      {studies.map((study) => (
        <section key={study.uid} aria-label={`${study.modality} ${study.date ?? ''}`}>
          <h3>{study.date ? `${study.date.slice(0, 4)}-${study.date.slice(4, 6)}-${study.date.slice(6)}` : t('viewer.no_date')}<small>{study.description}</small></h3>
          {study.series.map((series) => (
            <button type="button" key={series.uid} disabled={disabled} aria-pressed={shown.some((pane) => pane.series === series.uid)} onClick={() => choose({ study, series })}>
              <Thumb series={series} />
              <span>{series.number != null && `${series.number}. `}{series.description || series.modality}<small>{t('viewer.images', { count: series.instances })}</small></span>
            </button>
          ))}
        </section>
      ))}
    </nav>
  );
}

function Thumb({ series }: { series: Series }) {
  const [gone, setGone] = useState(false);
  return series.thumbnail && !gone ? <img src={series.thumbnail} alt="" loading="lazy" onError={() => setGone(true)} /> : <i aria-hidden>{series.modality}</i>;
}

/** A series of which nothing can be shown: says why, and hands out its first file. */
function Unshown({ caseId, choice, why }: { caseId: Id; choice: Choice; why: string }) {
  const at = `/dicom-web/studies/${choice.study.uid}/series/${choice.series.uid}`;
  const found = useQuery({
    queryKey: ['case', caseId, 'instances', choice.series.uid, choice.series.instances],
    queryFn: () => api.get<Record<string, { Value?: string[] }>[]>(`${at}/instances`, { case: caseId }),
  });
  const instance = found.data?.[0]?.['00080018']?.Value?.[0];
  return <NotShown why={why} href={instance && `${at}/instances/${instance}?download=true`} />;
}
