// Event streams without browsers: plain sockets that note what arrives when.
import http from 'node:http';

export class Stream {
  /** Opens the stream of a signed-in caller; resolves when the server has answered. */
  static open(caller) {
    const stream = new Stream();
    Object.assign(stream, { caller, acts: [], rest: '', ended: false });
    return new Promise((done, fail) => {
      stream.request = http.get(`${caller.url}/events`, { agent: false, headers: { cookie: caller.cookie, accept: 'text/event-stream' } }, (answer) => {
        if (answer.statusCode !== 200) {
          answer.resume();
          return fail(new Error(`the event stream of ${caller.me.person.name}: ${answer.statusCode}`));
        }
        answer.setEncoding('utf8');
        answer.on('data', (piece) => stream.take(piece));
        answer.on('close', () => { stream.ended = true; });
        return done(stream);
      });
      stream.request.on('error', (error) => { stream.ended = true; fail(error); });
    });
  }

  take(piece) {
    const at = performance.now();
    this.rest += piece;
    for (let end = this.rest.indexOf('\n\n'); end >= 0; end = this.rest.indexOf('\n\n')) {
      const block = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + 2);
      if (!/^event: ?act$/m.test(block)) continue;
      const act = JSON.parse(/^data: ?(.*)$/m.exec(block)[1]);
      this.acts.push({ at, number: act.number, what: act.what, case: act.case });
    }
  }

  /** When it heard this act of this case, of those heard since `from` (an index into `acts`). */
  heard(what, id, from) {
    return this.acts.slice(from).find((act) => act.what === what && act.case === id)?.at;
  }

  close() { this.request.destroy(); }
}
