// One person: what they are, their account, their certificates, their sessions.
import { useState } from 'react';
import { App, Button, Drawer, Skeleton } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime, dayOf } from '../../ui/time';
import { offsetWords } from '../../ui/zone';
import { serverNow } from '../../api/clock';
import { useNarrow } from '../../ui/useNarrow';
import { problemWords } from '../../ui/words';
import { Sessions } from '../account/Sessions';
import { personQuery, personSessionsQuery, type Link, type PersonDetail } from '../api';
import { PersonForm } from './PersonForm';
import { useUndo } from '../../ui/useUndo';
import { licenceWords, today } from './licence';

export function PersonDrawer({ id, close, show }: { id?: string; close: () => void; show: (link: Link) => void }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const narrow = useNarrow();
  const person = useQuery({ ...personQuery(id ?? ''), enabled: Boolean(id) });
  return (
    <Drawer open={Boolean(id)} onClose={close} size={narrow ? '100%' : 620} title={person.data ? name(person.data.row) : t('admin.page.people')} destroyOnHidden>
      {person.isError ? <Failure error={person.error} retry={() => void person.refetch()} /> : !person.data || !id ? <Skeleton active /> : <Person person={person.data} show={show} />}
    </Drawer>
  );
}

function Person({ person, show }: { person: PersonDetail; show: (link: Link) => void }) {
  const { t, i18n } = useTranslation();
  const { name, title } = useNames();
  const { message, modal } = App.useApp();
  const me = useMe();
  const client = useQueryClient();
  const undo = useUndo('admin');
  const [editing, setEditing] = useState(false);
  const { row, wholly } = person;
  const self = row.id === me.person.id;
  const wrong = (error: unknown) => void message.error(problemWords(error, t, i18n.language));
  const put = (active: boolean) => api.put<void>(`/api/admin/people/${row.id}/active`, { active });
  const ask = (what: 'reset' | 'factor') => modal.confirm({
    title: t(`admin.${what}`), content: t(`admin.${what}_what`, { name: name(row) }), okText: t(`admin.${what}`), cancelText: t('ui.cancel'),
    onOk: () => (what === 'reset' ? api.post<Link>(`/api/admin/people/${row.id}/reset`).then(show) : api.delete(`/api/admin/people/${row.id}/factor`).then(() => void message.success(t('admin.factor_gone')))).then(() => client.invalidateQueries({ queryKey: ['admin'] }), wrong),
  });
  const facts: [string, string | undefined][] = [
    [t('admin.field.account'), row.account], [t('admin.field.person_name'), row.name], [t('admin.field.name_en'), row.name_en], [t('admin.field.title'), title(row)], [t('admin.field.licence'), person.licence && [person.licence, licenceWords(person.licence_until, today(), t)].filter(Boolean).join(' · ')], [t('admin.field.phone'), person.phone],
    [t('admin.field.languages'), person.languages.map((code) => t(`admin.language.${code}`)).join(t('ui.list_sep'))],
    [t('admin.field.time_zone'), person.time_zone && `${person.time_zone} ${offsetWords(person.time_zone, serverNow())}`],
  ];
  return (
    <div className="person">
      <div className="actions">
        <Button onClick={() => setEditing(true)}>{t('admin.edit')}</Button>
        <Button disabled={!wholly || !row.active} onClick={() => ask('reset')}>{t('admin.reset')}</Button>
        {row.has_factor && <Button disabled={!wholly} onClick={() => ask('factor')}>{t('admin.factor')}</Button>}
        <Button danger={row.active} disabled={!wholly || self} title={self ? t('admin.yourself') : undefined} onClick={() => void undo(() => put(!row.active), () => put(row.active), t(row.active ? 'admin.person_disabled' : 'admin.person_enabled', { name: name(row) }))}>{t(row.active ? 'admin.disable' : 'admin.enable')}</Button>
      </div>
      {!wholly && <p className="lead">{t('admin.shared_person')}</p>}
      {!row.active && <p className="lead">{t('admin.disabled_what')}</p>}
      {row.active && !row.has_password && <p className="lead">{person.link_until ? t('admin.link_waits', { time: clockTime(person.link_until, i18n.language) }) : t('admin.link_over')}</p>}
      <dl className="facts">{facts.filter(([, value]) => value).map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
      <h3>{t('admin.field.posts')}</h3>
      <ul className="rows">
        {row.posts.map((post) => (
          <li key={post.id}><b>{t(`admin.role.${post.role}`, { defaultValue: post.role })}</b><span>{i18n.language === 'en' ? post.hospital_name_en : post.hospital_name}</span>{post.specialties.length > 0 && <small>{post.specialties.map((code) => t(`consult.specialty.${code}`, { defaultValue: code })).join(t('ui.list_sep'))}</small>}</li>
        ))}
      </ul>
      <h3>{t('admin.certificates')}</h3>
      {person.certificates.length === 0 ? <p className="lead">{t('admin.no_certificates')}</p> : (
        <ul className="rows">{person.certificates.map((one, at) => <li key={at}><span className="mono small">{one.subject}</span><small>{one.ended_at ? t('admin.certificate_ended', { time: clockTime(one.ended_at, i18n.language) }) : t('admin.certificate_until', { day: dayOf(one.not_after, i18n.language) })}</small></li>)}</ul>
      )}
      {wholly && <Sessions query={personSessionsQuery(row.id)} end={() => api.delete(`/api/admin/people/${row.id}/sessions`)} endWords={t('admin.end_sessions')} />}
      <PersonForm open={editing} person={person} close={() => setEditing(false)} />
    </div>
  );
}
