// The row of what can be done; everything here has a key as well.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DRAWING, type Tool } from './hand';
import { keyOf, type Command } from './keys';
import { PRESETS } from './presets';
import { LAYOUTS, panesOf, type Layout, type PaneView, type SharedView } from './share';

export const TOOLS: Tool[] = ['window', 'scroll', 'zoom', 'pan', 'length', 'angle', 'ellipse', 'probe'];

const PATHS: Record<Tool, ReactNode> = {
  window: <><circle cx="8" cy="8" r="5.5" /><path d="M8 2.5v11a5.5 5.5 0 0 0 0-11" fill="currentColor" /></>,
  scroll: <><path d="M3 4.5h10M3 8h10M3 11.5h10" /></>,
  zoom: <><circle cx="7" cy="7" r="4.5" /><path d="M10.5 10.5 14 14M5 7h4M7 5v4" /></>,
  pan: <path d="M8 1.5v13M1.5 8h13M8 1.5 6 4M8 1.5 10 4M8 14.5 6 12M8 14.5l2-2.5M1.5 8 4 6M1.5 8 4 10M14.5 8 12 6M14.5 8 12 10" />,
  length: <path d="M2.5 13.5 13.5 2.5M1 12l3 3M12 1l3 3" />,
  angle: <path d="M13 3 3 13h11M7.5 8.5A6 6 0 0 1 9.5 13" />,
  ellipse: <ellipse cx="8" cy="8" rx="6.5" ry="4.5" />,
  probe: <><circle cx="8" cy="8" r="2.5" /><path d="M8 1v3M8 12v3M1 8h3M12 8h3" /></>,
};

/** What stands for a command whose word would not fit; the word is its name all the same. */
const SIGNS = {
  undo: <path d="M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H7" />,
  clear: <path d="M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.7 9h5.6l.7-9M6.8 7v4M9.2 7v4" />,
  invert: <><rect x="2.5" y="2.5" width="11" height="11" rx="1.5" /><path d="M2.5 13.5v-11h11z" fill="currentColor" /></>,
  reset: <path d="M3 8a5 5 0 1 0 1.6-3.7M4.5 1.5v3h3" />,
  compare: <path d="M2 3h5v10H2zM9 3h5v10H9z" />,
  play: <path d="M4.5 2.5v11l9-5.5z" fill="currentColor" />,
  stop: <path d="M4 4h8v8H4z" fill="currentColor" />,
  key_image: <path d="m8 1.8 1.9 4 4.3.5-3.2 3 .9 4.3L8 11.4l-3.9 2.2.9-4.3-3.2-3 4.3-.5z" />,
};

export function Icon({ children }: { children: ReactNode }) {
  return <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden>{children}</svg>;
}

interface Props {
  view: SharedView; active: PaneView; tool: Tool; fixed: boolean; film: boolean; playing: boolean; rate: number;
  comparable: boolean; dated: number; undoable: boolean; marked: boolean; marking: 'no' | 'ready' | 'busy';
  setTool(tool: Tool): void; setRate(rate: number): void; lay(layout: Layout): void; run(command: Command): void; align(): void;
}

export function Toolbar({ view, active, tool, fixed, film, playing, rate, comparable, dated, undoable, marked, marking, setTool, setRate, lay, run, align }: Props) {
  const { t } = useTranslation();
  const hint = (command: Command) => `${t(`viewer.does.${command.replace('.', '_')}`)} (${keyOf(command)})`;
  const press = (command: Command, words: ReactNode, more: { pressed?: boolean; off?: boolean; name?: string } = {}) => (
    <button type="button" key={command} aria-label={more.name} aria-pressed={more.pressed} disabled={fixed || more.off} title={hint(command)} aria-keyshortcuts={keyOf(command)} onClick={() => run(command)}>{words}</button>
  );
  const sign = (command: Command, name: string, picture: ReactNode, more: { pressed?: boolean; off?: boolean } = {}) => (
    <button type="button" key={command} className="dv-icon" aria-label={name} aria-pressed={more.pressed} disabled={fixed || more.off} title={hint(command)} aria-keyshortcuts={keyOf(command)} onClick={() => run(command)}><Icon>{picture}</Icon></button>
  );
  const several = panesOf(view.layout) > 1;
  return (
    <div className="dv-bar" role="toolbar" aria-label={t('viewer.tools')}>
      <span className="dv-set">
        {TOOLS.map((one) => (
          <button type="button" key={one} className="dv-icon" aria-label={t(`viewer.tool.${one}`)} aria-pressed={tool === one} disabled={fixed && DRAWING.includes(one)} title={hint(`tool.${one}`)} aria-keyshortcuts={keyOf(`tool.${one}`)} onClick={() => setTool(one)}><Icon>{PATHS[one]}</Icon></button>
        ))}
        {sign('undo', t('viewer.undo'), SIGNS.undo, { off: !undoable })}
        {sign('clear', t('viewer.clear'), SIGNS.clear, { off: !marked })}
      </span>
      <span className="dv-set">
        {PRESETS.map((one) => press(`preset.${one.name}`, t(`viewer.preset.${one.name}`), { pressed: active.voi?.center === one.center && active.voi.width === one.width }))}
        {sign('invert', t('viewer.invert'), SIGNS.invert, { pressed: active.invert })}
        {sign('reset', t('viewer.reset'), SIGNS.reset)}
      </span>
      <span className="dv-set">
        <select aria-label={t('viewer.layout')} title={hint('layout')} disabled={fixed} value={view.layout} onChange={(event) => lay(event.target.value as Layout)}>
          {LAYOUTS.map((one) => <option key={one} value={one}>{one.replace('x', '×')}</option>)}
        </select>
        {sign('compare', t('viewer.compare'), SIGNS.compare, { pressed: several, off: !several && !comparable })}
        {dated > 1 && press('dates', t('viewer.dates', { count: Math.min(3, dated) }))}
      </span>
      {film && (
        <span className="dv-set">
          {sign('cine', t(playing ? 'viewer.stop' : 'viewer.play'), playing ? SIGNS.stop : SIGNS.play, { pressed: playing })}
          {playing && <label className="dv-rate" title={t('viewer.rate_label')}><input type="number" aria-label={t('viewer.rate_label')} min={1} max={60} step={1} disabled={fixed} value={Math.round(rate)} onChange={(event) => setRate(Math.min(60, Math.max(1, Number(event.target.value) || 1)))} /></label>}
        </span>
      )}
      <span className="dv-set">
        {marking !== 'no' && sign('key_image', t(marking === 'busy' ? 'viewer.key_image_busy' : 'viewer.key_image'), SIGNS.key_image, { off: marking === 'busy' })}
        <button type="button" className="dv-icon" aria-label={t('viewer.help')} title={hint('help')} onClick={() => run('help')}>?</button>
      </span>
      {/* Only while there is something beside it: where it does not fit, it is a row of its own. */}
      {several && (
        <span className="dv-set">
          {press('linked', t('viewer.linked'), { pressed: view.linked })}
          {press('offset_less', '−', { name: t('viewer.offset_less') })}
          {press('offset_more', '+', { name: t('viewer.offset_more') })}
          {view.panes.slice(0, panesOf(view.layout)).some((pane) => pane.offset !== 0) && <button type="button" disabled={fixed} onClick={align}>{t('viewer.align')}</button>}
        </span>
      )}
    </div>
  );
}
