export default { time: '时间' };
