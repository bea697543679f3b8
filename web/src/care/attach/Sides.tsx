// Two people side by side, with what differs marked.
import { useTranslation } from 'react-i18next';
import type { Difference, PersonShown } from '../../api/types';
import './attach.css';

const FIELDS: Difference[] = ['name', 'sex', 'birth_date', 'identifier'];

export function Sides({ in_file, in_case, differs, left, right }: { in_file: PersonShown; in_case: PersonShown; differs: Difference[]; left?: string; right?: string }) {
  const { t } = useTranslation();
  const words = (person: PersonShown, field: Difference) => {
    if (field === 'sex') return t(`attach.sex.${person.sex}`, { defaultValue: person.sex });
    if (field === 'name' && person.name_latin) return `${person.name}（${person.name_latin}）`;
    return person[field] || '—';
  };
  return (
    <table className="attachsides">
      <thead><tr><td /><th scope="col">{left ?? t('attach.in_file')}</th><th scope="col">{right ?? t('attach.in_case')}</th></tr></thead>
      <tbody>
        {FIELDS.map((field) => (
          <tr key={field} className={differs.includes(field) ? 'differs' : ''}>
            <th scope="row">{t(`attach.field.${field}`)}{differs.includes(field) && <span className="attachdiffers">{t('attach.differs')}</span>}</th>
            <td>{words(in_file, field)}</td><td>{words(in_case, field)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
