export default {
  viewer: '影像浏览', tools: '工具', series: '序列', slice: '层面', loading: '正在载入影像…', none: '本例还没有影像。', no_name: '（无姓名）', no_date: '日期不详',
  picture: '{{modality}}，{{date}}，第 {{slice}} 层，共 {{slices}} 层',
  window: '窗宽 {{width}} 窗位 {{center}}', zoom_at: '{{percent}}%', inverted: '反相', images: '{{count}} 幅', other_patient: '文件中的患者与本例不同',
  tool: { window: '调窗', scroll: '翻页', zoom: '缩放', pan: '移动' },
  preset: { lung: '肺窗', mediastinum: '纵隔窗', bone: '骨窗', brain: '脑窗' },
  invert: '反相', reset: '复位', compare: '对比', linked: '联动',
  failed: '影像载入失败。', again: '重试', no_engine: '此浏览器无法显示影像。请更新浏览器。', not_shown: '此影像无法在这里显示', download: '下载原始文件',
  why: {
    'no-pixel-data': '文件不含图像（例如报告或标注）。文件已完整保存。', 'jpeg-12-bit': '文件采用 12 位 JPEG Extended 压缩，本系统没有对应的解码器。文件已完整保存，可下载后用其他软件打开。',
    video: '文件是视频。已完整保存，可下载后播放。', syntax: '文件的压缩方式没有对应的解码器。文件已完整保存，可下载后用其他软件打开。',
    'pixel-layout': '像素格式（如 1 位、32 位或浮点）不能在这里显示。文件已完整保存。', 'frames-unclear': '文件没有说明各帧的位置，无法逐帧显示。文件已完整保存。',
    'pixels-short': '文件中的像素少于声明的数量。文件已按原样保存。', other: '文件已完整保存，可下载后用其他软件打开。',
  },
};
