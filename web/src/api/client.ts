// The one door to the server. Every refusal becomes a Problem; a session that ended is waited for and the request sent again.
import { Problem } from './problem';
import { gateArmed, waitAtGate } from './gate';

type Query = Record<string, string | number | boolean | null | undefined>;

export function url(path: string, query?: Query): string {
  const wanted = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return wanted.length ? `${path}?${new URLSearchParams(wanted.map(([key, value]) => [key, String(value)]))}` : path;
}

async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const ask = () =>
    fetch(path, {
      method, signal, credentials: 'same-origin',
      headers: body === undefined ? { accept: 'application/json' } : { accept: 'application/json', 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    }).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw Problem.offline();
    });
  let response = await ask();
  while (response.status === 401 && gateArmed() && !path.startsWith('/api/session')) {
    await waitAtGate();
    response = await ask();
  }
  if (!response.ok) throw await Problem.from(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => send<T>('GET', url(path, query), undefined, signal),
  post: <T>(path: string, body: unknown = {}) => send<T>('POST', path, body),
  put: <T>(path: string, body: unknown = {}) => send<T>('PUT', path, body),
  delete: (path: string) => send<void>('DELETE', path),
};
