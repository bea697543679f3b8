// The asking doctor's part: a patient, a form that survives a killed server, and a request that names what it lacks.
import assert from 'node:assert/strict';
import { zh } from '../lib/pages.mjs';

export const NOTE = [
  '主诉：发热伴咳嗽 7 天，气促 2 天。',
  '现病史：患者 7 天前无明显诱因出现发热，体温最高 39.1℃，伴干咳；2 天前出现活动后气促，当地予莫西沙星治疗无好转。',
  '既往史：高血压 10 年，口服氨氯地平，血压控制可。',
  '体格检查：T 38.6℃，P 108 次/分，R 28 次/分，BP 136/82 mmHg，SpO2 91%（未吸氧），双下肺可闻及湿啰音。',
  '辅助检查：淋巴细胞 0.6×10^9/L，CRP 86 mg/L，胸部 CT 示双肺多发磨玻璃影。',
  '初步诊断：1. 重症肺炎 2. 高血压病',
].join('\n');

export const PURPOSE = '双肺磨玻璃影 48 小时内进展，氧合下降，是否需要无创通气，是否转入 ICU？';

/** A resident id of Guangshan county with its checksum. */
export function residentId(birth, order) {
  const body = `411522${birth.replaceAll('-', '')}${order}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...body].reduce((all, digit, i) => all + Number(digit) * weights[i], 0);
  return body + '10X98765432'[sum % 11];
}

/** A PDF of one empty page: the signed consent form as a scanner would send it. */
export const CONSENT = Buffer.from(`%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
xref
0 4
0000000000 65535 f 
0000000009 00000 n 
0000000052 00000 n 
0000000101 00000 n 
trailer<</Size 4/Root 1 0 R>>
startxref
164
%%EOF
`);

/** N, the full form, and a patient who is not in the hospital yet. Gives the draft's id. */
export async function begin({ zhou, patient }) {
  const { page } = zhou;
  await page.keyboard.press('n');
  await page.waitForURL('**/cases/new**');
  await page.getByRole('button', { name: new RegExp(zh('request.full')) }).click();
  await page.waitForURL('**draft=**');
  const draft = new URL(page.url()).searchParams.get('draft');
  await page.getByRole('combobox', { name: zh('patient.find') }).fill(patient.name);
  await page.getByText(zh('patient.none_found')).waitFor();
  await page.getByRole('button', { name: zh('patient.create') }).click();
  const form = page.getByRole('group', { name: zh('patient.create') });

  const wrong = patient.id.slice(0, 17) + (patient.id[17] === '1' ? '2' : '1');
  await form.getByLabel(zh('patient.identifier.resident')).last().fill(wrong);
  await form.getByText(/校验码不符/).waitFor();
  await form.getByLabel(zh('patient.identifier.resident')).last().fill(patient.id);
  await form.getByText(zh('patient.id.ok')).waitFor();
  await form.getByLabel(zh('patient.name')).fill(patient.name);
  await form.getByRole('button', { name: zh('patient.save') }).click();
  await page.locator('.picked').getByText(patient.name).waitFor();
  return draft;
}

/** Sending now names what is missing, and the missing is not lost on the way. */
export async function incomplete({ zhou }) {
  const { page } = zhou;
  await page.locator('#send-request').click();
  await page.getByText(zh('request.lacks')).first().waitFor();
  const lacking = await page.getByText(zh('request.lacks')).count();
  assert.ok(lacking >= 4, `only ${lacking} fields are named as missing`);
}

/** The pasted note fills its fields. */
export async function note({ zhou }) {
  const { page } = zhou;
  await page.getByRole('button', { name: zh('request.note') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(zh('request.note_text')).fill(NOTE);
  await dialog.getByRole('button', { name: zh('request.note_take', { n: 6 }) }).click();
  await dialog.waitFor({ state: 'hidden' });
  const value = (field) => page.locator(`#field-${field}`).inputValue();
  assert.match(await value('complaint'), /^发热伴咳嗽 7 天/);
  assert.match(await value('history'), /莫西沙星/);
  assert.match(await value('past_history'), /氨氯地平/);
  assert.match(await value('examination'), /SpO2 91%/);
  assert.match(await value('auxiliary'), /CRP 86/);
  assert.match(await value('diagnosis'), /重症肺炎/);
}

export async function saved(page) {
  await page.getByText(/已保存 \d/).first().waitFor();
  await page.waitForTimeout(1700);
  await page.getByText(/已保存 \d/).first().waitFor();
}

/** kill -9 while typing: what was typed before and while the server was away is there when both are back. */
export async function survivesKill({ zhou, server }) {
  const { page } = zhou;
  await page.locator('#field-treatment').fill('鼻导管吸氧 5 L/min，莫西沙星 0.4 g qd');
  await saved(page);
  await server.kill();
  await page.locator('#field-purpose').pressSequentially(PURPOSE, { delay: 5 });
  await page.getByText(zh('draft.offline')).first().waitFor({ timeout: 60_000 });
  await server.run();
  await saved(page);
  await page.reload();
  await page.locator('#field-purpose').waitFor();
  assert.equal(await page.locator('#field-purpose').inputValue(), PURPOSE);
  assert.match(await page.locator('#field-treatment').inputValue(), /莫西沙星 0\.4 g/);
  assert.match(await page.locator('#field-complaint').inputValue(), /^发热伴咳嗽/);
}

/** Vital signs, laboratory values pasted from a sheet, specialty, urgency, consent; then sent. */
export async function complete({ zhou }) {
  const { page } = zhou;
  await page.locator('#field-specialty').selectOption('respiratory');
  await page.locator('#field-urgency').getByText(zh('consult.urgency.urgent'), { exact: true }).click();
  await page.locator('#field-vitals').click();
  for (const [key, value] of Object.entries({ temperature: '38.6', pulse: '108', respiration: '28', systolic: '136', diastolic: '82', spo2: '91' })) {
    await page.getByLabel(zh(`consult.vital.${key}`), { exact: true }).fill(value);
  }
  await page.locator('input[type=file][accept*=pdf]').first().setInputFiles({ name: '知情同意书.pdf', mimeType: 'application/pdf', buffer: CONSENT });
  await page.locator('.consent .good').getByText('知情同意书.pdf').waitFor();
  await saved(page);
}

/** Sends; gives the case's id. */
export async function send({ zhou }) {
  const { page } = zhou;
  await page.locator('#send-request').click();
  await page.waitForURL(/\/cases\/[0-9a-f-]{36}/);
  return new URL(page.url()).pathname.split('/')[2];
}
