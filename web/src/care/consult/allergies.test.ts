import { expect, it } from 'vitest';
import { noneKnown } from './allergies';

it.each(['无', '无。', '否认药物及食物过敏史', '未发现药物过敏', '无药物、食物过敏史', 'None', 'NKDA', 'no known drug allergies'])('%s is no warning', (text) => expect(noneKnown(text)).toBe(true));
it.each(['青霉素（皮疹）', '否认食物过敏；青霉素过敏', '无药物过敏，海鲜过敏', '无食物过敏，但对碘过敏', '不详', '磺胺无反应，头孢过敏', 'penicillin', 'none except latex', '', undefined])('%s is shown as one', (text) => expect(noneKnown(text)).toBe(false));
