export default {
  title: '通知', bell: '通知', bell_unread: '通知，{{n}} 条未读', unread: '（未读）', none: '暂无通知。有病例等您处理时会显示在这里。',
  ways: '提醒方式', sound_on: '提示音已开', sound_muted: '提示音已关', sound_silent: '下次点击后开启提示音', desktop_ask: '同时在桌面提醒', desktop_on: '已同时在桌面提醒。',
  mail: '邮箱地址', sms: '手机号（接收短信）', mail_what: '急会诊呼叫立即发出；其他仅在您未在此查看时发出。只告知有事项待处理，不含其他内容。', mail_saved: '已保存。',
  calls: '急会诊呼叫', call: '急会诊呼叫您：{{specialty}}', call_since: '已呼叫 {{time}}', call_others: '同时呼叫另外 {{n}} 人', call_take: '我来接诊', call_not_me: '我不能接',
};
