// Days of the calendar as people say them: runs of days that follow one another as from and to.

export interface Run { first: string; last: string }

const next = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** `days` by time, as `YYYY-MM-DD`. */
export function runsOfDays(days: string[]): Run[] {
  const runs: Run[] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && next(run.last) === day) run.last = day;
    else runs.push({ first: day, last: day });
  }
  return runs;
}
