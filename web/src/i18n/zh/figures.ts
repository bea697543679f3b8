export default {
  title: '会诊统计', span: '时间范围', days: '近 {{n}} 天', from: '从', to: '到', consulted: '会诊例次', unit: '例次', patients: '涉及患者 {{n}} 人', rule: '统计口径', version: '{{code}} · {{version}} 版',
  daily: '每日例次', bar: '{{day}}：{{n}} 例', open: '查看这些病例', hide: '收起病例', cases: '计入的病例', none: '这段时间没有计入的病例', number: '会诊号', at: '完成时间', asking: '申请医院', advising: '受邀医院',
  differs: '列出 {{listed}} 例，统计为 {{counted}} 例：数据刚有更新，请刷新。',
};
