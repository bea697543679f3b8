// Laboratory values as a table; a block copied from a spreadsheet is pasted into any cell and becomes rows.
import { App, Button, Input } from 'antd';
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../../../api/clock';
import type { Lab } from '../../../api/types';
import { flagOf } from '../labs';
import { readLabs } from './labPaste';
import { WhenInput } from './WhenInput';

const TEXTS = ['name', 'value', 'unit', 'low', 'high'] as const;

export function LabRows({ rows, set }: { rows: Lab[]; set: (rows: Lab[]) => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const now = () => dayjs(serverNow()).second(0).millisecond(0).toISOString();
  const change = (index: number, part: Partial<Lab>) => set(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const blank = (row: Lab) => !row.name.trim() && !row.value.trim();

  const take = (text: string, time: string): boolean => {
    const { labs, skipped } = readLabs(text, time);
    if (labs.length === 0) return false;
    const before = rows;
    set([...rows.filter((row) => !blank(row)), ...labs].slice(0, 200));
    void message.open({
      type: skipped.length ? 'warning' : 'success', duration: 6,
      content: <span>{t('request.labs_pasted', { n: labs.length })}{skipped.length > 0 && ` ${t('request.labs_skipped', { n: skipped.length, first: skipped[0] })}`} <Button size="small" type="link" onClick={() => set(before)}>{t('ui.undo')}</Button></span>,
    });
    return true;
  };
  const onPaste = (event: React.ClipboardEvent, time: string) => {
    const text = event.clipboardData.getData('text/plain');
    if (/\t/.test(text) || text.trim().includes('\n')) {
      if (take(text, time)) event.preventDefault();
    }
  };
  return (
    <div className="measures">
      {rows.length > 0 && (
        <div className="rowscroll">
          <table className="edit labedit">
            <thead><tr>{TEXTS.map((key) => <th key={key} scope="col">{t(`request.lab.${key}`)}</th>)}<th scope="col">{t('request.lab.time')}</th><th><span className="sr">{t('ui.remove')}</span></th></tr></thead>
            <tbody>
              {rows.map((row, index) => {
                const flag = flagOf(row);
                return (
                  <tr key={index} className={flag ? `flag-${flag}` : undefined}>
                    {TEXTS.map((key) => (
                      <td key={key}>
                        <Input
                          value={row[key] ?? ''} aria-label={t(`request.lab.${key}`)} maxLength={400} inputMode={key === 'low' || key === 'high' ? 'decimal' : undefined}
                          suffix={key === 'value' && flag ? <b className={flag} title={t(`consult.flag.${flag}`)}>{flag === 'high' ? '↑' : '↓'}</b> : <span />}
                          onPaste={(event) => onPaste(event, row.time)} onChange={(event) => change(index, { [key]: event.target.value })}
                        />
                      </td>
                    ))}
                    <td><WhenInput value={row.time} label={t('request.lab.time')} set={(time) => time && change(index, { time })} /></td>
                    <td><Button type="text" icon={<DeleteOutlined />} aria-label={t('ui.remove')} onClick={() => set(rows.filter((_, at) => at !== index))} /></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <div className="rowbuttons">
        <Button icon={<PlusOutlined />} id="field-labs" onClick={() => set([...rows, { name: '', value: '', unit: '', time: rows.at(-1)?.time ?? now() }])}>{t('request.labs_add')}</Button>
        <textarea className="pastebox" rows={1} aria-label={t('request.labs_paste')} placeholder={t('request.labs_paste')} value="" onChange={() => undefined} onPaste={(event) => { event.preventDefault(); if (!take(event.clipboardData.getData('text/plain'), now())) void message.warning(t('request.labs_unreadable')); }} />
      </div>
    </div>
  );
}
