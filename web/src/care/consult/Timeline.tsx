// What happened to the case, as sentences made from codes, so that both languages tell the same story.
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Act } from '../../api/types';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? one : one && typeof one === 'object' && 'name' in one ? String(one.name) : '')).filter(Boolean) : []);

export function actWords(act: Act, t: TFunction): string {
  return t(`act.${act.what.replaceAll('.', '_').replaceAll('-', '_')}`, { defaultValue: act.what });
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
            <span><b>{act.by ? name(act.by) : t('act.system')}</b> {actWords(act, t)}</span>
            {act.by && <small>{name(act.by.hospital)}</small>}
            {act.why && <p className="why">{act.why}</p>}
            {strings(act.params.items).length > 0 && <ul>{strings(act.params.items).map((item) => <li key={item}>{item}</li>)}</ul>}
          </div>
        </li>
      ))}
    </ol>
  );
}
