// The dispatchers' part: the case arrives by itself, the first look, two who assign at once, and what the loser is told.
import assert from 'node:assert/strict';
import { openCase, takeStep, waitForState, zh } from '../lib/pages.mjs';
import { Caller } from '../lib/server.mjs';

/** Watches the dispatcher's inbox for a text; resolves with the moment at which it stood there. */
export function arrival(page, text) {
  return page.evaluate(
    (wanted) => new Promise((done) => {
      const look = () => document.body.innerText.includes(wanted) && (done(Date.now()), true);
      const watch = new MutationObserver(() => look() && watch.disconnect());
      watch.observe(document.body, { childList: true, subtree: true, characterData: true });
      look();
    }),
    text,
  );
}

/** First look through the page. */
export async function firstLook({ chen, url, id }) {
  await openCase(chen.page, url, id);
  await waitForState(chen.page, 'submitted');
  await takeStep(chen.page, 'first-look');
  await waitForState(chen.page, 'triaged');
}

/** 陈涛 has the table open; 孙丽 assigns in the meantime; 陈涛 sends and is told who and what. */
export async function race({ chen, url, id, expert }) {
  await takeStep(chen.page, 'assign');
  const table = chen.page.getByRole('dialog');
  await table.getByRole('checkbox', { name: new RegExp(expert) }).check();

  const sun = await Caller.signIn(url, 'sun.li');
  const seen = await sun.get(`/api/consults/${id}`);
  const { experts } = await sun.get(`/api/experts?specialty=${seen.specialty}`);
  const chosen = experts.find((one) => one.name === expert);
  assert.ok(chosen, `no expert ${expert}: ${JSON.stringify(experts.map((e) => e.name))}`);
  const won = await sun.send('POST', `/api/consults/${id}/assign`, { version: seen.version, experts: [chosen.role], start: new Date(Date.now() + 12 * 60_000).toISOString(), minutes: 30 });
  assert.equal(won.status, 200, JSON.stringify(won.body));

  await table.getByRole('button', { name: /指派$/ }).click();
  const told = chen.page.getByRole('dialog').or(chen.page.getByRole('alert')).or(chen.page.locator('.ant-notification'));
  await told.getByText(/孙丽/).first().waitFor();
  const words = (await told.allInnerTexts()).join(' ');
  assert.match(words, /孙丽/, 'the loser is not told who');
  assert.match(words, /指派|排期/, 'the loser is not told what');
  return words;
}

/** Whoever lost closes what they were told and sees the case as it is now. */
export async function afterRace({ chen, url, id }) {
  await openCase(chen.page, url, id);
  await waitForState(chen.page, 'scheduled');
  await chen.page.getByText(zh('consult.timeline')).first().waitFor();
}
