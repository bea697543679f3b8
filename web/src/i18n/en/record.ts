export default { time: 'Time' };
