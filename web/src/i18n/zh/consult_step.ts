export default {
  resubmit: '补充并重新提交', sign: '签署意见', amend: '修改意见', consent: '补交知情同意书', supply: '回复补充要求', answer: '答复意见', accept: '接诊', room: '进入会诊室', assign: '指派专家', 'first-look': '受理', start: '开始会诊', resume: '继续会诊',
  conclude: '结束讨论', 'follow-up': '记录随访', close: '结束病例', ask: '要求补充', return: '退回补充', suspend: '暂停', 'hand-back': '交回调度', convert: '改为书面会诊',
  escalate: '升级', transfer: '转其他中心', 'no-show': '登记未到场', decline: '谢绝', cancel: '取消申请',
};
