export default {
  saved: '已保存 {{time}}',
  saving: '正在保存…',
  offline: '服务器暂时连不上，已保存在本机，恢复后自动上传',
  failed: '未能保存到服务器，内容保留在本机',
  conflict: '这份草稿已在别处修改',
  conflict_title: '这份草稿已在别处修改',
  conflict_what: '另一台电脑或窗口在 {{time}} 保存了不同的内容。请选择保留哪一份：',
  keep_mine: '保留我现在的内容',
  take_theirs: '改用 {{time}} 的内容',
  mine: '我现在的内容',
  theirs: '{{time}} 保存的内容',
  differs: '不同之处',
};
