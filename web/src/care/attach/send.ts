// One file on its way: whole in one request when it is small, in pieces (tus) when losing it would cost something.
import type { Upload } from 'tus-js-client';
import { api } from '../../api/client';
import { isProblem, Problem } from '../../api/problem';
import type { Difference, FileResult, Id, PersonShown } from '../../api/types';

/** From this size a file goes in pieces: below it a slice of a CT, for which three round trips would cost more than sending it again. */
export const PIECES_FROM = 8 << 20;
/** One piece: acknowledged, and then never sent again. */
const PIECE = 64 << 20;

export interface Mismatch { upload: Id; in_file: PersonShown; in_case: PersonShown; differs: Difference[] }
export type Ended =
  | { state: 'done'; results: FileResult[] }
  | { state: 'held'; mismatch: Mismatch; results: FileResult[] }
  | { state: 'failed'; problem: Problem };

export interface Job { caseId: Id; id: Id; name: string; file: File; patient: Id | null; url?: string }
export interface Told { sent(bytes: number): void; reading(): void; part(url: string): void; ended(how: Ended): void }
/** Stops a transfer; `forGood` also throws away what the server has of it. Nothing is told afterwards. */
export type Stop = (forGood: boolean) => void;

/** The server's answer in our words. */
function outcome(status: number, text: string): Ended {
  let body: Record<string, unknown> = {};
  try { body = JSON.parse(text) as Record<string, unknown>; } catch { /* told by its status */ }
  if (status >= 200 && status < 300) return { state: 'done', results: (body.files ?? []) as FileResult[] };
  return refused(new Problem(status, String(body.code ?? `http.${status}`), String(body.detail ?? ''), (body.params ?? {}) as Record<string, unknown>));
}

function refused(problem: Problem): Ended {
  const params = problem.params as unknown as Mismatch & { files?: FileResult[] };
  return problem.code === 'attachment.patient_mismatch' ? { state: 'held', mismatch: params, results: params.files ?? [] } : { state: 'failed', problem };
}

export function sendWhole(job: Job, told: Told): Stop {
  const request = new XMLHttpRequest();
  let stopped = false;
  const end = (how: Ended) => { if (!stopped) told.ended(how); };
  const query = new URLSearchParams({ name: job.name, ...(job.patient ? { patient: job.patient } : {}) });
  request.open('PUT', `/api/consults/${job.caseId}/files/${job.id}?${query}`);
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.setRequestHeader('accept', 'application/json');
  request.upload.onprogress = (event) => told.sent(event.loaded);
  request.upload.onload = () => told.reading();
  request.onload = () => end(outcome(request.status, request.responseText));
  request.onerror = () => end({ state: 'failed', problem: Problem.offline() });
  request.send(job.file);
  return () => {
    stopped = true;
    request.abort();
  };
}

export function sendParts(job: Job, told: Told): Stop {
  let upload: Upload | undefined;
  let stopped = false;
  const end = (how: Ended) => { if (!stopped) told.ended(how); };
  const take = async (url: string) => {
    told.reading();
    try {
      const part = url.split('/').pop() ?? '';
      const taken = await api.post<{ files: FileResult[] }>(`/api/consults/${job.caseId}/files/${job.id}/take`, { part, patient: job.patient ?? undefined });
      end({ state: 'done', results: taken.files });
    } catch (error) {
      end(refused(isProblem(error) ? error : Problem.offline()));
    }
  };
  void import('tus-js-client').then((tus) => {
    if (stopped) return;
    upload = new tus.Upload(job.file, {
      endpoint: '/api/uploads',
      uploadUrl: job.url,
      chunkSize: PIECE,
      metadata: { filename: job.name },
      // The queue decides when to try again: for all files together, and without an end while the page is open.
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => { if (upload?.url) told.part(upload.url); },
      onProgress: (sent) => told.sent(sent),
      onSuccess: () => { if (upload?.url) void take(upload.url); },
      onError: (error) => {
        const answer = 'originalResponse' in error ? error.originalResponse : null;
        end(answer ? outcome(answer.getStatus(), answer.getBody()) : { state: 'failed', problem: Problem.offline() });
      },
    });
    upload.start();
  }, () => end({ state: 'failed', problem: Problem.offline() }));
  return (forGood) => {
    stopped = true;
    void upload?.abort(false).catch(() => undefined);
    const url = upload?.url ?? job.url;
    if (forGood && url) void fetch(url, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } }).catch(() => undefined);
  };
}
