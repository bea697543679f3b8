// The hospitals one manages as a tree; the chosen one with its departments and rooms.
import { useMemo, useState } from 'react';
import { Button, Empty, Form, Input, Select, Skeleton } from 'antd';
import { EditOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { LEVELS, sitesQuery, type Site } from '../api';
import { Devices } from './Devices';
import { FormDialog } from './FormDialog';
import { Places } from './Places';
import { tree } from './tree';
import { useUndo } from '../../ui/useUndo';

interface Values { id?: string; name: string; name_en: string; level: string; parent?: string }

export function HospitalsPage() {
  const { t } = useTranslation();
  const { name } = useNames();
  const client = useQueryClient();
  const navigate = useNavigate({ from: '/admin' });
  const search = useSearch({ from: '/inside/admin/' });
  const sites = useQuery(sitesQuery);
  const undo = useUndo('admin');
  const [words, setWords] = useState('');
  const [edited, setEdited] = useState<Site | 'new' | null>(null);
  const [form] = Form.useForm<Values>();
  const rows = useMemo(() => tree(sites.data?.sites ?? []), [sites.data]);
  if (sites.isError) return <Failure error={sites.error} retry={() => void sites.refetch()} />;
  if (!sites.data) return <Skeleton active className="card" />;
  const shown = words ? rows.filter(({ site }) => `${site.name} ${site.name_en} ${site.id}`.toLowerCase().includes(words.toLowerCase())) : rows;
  const at = sites.data.sites.find((site) => site.id === search.at) ?? rows[0]?.site;
  const put = (site: Site, active: boolean) => api.put<void>(`/api/admin/hospitals/${site.id}`, { name: site.name, name_en: site.name_en, level: site.level, parent: site.parent ?? null, active });
  const send = async (values: Values) => {
    const { id, ...fields } = { ...values, parent: values.parent ?? null };
    if (edited === 'new') {
      const made = await api.post<{ id: string }>('/api/admin/hospitals', { id: id?.trim() || null, ...fields });
      await client.invalidateQueries({ queryKey: ['admin'] });
      return navigate({ search: { at: made.id } });
    }
    if (edited) await api.put(`/api/admin/hospitals/${edited.id}`, { ...fields, active: edited.active });
    return client.invalidateQueries({ queryKey: ['admin'] });
  };
  const initial: Partial<Values> = edited === 'new' || !edited ? { level: 'county', parent: at?.id } : { name: edited.name, name_en: edited.name_en, level: edited.level, parent: edited.parent };
  const outside = edited && edited !== 'new' && edited.parent && !sites.data.sites.some((site) => site.id === edited.parent);
  return (
    <div className="sidebyside">
      <section className="card treepane" aria-label={t('admin.page.hospitals')}>
        <div className="cardhead"><Input.Search allowClear placeholder={t('admin.find_hospital')} aria-label={t('admin.find_hospital')} onChange={(event) => setWords(event.target.value.trim())} /><Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>{t('ui.add')}</Button></div>
        {shown.length === 0 && <Empty description={t('admin.none_found')} />}
        <ul className="tree">
          {shown.map(({ site, depth }) => (
            <li key={site.id} style={{ paddingLeft: words ? 0 : depth * 18 }}>
              <button className={site.id === at?.id ? 'on' : ''} aria-pressed={site.id === at?.id} onClick={() => void navigate({ search: { at: site.id } })}>
                <b>{name(site)}</b>
                {!site.active && <span className="tag grey">{t('admin.closed')}</span>}
                <small>{t(`admin.level.${site.level}`)} · {t('admin.people_count', { n: site.people })}</small>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {at && (
        <section className="card" aria-label={name(at)} key={at.id}>
          <div className="cardhead">
            <div><h2>{name(at)}</h2><small>{at.name === name(at) ? at.name_en : at.name} · {t(`admin.level.${at.level}`)} · <span className="mono">{at.id}</span></small></div>
            <span className="grow" />
            <Button icon={<EditOutlined />} onClick={() => setEdited(at)}>{t('admin.edit')}</Button>
            <Button danger={at.active} onClick={() => void undo(() => put(at, !at.active), () => put(at, at.active), t(at.active ? 'admin.hospital_closed' : 'admin.hospital_opened', { name: name(at) }))}>{t(at.active ? 'admin.close' : 'admin.open')}</Button>
          </div>
          {!at.active && <p className="lead">{t('admin.closed_what')}</p>}
          <p className="links">
            <Link to="/admin/people" search={{ hospital: at.id }}>{t('admin.people_here', { n: at.people })}</Link>
            <Link to="/admin/settings" search={{ hospital: at.id }}>{t('admin.settings_here')}</Link>
          </p>
          <Places hospital={at.id} />
          <Devices hospital={at.id} />
        </section>
      )}
      <FormDialog<Values> open={edited !== null} title={t(edited === 'new' ? 'admin.new_hospital' : 'admin.edit_hospital')} ok={t('ui.save')} form={form} initial={initial} send={send} close={() => setEdited(null)}>
        <Form.Item name="name" label={t('admin.field.name')} rules={[{ required: true, whitespace: true, message: t('admin.fault.missing') }]}><Input maxLength={100} autoFocus /></Form.Item>
        <Form.Item name="name_en" label={t('admin.field.name_en_hospital')} rules={[{ required: true, whitespace: true, message: t('admin.fault.missing') }]}><Input maxLength={150} /></Form.Item>
        {edited === 'new' && <Form.Item name="id" label={t('admin.field.id')} extra={t('admin.id_what')}><Input maxLength={64} className="mono" /></Form.Item>}
        <Form.Item name="level" label={t('admin.field.level')} rules={[{ required: true }]}><Select options={LEVELS.map((level) => ({ value: level, label: t(`admin.level.${level}`) }))} /></Form.Item>
        {!outside && <Form.Item name="parent" label={t('admin.field.parent')}><Select allowClear={sites.data.runs_all} showSearch={{ optionFilterProp: 'label' }} options={sites.data.sites.filter((site) => site !== edited).map((site) => ({ value: site.id, label: name(site) }))} /></Form.Item>}
        {outside && <Form.Item name="parent" hidden><Input /></Form.Item>}
      </FormDialog>
    </div>
  );
}
