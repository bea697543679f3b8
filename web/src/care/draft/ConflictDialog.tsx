// Another computer saved something else: both are shown, a person chooses.
import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { clockTime } from '../../ui/time';
import type { Conflict } from './useDraft';

export function ConflictDialog<Body extends object>({ conflict, mine, settle, label }: { conflict: Conflict<Body>; mine: Body; settle: (keep: 'mine' | 'theirs') => void; label?: (field: string) => string }) {
  const { t, i18n } = useTranslation();
  const field = label ?? ((key: string) => t(`consult.field.${key}`, { defaultValue: key }));
  const time = clockTime(conflict.theirs.saved_at, i18n.language);
  const differs = (Object.keys({ ...mine, ...conflict.theirs.body }) as (keyof Body & string)[]).filter((key) => JSON.stringify(mine[key] ?? null) !== JSON.stringify(conflict.theirs.body[key] ?? null));
  const show = (value: unknown) => (typeof value === 'string' ? value : Array.isArray(value) ? `× ${value.length}` : value ? '…' : '—');
  return (
    <Modal open title={t('draft.conflict_title')} closable={false} mask={{ closable: false }} width={760} footer={[<Button key="theirs" onClick={() => settle('theirs')}>{t('draft.take_theirs', { time })}</Button>, <Button key="mine" type="primary" onClick={() => settle('mine')}>{t('draft.keep_mine')}</Button>]}>
      <p>{t('draft.conflict_what', { time })}</p>
      <table className="labs differ"><thead><tr><th scope="col">{t('draft.differs')}</th><th scope="col">{t('draft.mine')}</th><th scope="col">{t('draft.theirs', { time })}</th></tr></thead>
        <tbody>{differs.map((key) => <tr key={key}><th scope="row">{field(key)}</th><td>{show(mine[key])}</td><td>{show(conflict.theirs.body[key])}</td></tr>)}</tbody></table>
    </Modal>
  );
}
