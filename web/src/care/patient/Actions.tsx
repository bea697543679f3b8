// What the asking hospital can do about who a patient is: identify somebody unknown, link two records of one person.
import { lazy, Suspense, useState } from 'react';
import { Button } from 'antd';
import { LinkOutlined, UserSwitchOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { PatientCard } from '../../api/types';

const IdentifyDialog = lazy(() => import('./IdentifyDialog').then((file) => ({ default: file.IdentifyDialog })));
const LinkDialog = lazy(() => import('./LinkDialog').then((file) => ({ default: file.LinkDialog })));

export function PatientActions({ patient }: { patient: PatientCard }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const Dialog = patient.unknown ? IdentifyDialog : LinkDialog;
  return (
    <>
      <Button size="small" type={patient.unknown ? 'primary' : 'default'} icon={patient.unknown ? <UserSwitchOutlined aria-hidden /> : <LinkOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {patient.unknown ? t('patient.identify') : patient.linked?.length ? t('patient.links', { n: patient.linked.length }) : t('patient.link')}
      </Button>
      {open && <Suspense><Dialog id={patient.id} close={() => setOpen(false)} /></Suspense>}
    </>
  );
}
