// The room: each sees the other's colours and hears the other's pitch, one leads and the other shows the same slice.
import assert from 'node:assert/strict';
import { pattern, pitch, readPictures, readPitches } from '../lib/coded.mjs';
import { enterRoom, spoken } from '../lib/pages.mjs';
import { choose, until } from './images.mjs';

const EQUAL_HZ = 12;

/** A button by its words alone, without the name of its icon. */
const press = (page, words) => page.getByRole('button').filter({ hasText: new RegExp(`^${words}$`) });

/** Waits until a person's page shows the other's code in somebody else's place, and hears the other's pitch. */
export async function meets(me, other, timeout_ms = 90_000) {
  const end = Date.now() + timeout_ms;
  let pictures;
  let theirs;
  while (Date.now() < end && !theirs) {
    pictures = await me.page.evaluate(readPictures);
    theirs = pictures.find((p) => !p.muted && String(p.cells) === String(pattern(other.seed)));
    if (!theirs) await me.page.waitForTimeout(200);
  }
  assert.ok(theirs, `${me.name} does not see ${other.name}: ${JSON.stringify(pictures)}`);
  assert.ok(!pictures.some((p) => !p.muted && String(p.cells) === String(pattern(me.seed))), `${me.name} sees themselves as somebody else`);
  // After a change of line the last picture stands before the voice is back: listened to until then.
  const heard = (pitches, seed) => pitches.some((p) => Math.abs(p.hz - pitch(seed)) < EQUAL_HZ);
  let pitches;
  do pitches = await me.page.evaluate(readPitches, 3);
  while (Date.now() < end && !heard(pitches, other.seed));
  assert.ok(heard(pitches, other.seed), `${me.name} does not hear ${other.name} at ${pitch(other.seed)} Hz: ${JSON.stringify(pitches)}`);
  assert.ok(!heard(pitches, me.seed), `${me.name} hears themselves`);
  const now = async () => (await me.page.evaluate(readPictures)).find((p) => p.where === theirs.where);
  const from = (await now())?.time ?? 0;
  for (let n = 0; ((await now())?.time ?? from) <= from; n += 1) {
    assert.ok(n < 40, `${me.name}: the picture of ${other.name} stands still`);
    await me.page.waitForTimeout(250);
  }
}

/** Both enter, and meet. */
export async function together({ url, id, zhou, li }) {
  await enterRoom(zhou.page, url, id, { lang: zhou.lang });
  await enterRoom(li.page, url, id, { lang: li.lang });
  await meets(zhou, li);
  await meets(li, zhou);
}

/** The specialist leads; the asking doctor's glass follows: slice, window, and alone when wanted. */
export async function leads({ zhou, li }) {
  const mine = spoken(zhou.lang);
  const theirs = spoken(li.lang);
  await press(li.page, theirs('room.lead')).click();
  await li.page.getByText(theirs('room.you_lead')).waitFor();
  await choose(li.page, 5, li.lang);
  await li.page.getByRole('group', { name: theirs('viewer.viewer') }).focus();
  await li.page.keyboard.press('End');
  const led = await until(li.page, (g) => g.slice === '5', 'the leader at the last slice');
  await until(zhou.page, (g) => g.instance === led.instance && g.position === led.position, 'the follower');
  await li.page.keyboard.press('ArrowUp');
  await li.page.getByRole('button', { name: theirs('viewer.preset.bone') }).click();
  const now = await until(li.page, (g) => g.slice === '4' && g.window !== led.window, 'the leader one up, bone window');
  await until(zhou.page, (g) => g.instance === now.instance && g.window === now.window, 'the follower, bone window');

  await press(zhou.page, mine('room.look_alone')).click();
  await zhou.page.getByRole('group', { name: mine('viewer.viewer') }).focus();
  await zhou.page.keyboard.press('Home');
  await until(zhou.page, (g) => g.slice === '1', 'alone at the first slice');
  await until(li.page, (g) => g.slice === '4', 'the leader, not moved by who looks alone');
  await press(zhou.page, mine('room.follow')).click();
  await until(zhou.page, (g) => g.instance === now.instance, 'following again');
}

/** Muted is silent, not merely drawn as muted. */
export async function mutes({ zhou, li }) {
  const t = spoken(li.lang);
  await press(li.page, t('room.mute')).click();
  await zhou.page.waitForTimeout(800);
  // What was on its way is played first.
  const heard = async () => (await zhou.page.evaluate(readPitches, 1.5)).filter((p) => Math.abs(p.hz - pitch(li.seed)) < EQUAL_HZ && p.power > 1e-6);
  for (let n = 0, still = await heard(); still.length > 0; n += 1, still = await heard()) assert.ok(n < 8, `a muted voice is heard: ${JSON.stringify(still)}`);
  await press(li.page, t('room.unmute')).click();
  await meets(zhou, li);
}

/** Leaves by the button and comes back; then the page is loaded anew, as after a crash. */
export async function rejoins({ url, id, zhou, li }) {
  const t = spoken(zhou.lang);
  await press(zhou.page, t('room.leave')).click();
  await zhou.page.getByText(t('room.out.left')).waitFor();
  await zhou.page.getByRole('button', { name: t('room.enter') }).click();
  await meets(zhou, li);
  await enterRoom(zhou.page, url, id, { lang: zhou.lang });
  await meets(zhou, li);
  await meets(li, zhou);
}
