// Signing asks for the password: the person's key is opened for this one moment.
import { useState } from 'react';
import { Alert, Form, Input, Modal } from 'antd';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import type { CaseDetail } from '../../api/types';
import { useNames } from '../../ui/names';
import { problemWords } from '../../ui/words';
import { useKeyImages } from './KeyImages';
import { SECTIONS, type Words } from './words';

export function SignDialog({ detail, words, close, signed }: { detail: CaseDetail; words: Words; close: () => void; signed: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { name, title } = useNames();
  const [password, setPassword] = useState('');
  const images = useKeyImages(detail.id);
  const sign = useMutation({
    mutationFn: () => api.post(`/api/consults/${detail.id}/opinion`, { version: detail.version, password, ...words, images: (images.data ?? []).map((one) => one.id) }),
    onSuccess: signed,
    onError: () => setPassword(''),
  });
  const submit = () => {
    if (password && images.isSuccess && !sign.isPending) sign.mutate();
  };
  return (
    <Modal
      open
      title={t('opinion.sign_title')}
      okText={t('opinion.sign')}
      cancelText={t('ui.cancel')}
      okButtonProps={{ loading: sign.isPending, disabled: !password || !images.isSuccess }}
      onOk={submit}
      onCancel={close}
      mask={{ closable: false }}
      className="opinionsign"
    >
      <dl className="opinionpreview">
        {SECTIONS.map((key) => words[key].trim() && <div key={key}><dt>{t(`opinion.${key}`)}</dt><dd>{words[key]}</dd></div>)}
        {images.data && images.data.length > 0 && <div><dt>{t('opinion.images')}</dt><dd className="keyimagerow">{images.data.map((one, index) => <img key={one.id} src={one.body.thumb} alt={t('opinion.image_number', { number: index + 1 })} />)}</dd></div>}
      </dl>
      <p>{t('opinion.sign_what', { hospital: name(me.role?.hospital) })}</p>
      <p><b>{name(me.person)}</b> {title(me.person)} · {name(me.role?.hospital)} · {detail.number}</p>
      {sign.isError && <Alert type="error" showIcon title={problemWords(sign.error, t, i18n.language)} className="gap" />}
      <Form layout="vertical" onFinish={submit}>
        <Form.Item label={t('opinion.password')} htmlFor="opinion-password">
          <Input.Password id="opinion-password" autoFocus autoComplete="current-password" value={password} maxLength={256} onChange={(event) => setPassword(event.target.value)} onPressEnter={submit} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
