// The phone's page: reads the code from its own address, then takes pictures and sends them, one after the other, again
// and again until the line gives. It holds no session and shows nothing about the patient.
import './phone.css';
import { english, say } from './words';

interface State { until: string; photos: number; most: number }
interface Photo { id: string; file: File; state: 'waiting' | 'sending' | 'done' | 'failed'; why?: string; picture: string }

const root = document.getElementById('phone') as HTMLElement;
document.documentElement.lang = english ? 'en' : 'zh-CN';
document.title = say('title');
const photos: Photo[] = [];
let state: State | undefined;
let sending = false;
let pause = 1000;

const element = <K extends keyof HTMLElementTagNameMap>(tag: K, set: Partial<HTMLElementTagNameMap[K]> = {}, ...inside: (Node | string)[]): HTMLElementTagNameMap[K] => {
  const made = Object.assign(document.createElement(tag), set);
  made.append(...inside);
  return made;
};

async function code(response: Response): Promise<string> {
  try { return String(((await response.json()) as { code?: string }).code ?? ''); } catch { return ''; }
}

/** The code is read once; after a reload of this page the cookie stands for it. */
async function join(): Promise<void> {
  root.replaceChildren(element('p', { className: 'phonestate' }, say('joining')));
  const token = window.location.hash.slice(1);
  history.replaceState(null, '', window.location.pathname);
  const ask = token
    ? () => fetch('/api/handover', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) })
    : () => fetch('/api/handover');
  let response: Response;
  try { response = await ask(); } catch {
    root.replaceChildren(element('p', { className: 'phonestate' }, say('line')));
    setTimeout(() => { if (token) window.location.hash = token; void join(); }, 2000);
    return;
  }
  if (!response.ok && token) {
    // Read before by this very phone: its cookie is still good.
    const why = await code(response);
    const own = await fetch('/api/handover').catch(() => undefined);
    if (!own?.ok) return gone(why === 'handover.used' ? 'used' : 'over');
    response = own;
  }
  if (!response.ok) return gone('over');
  state = (await response.json()) as State;
  page();
}

function gone(why: 'used' | 'over'): void {
  state = undefined;
  root.replaceChildren(element('h1', {}, say(why)), element('p', { className: 'phonestate', role: 'alert' } as Partial<HTMLParagraphElement>, say('new_code')));
}

function picker(word: 'take' | 'choose', capture: boolean): HTMLElement {
  const input = element('input', { type: 'file', accept: 'image/jpeg,image/png', multiple: !capture });
  if (capture) input.setAttribute('capture', 'environment');
  input.addEventListener('change', () => {
    add([...(input.files ?? [])]);
    input.value = '';
  });
  return element('label', { className: capture ? 'phonebutton main' : 'phonebutton' }, input, say(word));
}

let list: HTMLUListElement;
let told: HTMLElement;

function page(): void {
  if (!state) return;
  const time = new Intl.DateTimeFormat(english ? 'en' : 'zh-CN', { hour: '2-digit', minute: '2-digit' }).format(new Date(state.until));
  list = element('ul', { className: 'phonelist' });
  told = element('p', { className: 'phonestate' });
  told.setAttribute('role', 'status');
  root.replaceChildren(
    element('h1', {}, say('title')), element('p', {}, say('hint')),
    element('div', { className: 'phonebuttons' }, picker('take', true), picker('choose', false)),
    told, list, element('p', { className: 'phonesmall' }, `${say('privacy')} ${say('until', { time })}`),
  );
  setTimeout(() => gone('over'), Math.max(0, new Date(state.until).getTime() - Date.now()));
  draw();
}

function add(files: File[]): void {
  for (const file of files) photos.unshift({ id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`, file, state: 'waiting', picture: URL.createObjectURL(file) });
  draw();
  void send();
}

function draw(line = false): void {
  if (!state) return;
  told.textContent = line ? say('line') : say('sent', { count: state.photos });
  list.replaceChildren(...photos.map((photo, at) => {
    const words = photo.state === 'failed' ? (photo.why ?? say('failed')) : say(photo.state);
    const row = element('li', { className: photo.state }, element('img', { src: photo.picture, alt: say('photo', { n: photos.length - at }) }), element('span', {}, words));
    if (photo.state === 'failed') row.append(element('button', { type: 'button', onclick: () => { photo.state = 'waiting'; draw(); void send(); } }, say('again')));
    return row;
  }));
}

async function send(): Promise<void> {
  if (sending) return;
  sending = true;
  for (let photo = next(); photo && state; photo = next()) {
    photo.state = 'sending';
    draw();
    try {
      const response = await fetch(`/api/handover/photos/${photo.id}`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: photo.file });
      pause = 1000;
      if (response.ok) {
        photo.state = 'done';
        state.photos += 1;
      } else {
        const why = await code(response);
        if (why === 'handover.over') return gone('over');
        const words = { 'handover.photos_only': 'not_image', 'attachment.unreadable': 'not_image', 'handover.too_large': 'too_large', 'handover.enough': 'enough' } as const;
        photo.state = 'failed';
        photo.why = say(words[why as keyof typeof words] ?? 'failed');
      }
      draw();
    } catch {
      photo.state = 'waiting';
      draw(true);
      await new Promise((done) => { setTimeout(done, pause); });
      pause = Math.min(pause * 2, 15_000);
    }
  }
  sending = false;
}

const next = (): Photo | undefined => photos.findLast((photo) => photo.state === 'waiting');

void join();
