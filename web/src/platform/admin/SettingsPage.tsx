// Settings with history: the value, the default, who changed it and why; change it, or go back to an earlier one.
import { useState } from 'react';
import { Alert, Button, DatePicker, Drawer, Empty, Form, Input, InputNumber, Select, Skeleton, Switch } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime, partialDate } from '../../ui/time';
import { useNarrow } from '../../ui/useNarrow';
import { settingHistoryQuery, settingsQuery, sitesQuery, type Setting, type SettingValue } from '../api';
import { runsAll } from '../can';
import { runsOfDays } from './days';
import { FormDialog } from './FormDialog';

interface Values { value: SettingValue; why: string }
const section = (key: string) => key.split('.')[0];
const words = (key: string) => `admin.setting.${key.replaceAll('.', '_')}`;

function useSaid() {
  const { t, i18n } = useTranslation();
  return (of: Setting, value: SettingValue | undefined): string => {
    if (value === null || value === undefined) return t('admin.default_again');
    if (of.kind === 'switch') return t(value ? 'admin.on' : 'admin.off');
    if (Array.isArray(value)) return value.length ? runsOfDays(value).map(({ first, last }) => (first === last ? partialDate(first, i18n.language) : t('admin.day_to', { from: partialDate(first, i18n.language), to: partialDate(last, i18n.language) }))).join(t('ui.list_sep')) : t('admin.no_days');
    if (of.kind === 'one-of') return t(`admin.choice.${String(value)}`, { defaultValue: String(value) });
    return t(`admin.unit.${of.unit}`, { n: value });
  };
}

export function SettingsPage() {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const me = useMe();
  const said = useSaid();
  const navigate = useNavigate({ from: '/admin/settings' });
  const search = useSearch({ from: '/inside/admin/settings' });
  const sites = useQuery(sitesQuery);
  const hospital = search.hospital ?? (runsAll(me) ? undefined : me.role?.hospital.id);
  const settings = useQuery(settingsQuery(hospital));
  const [edited, setEdited] = useState<Setting | null>(null);
  const [opened, setOpened] = useState<Setting | null>(null);
  const places = [...(runsAll(me) ? [{ value: '', label: t('admin.installation') }] : []), ...(sites.data?.sites.map((site) => ({ value: site.id, label: name(site) })) ?? [])];
  const sections = [...new Set(settings.data?.map((one) => section(one.key)) ?? [])];
  return (
    <>
      <section className="card">
        <div className="cardhead wrap">
          <Select showSearch={{ optionFilterProp: 'label' }} value={hospital ?? ''} aria-label={t('admin.whose')} className="pick" options={places} onChange={(at) => void navigate({ search: at ? { hospital: at } : {} })} />
          <span className="lead inline">{t(hospital ? 'admin.settings_hospital' : 'admin.settings_what')}</span>
        </div>
      </section>
      {settings.isError ? <Failure error={settings.error} retry={() => void settings.refetch()} /> : !settings.data ? <Skeleton active className="card" /> : sections.map((part) => (
        <section className="card" key={part} aria-label={t(`admin.section.${part}`)}>
          <h2>{t(`admin.section.${part}`)}</h2>
          {part === 'retention' && <p className="lead">{t('admin.retention_what')}</p>}
          <ul className="settings">
            {settings.data.filter((one) => section(one.key) === part).map((one) => (
              <li key={one.key}>
                <span className="what">{t(words(one.key))}</span>
                <b className={one.set_here ? 'set' : ''}>{said(one, one.value)}</b>
                <small>{t('admin.default_is', { value: said(one, one.default) })}</small>
                <small className="last">{one.last ? t('admin.last', { by: name(one.last.by), time: clockTime(one.last.at, i18n.language), why: one.last.why }) : t('admin.never_changed')}</small>
                <span className="acts">
                  <Button size="small" onClick={() => setEdited(one)} aria-label={`${t('admin.change')} ${t(words(one.key))}`}>{t('admin.change')}</Button>
                  <Button size="small" type="text" disabled={!one.last} onClick={() => setOpened(one)} aria-label={`${t('admin.history')} ${t(words(one.key))}`}>{t('admin.history')}</Button>
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <Change of={edited} hospital={hospital} close={() => setEdited(null)} />
      <History of={opened} hospital={hospital} close={() => setOpened(null)} />
    </>
  );
}

function useChange(hospital?: string) {
  const client = useQueryClient();
  return async (of: Setting, value: SettingValue, why: string) => {
    const place = hospital ? `?hospital=${encodeURIComponent(hospital)}` : '';
    await api.put(`/api/admin/settings/${of.key}${place}`, { value, why, number: of.number });
    await client.invalidateQueries({ queryKey: ['admin', 'settings'] });
  };
}

function Change({ of, hospital, close }: { of: Setting | null; hospital?: string; close: () => void }) {
  const { t } = useTranslation();
  const change = useChange(hospital);
  const said = useSaid();
  const [form] = Form.useForm<Values>();
  if (!of) return null;
  return (
    <FormDialog<Values> open title={t(words(of.key))} ok={t('ui.save')} form={form} initial={{ value: of.value }} close={close} send={({ value, why }) => change(of, value, why)}>
      {of.kind === 'switch' && <Form.Item name="value" label={t('admin.value')} valuePropName="checked"><Switch checkedChildren={t('admin.on')} unCheckedChildren={t('admin.off')} /></Form.Item>}
      {of.kind === 'one-of' && <Form.Item name="value" label={t('admin.value')}><Select options={of.choices?.map((value) => ({ value, label: t(`admin.choice.${value}`, { defaultValue: value }) }))} /></Form.Item>}
      {of.kind === 'whole' && <Form.Item name="value" label={t('admin.value')} extra={t('admin.bounds', { min: said(of, of.min), max: said(of, of.max) })} rules={[{ required: true, type: 'integer', min: of.min, max: of.max, message: t('admin.bounds', { min: said(of, of.min), max: said(of, of.max) }) }]}><InputNumber min={of.min} max={of.max} autoFocus /></Form.Item>}
      {of.kind === 'days' && <Form.Item name="value" label={t('admin.value')} extra={t(`admin.setting_what.${of.key.replaceAll('.', '_')}`)} getValueProps={(days: string[]) => ({ value: days.map((day) => dayjs(day)) })} getValueFromEvent={(days: Dayjs[] | null) => (days ?? []).map((day) => day.format('YYYY-MM-DD')).sort()}><DatePicker multiple maxTagCount="responsive" className="days" /></Form.Item>}
      <Form.Item name="why" label={t('ui.reason')} rules={[{ required: true, whitespace: true, message: t('problem.settings_no-reason') }]}><Input.TextArea rows={2} maxLength={300} /></Form.Item>
    </FormDialog>
  );
}

function History({ of, hospital, close }: { of: Setting | null; hospital?: string; close: () => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const narrow = useNarrow();
  const said = useSaid();
  const change = useChange(hospital);
  const [form] = Form.useForm<{ why: string }>();
  const [back, setBack] = useState<{ value: SettingValue } | null>(null);
  const history = useQuery({ ...settingHistoryQuery(of?.key ?? '', hospital), enabled: of !== null });
  const current = history.data?.[0];
  return (
    <Drawer open={of !== null} onClose={close} size={narrow ? '100%' : 480} title={of ? t(words(of.key)) : ''} destroyOnHidden>
      {of && (history.isError ? <Failure error={history.error} retry={() => void history.refetch()} /> : !history.data ? <Skeleton active /> : history.data.length === 0 ? <Empty description={t('admin.never_changed')} /> : (
        <>
          <Alert type="info" showIcon className="gap" title={t('admin.default_is', { value: said(of, of.default) })} action={current?.value !== null && current?.value !== undefined ? <Button size="small" onClick={() => setBack({ value: null })}>{t('admin.back_default')}</Button> : undefined} />
          <ol className="history">
            {history.data.map((one) => (
              <li key={one.number}>
                <b>{said(of, one.value)}</b>
                <small>{name(one.by)} · {clockTime(one.at, i18n.language)}</small>
                <span>{one.why}</span>
                {one !== current && one.value !== undefined && one.value !== null && one.value !== of.value && <Button size="small" onClick={() => setBack({ value: one.value ?? null })}>{t('admin.back')}</Button>}
              </li>
            ))}
          </ol>
          <FormDialog<{ why: string }> open={back !== null} title={t('admin.back_to', { value: said(of, back?.value) })} ok={t('admin.back')} form={form} initial={{}} close={() => setBack(null)} send={async ({ why }) => { await change({ ...of, number: current?.number ?? of.number }, back?.value ?? null, why); close(); }}>
            <Form.Item name="why" label={t('ui.reason')} rules={[{ required: true, whitespace: true, message: t('problem.settings_no-reason') }]}><Input.TextArea rows={2} maxLength={300} autoFocus /></Form.Item>
          </FormDialog>
        </>
      ))}
    </Drawer>
  );
}
