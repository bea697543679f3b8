// Signing asks for the password: the person's key is opened for this one moment.
import { useState } from 'react';
import { Alert, Form, Input, Modal } from 'antd';
import { changes } from './changes';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../api/session';
import type { CaseDetail } from '../../api/types';
import { useNames } from '../../ui/names';
import { problemWords } from '../../ui/words';
import { pictureOf, useKeyImages } from './KeyImages';
import type { Amends } from './OpinionEditor';
import { SECTIONS, type Words } from './words';

export function SignDialog({ detail, words, amends, close, signed }: { detail: CaseDetail; words: Words; amends?: Amends; close: () => void; signed: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { name, title } = useNames();
  const [password, setPassword] = useState('');
  const [reason, setReason] = useState('');
  const drafts = useKeyImages(detail.id);
  const images = [
    ...(amends?.images ?? []).map((one) => ({ id: one.id, src: pictureOf(detail.id, one.id, detail.opinion?.version) })),
    ...(drafts.data ?? []).map((one) => ({ id: one.id, src: one.body.thumb })),
  ];
  const sign = useMutation({
    mutationFn: () => api.post(`/api/consults/${detail.id}/opinion${amends ? '/amend' : ''}`, { version: detail.version, password, ...words, images: images.map((one) => one.id), ...(amends ? { reason: reason.trim() } : {}) }),
    onSuccess: signed,
    onError: () => setPassword(''),
  });
  const ready = password !== '' && drafts.isSuccess && (!amends || reason.trim() !== '');
  const submit = () => {
    if (ready && !sign.isPending) sign.mutate();
  };
  return (
    <Modal
      open
      title={t(amends ? 'opinion.amend_title' : 'opinion.sign_title')}
      okText={t('opinion.sign')}
      cancelText={t('ui.cancel')}
      okButtonProps={{ loading: sign.isPending, disabled: !ready }}
      onOk={submit}
      onCancel={close}
      mask={{ closable: false }}
      className="opinionsign"
    >
      <dl className="opinionpreview">
        {SECTIONS.map((key) => words[key].trim() && <div key={key}><dt>{t(`opinion.${key}`)}</dt><dd>{amends ? changes(amends[key], words[key]).map((piece, index) => (piece.kind === 'same' ? <span key={index}>{piece.text}</span> : piece.kind === 'added' ? <ins key={index}>{piece.text}</ins> : <del key={index}>{piece.text}</del>)) : words[key]}</dd></div>)}
        {images.length > 0 && <div><dt>{t('opinion.images')}</dt><dd className="keyimagerow">{images.map((one, index) => <img key={one.id} src={one.src} alt={t('opinion.image_number', { number: index + 1 })} />)}</dd></div>}
      </dl>
      <p>{t(amends ? 'opinion.amend_sign_what' : 'opinion.sign_what', { hospital: name(me.role?.hospital) })}</p>
      <p><b>{name(me.person)}</b> {title(me.person)} · {name(me.role?.hospital)} · {detail.number}</p>
      {sign.isError && <Alert type="error" showIcon title={problemWords(sign.error, t, i18n.language)} className="gap" />}
      <Form layout="vertical" onFinish={submit}>
        {amends && (
          <Form.Item label={t('opinion.amend_reason')} htmlFor="opinion-reason">
            <Input.TextArea id="opinion-reason" rows={2} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Form.Item>
        )}
        <Form.Item label={t('opinion.password')} htmlFor="opinion-password">
          <Input.Password id="opinion-password" autoFocus autoComplete="current-password" value={password} maxLength={256} onChange={(event) => setPassword(event.target.value)} onPressEnter={submit} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
