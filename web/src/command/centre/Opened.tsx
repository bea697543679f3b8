// A number opened: its rule, the rule's version, what lists it, and the list itself for those who may see it.
import { useEffect, useRef } from 'react';
import { Button, Skeleton } from 'antd';
import { CloseOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { opensFigures } from '../can';
import { Mark } from './Mark';
import { urgentFirst, type NetworkCases, type Overview } from './shape';

const shape = { emergency: '▲▲', urgent: '▲', routine: '●' } as const;

function Cases({ figure, urgency, hospital, at }: { figure: string; urgency?: string; hospital?: string; at: string }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const cases = useQuery({ queryKey: ['network', 'cases', { figure, urgency, hospital, at }], queryFn: () => api.get<NetworkCases>('/api/network/cases', { figure, urgency, hospital }), placeholderData: (before) => before, gcTime: 0 });
  if (cases.isPending) return <Skeleton active />;
  if (cases.isError && !cases.data) return <Failure error={cases.error} retry={() => void cases.refetch()} />;
  if (cases.data.cases.length === 0) return <p className="none">{t('command.no_cases')}</p>;
  return (
    <ul className="caselist">
      {urgentFirst(cases.data.cases).map((one) => {
        const face = (
          <>
            <span className="mono">{one.number}</span><span className={`u ${one.urgency}`}><i aria-hidden>{shape[one.urgency]}</i>{t(`consult.urgency.${one.urgency}`)}</span>
            <span className="who">{name(one.asking)}{one.advising.length > 0 && <> → {one.advising.map(name).join(t('ui.list_sep'))}</>}</span>
            <small>{t(`consult.state.${one.state}`)} · {t('command.handed_in', { time: clockTime(one.submitted_at, i18n.language) })}</small>
          </>
        );
        return <li key={one.id}>{one.opens ? <Link to="/cases/$id" params={{ id: one.id }}>{face}</Link> : <div title={t('command.not_yours')}>{face}</div>}</li>;
      })}
      {cases.data.count > cases.data.cases.length && <li className="rest">{t('command.listed', { n: cases.data.cases.length, of: cases.data.count })}</li>}
    </ul>
  );
}

export function Opened({ overview, figure, urgency, hospital, onClose, onPick }: { overview: Overview; figure?: string; urgency?: string; hospital?: string; onClose: () => void; onPick: (id: string) => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const me = useMe();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => { heading.current?.focus(); }, [figure, urgency, hospital]);
  const number = overview.figures.find((one) => one.code === figure);
  const place = overview.hospitals.find((one) => one.id === hospital);
  const lists = opensFigures(me);
  const english = i18n.language === 'en';
  const title = place ? name(place) : number ? t(`command.figure.${number.code}`, { defaultValue: number.code }) : '';
  const close = <Button type="text" icon={<CloseOutlined />} aria-label={t('ui.close')} onClick={onClose} />;
  return (
    <section className="panel opened" aria-label={title}>
      <header><h2 ref={heading} tabIndex={-1}>{place && <Mark state={place.state} />}{title}{urgency && <small>{t(`consult.urgency.${urgency}`)}</small>}</h2>{close}</header>
      {place && (
        <dl className="placefacts">
          <div><dt>{t('command.now')}</dt><dd>{t(`command.state.${place.state}`)}{place.connected && place.state !== 'connected' ? ` · ${t('command.state.connected')}` : ''}</dd></div>
          <div><dt>{t('command.last_heard')}</dt><dd>{place.heard ? clockTime(place.heard, i18n.language) : t('command.never')}</dd></div>
          <div><dt>{t('command.figure.waiting')}</dt><dd>{t('command.three', place.waiting)}</dd></div>
          <div><dt>{t('command.figure.in_session')}</dt><dd>{place.in_session}</dd></div>
          <div><dt>{t('command.figure.today')}</dt><dd>{place.today}</dd></div>
        </dl>
      )}
      {number && !place && (
        <>
          <p className="big"><b>{urgency && number.by ? number.by[urgency as 'urgent'] : number.value}</b>{number.of !== undefined && <span> / {number.of}</span>}</p>
          <h3>{t('command.rule')} <small className="mono">{t('command.version', { code: number.rule.code, version: number.rule.version })}</small></h3>
          <p className="ruletext">{english ? number.rule.text.en : number.rule.text.zh}</p>
          <h3>{t('command.query')}</h3>
          <p className="mono query">GET {number.query}{urgency ? `&urgency=${urgency}` : ''}</p>
        </>
      )}
      {figure === 'connected' && !place ? (
        <>
          <h3>{t('command.those_connected')}</h3>
          <ul className="caselist">{overview.hospitals.filter((one) => one.connected).map((one) => <li key={one.id}><button onClick={() => onPick(one.id)}><Mark state={one.state} /><span className="who">{name(one)}</span></button></li>)}</ul>
        </>
      ) : lists ? (
        <>
          <h3>{t('command.cases')}</h3>
          {place
            ? ['waiting', 'in_session', 'today'].includes(figure ?? '') || !figure ? <Cases figure={figure ?? 'today'} hospital={place.id} at={overview.at} /> : null
            : number && <Cases figure={number.code} urgency={urgency} at={overview.at} />}
        </>
      ) : <p className="none">{t('command.figures_only')}</p>}
    </section>
  );
}
