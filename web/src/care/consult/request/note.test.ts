import { describe, expect, it } from 'vitest';
import { fieldsOf, looksLikeNote, sortNote } from './note';

const check = (note: string) => fieldsOf(sortNote(note));

describe('an admission note', () => {
  it('as most systems print it, with full-width colons', () => {
    const note = `姓名：张某某　　性别：男　　年龄：58岁
入院时间：2026-11-20 09:30

主诉：发热、咳嗽6天，加重伴气促1天。
现病史：患者6天前受凉后出现发热，最高体温39.2℃，伴咳嗽、咳黄色黏痰，量中等。
1天前出现活动后气促，夜间不能平卧。病程中精神、食欲差。
既往史：高血压病史10年，规律服用氨氯地平；否认糖尿病、冠心病史。
体格检查：T 38.9℃，P 112次/分，R 28次/分，BP 96/58mmHg。双肺可闻及湿啰音。
辅助检查：血常规：WBC 17.3×10^9/L，N 91%。胸部CT：双肺多发实变影。
初步诊断：1.重症社区获得性肺炎 2.Ⅰ型呼吸衰竭`;
    const fields = check(note);
    expect(fields.complaint).toBe('发热、咳嗽6天，加重伴气促1天。');
    expect(fields.history).toContain('夜间不能平卧');
    expect(fields.history?.startsWith('患者6天前')).toBe(true);
    expect(fields.past_history).toContain('氨氯地平');
    expect(fields.examination).toContain('BP 96/58mmHg');
    expect(fields.auxiliary).toBe('血常规：WBC 17.3×10^9/L，N 91%。胸部CT：双肺多发实变影。');
    expect(fields.diagnosis).toBe('1.重症社区获得性肺炎 2.Ⅰ型呼吸衰竭');
    expect(sortNote(note).rest).toContain('张某某');
  });

  it('with bold marks, brackets, numbering and spaces inside the headings', () => {
    expect(check('**主诉**：胸痛2小时\n**现病史：** 2小时前突发胸骨后压榨样疼痛。\n')).toEqual({ complaint: '胸痛2小时', history: '2小时前突发胸骨后压榨样疼痛。' });
    expect(check('【主诉】腹痛半天\n【现病史】半天前……\n【查体】腹软')).toEqual({ complaint: '腹痛半天', history: '半天前……', examination: '腹软' });
    expect(check('一、主　诉：头痛\n二、现 病 史：三天前……\n（三）既往史: 无特殊')).toEqual({ complaint: '头痛', history: '三天前……', past_history: '无特殊' });
    expect(check('1. 主诉: 咯血\n2. 现病史: 昨日咯血约50ml')).toEqual({ complaint: '咯血', history: '昨日咯血约50ml' });
  });

  it('with each heading on its own line', () => {
    expect(check('主诉\n发热3天\n\n现病史\n3天前发热。\n\n体格检查\n咽红')).toEqual({ complaint: '发热3天', history: '3天前发热。', examination: '咽红' });
  });

  it('with the headings in another order', () => {
    expect(check('初步诊断：肺炎\n辅助检查：CT示左下肺炎症\n主诉：咳嗽')).toEqual({ diagnosis: '肺炎', auxiliary: 'CT示左下肺炎症', complaint: '咳嗽' });
  });

  it('with everything in one line', () => {
    expect(check('主诉：发热3天。现病史：3天前受凉后发热。既往史：体健。体格检查：T 39℃。辅助检查：暂缺。初步诊断：上呼吸道感染。')).toEqual({
      complaint: '发热3天。', history: '3天前受凉后发热。', past_history: '体健。', examination: 'T 39℃。', auxiliary: '暂缺。', diagnosis: '上呼吸道感染。',
    });
  });

  it('keeps second headings of one field, and headings we have no field for, from swallowing others', () => {
    const fields = check('既往史：高血压。\n个人史：吸烟20年。\n家族史：父亲患糖尿病。\n过敏史：青霉素过敏\n初步诊断：肺炎\n诊断依据：1.发热 2.CT\n诊疗计划：抗感染');
    expect(fields.past_history).toBe('高血压。\n个人史：吸烟20年。\n家族史：父亲患糖尿病。');
    expect(fields.allergies).toBe('青霉素过敏');
    expect(fields.diagnosis).toBe('肺炎');
    expect(sortNote('诊断：肺炎\n诊疗计划：抗感染').rest).toBe('诊疗计划：抗感染');
  });

  it('does not take a word in a sentence for a heading', () => {
    expect(sortNote('患者现病史不详，既往史无特殊，主诉不清').sections).toEqual([]);
    expect(check('主诉：患者主诉头痛\n现病史：既往史中曾有类似发作').history).toBe('既往史中曾有类似发作');
  });

  it('loses no character of the text', () => {
    const note = '来院方式：步行\n主诉：头痛\n现病史：三天。\n记录时间：10:30';
    const { sections, rest } = sortNote(note);
    const kept = sections.map((section) => `${section.heading}：${section.text}`).join('') + rest;
    for (const part of ['来院方式：步行', '主诉：头痛', '现病史：三天。', '记录时间：10:30']) expect(kept).toContain(part);
  });

  it('bears Windows line ends, emptiness and length', () => {
    expect(check('主诉：头痛\r\n现病史：三天\r\n')).toEqual({ complaint: '头痛', history: '三天' });
    expect(sortNote('')).toEqual({ sections: [], rest: '' });
    const started = Date.now();
    sortNote(`主诉：${'很长。'.repeat(20_000)}`);
    expect(Date.now() - started).toBeLessThan(1000);
  });

  it('tells a note from a field’s words', () => {
    expect(looksLikeNote('主诉：发热3天。现病史：3天前受凉后发热，伴咳嗽。')).toBe(true);
    expect(looksLikeNote('患者三天前受凉后出现发热，体温最高39℃，伴咳嗽、咳痰。')).toBe(false);
  });
});
