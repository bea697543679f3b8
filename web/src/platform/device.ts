// What a browser calls itself, shortened to what a person recognises: "Chrome · Windows".
const BROWSERS: [RegExp, string][] = [[/MicroMessenger/, 'WeChat'], [/Edg\//, 'Edge'], [/Firefox\//, 'Firefox'], [/QQBrowser/, 'QQ'], [/360SE|QIHU/, '360'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari'], [/curl|reqwest|python|node/i, 'API']];
const SYSTEMS: [RegExp, string][] = [[/HarmonyOS/, 'HarmonyOS'], [/Android/, 'Android'], [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Windows NT/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']];

const first = (of: [RegExp, string][], agent: string) => of.find(([pattern]) => pattern.test(agent))?.[1];

export function deviceName(agent: string): string {
  const parts = [first(BROWSERS, agent), first(SYSTEMS, agent)].filter(Boolean);
  return parts.length ? parts.join(' · ') : agent.slice(0, 40) || '—';
}
