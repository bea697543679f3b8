// What the rules have raised: which rule, its number against its limit, where it comes from; who took note of it and when.
import { useState } from 'react';
import { Alert as Message, Button, Empty, Input, Modal, Skeleton } from 'antd';
import { CheckCircleFilled } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime, dayOf } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { judgesOutbreak } from '../can';
import { type Alert, alertsQuery, TEXT_MAX } from './api';
import { Field } from './Dialogs';
import { useText } from './marks';

/** Rows before one asks for the rest. */
const FIRST = 4;
const rounded = (value: number) => String(Number(value.toPrecision(3)));

function Note({ alert, done }: { alert: Alert; done: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [said, setSaid] = useState('');
  const again = () => void client.invalidateQueries({ queryKey: ['outbreak', 'alerts'] });
  const note = useMutation({ mutationFn: () => api.post(`/api/outbreak/alerts/${alert.id}/acknowledge`, { said }), onSuccess: () => { again(); done(); }, onError: again });
  return (
    <Modal open title={t('outbreak.note')} okText={t('outbreak.note')} cancelText={t('ui.cancel')} onCancel={done} onOk={() => note.mutate()} okButtonProps={{ loading: note.isPending, disabled: !said.trim() }}>
      <div className="fields">
        <p className="lead">{t('outbreak.note_what')}</p>
        <Field label={t('outbreak.note_said')}><Input.TextArea rows={3} maxLength={TEXT_MAX} value={said} onChange={(event) => setSaid(event.target.value)} /></Field>
        {note.isError && <Message type="error" showIcon role="alert" title={problemWords(note.error, t, i18n.language)} />}
      </div>
    </Modal>
  );
}

function One({ alert, notes, take }: { alert: Alert; notes: boolean; take: () => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const text = useText();
  const facts = { value: rounded(alert.value), limit: rounded(alert.limit), n: alert.count };
  return (
    <li className={alert.noted_at ? 'noted' : 'open'}>
      <div className="alerthead"><span className="alertmark" aria-hidden>{alert.noted_at ? '○' : '▲'}</span><b>{t(`outbreak.rule.${alert.rule}`, { defaultValue: alert.rule })}</b><span>{text(alert.disease.name)} · {name(alert.place)}</span><time dateTime={alert.raised_at}>{dayOf(alert.day, i18n.language)}</time></div>
      <p className="alertwhy">{t(`outbreak.rule_said.${alert.rule}`, { ...facts, defaultValue: t('outbreak.rule_said.other', facts) })} <small>{t('outbreak.rule_version', { code: alert.rule, version: alert.rule_version })} · {alert.source}</small></p>
      {alert.cases && alert.cases.length > 0 && <p className="alertcases">{t('outbreak.its_cases')} {alert.cases.slice(0, 12).map((id, n) => <Link key={id} to="/outbreak/$id" params={{ id }}>{n + 1}</Link>)}{alert.cases.length > 12 && ` +${alert.cases.length - 12}`}</p>}
      {alert.noted_at
        ? <p className="alertnoted"><CheckCircleFilled aria-hidden /> {t('outbreak.noted_by', { who: name(alert.noted_by), time: clockTime(alert.noted_at, i18n.language) })} <q>{alert.noted}</q></p>
        : notes ? <Button onClick={take}>{t('outbreak.note')}</Button> : <small>{t('outbreak.nobody_noted')}</small>}
    </li>
  );
}

export function Alerts() {
  const { t } = useTranslation();
  const me = useMe();
  const found = useQuery(alertsQuery);
  const [all, setAll] = useState(false);
  const [taking, setTaking] = useState<Alert | null>(null);
  const open = found.data?.filter((one) => !one.noted_at) ?? [];
  const noted = found.data?.filter((one) => one.noted_at) ?? [];
  const sorted = [...open, ...noted];
  return (
    <section className="panel alerts" aria-label={t('outbreak.alerts')}>
      <h2>{t('outbreak.alerts')} <small>{found.data && t('outbreak.alerts_n', { open: open.length, noted: noted.length })}</small></h2>
      {found.isError && !found.data ? <Failure error={found.error} retry={() => void found.refetch()} /> : !found.data ? <Skeleton active /> : sorted.length === 0 ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('outbreak.no_alerts')} /> : (
        <>
          <ul className="alertlist">{sorted.slice(0, all ? undefined : FIRST).map((one) => <One key={one.id} alert={one} notes={judgesOutbreak(me)} take={() => setTaking(one)} />)}</ul>
          {sorted.length > FIRST && <Button type="link" aria-expanded={all} onClick={() => setAll(!all)}>{t(all ? 'outbreak.fewer' : 'outbreak.all_alerts', { n: sorted.length })}</Button>}
        </>
      )}
      {taking && <Note alert={taking} done={() => setTaking(null)} />}
    </section>
  );
}
