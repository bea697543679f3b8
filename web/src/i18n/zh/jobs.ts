export default {
  title: '失败的任务', what: '三小时内反复失败、等待人工处理的任务。排除原因后可重新运行。', none: '没有彻底失败的任务。', again: '重新运行', again_done: '已重新运行。', tried: '已尝试 {{n}} 次',
  kind: { notify_mail: '发送邮件', consult_escalate: '会诊计时', imaging_settle: '影像归档' },
};
