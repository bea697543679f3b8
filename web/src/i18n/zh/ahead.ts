// What happens next by itself, after its time.
export default {
  what: {
    ring: '呼叫该专科全部专家', 'first-look': '提醒调度员和申请医生：尚未受理', accept: '提醒调度员：尚无专家接诊',
    remind: '提醒专家和申请医生：会诊室开放', call_expert: '呼叫专家进入会诊室', call_asking: '呼叫申请医生进入会诊室', standby: '请另一位专家候补',
    dispatcher_expert: '通知调度员：专家迟到', dispatcher_asking: '通知调度员：申请方迟到',
    swap: '由候补专家接替', absent: '登记申请方未到场', 'expert-in-room': '通知调度员：会诊室内尚无专家', line: '通知各方：连线仍未恢复，会诊室继续保留',
    opinion: '提醒专家和调度员：意见逾期', acknowledge: '提醒申请医生答复', administrator: '通知医院管理员',
  },
  short: {
    ring: '呼叫专家', 'first-look': '提醒调度', accept: '提醒调度', remind: '提醒参会', call: '呼叫入室', standby: '请候补', dispatcher: '通知调度', swap: '候补接替', absent: '记未到场', 'expert-in-room': '通知调度',
    line: '通知各方', opinion: '提醒专家', acknowledge: '提醒答复', administrator: '通知管理员',
  },
};
