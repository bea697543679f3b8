// The departments, rooms and wards of a hospital; a ward's beds are under it.
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
import { bedsOf, SORTS, sortOf, type PlaceSort } from './places';

interface Values { name: string; name_en: string; kind: string }
/** What the dialog makes: something of a sort, or a bed of a ward. */
type New = { sort: PlaceSort } | { ward: Place };

export function Places({ hospital }: { hospital: string }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const client = useQueryClient();
  const undo = useUndo('admin');
  const places = useQuery(placesQuery(hospital));
  const [edited, setEdited] = useState<Place | null>(null);
  const [made, setMade] = useState<New | null>(null);
  const [form] = Form.useForm<Values>();
  if (places.isError) return <Failure error={places.error} retry={() => void places.refetch()} />;
  if (!places.data) return <Skeleton active />;
  const kinds: readonly string[] = made && 'sort' in made ? SORTS[made.sort] : [];
  const put = (place: Place, active: boolean) => api.put<void>(`/api/admin/places/${place.id}`, { name: place.name, name_en: place.name_en, active });
  const send = async (values: Values) => {
    if (edited) await api.put(`/api/admin/places/${edited.id}`, { name: values.name, name_en: values.name_en, active: edited.active });
    else if (made) await api.post(`/api/admin/hospitals/${hospital}/places`, { ...values, ...('ward' in made ? { kind: 'bed', ward: made.ward.id } : { kind: values.kind ?? kinds[0] }) });
    await client.invalidateQueries({ queryKey: ['admin'] });
  };
  const acts = (place: Place) => (
    <>
      <Button type="text" size="small" onClick={() => setEdited(place)} aria-label={`${t('admin.edit')} ${name(place)}`}>{t('admin.edit')}</Button>
      <Button type="text" size="small" onClick={() => void undo(() => put(place, !place.active), () => put(place, place.active), t(place.active ? 'admin.place_closed' : 'admin.place_opened', { name: name(place) }))} aria-label={`${t(place.active ? 'admin.close' : 'admin.open')} ${name(place)}`}>{t(place.active ? 'admin.close' : 'admin.open')}</Button>
    </>
  );
  const title = (place: Place) => <span><b>{name(place)}</b>{['virtual', 'icu'].includes(place.kind) && <span className="tag">{t(`admin.${place.kind}`)}</span>}{!place.active && <span className="tag grey">{t('admin.closed')}</span>}</span>;
  const heading = made && ('ward' in made ? t('admin.new_bed_in', { ward: name(made.ward) }) : t(`admin.new_${made.sort}`));
  return (
    <>
      {(Object.keys(SORTS) as PlaceSort[]).map((sort) => {
        const rows = places.data.filter((place) => sortOf(place.kind) === sort);
        return (
          <section key={sort} aria-label={t(`admin.${sort}s`)}>
            <div className="cardhead"><h3>{t(`admin.${sort}s`)}</h3><span className="grow" /><Button size="small" icon={<PlusOutlined />} onClick={() => setMade({ sort })}>{t(`admin.new_${sort}`)}</Button></div>
            {rows.length === 0 ? <p className="lead">{t(`admin.no_${sort}s`)}</p> : (
              <ul className="rows">
                {rows.map((place) => {
                  const beds = sort === 'ward' ? bedsOf(places.data, place.id) : [];
                  return (
                    <li key={place.id} className="line">
                      {title(place)}
                      <span className="grow" />
                      {acts(place)}
                      {sort === 'ward' && (
                        <details className="wardbeds">
                          <summary>{t('admin.beds_count', { n: beds.filter((bed) => bed.active).length })}</summary>
                          <ul className="rows">{beds.map((bed) => <li key={bed.id}>{title(bed)}<span className="grow" />{acts(bed)}</li>)}</ul>
                          <Button size="small" icon={<PlusOutlined />} disabled={!place.active} onClick={() => setMade({ ward: place })} aria-label={t('admin.new_bed_in', { ward: name(place) })}>{t('admin.new_bed')}</Button>
                        </details>
                      )}
                    </li>
                  );
                })}
              </ul>
            )}
          </section>
        );
      })}
      <FormDialog<Values>
        open={edited !== null || made !== null} title={edited ? t('admin.edit') : heading ?? ''} ok={t('ui.save')} form={form} close={() => { setEdited(null); setMade(null); }} send={send}
        initial={edited ? { name: edited.name, name_en: edited.name_en } : { kind: kinds[0] }}
      >
        <Form.Item name="name" label={t('admin.field.name')} rules={[{ required: true, whitespace: true, message: t('admin.fault.missing') }]}><Input maxLength={100} autoFocus /></Form.Item>
        <Form.Item name="name_en" label={t('admin.field.name_en_hospital')} rules={[{ required: true, whitespace: true, message: t('admin.fault.missing') }]}><Input maxLength={150} /></Form.Item>
        {!edited && kinds.length > 1 && <Form.Item name="kind" label={t('admin.field.kind')}><Select options={kinds.map((kind) => ({ value: kind, label: t(`admin.place_kind.${kind}`) }))} /></Form.Item>}
      </FormDialog>
    </>
  );
}
