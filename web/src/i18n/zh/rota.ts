export default {
  title: '值班与请假', week: '周', earlier: '上一周', later: '下一周', this_week: '本周', specialty: '专科', expert: '专家', rank: '呼叫次序', from: '开始', to: '结束', why: '事由', needed: '请填写',
  add_duty: '安排值班', add_leave: '登记请假', remove: '取消', copy: '复制到下周', copying: '正在复制 {{n}} / {{of}}', copy_ask: '把本周的 {{n}} 个值班复制到下周？', copied: '已复制 {{n}} 个值班到下周', copy_refused: '{{n}} 个值班未能复制。{{why}}',
  added: { duties: '已安排值班', leaves: '已登记请假' }, removed: { duties: '已取消值班', leaves: '已取消请假' },
  none: '本周没有安排值班。急会诊将呼叫该专科的全部专家。', holes: '以下时段无人值班，急会诊将呼叫该专科的全部专家', nobody: '{{from}}–{{to}} 无人', alone: '部分时段无候补', and_more: ' 等，另有 {{n}} 处',
  duty: '{{name}}，第 {{rank}} 位，{{from}} 至 {{to}}', away: '请假', nobody_away: '本周没有人请假。',
  holiday: '休', holiday_what: '节假日：不按每周工作时间', workday: '班', workday_what: '调休上班：按周一的工作时间',
  hours: '工作时间与每日上限', hours_of: '{{name}}的工作时间', hours_what: '按本中心所在地的时钟。', hours_there: '按其所在地的时钟：{{zone}}，{{offset}}。', hours_free: '不填班次，则不限时间；不填上限，则不限例数。', no_hours: '未设工作时间', limit_is: '每日最多 {{n}} 例', change: '修改', shift: '班次 {{n}}', add_shift: '增加班次', remove_shift: '删除班次 {{n}}', days: '星期', over_midnight: '早于开始即为次日', limit: '每日会诊上限', no_limit: '不限', hours_kept: '已保存{{name}}的工作时间', shift_sep: '；', day_to: '{{from}}至{{to}}',
  day: { mon: '周一', tue: '周二', wed: '周三', thu: '周四', fri: '周五', sat: '周六', sun: '周日' },
  reason: { vacation: '年假', holiday: '节假日', sick: '病假', training: '培训', travel: '出差', family: '家事', other: '其他' },
};
