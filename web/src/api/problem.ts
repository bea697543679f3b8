// A refusal of the server (RFC 9457), or of the line to it, as an error the screens can put into words.
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly params: Record<string, unknown> = {},
    readonly requestId?: string,
  ) {
    super(detail || code);
    this.name = 'Problem';
  }

  static offline(): Problem {
    return new Problem(0, 'line.down', '');
  }

  static async from(response: Response): Promise<Problem> {
    const text = await response.text().catch(() => '');
    try {
      const body = JSON.parse(text) as { code?: string; title?: string; detail?: string; params?: Record<string, unknown>; request_id?: string };
      return new Problem(response.status, body.code ?? `http.${response.status}`, body.detail ?? body.title ?? '', body.params ?? {}, body.request_id);
    } catch {
      return new Problem(response.status, `http.${response.status}`, '');
    }
  }
}

export const isProblem = (error: unknown, code?: string): error is Problem => error instanceof Problem && (!code || error.code === code);
