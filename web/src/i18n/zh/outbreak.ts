export default {
  title: '传染病病例', of_all: '全网', list: '病例一览表', new: '报告病例', export: '导出', format: { xlsx: 'Excel 工作簿', csv: 'CSV（UTF-8）', 'csv-gb18030': 'CSV（GB18030）' },
  filters: '筛选', any: '全部', area: '地区（医院及其下级）', days: '报告日期', last_days: '近 {{n}} 天', from: '从', to: '到', clear: '清除筛选',
  count: '{{n}} 例', count_late: '迟报 {{n}} 例', shown: '列出前 {{n}} 例，其余请缩小范围或导出', order: '排序', by: { reported: '最近报告', onset: '最近发病', severity: '最重', due: '时限最近' }, none: '这段时间没有报告病例。', none_fits: '没有符合筛选条件的病例。',
  number: '编号', patient: '患者', disease: '疾病', disease_which: '选择疾病', class_head: '病例分类', grade_head: '临床分型', onset: '发病日期', hospital: '报告医院', reported: '报告时间', clock: '报告时限', contacts: '接触者', outcome: '转归', birth: '出生日期',
  reported_at: '{{time}} 报告', class: { suspected: '疑似', clinical: '临床诊断', confirmed: '确诊', excluded: '已排除' },
  grade: { mild: '轻型', ordinary: '普通型', severe: '重型', critical: '危重型' }, ungraded: '未分型', not_known: '不详', not_told: '未填',
  in_time: '及时', late: '迟报 {{span}}', no_clock: '无时限', span: { minutes: '{{minutes}} 分', hours: '{{hours}} 时 {{minutes}} 分', days: '{{days}} 天 {{hours}} 时' },
  end: { discharged: '出院', died: '死亡' }, not_ended: '在治', law: { a: '甲类', 'b-as-a': '乙类，按甲类管理', b: '乙类', c: '丙类' },

  pairs: '疑似重卡', pairs_n: '待判定 {{proposed}} 对，已合并 {{joined}} 对', joined: '已判为同一病例', pair_first: '先报告', pair_second: '后报告', why: '理由（写入审计记录）',
  pair_by: { identifier: '证件号码相同', link: '两份患者记录已关联', said: '人工判定' }, pair_say: { same: '是同一病例', different: '不是同一病例', undone: '撤销合并' },
  pair_what: { same: '统计时只计一次，按先报告的计。两份报告均不改动，可以撤销。', different: '不再提示这两份报告。', undone: '两份报告恢复为两例分别计数。' },

  to_list: '返回病例一览表', from_case: '报告传染病病例', facts: '病例信息', laboratory: '实验室检查', no_laboratory: '尚无检查结果。确诊须有阳性结果。', no_contacts: '尚未登记接触者。', positive: '阳性', negative: '阴性', exposures: '暴露史', timeline: '经过', met: '最后接触 {{day}}', since: '时间',
  clock_from_to: '{{from}} 发现，{{due}} 前须报告', the_rule: '报告时限的规定', exposure: { contact: '接触患者', place: '到过场所', travel: '旅行', animal: '接触动物', work: '职业', unknown: '不详' },
  moment: { onset: '发病', found: '发现', reported: '网络报告', laboratory: '采样：{{name}} {{value}}', class: '病例分类：{{class}}', graded: '临床分型：{{grade}}', ended: '转归：{{end}}' },
  say: { type: '临床分型', clinical: '临床诊断', confirmed: '确诊', exclude: '排除', laboratory: '实验室结果', contact: '接触者', exposure: '暴露史', onset: '发病日期', outcome: '转归' }, add: '补充',
  what: { clinical: '由疑似改为临床诊断病例。', confirmed: '依据已登记的阳性结果确诊；按此时间计入当日统计。', exclude: '报告保留；自此不再计入统计。以后有阳性结果可再次确诊。' },
  needs_positive: '须先登记阳性结果', rests_on: '依据', is_excluded: '该病例已排除，只有再次确诊才能继续。', reported_in_time: '已在时限内报告：{{number}}', reported_late: '已报告，但超过时限：{{number}}', now_type: '下一步：进行临床分型。',
  lab_name: '检测项目', lab_name_such: '如：新型冠状病毒核酸', lab_result: '结果', lab_value: '结果原文', lab_value_such: '如：阳性，Ct 27.4', lab_at: '采样时间',
  contact_name: '姓名', contact_kind: '类别', contact_kinds: { close: '密切接触者', general: '一般接触者' }, contact_relation: '与患者的关系', contact_phone: '电话', contact_place: '隔离或随访地点', last_met: '最后接触日期', exposure_kind: '暴露类型', exposure_text: '暴露经过', exposure_such: '时间、地点、人员',

  grading: '临床分型', not_graded: '尚未分型：严重程度不详，不等于轻型。', no_guideline: '系统内没有该病的分型方案。', judged_at: '{{time}} 判定', version_of: '版本 {{code}}', by_doctor: '方案无法判定，由医师给出：', criteria: '逐条判定', criterion: '条款', of_grade: '符合即为', saw: '所依据的值', came_to: '判定',
  verdict: { met: '符合', 'not-met': '不符合', 'not-known': '不详' }, there: '有', not_there: '无', yes: '是', no: '否', nobody_measured: '没有值', age_then: '判定时已 {{span}}', unit_days: '天', where_silent: '方案的适用说明', else_mild: '以上均不符合者为轻型：{{text}}', gradings: '历次分型', newest: '最近一次',
  type_what: '只填已知的；不填即为不详，不按正常处理。', as_child: '按儿童标准。', as_adult: '按成人标准。', age_years: '年龄（岁）', age_why: '出生日期不详，请填实足年龄；不足 1 岁可填小数。', any_makes: '符合任何一条即为{{grade}}', measured_at: '测量时间', oxygenation_hint: '海拔超过 1000 米须填大气压。', first_image: '第一次影像', second_image: '第二次影像', at_rest: '静息', on_air: '吸空气',
  wrong_field: '请检查：{{field}}（须为数字，并有时间）', fields: { rate: '呼吸频率', spo2: '指氧饱和度', ratio: 'PaO2/FiO2', altitude: '海拔', pressure: '大气压', growth: '病灶进展', fever: '高热天数' },
  undecided: '目前至少为{{grade}}。以下各条不详，方案无法给出分型：', own_grade: '医师给出的分型', own_reason: '理由', judge: '判定并保存',

  confirm_later: '确诊在报告之后凭阳性结果办理。', found_at: '发现时间', found_hint: '诊断或疑似之时；时限由此起算。', if_known: '不详可不填', missing: '请补全：{{what}}', open_it: '打开该报告', send: '提交报告', left: '剩余 {{span}}', too_late: '已超时 {{span}}，仍须立即报告', due_at: '{{time}} 前',

  command: '疫情', views: '指挥视图', view_live: '实时', view_outbreak: '疫情', open_alerts: '{{n}} 条待处理',
  alerts: '预警', alerts_n: '待处理 {{open}}，已处理 {{noted}}', no_alerts: '没有预警。', note: '处理', note_what: '写明已采取或将采取的措施；连同姓名和时间一并保存。', note_said: '措施', noted_by: '{{who}} 于 {{time}} 处理：', nobody_noted: '待疫情管理员处理', all_alerts: '全部 {{n}} 条', fewer: '收起', its_cases: '病例', rule_version: '{{code}} · {{version}} 版',
  rule: { 'ears-c1': '单日突增（EARS C1）', 'ears-c2': '单日突增（EARS C2）', 'ears-c3': '连日偏高（EARS C3）', cluster: '聚集', 'first-case': '首例', 'severe-share': '重症比例上升' },
  rule_said: {
    'ears-c1': '当日 {{n}} 例，高出前 7 天均值 {{value}} 个标准差（界值 {{limit}}）。', 'ears-c2': '当日 {{n}} 例，高出 3 至 9 天前均值 {{value}} 个标准差（界值 {{limit}}）。', 'ears-c3': '3 天共 {{n}} 例，累计超出 {{value}}（界值 {{limit}}）。',
    cluster: '7 天内 {{n}} 例（界值 {{limit}} 例）。', 'first-case': '28 天内首次报告，{{n}} 例。', 'severe-share': '近 7 天重型、危重型 {{n}} 例，比例较前 7 天上升（P = {{value}}，界值 {{limit}}）。', other: '{{n}} 例，值 {{value}}，界值 {{limit}}。',
  },
  figure: '每日疫情统计', series: { confirmed: '新确诊病例', consulted: '完成会诊', severe: '其中重症会诊', discharged: '会诊患者出院', connected: '接入医院' }, series_short: { confirmed: '确诊', consulted: '会诊', severe: '重症', discharged: '出院', connected: '接入' },
  as: '按何时所知', as_known: '按目前所知', as_published: '按当日公布', axis_hospitals: '医院', axis_cases: '例', chart_label: '{{from}} 至 {{to}} 的五条每日曲线；同样的数字见表格', cut_off: '每日 {{hour}} 时截止', measure_report: '下载 MeasureReport', table: '每日数字', day: '日期', runs: '进行中', was: '公布 {{n}}',
  cell: '{{day}} {{what}}', opened: '{{day}} {{what}}', opened_n: '目前所知 {{n}}', published_n: '公布时 {{n}}', day_runs: '当日尚未截止', day_none: '当日没有计入的。', came_after: '公布后补入', taken_back: '公布后剔除', rules: '统计口径',
};
