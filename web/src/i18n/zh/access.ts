export default {
  title: '病历查阅', nothing: '您的角色在此无可查看内容。', tab: { need: '紧急查阅', looks: '查阅记录', reviews: '紧急查阅审核' },
  need_title: '紧急打开病历', need_what: '用于急诊、抢救时查阅不在您权限内的患者病历。打开后一小时内有效，同时通知双方医院，事后由患者所在医院审核。此处不能浏览患者，须输入号码。',
  by: '查找方式', number: { resident: '身份证号', passport: '护照号', case: '会诊编号' }, which_hospital: '申请医院是哪家？', reason: '理由', reason_hint: '说明此刻查阅的理由，至少 {{n}} 个字', code: '两步验证动态码', break: '打开一小时',
  open_now: '您现在可查阅', no_cases: '该患者在此没有会诊。', ends_in: '{{span}} 后结束', ended: '已结束', banner: '紧急查阅：{{patient}}',
  outcome: '审核结论', outcomes: { justified: '合规', 'not-justified': '不合规' }, note: '备注', note_needed: '请说明不合规之处', judge: '提交审核', opened_whose: '打开了{{hospital}}患者 {{patient}} 的病历',
  read_then: '随后查阅：', read_nothing: '未查阅任何内容。', no_reviews: '没有人紧急打开过贵院患者的病历。',
  looks_what: '对本院及下级医院患者的每次查阅，以及其人员的每次查阅，包括被拒绝的。', looks_mine: '查看谁看过您的会诊：请输入会诊编号。', person: '人员', day: '日期', filter: '查询', export: '导出文件（CSV）', no_such_case: '您没有该编号的会诊。', no_looks: '没有符合条件的查阅记录。', archived: '{{before}} 之前的查阅记录已移入归档文件 {{file}}，如需查询请联系本平台管理员。', older: '更早',
  col: { at: '时间', who: '人员', what: '内容', whose: '患者与会诊' }, refused: '已拒绝', in_need: '紧急查阅',
};
