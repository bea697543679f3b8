// What an act of the ledger says, after the name of the person who did it.
export default {
  system: '系统',
  consult_request: '提交了会诊申请', consult_first_look: '受理了申请', consult_return_items: '退回，要求补充：', consult_return: '退回，要求补充：', consult_resubmit: '补充后重新提交', consult_decline: '谢绝了会诊',
  consult_transfer: '转给其他中心', consult_escalate: '升级了会诊', consult_convert: '改为书面会诊', consult_cancel: '取消了申请', consult_assign: '指派了专家', consult_accept: '接诊', consult_hand_back: '交回调度',
  consult_ask: '要求补充：', opinion_amend: '修改会诊意见', opinion_amend_version: '修改了会诊意见（第 {{version}} 版）', patient_identify: '确认了患者身份', patient_link: '关联了两份患者记录', patient_unlink: '撤销了患者记录的关联', patient_pair: '对比了患者记录', patient_matches: '查找了可能相同的患者', consult_add_consent: '补交了知情同意书', consult_supply: '回复了补充要求', consult_start: '开始了会诊', consult_suspend: '暂停了会诊', consult_resume: '继续会诊', consult_no_show: '登记未到场', consult_conclude: '结束了讨论',
  consult_answer: '答复了会诊意见', consult_follow_up: '记录了随访', consult_close: '结束了病例', consult_show: '查看了病例', consult_inbox: '查看了收件箱', consult_access: '查看了查阅记录',
  message_send: '发送了消息', opinion_sign: '签署了会诊意见', opinion_show: '阅读了会诊意见', opinion_deliver: '收到会诊意见', opinion_pdf: '下载了意见 PDF', opinion_evidence: '下载了签名证据', opinion_picture: '查看了意见中的关键图像',
  dicomweb_frames: '查看了影像', dicomweb_series: '查看了影像', dicomweb_instances: '查看了影像', dicomweb_series_metadata: '查看了影像', dicomweb_study_metadata: '查看了影像', dicomweb_thumbnail: '查看了影像', attachment_take: '上传了资料', attachment_handover_begin: '生成了手机拍照二维码', attachment_handover_open: '手机已扫码连接', attachment_handover_put: '用手机拍照上传', attachment_handover_end: '结束了手机拍照', attachment_handover_show: '查看了手机拍照', attachment_settle: '影像已归档', attachment_hold: '收到待核对患者的文件', attachment_release: '加入了已确认的文件', attachment_put: '上传了资料', attachment_confirm: '确认了资料归属', attachment_drop: '撤下了资料', attachment_open: '打开了文书', attachment_list: '查看了资料', room_enter: '进入会诊室', room_leave: '离开会诊室', room_close: '会诊室关闭',
  patient_create: '登记了患者', patient_show: '查看了患者', patient_find: '查找了患者', consent_add: '补交了知情同意', dicomweb_frame: '查看了影像', dicomweb_study: '查看了影像', dicomweb_studies: '查看了影像列表', dicomweb_metadata: '查看了影像', dicomweb_instance: '下载了影像',
  timer_ring: '呼叫了该专科全部专家', timer_first_look: '提醒调度员和申请医生：尚未受理', timer_accept: '提醒调度员和申请医生：尚无专家接诊',
  timer_call_expert: '呼叫专家进入会诊室', timer_call_asking: '呼叫申请医生进入会诊室', timer_standby: '请{{standby}}候补', timer_standby_none: '未找到可候补的专家',
  timer_dispatcher_expert: '通知调度员和申请医生：专家迟到', timer_dispatcher_asking: '通知调度员：申请方迟到', timer_swap: '由{{standby}}接替未到场的{{out}}',
  timer_no_show_expert: '登记专家未到场，暂无其他专家', timer_no_show_asking: '登记申请方未到场', timer_expert_in_room: '通知调度员和申请医生：专家未按时到场',
  timer_line: '通知各方：连线仍未恢复，会诊室继续保留', timer_opinion: '提醒专家和调度员：意见逾期', timer_acknowledge: '提醒申请医生答复', timer_administrator: '通知了医院管理员',
  access_break_glass: '紧急打开了病历', access_mine: '查看了紧急打开的病历', access_review: '审核了一次紧急查阅', access_reviews: '查看了紧急查阅审核', access_looks: '查看了查阅记录', access_export: '导出了查阅记录',
  clients_add: '添加了程序', clients_end: '停用了程序', jobs_retry: '重新运行了任务', notify_read: '阅读了通知', notify_address: '修改了邮箱地址',
  schedule_book: '安排了会诊',
};
