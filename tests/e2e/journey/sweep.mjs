// Nobody signed in gets 401 and a doctor of another hospital gets 404, for the case, its images, its room, its stream and its PDF;
// the owner gets all of them, or the test would prove nothing.
import assert from 'node:assert/strict';
import { Caller } from '../lib/server.mjs';

export async function sweep({ url, id, owner }) {
  const nobody = new Caller();
  nobody.url = url;
  const stranger = await Caller.signIn(url, 'zhao.min');
  const { studies, documents } = await owner.get(`/api/consults/${id}/files`);
  const study = studies[0];
  const series = study.series[0];
  const base = `/dicom-web/studies/${study.uid}`;
  const metadata = await owner.get(`${base}/series/${series.uid}/metadata`);
  const instance = metadata[0]['00080018'].Value[0];
  const paths = [
    `/api/consults/${id}`, `/api/consults/${id}/files`, `/api/consults/${id}/access`, `/api/consults/${id}/opinion`,
    `/api/consults/${id}/opinion.pdf`, `/api/consults/${id}/opinion/evidence`,
    ...documents.slice(0, 1).map((d) => `/api/consults/${id}/documents/${d.id}`),
    `${base}/metadata`, `${base}/series/${series.uid}/metadata`, `${base}/series/${series.uid}/instances/${instance}`,
    `${base}/series/${series.uid}/instances/${instance}/frames/1`,
  ];
  for (const path of paths) {
    assert.equal((await owner.send('GET', path)).status, 200, `${path} for its owner`);
    assert.equal((await nobody.send('GET', path)).status, 401, `${path} for nobody`);
    assert.equal((await stranger.send('GET', path)).status, 404, `${path} for a stranger`);
  }
  assert.equal((await nobody.send('POST', `/api/consults/${id}/room`, {})).status, 401, 'room for nobody');
  assert.equal((await stranger.send('POST', `/api/consults/${id}/room`, {})).status, 404, 'room for a stranger');
  assert.equal((await nobody.send('GET', '/events')).status, 401, 'stream for nobody');
  const listed = await stranger.get('/dicom-web/studies');
  assert.ok(!JSON.stringify(listed).includes(study.uid), 'a stranger finds the study in the list');
  return paths.length;
}
