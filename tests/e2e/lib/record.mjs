// What a county doctor would have written of a severe pneumonia: enough to fill every part of a screen.
const HOUR_MS = 3_600_000;
const at = (hours) => new Date(Math.floor(Date.now() / 60_000) * 60_000 - hours * HOUR_MS).toISOString();
const lab = (name, unit, low, high, ...values) => values.map((value, index) => ({ name, value: String(value), unit, low, high, time: at(1 + (values.length - 1 - index) * 24) }));

export const RECORD = {
  complaint: '发热、咳嗽 7 天，气促 1 天',
  history: '7 天前受凉后发热，最高 39.1 ℃，伴干咳、乏力。当地口服莫西沙星 3 天无好转。1 天前活动后气促明显，鼻导管吸氧 5 L/min 下 SpO₂ 91 %。',
  past_history: '高血压 10 年，口服氨氯地平 5 mg qd；否认糖尿病。',
  allergies: '青霉素（皮疹）',
  drugs: '莫西沙星 0.4 g qd 静滴；氨氯地平 5 mg qd',
  weight_kg: '72',
  diagnosis: '重症肺炎；I 型呼吸衰竭',
  treatment: '高流量吸氧 50 L/min，FiO₂ 0.6，间断俯卧位。',
  vitals: [
    { time: at(0.2), temperature: '38.6', pulse: '112', respiration: '28', systolic: '96', diastolic: '58', spo2: '88', oxygen: true, consciousness: 'A' },
    { time: at(8), temperature: '39.0', pulse: '104', respiration: '24', systolic: '118', diastolic: '70', spo2: '92', oxygen: true, consciousness: 'A' },
  ],
  labs: [
    ...lab('WBC', '10⁹/L', '3.5', '9.5', 11.2, 14.8, 17.3),
    ...lab('CRP', 'mg/L', '0', '10', 96, 152, 213),
    ...lab('PCT', 'ng/mL', '0', '0.5', 0.8, 2.4, 6.1),
    ...lab('Lac', 'mmol/L', '0.5', '1.6', 1.6, 2.2, 3.1),
    ...lab('PaO₂/FiO₂', 'mmHg', '400', '500', 210, 152, 118),
    ...lab('Cr', 'μmol/L', '57', '97', 84, 97, 131),
  ],
};

export const OPINION = {
  findings: '右下肺背侧可见小斑片影，双肺支气管血管束增粗，未见气胸。血气示 CO₂ 潴留伴呼吸性酸中毒。',
  opinion: '慢阻肺急性加重，II 型呼吸衰竭。目前意识尚可，暂不插管，先调整无创通气。',
  advice: '1. IPAP 升至 18 cmH₂O，EPAP 5 cmH₂O，目标 SpO₂ 88–92 %；\n2. 1 小时后复查血气，pH < 7.25 或意识变差即行气管插管；\n3. 抗感染与支气管扩张剂继续。',
};
