// A moment, typed or picked, year first in both languages; the form keeps it as an instant.
import { DatePicker } from 'antd';
import dayjs from 'dayjs';

export function WhenInput({ value, set, label, id }: { value: string | undefined; set: (instant: string | undefined) => void; label: string; id?: string }) {
  const at = value ? dayjs(value) : null;
  return <DatePicker id={id} className="when" aria-label={label} placeholder={label} showTime={{ format: 'HH:mm' }} format={['YYYY-MM-DD HH:mm', 'YYYY/MM/DD HH:mm', 'YYYY-MM-DD', 'YYYYMMDD HHmm']} needConfirm={false} allowClear={!!id} value={at?.isValid() ? at : null} onChange={(picked) => (picked?.isValid() ? set(picked.second(0).millisecond(0).toISOString()) : id && set(undefined))} />;
}
