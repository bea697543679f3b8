export default {
  drop: '把文件或文件夹拖到这里', kinds: 'DICOM、ZIP、PDF、JPEG、PNG', files: '选择文件', folder: '选择文件夹', none: '还没有资料。', documents: '文档', no_date: '日期不详',
  progress: '上传进度', total: '总进度', total_words: '已完成 {{done}} / {{count}} 个文件，{{sent}} / {{total}}', failed_count: '{{count}} 个失败',
  cancel: '取消', cancel_one: '取消 {{name}}', cancel_all: '全部取消', retry: '重试', retry_one: '重试 {{name}}', retry_all: '重试失败的', clear: '清除记录',
  more: '另有 {{count}} 个文件', duplicate: '已存在，未重复保存', images: '{{count}} 幅', refused_within: '{{count}} 个文件未收', patient_differs: '文件中的患者与本例不同',
  missing: '页面刷新前有 {{count}} 个文件没有传完。请重新选择相同的文件或文件夹，已收到的不会重传。',
  held: '{{count}} 个文件的患者与本例不同，等待确认。', decide: '现在处理',
  state: { waiting: '等待', sending: '上传中', reading: '识别中', done: '已收到', held: '待确认患者', failed: '失败', cancelled: '已取消' },
  mismatch: '文件中的患者与本例患者不同', mismatch_words: '下列 {{count}} 个文件暂未加入本例，请核对：', in_file: '文件中', in_case: '本例', differs: '不同',
  field: { name: '姓名', sex: '性别', birth_date: '出生日期', identifier: '证件/编号' }, sex: { male: '男', female: '女', other: '其他', unknown: '不详' },
  reason: '确认为同一人的理由（必填，将记入日志）', reason_hint: '例如：旧系统登记的姓名有误，已核对身份证', mismatch_keep: '确认为同一人，加入 {{count}} 个文件', mismatch_drop: '不是同一人，丢弃 {{count}} 个文件',
  why: {
    'not-dicom': '不是 DICOM、ZIP、PDF、JPEG 或 PNG 文件', 'dicom-truncated': '文件不完整（中途截断），请重新导出', 'dicom-damaged': '文件已损坏，请重新导出', 'dicom-incomplete': '缺少检查或序列编号，无法归档',
    'dicom-directory': '光盘目录文件，不含影像', 'dicom-too-large': '文件头过大', unreadable: '无法读取', empty: '文件为空', 'document-too-large': '文档过大', 'differs-from-stored': '同一影像已有内容不同的版本，未覆盖',
    'archive-damaged': '压缩包已损坏或已加密', 'archive-unsafe-name': '压缩包含有不安全的路径（如 ../），已拒收', 'archive-too-large': '压缩包解压后超出限制', 'archive-nested': '压缩包内还有压缩包，请先解压', 'archive-empty': '压缩包是空的', other: '无法使用此文件',
  },
};
