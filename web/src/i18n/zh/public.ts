export default {
  notices: '面向公众', n: '{{n}} 条，至多 {{most}} 条', open: '查看公众页面', add: '发布信息', change: '修改信息', change_it: '修改', change_one: '修改“{{title}}”', publish: '发布',
  for_all: '发布后任何人无需登录即可看到。请勿写入任何个人信息；电话号码在手机上可直接拨打。',
  kind: '类别', kinds: { contact: '咨询与求助', prevention: '防护知识' }, in: { zh: '中文', en: '英文' }, title: '标题', text: '内容',
  none: '尚未向公众发布信息。', none_write: '尚未发布。公众最需要的是：打哪个电话，怎样防护。',
  withdraw: '撤下', withdraw_one: '撤下“{{title}}”', withdraw_sure: '从公众页面撤下？', withdrawn: '已撤下“{{title}}”',
};
