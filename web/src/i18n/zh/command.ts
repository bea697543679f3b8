export default {
  title: '全省远程会诊指挥', part: { network: '全网', centre: '本中心受理的会诊', hospital: '本院提交的会诊', own: '本人参与的会诊' },
  live: '实时 · {{time}}', stale: '线路中断：数字停在 {{time}}，正在重连', ended: '会话已结束：数字停在 {{time}}，请重新登录', ended_first: '会话已结束，请重新登录。',
  disk_full: '服务器磁盘已满：各医院暂时无法提交、答复和签署，新情况暂不计入。', disk_damaged: '服务器数据库已损坏：各医院暂时无法提交、答复和签署，新情况暂不计入。', disk_read_only: '服务器磁盘无法写入：各医院暂时无法提交、答复和签署，新情况暂不计入。',
  wall: '大屏', numbers: '关键数字', open: '查看“{{what}}”的口径与明细',
  figure: { connected: '在线医院', today: '今日会诊', in_session: '会诊中', waiting: '等候会诊', overdue: '超时', consulted: '今日完成' },
  connected_of: '已入网 {{joined}} 家，未入网 {{missing}} 家', people: '涉及患者 {{n}} 人', under_today: '今日提交的申请', under_in_session: '双方正在会诊室', overdue_some: '计时已超出时限', overdue_none: '全部在时限内',
  state: { emergency: '特急等候', session: '会诊中', connected: '在线', quiet: '未在线', 'not-joined': '未入网' },
  waits: '等候 {{n}} 例', asked_today: '今日提交 {{n}} 例', who_waits: '等候会诊的医院', nobody_waits: '没有医院在等候', since: '已等候 {{span}}', more_wait: '另有 {{n}} 家医院在等候',
  trend: '24 小时', asked: '提交', signed: '签章', trend_label: '近 24 小时：提交 {{asked}} 例，签章 {{signed}} 例', by_city: '各地市今日提交', none_today: '今日尚无申请', more_cities: '其余地市共 {{n}} 例',
  map: '医院状态', map_label: '{{n}} 家医院在地图上的位置与状态；同样内容见列表', map_failed: '地图没有取到。', view: '查看方式', as_map: '地图', as_list: '列表', legend: '图例', by_state: '按状态筛选', heard: '最近 {{time}}',
  now: '当前', last_heard: '最近活动', never: '无记录', three: '特急 {{emergency}} · 加急 {{urgent}} · 常规 {{routine}}', rule: '统计口径', version: '{{code}} · {{version}} 版', query: '查询', cases: '计入的病例', those_connected: '在线的医院',
  no_cases: '没有计入的病例', handed_in: '{{time}} 提交', not_yours: '该病例不在您的权限内', listed: '列出 {{n}} 例，共 {{of}} 例', figures_only: '您的角色可见数字与口径，不可见病例明细。',
};
