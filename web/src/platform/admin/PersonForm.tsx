// A person's names, title, licence, languages and posts: a new one, or one as they are to be.
import { AutoComplete, Button, Form, Input, Select } from 'antd';
import { PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import { SPECIALTIES } from '../../api/types';
import { useNames } from '../../ui/names';
import { offsetWords } from '../../ui/zone';
import { serverNow } from '../../api/clock';
import { LANGUAGES, placesQuery, ROLES, sitesQuery, type Link, type PersonDetail } from '../api';
import { runsAll } from '../can';
import { FormDialog } from './FormDialog';

interface PostValues { id?: string; hospital?: string; role?: string; specialties?: string[]; department?: string }
interface Values { account: string; name: string; name_en?: string; title?: string; title_en?: string; licence?: string; licence_until?: string; phone?: string; languages?: string[]; time_zone?: string; posts: PostValues[] }

/** Africa/Lusaka UTC+2: found by either. */
const zones = () => Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: `${value} ${offsetWords(value, serverNow())}` }));

const TITLES = [['主任医师', 'Chief physician'], ['副主任医师', 'Deputy chief physician'], ['主治医师', 'Attending physician'], ['住院医师', 'Resident physician'], ['主任护师', 'Chief nurse'], ['副主任护师', 'Deputy chief nurse'], ['主管护师', 'Supervisor nurse'], ['护师', 'Senior nurse']] as const;

function PostFields({ at, remove, fixed }: { at: number; remove: () => void; fixed: boolean }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const me = useMe();
  const sites = useQuery(sitesQuery).data?.sites ?? [];
  const hospital = Form.useWatch<string | undefined>(['posts', at, 'hospital']);
  const role = Form.useWatch<string | undefined>(['posts', at, 'role']);
  const places = useQuery({ ...placesQuery(hospital ?? ''), enabled: Boolean(hospital) }).data ?? [];
  const roles = ROLES.filter((one) => one !== 'platform-administrator' || runsAll(me));
  return (
    <fieldset className="post">
      <legend className="sr">{t('admin.post', { n: at + 1 })}</legend>
      <Form.Item name={[at, 'id']} hidden><Input /></Form.Item>
      <Form.Item name={[at, 'hospital']} label={t('admin.field.hospital')} rules={[{ required: true, message: t('admin.fault.missing') }]}><Select disabled={fixed} showSearch={{ optionFilterProp: 'label' }} options={sites.filter((site) => site.active).map((site) => ({ value: site.id, label: name(site) }))} /></Form.Item>
      <Form.Item name={[at, 'role']} label={t('admin.field.role')} rules={[{ required: true, message: t('admin.fault.missing') }]}><Select disabled={fixed} options={roles.map((one) => ({ value: one, label: t(`admin.role.${one}`) }))} /></Form.Item>
      <Form.Item name={[at, 'department']} label={t('admin.field.department')}><Select allowClear options={places.filter((place) => place.kind === 'department' && place.active).map((place) => ({ value: place.id, label: name(place) }))} notFoundContent={t('admin.no_departments')} /></Form.Item>
      <Form.Item name={[at, 'specialties']} label={t('admin.field.specialties')} hidden={role !== 'specialist' && role !== 'reader' && role !== 'asking-doctor' && role !== 'ward-doctor'}><Select mode="multiple" optionFilterProp="label" options={SPECIALTIES.map((code) => ({ value: code, label: t(`consult.specialty.${code}`) }))} /></Form.Item>
      <Button type="text" danger onClick={remove} aria-label={t('admin.remove_post', { n: at + 1 })}>{t('ui.remove')}</Button>
    </fieldset>
  );
}

interface Props { open: boolean; close: () => void; hospital?: string; person?: PersonDetail; made?: (link: Link) => void }

export function PersonForm({ open, close, hospital, person, made }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const mine = person?.row.posts.filter((post) => post.mine) ?? [];
  const others = person?.row.posts.filter((post) => !post.mine) ?? [];
  const locked = person ? !person.wholly : false;
  const send = async ({ account, posts, ...fields }: Values) => {
    const said = { ...fields, languages: fields.languages ?? [] };
    const kept = posts.map((post) => ({ ...post, specialties: post.specialties ?? [], department: post.department ?? null, id: post.id ?? null }));
    if (person) {
      const unchanged = others.map((post) => ({ id: post.id, hospital: post.hospital, role: post.role, specialties: post.specialties, department: post.department ?? null }));
      await api.put(`/api/admin/people/${person.row.id}`, { version: person.version, person: said, posts: [...kept, ...unchanged] });
    } else made?.(await api.post<Link>('/api/admin/people', { account, person: said, posts: kept }));
    await client.invalidateQueries({ queryKey: ['admin'] });
  };
  const initial: Partial<Values> = person
    ? { name: person.row.name, name_en: person.row.name_en, title: person.row.title, title_en: person.row.title_en, licence: person.licence, licence_until: person.licence_until, phone: person.phone, languages: person.languages, time_zone: person.time_zone, posts: mine.map(({ id, hospital: at, role, specialties, department }) => ({ id, hospital: at, role, specialties, department })) }
    : { languages: ['zh'], posts: [{ hospital }] };
  const required = [{ required: true, whitespace: true, message: t('admin.fault.missing') }];
  return (
    <FormDialog<Values> open={open} title={t(person ? 'admin.edit_person' : 'admin.new_person')} ok={t('ui.save')} form={form} initial={initial} send={send} close={close} width={720}>
      {locked && <p className="lead">{t('admin.shared_person')}</p>}
      <div className="grid2">
        {!person && <Form.Item name="account" label={t('admin.field.account')} extra={t('admin.account_what')} rules={required}><Input maxLength={64} autoCapitalize="none" spellCheck={false} autoComplete="off" autoFocus /></Form.Item>}
        <Form.Item name="name" label={t('admin.field.person_name')} rules={required}><Input disabled={locked} maxLength={100} autoComplete="off" /></Form.Item>
        <Form.Item name="name_en" label={t('admin.field.name_en')}><Input disabled={locked} maxLength={100} autoComplete="off" /></Form.Item>
        <Form.Item name="title" label={t('admin.field.title')}><AutoComplete disabled={locked} options={TITLES.map(([value]) => ({ value }))} onSelect={(value: string) => form.setFieldValue('title_en', TITLES.find(([zh]) => zh === value)?.[1])} /></Form.Item>
        <Form.Item name="title_en" label={t('admin.field.title_en')}><AutoComplete disabled={locked} options={TITLES.map(([, value]) => ({ value }))} /></Form.Item>
        <Form.Item name="licence" label={t('admin.field.licence')}><Input disabled={locked} maxLength={40} autoComplete="off" /></Form.Item>
        <Form.Item name="licence_until" label={t('admin.field.licence_until')}><Input type="date" disabled={locked} autoComplete="off" /></Form.Item>
        <Form.Item name="phone" label={t('admin.field.phone')}><Input disabled={locked} maxLength={40} autoComplete="off" inputMode="tel" /></Form.Item>
        <Form.Item name="languages" label={t('admin.field.languages')}><Select disabled={locked} mode="multiple" optionFilterProp="label" options={LANGUAGES.map((code) => ({ value: code, label: t(`admin.language.${code}`) }))} /></Form.Item>
        <Form.Item name="time_zone" label={t('admin.field.time_zone')}><Select disabled={locked} allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t('admin.site_zone')} options={zones()} /></Form.Item>
      </div>
      <h3>{t('admin.field.posts')}</h3>
      {others.length > 0 && <p className="lead">{t('admin.posts_elsewhere', { n: others.length })}</p>}
      <Form.List name="posts">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => <PostFields key={field.key} at={field.name} fixed={field.name < mine.length && Boolean(form.getFieldValue(['posts', field.name, 'id']))} remove={() => remove(field.name)} />)}
            <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({ hospital })} className="gap">{t('admin.add_post')}</Button>
          </>
        )}
      </Form.List>
    </FormDialog>
  );
}
