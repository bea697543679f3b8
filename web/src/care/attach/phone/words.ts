// The words of the phone's page, which loads nothing of the app.
const zh = {
  title: '拍照添加资料', hint: '照片会直接出现在电脑上的会诊资料里。', take: '拍照', choose: '从相册选择', until: '可拍照至 {time}', sent: '已发送 {count} 张', sending: '发送中', waiting: '等待', done: '已发送', again: '重试',
  line: '线路中断，恢复后自动重发', joining: '正在连接…', photo: '照片 {n}', privacy: '照片只发送到这份会诊资料；本页不显示任何患者信息。', not_image: '只能发送照片', too_large: '照片过大（最多 40 MB）', enough: '已达到张数上限，请在电脑上重新生成二维码', failed: '发送失败，请重试',
  over: '二维码无效或已过期', used: '二维码已被另一部手机使用', new_code: '请在电脑上点“用手机拍照”，重新生成二维码后扫描。',
};
const en: typeof zh = {
  title: 'Take photos', hint: 'They appear in the case on the computer by themselves.', take: 'Take a photo', choose: 'Choose from the album', until: 'until {time}', sent: '{count} sent', sending: 'sending', waiting: 'waiting', done: 'sent', again: 'Try again',
  line: 'The line is lost; sent again when it is back', joining: 'Connecting…', photo: 'Photo {n}', privacy: 'Photos go to this case alone; this page shows nothing about the patient.', not_image: 'Only photos can be sent', too_large: 'The photo is too large (at most 40 MB)', enough: 'No more photos with this code; show a new one on the computer', failed: 'Not sent; try again',
  over: 'The code is not known, or its time is over', used: 'Another phone has used this code', new_code: 'On the computer press “Take photos with a phone” again and scan the new code.',
};
export const english = !navigator.language.startsWith('zh');
export function say(word: keyof typeof zh, holes: Record<string, string | number> = {}): string {
  return (english ? en : zh)[word].replace(/\{(\w+)\}/g, (_, name: string) => String(holes[name] ?? ''));
}
