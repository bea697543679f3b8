// A code for a phone: read once, it lets that phone add photos for some minutes; they appear in the list by themselves.
import { useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Button, Modal, QRCode } from 'antd';
import { MobileOutlined } from '@ant-design/icons';
import { api } from '../../api/client';
import type { HandoverBegun, HandoverShown, Id } from '../../api/types';
import { clockTime } from '../../ui/time';
import { useNow } from '../../ui/useNow';
import { problemWords } from '../../ui/words';

const LOOPBACK = /^(localhost|127\.|\[::1\])/;

export function Handover({ caseId, patientId }: { caseId: Id; patientId: Id | null }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={<MobileOutlined />} onClick={() => setOpen(true)}>{t('attach.phone')}</Button>
      {open && <Code caseId={caseId} patientId={patientId} close={() => setOpen(false)} />}
    </>
  );
}

function Code({ caseId, patientId, close }: { caseId: Id; patientId: Id | null; close(): void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const at = `/api/consults/${caseId}/handover`;
  const key = ['case', caseId, 'handover'];
  const now = useNow();
  const [count, setCount] = useState(0);
  // Asked for again at each act of the case, as everything of a case is.
  const state = useQuery({ queryKey: key, queryFn: () => api.get<HandoverShown>(at) });
  const code = useQuery({
    queryKey: ['handover', caseId, count], staleTime: Infinity, gcTime: 0, retry: false, refetchOnWindowFocus: false, refetchOnMount: false,
    queryFn: async () => {
      const begun = await api.post<HandoverBegun>(at, patientId ? { patient: patientId } : {});
      void client.invalidateQueries({ queryKey: key });
      return begun;
    },
  });
  const end = async () => {
    await api.delete(at).catch(() => undefined);
    close();
  };
  const read = state.data?.read ?? false;
  const until = code.data && new Date(read ? code.data.until : code.data.read_by).getTime();
  const over = until !== undefined && now >= until;
  return (
    <Modal open title={t('attach.phone_title')} onCancel={close} width={420} footer={[
      <Button key="end" danger onClick={() => void end()}>{t('attach.phone_end')}</Button>,
      <Button key="keep" type="primary" onClick={close}>{t('attach.phone_keep')}</Button>,
    ]}>
      <div className="attachphone">
        <p>{t('attach.phone_how')}</p>
        {LOOPBACK.test(window.location.host) && <p className="attachnote">{t('attach.phone_loopback')}</p>}
        {code.isError && <p role="alert" className="attacherror">{problemWords(code.error, t, i18n.language)}</p>}
        {code.data && !over && !read && (
          <figure>
            {/* After the #: it never stands in a log of a server or proxy. */}
            <QRCode type="svg" size={232} bordered={false} errorLevel="M" value={`${window.location.origin}/phone#${code.data.token}`} aria-label={t('attach.phone_code')} role="img" />
            <figcaption>{t('attach.phone_read_by', { time: clockTime(code.data.read_by, i18n.language) })}</figcaption>
          </figure>
        )}
        {over && <p>{t('attach.phone_over')} <Button size="small" onClick={() => setCount((n) => n + 1)}>{t('attach.phone_new')}</Button></p>}
        <p role="status" className="attachphonestate">
          {read && !over && code.data && <span><MobileOutlined aria-hidden /> {t('attach.phone_read', { time: clockTime(code.data.until, i18n.language) })}</span>}
          {(state.data?.photos ?? 0) > 0 && <b>{t('attach.phone_photos', { count: state.data?.photos })}</b>}
        </p>
      </div>
    </Modal>
  );
}
