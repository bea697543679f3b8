export default {
  title: '床位', state: { free: '空', held: '预留', taken: '占用' }, free_of: '空 {{n}} / {{all}}', n_free: '空 {{n}} 张', full: '无空床', awaited: '患者在途',
  none: '本院尚未登记病区和床位。', none_what: '管理员可在“管理 · 医院”中登记。', no_beds: '该病区尚无床位。', not_yours: '床位由病区和转诊台登记。',
  step: { occupy: '登记入住', free: '登记空出' }, what: { occupy: '这张床现在有患者。其他人将不能再预留。', free: '这张床现在没有患者，可供转诊预留。' }, done: { occupy: '{{bed}}已登记入住', free: '{{bed}}已登记空出' },
  take_away: '仍要占用', is_held: '这张床位已为转诊患者预留', is_held_what: '占用后，转出医院会立即收到通知和您填写的原因，并需另找床位。', reason: '为什么必须占用', presets: ['急诊抢救患者急需', '院内患者病情恶化', '床位设备故障'],
};
