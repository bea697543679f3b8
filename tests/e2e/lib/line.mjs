// A line between a browser and the server: as slow as a test wants it, and cut when the test says so.
import net from 'node:net';

export class Line {
  /** Listens before `target` (a port); `rate` in bytes a second towards the server, none for as fast as it goes. */
  static async before(target, { rate = Infinity } = {}) {
    const line = new Line();
    Object.assign(line, { target, rate, sent: 0, up: true, open: new Set() });
    line.server = net.createServer((socket) => line.join(socket));
    await new Promise((done) => { line.server.listen(0, '127.0.0.1', done); });
    line.port = line.server.address().port;
    line.url = `http://127.0.0.1:${line.port}`;
    return line;
  }

  join(near) {
    if (!this.up) return near.destroy();
    const far = net.connect(this.target, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]]) {
      this.open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => { this.open.delete(one); other.destroy(); });
    }
    far.pipe(near);
    near.on('data', (piece) => {
      this.sent += piece.length;
      far.write(piece);
      // A bucket of one: the next piece is taken when this one would have gone over the line.
      if (this.rate === Infinity) return;
      near.pause();
      setTimeout(() => near.resume(), (piece.length * 1000) / this.rate);
    });
  }

  /** Cuts it; nothing passes until it is mended. */
  cut() {
    this.up = false;
    for (const socket of this.open) socket.destroy();
  }

  mend() { this.up = true; }

  async close() {
    this.cut();
    await new Promise((done) => { this.server.close(done); });
  }
}
