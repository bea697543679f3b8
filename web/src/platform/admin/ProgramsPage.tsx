// Programs that use the record over FHIR: what each may, since when; add one, end one. A token is shown once, with a line to try it.
import { useState } from 'react';
import { Alert, App, Button, Checkbox, Empty, Form, Input, Modal, Radio, Select, Skeleton } from 'antd';
import { CopyOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { programsQuery, sitesQuery, type Program, type ProgramAdded } from '../api';
import { FormDialog } from './FormDialog';

interface Values { name: string; hospital: string; strict: boolean; create_by_put: boolean; unrestricted: boolean }

export function ProgramsPage() {
  const { t } = useTranslation();
  const programs = useQuery(programsQuery);
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState<ProgramAdded | null>(null);
  const [ended, setEnded] = useState(false);
  if (programs.isError && !programs.data) return <Failure error={programs.error} retry={() => void programs.refetch()} />;
  if (!programs.data) return <Skeleton active className="card" />;
  const { clients, may_add } = programs.data;
  const old = clients.filter((one) => one.ended_at).length;
  const shown = ended ? clients : clients.filter((one) => !one.ended_at);
  return (
    <section className="card" aria-label={t('admin.page.programs')}>
      <div className="cardhead wrap">
        <span className="lead inline">{t(may_add ? 'admin.program.what' : 'admin.program.what_hospital')}</span>
        {may_add && <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>{t('admin.program.add')}</Button>}
      </div>
      {shown.length === 0
        ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('admin.program.none')} />
        : <ul className="programs">{shown.map((one) => <Row key={one.id} program={one} />)}</ul>}
      {old > 0 && <Checkbox checked={ended} onChange={(event) => setEnded(event.target.checked)} className="above">{t('admin.program.show_ended', { n: old })}</Checkbox>}
      <Add open={adding} close={() => setAdding(false)} done={setAdded} />
      <Token of={added} close={() => setAdded(null)} />
    </section>
  );
}

function Row({ program }: { program: Program }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const sites = useQuery(sitesQuery);
  const hospital = sites.data?.sites.find((site) => site.id === program.hospital);
  const at = (time: string) => clockTime(time, i18n.language);
  const end = () => modal.confirm({
    title: t('admin.program.end_ask', { name: program.name }),
    content: t('admin.program.end_what'),
    okText: t('admin.program.end'),
    okButtonProps: { danger: true },
    cancelText: t('ui.cancel'),
    onOk: async () => {
      try {
        await api.post(`/api/admin/clients/${program.id}/end`, {});
        void message.success(t('admin.program.end_done', { name: program.name }));
      } catch (error) {
        void message.error(problemWords(error, t, i18n.language));
      } finally {
        void client.invalidateQueries({ queryKey: programsQuery.queryKey });
      }
    },
  });
  return (
    <li className={program.ended_at ? 'ended' : undefined}>
      <span className="who"><b>{program.name}</b><small>{hospital ? name(hospital) : program.hospital}</small></span>
      <span className="may">
        <span className={program.strict ? 'tag' : 'tag amber'}>{t(program.strict ? 'admin.program.strict' : 'admin.program.lenient')}</span>
        {program.create_by_put && <span className="tag amber">{t('admin.program.create_by_put')}</span>}
        {program.unrestricted && <span className="tag amber">{t('admin.program.unrestricted')}</span>}
      </span>
      <small>{program.ended_at ? t('admin.program.ended', { time: at(program.ended_at) }) : t('admin.program.since', { time: at(program.added_at) })}</small>
      <span className="acts">{!program.ended_at && <Button size="small" danger onClick={end} aria-label={`${t('admin.program.end')} ${program.name}`}>{t('admin.program.end')}</Button>}</span>
    </li>
  );
}

function Add({ open, close, done }: { open: boolean; close: () => void; done: (added: ProgramAdded) => void }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const client = useQueryClient();
  const sites = useQuery(sitesQuery);
  const [form] = Form.useForm<Values>();
  const send = async (values: Values) => {
    done(await api.post<ProgramAdded>('/api/admin/clients', values));
    await client.invalidateQueries({ queryKey: programsQuery.queryKey });
  };
  return (
    <FormDialog<Values> open={open} title={t('admin.program.add')} ok={t('admin.program.add')} form={form} initial={{ strict: true, create_by_put: false, unrestricted: false }} close={close} send={send} width={560}>
      <Form.Item name="name" label={t('admin.program.name')} extra={t('admin.program.name_what')} rules={[{ required: true, whitespace: true, max: 100, message: t('problem.clients_name') }]}><Input autoFocus maxLength={100} /></Form.Item>
      <Form.Item name="hospital" label={t('admin.program.hospital')} extra={t('admin.program.hospital_what')} rules={[{ required: true, message: t('problem.clients_no-hospital') }]}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={sites.data?.sites.filter((site) => site.active).map((site) => ({ value: site.id, label: name(site) }))} />
      </Form.Item>
      <Form.Item name="strict" label={t('admin.program.validation')}>
        <Radio.Group className="stacked" options={[{ value: true, label: t('admin.program.strict_what') }, { value: false, label: t('admin.program.lenient_what') }]} />
      </Form.Item>
      <Form.Item name="create_by_put" valuePropName="checked" noStyle><Checkbox>{t('admin.program.create_by_put_what')}</Checkbox></Form.Item>
      <Form.Item name="unrestricted" valuePropName="checked" className="gap"><Checkbox>{t('admin.program.unrestricted_what')}</Checkbox></Form.Item>
    </FormDialog>
  );
}

function Copied({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  return (
    <div className="copied">
      <span>{label}</span>
      <div>
        <Input.TextArea readOnly autoSize value={value} aria-label={label} className="mono" onFocus={(event) => event.target.select()} />
        <Button icon={<CopyOutlined aria-hidden />} onClick={() => void navigator.clipboard?.writeText(value)} aria-label={`${t('ui.copy')} ${label}`}>{t('ui.copy')}</Button>
      </div>
    </div>
  );
}

function Token({ of, close }: { of: ProgramAdded | null; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={of !== null} title={of ? t('admin.program.token_of', { name: of.client.name }) : ''} onCancel={close} mask={{ closable: false }} width={620} footer={<Button type="primary" onClick={close}>{t('admin.program.token_kept')}</Button>}>
      {of && (
        <>
          <Alert type="warning" showIcon title={t('admin.program.token_once')} className="gap" />
          <Copied label={t('admin.program.address')} value={of.address} />
          <Copied label={t('admin.program.token')} value={of.token} />
          <Copied label={t('admin.program.try')} value={`curl -H 'Authorization: Bearer ${of.token}' '${of.address}/Patient?_count=1'`} />
        </>
      )}
    </Modal>
  );
}
