// Reports that may be of one illness, side by side: the outbreak officer says same or different, and can take it back.
import { useState } from 'react';
import { Alert, Button, Input, Modal } from 'antd';
import { DownOutlined, RightOutlined, UndoOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useNames } from '../../ui/names';
import { clockTime } from '../../ui/time';
import { problemWords } from '../../ui/words';
import { duplicatesQuery, guidelinesQuery, TEXT_MAX, type Pair } from './api';
import { useText, WhoseIllness } from './marks';

type Word = 'same' | 'different' | 'undone';

function Side({ side, first }: { side: Pair['first']; first: boolean }) {
  const { t, i18n } = useTranslation();
  const { name } = useNames();
  return (
    <div className="pairside">
      <small>{t(first ? 'outbreak.pair_first' : 'outbreak.pair_second')}</small>
      <span><WhoseIllness patient={side.patient} at={side.reported_at} /></span>
      <span>{name(side.hospital)}</span>
      <span className="sub"><Link to="/outbreak/$id" params={{ id: side.id }} className="mono">{side.number}</Link> · {clockTime(side.reported_at, i18n.language)}</span>
    </div>
  );
}

/** What an act on a pair wants: the reason, which stays in the ledger. */
function Judge({ pair, said, done }: { pair: Pair; said: Word; done: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const judge = useMutation({
    mutationFn: () => api.post('/api/outbreak/duplicates', { one: pair.first.id, other: pair.second.id, said, reason }),
    onSuccess: () => { void client.invalidateQueries({ queryKey: ['outbreak'] }); void client.invalidateQueries({ queryKey: ['figures', 'daily'] }); done(); },
  });
  return (
    <Modal open title={t(`outbreak.pair_say.${said}`)} okText={t(`outbreak.pair_say.${said}`)} cancelText={t('ui.cancel')} onCancel={done} onOk={() => judge.mutate()} okButtonProps={{ loading: judge.isPending, disabled: !reason.trim() }}>
      <p className="lead">{t(`outbreak.pair_what.${said}`)}</p>
      <label className="ofield"><span>{t('outbreak.why')}</span><Input.TextArea autoFocus rows={3} maxLength={TEXT_MAX} value={reason} onChange={(event) => setReason(event.target.value)} /></label>
      {judge.isError && <Alert type="error" showIcon role="alert" title={problemWords(judge.error, t, i18n.language)} />}
    </Modal>
  );
}

export function Doubles({ only }: { only?: string }) {
  const { t } = useTranslation();
  const text = useText();
  const found = useQuery(duplicatesQuery);
  const known = useQuery(guidelinesQuery);
  const [open, setOpen] = useState(only !== undefined);
  const [judged, setJudged] = useState<{ pair: Pair; said: Word } | null>(null);
  const of = (pair: Pair) => !only || pair.first.id === only || pair.second.id === only;
  const proposed = (found.data?.proposed ?? []).filter(of);
  const joined = (found.data?.joined ?? []).filter(of);
  if (proposed.length + joined.length === 0) return null;
  /** The pair names its disease in Chinese alone; the list of diseases has both. */
  const disease = (pair: Pair) => {
    const one = known.data?.diseases.find((d) => d.name.zh === pair.first.disease);
    return one ? text(one.name) : pair.first.disease;
  };
  const row = (pair: Pair, is: 'proposed' | 'joined') => (
    <li key={pair.first.id + pair.second.id}>
      <div className="pairwhy"><b>{disease(pair)}</b><small>{t(`outbreak.pair_by.${pair.by}`)}</small></div>
      <Side side={pair.first} first /><Side side={pair.second} first={false} />
      <div className="pairacts">
        {is === 'proposed'
          ? <><Button type="primary" ghost onClick={() => setJudged({ pair, said: 'same' })}>{t('outbreak.pair_say.same')}</Button><Button onClick={() => setJudged({ pair, said: 'different' })}>{t('outbreak.pair_say.different')}</Button></>
          : <Button icon={<UndoOutlined aria-hidden />} onClick={() => setJudged({ pair, said: 'undone' })}>{t('outbreak.pair_say.undone')}</Button>}
      </div>
    </li>
  );
  return (
    <section className="panel doubles" aria-label={t('outbreak.pairs')}>
      <h2><button aria-expanded={open} onClick={() => setOpen(!open)}>{open ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />} {t('outbreak.pairs')} <span className="sub">{t('outbreak.pairs_n', { proposed: proposed.length, joined: joined.length })}</span></button></h2>
      {open && (
        <>
          {proposed.length > 0 && <ul className="pairs">{proposed.map((pair) => row(pair, 'proposed'))}</ul>}
          {joined.length > 0 && <><h3>{t('outbreak.joined')}</h3><ul className="pairs">{joined.map((pair) => row(pair, 'joined'))}</ul></>}
        </>
      )}
      {judged && <Judge {...judged} done={() => setJudged(null)} />}
    </section>
  );
}
