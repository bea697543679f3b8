// Which hospitals wait, the most urgent first, and how long their first clock still runs. Counts and times: no case, no patient.
import { useTranslation } from 'react-i18next';
import { spellWords } from '../../care/consult/parts';
import { useNames } from '../../ui/names';
import { useNow } from '../../ui/useNow';
import { URGENCIES, waitingFirst, type HospitalNow } from './shape';

const shape = { emergency: '▲▲', urgent: '▲', routine: '●' } as const;

function Left({ due }: { due?: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const left = due ? Date.parse(due) - now : 0;
  if (!due) return null;
  return <span className={left < 0 ? 'remain over' : left < 600_000 ? 'remain near' : 'remain'}>{t(left < 0 ? 'consult.overdue' : 'consult.left', { span: spellWords(left, t) })}</span>;
}

export function Waiting({ hospitals, most, onPick }: { hospitals: HospitalNow[]; most: number; onPick?: (id: string) => void }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const now = useNow();
  const waiting = waitingFirst(hospitals);
  if (waiting.length === 0) return <p className="none">{t('command.nobody_waits')}</p>;
  return (
    <ol className="waiting">
      {waiting.slice(0, most).map((one) => {
        const face = (
          <>
            <span className="who">{name(one)}</span>
            <Left due={one.due} />
            <span className="chips">{URGENCIES.filter((urgency) => one.waiting[urgency] > 0).map((urgency) => <span key={urgency} className={`u ${urgency}`}><i aria-hidden>{shape[urgency]}</i>{t(`consult.urgency.${urgency}`)}{one.waiting[urgency] > 1 && <b> ×{one.waiting[urgency]}</b>}</span>)}</span>
            {one.waiting_since && <small>{t('command.since', { span: spellWords(now - Date.parse(one.waiting_since), t) })}</small>}
          </>
        );
        const most_urgent = URGENCIES.find((urgency) => one.waiting[urgency] > 0);
        return <li key={one.id} className={most_urgent}>{onPick ? <button onClick={() => onPick(one.id)}>{face}</button> : <div>{face}</div>}</li>;
      })}
      {waiting.length > most && <li className="rest">{t('command.more_wait', { n: waiting.length - most })}</li>}
    </ol>
  );
}
