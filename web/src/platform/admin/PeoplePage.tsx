// The people one manages: found, paged, opened, made.
import { useState } from 'react';
import { Button, Empty, Input, Pagination, Select, Skeleton } from 'antd';
import { PlusOutlined, SafetyCertificateOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { peopleQuery, ROLES, sitesQuery, type Link, type PersonRow } from '../api';
import { LinkShown } from './LinkShown';
import { PersonDrawer } from './PersonDrawer';
import { PersonForm } from './PersonForm';
import { daysLeft, licenceWords, SOON_DAYS, today } from './licence';

const PAGE = 25;

export function PeoplePage() {
  const { t } = useTranslation();
  const { name, title } = useNames();
  const navigate = useNavigate({ from: '/admin/people' });
  const search = useSearch({ from: '/inside/admin/people' });
  const page = Math.max(1, Number(search.page) || 1);
  const people = useQuery(peopleQuery({ q: search.q, hospital: search.hospital, role: search.role, state: search.state, skip: (page - 1) * PAGE, count: PAGE }));
  const sites = useQuery(sitesQuery);
  const [making, setMaking] = useState(false);
  const [link, setLink] = useState<Link | null>(null);
  const set = (change: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, page: undefined, ...change }) });
  const filtered = Boolean(search.q || search.hospital || search.role || search.state);
  return (
    <>
      <section className="card">
        <div className="cardhead wrap">
          <Input.Search key={search.q ?? ''} allowClear defaultValue={search.q} placeholder={t('admin.find_person')} aria-label={t('admin.find_person')} onSearch={(q) => set({ q: q.trim() || undefined })} className="findperson" />
          <Select allowClear showSearch={{ optionFilterProp: 'label' }} value={search.hospital} placeholder={t('admin.any_hospital')} aria-label={t('admin.field.hospital')} className="pick" onChange={(hospital) => set({ hospital })} options={sites.data?.sites.map((site) => ({ value: site.id, label: name(site) }))} />
          <Select allowClear value={search.role} placeholder={t('admin.any_role')} aria-label={t('admin.field.role')} className="pick" onChange={(role) => set({ role })} options={ROLES.map((role) => ({ value: role, label: t(`admin.role.${role}`) }))} />
          <Select value={search.state ?? 'active'} aria-label={t('admin.state')} className="pickstate" onChange={(state) => set({ state: state === 'active' ? undefined : state })} options={['active', 'disabled', 'all'].map((state) => ({ value: state, label: t(`admin.states.${state}`) }))} />
          <span className="grow" />
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t('admin.new_person')}</Button>
        </div>
        {people.isError ? <Failure error={people.error} retry={() => void people.refetch()} /> : !people.data ? <Skeleton active /> : people.data.people.length === 0 ? (
          <Empty description={t(filtered ? 'admin.nobody_found' : 'admin.nobody')}>{filtered && <Button onClick={() => void navigate({ search: {} })}>{t('admin.show_all')}</Button>}</Empty>
        ) : (
          <>
            <ul className="people">
              {people.data.people.map((person) => (
                <li key={person.id}>
                  <button onClick={() => void navigate({ search: (now) => ({ ...now, person: person.id }) })}>
                    <span className="whois"><b>{name(person)}</b>{title(person) && <span>{title(person)}</span>}</span>
                    <code>{person.account ?? '—'}</code>
                    <Posts person={person} />
                    <span className="marks">
                      {person.has_factor && <span className="tag" title={t('account.factor')}><SafetyCertificateOutlined aria-hidden /> {t('admin.has_factor')}</span>}
                      {!person.active ? <span className="tag grey">{t('admin.disabled')}</span> : !person.has_password && <span className="tag amber">{t('admin.no_password')}</span>}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            <div className="cardhead"><small>{t('admin.total', { n: people.data.total })}</small><span className="grow" />{people.data.total > PAGE && <Pagination size="small" current={page} pageSize={PAGE} total={people.data.total} showSizeChanger={false} onChange={(to) => void navigate({ search: (now) => ({ ...now, page: to > 1 ? String(to) : undefined }) })} />}</div>
          </>
        )}
      </section>
      <PersonDrawer id={search.person} close={() => void navigate({ search: (now) => ({ ...now, person: undefined }) })} show={setLink} />
      <PersonForm open={making} hospital={search.hospital} close={() => setMaking(false)} made={setLink} />
      <LinkShown link={link} close={() => setLink(null)} />
    </>
  );
}

function Posts({ person }: { person: PersonRow }) {
  const { t, i18n } = useTranslation();
  const hospital = (post: PersonRow['posts'][number]) => (i18n.language === 'en' ? post.hospital_name_en : post.hospital_name);
  const soon = person.active && person.licence_until && daysLeft(person.licence_until, today()) <= SOON_DAYS ? licenceWords(person.licence_until, today(), t) : '';
  return <span className="posts">{soon && <em className="tag amber">{soon}</em>}{person.posts.map((post) => <span key={post.id}>{t(`admin.role.${post.role}`, { defaultValue: post.role })} <small>{hospital(post)}</small></span>)}</span>;
}
