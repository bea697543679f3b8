// The departments and rooms of a hospital.
import { useState } from 'react';
import { Button, Form, Input, Select, Skeleton } from 'antd';
import { PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { placesQuery, type Place } from '../api';
import { FormDialog } from './FormDialog';
import { useUndo } from '../../ui/useUndo';

interface Values { name: string; name_en: string; kind: string }

export function Places({ hospital }: { hospital: string }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const client = useQueryClient();
  const undo = useUndo('admin');
  const places = useQuery(placesQuery(hospital));
  const [edited, setEdited] = useState<Place | 'department' | 'room' | null>(null);
  const [form] = Form.useForm<Values>();
  if (places.isError) return <Failure error={places.error} retry={() => void places.refetch()} />;
  if (!places.data) return <Skeleton active />;
  const isNew = typeof edited === 'string';
  const put = (place: Place, active: boolean) => api.put<void>(`/api/admin/places/${place.id}`, { name: place.name, name_en: place.name_en, active });
  const send = async (values: Values) => {
    if (isNew) await api.post(`/api/admin/hospitals/${hospital}/places`, { ...values, kind: edited === 'department' ? 'department' : values.kind });
    else if (edited) await api.put(`/api/admin/places/${edited.id}`, { name: values.name, name_en: values.name_en, active: edited.active });
    await client.invalidateQueries({ queryKey: ['admin'] });
  };
  return (
    <>
      {(['department', 'room'] as const).map((kind) => {
        const rows = places.data.filter((place) => (place.kind === 'department') === (kind === 'department'));
        return (
          <section key={kind} aria-label={t(`admin.${kind}s`)}>
            <div className="cardhead"><h3>{t(`admin.${kind}s`)}</h3><span className="grow" /><Button size="small" icon={<PlusOutlined />} onClick={() => setEdited(kind)}>{t(`admin.new_${kind}`)}</Button></div>
            {rows.length === 0 ? <p className="lead">{t(`admin.no_${kind}s`)}</p> : (
              <ul className="rows">
                {rows.map((place) => (
                  <li key={place.id} className="line">
                    <span><b>{name(place)}</b>{place.kind === 'virtual' && <span className="tag">{t('admin.virtual')}</span>}{!place.active && <span className="tag grey">{t('admin.closed')}</span>}</span>
                    <span className="grow" />
                    <Button type="text" size="small" onClick={() => setEdited(place)} aria-label={`${t('admin.edit')} ${name(place)}`}>{t('admin.edit')}</Button>
                    <Button type="text" size="small" onClick={() => void undo(() => put(place, !place.active), () => put(place, place.active), t(place.active ? 'admin.place_closed' : 'admin.place_opened', { name: name(place) }))} aria-label={`${t(place.active ? 'admin.close' : 'admin.open')} ${name(place)}`}>{t(place.active ? 'admin.close' : 'admin.open')}</Button>
                  </li>
                ))}
              </ul>
            )}
          </section>
        );
      })}
      <FormDialog<Values>
        open={edited !== null} title={isNew ? t(`admin.new_${edited}`) : t('admin.edit')} ok={t('ui.save')} form={form} close={() => setEdited(null)} send={send}
        initial={isNew || !edited ? { kind: 'room' } : { name: edited.name, name_en: edited.name_en }}
      >
        <Form.Item name="name" label={t('admin.field.name')} rules={[{ required: true, whitespace: true, message: t('admin.fault.missing') }]}><Input maxLength={100} autoFocus /></Form.Item>
        <Form.Item name="name_en" label={t('admin.field.name_en_hospital')} rules={[{ required: true, whitespace: true, message: t('admin.fault.missing') }]}><Input maxLength={150} /></Form.Item>
        {edited === 'room' && <Form.Item name="kind" label={t('admin.field.kind')}><Select options={[{ value: 'room', label: t('admin.physical') }, { value: 'virtual', label: t('admin.virtual') }]} /></Form.Item>}
      </FormDialog>
    </>
  );
}
