// How far each hospital's machine has come: invite it on a printable page, see its probes and its line, confirm, take back.
import { useEffect, useState } from 'react';
import { Alert, App, Button, Empty, Form, Input, Modal, Skeleton, Spin } from 'antd';
import { CopyOutlined, PrinterOutlined } from '@ant-design/icons';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Failure } from '../../ui/Failure';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { joinQuery, type JoinConfirmed, type JoinInvitation, type JoinRow } from '../api';
import { FormDialog } from './FormDialog';
import { figureWords } from './figures';
import { Outages } from './Outages';
import { counted, type Group, GROUPS, shown } from './standings';

interface Values { contact: string; phone: string }

export function JoinPage() {
  const { t } = useTranslation();
  const { name } = useNames();
  const board = useInfiniteQuery(joinQuery);
  const [inviting, setInviting] = useState<JoinRow | null>(null);
  const [made, setMade] = useState<JoinInvitation | null>(null);
  const [only, setOnly] = useState<Group | null>(null);
  const [words, setWords] = useState('');
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = board;
  // All of them: the counts are of all.
  useEffect(() => { if (hasNextPage && !isFetchingNextPage) void fetchNextPage(); }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (board.isError && !board.data) return <Failure error={board.error} retry={() => void board.refetch()} />;
  if (!board.data) return <Skeleton active className="card" />;
  const rows = board.data.pages.flatMap((page) => page.rows);
  const [counts, found] = [counted(rows), shown(rows, only, words)];
  const invited = rows.find((row) => row.hospital.id === made?.hospital)?.hospital;
  return (
    <>
    <Outages />
    <section className="card" aria-label={t('admin.page.join')}>
      <p className="lead">{t('admin.join.what')}</p>
      <div className="counts" role="group" aria-label={t('admin.filter')}>
        {GROUPS.map((group) => <button key={group} className={`count ${COUNTS[group]} ${only === group ? 'on' : ''}`} aria-pressed={only === group} onClick={() => setOnly(only === group ? null : group)}><b>{counts[group]}</b><span>{t(`admin.join.group.${group}`)}</span></button>)}
        <Input.Search allowClear value={words} onChange={(event) => setWords(event.target.value)} placeholder={t('admin.join.find')} aria-label={t('admin.join.find')} className="findperson" />
      </div>
      {found.length === 0
        ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(rows.length === 0 ? 'admin.join.none' : 'admin.join.none_found')} />
        : <ul className="joins">{found.map((row) => <Row key={row.hospital.id} row={row} invite={() => setInviting(row)} />)}</ul>}
      {hasNextPage && <p role="status"><Spin size="small" /> {t('admin.join.more')}</p>}
      <Invite row={inviting} close={() => setInviting(null)} done={setMade} />
      <Invitation of={made} name={invited ? name(invited) : ''} close={() => setMade(null)} />
    </section>
    </>
  );
}

/** What is tried in a browser says what went wrong by a word of a list. */
const WORDS = new Set(['camera', 'microphone', 'loudspeaker', 'test-call']);
const COUNTS: Record<Group, string> = { wrong: 'bad', under_way: 'changed', accepted: 'new', none: '' };
const COLOURS: Record<string, string> = { failing: 'tag red', out: 'tag red', late: 'tag amber', probed: 'tag amber', accepted: 'tag green' };

function Row({ row, invite }: { row: JoinRow; invite: () => void }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const client = useQueryClient();
  const at = (time: string) => clockTime(time, i18n.language);
  const hospital = name(row.hospital);
  const step = (path: 'withdraw' | 'accept', ask: string, what: string, done: string) => modal.confirm({
    title: t(ask, { name: hospital }),
    content: t(what),
    okText: t(`admin.join.${path}`),
    okButtonProps: { danger: path === 'withdraw' },
    cancelText: t('ui.cancel'),
    onOk: async () => {
      try {
        await api.post(`/api/admin/join/${row.hospital.id}/${path}`, {});
        void message.success(t(done, { name: hospital }));
      } catch (error) {
        void message.error(problemWords(error, t, i18n.language));
      } finally {
        void client.invalidateQueries({ queryKey: joinQuery.queryKey });
      }
    },
  });
  const gateway = row.gateway;
  const by = (one: JoinConfirmed) => ({ name: one.by ? name(one.by) : t('admin.join.somebody'), time: at(one.at) });
  const invites = row.state === 'none' ? 'admin.join.invite' : 'admin.join.again';
  const tried = row.probes.filter((probe) => probe.state !== 'not-tried' || gateway);
  return (
    <li>
      <span className="who">
        <b>{hospital}</b>
        {row.contact && <small>{t('admin.join.whom', row.contact)}</small>}
      </span>
      <span>
        <span className={COLOURS[row.state] ?? 'tag'}>{t(`admin.join.state.${row.state}`)}</span>
        {row.since && <small> {t('admin.join.since', { time: at(row.since) })}</small>}
      </span>
      <span className="line">
        {row.until && <small>{t('admin.join.until', { time: at(row.until) })}</small>}
        {gateway?.last_seen && <small>{t('admin.join.seen', { time: at(gateway.last_seen) })}{gateway.clock_off && gateway.clock_ms != null && <b> {t('admin.join.clock_off', { seconds: Math.round(Math.abs(gateway.clock_ms) / 1000) })}</b>}</small>}
        {tried.map((probe) => (
          <span key={probe.name} className={probe.state === 'failed' || probe.state === 'hung' ? 'bad' : undefined}>
            <small>{t(`admin.join.probe.${probe.name}`)}: {t(`admin.join.probe_state.${probe.state}`)} {probe.figures.map((figure) => figureWords(figure, t, i18n.language)).filter(Boolean).join(', ')}{probe.state === 'failed' && WORDS.has(probe.name) && ` ${t(`admin.trial.trouble.${probe.said}`)}`}{probe.tried && ` (${t('admin.join.tried_by', by(probe.tried))})`}</small>
          </span>
        ))}
        {row.centre && <small>{t('admin.join.by_centre', by(row.centre))}</small>}
        {row.own && <small>{t('admin.join.by_own', by(row.own))}</small>}
      </span>
      <span className="acts">
        {!gateway && <Button size="small" onClick={invite} aria-label={`${t(invites)} ${hospital}`}>{t(invites)}</Button>}
        {gateway && <Button size="small" onClick={() => void navigate({ to: '/admin/join/$hospital/try', params: { hospital: row.hospital.id } })} aria-label={`${t('admin.trial.open')} ${hospital}`}>{t('admin.trial.open')}</Button>}
        {gateway && row.state !== 'accepted' && row.failing.length === 0 && row.probes.some((probe) => probe.state === 'passed') && <Button size="small" type="primary" onClick={() => step('accept', 'admin.join.confirm_ask', 'admin.join.confirm_what', 'admin.join.confirmed')} aria-label={`${t('admin.join.accept')} ${hospital}`}>{t('admin.join.accept')}</Button>}
        {gateway && <Button size="small" href={`/api/admin/join/${row.hospital.id}/sheet`} download={`${row.hospital.id}.pdf`} aria-label={`${t('admin.join.sheet')} ${hospital}`}>{t('admin.join.sheet')}</Button>}
        {row.state !== 'none' && row.state !== 'withdrawn' && <Button size="small" danger onClick={() => step('withdraw', 'admin.join.withdraw_ask', 'admin.join.withdraw_what', 'admin.join.withdrawn')} aria-label={`${t('admin.join.withdraw')} ${hospital}`}>{t('admin.join.withdraw')}</Button>}
      </span>
    </li>
  );
}

function Invite({ row, close, done }: { row: JoinRow | null; close: () => void; done: (made: JoinInvitation) => void }) {
  const { t } = useTranslation();
  const { name } = useNames();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const send = async (values: Values) => {
    if (!row) return;
    done(await api.post<JoinInvitation>('/api/admin/join/invitations', { hospital: row.hospital.id, ...values }));
    await client.invalidateQueries({ queryKey: joinQuery.queryKey });
  };
  const rules = [{ required: true, whitespace: true, max: 100, message: t('problem.join_contact') }];
  return (
    <FormDialog<Values> open={row !== null} title={row ? t('admin.join.invite_of', { name: name(row.hospital) }) : ''} ok={t('admin.join.invite')} form={form} initial={{ contact: row?.contact?.name ?? '', phone: row?.contact?.phone ?? '' }} close={close} send={send}>
      <Form.Item name="contact" label={t('admin.join.contact')} rules={rules}><Input autoFocus maxLength={100} /></Form.Item>
      <Form.Item name="phone" label={t('admin.join.phone')} rules={rules}><Input maxLength={100} inputMode="tel" /></Form.Item>
    </FormDialog>
  );
}

function Invitation({ of, name, close }: { of: JoinInvitation | null; name: string; close: () => void }) {
  const { t, i18n } = useTranslation();
  // What is printed while it is shown is the invitation, and nothing of the page behind.
  useEffect(() => {
    document.body.classList.toggle('printsinvitation', of !== null);
    return () => document.body.classList.remove('printsinvitation');
  }, [of]);
  const footer = (
    <>
      <Button icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>{t('admin.join.print')}</Button>
      <Button type="primary" onClick={close}>{t('admin.join.kept')}</Button>
    </>
  );
  return (
    <Modal open={of !== null} title={t('admin.join.invitation', { name })} onCancel={close} mask={{ closable: false }} width={620} footer={footer}>
      {of && (
        <div className="invitation">
          <Alert type="warning" showIcon title={t('admin.join.once', { time: clockTime(of.until, i18n.language) })} className="gap" />
          <img src={`data:image/svg+xml,${encodeURIComponent(of.qr)}`} alt={t('admin.join.qr')} />
          <Copied label={t('admin.join.line')} value={of.line} />
          <Copied label={t('admin.join.command')} value={`consilium gateway join ${of.line}`} />
        </div>
      )}
    </Modal>
  );
}

function Copied({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  return (
    <div className="copied">
      <span>{label}</span>
      <div>
        <Input.TextArea readOnly autoSize value={value} aria-label={label} className="mono" onFocus={(event) => event.target.select()} />
        {/* A field that scrolls is cut on paper. */}
        <code className="onpaper" aria-hidden>{value}</code>
        <Button icon={<CopyOutlined aria-hidden />} onClick={() => void navigator.clipboard?.writeText(value)} aria-label={`${t('ui.copy')} ${label}`}>{t('ui.copy')}</Button>
      </div>
    </div>
  );
}
