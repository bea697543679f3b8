// The asking doctor reads the opinion and answers it; the specialist sees the answer; the figure counts the case.
import assert from 'node:assert/strict';
import { en, openCase, takeStep, waitForState, zh } from '../lib/pages.mjs';
import { Caller } from '../lib/server.mjs';
import { OPINION } from './opinion.mjs';

const REASON = '已转入 ICU 行无创通气；本院无俯卧位条件，未执行';

/** The first opening delivers it. */
export async function reads({ zhou, url, id }) {
  await openCase(zhou.page, url, id);
  await zhou.page.getByText(OPINION.opinion).first().waitFor();
  await waitForState(zhou.page, 'delivered');
}

/** Partly wants a reason; with one it reaches the specialist by itself. */
export async function answers({ zhou, li, url, id }) {
  await openCase(li.page, url, id);
  await takeStep(zhou.page, 'answer');
  const dialog = zhou.page.getByRole('dialog');
  await dialog.getByText(zh('consult.answer.partly'), { exact: true }).click();
  await dialog.getByRole('button', { name: zh('steps.answer_send') }).click();
  await dialog.getByText(zh('steps.reason_missing')).waitFor();
  await dialog.getByRole('textbox').fill(REASON);
  await dialog.getByRole('button', { name: zh('steps.answer_send') }).click();
  await waitForState(zhou.page, 'acknowledged');
  await li.page.getByText(REASON).first().waitFor({ timeout: 60_000 });
  await li.page.getByText(en('consult.answer.partly')).first().waitFor();
}

/** Each figure carries its rule and opens to its cases; ours is one more than before, and among them. */
export async function figure({ zhou, url, id, before }, context) {
  await takeStep(zhou.page, 'close').catch(() => {});
  const gao = await Caller.signIn(url, 'gao.yuan');
  const now = await gao.get('/api/figures/consulted');
  context.diagnostic(`consulted ${before.value} -> ${now.value}, rule ${now.rule.code} ${now.rule.version}`);
  assert.equal(now.value, before.value + 1);
  assert.equal(now.distinct_patients, before.distinct_patients + 1);
  // Command staff see the number; whoever works for the centre opens it.
  assert.equal((await gao.send('GET', '/api/figures/consulted/cases')).status, 404);
  const chen = await Caller.signIn(url, 'chen.tao');
  const { cases } = await chen.get('/api/figures/consulted/cases');
  assert.equal(cases.length, now.value, 'the number and its cases differ');
  assert.ok(cases.some((one) => one.id === id), 'the number does not open to this case');
}
