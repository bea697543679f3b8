export default {
  title: '服务报表', window: '时间范围', month: '本月', last_month: '上月', quarter: '本季度', year: '本年', by: '分组', show: '内容', print: '打印', total: '合计', none: '这段时间没有会诊', not_known: '未知', not_coded: '未编码',
  by_asking: '申请医院', by_advising: '受邀医院', by_department: '专科', by_expert: '专家', by_chapter: '疾病（章）', by_disease: '疾病（类目）', by_month: '月', by_quarter: '季度',
  group_volume: '数量', group_timers: '时限', group_answers: '回复', group_communication: '沟通质量',
  cell: {
    all: '会诊', emergency: '特急', urgent: '加急', routine: '常规', live: '视频', record: '病历', signed: '已签章',
    'first-look-due': '首次查看', 'first-look-kept': '首次查看按时', 'expert-due': '专家到场', 'expert-kept': '专家到场按时', 'opinion-due': '签署意见', 'opinion-kept': '签署意见按时', 'acknowledge-due': '申请方回复', 'acknowledge-kept': '回复按时',
    answered: '已回复', adopted: '采纳', partly: '部分采纳', 'not-adopted': '未采纳', 'agreement-not-stated': '诊断符合未记载',
    exchanged: '有往来', accurate: '准确', 'followed-up': '已随访', solved: '解决问题',
  },
  each: '每例往来', median: '回应中位数', p90: '回应 90%', minutes: '{{n}} 分钟',
  open: '{{whose}}，{{cell}}：{{n}}', cases: '{{whose}} · {{cell}}', handed_in: '提交时间', urgency: '紧急程度', signed: '签章时间',
  few: '导出的文件隐去 1 至 4 的数字，以及能推算出它们的数字（*）。',
  kept: '县域内就诊', county: '县', visits: '就诊', within: '县内', away: '县外', kept_share: '县域内就诊率', no_visits: '这段时间没有记录在案的就诊', began: '开始时间', seen_by: '就诊机构', visits_of: '{{whose}} 的就诊',
  left_out: '未计入：非县域患者 {{elsewhere}} 次，未注明患者或机构 {{unsaid}} 次。',
};
