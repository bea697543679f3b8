// The terminals and devices of a hospital: what it is, where it stands, in use or not.
import { useState } from 'react';
import { Button, Form, Input, Select, Skeleton } from 'antd';
import { PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { useUndo } from '../../ui/useUndo';
import { DEVICES, devicesQuery, placesQuery, type Device } from '../api';
import { FormDialog } from './FormDialog';
import { standsIn } from './places';

type Values = Omit<Device, 'id' | 'active'>;

export function Devices({ hospital }: { hospital: string }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const client = useQueryClient();
  const undo = useUndo('admin');
  const devices = useQuery(devicesQuery(hospital));
  const places = useQuery(placesQuery(hospital)).data ?? [];
  const [edited, setEdited] = useState<Device | 'new' | null>(null);
  const [form] = Form.useForm<Values>();
  if (devices.isError) return <Failure error={devices.error} retry={() => void devices.refetch()} />;
  if (!devices.data) return <Skeleton active />;
  const where = new Map(standsIn(places, name).map(({ value, label }) => [value, label]));
  const put = ({ id, ...fields }: Device, active: boolean) => api.put<void>(`/api/admin/devices/${id}`, { ...fields, active });
  const send = async (values: Values) => {
    if (edited === 'new') await api.post(`/api/admin/hospitals/${hospital}/devices`, values);
    else if (edited) await put({ ...values, id: edited.id, active: edited.active }, edited.active);
    await client.invalidateQueries({ queryKey: ['admin'] });
  };
  // A place that was closed since is not offered any more, and would stand there as its id.
  const initial = edited && edited !== 'new' ? { ...edited, place: edited.place && where.has(edited.place) ? edited.place : undefined } : { kind: 'terminal' };
  return (
    <section aria-label={t('admin.devices')}>
      <div className="cardhead"><h3>{t('admin.devices')}</h3><span className="grow" /><Button size="small" icon={<PlusOutlined />} onClick={() => setEdited('new')}>{t('admin.new_device')}</Button></div>
      {devices.data.length === 0 ? <p className="lead">{t('admin.no_devices')}</p> : (
        <ul className="rows">
          {devices.data.map((device) => (
            <li key={device.id} className="line">
              <span><b>{device.name}</b><span className="tag">{t(`admin.device.${device.kind}`)}</span>{!device.active && <span className="tag grey">{t('admin.out_of_use')}</span>}</span>
              <small>{[device.place && where.get(device.place), device.manufacturer, device.model, device.serial].filter(Boolean).join(' · ')}</small>
              <span className="grow" />
              <Button type="text" size="small" onClick={() => setEdited(device)} aria-label={`${t('admin.edit')} ${device.name}`}>{t('admin.edit')}</Button>
              <Button type="text" size="small" onClick={() => void undo(() => put(device, !device.active), () => put(device, device.active), t(device.active ? 'admin.device_out' : 'admin.device_back', { name: device.name }))} aria-label={`${t(device.active ? 'admin.put_out' : 'admin.put_back')} ${device.name}`}>{t(device.active ? 'admin.put_out' : 'admin.put_back')}</Button>
            </li>
          ))}
        </ul>
      )}
      <FormDialog<Values> open={edited !== null} title={t(edited === 'new' ? 'admin.new_device' : 'admin.edit')} ok={t('ui.save')} form={form} close={() => setEdited(null)} send={send} initial={initial}>
        <Form.Item name="kind" label={t('admin.field.kind')} rules={[{ required: true }]}><Select options={DEVICES.map((kind) => ({ value: kind, label: t(`admin.device.${kind}`) }))} /></Form.Item>
        <Form.Item name="name" label={t('admin.field.name')} rules={[{ required: true, whitespace: true, message: t('admin.fault.missing') }]}><Input maxLength={100} autoFocus /></Form.Item>
        <Form.Item name="place" label={t('admin.field.place')}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={[...where].map(([value, label]) => ({ value, label }))} notFoundContent={t('admin.no_rooms')} /></Form.Item>
        <Form.Item name="manufacturer" label={t('admin.field.manufacturer')}><Input maxLength={60} /></Form.Item>
        <Form.Item name="model" label={t('admin.field.model')}><Input maxLength={60} /></Form.Item>
        <Form.Item name="serial" label={t('admin.field.serial')}><Input maxLength={60} className="mono" /></Form.Item>
      </FormDialog>
    </section>
  );
}
