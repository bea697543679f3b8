export default { tab: { record: '病历', files: '影像资料', opinion: '意见', talk: '消息与记录' } };
