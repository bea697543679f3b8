// Repairs of antd for us. Its whole stylesheet is a megabyte: this keeps the rules of the components that the source imports, and of those they
// are made of. What it drops is only what nobody imports; a component that is missing here shows in `npm run build`.
import fs from 'node:fs';
import path from 'node:path';

// The parts that antd draws on behalf of a component.
const MADE_OF = {
  modal: ['modal', 'btn', 'zoom', 'fade'], app: ['app', 'message', 'notification', 'modal', 'btn'], select: ['select', 'slide'], dropdown: ['dropdown', 'menu', 'slide', 'zoom'],
  'date-picker': ['picker', 'slide', 'zoom', 'tag'], input: ['input', 'input-affix', 'input-group', 'input-search', 'input-password', 'input-number', 'otp'], button: ['btn', 'wave', 'click'], form: ['form', 'show-help', 'row', 'col', 'zoom', 'tooltip'],
  popconfirm: ['popconfirm', 'popover', 'zoom'], popover: ['popover', 'zoom'], tooltip: ['tooltip', 'zoom'], space: ['space'], segmented: ['segmented'], table: ['table', 'pagination', 'spin', 'checkbox', 'radio', 'dropdown', 'empty', 'select'],
  upload: ['upload', 'progress', 'motion-collapse', 'tooltip'], collapse: ['collapse', 'motion-collapse'], 'auto-complete': ['select', 'input'], drawer: ['drawer'], 'config-provider': [], splitter: ['splitter'], spin: ['spin'], grid: ['row', 'col'], row: ['row'], col: ['col'],
  'float-button': ['float-btn'], rate: ['rate'], slider: ['slider', 'tooltip'], tabs: ['tabs', 'dropdown', 'slide'], badge: ['badge', 'ribbon', 'scroll-number'], 'color-picker': ['color-picker'], 'input-number': ['input-number'], 'time-picker': ['picker', 'slide'],
  image: ['image', 'fade', 'zoom'], tree: ['tree', 'motion-collapse'], menu: ['menu', 'motion-collapse', 'slide', 'zoom'], list: ['list', 'pagination', 'spin'],
};
const ALWAYS = ['btn', 'wave', 'icon', 'anticon', 'motion', 'fade', 'zoom', 'slide', 'move', 'theme', 'app', 'message', 'modal', 'notification', 'empty', 'spin', 'tooltip', 'typography'];

const kebab = (name) => name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();

function imported(dir, found = new Set()) {
  for (const entry of fs.readdirSync(dir, { recursive: true })) {
    const at = path.join(dir, String(entry));
    if (!/\.tsx?$/.test(at)) continue;
    for (const match of fs.readFileSync(at, 'utf8').matchAll(/import \{([^}]+)\} from 'antd'/g)) {
      for (const name of match[1].split(',')) found.add(kebab(name.replace('type ', '').trim()));
    }
  }
  return found;
}

/** Cuts a stylesheet into its top-level rules, at-rules whole. */
function rules(css) {
  const out = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < css.length; at++) {
    if (css[at] === '{') depth++;
    else if (css[at] === '}' && --depth === 0) {
      out.push(css.slice(start, at + 1));
      start = at + 1;
    }
  }
  return out;
}

export function antdCss() {
  return {
    name: 'antd-css',
    enforce: 'pre',
    transform(code, id) {
      // Some of antd's parts write a style element without being told the nonce (a modal that stops the page's scrolling).
      if (id.includes('@rc-component/util/es/Dom/dynamicCSS.js')) {
        const told = 'if (csp?.nonce) {\n    styleNode.nonce = csp?.nonce;\n  }';
        if (!code.includes(told)) throw new Error('dynamicCSS.js has changed: look again where its styles get their nonce');
        return { code: code.replaceAll(told, "const nonce = csp?.nonce ?? document.querySelector('meta[property=csp-nonce]')?.nonce;\n  if (nonce) styleNode.nonce = nonce;"), map: null };
      }
      // Some icons carry an empty style element, which no nonce can be given to: the page's policy refuses it, and nothing is lost with it.
      if (id.includes('@ant-design/icons-svg/es/asn/')) {
        const bare = code.replace(/\{ "tag": "defs", "attrs": \{\}, "children": \[\{ "tag": "style", "attrs": \{\} \}\] \},? ?/, '');
        if (bare.includes('"style"')) throw new Error(`${id} has a style element in another place than others have`);
        return { code: bare, map: null };
      }
      if (!id.endsWith('antd/dist/antd.css')) return null;
      const keep = new Set(ALWAYS);
      for (const name of imported('src')) (MADE_OF[name] ?? [name]).forEach((part) => keep.add(part));
      const wanted = (selector) => {
        const parts = [...selector.matchAll(/\.ant-([a-z]+(?:-[a-z]+)*)/g)].map((match) => match[1]);
        if (parts.length === 0) return true;
        return [...keep].some((part) => parts[0] === part || parts[0].startsWith(`${part}-`));
      };
      const kept = rules(code).map((rule) => {
        const head = rule.slice(0, rule.indexOf('{')).trim();
        if (head.startsWith('@media')) {
          const inner = rules(rule.slice(rule.indexOf('{') + 1, -1)).filter((one) => one.slice(0, one.indexOf('{')).split(',').some(wanted));
          return inner.length ? `${head}{${inner.join('')}}` : '';
        }
        if (head.startsWith('@keyframes')) return rule;
        const selectors = head.split(/,(?![^(]*\))/).filter(wanted);
        return selectors.length ? `${selectors.join(',')}${rule.slice(rule.indexOf('{'))}` : '';
      });
      return { code: kept.join(''), map: null };
    },
  };
}
