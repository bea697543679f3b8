// Time zones by their names in the IANA database. Everything is shown in the zone of the reader's own device; here is what says so where
// somebody else's clock matters.

/** Minutes that the clocks of a zone are ahead of UTC at an instant; of the device's own when no zone is named. */
export function ahead(zone: string | undefined, at_ms: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' }).formatToParts(at_ms);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return Math.round((wall - Math.floor(at_ms / 60_000) * 60_000) / 60_000);
}

/** `UTC+5:30`. */
export function offsetWords(zone: string | undefined, at_ms: number): string {
  const minutes = ahead(zone, at_ms);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return minutes === 0 ? 'UTC' : `UTC${minutes < 0 ? '−' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}

/** Whether clocks there show something else than the device's at an instant. */
export const isElsewhere = (zone: string | undefined, at_ms: number): zone is string => zone !== undefined && ahead(zone, at_ms) !== ahead(undefined, at_ms);

/** The clock there, with the day of the week when it is another one than here. */
export function clockThere(zone: string, at_ms: number, lang: string): string {
  const day = (timeZone?: string) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(at_ms);
  const weekday = day(zone) === day() ? undefined : 'short';
  return new Intl.DateTimeFormat(lang.startsWith('en') ? 'en-GB' : 'zh-CN', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', weekday }).format(at_ms);
}
