// Imports that can be taken back, and what taking one back would do: looked at first, like the import itself.
import { useState } from 'react';
import { Alert, App, Button, Flex, Modal, Progress, Skeleton } from 'antd';
import { UndoOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { problemWords } from '../../ui/words';
import { importsQuery, type ImportProgress, type ImportedBefore, type ImportUndo, type UndoFate } from '../api';
import { clockTime } from '../../ui/time';

const FATES: UndoFate[] = ['removed', 'restored', 'used', 'changed', 'outside', 'gone'];
/** More lines than this are not drawn. */
const DRAWN_MAX = 200;

export function ImportsBefore({ useProgress, just }: { useProgress: (busy: boolean) => ImportProgress | null; just: boolean }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(importsQuery);
  const [opened, setOpened] = useState<ImportedBefore | null>(null);
  if (!data?.length) return null;
  return (
    <section className="card" aria-label={t('admin.undoable')}>
      <h2>{t('admin.undoable')}</h2>
      <p className="lead">{t('admin.undoable_lead')}</p>
      <ul className="programs">
        {data.map((one, n) => (
          <li key={one.id} className="undoable">
            <span className="who"><b>{clockTime(one.at, i18n.language)}</b><small>{one.by}</small></span>
            <span>{t('admin.undo_counts', { new: one.new, changed: one.changed })}</span>
            <small className="lead inline">{t('admin.undo_until', { when: clockTime(one.until, i18n.language) })}</small>
            <Button icon={<UndoOutlined />} type={just && n === 0 ? 'primary' : 'default'} onClick={() => setOpened(one)}>{t('admin.undo')}<span className="sr"> {clockTime(one.at, i18n.language)}</span></Button>
          </li>
        ))}
      </ul>
      {opened && <Undo key={opened.id} one={opened} useProgress={useProgress} close={() => setOpened(null)} />}
    </section>
  );
}

function Undo({ one, useProgress, close }: { one: ImportedBefore; useProgress: (busy: boolean) => ImportProgress | null; close: () => void }) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const at = `/api/admin/imports/${one.id}/undo`;
  const looked = useQuery({ queryKey: ['undo', one.id], queryFn: () => api.post<ImportUndo>(at, {}), staleTime: 0, gcTime: 0, retry: false });
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const progress = useProgress(busy);
  const lines = looked.data?.lines ?? [];
  const count = (fate: UndoFate) => lines.filter((line) => line.fate === fate).length;
  const undone = count('removed') + count('restored');
  const undo = async () => {
    setBusy(true);
    setFailed(null);
    try {
      await api.post<ImportUndo>(`${at}?seen=${looked.data?.digest ?? ''}`, {});
      void message.success(t('admin.undone', { n: undone }));
      await client.invalidateQueries({ queryKey: ['admin'] });
      close();
    } catch (error) {
      setFailed(error);
      await looked.refetch();
    } finally {
      setBusy(false);
    }
  };
  const error = failed ?? looked.error;
  return (
    <Modal open title={t('admin.undo_title', { when: clockTime(one.at, i18n.language) })} footer={null} width={620} onCancel={busy ? undefined : close} closable={!busy} mask={{ closable: false }}>
      {looked.isLoading ? <div role="status" aria-label={t('admin.step.undoing')}><Skeleton active paragraph={{ rows: 4 }} /></div> : (
        <>
          <ul className="fates">
            {FATES.filter((fate) => count(fate) > 0).map((fate) => <li key={fate} className={fate}><b>{count(fate)}</b> {t(`admin.fate.${fate}`)}</li>)}
          </ul>
          {looked.data && undone === 0 && <p className="lead">{t('admin.undo_nothing')}</p>}
          {lines.length > 0 && (
            <div className="tablewrap fatelines" tabIndex={0} role="region" aria-label={t('admin.lines')}>
              <table>
                <tbody>
                  {[...lines].sort((a, b) => FATES.indexOf(b.fate) - FATES.indexOf(a.fate)).slice(0, DRAWN_MAX).map((line) => (
                    <tr key={`${line.table} ${line.id}`}><td>{t(`admin.undo_table.${line.table}`)}</td><th scope="row"><b>{line.name || line.id}</b></th><td className={`fate ${line.fate}`}>{t(`admin.fate_short.${line.fate}`)}</td></tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {lines.length > DRAWN_MAX && <p className="lead">{t('admin.undo_more', { n: lines.length - DRAWN_MAX })}</p>}
        </>
      )}
      {error !== null && <Alert type="error" showIcon role="alert" className="gap" title={problemWords(error, t, i18n.language)} />}
      {busy && <Progress percent={progress?.total ? Math.floor((100 * progress.done) / progress.total) : 0} status="active" aria-label={t('admin.progress')} />}
      <Flex gap={8} justify="flex-end" className="above"><Button disabled={busy} onClick={close}>{t('ui.cancel')}</Button><Button type="primary" danger disabled={!looked.data} loading={busy} onClick={() => void undo()}>{t(undone > 0 ? 'admin.undo_do' : 'admin.undo_forget', { n: undone })}</Button></Flex>
    </Modal>
  );
}
