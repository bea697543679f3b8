// Key images: those marked for the draft, with words to each; and those of a signed opinion. Each opens in the viewer.
import { useEffect, useRef, useState } from 'react';
import { Button, Input } from 'antd';
import { DeleteOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Draft, Id } from '../../api/types';
import { problemWords } from '../../ui/words';
import { askToShow, type Presentation } from '../../viewers/dicom/asked';
import { keyImages, keyImagesKey, type KeyImageDraft } from '../../viewers/dicom/keyImage';

/** As the server takes it (crates/care/src/opinion/key_image.rs, NOTE_MAX). */
const NOTE_MAX = 500;
const SAVE_AFTER_MS = 800;

export const useKeyImages = (caseId: Id) => useQuery({ queryKey: keyImagesKey(caseId), queryFn: () => keyImages(caseId) });

export function KeyImageDrafts({ caseId }: { caseId: Id }) {
  const { t } = useTranslation();
  const found = useKeyImages(caseId).data ?? [];
  if (!found.length) return null;
  return (
    <section className="keyimages" aria-label={t('opinion.images')}>
      <h3>{t('opinion.images')}</h3>
      <ul>{found.map((draft, index) => <Marked key={draft.id} draft={draft} number={index + 1} />)}</ul>
    </section>
  );
}

function Marked({ draft, number }: { draft: Draft<KeyImageDraft>; number: number }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const { body } = draft;
  const [note, setNote] = useState(body.note);
  const revision = useRef(draft.revision);
  const again = () => client.invalidateQueries({ queryKey: keyImagesKey(body.case) });
  const save = useMutation({
    mutationFn: (typed: string) => api.put<{ revision: number }>(`/api/drafts/key-image/${draft.id}`, { revision: revision.current, body: { ...body, note: typed } }),
    onSuccess: (kept) => { revision.current = kept.revision; },
  });
  const drop = useMutation({ mutationFn: () => api.delete(`/api/drafts/key-image/${draft.id}`), onSettled: again });
  const { mutate, isPending } = save;
  const kept = useRef(body.note);
  useEffect(() => {
    if (note === kept.current || isPending) return undefined;
    const timer = setTimeout(() => {
      kept.current = note;
      mutate(note);
    }, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [note, isPending, mutate]);
  const label = t('opinion.image_number', { number });
  return (
    <li>
      <Open caseId={body.case} what={body} label={t('opinion.image_open', { number })} src={body.thumb} />
      <div className="keyimagetext">
        <b>{label}</b> <span>{[body.date, body.modality, body.description, body.number].filter(Boolean).join(' · ')}</span>
        <Input.TextArea aria-label={t('opinion.image_note', { number })} placeholder={t('opinion.image_note_hint')} rows={1} autoSize={{ minRows: 1, maxRows: 4 }} maxLength={NOTE_MAX} value={note} onChange={(event) => setNote(event.target.value)} />
        {(save.isError || drop.isError) && <small role="alert">{problemWords(save.error ?? drop.error, t, i18n.language)}</small>}
      </div>
      <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('opinion.image_drop', { number })} loading={drop.isPending} onClick={() => drop.mutate()} />
    </li>
  );
}

interface Where { study: string; series: string; instance: string; frame: number; view: Presentation }

function Open({ caseId, what, label, src }: { caseId: Id; what: Where; label: string; src: string }) {
  return <button type="button" className="keyimage" aria-label={label} onClick={() => askToShow(caseId, { study: what.study, series: what.series, instance: what.instance, frame: what.frame, view: what.view })}><img src={src} alt="" loading="lazy" /></button>;
}

export interface KeyImage extends Where { id: Id; number: string; note: string; date?: string; modality: string; description: string; width: number; height: number }

/** The picture as it was signed in a version. */
export const pictureOf = (caseId: Id, image: Id, version?: number) => `/api/consults/${caseId}/opinion/images/${image}${version ? `?version=${version}` : ''}`;

/** With `drop` it can be left out of what is signed next. */
export function KeyImagesSigned({ caseId, images, version, drop }: { caseId: Id; images: KeyImage[]; version?: number; drop?: (id: Id) => void }) {
  const { t } = useTranslation();
  if (!images.length) return null;
  return (
    <section className="keyimages signed">
      <h3>{t('opinion.images')}</h3>
      <ul>
        {images.map((image, index) => (
          <li key={image.id}>
            <Open caseId={caseId} what={image} label={t('opinion.image_open', { number: index + 1 })} src={pictureOf(caseId, image.id, version)} />
            <div className="keyimagetext"><b>{t('opinion.image_number', { number: index + 1 })}</b> <span>{[image.date, image.modality, image.description, image.number].filter(Boolean).join(' · ')}</span>{image.note && <p className="typed">{image.note}</p>}</div>
            {drop && <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('opinion.image_drop', { number: index + 1 })} onClick={() => drop(image.id)} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
