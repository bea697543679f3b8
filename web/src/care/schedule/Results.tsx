// What became of each proposal that was sent: taken, or refused in its problem's words.
import { Button } from 'antd';
import { CheckCircleFilled, CloseOutlined, WarningFilled } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMeetingWords } from './meeting';
import { refusalWords } from './refusal';
import type { Meeting, Room, Taken } from './shape';

export function Results({ chosen, answer, rooms, close }: { chosen: { number: string; case: string; meeting: Meeting }[]; answer: Taken['cases']; rooms: Room[]; close: () => void }) {
  const { t, i18n } = useTranslation();
  const words = useMeetingWords(rooms);
  const known = new Map(chosen.map((one) => [one.case, one]));
  const taken = answer.filter((one) => one.taken);
  const refused = answer.filter((one) => !one.taken);
  const line = (one: Taken['cases'][number]) => {
    const asked = known.get(one.case);
    return asked && (
      <li key={one.case}>
        <Link to="/cases/$id" params={{ id: one.case }} className="mono">{asked.number}</Link>{' '}
        {one.taken ? words(asked.meeting) : <span className="no">{refusalWords(one.refused, t, i18n.language)}</span>}
      </li>
    );
  };
  return (
    <section className="results" aria-label={t('plan.results')} role="status">
      <header>
        <CheckCircleFilled aria-hidden className="yes" /><b>{t('plan.taken', { n: taken.length })}</b>
        {refused.length > 0 && <><WarningFilled aria-hidden className="no" /><b className="no">{t('plan.refused', { n: refused.length })}</b></>}
        <span className="grow" />
        <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('ui.close')} onClick={close} />
      </header>
      {refused.length > 0 && <ul>{refused.map(line)}</ul>}
      {taken.length > 0 && <details><summary>{t('plan.taken_which')}</summary><ul>{taken.map(line)}</ul></details>}
    </section>
  );
}
