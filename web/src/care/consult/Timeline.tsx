// What happened to the case, as sentences made from codes, so that both languages tell the same story.
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Act } from '../../api/types';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? one : one && typeof one === 'object' && 'name' in one ? String(one.name) : '')).filter(Boolean) : []);

type Named = Parameters<ReturnType<typeof useNames>['name']>[0];

/** `name` puts the people of an act into words; without it they stay as the person writes them. */
export function actWords(act: Pick<Act, 'what' | 'params'>, t: TFunction, name: (one: Named) => string = (one) => one?.name ?? ''): string {
  const key = act.what.replaceAll('.', '_').replaceAll('-', '_');
  // Which version is known once it is signed; a try that was refused made none.
  const { version } = act.params as { version?: number };
  if (act.what === 'opinion.amend' && version) return t('act.opinion_amend_version', { version });
  if (act.what.startsWith('join.')) return t(`act.${key}`, { defaultValue: act.what, site: act.params.name ? name(act.params as unknown as Named) : '' });
  if (act.what === 'directory.licence_ends') return t(act.params.over ? 'act.directory_licence_ended' : 'act.directory_licence_ends', { who: name(act.params as unknown as Named), until: act.params.until });
  if (!act.what.startsWith('timer.')) return t(`act.${key}`, { defaultValue: act.what });
  // What happened by itself says who was late, and who stands in.
  const { who, standby, out, on_call } = act.params as { who?: string; standby?: Named; out?: Named[]; on_call?: { rank: number; expert: Named }[] };
  if (key === 'timer_ring' && on_call?.length) {
    return t('act.timer_ring_on_call', { called: on_call.map(({ rank, expert }) => t('act.ring_rank', { who: name(expert), rank })).join(t('ui.list_sep')) });
  }
  const variant = ['timer_call', 'timer_dispatcher', 'timer_no_show'].includes(key) ? `${key}_${who ?? 'expert'}` : key === 'timer_standby' && !standby ? `${key}_none` : key;
  return t(`act.${variant}`, { defaultValue: act.what, standby: standby && name(standby), out: out?.map(name).join(t('ui.list_sep')) });
}

export function Timeline({ acts, most }: { acts: Act[]; most?: number }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const shown = [...acts].sort((a, b) => b.number - a.number).slice(0, most);
  return (
    <ol className="timeline">
      {shown.map((act) => (
        <li key={act.number}>
          <time dateTime={act.at}>{clockTime(act.at, i18n.language)}</time>
          <div>
            <span><b>{act.by ? name(act.by) : t('act.system')}</b> {actWords(act, t, name)}</span>
            {act.by && <small>{name(act.by.hospital)}</small>}
            {act.why && <p className="why">{act.why}</p>}
            {strings(act.params.items).length > 0 && <ul>{strings(act.params.items).map((item) => <li key={item}>{item}</li>)}</ul>}
          </div>
        </li>
      ))}
    </ol>
  );
}
